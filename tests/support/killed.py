"""Processes killed at a marked point, to test what a cut leaves: no clock has a part in it.

A mark is an act on the disk: a file under a folder opened, made, renamed or removed (as Python's own audit reports it), a
statement sent to a database, a commit. `die_at` kills the process just before its nth mark; a child that is given no mark
to die at says how many it went through.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import sqlalchemy as sa

from geo.files import owner

IMPORTED = (
    "tests.register.test_register", "tests.sources.fake_sources", "tests.support.damaged_homes",
    "alembic.command", "psycopg", "pyarrow.parquet",
)  # fmt: skip
ACTS = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree")


class Marks:
    """Count the acts on the disk under a folder; the nth is never done: the process dies before it (0: none)."""

    def __init__(self, folder: Path, nth: int) -> None:
        """Count from now on."""
        self.passed, self._count, self._lock = 0, count(1), threading.Lock()
        self.nth, self.root = nth, str(folder)
        sys.addaudithook(self._audit)
        sa.event.listen(sa.Engine, "before_cursor_execute", lambda *_: self._mark())
        sa.event.listen(sa.Engine, "commit", lambda *_: self._mark())

    def _audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in ACTS and isinstance(arguments[0], str | os.PathLike) and str(arguments[0]).startswith(self.root):
            self._mark()

    def _mark(self) -> None:
        with self._lock:
            self.passed = next(self._count)
            if self.passed == self.nth:
                os.kill(os.getpid(), signal.SIGKILL)


def beside(work: Callable[..., object], *arguments: object) -> BaseProcess:
    """Start a function of a module in a process beside the test, forked from one that has imported what most need (`IMPORTED`) once."""
    process = forking().Process(target=_as_here, args=(dict(os.environ), work, arguments))
    process.start()
    return process


def forking() -> ForkServerContext:
    """Return what makes such processes, and what they wait for and speak through."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(IMPORTED))
    return context


def _as_here(environment: dict[str, str], work: Callable[..., object], arguments: tuple[object, ...]) -> None:
    os.environ.clear()  # that of the first test which asked
    os.environ.update(environment)
    work(*arguments)


def run_child(work: Callable[..., object], home: Path, *arguments: object, nth: int) -> int:
    """Run `work(home, *arguments)` in a child that dies at its nth mark under `home`; with 0 it lives, and the number of its marks is
    returned."""
    ours, theirs = forking().Pipe(duplex=False)
    child = beside(_marked, nth, theirs, work, home, *arguments)
    theirs.close()
    child.join()
    assert child.exitcode == (-signal.SIGKILL if nth else 0)
    return nth or ours.recv()


def _marked(nth: int, told: Connection, work: Callable[..., object], home: Path, *arguments: object) -> None:
    marks = Marks(home, nth)
    work(home, *arguments)
    told.send(marks.passed)


def ended_owner() -> str:
    """Return the name of an owner (geo.files) that has ended."""
    ours, theirs = forking().Pipe(duplex=False)
    beside(_say_owner, theirs).join()
    return str(ours.recv())


def _say_owner(to: Connection) -> None:
    to.send(owner())


def spread(total: int, number: int) -> list[int]:
    """Return marks spread over a run, the first and the last among them."""
    return sorted({1 + round(i * (total - 1) / (number - 1)) for i in range(number)})
