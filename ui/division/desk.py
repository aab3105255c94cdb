"""One search at a time for each session, and one for the whole server.

Apart because a search goes on between the runs of the page that asked for it.
"""

from __future__ import annotations

import logging
import threading
import time

import streamlit as st

from geo.divide import SECONDS, Board, Divided, Terms, divide
from geo.errors import GeoInputError
from geo.isolation import Stop, Tell
from ui.reading_desk import EVERY_S, Desk, Job

LOG = logging.getLogger(__name__)
WAITING = "Une autre division est en cours ; la vôtre suit…"
_ONE = threading.BoundedSemaphore(1)  # searches keep a processor busy: the clicks of others have the other one


DESK = "division-desk"


def desk() -> Desk:
    """Return where the search of this session stands; when the session goes, nobody looks at it any more, and it ends."""
    if DESK not in st.session_state:
        st.session_state[DESK] = Desk()
    held: Desk = st.session_state[DESK]
    return held


def search(board: Board, terms: Terms) -> Job:
    """Return the search as a job: it tells where it stands, and ends when asked."""

    def job(tell: Tell, stop: Stop) -> Divided:
        tell(0.0, WAITING)
        while not _ONE.acquire(timeout=EVERY_S):
            if stop.is_set():
                raise GeoInputError("Division annulée.")
        start = time.monotonic()
        try:
            said = lambda text: tell((time.monotonic() - start) / SECONDS, f"{text}…")  # noqa: E731
            return divide(board, terms, stopped=stop.is_set, said=said)
        except GeoInputError:
            raise
        except Exception as error:  # no traceback, a sentence
            LOG.error("a division failed: %s", type(error).__name__)
            raise GeoInputError("La division n’a pas pu se faire sur cette machine ; réessayez.") from None
        finally:
            _ONE.release()

    return job
