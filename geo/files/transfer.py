"""Errors of a transfer, in plain French, and the parts of a file that a cut transfer leaves to be resumed.

A cut is worth another try, an unknown server is not; each error says which it is by its class.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import requests
import urllib3

from geo.errors import GeoInputError
from geo.files.disk import read_json, write_json
from geo.french import count


class DownloadError(GeoInputError):
    """A file could not be downloaded; `status` is the server's answer when there was one."""

    def __init__(self, problem: str, *, status: int | None = None) -> None:
        super().__init__(problem)
        self.status = status


class UnreachableError(DownloadError):
    """No server answered: no network, wrong proxy, unknown name, closed door."""


class RefusedError(DownloadError):
    """An address or a redirection that is not followed."""


class TooLargeError(DownloadError):
    """More bytes than the ceiling allows."""


class CutError(DownloadError):
    """A transfer that stopped, or an answer that may be better next time; `wait_s` is what the server asks."""

    def __init__(self, problem: str, *, status: int | None = None, wait_s: float = 0.0) -> None:
        super().__init__(problem, status=status)
        self.wait_s = wait_s

    def after(self, attempts: int) -> CutError:
        """Return the same error, for a user, once no other try is left."""
        tries = count(attempts, "essai")
        return CutError(
            f"{self.problems[0]} ({tries}). Relancez : un transfert commencé reprend où il s’est arrêté.",
            status=self.status,
        )


class ChangedError(DownloadError):
    """The server's file is no longer the one whose beginning is here: start again."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{host_of(url)} : le fichier change pendant le transfert. Relancez plus tard.")


def host_of(url: str) -> str:
    """Return the host of an address, which is how a message names a server."""
    return urlsplit(url).hostname or url


def without_login(url: str) -> str:
    """Return an address as it may be kept and shown: without the name and password it may carry."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else url


@contextmanager
def translate(url: str) -> Iterator[None]:
    """Turn the errors of the HTTP libraries into ours."""
    host = host_of(url)
    try:
        yield
    except requests.exceptions.ProxyError as error:
        raise UnreachableError(f"{host} : le serveur mandataire (proxy) ne laisse pas passer.") from error
    except (requests.exceptions.SSLError, urllib3.exceptions.SSLError) as error:
        raise RefusedError(f"{host} : certificat de sécurité refusé. Voyez votre service informatique.") from error
    except requests.exceptions.ConnectTimeout as error:
        raise UnreachableError(f"{host} : pas de connexion dans le temps imparti.") from error
    except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise CutError(f"{host} : le serveur n’envoie plus rien") from error
    except requests.exceptions.ConnectionError as error:
        if _never_connected(error):
            raise UnreachableError(f"{host} : serveur injoignable. Vérifiez l’accès au réseau.") from error
        if _too_slow(error):
            raise CutError(f"{host} : le serveur n’envoie plus rien") from error
        raise CutError(f"{host} : connexion coupée") from error
    except (requests.exceptions.ChunkedEncodingError, urllib3.exceptions.ProtocolError) as error:
        raise CutError(f"{host} : transfert coupé") from error
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
        raise DownloadError(f"{host} : adresse ou réponse incompréhensible ({type(error).__name__}).") from error


def _reason(error: requests.exceptions.ConnectionError) -> object:
    cause = error.args[0] if error.args else None
    return getattr(cause, "reason", cause)


def _never_connected(error: requests.exceptions.ConnectionError) -> bool:
    return isinstance(_reason(error), urllib3.exceptions.NewConnectionError)


def _too_slow(error: requests.exceptions.ConnectionError) -> bool:
    return isinstance(_reason(error), urllib3.exceptions.TimeoutError)


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

    def names_same_file(self, response: requests.Response, total: str) -> bool:
        """Return whether an answer, which announces `total`, speaks of the same file."""
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


def is_web(address: object) -> bool:
    """Return whether an address is one of the web: http or https, with a host."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 80) > 0
    except ValueError:
        return False
