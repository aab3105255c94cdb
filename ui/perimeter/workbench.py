"""The part of the Périmètre page that a click runs again: map, figures, and one panel at a time.

Only the panel open is computed and sent: a click costs what is seen of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import folium
import streamlit as st

from geo import french as fr
from geo.coverage import CoverageView, Scope
from geo.guidance import EMPTY, Outcome, in_brief, summary
from geo.perimeters import Perimeter
from ui import agreements, budget, frame, layout, loaders, needs, panels, passage, similar
from ui import map as maps
from ui.cache import declared_complete
from ui.perimeter import (
    adjust,
    choices,
    judge,
    note,
    project,
    questions,
    round_table,
    scenarios,
    sectors,
    suggest,
)
from ui.perimeter.link import ADDRESS
from ui.server import after_the_figures

MAP = "carte-perimetre"
PANEL = "panel"
WORKBENCH_STYLE = """
<style>
.st-key-bande {padding:.35rem .8rem !important;}
.clsm-effet {margin:0; font-size:.95rem; line-height:1.45;} .clsm-effet ul {margin:.1rem 0 0; padding-left:1.1rem;}
.clsm-effet li {margin:0; font-size:.9rem;}
.clsm-tactile {display:none; margin:.3rem 0 0; font-size:.9rem; color:#45555c;} @media (pointer:coarse) {.clsm-tactile {display:block;}}
.st-key-historique {gap:.25rem !important;} .st-key-historique button {min-height:2rem; padding:.1rem .42rem; gap:.25rem;} .st-key-historique button p {font-size:.82rem;}
.st-key-essais {gap:.3rem !important;} .st-key-essais button {min-height:1.9rem; padding:.1rem .6rem;} .st-key-essais button p {font-size:.86rem;}
.st-key-panel button {min-height:1.9rem; padding:.1rem .55rem;} .st-key-panel button p {font-size:.84rem;} .st-key-panel [role="radiogroup"], .st-key-panel [role="group"] {flex-wrap:wrap;}
.st-key-projet button {min-height:1.9rem; padding:.1rem .55rem;} .st-key-projet button p {font-size:.84rem;}
</style>
"""


@st.fragment
def show_workbench(scope: Scope, lines: tuple[str, ...]) -> None:
    """Show the workbench: the map, and beside it what is searched, what is said of the perimeter, the panel open."""
    begun = time.monotonic()
    perimeter = frame.perimeter()
    ADDRESS.write()
    choices.show_messages()
    map_pane, side = layout.panes((13, 7) if layout.meeting() else (6, 5))
    with side:  # first: the map has coloured the click by itself, and waits for nothing but the next preview
        passage.way_back()
        choices.history(perimeter)
        with st.container():  # always there, or what follows would change places
            choices.target_strip(frame.drawn())
            choices.marking_strip()
            choices.beyond_the_map(perimeter, scope)
        _judge(perimeter, scope)
    with after_the_figures(begun):
        with map_pane:
            maps.draw(maps.selection_map(), key=MAP, on_change=_heard, state=_state(scope, lines, frame.drawn()))
            if layout.meeting():
                choices.trail()
        with side:
            _panel(perimeter)


def show_start() -> None:
    """Show what there is to do before a map is chosen."""
    perimeter = frame.perimeter()
    ADDRESS.write()
    choices.show_messages()
    choices.first_question()
    with st.expander("Rouvrir des scénarios gardés", icon=":material/folder_open:"):
        scenarios.panel(perimeter)


def _heard() -> None:
    choices.take(MAP)


def _state(scope: Scope, lines: tuple[str, ...], perimeter: Perimeter) -> folium.FeatureGroup:
    opened = maps.opened_in(scope)
    return maps.selection_state(
        codes=sorted(perimeter.communes),
        seq=st.session_state[frame.SEQUENCE],
        life=frame.life(),
        geometry_url=maps.geometry_url(scope),
        bounds=maps.bounds(scope),
        overlays=[maps.overlay(scope, layer_id, opened) for layer_id in lines],
        paint=agreements.paint(scope, opened) or maps.backdrop(CoverageView(scope, declared_complete()), opened),
        focus=maps.focus(scope),
        preview=_preview(perimeter),
        around=maps.around_file(),
        names=maps.names_file(scope, lines, opened),
        credit=maps.credit(),
        glance=glance(perimeter),
        opened=maps.city_files(scope),
    )


def _preview(perimeter: Perimeter) -> maps.Preview | None:
    """Return what the tooltips tell of the next click; nothing for the empty perimeter."""
    if not perimeter.communes or frame.marked() is not None:
        return None
    locked = frame.locked()
    return maps.previewed(loaders.preview(perimeter, frame.settings(), locked), locked)


def glance(perimeter: Perimeter) -> maps.Glance:
    """Return what is read from afar of a perimeter; its facts and checks are those that the page has just computed."""
    undo, redo = bool(st.session_state[frame.HISTORY]), bool(st.session_state[frame.FUTURE])
    if not perimeter.communes:
        return maps.Glance(("Périmètre vide",), undo=undo, redo=redo)
    settings = frame.settings()
    found = panels.in_order(loaders.findings(perimeter, settings))
    turned = tuple(
        f"{turn.title}{fr.NBSP}: {turn.before[0]} → {turn.after[0]}"
        for turn in judge.turned(perimeter, settings, found)
    )
    return maps.Glance(in_brief(loaders.facts(perimeter), settings), turned, undo=undo, redo=redo)


def _judge(perimeter: Perimeter, scope: Scope) -> None:
    if not perimeter.communes:
        st.html(judge.paragraph(EMPTY))
        project.ask(perimeter, scope)
        choices.invitation()
        return
    facts, settings = loaders.facts(perimeter), frame.settings()
    found = panels.in_order(loaders.findings(perimeter, settings))
    turns = judge.turned_text(judge.turned(perimeter, settings, found))
    if layout.meeting():
        st.html(
            judge.paragraph(summary(facts, found))
            + judge.large(facts, settings)
            + judge.before_and_after(facts, settings)
            + turns
        )
        return
    st.html(judge.paragraph(summary(facts, found)) + judge.figures(facts, settings) + judge.tally(found) + turns)
    with st.container(key="projet"):
        project.ask(perimeter, scope)


def _checks(perimeter: Perimeter) -> None:
    settings = frame.settings()
    found = loaders.findings(perimeter, settings)
    st.html(judge.cards(panels.in_order(found)))
    if any(check.id == "secteurs" and finding.outcome is Outcome.UNKNOWN for check, finding in found):
        st.button("Je connais mes secteurs", on_click=_open, args=("Secteurs",), icon=":material/edit_location_alt:")
    if not layout.meeting():
        judge.detail(found, settings)


def _open(panel: str) -> None:
    st.session_state[PANEL] = panel


def _layers(perimeter: Perimeter) -> None:
    st.html(panels.layers_met(loaders.facts(perimeter)))
    sectors.around(perimeter)


def _budget(perimeter: Perimeter) -> None:
    budget.budget_panel(perimeter, ADDRESS.write)


PANELS: dict[str, Callable[[Perimeter], None]] = {
    "Repères": _checks,
    "Ajuster": adjust.panel,
    "Secteurs": sectors.panel,
    "Suggestions": suggest.panel,
    "Questions": questions.panel,
    "Autour de la table": round_table.panel,
    "Accords": agreements.panel,
    "Dispositifs": _layers,
    "Budget": _budget,
    "Besoins": needs.needs_panel,
    "CLSM comparables": similar.clsm_panel,
    "Scénarios": scenarios.panel,
    "Note et fichiers": note.panel,
}
ALWAYS = ("Scénarios", "Secteurs")  # shown for an empty perimeter too


def _panel(perimeter: Perimeter) -> None:
    if layout.meeting():
        if perimeter.communes:
            _checks(perimeter)
        return
    chosen = st.segmented_control(
        "Pour aller plus loin", list(PANELS), default="Repères", required=True, key=PANEL, label_visibility="collapsed"
    )
    if chosen and (perimeter.communes or chosen in ALWAYS):
        PANELS[chosen](perimeter)
