"""Readers that do what no reader may do, each in the process that `geo.isolation` gives it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from geo.communes import Atlas
from geo.errors import GeoInputError

Tell = Callable[[float, str], None]


def size(path: Path, atlas: Atlas, tell: Tell, **_: object) -> int:
    """Do as asked."""
    tell(1.0, "lu")
    return path.stat().st_size


def surprise(_path: Path, _atlas: Atlas, _tell: Tell, **_: object) -> None:
    raise RuntimeError("<secret path>")


def refuse(_path: Path, _atlas: Atlas, _tell: Tell, **_: object) -> None:
    raise GeoInputError(["un", "deux"])


def crash(_path: Path, _atlas: Atlas, _tell: Tell, **_: object) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(_path: Path, _atlas: Atlas, _tell: Tell, **_: object) -> None:
    os._exit(3)


def for_ever(_path: Path, _atlas: Atlas, tell: Tell, **_: object) -> None:
    """Say its number, then hold the interpreter without end, as a native loop does."""
    tell(1.0, str(os.getpid()))
    while True:
        pow(3, 10**6)


def patient(_path: Path, _atlas: Atlas, tell: Tell, **_: object) -> None:
    """Say its number, then wait."""
    tell(1.0, str(os.getpid()))
    threading.Event().wait()


def swell(_path: Path, _atlas: Atlas, _tell: Tell, **_: object) -> int:
    """Take memory without end, in pieces that are each written to."""
    held = []
    while True:
        held.append(bytearray(os.urandom(1)) * 10_000_000)
        time.sleep(0)


def long_answer(_path: Path, _atlas: Atlas, _tell: Tell, *, length: int, **_: object) -> bytes:
    return bytes(length)


def heavy_file(path: Path, _atlas: Atlas, _tell: Tell, **_: object) -> None:
    """Write more than may be written beside the file."""
    with path.with_name("gros").open("wb") as file:
        while True:
            file.write(bytes(10_000_000))


def pathless(_path: Path, _atlas: Atlas, _tell: Tell, **_: object) -> object:
    """Return what cannot be sent back."""
    return lambda: None


def turns(_path: Path, atlas: Atlas, _tell: Tell, **_: object) -> tuple[int, int]:
    """Return how many communes it knows, and its parent."""
    return len(atlas.table), os.getppid()
