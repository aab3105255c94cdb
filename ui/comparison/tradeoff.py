"""A perimeter among its neighbours: two plots of what is gained against what it costs, with table and text."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from geo import french as fr
from geo.comparison import Evaluated, SideBySide
from geo.suggest import Tried, tried_near
from ui import html
from ui.choices import SEPARATORS, distinct, pick_one

MOST_ROWS = 12
MOST_TICKS = 6
INK = "#1d2a30"


def show_tradeoff(found: SideBySide) -> None:
    """Ask whose neighbours to plot, and show both plots, what they say, and their table."""
    titles = found.titles
    ids = [e.candidate.id for e in found.every]
    names = distinct(dict(zip(ids, titles, strict=True)))
    at = ids.index(
        pick_one(
            "Autour de quel périmètre ?", ids, index=found.reference, format_func=lambda i: names.get(i, i),
            key=f"compromis-{'-'.join(ids)}",
        )
    )  # fmt: skip
    tried = tried_near(found.every[at].facts)
    known = found.every[at].values["secteurs"].number is not None
    st.markdown(html.literal(tradeoff_text(tried, sectors_known=known)))
    others = [(t, e) for i, (t, e) in enumerate(zip(titles, found.every, strict=True)) if i != at]
    plots = {}
    if known:  # sectors that nobody knows would all be drawn at zero
        sectors = [(t, e.values["population"].number, e.values["secteurs_dehors"].number) for t, e in others]
        people = "Habitants des secteurs connus laissés dehors"
        plots["secteurs"] = tradeoff_plot(tried, "population", "sector_people_outside", sectors, "Habitants", people)
    if len({(t.epci, t.qpv) for t in tried}) > 1:  # else every point would lie on the same place
        quarters = [(t, *quarters_and_bodies(e)) for t, e in others]
        plots["qpv"] = tradeoff_plot(
            tried, "epci", "qpv", quarters, "Nombre d’EPCI", "QPV connus entiers dans le périmètre"
        )
    for column, (name, drawn) in zip(st.columns(max(len(plots), 1), gap="medium"), plots.items(), strict=False):
        column.plotly_chart(drawn, config={"displayModeBar": False}, key=f"compromis-{name}")
    with st.expander("Les mêmes points en tableau"):
        st.html(tradeoff_table(tried, sectors_known=known))


def quarters_and_bodies(one: Evaluated) -> tuple[float, float]:
    """Return the number of EPCI of a perimeter, and of the QPV wholly in it: what the neighbours tried are counted by."""
    whole = next(finding.figures["qpv_entiers"] for check, finding in one.findings if check.id == "qpv")
    return float(len(one.facts.epci)), float(whole)


def tradeoff_plot(
    tried: Sequence[Tried],
    across: str,
    up: str,
    others: Sequence[tuple[str, float | None, float | None]],
    x: str,
    y: str,
) -> go.Figure:
    """Return one plot: neighbours as dots, the perimeter as a large diamond, the other perimeters as named triangles."""
    near = [t for t in tried if not t.current]
    here = [t for t in tried if t.current]
    figure = go.Figure()
    figure.add_scatter(
        x=[getattr(t, across) for t in near], y=[getattr(t, up) for t in near], mode="markers", name="voisins essayés",
        marker={"symbol": "circle-open", "size": 7, "color": "#5d6b72"}, customdata=[t.label for t in near],
        hovertemplate=f"%{{customdata}}<br>{x} : %{{x:,}}<br>{y} : %{{y:,}}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[getattr(t, across) for t in here], y=[getattr(t, up) for t in here], mode="markers", name="le périmètre",
        marker={"symbol": "diamond", "size": 15, "color": "#0b6e75", "line": {"color": "#ffffff", "width": 1.5}},
        hovertemplate=f"Le périmètre<br>{x} : %{{x:,}}<br>{y} : %{{y:,}}<extra></extra>",
    )  # fmt: skip
    known = [(t, a, b) for t, a, b in others if a is not None and b is not None and _in_sight(a, near, here, across)]
    if known:
        figure.add_scatter(
            x=[a for _, a, _ in known], y=[b for _, _, b in known], text=[t for t, _, _ in known], mode="markers+text",
            name="les autres périmètres comparés", textposition=[("top center", "bottom center", "middle right", "middle left")[i % 4] for i in range(len(known))],
            cliponaxis=False, textfont={"size": 11, "color": INK},
            marker={"symbol": "triangle-up", "size": 11, "color": "#8a5a00"}, hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        height=330, margin={"l": 8, "r": 24, "t": 26, "b": 8}, template="simple_white", separators=SEPARATORS,
        font={"color": INK, "size": 12}, legend={"orientation": "h", "y": -0.28, "x": 0},
        xaxis={"title": x, "tickformat": ",d", **_ticks(tried, across), "fixedrange": True, "automargin": True},
        yaxis={"title": y, "tickformat": ",d", **_ticks(tried, up), "fixedrange": True, "rangemode": "tozero", "automargin": True},
    )  # fmt: skip
    return figure


def _ticks(tried: Sequence[Tried], name: str) -> dict[str, int]:
    """Return where an axis is marked: at every whole number when there are few, which no fraction then repeats."""
    return {"dtick": 1} if max((getattr(t, name) for t in tried), default=0) <= MOST_TICKS else {"nticks": MOST_TICKS}


def _in_sight(value: float, near: Sequence[Tried], here: Sequence[Tried], across: str) -> bool:
    """Leave out a perimeter so far off that the neighbours would be one dot."""
    values = [getattr(t, across) for t in (*near, *here)]
    return bool(values) and value <= 3 * max(values)


def tradeoff_text(tried: Sequence[Tried], *, sectors_known: bool = True) -> str:
    """Say what the plots show: how many neighbours do better on one side without losing on the other."""
    here = next((t for t in tried if t.current), None)
    if here is None:
        return "Ce périmètre est vide."
    near = [t for t in tried if not t.current]
    sectors = [
        t for t in near if t.sector_people_outside < here.sector_people_outside and t.population <= here.population
    ]
    quarters = [t for t in near if t.qpv > here.qpv and t.epci <= here.epci]
    psychiatry = (
        f"laisse dehors {fr.inhabitants(here.sector_people_outside)} de ses secteurs connus ; "
        f"{fr.count(len(sectors), 'voisin en laisse', 'voisins en laissent')} moins sans grossir"
        if sectors_known
        else "ses secteurs de psychiatrie ne sont pas connus ici"
    )
    return fr.typeset(
        f"{fr.count(len(near), 'périmètre voisin essayé', 'périmètres voisins essayés')}, en ajoutant ou retirant une commune ou un "
        f"groupe. Le périmètre compte {fr.inhabitants(here.population)} et {psychiatry}. Il sert "
        f"{fr.count(here.qpv, 'QPV connu', 'QPV connus') if here.qpv else 'aucun QPV connu'} en entier avec "
        f"{fr.count(here.epci, 'EPCI', 'EPCI')} ; {fr.count(len(quarters), 'voisin en sert', 'voisins en servent')} plus sans EPCI "
        "de plus. Aucun point n’est « le bon »."
    )


def tradeoff_table(tried: Sequence[Tried], *, sectors_known: bool = True) -> str:
    """Return the points as a table: the perimeter, then those that leave the fewest people of sectors outside, where these are known."""
    here = [t for t in tried if t.current]
    near = sorted((t for t in tried if not t.current), key=lambda t: (t.sector_people_outside, t.population))
    rows: list[tuple[str, ...]] = [_row("Le périmètre", t, sectors_known) for t in here]
    rows += [_row(t.label, t, sectors_known) for t in near[:MOST_ROWS]]
    if len(near) > MOST_ROWS:
        rows.append((f"et {fr.count(len(near) - MOST_ROWS, 'autre')}",))
    headers = [("Essai", False), ("Habitants", True), ("Habitants des secteurs connus laissés dehors", True), ("Secteurs connus coupés", True),
               ("QPV entiers", True), ("EPCI", True)]  # fmt: skip
    return html.table(headers, rows, caption="Périmètres voisins essayés")


def _row(label: str, tried: Tried, sectors_known: bool) -> tuple[str, ...]:
    sectors = [fr.number(n) if sectors_known else "inconnu" for n in (tried.sector_people_outside, tried.sectors_cut)]
    return (label, fr.number(tried.population), *sectors, fr.number(tried.qpv), fr.number(tried.epci))
