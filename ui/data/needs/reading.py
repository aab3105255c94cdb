"""The table of indicators in hand: what is wanted of it and what was read of it, in the session; read again when something is settled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from geo import french as fr
from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.imports import NeedsDraft, Plan, read_needs_file, remembered_plan, resumed
from geo.indicators import Grain
from geo.isolation import Stop, StoppedError, Tell
from geo.register import Version
from ui import html, loaders, reading_desk

DRAFT, WANTED, KNOWN, SEEN = "besoins-brouillon", "besoins-voulu", "besoins-retenu", "besoins-vu"


@dataclass(frozen=True)
class WantedTable:
    """A file (its number in this session), a sheet of it, and what was settled of it ("" for nothing), as JSON."""

    file: str
    sheet: str = ""
    plan: str = ""


def forget() -> None:
    """Hold no table any more."""
    for key in (DRAFT, WANTED, KNOWN, SEEN):
        st.session_state.pop(key, None)


def settle(plan: Plan) -> None:
    """Settle something; the next run reads the table so."""
    if WANTED in st.session_state:
        st.session_state[WANTED] = replace(st.session_state[WANTED], plan=plan.to_json())


def take_sheet(sheet: str) -> None:
    """Read another sheet, nothing settled."""
    if WANTED in st.session_state:
        st.session_state[WANTED] = WantedTable(st.session_state[WANTED].file, sheet)
        st.session_state.pop(KNOWN, None)


def drop_known() -> None:
    """Start again from what the file says alone."""
    if WANTED in st.session_state:
        st.session_state[WANTED] = replace(st.session_state[WANTED], plan="")


def known() -> tuple[Plan, Version] | None:
    """Return what was settled of this table the last time, None when it never was."""
    found: tuple[Plan, Version] | None = st.session_state.get(KNOWN)
    return found


def plan_in_hand(draft: NeedsDraft) -> Plan:
    """Return what is settled by now: while the table is read again, as it will be."""
    wanted: WantedTable | None = st.session_state.get(WANTED)
    return (Plan.from_json(wanted.plan) if wanted and wanted.plan else None) or draft.plan


def read(file: UploadedFile) -> NeedsDraft | None:
    """Return what is read of a table; None while it is first read, and when it has been said why it is not."""
    held: WantedTable | None = st.session_state.get(WANTED)
    if held is None or held.file != file.file_id:
        forget()
        held = WantedTable(file.file_id)
        st.session_state[WANTED] = held
    had: tuple[WantedTable, NeedsDraft] | None = st.session_state.get(DRAFT)
    if had and had[0] == held:
        return had[1]
    before = had[1] if had and (had[0].file, had[0].sheet) == (held.file, held.sheet) else None
    job = reading_desk.read(held, partial(_job, file.getvalue(), file.name, loaders.atlas(), held))
    if job is None:
        return before
    try:
        draft: NeedsDraft = job.result()
    except StoppedError:
        reading_desk.offer_again()
        return before
    except GeoInputError as error:
        for problem in error.problems[:10]:
            st.error(html.literal(problem))
        if had:
            st.session_state[WANTED] = had[0]
        return before
    reading_desk.desk().clear()
    st.session_state[DRAFT] = (held, draft)
    if KNOWN not in st.session_state:
        st.session_state[KNOWN] = _remembered(draft)
        if found := known():
            settle(resumed(found[0], draft))
            return read(file)
    return draft


def _remembered(draft: NeedsDraft) -> tuple[Plan, Version] | None:
    try:
        return remembered_plan(draft.shape)
    except GeoInputError:
        return None  # the register says what ails it where it is shown


def _job(body: bytes, name: str, atlas: Atlas, held: WantedTable, tell: Tell, stop: Stop) -> NeedsDraft:
    plan = Plan.from_json(held.plan) if held.plan else None
    return read_needs_file(body, name, atlas=atlas, plan=plan, sheet=held.sheet or None, progress=tell, stop=stop)


def say_known(draft: NeedsDraft) -> None:
    """Say that what was settled the last time serves again, and let it be dropped."""
    found = known()
    if found is None or not st.session_state[WANTED].plan:
        return
    said, drop = st.columns([9, 3], vertical_alignment="center")
    version = found[1]
    said.info(
        html.literal(
            fr.typeset(
                f"Vos réglages du {fr.day(version.created)} sont repris ({version.statement.who}, « {version.statement.remark} »)."
            )
        )
    )
    drop.button("Repartir sans eux", key="besoins-oublier", icon=":material/restart_alt:", on_click=drop_known)


def grain_chosen(draft: NeedsDraft, widget: str) -> None:
    """Settle the grain of the territories."""
    settle(replace(plan_in_hand(draft), grain=Grain(st.session_state[widget])))


def only_chosen(draft: NeedsDraft, column: str, widget: str) -> None:
    """Settle which rows are kept, by their value in a column."""
    plan = plan_in_hand(draft)
    kept = {**dict(plan.only), column: str(st.session_state[widget])}
    settle(replace(plan, only=tuple(kept.items())))


def place_chosen(draft: NeedsDraft, widget: str) -> None:
    """Settle the column of the territories; its grain, and what the two columns say, are then found anew."""
    plan, place = plan_in_hand(draft), str(st.session_state[widget])
    others = tuple(item for item in plan.items if item.column not in (draft.plan.place, place))
    settle(replace(plan, place=place, grain=None, items=others))
