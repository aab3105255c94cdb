"""The gauge of inhabitants: the perimeter beside the marks that a council knows, none of which is a minimum."""

from __future__ import annotations

from geo import french as fr
from geo.findings import Settings
from ui.html import escape

MEAN_2022 = 107_000  # mean inhabitants of a CLSM, data of 2022 (État des lieux 2023)
SECTOR = (50_000, 150_000)  # usual size of an adult sector of psychiatry

STYLE = """
<style>
.clsm-jauge {margin:.2rem 0 .7rem;} .clsm-jauge .bar {position:relative; height:20px; border-radius:4px; background:#e8edef; overflow:hidden;}
.clsm-jauge .bar i {position:absolute; top:0; bottom:0;}
.clsm-jauge .band {position:relative; height:9px;} .clsm-jauge .band i {position:absolute; top:2px; height:5px; background:#b7a4d8; border-radius:2px;}
.clsm-jauge .key {display:flex; flex-wrap:wrap; gap:.1rem 1rem; font-size:.8rem; color:#3a474e; line-height:1.35; margin-top:.15rem;}
.clsm-jauge .bar .a {width:3px; background:#1d2a30; box-shadow:0 0 0 1px #fff;}
.clsm-jauge .bar .b {width:2px; background:repeating-linear-gradient(#1d2a30 0 4px,#fff 4px 7px);}
.clsm-jauge .key .a {width:3px; height:12px; background:#1d2a30;} .clsm-jauge .key .b {height:12px; border-left:2px dashed #1d2a30;}
.clsm-jauge .key .c {width:14px; height:5px; background:#b7a4d8;}
.clsm-jauge .key i {display:inline-block; margin-right:.35rem; vertical-align:-1px;}
</style>
"""


def gauge(population: int, settings: Settings) -> str:
    """Return the bar: inhabitants, the guide's marker with its margin, the mean CLSM, the size of a sector; in words too."""
    top = max(settings.marker * 1.25, SECTOR[1] * 1.1, population * 1.05)

    def at(people: float) -> str:
        return f"{min(100.0, 100 * people / top):.2f}%"

    edge = settings.marker * (1 + settings.around)
    colour = "#0b6e75" if population <= settings.marker else "#c98a00" if population <= edge else "#b93a2a"
    words = (
        f"{fr.inhabitants(population)} ; repère du guide : environ {fr.inhabitants(settings.marker)} "
        f"({fr.percent(population / settings.marker, 0)} du repère) ; CLSM moyen en 2022 : {fr.inhabitants(MEAN_2022)} ; "
        f"secteur de psychiatrie adulte : {fr.number(SECTOR[0])} à {fr.inhabitants(SECTOR[1])}. Pas de minimum."
    )
    marks = (
        f'<i style="left:{at(settings.marker)};width:{100 * (edge - settings.marker) / top:.2f}%;background:#f3dfb0"></i>'
        f'<i style="left:0;width:{at(population)};background:{colour}"></i>'
        f'<i style="left:{at(MEAN_2022)}" class="b"></i>'
        f'<i style="left:{at(settings.marker)}" class="a"></i>'
    )
    band = f'<i style="left:{at(SECTOR[0])};width:{100 * (SECTOR[1] - SECTOR[0]) / top:.2f}%"></i>'
    return (
        f'<div class="clsm-jauge"><div role="img" aria-label="{escape(words)}"><div class="bar">{marks}</div>'
        f'<div class="band">{band}</div></div><div class="key" aria-hidden="true">'
        f'<span><i class="a"></i>{escape(f"repère : environ {fr.number(settings.marker)}")}</span>'
        f'<span><i class="b"></i>{escape(f"CLSM moyen 2022 : {fr.number(MEAN_2022)}")}</span>'
        f'<span><i class="c"></i>'
        f"{escape(f'un secteur : {fr.number(SECTOR[0])} à {fr.number(SECTOR[1])}')}</span><span>pas de minimum</span></div></div>"
    )
