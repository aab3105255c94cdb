"""The panel « Autour de la table »: who to invite to the first meeting, functions to fill, to copy or to take away as a table."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.agreements import NAME_LENGTH, Entry
from geo.errors import GeoInputError
from geo.exports import neutral
from geo.guidance import FUNCTIONS, SECTORS, RoundTable, Seat, round_table
from geo.perimeters import Perimeter
from ui import agreements, frame, html, loaders
from ui.choices import pick_one

FILE_NAME = "autour-de-la-table.csv"
MOST_OF_A_GROUP = 6  # shown; the file holds them all
FUNCTION = "round-table-function"
_LABELS = {f.subject: f.label for f in FUNCTIONS}


def panel(perimeter: Perimeter) -> None:
    """Show the list by group, and how to take it away."""
    table = round_table(loaders.facts(perimeter), frame.workbook().agreements.names())
    left, right = st.columns([7, 3], gap="large")
    left.html(
        html.section("Qui doit être autour de la table")
        + f"<p>{html.escape(table.sentence)} {html.escape(table.people_apart)}</p>"
    )
    with left:
        _fill(table)
        st.html(_list(table))
    with right:
        st.html(html.section("Emporter la liste"))
        st.download_button(
            "Télécharger (CSV)",
            csv(table),
            file_name=FILE_NAME,
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
        )
        copy = st.popover("Copier le texte", icon=":material/content_copy:", key="copier", on_change="rerun")
        if copy.open:  # a second copy of the list, sent only when asked for
            copy.code(table.text(), language=None, wrap_lines=True, height=320)
        st.caption(
            "Des fonctions et des institutions, jamais un nom de personne. Ce qui n’est pas connu ici est une ligne de la liste : "
            "elle est à compléter localement."
        )


def _fill(table: RoundTable) -> None:
    """Offer to say who fills a function that no list names; one already filled can be changed, or emptied."""
    st.html(html.section("Désigner"))
    there = {s.id for s in table.seats if s.id in _LABELS}
    to_fill = [s.id for s in table.seats if s.to_fill]
    functions = [*to_fill, *(subject for subject in _LABELS if subject in there and subject not in to_fill)]
    subject = pick_one("Fonction", functions, format_func=_LABELS.get, key=FUNCTION)
    if not subject:
        return
    texts = fr.shortened(" ; ".join(frame.workbook().agreements.standing(subject).texts), NAME_LENGTH)
    key = f"nom-{subject}-{frame.move_key([texts])}"
    st.text_input(
        "Qui la tient ici ?", texts, key=key, max_chars=NAME_LENGTH, on_change=_name, args=(key, subject),
        placeholder="Une structure ou un service : GEM La Bouée, CCAS de…", help="Plusieurs : séparez-les par un point-virgule.",
    )  # fmt: skip
    agreements.ask_author()
    st.caption(fr.typeset(f"{agreements.PRIVATE} Gardé avec les scénarios."))


def _name(key: str, subject: str) -> None:
    text = " ".join((st.session_state.get(key) or "").split())
    try:
        entry = Entry(subject, text=text, who=agreements.author())
    except GeoInputError as error:
        frame.say(*error.problems)
        return
    agreements.note(entry)


def _list(table: RoundTable) -> str:
    groups: dict[str, list[Seat]] = {}  # the five members of the guide come first
    for seat in table.seats:
        groups.setdefault(seat.group, []).append(seat)
    rows: list[tuple[str, ...]] = []
    for group, seats in groups.items():
        roles = {seat.role for seat in seats if seat.known}
        shared = roles.pop() if len(roles) == 1 else ""  # said once beside the title of the group
        rows.append((f"{group}\n{shared}",))
        to_fill = fr.listing(seat.who for seat in seats if seat.to_fill)
        seats = [seat for seat in seats if not seat.to_fill]
        rows += [_row(seat, shared) for seat in seats[:MOST_OF_A_GROUP]]
        if len(seats) > MOST_OF_A_GROUP:
            rows.append((f"et {fr.count(len(seats) - MOST_OF_A_GROUP, 'autre')}, dans le fichier", ""))
        rows += [("à désigner", to_fill)] if to_fill else []
    return html.table(
        [("Qui", False), ("À quel titre, et ce que l’on en sait", False)],
        rows,
        caption="Qui doit être autour de la table",
    )


def _row(seat: Seat, shared: str) -> tuple[str, str]:
    """Return the cells of a guest; what the panel of sectors says in full is cut short here."""
    detail = seat.detail.partition(" ; ")[0] if seat.group == SECTORS else seat.detail
    said = detail if seat.role in ("", shared) else f"{seat.role}\n{detail}"
    return seat.name, said


def csv(table: RoundTable) -> bytes:
    """Return the list for a spreadsheet: semicolons, UTF-8 with its mark, no cell that a spreadsheet would run."""
    frame = table.frame().map(neutral)
    return frame.to_csv(index=False, sep=";").encode("utf-8-sig")
