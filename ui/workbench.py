"""The part of the Périmètre page that a click runs again: map, figures, and one panel at a time.

Only the panel open is worked out and sent: a click costs what is seen of it.
"""

from __future__ import annotations

from collections.abc import Callable

import folium
import streamlit as st

from geo.coverage import Scope
from geo.perimeter import Perimeter
from geo.summary import EMPTY, summary
from ui import (
    adjust_view,
    coordination_view,
    coverage_view,
    frame,
    judge_view,
    lanes,
    link_state,
    loaders,
    maps,
    note_view,
    panels,
    perimeter_view,
    previews,
    scenarios_view,
    scene,
    sectors_view,
    suggest_view,
    table_ronde_view,
)

MAP = "carte-perimetre"
PANEL = "panel"

STYLE = """
<style>
.block-container {padding-top:1.1rem;} h1 {font-size:1.6rem !important; padding:0 !important;}
.st-key-bande {padding:.35rem .8rem !important;}
.clsm-effet {margin:0; font-size:.95rem; line-height:1.45;} .clsm-effet ul {margin:.1rem 0 0; padding-left:1.1rem;}
.clsm-effet li {margin:0; font-size:.9rem;}
@media (max-width:1100px) {[data-testid="stMain"] [data-testid="stColumn"] {min-width:min(100%, 19rem);}}
.clsm-tactile {display:none; margin:.3rem 0 0; font-size:.9rem; color:#45555c;} @media (pointer:coarse) {.clsm-tactile {display:block;}}
</style>
"""


@st.fragment
def show(scope: Scope, lines: tuple[str, ...]) -> None:
    """Show the workbench: what is searched, the map and what is said of the perimeter, the panel open."""
    perimeter = frame.perimeter()
    link_state.write()
    perimeter_view.messages()
    with st.container():  # always there, or what follows would change places and the map be mounted again
        perimeter_view.target_strip(perimeter)
    left, right = st.columns([11, 9], gap="medium")
    with right:  # first: the map has coloured the click by itself, and waits for nothing but the next preview
        _judge(perimeter)
    with lanes.after_the_figures():
        with left:
            scene.draw(maps.selection_map(), key=MAP, on_change=_heard, state=_state(scope, lines, perimeter))
            perimeter_view.history(perimeter)
        _panel(perimeter)


def _heard() -> None:
    perimeter_view.take(MAP)


def _state(scope: Scope, lines: tuple[str, ...], perimeter: Perimeter) -> folium.FeatureGroup:
    return maps.selection_state(
        codes=sorted(perimeter.communes),
        seq=st.session_state[frame.SEQUENCE],
        geometry_url=scene.geometry_url(scope),
        bounds=scene.bounds(scope),
        overlays=[scene.overlay(scope, layer_id) for layer_id in lines],
        paint=scene.backdrop(scope),
        focus=coverage_view.focus(scope),
        preview=_preview(perimeter),
    )


def _preview(perimeter: Perimeter) -> previews.Preview | None:
    """Return what the tooltips tell of the next click; nothing for the empty perimeter."""
    if not perimeter.communes:
        return None
    locked = frame.locked()
    return previews.previewed(loaders.preview(perimeter, frame.settings(), locked), locked)


def _judge(perimeter: Perimeter) -> None:
    if not perimeter.communes:
        st.html(judge_view.paragraph(EMPTY))
        perimeter_view.invitation()
        return
    facts, settings = loaders.facts(perimeter), frame.settings()
    found = panels.in_order(loaders.findings(perimeter, settings))
    st.html(judge_view.paragraph(summary(facts, found)))
    st.html(judge_view.figures(facts, settings) + judge_view.index(found))


def _checks(perimeter: Perimeter) -> None:
    settings = frame.settings()
    found = loaders.findings(perimeter, settings)
    left, right = st.columns([11, 9], gap="medium")
    left.html(judge_view.cards(panels.in_order(found)))
    with right:
        judge_view.detail(found, settings)


def _layers(perimeter: Perimeter) -> None:
    st.html(panels.layers_met(loaders.facts(perimeter)))


PANELS: dict[str, Callable[[Perimeter], None]] = {
    "Repères": _checks,
    "Ajuster": adjust_view.panel,
    "Secteurs": sectors_view.panel,
    "Suggestions": suggest_view.panel,
    "Autour de la table": table_ronde_view.panel,
    "Dispositifs": _layers,
    "Coordination": coordination_view.panel,
    "Scénarios": scenarios_view.panel,
    "Note et fichiers": note_view.panel,
}
ALWAYS = ("Scénarios",)  # shown for an empty perimeter too


def _panel(perimeter: Perimeter) -> None:
    chosen = st.segmented_control(
        "Pour aller plus loin", list(PANELS), default="Repères", required=True, key=PANEL, label_visibility="collapsed"
    )
    if chosen and (perimeter.communes or chosen in ALWAYS):
        PANELS[chosen](perimeter)
