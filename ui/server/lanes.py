"""Lanes, for when many are there: the figures of a click before maps and panels, exports one after the other.

All sessions share one interpreter: whatever is computed at the same time slows all the rest down. What nobody waits for
with their eyes on it goes through a lane, and the figures of others pass it by.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_S = 2.0  # past it a run goes on anyway: a long computation in the lane must not hold everybody
_AFTER = threading.BoundedSemaphore(2)  # maps and panels, once the figures are sent
_EXPORTS = threading.BoundedSemaphore(1)
sys.setswitchinterval(0.001)  # a fifth of Python's own: messages wait for less work of others before they leave


class Figures:
    """How many times the figures of a perimeter were sent, and how long they took, for who runs the server (ui/server/ready.py)."""

    def __init__(self) -> None:
        self.count, self.seconds = 0, 0.0
        self._turn = threading.Lock()

    def note(self, seconds: float) -> None:
        """Count one more."""
        with self._turn:
            self.count += 1
            self.seconds += seconds


FIGURES = Figures()


@contextmanager
def after_the_figures(begun: float) -> Iterator[None]:
    """Hold what follows the figures until few others do the same; `begun` is when they began (`time.monotonic`)."""
    FIGURES.note(time.monotonic() - begun)
    entered = _AFTER.acquire(timeout=PATIENCE_S)
    try:
        yield
    finally:
        if entered:
            _AFTER.release()


@contextmanager
def export_lane() -> Iterator[None]:
    """Have one file made at a time."""
    with _EXPORTS:
        yield
