"""The judgement of a perimeter in words and figures: a paragraph, the gauge, the figures, the checks, and « montrer » beside each.

A click sends all this again, so it is kept small: the questions and sources of the checks are shown on demand, for one
check at a time, and « montrer » is a plain button that the map hears by itself (static/js/focus.js).
"""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from geo import french as fr
from geo.guidance import CHECKS, Check, Finding, Outcome, Reach, Settings, gauge_segments, own_thresholds, used_text
from geo.perimeters import PerimeterFacts
from ui import html
from ui import map as maps
from ui.choices import pick_one
from ui.html import escape

DETAIL = "check-detail"
MOST_SHOWN = 400  # communes that one « montrer » carries
JUDGE_STYLE = """
<style>
.clsm-etat {font-size:1.02rem; line-height:1.5; margin:0 0 .5rem; color:#1d2a30;}
.clsm-checks .seuil {margin-left:.4rem; padding:.05rem .45rem; border:1px dashed #55606a; border-radius:1rem; font-size:.74rem; color:#3a474e;}
.clsm-checks.index > div {gap:.5rem;} .clsm-checks.index > div > span {flex:1 1 4.5rem;}
button:is([data-montrer],[data-copier]) {border:1px solid #b9c6ca; background:#fff; color:#0b5a86; border-radius:4px; font:inherit; font-size:.8rem;
  padding:.05rem .55rem; cursor:pointer; white-space:nowrap; min-height:1.6rem;}
button:is([data-montrer],[data-copier]):hover {background:#eaf4fa;} button:is([data-montrer],[data-copier]):focus-visible {outline:3px solid #0b6e75; outline-offset:1px;}
button.nom[data-montrer] {font-size:.92rem; font-weight:600; text-align:left; white-space:normal; border:0; padding:0; color:#0b5a86;}
button.nom[data-montrer]::before {content:"◎ " / "Montrer sur la carte : ";} button.nom[data-montrer]:hover {text-decoration:underline;}
[class*="st-key-lignes-"] {display:grid !important; grid-template-columns:minmax(0,1fr) max-content; gap:.45rem .8rem !important; align-items:center;}
@media (pointer:coarse) {button:is([data-montrer],[data-copier]) {min-height:2.4rem; padding:.3rem .8rem;}}
</style>
"""

GAUGE = {Outcome.FAVORABLE: "#0b6e75", Outcome.DISCUSS: "#c98a00", Outcome.VIGILANCE: "#b93a2a"}
MEAN_2022 = 107_000  # mean inhabitants of a CLSM, data of 2022 (État des lieux 2023)
SECTOR = (50_000, 150_000)  # usual size of an adult sector of psychiatry
GAUGE_STYLE = """
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


def montrer(codes: Iterable[str], what: str, *, named: bool = False) -> str:
    """Return a button that shows communes on the map; when there is none to show, nothing, or the bare name.

    `named` puts the name of what is shown on the button itself.
    """
    packed = maps.pack_codes(sorted(codes)[:MOST_SHOWN])
    if not packed:
        return f"<b>{html.escape(what)}</b>" if named else ""
    if named:
        return f'<button class="nom" data-montrer="{packed}">{html.escape(what)}</button>'
    return (
        f'<button data-montrer="{packed}" aria-label="{html.escape(f"Montrer sur la carte : {what}")}">Montrer</button>'
    )


def where(finding: Finding) -> frozenset[str]:
    """Return the communes that a finding is about: the QPV left out, the sector cut, the piece apart…"""
    return frozenset(finding.where)


def line(codes: Iterable[str], title: str, lines: Iterable[str]) -> str:
    """Return one move or one territory: its name, which shows it on the map, and what there is to say of it."""
    said = "".join(f"<li>{html.escape(text)}</li>" for text in lines if text)
    return f'<div class="clsm-effet">{montrer(codes, title, named=True)}<ul>{said}</ul></div>'


def paragraph(text: str) -> str:
    """Return the state in words; the page's script makes its place a polite live region (static/js/focus.js)."""
    return f'<p class="clsm-etat">{html.escape(text)}</p>'


def figures(facts: PerimeterFacts, settings: Settings) -> str:
    """Return the gauge and the large figures."""
    rural = facts.classes.loc[3]
    mark = " (estimation)" if facts.density.estimated else ""
    share = rural["population"] / facts.population if facts.population else 0
    pairs = [
        (fr.number(facts.population), f"habitants (population municipale {facts.population_year})"),
        (fr.number(len(facts.towns)), "commune" if len(facts.towns) < 2 else "communes"),
        (fr.square_kilometres(facts.area_m2), "superficie"),
        (
            fr.percent(share),
            f"en commune rurale{mark} : {fr.number(rural['population'])} sur {fr.number(facts.population)}",
        ),
    ]
    return html.figures(pairs) + gauge(facts.population, settings)


def index(found: Iterable[tuple[Check, Finding]]) -> str:
    """Return every check in one line: title, « montrer », badge; those that do not concern the perimeter share the last."""
    found = list(found)
    lines = "".join(
        f'<div class="{f.tone}"><span>{html.escape(c.title)}</span>{montrer(where(f), c.title)}{html.badge(f)}</div>'
        for c, f in found
        if f.reach is not Reach.NOT_CONCERNED
    )
    if idle := [(c, f) for c, f in found if f.reach is Reach.NOT_CONCERNED]:
        titles = html.escape(", ".join(c.title for c, _ in idle))
        lines += f'<div class="{idle[0][1].tone}"><span>{titles}</span>{html.badge(idle[0][1])}</div>'
    return f'<div class="clsm-checks index" role="region" aria-label="Repères du guide, en bref">{lines}</div>'


def cards(found: Iterable[tuple[Check, Finding]]) -> str:
    """Return every check with its outcome, its sentence and what is missing to say more."""
    each = "".join(_card(check, finding) for check, finding in found)
    return f'{html.section("Repères du guide")}<div class="clsm-checks">{each}</div>'


def _card(check: Check, finding: Finding) -> str:
    lacking = "".join(f'<p class="clsm-muted">{html.escape(f"Il manque : {text}.")}</p>' for text in finding.missing)
    return (
        f'<article class="{finding.tone}"><h3>{html.escape(check.title)}</h3>'
        f"{html.badge(finding)}{_own(finding)}<p>{html.escape(finding.sentence)}</p>{lacking}</article>"
    )


def _own(finding: Finding) -> str:
    """Return the mark of an outcome that a threshold of this tool raised, and not one of the guide; empty otherwise."""
    return '<small class="seuil">seuil de l’outil</small>' if own_thresholds(finding.raised_by) else ""


def detail(found: tuple[tuple[Check, Finding], ...], settings: Settings) -> None:
    """Ask which check to explain, and explain it: question, measure, details, settings, source."""
    titles = {check.id: check.title for check in CHECKS}
    chosen = pick_one(
        "Comprendre un repère",
        list(titles),
        index=None,
        format_func=titles.get,
        key=DETAIL,
        placeholder="Question, mesure, détail et source",
    )
    for check, finding in found:
        if check.id == chosen:
            st.html(explanation(check, finding, settings))


def explanation(check: Check, finding: Finding, settings: Settings) -> str:
    """Return one check in full."""
    lines = "".join(f"<li>{html.escape(text)}</li>" for text in finding.details)
    used = used_text(check.settings, settings)
    tail = [f"Mesure : {check.measure}", *([f"Réglages : {used}."] if used else []), f"Source : {check.source}."]
    return (
        f'<div class="clsm-checks"><article class="{finding.tone}"><h3>{html.escape(check.question)}</h3>'
        f"{html.badge(finding)}{_own(finding)}<p>{html.escape(finding.sentence)}</p>{f'<ul>{lines}</ul>' if lines else ''}"
        f"{''.join(f'<p class=clsm-muted>{html.escape(t)}</p>' for t in tail)}</article></div>"
    )


def gauge(population: int, settings: Settings) -> str:
    """Return the bar: inhabitants, the guide's marker with its margin, the mean CLSM, the size of a sector; in words too."""
    top = max(settings.marker * 1.25, SECTOR[1] * 1.1, population * 1.05)

    def at(people: float) -> str:
        return f"{min(100.0, 100 * people / top):.2f}%"

    edge = settings.marker * (1 + settings.around)
    bar = "".join(
        f'<i style="left:{at(start)};width:{100 * (end - start) / top:.2f}%;background:{GAUGE[outcome]}"></i>'
        for start, end, outcome in gauge_segments(population, settings)
    )
    words = (
        f"{fr.inhabitants(population)} ; repère du guide : environ {fr.inhabitants(settings.marker)} "
        f"({fr.percent(population / settings.marker, 0)} du repère) ; CLSM moyen en 2022 : {fr.inhabitants(MEAN_2022)} ; "
        f"secteur de psychiatrie adulte : {fr.number(SECTOR[0])} à {fr.inhabitants(SECTOR[1])}. Pas de minimum."
    )
    marks = (
        f'<i style="left:{at(settings.marker)};width:{100 * (edge - settings.marker) / top:.2f}%;background:#f3dfb0"></i>'
        f"{bar}"
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
