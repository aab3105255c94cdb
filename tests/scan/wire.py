"""Requests as they are written, and answers whole: no path is tidied, no redirection followed, no certificate checked."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from urllib.parse import urlsplit

PATIENCE_S = 60
UNCHECKED = ssl.create_default_context()
UNCHECKED.check_hostname, UNCHECKED.verify_mode = False, ssl.CERT_NONE


class Level(IntEnum):
    """How much a finding matters, in the words of ZAP."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


@dataclass(frozen=True)
class Answer:
    """What came back: headers in the order received, names in small letters."""

    url: str
    method: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def path(self) -> str:
        """Return the path asked for, without what follows « ? »."""
        return urlsplit(self.url).path

    @property
    def secure(self) -> bool:
        """Return whether it came over TLS."""
        return self.url.startswith("https:")

    @property
    def kind(self) -> str:
        """Return the media type, "" when there is none."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """Return the body of a text, "" of anything else."""
        texts = ("text/", "application/json", "application/javascript", "image/svg")
        return self.body.decode("utf-8", errors="replace") if self.kind.startswith(texts) else ""

    def all(self, name: str) -> list[str]:
        """Return the values of every header of a name."""
        return [value for key, value in self.headers if key == name]

    def header(self, name: str) -> str:
        """Return the values of a header, "" when there is none."""
        return ", ".join(self.all(name))


@dataclass(frozen=True)
class Finding:
    """What a rule says of an answer."""

    rule: str
    name: str
    level: Level
    url: str
    detail: str


def ask(
    root: str, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Answer:
    """Return the answer of a path of a server, written as it is given.

    Raises
    ------
    OSError
        When it does not answer.
    """
    parts = urlsplit(root)
    host, port = parts.hostname or "", parts.port
    connection = (
        http.client.HTTPSConnection(host, port, timeout=PATIENCE_S, context=UNCHECKED)
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=PATIENCE_S)
    )
    given = {"accept-encoding": "identity", **(headers or {})}
    try:
        connection.request(method, path, body, given)
        reply = connection.getresponse()
        got = reply.read() if reply.status != 101 else b""
    finally:
        connection.close()
    return Answer(f"{parts.scheme}://{parts.netloc}{path}", method, reply.status, _small(reply), got)


def _small(reply: http.client.HTTPResponse) -> tuple[tuple[str, str], ...]:
    return tuple((name.lower(), value) for name, value in reply.getheaders())
