"""The page Données: the journal of what was done to the layers, by whom and when; by layer, by person and by day, to read or to take away."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from geo import french as fr
from geo import register
from geo.errors import GeoInputError
from geo.exports import SHEET, Sheet, csv_bytes, workbook
from geo.imports import KINDS
from geo.register import Line
from ui import html
from ui.choices import distinct, pick_one

HEADERS = ("Quand", "Qui", "Couche", "Ce qui a été fait", "De", "Vers", "Ce qui changeait")
MOST_SHOWN = 200
EVERY = ""


def show_journal() -> None:
    """Show the journal once it is asked for: closed, it reads nothing."""
    st.html(html.section("Journal"))
    if not st.toggle("Voir qui a fait quoi, et quand", key="journal-ouvert"):
        return
    try:
        lines = register.journal()
        names = {one.kind: f"Indicateurs : {one.name}" for one in register.need_sets()}
    except GeoInputError as error:
        for problem in error.problems:
            st.error(html.literal(problem))
        return
    if not lines:
        st.caption("Rien n’a encore été gardé ni mis en service.")
        return
    names = distinct({kind: names.get(kind) or _name(kind) for kind in dict.fromkeys(line.kind for line in lines)})
    rows = [_cells(line, names) for line in _chosen(lines, names)]
    st.html(html.table([(name, False) for name in HEADERS], rows[:MOST_SHOWN], caption="Journal"))
    if len(rows) > MOST_SHOWN:
        st.caption(
            f"Les {fr.number(MOST_SHOWN)} plus récentes sur {fr.count(len(rows), 'ligne')} ; le fichier les a toutes."
        )
    _take(rows)


def _chosen(lines: list[Line], names: Mapping[str, str]) -> list[Line]:
    layer, author, when = st.columns(3, gap="medium")
    with layer:
        shown = {EVERY: "toutes", **names}
        kind = pick_one("Couche du journal", list(shown), format_func=shown.get, key="journal-couche")
    with author:
        authors = sorted({line.author for line in lines}, key=fr.order)
        who = pick_one("Qui", [EVERY, *authors], format_func=lambda a: a or "tous", key="journal-qui")
    with when:
        days = [EVERY, *dict.fromkeys(line.at[:10] for line in lines if line.at)]
        day = pick_one("Jour", days, format_func=lambda d: fr.day(d) if d else "tous", key="journal-jour")
    return [
        line
        for line in lines
        if kind in (EVERY, line.kind) and who in (EVERY, line.author) and (day == EVERY or line.at[:10] == day)
    ]


def _name(kind: str) -> str:
    if kind == register.SOURCES:
        return "Sources officielles"
    return KINDS[kind].name if kind in KINDS else kind.replace(register.NEEDS, "Indicateurs : ")


def _cells(line: Line, names: Mapping[str, str]) -> tuple[str, ...]:
    when = fr.moment(line.at) if line.at else "inconnu"
    return when, line.author, names[line.kind], line.what, line.before, line.after, line.changes


def _take(rows: list[tuple[str, ...]]) -> None:
    def frame() -> pd.DataFrame:
        return pd.DataFrame(rows, columns=list(HEADERS), dtype=object)

    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Journal (XLSX)", lambda: workbook([Sheet("Journal", frame())], title="Journal des couches"), file_name="journal.xlsx",
            mime=SHEET, key="journal-xlsx", on_click="ignore", icon=":material/download:",
        )  # fmt: skip
        st.download_button(
            "Journal (CSV)", lambda: csv_bytes(frame()), file_name="journal.csv", mime="text/csv", key="journal-csv",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip
