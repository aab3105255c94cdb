"""The judgement of a perimeter in words and figures: a paragraph, the gauge, the figures, the checks, and « montrer » beside each.

A click sends all this again, so it is kept small: the questions and sources of the checks are shown on demand, for one
check at a time, and « montrer » is a plain button that the map hears by itself (static/js/focus.js).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from geo import french as fr
from geo.guidance import (
    CHECKS,
    MEASURES,
    Check,
    Finding,
    Outcome,
    Reach,
    Settings,
    counted,
    gauge_segments,
    own_thresholds,
    used_text,
)
from geo.perimeters import Perimeter, PerimeterFacts
from geo.scenarios import Workbook
from ui import frame, html, loaders
from ui import map as maps
from ui.cache import claims, under
from ui.choices import pick_one
from ui.html import escape

DETAIL = "check-detail"
SHOWN = "turned-shown"  # what was on screen last (`Shown`)
MOST_TURNED = 3
SEEN_IN_A_ROOM = tuple(m for m in MEASURES if m.id in ("population", "communes", "qpv", "secteurs", "autres_clsm"))
MOST_SHOWN = 400  # communes that one « montrer » carries
JUDGE_STYLE = """
<style>
.clsm-habitants .clsm-figures {margin:0; gap:.1rem 1.8rem; align-items:baseline;} .clsm-habitants b {font-size:2rem !important;} .clsm-habitants div + div b {font-size:1.5rem !important;}
.clsm-tourne {font-size:.9rem; line-height:1.7; margin:0; color:#1d2a30;} .clsm-tourne > span {white-space:nowrap; margin-right:.7rem;}
.clsm-avant {width:100%; border-collapse:collapse; font-size:1.05rem;} .clsm-avant th {text-align:left; font-weight:600; padding:.2rem .4rem;}
.clsm-avant td, .clsm-avant thead th + th {text-align:right; font-variant-numeric:tabular-nums; padding:.2rem .4rem;}
.clsm-avant tr + tr, .clsm-avant tbody tr {border-top:1px solid #dde3e6;} .clsm-avant td:nth-child(3) {font-weight:650;} .clsm-avant td:nth-child(2) {color:#45555c;}
.clsm-compte {margin:0; display:flex; flex-wrap:wrap; gap:.2rem .7rem; font-size:.92rem;}
:root:has(.clsm-reunion) .clsm-habitants b {font-size:2.75rem !important;} :root:has(.clsm-reunion) .clsm-habitants div + div b {font-size:2.2rem !important;}
:root:has(.clsm-reunion) :is(.clsm-checks.index, .clsm-tourne) {font-size:1.05rem;} :root:has(.clsm-reunion) .clsm-avant {font-size:1.15rem;}
.clsm-checks .seuil {margin-left:.4rem; padding:.05rem .45rem; border:1px dashed #55606a; border-radius:1rem; font-size:.74rem; color:#3a474e;}
.clsm-checks.index details {border-bottom:1px solid #e8edef; padding:.1rem 0;} .clsm-checks.index summary {display:flex; gap:.5rem; align-items:center; color:inherit; font-size:.92rem; margin:0; padding:.16rem .1rem;}
.clsm-checks.index summary > span {flex:1 1 4.5rem;} .clsm-checks.index summary::before {content:"▸" / ""; color:#0b5a86;} .clsm-checks.index [open] > summary::before {content:"▾" / "";}
.clsm-checks.index summary:hover {background:#f3f6f7;} .clsm-checks.index summary:focus-visible {outline:3px solid #0b6e75;}
.clsm-checks.index details p {margin:.2rem 0 .3rem 1.2rem; font-size:.92rem; line-height:1.45;} .clsm-checks.index details > button {margin:0 0 .4rem 1.2rem;}
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
    """Return the state in words, for who does not see the figures beside it; the page's script makes its place a polite live
    region (static/js/focus.js)."""
    return f'<p class="clsm-etat clsm-vu">{html.escape(text)}</p>'


def figures(facts: PerimeterFacts, settings: Settings) -> str:
    """Return the inhabitants with the gauge, and the figures that go with them."""
    rural = facts.classes.loc[3]
    mark = " (estimation)" if facts.density.estimated else ""
    share = fr.percent(rural["population"] / facts.population) if facts.population else "sans objet"
    pairs = [
        *((fr.number(n), word) for n, word in facts.sizes),
        (fr.square_kilometres(facts.area_m2), "superficie"),
        (
            share,
            f"en commune rurale{mark} : {fr.number(rural['population'])} sur {fr.number(facts.population)}",
        ),
    ]
    return large(facts, settings) + html.figures(pairs)


def people(facts: PerimeterFacts, settings: Settings) -> str:
    """Return the inhabitants, large, against the guide's marker."""
    pairs = [
        (
            fr.number(facts.population),
            f"{fr.noun(facts.population, 'habitant')} (population municipale {facts.population_year})",
        ),
        (
            fr.percent(facts.population / settings.marker, 0),
            f"du repère d’environ {fr.inhabitants(settings.marker)}",
        ),
    ]
    return f'<div class="clsm-habitants">{html.figures(pairs)}</div>'


def large(facts: PerimeterFacts, settings: Settings) -> str:
    """Return what a room reads from afar: the inhabitants and the gauge."""
    return people(facts, settings) + gauge(facts.population, settings)


def tally(found: Iterable[tuple[Check, Finding]]) -> str:
    """Return how many checks have each outcome, on one line."""
    numbers = Counter((f.outcome, f.tone) for _, f in found if f.reach is Reach.FINDING)
    each = " ".join(
        f'<span class="{tone}">{fr.number(number)} <b>{html.escape(counted(outcome, number))}</b></span>'
        for (outcome, tone), number in numbers.items()
    )
    return f'<p class="clsm-checks clsm-compte">{each}</p>'


def cards(found: Iterable[tuple[Check, Finding]]) -> str:
    """Return every check on one line, title, « Montrer » and badge, which opens to its sentence and what is missing to say more; those
    that do not concern the perimeter share the last."""
    found = list(found)
    lines = "".join(_card(check, f) for check, f in found if f.reach is not Reach.NOT_CONCERNED)
    if idle := [(check, f) for check, f in found if f.reach is Reach.NOT_CONCERNED]:
        titles = html.escape(", ".join(check.title for check, _ in idle))
        said = "".join(f"<p>{html.escape(f'{check.title} : {f.sentence}')}</p>" for check, f in idle)
        lines += f'<details class="{idle[0][1].tone}"><summary><span>{titles}</span>{html.badge(idle[0][1])}</summary>{said}</details>'
    return f'<div class="clsm-checks index" role="region" aria-label="Repères du guide">{lines}</div>'


def _card(check: Check, finding: Finding) -> str:
    lacking = "".join(f'<p class="clsm-muted">{html.escape(f"Il manque : {text}.")}</p>' for text in finding.missing)
    return (
        f'<details class="{finding.tone}"><summary><span>{html.escape(check.title)}</span>{html.badge(finding)}</summary>'
        f"<p>{html.escape(finding.sentence)}{_own(finding)}</p>{lacking}{montrer(where(finding), check.title)}</details>"
    )


def _own(finding: Finding) -> str:
    """Return the mark of an outcome that a threshold of this tool raised, and not one of the guide; empty otherwise."""
    return ' <small class="seuil">seuil de l’outil</small>' if own_thresholds(finding.raised_by) else ""


# --- what the last move changed --------------------------------------------------------------------------------
@dataclass(frozen=True)
class Turn:
    """A check that turned: its title, its badge and tone before and after."""

    title: str
    before: tuple[str, str]
    after: tuple[str, str]


@dataclass(frozen=True)
class Shown:
    """What was on screen: the perimeter and what it is judged by, the badge and tone of each check, the checks that turned then."""

    judged: tuple[Perimeter, Settings]
    badges: tuple[tuple[str, tuple[str, str]], ...]
    turned: tuple[Turn, ...]


def turned(perimeter: Perimeter, settings: Settings, found: Iterable[tuple[Check, Finding]]) -> tuple[Turn, ...]:
    """Return the checks that the last move turned, those that judge first; none while nothing was shown before."""
    found = list(found)
    held: Shown | None = st.session_state.get(SHOWN)
    if held and held.judged == (perimeter, settings):
        return held.turned
    before = dict(held.badges) if held and held.judged[0].communes else {}
    turns = tuple(
        Turn(check.title, before[check.id], (finding.badge, finding.tone))
        for check, finding in sorted(found, key=lambda pair: pair[1].reach is not Reach.FINDING)
        if check.id in before and before[check.id][0] != finding.badge
    )
    badges = tuple((check.id, (finding.badge, finding.tone)) for check, finding in found)
    st.session_state[SHOWN] = Shown((perimeter, settings), badges, turns)
    return turns


def turned_text(turns: tuple[Turn, ...]) -> str:
    """Return the checks that turned as a line of badges; empty when none did."""
    if not turns:
        return ""
    each = "".join(
        f"<span>{html.escape(turn.title)} {_badge(turn.before)} → {_badge(turn.after)}</span>"
        for turn in turns[:MOST_TURNED]
    )
    more = f"et {fr.count(len(turns) - MOST_TURNED, 'autre')}" if len(turns) > MOST_TURNED else ""
    return f'<p class="clsm-tourne clsm-checks">Vient de changer : {each}{html.escape(more)}</p>'


def _badge(badge: tuple[str, str]) -> str:
    return f'<span class="{badge[1]}"><b>{html.escape(badge[0])}</b></span>'


# --- before and after ---------------------------------------------------------------------------------------------
def before() -> Workbook | None:
    """Return the workbook before the last move, None when there was none."""
    return next(reversed(frame.past()), None)


def before_and_after(facts: PerimeterFacts, settings: Settings) -> str:
    """Return the figures before the last move and now, side by side: measures of the comparison, which count the same."""
    earlier, scenario = before(), frame.workbook().scenario
    was = earlier.scenario.perimeter(loaders.atlas()) if earlier else None
    with under(claims(), earlier.opened if earlier else ()):
        old = loaders.facts(was) if was and was.communes else None
    rows = [
        (m.label, *(m.text(m.value(f, scenario.project)) if f else "–" for f in (old, facts))) for m in SEEN_IN_A_ROOM
    ]
    share = [fr.percent(f.population / settings.marker, 0) if f else "–" for f in (old, facts)]
    rows.insert(1, ("Part du repère", *share))
    body = "".join(
        f'<tr><th scope="row">{html.escape(label)}</th><td>{html.escape(b)}</td><td>{html.escape(a)}</td></tr>'
        for label, b, a in rows
    )
    return (
        '<table class="clsm-avant" aria-label="Avant et après le dernier geste"><thead><tr><td></td><th scope="col">Avant</th>'
        f'<th scope="col">Maintenant</th></tr></thead><tbody>{body}</tbody></table>'
    )


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
        f"({fr.number(100 * population / settings.marker)}{fr.NBSP}% du repère) ; CLSM moyen en 2022 : {fr.inhabitants(MEAN_2022)} ; "
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
        f"{escape(f'un secteur : {fr.number(SECTOR[0])} à {fr.number(SECTOR[1])}')}</span></div></div>"
    )
