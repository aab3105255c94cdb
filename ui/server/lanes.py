"""Lanes, for when many are there: the figures of a click before maps and panels, exports one after the other.

All sessions share one interpreter: whatever is computed at the same time slows all the rest down. What nobody waits for
with their eyes on it goes through a lane, and the figures of others pass it by. Files that are made (notes, atlases, archives, maps,
tables) wait in one line for the whole process, visitors after one another (geo.turns).
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from geo import french as fr
from geo import turns
from geo.turns import Line, Words

PATIENCE_S = 2.0  # past it a run goes on anyway: a long computation in the lane must not hold everybody
_AFTER = threading.BoundedSemaphore(2)  # maps and panels, once the figures are sent
# Files being made: one at a time, so many that wait, so many of one visitor.
MOST_AT_ONCE, MOST_WAITING, MOST_OF_ONE = 1, 24, 5
WAIT_S = 120.0  # who has not been served by then is sent away: a browser waits for three minutes
LONG_S = 300.0  # a file that takes longer no longer holds the others
FILES = Line(
    Words(
        "Le serveur prépare déjà {} fichiers ; réessayez dans une minute.",
        "Vous attendez déjà {} fichiers de ce serveur : laissez-les arriver, puis redemandez celui-ci.",
        "Le serveur est très demandé : ce fichier n’a pas pu être commencé en deux minutes. Réessayez dans quelques minutes.",
    ),
    places=MOST_AT_ONCE, most=MOST_WAITING, each=MOST_OF_ONE, patience=WAIT_S, lease=LONG_S,
)  # fmt: skip
VISIT = "clsm_visit"  # the cookie that nginx gives (deploy/nginx.conf)
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


def visitor_of(session_id: str) -> str:
    """Return who a session belongs to: the visit that nginx has named, which all the pages of one browser share, or else the session."""
    client = runtime.get_instance().get_client(session_id) if runtime.exists() else None
    cookies = client.client_context.cookies if client is not None and client.client_context is not None else {}
    return cookies.get(VISIT) or session_id


def visitor_here() -> Hashable:
    """Return who asks: the visitor whose page is running, or whoever this thread works for; None when nobody knows."""
    run = get_script_run_ctx(suppress_warning=True)
    return turns.visitor() if run is None else visitor_of(run.session_id)


@contextmanager
def export_lane(tell: Callable[[str], object] | None = None) -> Iterator[None]:
    """Have one file made at a time; `tell` is called, while one waits, with a sentence.

    Raises
    ------
    GeoInputError
        When too many wait already, of this visitor or of all, or for too long; with the sentence to show.
    """
    waits = None if tell is None else lambda before: tell(f"En attente : {fr.count(before, 'fichier')} avant le vôtre")
    with turns.on_behalf_of(visitor_here()), FILES.turn(waits):
        yield
