"""Where to act first: sliders of weights, presets with their reason, each rank term by term, and how far it holds.

Everything here is in a fragment of its own: moving a weight sends figures, and nothing else of the page is run again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from geo import french as fr
from geo.coverage import (
    CHECK_MEANING,
    FIRST_PLACES,
    GAP_LEVELS,
    PRESETS,
    PRIORITY_TERMS,
    CoverageView,
    Preset,
    Ranking,
    Stability,
    Term,
    Weights,
    explain,
    interval,
    rank,
)
from geo.errors import GeoInputError
from geo.shares import tabled
from ui import html, loaders
from ui.choices import count_column, decimal_column, grid, pick_one, share_column
from ui.coverage import gaps as coverage_gaps
from ui.coverage import link as coverage_link
from ui.coverage import loaders as coverage_loaders
from ui.coverage import need_criteria, opening
from ui.coverage.link import LEVEL, MOST_WEIGHT, WEIGHT

SHOW = "priorities-show"
COLOURS = {"habitants": "#1f4e9c", "qpv": "#b4231f", "rural": "#5b7d12", "cls": "#8a5a00"}
NEED_COLOURS = ("#7a2d8f", "#0b6e75", "#a0522d", "#4b5563", "#9d174d", "#3f6212")
MOST_ROWS = 200
MOST_CALLS = 5
SHOWN_FIRST = 5  # explained in words


def weights() -> Weights | None:
    """Return the weights of the sliders and of the indicators still at hand, None when all are zero."""
    try:
        found = Weights(
            **{term: float(coverage_link.value(key)) for term, key in WEIGHT.items()}, needs=need_criteria.chosen()
        )
        return coverage_loaders.held(found)
    except GeoInputError:
        return None


def preset_in_use() -> Preset | None:
    """Return the preset whose weights are those of the sliders, in proportion."""
    mine = weights()
    if mine is None:
        return None
    try:
        mine = replace(mine, needs=())
    except GeoInputError:  # indicators alone
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
    """Show presets, sliders and the order they make, then what to check first."""
    coverage_link.set_defaults()
    level = coverage_gaps.pick_level(view.scope, "priorities-level")
    own = coverage_loaders.ordered(level, view).closed
    _presets(own)
    _sliders(own)
    need_criteria.pick()
    chosen = weights()
    coverage_link.ADDRESS.write()
    if chosen is None:
        st.info("Tous les poids sont nuls : donnez de l’importance à l’un au moins des critères.")
        return
    found = coverage_loaders.ordered(level, view, chosen.needs)
    for reason in (text for term, text in found.closed.items() if term not in own):
        st.caption(
            fr.typeset(f"{html.literal(reason)} Critère fermé ici : il n’entre que dans l’intervalle des rangs.")
        )
    ranking = rank(found.table, chosen, found.closed, found.terms)
    if ranking.table.empty:
        st.caption("Aucun territoire d’ici n’a d’habitants sans CLSM ni projet connu.")
        return
    held = coverage_loaders.stability(level, view, chosen, first_places(len(ranking.table)))
    st.html(summary(ranking, held, level) + notes((*ranking.remarks, found.remark)))
    _table(ranking, held, level, view)
    st.caption(
        fr.typeset(
            "Points : le rang du territoire parmi ceux qui ont ce besoin (1 pour le plus grand, 0 sans aucun), multiplié par la "
            "part du poids du critère ; leur somme va de 0 à 100. Un rang, et non une part du plus grand : un seul très grand "
            f"territoire n’écrase pas les autres. Stabilité : part de {fr.number(held.draws)} tirages de poids qui gardent le "
            f"territoire {among(held.first)} ; « proches » : poids tirés autour des vôtres ; « tous » : n’importe quels poids."
        )
    )
    _checks(view, chosen, held.first)


def notes(remarks: Iterable[str]) -> str:
    """Return remarks as a list; empty when there are none."""
    items = "".join(f"<li>{html.escape(fr.typeset(text))}</li>" for text in remarks if text)
    return f'<ul class="clsm-notes">{items}</ul>' if items else ""


def _checks(view: CoverageView, chosen: Weights, first: int) -> None:
    """Show the short list of calls to make."""
    found = coverage_loaders.to_check(view, chosen, first)
    if found.table.empty:
        st.caption("Rien d’inconnu ici ne changerait le chiffre de couverture ni les premiers rangs.")
        return
    calls = "".join(f"<li>{html.escape(text)}</li>" for text in found.sentences(MOST_CALLS))
    st.html(f'<div class="clsm-order"><h3>À vérifier d’abord</h3><ol>{calls}</ol></div>')
    more = len(found.table) - MOST_CALLS
    rest = f" {fr.count(more, 'autre est', 'autres sont')} dans le classeur (onglet Emporter)." if more > 0 else ""
    st.caption(fr.typeset(f"{CHECK_MEANING}{rest}"))


def _presets(closed: Mapping[str, str]) -> None:
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
            disabled=preset.id in closed,
            help=closed.get(preset.id),
        )
    if used:
        more = " Vos indicateurs s’y ajoutent." if need_criteria.chosen() else ""
        st.caption(fr.typeset(f"{used.label} : {used.rationale} ({used.source}.){more}"))
    else:
        st.caption(fr.typeset("Poids personnels : à expliquer à qui lira l’ordre."))


def _sliders(closed: Mapping[str, str]) -> None:
    for column, term in zip(st.columns(len(PRIORITY_TERMS), gap="medium"), PRIORITY_TERMS, strict=True):
        column.slider(
            f"Poids : {term.label}", 0, MOST_WEIGHT, key=WEIGHT[term.id], help=fr.typeset(f"{term.meaning}."),
            persist_state="session", disabled=term.id in closed,
        )  # fmt: skip
    for reason in closed.values():
        st.caption(
            fr.typeset(
                f"{html.literal(reason)} Critère fermé ici : il n’entre que dans l’intervalle des rangs, avec le poids affiché."
            )
        )
    if "qpv" in closed and st.button("Synchroniser les QPV", icon=":material/sync:", key="sync-qpv"):
        st.switch_page("pages/4_Donnees.py")
    if "cls" in closed and st.button("Importer mes CLS", icon=":material/upload_file:", key="import-cls"):
        st.switch_page("pages/4_Donnees.py")


def among(first: int) -> str:
    """Write which places count as first."""
    return "au premier rang" if first == 1 else f"parmi les {first} premiers"


def summary(ranking: Ranking, held: Stability, level: str) -> str:
    """Return the first ranks in words, term by term, with how often they stay among the first."""
    lines, colours = [], colours_of(ranking.terms)
    for code in ranking.table.index[:SHOWN_FIRST]:
        row = ranking.table.loc[code]
        bars = "".join(
            f'<i style="width:{row[t.id]:.1f}%;background:{colours[t.id]}"></i>' for t in ranking.terms if row[t.id] > 0
        )
        stable = f"Est {among(held.first)} pour {fr.percent(held.near_weights[code], 0)} des poids proches, {fr.percent(held.any_weights[code], 0)} de tous les poids."
        lines.append(
            f'<li>{html.escape(explain(ranking, code))}<div class="clsm-terms" aria-hidden="true">{bars}</div>'
            f"<small>{html.escape(stable)}</small></li>"
        )
    key = "".join(
        f'<span role="listitem"><i class="fill" style="background:{colours[t.id]}"></i>{html.escape(_weighed(t, ranking))}</span>'
        for t in ranking.terms
    )
    first = "Le premier" if len(lines) == 1 else f"Les {len(lines)} premiers"
    return (
        f'<div class="clsm-order"><h3>{html.escape(f"{first} : {GAP_LEVELS[level]}")}</h3>'
        f'<div class="clsm-legend" role="list" aria-label="Critères">{key}</div><ol>{"".join(lines)}</ol></div>'
    )


def colours_of(terms: Sequence[Term]) -> dict[str, str]:
    """Return a colour for each criterion; those of indicators follow one another."""
    more = [t.id for t in terms if t.id not in COLOURS]
    return COLOURS | {name: NEED_COLOURS[i % len(NEED_COLOURS)] for i, name in enumerate(more)}


def _weighed(term: Term, ranking: Ranking) -> str:
    """Write a criterion with what it really weighs in the order: « QPV, 41 % des écarts »."""
    if term.id in ranking.closed:
        return f"{term.label}, fermé ici"
    return f"{term.label}, {fr.percent(ranking.weighs.get(term.id, 0.0), 0)} des écarts"


def frame_of(ranking: Ranking, held: Stability) -> pd.DataFrame:
    """Return the order as a table: rank and its interval, name, points in all and by term, stability, what is not known."""
    table = ranking.table.copy()
    for name, drawn in (("proches", held.near_weights), ("tous", held.any_weights)):
        table[name] = tabled(drawn.reindex(table.index).to_numpy(dtype=float), 0) / 100.0
    table["rang"] = table["rang"].astype("Int64")
    table["possible"] = [interval(*pair) or "sûr" for pair in zip(table["au_mieux"], table["au_pire"], strict=True)]
    points = ["score", *(t.id for t in ranking.terms)]
    table[points] = table[points].astype(float).round(1)
    return table[["rang", "possible", "nom", *points, "proches", "tous", "inconnu"]]


def _table(ranking: Ranking, held: Stability, level: str, view: CoverageView) -> None:
    scope = view.scope
    table = frame_of(ranking, held)
    shown = table.head(MOST_ROWS)
    with st.expander(f"L’ordre entier, critère par critère ({fr.count(len(table), 'territoire')})", expanded=False):
        points = {
            t.id: decimal_column(t.label, width=85, help=html.literal(fr.typeset(t.meaning))) for t in ranking.terms
        }
        grid(
            shown,
            hide_index=True,
            height=min(420, 40 + 35 * len(shown)),
            placeholder="inconnu",
            column_config={
                "rang": count_column("Rang", width=60),
                "possible": st.column_config.TextColumn("Rang possible", width=110),
                "nom": st.column_config.TextColumn("Territoire", width=230),
                "score": decimal_column("Points"),
                **points,
                "proches": share_column("Stabilité, poids proches"),
                "tous": share_column("Stabilité, tous poids"),
                "inconnu": "Inconnu, hors du score",
            },
            alt=f"Ordre de priorité, {GAP_LEVELS[level]}, {scope.name}",
        )
        if len(table) > MOST_ROWS:
            st.caption(f"Les {MOST_ROWS} premiers sont affichés ; l’onglet Emporter donne tout.")
    codes = [str(c) for c in shown.index]
    labels = {c: str(shown.at[c, "nom"]) for c in codes}
    place, button = st.columns([5, 2], vertical_alignment="bottom")
    with place:
        code = pick_one(
            "Territoire de cet ordre", codes, format_func=lambda c: f"{labels.get(c, c)} ({c})",
            key=f"{SHOW}-{scope.id}-{level}", persist_state="session",
        )  # fmt: skip
    shown_at = _level_of(str(code), level)
    if button.button(
        "Montrer sur la carte",
        key="priority-on-map",
        icon=":material/location_on:",
        width="stretch",
        disabled=not shown_at,
    ):
        if shown_at != level:
            st.session_state[LEVEL] = shown_at
        coverage_gaps.choose(code)
        st.rerun()
    opening.offer_line(level, str(code), labels[str(code)], view, key="priority-open")


def _level_of(code: str, level: str) -> str:
    """Return the level whose gaps hold a territory of an order; empty when none does (Paris, among the EPCI)."""
    if level == "commune":
        return level
    layers = loaders.crosswalk().layers
    return next((i for i in (level, "ept") if i in layers and code in layers[i].zones.index), "")
