"""One indicator as bars in HTML: here, what is around, what is alike; no library is sent for it. The table says the same in text.

A bounded figure is hatched between its bounds; what is unknown has no bar, and says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from geo import french as fr
from geo.indicators import Answer, Indicator, Kind
from geo.needs import Line, said_figure
from ui import html

HERE, AROUND, ALIKE = "#0b6e75", "#8a9aa2", "#c3ccd1"
BARS_STYLE = """
<style>
.clsm-barres {display:grid; grid-template-columns:minmax(7rem,11rem) 1fr max-content; gap:.3rem .6rem; align-items:center; font-size:.9rem; margin:.3rem 0 .2rem;}
.clsm-barres > span {line-height:1.2;} .clsm-barres b {font-variant-numeric:tabular-nums; text-align:right; font-weight:600;}
.clsm-barres div {position:relative; height:1rem; background:#f3f6f7; border-radius:3px;} .clsm-barres div i {position:absolute; top:0; bottom:0; border-radius:3px;}
.clsm-barres div u {position:absolute; top:3px; width:10px; height:10px; margin-left:-5px; border-radius:50%; border:1.5px solid #45555c; background:#fff;}
.clsm-besoins {margin:.2rem 0 .6rem;} .clsm-besoins div {padding:.4rem 0; border-bottom:1px solid #e8edef; font-size:.93rem; line-height:1.45;}
.clsm-besoins b {font-weight:650;}
</style>
"""


def bars(line: Line, name: str) -> str:
    """Return the bars of one indicator, `name` being what the set is called; "" when no figure can be drawn."""
    rows = [
        (name, line.mine, HERE),
        *((b.name, b.answer, ALIKE if b.kind == "semblables" else AROUND) for b in line.besides),
    ]
    ends = [v for _, a, _ in rows for v in (_most(a), a.least) if math.isfinite(v)] + [v for _, v in line.peers]
    top = max(ends, default=0.0)
    if not top > 0 or min(ends) < 0:  # a score under zero has no bar: its figure is in the table
        return ""
    cells = "".join(
        _row(label, said, line.indicator, colour, top, line.peers if colour == ALIKE else ())
        for label, said, colour in rows
    )
    alt = " ; ".join(f"{label} : {said.figure}" for label, said, _ in rows)
    return f'<div class="clsm-barres" role="img" aria-label="{html.escape(alt)}">{cells}</div>'


def _most(said: Answer) -> float:
    return said.value if math.isfinite(said.value) else said.most


def _row(label: str, said: Answer, one: Indicator, colour: str, top: float, peers: Iterable[tuple[str, float]]) -> str:
    dots = "".join(
        f'<u style="left:{100 * value / top:.1f}%" title="{html.escape(f"{name} : {fr.number(value, one.decimals)}")}"></u>'
        for name, value in peers
    )
    return f"<span>{html.escape(label)}</span><div>{_bar(said, colour, top)}{dots}</div><b>{html.escape(_short(said, one))}</b>"


def _short(said: Answer, one: Indicator) -> str:
    """Write the figure without its unit, which the title of the bars has, or in two words why there is none."""
    if math.isfinite(said.least) and math.isfinite(said.most):
        return said_figure(one, said.least, said.most)
    if said.kind is Kind.PARTIAL:
        return "connu en partie"
    return "inconnu" if said.kind is Kind.NOTHING else "non comparé"


def _bar(said: Answer, colour: str, top: float) -> str:
    if math.isfinite(said.value):
        return f'<i style="left:0;width:{100 * said.value / top:.1f}%;background:{colour}"></i>'
    if math.isfinite(said.least) and math.isfinite(said.most):
        left, width = 100 * said.least / top, max(100 * (said.most - said.least) / top, 0.6)
        hatched = f"repeating-linear-gradient(45deg,{colour} 0 4px,#fff 4px 7px)"
        sure = f'<i style="left:0;width:{left:.1f}%;background:{colour}"></i>'
        return f'{sure}<i style="left:{left:.1f}%;width:{width:.1f}%;background:{hatched}"></i>'
    return ""
