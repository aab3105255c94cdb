"""Where to act first: sliders of weights, presets with their reason, each rank term by term, and how far it holds.

Everything here is in a fragment of its own: moving a weight sends figures, and nothing else of the page is run again.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from geo import french as fr
from geo.coverage import (
    FIRST_PLACES,
    GAP_LEVELS,
    PRESETS,
    PRIORITY_TERMS,
    CoverageView,
    Preset,
    Ranking,
    Scope,
    Stability,
    Weights,
    explain,
    rank,
)
from geo.errors import GeoInputError
from ui import html
from ui.coverage import gaps as coverage_gaps
from ui.coverage import link as coverage_link
from ui.coverage import loaders as coverage_loaders
from ui.coverage.link import MOST_WEIGHT, WEIGHT

SHOW = "priorities-show"
COLOURS = {"habitants": "#1f4e9c", "qpv": "#b4231f", "rural": "#5b7d12", "cls": "#1566a8"}
MOST_ROWS = 200
SHOWN_FIRST = 5  # explained in words


def weights() -> Weights | None:
    """Return the weights of the sliders, None when all are zero."""
    try:
        return Weights(**{term: float(coverage_link.value(key)) for term, key in WEIGHT.items()})
    except GeoInputError:
        return None


def preset_in_use() -> Preset | None:
    """Return the preset whose weights are those of the sliders, in proportion."""
    mine = weights()
    if mine is None:
        return None
    return next((p for p in PRESETS if abs(p.weights.shares - mine.shares).max() < 1e-9), None)


def _take_preset(preset: Preset) -> None:
    for term, key in WEIGHT.items():
        st.session_state[key] = int(getattr(preset.weights, term))


def first_places(count: int) -> int:
    """Return among how many first places a rank is held to: ten, fewer when that would be nearly all there are."""
    return FIRST_PLACES if count > 2 * FIRST_PLACES else 3 if count > 5 else 1


@st.fragment
def panel(view: CoverageView) -> None:
    """Show presets, sliders and the order they make."""
    coverage_link.set_defaults()
    level = coverage_gaps.pick_level(view.scope, "priorities-level")
    _presets()
    _sliders()
    chosen = weights()
    coverage_link.ADDRESS.write()
    if chosen is None:
        st.info("Tous les poids sont nuls : donnez de l’importance à l’un au moins des critères.")
        return
    gaps = coverage_loaders.gaps(level, view)
    ranking = rank(gaps, chosen)
    if ranking.table.empty:
        st.caption("Aucun territoire d’ici n’a d’habitants sans CLSM ni projet connu.")
        return
    held = coverage_loaders.stability(level, view, chosen, first_places(len(ranking.table)))
    st.html(summary(ranking, held, level))
    _table(ranking, held, level, view.scope)
    st.caption(
        fr.typeset(
            "Points : chaque critère est rapporté au plus grand des territoires comparés, puis multiplié par la part de son "
            f"poids ; leur somme va de 0 à 100. Stabilité : part de {fr.number(held.draws)} tirages de poids qui gardent le "
            f"territoire {among(held.first)} ; « proches » : poids tirés autour des vôtres ; « tous » : "
            "n’importe quels poids. Un critère inconnu compte 0 et le dit."
        )
    )


def _presets() -> None:
    used = preset_in_use()
    columns = st.columns(len(PRESETS), gap="small")
    for column, preset in zip(columns, PRESETS, strict=True):
        column.button(
            preset.label,
            key=f"preset-{preset.id}",
            type="primary" if preset is used else "secondary",
            width="stretch",
            on_click=_take_preset,
            args=(preset,),
        )
    if used:
        st.caption(fr.typeset(f"{used.label} : {used.rationale} ({used.source}.)"))
    else:
        st.caption(fr.typeset("Poids personnels : à expliquer à qui lira l’ordre."))


def _sliders() -> None:
    for column, term in zip(st.columns(len(PRIORITY_TERMS), gap="medium"), PRIORITY_TERMS, strict=True):
        column.slider(
            f"Poids : {term.label}", 0, MOST_WEIGHT, key=WEIGHT[term.id], help=fr.typeset(f"{term.meaning}."),
            persist_state="session",
        )  # fmt: skip


def among(first: int) -> str:
    """Write which places count as first."""
    return "au premier rang" if first == 1 else f"parmi les {first} premiers"


def summary(ranking: Ranking, held: Stability, level: str) -> str:
    """Return the first ranks in words, term by term, with how often they stay among the first."""
    lines = []
    for code in ranking.table.index[:SHOWN_FIRST]:
        row = ranking.table.loc[code]
        bars = "".join(
            f'<i style="width:{row[t.id]:.1f}%;background:{COLOURS[t.id]}"></i>'
            for t in PRIORITY_TERMS
            if row[t.id] > 0
        )
        stable = f"Est {among(held.first)} pour {fr.percent(held.near_weights[code], 0)} des poids proches, {fr.percent(held.any_weights[code], 0)} de tous les poids."
        lines.append(
            f'<li>{html.escape(explain(ranking, code))}<div class="clsm-terms" aria-hidden="true">{bars}</div>'
            f"<small>{html.escape(stable)}</small></li>"
        )
    key = "".join(
        f'<span role="listitem"><i class="fill" style="background:{COLOURS[t.id]}"></i>{html.escape(t.label)}</span>'
        for t in PRIORITY_TERMS
    )
    first = "Le premier" if len(lines) == 1 else f"Les {len(lines)} premiers"
    return (
        f'<div class="clsm-order"><h3>{html.escape(f"{first} : {GAP_LEVELS[level]}")}</h3>'
        f'<div class="clsm-legend" role="list" aria-label="Critères">{key}</div><ol>{"".join(lines)}</ol></div>'
    )


def frame_of(ranking: Ranking, held: Stability) -> pd.DataFrame:
    """Return the order as a table: rank, name, points in all and by term, stability, what is not known."""
    table = ranking.table.copy()
    table["proches"] = held.near_weights.reindex(table.index) * 100
    table["tous"] = held.any_weights.reindex(table.index) * 100
    table["rang"] = table["rang"].astype(int)
    return table[["rang", "nom", "score", *(t.id for t in PRIORITY_TERMS), "proches", "tous", "inconnu"]]


def _table(ranking: Ranking, held: Stability, level: str, scope: Scope) -> None:
    table = frame_of(ranking, held)
    shown = table.head(MOST_ROWS)
    with st.expander(f"L’ordre entier, critère par critère ({fr.count(len(table), 'territoire')})", expanded=False):
        points = {
            t.id: st.column_config.NumberColumn(t.label, format="%.1f", help=fr.typeset(t.meaning))
            for t in PRIORITY_TERMS
        }
        st.dataframe(
            shown,
            hide_index=True,
            height=min(420, 40 + 35 * len(shown)),
            column_config={
                "rang": st.column_config.NumberColumn("Rang", width=60),
                "nom": st.column_config.TextColumn("Territoire", width=230),
                "score": st.column_config.NumberColumn("Points", format="%.1f"),
                **points,
                "proches": st.column_config.NumberColumn("Stabilité, poids proches", format="%.0f %%"),
                "tous": st.column_config.NumberColumn("Stabilité, tous poids", format="%.0f %%"),
                "inconnu": "Inconnu, compté 0",
            },
            alt=f"Ordre de priorité, {GAP_LEVELS[level]}, {scope.name}",
        )
        if len(table) > MOST_ROWS:
            st.caption(f"Les {MOST_ROWS} premiers sont affichés ; l’onglet Emporter donne tout.")
    codes = [str(c) for c in shown.index]
    labels = dict(zip(codes, shown["nom"], strict=True))
    place, button = st.columns([5, 2], vertical_alignment="bottom")
    with place:
        code = st.selectbox(
            "Territoire de cet ordre", codes, format_func=lambda c: f"{labels.get(c, c)} ({c})",
            key=f"{SHOW}-{scope.id}-{level}",
        )  # fmt: skip
    if button.button("Montrer sur la carte", key="priority-on-map", icon=":material/location_on:", width="stretch"):
        coverage_gaps.choose(code)
        st.rerun()
