"""Charts: data in, a Plotly figure out, or HTML for the simplest. The table beside each chart says the same in text."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from geo import french as fr
from geo.coverage import Coverage, situations_of
from ui import html
from ui import map as maps
from ui.choices import SEPARATORS


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (#rrggbb), from 0 to 1, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def status_bar(found: Coverage) -> str:
    """Return one bar in HTML: the inhabitants of a scope by situation. No Plotly for it: 1.4 MB that a first visit would wait for."""
    total, known, parts, said = found.population, situations_of(found), [], []
    for i, counted in known.counted(found.rows, found.crosswalk.atlas.population)["population"].items():
        people, swatch = int(counted), maps.swatch(known.kinds[int(str(i))])
        if not people:
            continue
        share = people / total
        said.append(html.escape(f"{swatch.label} : {fr.ratio(people, total)} des habitants"))
        words = fr.percent(share, 0) if share >= 0.06 else ""
        light = DARK if luminance(swatch.fill) > LIGHT else "#ffffff"
        style = (
            f"flex:{people} 0 0;background:{swatch.fill};color:{light};min-width:1px;text-align:center;overflow:hidden"
        )
        parts.append(f'<span style="{style}" title="{said[-1]}" data-people="{people}">{html.escape(words)}</span>')
    style = "display:flex;gap:1px;height:2.2rem;line-height:2.2rem;font-size:.85rem;margin:.4rem 0"
    return f'<div role="img" aria-label="{" ; ".join(said)}" style="{style}">{"".join(parts)}</div>'


LIGHT = 0.19  # relative luminance of a fill from which dark words stand out on it more than white ones
DARK = "#0b1418"
INK, ACCENT, GRID = "#1d2a30", "#1f7a6d", "#e3e9eb"
OVER = "#8fb9b2"  # what goes past the marker: paler and hatched, for the guide forbids nothing
MOST_NAMED = 12  # CLSM named under their bars
MOST_POINTS = 1_500


def _laid_out(figure: go.Figure, *, x: str, y: str, height: int = 320) -> go.Figure:
    """Give a chart its axes, in French numbers, and nothing that moves by accident."""
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 16, "b": 10},
        separators=SEPARATORS,
        showlegend=False,
        plot_bgcolor="#ffffff",
        paper_bgcolor="#ffffff",
        font={"color": INK, "size": 13},
        template=None,
        hoverlabel={"bgcolor": "#ffffff", "font": {"color": INK}},
    )
    axis = {"gridcolor": GRID, "zerolinecolor": GRID, "automargin": True, "fixedrange": True, "tickformat": ",.0f"}
    figure.update_xaxes(title=x, **axis)
    figure.update_yaxes(title=y, rangemode="tozero", **axis)
    return figure


def clsm_sizes(table: pd.DataFrame, marker: float) -> go.Figure:
    """Return the CLSM from the largest to the smallest against the marker; `table`: nom, habitants."""
    held = table.dropna(subset=["habitants"]).sort_values("habitants", ascending=False, kind="stable")
    figure, places = go.Figure(), list(range(1, len(held) + 1))
    said = [f"{html.escape(n)}<br>{fr.inhabitants(p)}" for n, p in zip(held["nom"], held["habitants"], strict=True)]
    common = {"x": places, "hovertext": said, "hovertemplate": "%{hovertext}<extra></extra>"}
    figure.add_bar(y=held["habitants"].clip(upper=marker).tolist(), marker={"color": ACCENT}, **common)
    figure.add_bar(
        y=(held["habitants"] - marker).clip(lower=0.0).tolist(),
        marker={"color": OVER, "pattern": {"shape": "/", "fgcolor": INK, "size": 6}},
        **common,
    )
    figure.update_layout(barmode="stack")
    figure.add_hline(y=marker, line={"color": INK, "dash": "dash", "width": 1.5})
    figure.add_annotation(
        x=1, xref="paper", y=marker, yanchor="bottom", xanchor="right", showarrow=False,
        text=f"repère du guide : environ {fr.number(marker)}",
    )  # fmt: skip
    figure.update_traces(width=0.8)
    chart = _counted(_laid_out(figure, x="CLSM, du plus grand au plus petit", y="Habitants"), len(held), 0.4)
    if len(held) <= MOST_NAMED:
        chart.update_xaxes(tickvals=places, ticktext=[_short(n) for n in held["nom"]], tickangle=-30, dtick=None)
    return chart


def _short(name: str, most: int = 24) -> str:
    """Cut a name that would take too much room under a bar; safe in a chart."""
    return html.escape(fr.shortened(name, most))


def covered_curve(curve: pd.DataFrame, population: float) -> go.Figure:
    """Return the people covered as CLSM add up, in share of the inhabitants of the scope."""
    parts = [fr.percent(c / population) for c in curve["cumul"]]
    names = [f"{html.escape(n)})<br>{part} des habitants" for n, part in zip(curve["nom"], parts, strict=True)]
    figure = go.Figure()
    figure.add_scatter(
        x=[0, *range(1, len(curve) + 1)],
        y=[0.0, *(curve["cumul"] / population * 100).tolist()],
        mode="lines+markers" if len(curve) <= 40 else "lines",
        line={"color": ACCENT, "width": 2.5, "shape": "hv"},
        hovertext=["aucun)<br>0 % des habitants", *names],
        hovertemplate="%{x} CLSM (%{hovertext}<extra></extra>",
    )
    chart = _laid_out(figure, x="Nombre de CLSM, du plus grand au plus petit", y="Habitants couverts (%)")
    return _counted(chart, len(curve), 0.0)


def _counted(figure: go.Figure, count: int, first: float) -> go.Figure:
    """Count things on the horizontal axis: whole numbers only, and room beside a few."""
    figure.update_xaxes(range=[first, max(count, 5) + 0.6], dtick=1 if count <= 20 else None)
    return figure


def qpv_scatter(gaps: pd.DataFrame) -> go.Figure:
    """Return, for each territory, the share in QPV of those without CLSM against their number: one set of people for both."""
    figure = go.Figure()
    figure.add_scatter(
        x=gaps["sans_clsm"].tolist(),
        y=(gaps["part_qpv_sans_clsm"] * 100).tolist(),
        mode="markers",
        marker={
            "size": [max(5.0, min(34.0, 34 * (p / 1_500_000) ** 0.5)) for p in gaps["population"]],
            "color": "#1f4e9c", "opacity": 0.55, "line": {"color": "#ffffff", "width": 1},
        },
        hovertext=[
            f"{html.escape(name)}<br>{fr.inhabitants(people)} sans CLSM ni projet connu<br>{fr.percent(share)} d’entre eux en QPV"
            for name, people, share in zip(gaps["nom"], gaps["sans_clsm"], gaps["part_qpv_sans_clsm"], strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
    chart = _laid_out(
        figure, x="Habitants sans CLSM ni projet connu (échelle logarithmique)", y="Part d’entre eux en QPV (%)"
    )
    ticks = [step * 10**n for n in range(8) for step in (1, 2, 5)]
    chart.update_xaxes(type="log", tickvals=ticks, ticktext=[fr.number(t) for t in ticks])
    return chart


def scatter_rows(gaps: pd.DataFrame) -> pd.DataFrame:
    """Keep the territories a scatter can show: a gap of which people of QPV are known; the largest gaps when there are many."""
    held = gaps[(gaps["sans_clsm"] > 0) & (gaps["part_qpv_sans_clsm"] > 0)]
    return held.head(MOST_POINTS)
