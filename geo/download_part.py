"""The unfinished file beside a target, and the note that says what it is the beginning of.

The note is written after the part is emptied and before its first byte, so that a part without a note is worth
nothing, and a part with one is a true beginning, whenever the process was killed.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import requests

from geo.store import read_json, write_json


@dataclass(frozen=True)
class Mark:
    """What identifies the server's file: address, ETag, Last-Modified, whole size, coding of the transfer."""

    url: str
    etag: str
    modified: str
    total: int | None
    encoding: str

    @classmethod
    def of(cls, url: str, response: requests.Response, total: int | None) -> Mark:
        """Read the mark from an answer."""
        headers = response.headers
        encoding = headers.get("Content-Encoding", "").strip().lower()
        return cls(
            url,
            headers.get("ETag", ""),
            headers.get("Last-Modified", ""),
            total,
            "" if encoding == "identity" else encoding,
        )

    @property
    def validator(self) -> str:
        """Return what `If-Range` takes: a strong ETag, else the date, else nothing (no resuming then)."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified

    def still(self, response: requests.Response, total: str) -> bool:
        """Tell whether an answer, which announces `total`, speaks of the same file."""
        now = Mark.of(self.url, response, int(total) if total.isdigit() else None)
        pairs = ((self.etag, now.etag), (self.modified, now.modified), (self.total, now.total))
        return self.encoding == now.encoding and all(a == b for a, b in pairs if a and b)


@dataclass(frozen=True)
class Part:
    """The part of a target: `<target>.part`, and its note `<target>.part.json`."""

    target: Path

    @property
    def path(self) -> Path:
        """Return where the bytes are."""
        return self.target.with_name(self.target.name + ".part")

    @property
    def note(self) -> Path:
        """Return where the mark is."""
        return self.target.with_name(self.target.name + ".part.json")

    def state(self, url: str) -> tuple[int, Mark | None]:
        """Return how many bytes can be built upon, and their mark; nothing for another address or no validator."""
        try:
            mark = Mark(**read_json(self.note))
            have = self.path.stat().st_size
        except (OSError, ValueError, TypeError):
            return 0, None
        texts = (mark.url, mark.etag, mark.modified, mark.encoding)
        sound = all(isinstance(text, str) for text in texts) and (mark.total is None or type(mark.total) is int)
        if not sound or mark.url != url or not mark.validator or not have:
            return 0, None
        return have, mark

    def begin(self, mark: Mark) -> None:
        """Start an empty part with its note."""
        self.discard()
        self.path.touch()
        write_json(self.note, asdict(mark))

    def append(self, have: int) -> BinaryIO:
        """Open the part for writing after its first `have` bytes."""
        file = self.path.open("r+b")
        file.truncate(have)
        file.seek(have)
        return file

    def discard(self) -> None:
        """Remove part and note; the note first."""
        self.note.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Flush a folder to the disk, so that a name given in it survives a power cut; where systems allow it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows does not open folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
