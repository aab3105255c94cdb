"""The file of an import, read beside the page under what the person settled of it; what was settled the last time is taken up.

The session holds what is wanted (the file and the answers given) and what was read of it: a statement or a tick reads nothing again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from geo import french as fr
from geo import isolation
from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.imports import Answers, ImportDraft, Remembered, read_file, remembered
from geo.isolation import Stop, StoppedError, Tell
from ui import html, loaders, reading_desk

DRAFT = "import-brouillon"  # (Wanted, ImportDraft)
WANTED = "import-voulu"
KNOWN = "import-retenu"  # what was settled of this list the last time (Remembered or None)
SEEN = "import-vu"  # revision of the active layer when what would change was first shown


@dataclass(frozen=True)
class Wanted:
    """A file (its number in this session, its layer) and the answers given of it, as JSON."""

    file: str
    kind: str
    answers: str = ""

    @property
    def given(self) -> Answers:
        """The answers."""
        return Answers.from_json(self.answers) if self.answers else Answers()

    @property
    def blank(self) -> Wanted:
        """The same file, nothing settled."""
        return Wanted(self.file, self.kind)


@dataclass(frozen=True, eq=False)
class Reading:
    """What was read of the file: the draft, what the register remembers of the list, whether it is being read again."""

    draft: ImportDraft
    known: Remembered | None
    again: bool = False

    @property
    def taken_up(self) -> Remembered | None:
        """What was settled the last time and serves now, None when nothing was or it was dropped."""
        used = self.known if self.known and self.known.answers.given else None
        given = wanted().given.given
        return used if used and any(key in given for key in used.answers.given) else None


def forget() -> None:
    """Hold no file any more."""
    for key in (DRAFT, WANTED, KNOWN, SEEN):
        st.session_state.pop(key, None)
    held = reading_desk.desk()
    if held.reading is None or isinstance(held.reading.asked, Wanted):  # else the table of another tab is being read
        held.clear()
    isolation.warm(loaders.atlas())


def wanted() -> Wanted:
    """Return what is wanted of the file in hand; nothing once it has left, which a click may not have seen yet."""
    found: Wanted = st.session_state.get(WANTED, Wanted("", ""))
    return found


def _want(changed: Wanted) -> None:
    if WANTED in st.session_state:
        st.session_state[WANTED] = changed


def settle(answers: Mapping[str, str]) -> None:
    """Settle some questions (key of a doubt → answer); the next run reads the file so."""
    held = wanted()
    given = Answers({**held.given.given, **answers}, held.given.shape)
    _want(replace(held, answers=given.to_json()))


def unsettle(key: str) -> None:
    """Ask a question again."""
    held = wanted()
    _want(replace(held, answers=held.given.forget(key).to_json()))


def drop_known() -> None:
    """Start again from what the file says alone."""
    _want(wanted().blank)


def read(file: UploadedFile, kind: str) -> Reading | None:
    """Return what is read of a file under what was settled of it; None while it is first read, and when it has been said why it is not.

    Answers that lead nowhere leave in place what was read before them.
    """
    held = st.session_state.get(WANTED)
    if held is None or (held.file, held.kind) != (file.file_id, kind):
        held = Wanted(file.file_id, kind)
        st.session_state[WANTED] = held
        st.session_state.pop(KNOWN, None)
    had: tuple[Wanted, ImportDraft] | None = st.session_state.get(DRAFT)
    if had and had[0] == held:
        return Reading(had[1], st.session_state.get(KNOWN))
    before = had if had and had[0].blank == held.blank else None
    job = reading_desk.read(held, partial(_job, file, loaders.atlas(), held))
    if job is None:
        return _still(before, again=True)
    try:
        draft: ImportDraft = job.result()
    except StoppedError:
        reading_desk.offer_again()
        return _still(before)
    except GeoInputError as error:
        _refuse(error)
        if before:
            st.session_state[WANTED] = before[0]
        return _still(before)
    reading_desk.desk().clear()
    st.session_state[DRAFT] = (held, draft)
    st.session_state.pop(SEEN, None)
    if KNOWN not in st.session_state:
        st.session_state[KNOWN] = _known(draft)
        known = st.session_state[KNOWN]
        if known and known.answers.given:
            st.session_state[WANTED] = replace(held, answers=known.answers.to_json())
            return read(file, kind)
    return Reading(draft, st.session_state[KNOWN])


def _still(before: tuple[Wanted, ImportDraft] | None, *, again: bool = False) -> Reading | None:
    return Reading(before[1], st.session_state.get(KNOWN), again) if before else None


def _known(draft: ImportDraft) -> Remembered | None:
    try:
        return remembered(draft)
    except GeoInputError:
        return None  # the register says what ails it where it is shown


def _job(file: UploadedFile, atlas: Atlas, held: Wanted, tell: Tell, stop: Stop) -> ImportDraft:
    return read_file(
        file.getvalue(), file.name, held.kind, atlas=atlas, answers=held.given, progress=tell, stop=stop
    )  # fmt: skip


def _refuse(error: GeoInputError) -> None:
    for problem in error.problems[:10]:
        st.error(html.literal(problem))
    if len(error.problems) > 10:
        st.caption(f"Et {fr.count(len(error.problems) - 10, 'autre problème', 'autres problèmes')}.")
