"""Printing of the command line, in one place: nothing from a file can act on a terminal, whatever prints it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from geo.visible import one_line, visible

_HALVES = re.compile("[\udc80-\udcff]")  # what stands for a byte that is no UTF-8 (PEP 383)


class Document(str):
    """A text of several lines, JSON, printed as it is: its line ends are its own."""

    __slots__ = ()


class Lines(list[str]):
    """What a command says on stdout, and the status it ends with."""

    exit_code = 0


def typed(text: str) -> str:
    """Return a text of the command line, or the name of a file, that can be written anywhere: bytes that are no UTF-8 are read as
    those of a shell or of an archive of before it (Windows-1252)."""
    return _HALVES.sub(lambda found: bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace"), text)


def as_json(value: Any) -> Document:
    """Write plain values as a JSON document."""
    return Document(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def say(line: str) -> None:
    """Print one line on stdout, or a document."""
    print(line if isinstance(line, Document) else one_line(line))


def warn(*lines: str) -> None:
    """Print lines on stderr."""
    for line in lines:
        print(one_line(line), file=sys.stderr)


class _Plain:
    """A stream whose texts are made visible, whatever writes to it. A carriage return at either end rewrites our own line."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        body = text.strip("\r")
        start = text[: len(text) - len(text.lstrip("\r"))]
        end = text[len(start) + len(body) :]
        self.stream.write(start + visible(body) + end)
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def plain_streams() -> Iterator[None]:
    """Make visible all that is printed meanwhile, by us, by argparse or by a library."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Plain(before[0]), _Plain(before[1])
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
