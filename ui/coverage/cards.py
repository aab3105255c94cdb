"""Cards of the page Couverture, read at a glance: figures against the level above, what limits them, extents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from geo import french as fr
from geo.coverage import Figure, Limit
from ui import html

COVERAGE_STYLE = """
<style>
.clsm-extent {font-size:.82rem; color:#3a474e; margin:.2rem 0 .5rem; line-height:1.45;}
.clsm-limits {border:1px solid #e3d3a8; border-left:5px solid #c98a00; background:#fffaf0; border-radius:6px; padding:.45rem .8rem;
  font-size:.9rem; color:#1d2a30; line-height:1.45;}
.clsm-limits summary {cursor:pointer; color:#0b5a86; font-size:.86rem; margin-top:.1rem;}
.clsm-limits dl {margin:.4rem 0 .2rem; font-size:.86rem;} .clsm-limits dt {font-weight:600; margin-top:.3rem;} .clsm-limits dd {margin:0 0 0 1rem;}
.clsm-main {display:flex; align-items:baseline; gap:.7rem; margin:0 0 .2rem; flex-wrap:wrap;}
.clsm-main b {font-size:1.6rem; line-height:1.1; font-weight:650;} .clsm-main span {font-size:.9rem; color:#3a474e;}
.clsm-manner {font-size:.85rem; color:#3a474e; margin:.1rem 0 .4rem;} .clsm-manner summary {cursor:pointer; color:#0b5a86;}
.clsm-manner ul {margin:.2rem 0; padding-left:1.1rem;} .clsm-manner li {margin:0; font-size:.85rem; line-height:1.35;}
.clsm-order ul.notes, ul.clsm-notes {font-size:.85rem; color:#3a474e; margin:.2rem 0; padding-left:1.1rem;}
.clsm-sources {font-size:.83rem; color:#3a474e;} .clsm-sources summary {cursor:pointer; color:#0b5a86;}
.clsm-sources p {margin:.3rem 0;}
.clsm-read td.num {white-space:normal; font-weight:600;} .clsm-read td.num ~ td.num {font-weight:400; color:#3a474e;}
.clsm-read th:first-child {width:44%;}
.clsm-order h3 {font-size:1.15rem; padding:.2rem 0 .3rem;} .clsm-order li {margin:.35rem 0 .6rem;} .clsm-order small {color:#55606a;}
.clsm-order ol {padding-left:0; margin:.3rem 0; list-style:none;} .clsm-answer {font-size:1.05rem; margin:.2rem 0;}
.clsm-terms {display:flex; height:.8rem; border-radius:3px; overflow:hidden; background:#e8edef;}
</style>
"""
# Short on screen; the whole label stands in the sources below the table.
SHORT = {
    "habitants": "Habitants couverts",
    "projet": "Habitants en projet",
    "qpv": "QPV couverts",
    "qpv-habitants": "Habitants de QPV couverts",
    "rural": "Habitants ruraux couverts",
    "epci": "EPCI couverts",
    "ept": "EPT couverts",
    "secteurs-adultes": "Secteurs adultes couverts",
    "secteurs-enfants": "Secteurs infanto-juvéniles couverts",
    "cls": "CLS couverts",
}


def figure_table(figures: Sequence[Figure], place: str) -> str:
    """Return the figures of a place, one a line: label, numerator and denominator and year, and the level above."""
    above = next((f.above_name for f in figures if f.above_name), "")
    headers = [("Couverture", False), (place, True)]
    headers += [(above, True)] if above else []
    rows = []
    for figure in figures:
        label = f"{SHORT.get(figure.id, figure.label)}\n{_detail(figure)}"
        row = [label, figure.amount] + ([figure.above.amount if figure.above else "sans objet"] if above else [])
        rows.append(row)
    return f'<div class="clsm-read">{html.table(headers, rows, caption=f"Chiffres de couverture, {place}")}</div>'


def _detail(figure: Figure) -> str:
    if figure.unknown:
        return re.split(r"\. | et la | et \d", figure.reason or "inconnu")[0].rstrip(".")  # the rest is in the sources
    year = re.sub(r"^.* au (1er \w+ \d{4})$", r"\1", figure.year)
    mark = " · estimation" if figure.estimated else ""
    return f"{figure.fraction}{f' · {year}' if year else ''}{mark}"


def manner(figure: Figure) -> str:
    """Return how a part of a figure is known: by extension, supposed, old; empty when nothing is."""
    if not figure.within:
        return ""
    items = "".join(f"<li>{html.escape(fr.typeset(part.text))}</li>" for part in figure.within)
    return f'<details class="clsm-manner" open><summary>Dont, à confirmer</summary><ul>{items}</ul></details>'


def figure_sources(figures: Sequence[Figure]) -> str:
    """Return, to unfold, the source of each figure, why it is limited and how to complete it."""
    lines = []
    for figure in figures:
        parts = [f"Source : {figure.source}."]
        if figure.reason:
            parts.append(figure.reason)
        if figure.above and not figure.above.unknown:
            parts.append(f"{figure.above_name} : {figure.above.amount}, {figure.above.fraction}.")
        lines.append(f"<p><b>{html.escape(figure.label)}</b>. {html.escape(' '.join(parts))}</p>")
    return (
        '<details class="clsm-sources"><summary>Sources, limites et chiffres du niveau au-dessus</summary>'
        f"{''.join(lines)}</details>"
    )


def limits_banner(limits: Sequence[Limit]) -> str:
    """Return the banner that says what limits the reading, and how to complete; empty when nothing does."""
    if not limits:
        return ""
    names = fr.listing([limit.name for limit in limits])
    items = "".join(
        f"<dt>{html.escape(limit.name)}</dt><dd>{html.escape(fr.typeset(f'{limit.why} {limit.remedy}'))}</dd>"
        for limit in limits
    )
    return (
        '<div class="clsm-limits" role="note" aria-label="Ce qui limite la lecture"><b>Lecture limitée</b>'
        f"{html.escape(f' par des listes incomplètes ou approchées : {names}. Les chiffres touchés sont donnés entre deux bornes (connu, et si tout l’inconnu était couvert), ou ne sont pas donnés.')}"
        f"<details><summary>Ce qui manque, et comment compléter</summary><dl>{items}"
        "</dl></details></div>"
    )


def extent_line(known: Mapping[str, bool]) -> str:
    """Say which lists are complete on the whole of a scope; `known`, by name of layer."""
    yes = [name for name, complete in known.items() if complete]
    no = [name for name, complete in known.items() if not complete]
    parts = [f"Listes complètes ici : {fr.listing(yes) if yes else 'aucune'}."]
    if no:
        parts.append(f"Incomplètes (une absence y veut dire « inconnu ») : {fr.listing(no)}.")
    return f'<p class="clsm-extent">{html.escape(" ".join(parts))}</p>'
