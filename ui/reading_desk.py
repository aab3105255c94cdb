"""One file at a time for each session, read beside the page: progress, « Annuler », and an end when the visitor leaves.

The reading runs in a process of its own (`geo.isolation`), followed by a thread that knows nothing of the page. It is ended
when another file comes, when the session disconnects (the release of a session's cache), and when nobody has looked at it
for a while (another page, a connection that was lost without a word).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from geo.communes import Atlas
from geo.dataset import opening_of
from geo.errors import GeoInputError
from geo.isolation import CANCELLED, Stop, StoppedError, Tell
from geo.scenarios import Opened, Opening, Vintage, vintage_of
from geo.turns import on_behalf_of
from ui import acts, frame, html, loaders
from ui.server import visitor_here

LOG = logging.getLogger(__name__)
Job = Callable[[Tell, Stop], Any]
OpenFile = Callable[[bytes, str, Atlas, Vintage, Opening, Tell, Stop], Opened]
QUICK_S = 1.0  # a page waits this long before it shows where a reading stands
EVERY_S = 0.5
LEASE_S = 10.0  # a reading that nobody looks at ends


class Reading:
    """A file being read: where it stands, then its value or its error."""

    def __init__(self, asked: Hashable, job: Job) -> None:
        self.asked = asked
        self.part, self.text = 0.0, "Lecture du fichier…"
        self._value: Any = None
        self._error: GeoInputError | None = None
        self._seen = time.monotonic()
        self._stopped, self._over = threading.Event(), threading.Event()
        threading.Thread(target=self._run, args=(job, visitor_here()), daemon=True, name="clsm-lecture").start()

    def _run(self, job: Job, visitor: Hashable) -> None:
        try:
            with on_behalf_of(visitor):
                self._value = job(self._tell, self)
        except GeoInputError as error:
            self._error = error
        except Exception as error:  # of this process, not of the reader: no traceback, a sentence
            LOG.error("a reading failed: %s", type(error).__name__)
            self._error = GeoInputError(
                "La lecture n’a pas pu se faire sur cette machine. Rien n’est changé ; réessayez."
            )
        finally:
            self._over.set()

    def _tell(self, part: float, text: str) -> None:
        self.part, self.text = min(1.0, max(0.0, part)), text

    def is_set(self) -> bool:
        """Tell whether it must end: it was stopped, or nobody looks any more."""
        return self._stopped.is_set() or time.monotonic() - self._seen > LEASE_S

    def stop(self) -> None:
        """End it."""
        self._stopped.set()

    def look(self) -> bool:
        """Tell whether it is over, and that somebody still looks."""
        self._seen = time.monotonic()
        return self._over.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait for its end, at most so long; tell whether it is over."""
        until = time.monotonic() + seconds
        while not self.look() and (left := until - time.monotonic()) > 0:
            self._over.wait(min(left, EVERY_S))
        return self.look()

    def result(self) -> Any:
        """Return what was read.

        Raises
        ------
        GeoInputError
            When nothing was, with the sentences; `StoppedError` when it was stopped.
        """
        if self._error is not None:
            raise self._error
        return self._value


class Desk:
    """The one reading of a session."""

    def __init__(self) -> None:
        self.reading: Reading | None = None

    def begin(self, asked: Hashable, job: Job) -> Reading:
        """Read this, and nothing else any more."""
        self.clear()
        self.reading = Reading(asked, job)
        return self.reading

    def clear(self) -> None:
        """End the reading, and forget it."""
        if self.reading is not None:
            self.reading.stop()
        self.reading = None


@st.cache_resource(scope="session", on_release=Desk.clear, show_spinner=False)
def desk() -> Desk:
    """Return the desk of this session."""
    return Desk()


def read(
    asked: Hashable, job: Job, *, at: Callable[[], Desk] | None = None, cancel: str = "Annuler la lecture"
) -> Reading | None:
    """Return the reading that `asked` names once it is over; meanwhile show where it stands, and return None.

    `at` gives another desk of the session than that of files, and `cancel` names the button that ends its work.
    """
    at = at or desk
    held = at()
    reading = held.reading
    if reading is None or reading.asked != asked:
        reading = held.begin(asked, job)
    if reading.wait(QUICK_S):
        return reading
    _progress(at, cancel)
    return None


@st.fragment(run_every=EVERY_S)
def _progress(at: Callable[[], Desk], cancel: str) -> None:
    reading = at().reading
    if reading is None or reading.look():
        st.rerun()
    bar, button = st.columns([4, 1], vertical_alignment="center")
    bar.progress(reading.part, text=html.literal(reading.text))
    button.button(cancel, key=f"annuler-{cancel}", icon=":material/close:", on_click=reading.stop)


def offer_again() -> None:
    """Say that a reading was cancelled, and offer to read the file after all."""
    st.info(CANCELLED)
    st.button("Lire ce fichier", key="lecture-reprendre", icon=":material/refresh:", on_click=desk().clear)


def add_scenarios(sent: UploadedFile, work: OpenFile, said: Callable[[Opened], str]) -> None:
    """Add what `work` reads of a file to the scenarios of the session, once; `said` tells it after the name of the file.

    Nothing is added while it reads, nor when the file is refused, which is shown.
    """
    token = ("fichier", sent.file_id)
    if not acts.done(token):
        opened = take(sent, work)
        if opened is None:
            return
        try:
            merged = frame.merged(opened.workbook)
        except GeoInputError as error:
            refuse(sent.name, error)
            return
        desk().clear()
        acts.once(token, lambda: frame.hold(merged))
        frame.say(f"{sent.name} : {said(opened)}", *opened.notices)
    st.session_state[frame.OPENED] += 1
    st.rerun()


def take(sent: UploadedFile, work: OpenFile) -> Opened | None:
    """Return what `work` reads of a file of scenarios; None while it reads, and when it has said why it could not."""
    known = (loaders.atlas(), vintage_of(loaders.world()), opening_of(loaders.official()))
    asked = (work.__name__, sent.file_id)
    reading = read(asked, lambda tell, stop: work(sent.getvalue(), sent.name, *known, tell, stop))
    if reading is None:
        return None
    try:
        opened: Opened = reading.result()
        return opened
    except StoppedError:
        offer_again()
    except GeoInputError as error:
        refuse(sent.name, error)
    return None


def refuse(name: str, error: GeoInputError) -> None:
    """Show what is wrong with a file, its name first."""
    for problem in error.problems:
        st.error(html.literal(f"{name} : {problem.removeprefix(f'{name} : ')}"))
