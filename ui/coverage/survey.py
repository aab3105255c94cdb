"""The CLSM of a territory beside the national surveys, and three charts, each with its table and its summary in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from geo import french as fr
from geo.coverage import GAP_LEVELS, MARKER, SURVEYS, Benchmark, CoverageView, Scope
from ui import html, loaders
from ui.choices import count_column, decimal_column, grid
from ui.coverage import charts, gaps
from ui.coverage import link as coverage_link
from ui.coverage import loaders as coverage_loaders
from ui.similar import territories

BAR = {"displayModeBar": False}
MOST_ROWS = 500


@st.fragment
def panel(view: CoverageView) -> None:
    """Show the territories like this one, the surveys, then the charts."""
    if peers := coverage_loaders.peers(view):
        territories(peers)
    portfolio, features = coverage_loaders.survey(view)
    st.subheader("Les CLSM d’ici et les enquêtes nationales")
    st.html(survey_table(features, view.scope))
    st.html(differences(features))
    st.subheader("Taille des CLSM")
    sizes_chart(portfolio.table)
    st.subheader("Habitants couverts, CLSM après CLSM")
    curve_chart(view)
    st.subheader("Part des QPV et taille du manque")
    scatter_chart(view)
    coverage_link.ADDRESS.write()


def survey_table(features: Sequence[Benchmark], scope: Scope) -> str:
    """Return each feature of the CLSM here beside the surveys that give it."""
    here = scope.name if scope.kind != "france" else "France, CLSM connus"
    headers = [("CLSM en service", False), (here, True), ("2018", True), ("2022", True)]
    rows: list[tuple[str, ...]] = []
    for feature in features:
        rows.append((feature.label + _lost(feature),))
        for i, group in enumerate(feature.groups):
            published = [_reference(feature, survey, i) for survey in SURVEYS]
            rows.append((group[0].upper() + group[1:], _mine(feature, i), *published))
    return html.table(headers, rows, caption=f"CLSM et enquêtes nationales, {scope.name}")


def _lost(feature: Benchmark) -> str:
    if not feature.unknown:
        return ""
    return f" (non classés ici : {fr.count(feature.unknown, 'CLSM', 'CLSM')})"


def _mine(feature: Benchmark, i: int) -> str:
    if feature.mean:
        return fr.number(feature.counts[i])
    if not feature.total:
        return "non évaluable"
    return fr.ratio(feature.counts[i], feature.total)


def _reference(feature: Benchmark, survey: str, i: int) -> str:
    found = feature.references.get(survey)
    if found is None or found[i] is None:
        return "non publié"
    return fr.number(float(found[i] or 0)) if feature.mean else fr.percent(float(found[i] or 0), 0)


def differences(features: Sequence[Benchmark]) -> str:
    """Return, in words, how the definitions and vintages differ from the surveys'."""
    lines = "".join(f"<p><b>{html.escape(f.label)}</b>. {html.escape(f.difference)}</p>" for f in features)
    sources = "".join(f"<p>{html.escape(text)}.</p>" for text in SURVEYS.values())
    return f'<details class="clsm-sources"><summary>Ce qui diffère des enquêtes</summary>{lines}{sources}</details>'


# --- charts -------------------------------------------------------------------------------------------------------
def sizes_chart(table: pd.DataFrame) -> None:
    """Show the size of each CLSM against the marker."""
    known = table.dropna(subset=["habitants"])
    if known.empty:
        st.caption("Aucun CLSM en service dont les habitants sont connus ici.")
        return
    text = sizes_summary(known)
    st.plotly_chart(charts.clsm_sizes(known, MARKER), key="chart-sizes", config=BAR, theme=None, alt=text)
    st.caption(html.literal(text))
    _as_table(
        known.sort_values("habitants", ascending=False)[["nom", "habitants", "echelle"]],
        {"nom": "CLSM", "habitants": "Habitants", "echelle": "Échelle"},
        "Taille des CLSM",
    )


def sizes_summary(known: pd.DataFrame) -> str:
    """Say the chart of sizes in words."""
    over = known[known["habitants"] > MARKER]
    largest = known.loc[known["habitants"].idxmax()]
    return fr.typeset(
        f"{fr.count(len(known), 'CLSM', 'CLSM')} : {fr.number(len(over))} au-dessus du repère d’environ "
        f"{fr.inhabitants(MARKER)} ; médiane {fr.inhabitants(known['habitants'].median())} ; le plus grand, "
        f"{largest['nom']}, {fr.inhabitants(largest['habitants'])}."
    )


def curve_chart(view: CoverageView) -> None:
    """Show how the people covered add up."""
    curve = coverage_loaders.covered_curve(view)
    if curve.empty:
        st.caption("Aucun CLSM en service ne couvre de commune entière connue ici.")
        return
    population = float(loaders.atlas().population[view.scope.rows].sum())
    text = curve_summary(curve, population)
    st.plotly_chart(charts.covered_curve(curve, population), key="chart-curve", config=BAR, theme=None, alt=text)
    st.caption(html.literal(text))
    _as_table(
        curve[["nom", "habitants", "ajout", "cumul"]],
        {"nom": "CLSM", "habitants": "Habitants ici", "ajout": "Ajoutés", "cumul": "Cumul"},
        "Habitants couverts, cumulés",
    )


def curve_summary(curve: pd.DataFrame, population: float) -> str:
    """Say the cumulative chart in words."""
    total = float(curve["cumul"].iloc[-1])
    half = int((curve["cumul"] < total / 2).sum()) + 1
    if len(curve) == 1:
        return fr.typeset(f"Le seul CLSM connu en service ici couvre {fr.ratio(total, population)} des habitants.")
    return fr.typeset(
        f"Les {fr.count(len(curve), 'CLSM connu', 'CLSM connus')} en service couvrent ensemble "
        f"{fr.ratio(total, population)} des habitants, par communes entières ; la moitié de ces habitants "
        f"{'est' if half == 1 else 'sont'} dans {'le plus grand' if half == 1 else f'les {half} plus grands'}."
    )


def scatter_chart(view: CoverageView) -> None:
    """Show the share of inhabitants in QPV against the size of the gap, at the level shown."""
    level = gaps.pick_level(view.scope, "scatter-level")
    rows = charts.scatter_rows(coverage_loaders.gaps(level, view))
    if rows.empty:
        st.caption(
            "Aucun territoire d’ici n’a d’habitants de QPV connus parmi ceux qui sont sans CLSM ni projet connu."
        )
        return
    text = scatter_summary(rows, level)
    st.plotly_chart(charts.qpv_scatter(rows), key="chart-scatter", config=BAR, theme=None, alt=text)
    st.caption(html.literal(text))
    table = rows.assign(part=rows["part_qpv_sans_clsm"] * 100)
    _as_table(
        table[["nom", "sans_clsm", "qpv_sans_clsm", "part"]],
        {
            "nom": "Territoire", "sans_clsm": "Sans CLSM ni projet connu", "qpv_sans_clsm": "dont en QPV",
            "part": "Part d’entre eux en QPV (%)",
        },
        "QPV et manque",
    )  # fmt: skip


def scatter_summary(rows: pd.DataFrame, level: str) -> str:
    """Say the scatter in words."""
    share = rows["part_qpv_sans_clsm"]
    first, most = rows.loc[share.idxmax()], rows.loc[rows["sans_clsm"].idxmax()]
    people = f"{fr.percent(share[most.name])} ({fr.number(most['qpv_sans_clsm'])})"
    return fr.typeset(
        f"{GAP_LEVELS[level]} dont des habitants de QPV sont sans CLSM ni projet connu : {fr.number(len(rows))}. La plus forte "
        f"part en QPV de ceux qui sont sans CLSM : {first['nom']}, {fr.percent(share.max())} ; le plus grand manque : "
        f"{most['nom']}, {fr.inhabitants(most['sans_clsm'])}, dont {people} en QPV. "
        "QPV : année de recensement propre ; là où leur liste est incomplète, la part est un minimum."
    )


def _as_table(table: pd.DataFrame, titles: dict[str, str], name: str) -> None:
    shown = table.head(MOST_ROWS)
    config: dict[str, Any] = {}
    for column, title in titles.items():
        if pd.api.types.is_numeric_dtype(shown[column]):
            config[column] = decimal_column(title) if column == "part" else count_column(title)
        else:
            config[column] = title
    with st.expander(f"Tableau : {name if name[1:2].isupper() else name[:1].lower() + name[1:]}"):
        grid(
            shown, hide_index=True, height=min(380, 40 + 35 * len(shown)), column_config=config, alt=f"Tableau : {name}"
        )
