"""What the last move changed: the checks that turned, the figures before it, the trail of the moves behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from geo import french as fr
from geo.guidance import Check, Finding, Reach, Settings
from geo.layers import LayerId
from geo.perimeters import Perimeter, PerimeterFacts
from geo.scenarios import Workbook
from ui import frame, html, loaders

SHOWN = "turned-shown"  # what was on screen last (`Shown`)
MOST_TURNED = 3
MOST_STEPS = 5
NAMED = 2  # communes that a step names
STYLE = """
<style>
.clsm-tourne {font-size:.9rem; line-height:1.7; margin:0; color:#1d2a30;} .clsm-tourne > span {white-space:nowrap; margin-right:.7rem;}
.clsm-avant {width:100%; border-collapse:collapse; font-size:1.05rem;} .clsm-avant th {text-align:left; font-weight:600; padding:.2rem .4rem;}
.clsm-avant td, .clsm-avant thead th + th {text-align:right; font-variant-numeric:tabular-nums; padding:.2rem .4rem;}
.clsm-avant tr + tr, .clsm-avant tbody tr {border-top:1px solid #dde3e6;} .clsm-avant td:nth-child(3) {font-weight:650;} .clsm-avant td:nth-child(2) {color:#45555c;}
.st-key-essais {gap:.3rem !important;} .st-key-essais button {min-height:1.9rem; padding:.1rem .6rem;} .st-key-essais button p {font-size:.86rem;}
</style>
"""


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
    pile = st.session_state[frame.HISTORY]
    return pile[-1] if pile else None


def before_and_after(facts: PerimeterFacts, settings: Settings) -> str:
    """Return the figures before the last move and now, side by side."""
    earlier = before()
    was = earlier.scenario.perimeter(loaders.atlas()) if earlier else None
    old = loaders.facts(was) if was and was.communes else None
    rows = [
        (label, said(old) if old else "–", said(facts))
        for label, said in (
            ("Habitants", lambda f: fr.number(f.population)),
            ("Part du repère", lambda f: fr.percent(f.population / settings.marker, 0)),
            ("Communes", lambda f: fr.number(len(f.towns))),
            ("QPV", lambda f: _met(f, LayerId.QPV)),
            ("Secteurs adultes", lambda f: _met(f, LayerId.ADULT_SECTORS)),
            ("CLSM déjà là", lambda f: _met(f, LayerId.CLSM)),
        )
    ]
    body = "".join(
        f'<tr><th scope="row">{html.escape(label)}</th><td>{html.escape(b)}</td><td>{html.escape(a)}</td></tr>'
        for label, b, a in rows
    )
    return (
        '<table class="clsm-avant" aria-label="Avant et après le dernier geste"><thead><tr><td></td><th scope="col">Avant</th>'
        f'<th scope="col">Maintenant</th></tr></thead><tbody>{body}</tbody></table>'
    )


def _met(facts: PerimeterFacts, layer_id: LayerId) -> str:
    """Count the zones of a layer that a perimeter meets: a floor where the list is not complete, unknown where nothing is known."""
    number, complete = len(facts.overlaps[layer_id]), facts.known_everywhere(layer_id)
    if complete:
        return fr.number(number)
    return f"au moins {fr.number(number)}" if number else "inconnu"


# --- the trail ------------------------------------------------------------------------------------------------------
def trail() -> None:
    """Show the last moves, each with its people: a click goes back to where one was."""
    pile: tuple[Workbook, ...] = st.session_state[frame.HISTORY]
    books = [*pile[-MOST_STEPS:], frame.workbook()]
    if len(books) < 2:
        return
    seen = st.session_state[frame.SEQUENCE]
    with st.container(horizontal=True, key="essais", vertical_alignment="center"):
        st.html("<span>Essais :</span>", width="content")
        for place, book in enumerate(books):
            behind = len(books) - 1 - place
            st.button(
                _step_text(books[place - 1] if place else None, book),
                key=f"essai-{seen}-{place}",
                on_click=frame.back,
                args=(behind, seen),
                disabled=not behind,
                type="tertiary" if not behind else "secondary",
            )


def _step_text(earlier: Workbook | None, book: Workbook) -> str:
    atlas = loaders.atlas()
    people = fr.number(int(atlas.population[atlas.rows(book.codes)].sum()))
    if earlier is None:
        what = fr.count(len(book.codes), "commune") if book.codes else "départ"
    elif earlier.current != book.current:
        what = book.scenario.name
    else:
        what = " ".join(
            filter(None, (_moved("+", book.codes - earlier.codes), _moved(fr.MINUS, earlier.codes - book.codes)))
        )
    return html.literal(f"{what or 'réglage'} · {people} hab.")


def _moved(sign: str, codes: frozenset[str]) -> str:
    if not codes:
        return ""
    atlas = loaders.atlas()
    named = fr.listing(sorted(str(atlas.names[atlas.row[c]]) for c in codes))
    return f"{sign} {named if len(codes) <= NAMED else fr.count(len(codes), 'commune')}"
