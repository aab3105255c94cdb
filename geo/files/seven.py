"""Open a 7z that comes from outside: what it announces, then its data files, poured under names of our own.

Apart from `archives` because py7zr takes a while to load: only who meets a 7z waits for it. What to refuse is decided there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import py7zr
from py7zr.exceptions import DecompressionBombError, PasswordRequired
from py7zr.io import Py7zIO, WriterFactory

from geo.errors import GeoInputError
from geo.files.member import Member
from geo.french import megabytes


def members(path: Path) -> list[Member]:
    """Return what a 7z announces of its files, folders aside, without opening any.

    Raises
    ------
    GeoInputError
        When it is broken, or encrypted.
    """
    try:
        with py7zr.SevenZipFile(path) as archive:
            encrypted = archive.needs_password()
            links = [bool(f.is_symlink or f.is_junction or f.is_socket) for f in archive.files]
            return [
                Member(f.filename, f.uncompressed, link=link, encrypted=encrypted)
                for f, link in zip(archive.list(), links, strict=True)
                if not f.is_directory
            ]
    except PasswordRequired as error:
        raise GeoInputError(f"{path.name} : archive refusée, elle est chiffrée.") from error
    except Exception as error:  # a crafted header surprises the library in many ways
        raise GeoInputError(f"{path.name} : archive abîmée ou incomplète.") from error


def extract(path: Path, targets: Mapping[str, Path], room: int) -> None:
    """Pour some files of a 7z, each to its own path; no more than `room` bytes come out, whatever it announces.

    Raises
    ------
    GeoInputError
        When it is broken, or more than `room` comes out.
    """
    if not targets:
        return
    pouring = _Pouring(path, targets, room)
    try:
        with py7zr.SevenZipFile(path, max_extract_size=room) as archive:
            archive.extract(targets=list(targets), factory=pouring)
    except GeoInputError:
        raise
    except DecompressionBombError as error:
        raise GeoInputError(too_much(path, room)) from error
    except Exception as error:  # checksums, methods that are not known, a file cut short
        raise GeoInputError(f"{path.name} : archive abîmée ou incomplète.") from error
    finally:
        pouring.close()


def too_much(path: Path, room: int) -> str:
    """Say that more came out of an archive than it may hold."""
    return f"{path.name} : archive refusée, plus de {megabytes(room)} une fois ouverte."


class _Pouring(WriterFactory):
    """Give the library a file to write into for each name that was asked for."""

    def __init__(self, path: Path, targets: Mapping[str, Path], room: int) -> None:
        self.path, self.room = path, room
        self.targets = {Path(name).as_posix(): target for name, target in targets.items()}
        self.open: list[_Poured] = []

    def create(self, filename: str) -> Py7zIO:
        target = self.targets[filename]
        target.parent.mkdir(parents=True, exist_ok=True)
        poured = _Poured(target, self)
        self.open.append(poured)
        return poured

    def close(self) -> None:
        for poured in self.open:
            poured.file.close()


class _Poured(Py7zIO):
    def __init__(self, target: Path, pouring: _Pouring) -> None:
        self.pouring = pouring
        self.file: BinaryIO = target.open("w+b")

    def write(self, s: bytes | bytearray) -> int:
        self.pouring.room -= len(s)
        if self.pouring.room < 0:
            raise GeoInputError(f"{self.pouring.path.name} : archive refusée, elle contient plus qu’elle n’annonce.")
        return self.file.write(s)

    def read(self, size: int | None = None) -> bytes:
        return self.file.read(-1 if size is None else size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.file.seek(offset, whence)

    def flush(self) -> None:
        self.file.flush()

    def size(self) -> int:
        return self.file.seek(0, 2)
