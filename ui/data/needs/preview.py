"""What a table of indicators gives, before anything is kept: rows taken, how many territories have a figure, the first of them."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.imports import GRAIN_NAMES, NeedsDraft, shown_figures
from geo.indicators import Series, State
from ui import html
from ui.data import import_report

FIRST = 8


def show(draft: NeedsDraft) -> None:
    """Show the figures and what was done of each row."""
    st.html(html.section("3. Aperçu"))
    st.html(
        html.figures([
            (f"{fr.number(draft.accepted)} sur {fr.number(draft.rows)}", fr.noun(draft.accepted, "ligne retenue", "lignes retenues")),
            (fr.number(draft.repaired), f"dont {fr.noun(draft.repaired, 'réparée')}"),
            (fr.number(draft.aside), f"{fr.noun(draft.aside, 'mise', 'mises')} de côté (totaux, notes)"),
            (fr.number(draft.refused), fr.noun(draft.refused, "refusée")),
        ])
    )  # fmt: skip
    if draft.series:
        st.html(html.table(
            [("Indicateur", False), ("Territoires chiffrés", True), ("Secrets", True), ("Inconnus", True), ("Le plus bas", True),
             ("Médiane", True), ("Le plus haut", True)],
            [_line(draft, series) for series in draft.series], caption="Indicateurs lus",
        ))  # fmt: skip
        with st.expander("Les premiers territoires"):
            _first(draft)
    with st.expander(
        f"Ce qui a été réparé, refusé ou mis de côté ({fr.number(len(draft.remarks))})", expanded=draft.refused > 0
    ):
        import_report.show_remarks(draft.remarks, "indicateurs")


def _line(draft: NeedsDraft, series: Series) -> tuple[str, ...]:
    found, what = draft.tallies[series.id], series.indicator
    grain = GRAIN_NAMES[draft.grain]
    years = {item.shown: item.year for item in draft.plan.items if item.is_indicator}
    silent = max(0, draft.expected - found.known - found.secret - found.absent)
    unknown = fr.number(found.absent + silent) + (
        f"\ndont {fr.count(silent, 'absent', 'absents')} du tableau" if silent else ""
    )
    whole = f"{fr.number(found.known)} sur {fr.number(draft.expected)}\n{grain}"
    spread = [fr.number(n, what.decimals) if n == n else "—" for n in (found.least, found.middle, found.most)]
    return (
        f"{what.label}\n{' ; '.join(filter(None, (what.measure.value, what.unit, years.get(what.label), what.note)))}",
        whole,
        fr.number(found.secret),
        unknown,
        *spread,
    )


def _first(draft: NeedsDraft) -> None:
    shown = list(draft.places[:FIRST])
    columns = [(series, shown_figures(series)) for series in draft.series]
    rows = [(draft.names[code], *(_figure(series, figures, code) for series, figures in columns)) for code in shown]
    st.html(
        html.table(
            [("Territoire", False), *((s.indicator.label, True) for s, _ in columns)],
            rows,
            caption="Premiers territoires",
        )
    )


def _figure(series: Series, figures: object, code: str) -> str:
    state = series.values["state"].get(code, State.ABSENT)
    if state != State.KNOWN:
        return "secret" if state == State.SECRET else "inconnu"
    return fr.number(float(figures[code]), series.indicator.decimals)  # type: ignore[index]
