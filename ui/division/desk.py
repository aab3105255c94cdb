"""One search at a time for each session, and one for the whole server: a thread, its progress, « Annuler »."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable

import streamlit as st

from geo.divide import SECONDS, Board, Divided, Terms, divide
from geo.errors import GeoInputError
from geo.isolation import Stop, Tell
from ui import html
from ui.reading_desk import EVERY_S, QUICK_S, Desk, Job, Reading

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


def found(asked: Hashable, job: Callable[[], Job]) -> Reading | None:
    """Return the search that `asked` names once it is over; meanwhile show where it stands, and return None."""
    held = desk()
    reading = held.reading
    if reading is None or reading.asked != asked:
        reading = held.begin(asked, job())
    if reading.wait(QUICK_S):
        return reading
    _progress()
    return None


@st.fragment(run_every=EVERY_S)
def _progress() -> None:
    reading = desk().reading
    if reading is None or reading.look():
        st.rerun()
        return
    bar, button = st.columns([4, 1], vertical_alignment="center")
    bar.progress(reading.part, text=html.literal(reading.text))
    button.button("Annuler", key="division-annuler", icon=":material/close:", on_click=reading.stop)
