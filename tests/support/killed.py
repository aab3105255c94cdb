"""Processes killed at a marked point, to test what a cut leaves: no clock has a part in it.

A mark is an act on the disk: a file under a folder opened, made, renamed or removed (as Python's own audit reports it), a
statement sent to a database, a commit. `die_at` kills the process just before its nth mark; a child that is given no mark
to die at says how many it went through.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from geo.paths import ROOT

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


def run_child(command: Sequence[str], nth: int) -> int:
    """Run a child that dies at its nth mark; with 0 it lives, and the number of its marks is returned.

    `command` is what follows the interpreter; the number of the mark is added as its last argument, and a child that lives
    prints how many it passed.
    """
    done = subprocess.run(
        [sys.executable, *command, str(nth)], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == (-signal.SIGKILL if nth else 0), done.stderr
    return nth or int(done.stdout)


def spread(total: int, number: int) -> list[int]:
    """Return marks spread over a run, the first and the last among them."""
    return sorted({1 + round(i * (total - 1) / (number - 1)) for i in range(number)})
