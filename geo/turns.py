"""Turns: few do something heavy at once on a server, the others wait, and no visitor holds the rest up.

A `Line` has so many places, and so many may wait. Of those who wait, next comes a visitor who has nothing under way, then the one who was
served longest ago, then the first to have come: thirty things asked by one visitor pass after the first of another. A visitor has few waiting,
all of them together have a bounded number, and past that who asks is told to come back. Nobody waits for ever, and what lasts far too
long no longer holds the others.
"""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from geo.errors import GeoInputError

_VISITOR: ContextVar[Hashable] = ContextVar("visitor", default=None)
LOOK_S = 0.1  # how often a wait looks whether it was cancelled
LATER = 1 << 60  # after all turns that there were
REMEMBERED = 1_000  # visitors of whom it is known when they were last served


@contextmanager
def on_behalf_of(visitor: Hashable) -> Iterator[None]:
    """Have what follows be asked by a visitor; None when nobody knows which one."""
    mark = _VISITOR.set(visitor)
    try:
        yield
    finally:
        _VISITOR.reset(mark)


def visitor() -> Hashable:
    """Return who asks, None when nobody said."""
    return _VISITOR.get()


class Stop(Protocol):
    """What says that a wait must end; a `threading.Event` does."""

    def is_set(self) -> bool:
        """Tell whether it must end."""
        ...


class FullError(GeoInputError):
    """No turn: too many wait, or this visitor has too many waiting, or none came in time."""


class GoneError(GeoInputError):
    """No turn: whoever waited stopped waiting."""


@dataclass(frozen=True)
class Words:
    """What somebody is told, in French: the line is full (of `{}` things), he has too many in it (`{}`), none came in time, he stopped."""

    full: str
    yours: str
    late: str = ""
    gone: str = ""


@dataclass
class _Asked:
    visitor: Hashable
    number: int
    began: float = 0.0


class Line:
    """A line: `places` are served at once, `most` wait; one visitor has `each`, served or waiting (None: nobody knows which visitor).

    Who has waited for `patience` seconds is sent away. What has lasted `lease` seconds no longer takes a place, as long as no more than twice
    the places are under way.
    """

    def __init__(
        self, words: Words, *, places: int, most: int, each: int, patience: float = math.inf, lease: float = math.inf
    ) -> None:
        self.words, self.places, self.most, self.each = words, places, most, each
        self.patience, self.lease = patience, lease
        self._lock = threading.Condition()
        self._serving: list[_Asked] = []
        self._waiting: list[_Asked] = []
        self._served: OrderedDict[Hashable, int] = OrderedDict()  # visitor → number of the last turn that he had
        self._numbers = itertools.count(1)

    @property
    def size(self) -> tuple[int, int]:
        """How many are served, and how many wait."""
        with self._lock:
            return len(self._serving), len(self._waiting)

    @contextmanager
    def turn(self, tell: Callable[[int], object] | None = None, stop: Stop | None = None) -> Iterator[None]:
        """Wait for a turn of this visitor (`on_behalf_of`), and hold it. `tell` is called, while one waits, with how many come before.

        Raises
        ------
        FullError
            With the sentence to show, when there is no place to wait, or when none came in time.
        GoneError
            When `stop` was set meanwhile.
        """
        me = self._enter(visitor())
        try:
            self._wait(me, tell, stop)
        finally:
            with self._lock:
                self._waiting.remove(me)
                self._lock.notify_all()
        try:
            yield
        finally:
            with self._lock:
                self._serving.remove(me)
                self._lock.notify_all()

    def _enter(self, who: Hashable) -> _Asked:
        with self._lock:
            mine = sum(one.visitor == who for one in (*self._waiting, *self._serving))
            if who is not None and mine >= self.each:
                raise FullError(self.words.yours.format(mine))
            if len(self._waiting) >= self.most:
                raise FullError(self.words.full.format(len(self._waiting) + len(self._serving)))
            me = _Asked(who, next(self._numbers))
            self._waiting.append(me)
            return me

    def _wait(self, me: _Asked, tell: Callable[[int], object] | None, stop: Stop | None) -> None:
        until = time.monotonic() + self.patience
        while True:
            with self._lock:
                if self._next(me):
                    me.began = time.monotonic()
                    self._serving.append(me)
                    self._remember(me.visitor)
                    return
                before = self._order().index(me) + len(self._serving)
            if tell is not None:
                tell(before)
            if time.monotonic() >= until:
                raise FullError(self.words.late)
            with self._lock:
                if not self._next(me):
                    self._lock.wait(LOOK_S)
            if stop is not None and stop.is_set():
                raise GoneError(self.words.gone)

    def _next(self, me: _Asked) -> bool:
        return self._free() and self._order()[0] is me

    def _free(self) -> bool:
        now = time.monotonic()
        holding = sum(now - one.began < self.lease for one in self._serving)
        return holding < self.places and len(self._serving) < 2 * self.places

    def _remember(self, who: Hashable) -> None:
        self._served[who] = next(self._numbers)
        self._served.move_to_end(who)
        while len(self._served) > REMEMBERED:
            self._served.popitem(last=False)

    def _order(self) -> list[_Asked]:
        """Return those who wait, in the order in which they will be served if nobody else comes."""
        under_way, last = Counter(one.visitor for one in self._serving), dict(self._served)
        left, found = list(self._waiting), []
        while left:
            best = min(left, key=lambda one: (under_way[one.visitor], last.get(one.visitor, 0), one.number))
            left.remove(best)
            found.append(best)
            under_way[best.visitor] += 1
            last[best.visitor] = LATER + len(found)
        return found
