"""The table of answers, edited as a spreadsheet, and one answer for several bodies at once.

The grid keeps what is typed in it while it is the one that changes the answers; anything else that changes them (« Annuler », a colleague's
file, another perimeter) makes another grid. No cell is trusted: each edit becomes an entry, checked as any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from geo import french as fr
from geo.agreements import (
    DISPUTED,
    KIND_LABELS,
    REFERENCE_LENGTH,
    REMARK_LENGTH,
    STATUS_LABELS,
    Agreements,
    Entry,
    FollowUp,
    Line,
    Status,
)
from geo.errors import GeoInputError
from ui import frame
from ui.agreements.author import author, note
from ui.choices import count_column, pick_one, pick_several

GRID = "agreements-grid"  # session key: the grid on screen (`Grid`)
SEVERAL, ANSWER, DAY = "agreements-several", "agreements-answer", "agreements-day"
NAME, PEOPLE, STATUS, ON, REFERENCE, REMARK = "Interlocuteur", "Habitants", "Réponse", "Date", "Référence", "Remarque"
_BY_LABEL = {label: status for status, label in STATUS_LABELS.items()}


@dataclass(frozen=True)
class Grid:
    """The grid on screen: its number, the lines and the answers it was made of, and the answers as its own edits left them."""

    number: int
    lines: tuple[Line, ...]
    expected: str

    @property
    def key(self) -> str:
        """The key of its widget."""
        return f"{GRID}-{self.number}"

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of its rows."""
        return tuple(line.subject for line in self.lines)


def show_grid(found: FollowUp) -> None:
    """Show the table of answers of a perimeter, to edit."""
    held: Agreements = frame.workbook().agreements
    grid: Grid | None = st.session_state.get(GRID)
    subjects = tuple(line.subject for line in found.lines)
    if grid is None or grid.expected != held.digest or grid.subjects != subjects:
        grid = Grid((grid.number if grid else 0) + 1, found.lines, held.digest)
        st.session_state[GRID] = grid
    answers = [*STATUS_LABELS.values(), *([DISPUTED] if found.disputed else [])]
    st.data_editor(
        frame_of(grid.lines), key=grid.key, on_change=_take, args=(grid,), hide_index=True, height=_height(len(subjects)),
        disabled=(NAME, PEOPLE), placeholder="", alt="Réponse de chaque interlocuteur du périmètre",
        column_config={
            NAME: st.column_config.TextColumn(width=150, pinned=True),
            PEOPLE: count_column(width=80),
            STATUS: st.column_config.SelectboxColumn(options=answers, width=130),
            ON: st.column_config.DateColumn(format="DD/MM/YYYY", width=95, help="De la réponse ou de la délibération"),
            REFERENCE: st.column_config.TextColumn(max_chars=REFERENCE_LENGTH, width=110, help="De la délibération"),
            REMARK: st.column_config.TextColumn(max_chars=REMARK_LENGTH, width=220),
        },
    )  # fmt: skip


def _height(rows: int) -> int:
    return 37 + 35 * min(rows, 11)


def frame_of(lines: tuple[Line, ...]) -> pd.DataFrame:
    """Return the lines as the grid shows them; of several words on one body, the texts are side by side and no answer is told."""
    rows = []
    for line in lines:
        entry = line.standing.entry
        rows.append(
            {
                NAME: f"{line.name} ({KIND_LABELS[line.kind].lower()})" if line.kind != "commune" else line.name,
                PEOPLE: line.people,
                STATUS: DISPUTED if line.standing.disputed else STATUS_LABELS[line.standing.status],
                ON: date.fromisoformat(entry.day) if entry.day and not line.standing.disputed else None,
                REFERENCE: "" if line.standing.disputed else entry.reference,
                REMARK: _remark(line),
            }
        )
    table = pd.DataFrame(rows, columns=[NAME, PEOPLE, STATUS, ON, REFERENCE, REMARK])
    return table.astype({PEOPLE: "Int64"})


def _remark(line: Line) -> str:
    return fr.shortened(" / ".join(line.standing.texts), REMARK_LENGTH)


def _take(grid: Grid) -> None:
    """Hold what was typed since the grid was made; a refusal brings the grid back to what is held."""
    edited: Mapping[str, Mapping[str, Any]] = st.session_state[grid.key]["edited_rows"]
    try:
        entries = [entry_of(grid.lines[int(row)], cells) for row, cells in edited.items()]
    except GeoInputError as error:
        frame.say(*error.problems)
        st.session_state[GRID] = Grid(grid.number, (), "")
        return
    if note(*entries):
        st.session_state[GRID] = Grid(grid.number, grid.lines, frame.workbook().agreements.digest)
    else:
        st.session_state[GRID] = Grid(grid.number, (), "")


def entry_of(line: Line, cells: Mapping[str, Any]) -> Entry:
    """Return what is noted of a body once some of its cells were edited.

    Raises
    ------
    GeoInputError
        When several answers were noted and none is chosen, or a cell holds what no entry can.
    """
    before = line.standing.entry
    label = cells.get(STATUS)
    if line.standing.disputed and label not in _BY_LABEL:
        raise GeoInputError(f"{line.name} : plusieurs réponses ont été notées, choisissez d’abord celle qui vaut.")
    if label and label not in _BY_LABEL:
        raise GeoInputError(f"{line.name} : « {label} » se lit et ne se choisit pas ; choisissez une réponse.")
    status = _BY_LABEL.get(str(label), Status.TO_ASK) if STATUS in cells else before.status
    day = cells.get(ON, "" if line.standing.disputed else before.day)
    reference = cells.get(REFERENCE, "" if line.standing.disputed else before.reference)
    text = cells[REMARK] if REMARK in cells else _remark(line)
    return Entry(line.subject, status, (day or "")[:10], _one_line(reference), _one_line(text), author())


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


# --- one answer for several ------------------------------------------------------------------------------------------------
def show_several(found: FollowUp) -> None:
    """Offer to note one answer for several bodies: thirty communes that deliberated the same evening are one act."""
    names = {
        line.subject: line.name if line.kind == "commune" else f"{line.name} ({KIND_LABELS[line.kind].lower()})"
        for line in found.lines
    }
    for key in (SEVERAL,):
        st.session_state[key] = [s for s in st.session_state.get(key) or [] if s in names]
    pick_several(
        "Pour", list(names), format_func=names.get, key=SEVERAL, placeholder="Communes, intercommunalités, secteurs…"
    )
    chosen, on = st.columns(2, gap="small")
    with chosen:
        pick_one("Réponse", list(STATUS_LABELS), format_func=STATUS_LABELS.get, key=ANSWER)
    on.date_input("Date", value=None, format="DD/MM/YYYY", key=DAY)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Noter",
            key="agreements-note",
            type="primary",
            icon=":material/check:",
            on_click=_note_several,
            args=(found,),
        )
        left = [line.subject for line in found.of("commune") if line.standing.status is Status.TO_ASK]
        st.button(
            f"Choisir {fr.count(len(left), 'commune')} à solliciter", key="agreements-left", on_click=_choose, args=(tuple(left),),
            disabled=not left,
        )  # fmt: skip


def _choose(subjects: tuple[str, ...]) -> None:
    st.session_state[SEVERAL] = list(subjects)


def _note_several(found: FollowUp) -> None:
    state, chosen = st.session_state, set(st.session_state.get(SEVERAL) or ())
    if not chosen:
        frame.say("Choisissez d’abord pour qui noter cette réponse.")
        return
    day = state[DAY].isoformat() if state.get(DAY) else ""
    entries = [
        Entry(
            line.subject,
            state[ANSWER],
            day,
            "" if line.standing.disputed else line.standing.entry.reference,
            _remark(line),
            author(),
        )
        for line in found.lines
        if line.subject in chosen
    ]
    if note(*entries):
        frame.say(f"{STATUS_LABELS[state[ANSWER]].capitalize()} : noté pour {fr.count(len(entries), 'interlocuteur')}.")
        state[SEVERAL] = []
