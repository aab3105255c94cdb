"""Download one file from the web, whole or not at all.

What arrives is written beside the target under a name that says it is not finished, and takes the target's name only
once complete and flushed to the disk. A cut transfer goes on where it stopped, in this run or in the next, and only
when the server vouches (If-Range) that the file is still the same. Nothing the server says is trusted: neither its
lengths, nor its names, nor where it redirects to.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from geo.errors import system_reason
from geo.files.disk import sync_folder
from geo.files.transfer import (
    ChangedError,
    CutError,
    DownloadError,
    Mark,
    Part,
    RefusedError,
    TooLargeError,
    host_of,
    is_web,
    translate,
    without_login,
)
from geo.french import megabytes

CHUNK = 1 << 16
MAX_REDIRECTS = 5
LONGEST_PAUSE_S = 20.0
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


@dataclass(frozen=True)
class Timeouts:
    """Patience, in seconds: to connect, between two bytes, and for the whole file."""

    connect: float = 10.0
    read: float = 30.0
    whole: float = 1800.0


@dataclass(frozen=True)
class Retry:
    """How many times a file is asked for in all, and the first pause between two times (it doubles)."""

    attempts: int = 5
    pause_s: float = 0.5


@dataclass(frozen=True)
class Received:
    """How far a transfer is; `total` is what the server announces, None when it does not."""

    bytes: int
    total: int | None
    bytes_per_s: float


@dataclass(frozen=True)
class Downloaded:
    """What arrived: checksum and size of the file as kept, when (ISO 8601, UTC) and from where."""

    sha256: str
    bytes: int
    date: str
    etag: str | None
    address: str


PATIENCE, TRIES = Timeouts(), Retry()
Progress = Callable[[Received], None]


def _silent(_: Received) -> None: ...


def download(
    url: str,
    target: Path,
    *,
    max_bytes: int,
    timeout: Timeouts = PATIENCE,
    progress: Progress = _silent,
    session: requests.Session | None = None,
    retry: Retry = TRIES,
) -> Downloaded:
    """Download `url` to `target`; an older file there is replaced in one go, or left as it is.

    `progress` is called at each block received; what it raises stops the transfer, which can be resumed.

    Raises
    ------
    UnreachableError
        When no server answers at all: no network, wrong proxy, name unknown.
    DownloadError
        For any other reason; `status` is the server's answer when it gave one.
    """
    if not is_web(url):
        raise RefusedError(f"Adresse refusée : {url}. Seules http:// et https:// sont acceptées.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with nullcontext(session) if session else requests.Session() as web:
        transfer = _Transfer(url, Part(target), max_bytes, timeout, progress, web)
        try:
            return _persevere(transfer, retry).finish(target)
        except OSError as error:
            raise DownloadError(f"{target.name} : écriture impossible ({system_reason(error)}).") from error


def _persevere(transfer: _Transfer, retry: Retry) -> _Transfer:
    for attempt in range(1, retry.attempts + 1):
        try:
            transfer.attempt()
        except ChangedError:
            transfer.part.discard()
            if attempt == retry.attempts:
                raise
        except CutError as error:
            if attempt == retry.attempts or transfer.late:
                raise error.after(attempt) from error
            time.sleep(min(max(retry.pause_s * 2 ** (attempt - 1), error.wait_s), LONGEST_PAUSE_S))
        else:
            return transfer
    raise AssertionError("unreachable: the last attempt returns or raises")


@dataclass
class _Transfer:
    url: str
    part: Part
    max_bytes: int
    timeout: Timeouts
    progress: Progress
    session: requests.Session
    started: float = field(default_factory=time.monotonic)
    received: int = 0  # in this call, whatever was there before
    mark: Mark | None = None

    @property
    def late(self) -> bool:
        return time.monotonic() - self.started > self.timeout.whole

    def attempt(self) -> None:
        """Ask once, from where the part stops; return when the file is complete."""
        have, mark = self.part.state(self.url)
        headers = {"Accept-Encoding": "identity", "User-Agent": "clsm-dashboard"}
        if mark and have:
            headers |= {"Range": f"bytes={have}-", "If-Range": mark.validator}
        with closing(self._open(headers)) as response:
            have = self._start(response, have, mark)
            length = _length(response)
            total = None if length is None else have + length
            if total is not None and total > self.max_bytes:
                self._too_large()
            if not have:
                mark = Mark.of(self.url, response, total)
                self.part.begin(mark)
            self.mark = mark
            self._stream(response, have, total)

    def _open(self, headers: dict[str, str]) -> requests.Response:
        address = self.url
        for _ in range(MAX_REDIRECTS + 1):
            with translate(self.url):
                response = self._ask(address, headers)
                following = self.session.get_redirect_target(response)
            if following is None:
                return response
            response.close()
            address = _follow(address, following)
        raise RefusedError(f"{host_of(self.url)} : plus de {MAX_REDIRECTS} redirections de suite.")

    def _ask(self, address: str, headers: dict[str, str]) -> requests.Response:
        """Ask for one address, following nothing: a session would read the whole body of a redirection."""
        request = self.session.prepare_request(requests.Request("GET", address, headers=headers))
        settings = self.session.merge_environment_settings(address, {}, True, None, None)
        patience = (self.timeout.connect, self.timeout.read)
        return self.session.get_adapter(address).send(request, timeout=patience, **settings)

    def _start(self, response: requests.Response, have: int, mark: Mark | None) -> int:
        """Return how many bytes already there are kept: those before the range, or none."""
        status = response.status_code
        if status == 206 and mark and have:
            span = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
            if span and int(span[1]) == have and mark.names_same_file(response, span[3]):
                return have
            raise ChangedError(self.url)
        if status == 416 and have:
            raise ChangedError(self.url)
        if status == 200:
            return 0
        host = host_of(self.url)
        if status in _TRANSIENT:
            wait = response.headers.get("Retry-After", "")
            raise CutError(
                f"{host} : le serveur a répondu {status}", status=status, wait_s=float(wait) if wait.isdigit() else 0.0
            )
        what = {401: "accès refusé", 403: "accès refusé", 404: "fichier introuvable", 410: "fichier retiré"}
        raise DownloadError(f"{host} : {what.get(status, 'réponse inattendue')} (réponse {status}).", status=status)

    def _stream(self, response: requests.Response, have: int, total: int | None) -> None:
        size = have
        self.progress(Received(size, total, 0.0))
        with self.part.append(have) as file:
            for chunk in _chunks(response, self.url):
                size += len(chunk)
                self.received += len(chunk)
                if size > self.max_bytes:
                    self._too_large()
                file.write(chunk)
                if self.late:
                    raise CutError(f"{host_of(self.url)} : transfert trop lent")
                elapsed = max(time.monotonic() - self.started, 1e-3)
                self.progress(Received(size, total, self.received / elapsed))
            if total is not None and size < total:
                raise CutError(f"{host_of(self.url)} : transfert coupé à {megabytes(size)} sur {megabytes(total)}")
            file.flush()
            os.fsync(file.fileno())

    def _too_large(self) -> None:
        self.part.discard()
        raise TooLargeError(f"{host_of(self.url)} : fichier plus gros que prévu (plus de {megabytes(self.max_bytes)}).")

    def finish(self, target: Path) -> Downloaded:
        """Decode what the server coded against our wish, then give the file its name."""
        encoding = self.mark.encoding if self.mark else ""
        if encoding:
            self._decode(encoding)
        with self.part.path.open("rb") as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
        size = self.part.path.stat().st_size
        self.part.path.replace(target)
        sync_folder(target.parent)
        self.part.discard()
        etag = self.mark.etag if self.mark else None
        return Downloaded(
            checksum, size, datetime.now(UTC).isoformat(timespec="seconds"), etag or None, without_login(self.url)
        )

    def _decode(self, encoding: str) -> None:
        plain = self.part.path.with_name(self.part.path.name + ".clair")
        try:
            with plain.open("wb") as file:
                for block in _inflate(self.part.path, encoding, host_of(self.url)):
                    file.write(block)
                    if file.tell() > self.max_bytes:
                        self._too_large()
                file.flush()
                os.fsync(file.fileno())
            plain.replace(self.part.path)
        except DownloadError:
            plain.unlink(missing_ok=True)
            self.part.discard()
            raise


def _follow(address: str, location: str) -> str:
    try:
        following = urljoin(address, location)
    except ValueError:
        following = ""
    secure = urlsplit(address).scheme == "https"
    if not is_web(following) or (secure and urlsplit(following).scheme != "https"):
        raise RefusedError(f"{host_of(address)} : redirection refusée vers {location[:80]}.")
    return following


def _length(response: requests.Response) -> int | None:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() else None


def _chunks(response: requests.Response, url: str) -> Iterator[bytes]:
    raw: urllib3.HTTPResponse = response.raw
    with translate(url):
        while chunk := raw.read1(CHUNK, decode_content=False):
            yield chunk


def _inflate(part: Path, encoding: str, host: str) -> Iterator[bytes]:
    if encoding not in ("gzip", "x-gzip"):
        raise DownloadError(f"{host} : le serveur a codé le fichier d’une façon inattendue ({encoding[:20]}).")
    try:
        with gzip.open(part) as plain:
            while block := plain.read(CHUNK):
                yield block
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DownloadError(f"{host} : le fichier reçu est mal compressé.") from error
