"""The handle of the process that forks the readers of files (`geo.nursery`), and what a reader is asked."""

from __future__ import annotations

import atexit
import hashlib
import os
import pickle
import socket
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from geo.communes import Atlas
from geo.paths import ROOT

# One arena, no thread kept by a library: little is reserved that is not used, and nothing is held at the fork.
ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    "GDAL_CACHEMAX": "16", "GDAL_NUM_THREADS": "1",
}  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """Ceilings of a child: seconds on the clock; bytes of resident memory, what it shares with the template
    included; bytes of the result; bytes of the files it writes."""

    seconds: float = 16.0
    memory: int = 950_000_000
    result: int = 64_000_000
    files: int = 1_000_000_000


LIMITS = Limits()


@dataclass(frozen=True)
class Request:
    """What a child is asked: `work(path, atlas, tell, **options)`; `folder` is private, for its temporary files."""

    work: Callable[..., Any]
    path: Path
    folder: Path
    options: Mapping[str, Any]
    limits: Limits


# --- the caller's side ------------------------------------------------------------------------------------------
class Template:
    """A template that was started: forks on demand until it is let go (`wanted` is then false); `mark` is that of its communes."""

    def __init__(self, content: bytes, mark: str) -> None:
        self.mark, self.wanted = mark, True
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        with tempfile.TemporaryFile() as file, theirs:
            file.write(content)
            file.flush()
            file.seek(0)
            self.process = subprocess.Popen(
                [sys.executable, "-m", "geo.nursery", str(theirs.fileno()), str(file.fileno())],
                cwd=ROOT,
                env=os.environ | ENVIRONMENT,
                pass_fds=(theirs.fileno(), file.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # an interruption of the command line is the caller's to handle
            )

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    def fork(self, channel: Connection[Any, Any], lease: Connection[Any, Any]) -> bool:
        """Have a child forked on these two ends; False when the template is gone."""
        try:
            with self._lock:
                socket.send_fds(self._control, [b"f"], [channel.fileno(), lease.fileno()])
        except OSError:
            return False
        return True

    def let_go(self) -> None:
        """Ask nothing more of it: it ends once its children have ended."""
        self.wanted = False
        self._control.close()

    def end(self) -> None:
        """Wait for its end, or bring it about."""
        self.let_go()
        try:
            self.process.wait(1.0)
        except subprocess.TimeoutExpired:  # still loading, or reading for someone who is gone
            self.process.kill()
            self.process.wait()


_LOCK = threading.Lock()
_KEPT: list[Template] = []  # the last is active; those before finish what they were asked
_MARKS: weakref.WeakKeyDictionary[Atlas, str] = weakref.WeakKeyDictionary()


def template_for(atlas: Atlas) -> Template:
    """Return a template that has loaded these communes, started now when there is none.

    The one before is let go as soon as other communes are active.
    """
    with _LOCK:
        content = b""
        if atlas not in _MARKS:
            content = _pickled(atlas)
            _MARKS[atlas] = hashlib.sha256(content).hexdigest()
        mark = _MARKS[atlas]
        for dead in [template for template in _KEPT if not template.alive]:
            dead.let_go()  # its socket is closed at once
            _KEPT.remove(dead)
        if not (_KEPT and _KEPT[-1].mark == mark and _KEPT[-1].wanted):
            for template in _KEPT:
                template.let_go()
            _KEPT.append(Template(content or _pickled(atlas), mark))
        return _KEPT[-1]


def _pickled(atlas: Atlas) -> bytes:
    return pickle.dumps(replace(atlas), protocol=5)  # a copy without what it has computed since


@atexit.register
def end_all() -> None:
    """End the templates and whatever they read."""
    while _KEPT:
        _KEPT.pop().end()
