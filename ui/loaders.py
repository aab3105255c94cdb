"""Every cache of the screen, in one place: the shared, read-only data and what is worked out from it.

What is worked out is keyed on the token of the data in use, so that a synchronisation that ends is seen by every
session at its next run, and nothing stale is shown. The token is the argument `used`: Streamlit leaves arguments whose
name starts with an underscore out of the key.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from geo import coverage as coverage_module
from geo import french as fr
from geo import preview as preview_module
from geo import world as world_module
from geo.communes import Atlas
from geo.coverage import Coverage, Place, Scope, scopes
from geo.crosswalk import Crosswalk
from geo.evidence import Evidence
from geo.findings import Finding, Settings
from geo.guidance import Check, run_checks
from geo.perimeter import Perimeter, PerimeterFacts
from geo.preview import Preview
from geo.suggest import Suggestions, suggest
from geo.world import World, open_world

if TYPE_CHECKING:
    from geo.display import DisplayIndex

STATIC = Path(__file__).resolve().parent.parent / "static"
GEO = STATIC / "geo"
LOOK_AGAIN_S = 3.0


@st.cache_data(ttl=LOOK_AGAIN_S, show_spinner=False)
def token() -> str:
    """Return what changes when the data in use changes."""
    return world_module.token()


@st.cache_resource(show_spinner="Chargement des communes…", max_entries=2)
def _world(used: str) -> World:
    loaded = open_world()
    # Streamlit collects garbage after every run; what is loaded for good is taken out of its sight (design: 5 to 8
    # times more clicks a second).
    gc.collect()
    gc.freeze()
    return loaded


def world() -> World:
    """Return everything the dashboard knows, shared by all sessions."""
    return _world(token())


def evidence() -> Evidence:
    """Return what rules and figures rest on."""
    return world().evidence


def crosswalk() -> Crosswalk:
    """Return every layer against the communes."""
    return world().crosswalk


def atlas() -> Atlas:
    """Return the communes."""
    return world().atlas


SOURCES = {"qpv": "QPV", "densite": "grille de densité", "ressources": "lieux de santé mentale", "cpts": "CPTS"}


def synchronised_text() -> str:
    """Say which sources came from a synchronisation and which are still the embedded ones."""
    here = world().synchronised
    fresh = [name for kind, name in SOURCES.items() if kind in here]
    waiting = [name for kind, name in SOURCES.items() if kind not in here]
    texts = [f"Synchronisé : {fr.listing(fresh)}."] if fresh else []
    texts += [f"Pas encore synchronisé : {fr.listing(waiting)}."] if waiting else []
    brought = [world().crosswalk.layers[kind].name for kind in world().imported]
    texts += [f"Importé : {fr.listing(brought)}."] if brought else []
    return " ".join(texts)


@st.cache_resource
def every_scope() -> dict[str, Scope]:
    """Return the territories a map can show."""
    return scopes(atlas())


@st.cache_resource(max_entries=256, show_spinner=False)
def _facts(used: str, perimeter: Perimeter) -> PerimeterFacts:
    return world().facts(perimeter)


def facts(perimeter: Perimeter) -> PerimeterFacts:
    """Return the facts of a perimeter; read only."""
    return _facts(token(), perimeter)


@st.cache_resource(max_entries=256, show_spinner=False)
def _findings(used: str, perimeter: Perimeter, settings: Settings) -> tuple[tuple[Check, Finding], ...]:
    return run_checks(facts(perimeter), settings)


def findings(perimeter: Perimeter, settings: Settings | None = None) -> tuple[tuple[Check, Finding], ...]:
    """Return the checks of a perimeter, by the thresholds given (those of the guide by default)."""
    return _findings(token(), perimeter, settings or Settings())


@st.cache_resource(max_entries=256, show_spinner=False)
def _preview(used: str, perimeter: Perimeter, settings: Settings, locked: frozenset[str]) -> Preview:
    return preview_module.preview(evidence(), perimeter.communes, settings, locked=locked)


def preview(perimeter: Perimeter, settings: Settings, locked: frozenset[str] = frozenset()) -> Preview:
    """Return what one more click would change, for each neighbour and each member of a perimeter."""
    return _preview(token(), perimeter, settings, locked)


@st.cache_resource(max_entries=64, show_spinner=False)
def _suggestions(used: str, perimeter: Perimeter, settings: Settings, locked: frozenset[str]) -> Suggestions:
    return suggest(evidence(), perimeter.communes, settings, locked=locked)


def suggestions(perimeter: Perimeter, settings: Settings, locked: frozenset[str] = frozenset()) -> Suggestions:
    """Return the communes and groups most worth adding to a perimeter, or taking out of it."""
    return _suggestions(token(), perimeter, settings, locked)


@st.cache_resource(max_entries=64, show_spinner=False)
def _scope_coverage(used: str, scope: Scope, complete: tuple[str, ...]) -> Coverage:
    return coverage_module.coverage(scope, crosswalk(), complete=complete)


def scope_coverage(scope: Scope, complete: tuple[str, ...]) -> Coverage:
    """Return the coverage of a scope, `complete` as in geo.coverage."""
    return _scope_coverage(token(), scope, complete)


@st.cache_resource(max_entries=4, show_spinner=False)
def _clsm_places(used: str) -> tuple[Place, ...]:
    return coverage_module.clsm_places(crosswalk())


def clsm_places() -> tuple[Place, ...]:
    """Return where to draw each CLSM known."""
    return _clsm_places(token())


@st.cache_resource(max_entries=2, show_spinner="Préparation des contours (une seule fois, moins d’une minute)…")
def _display_index(newer: str) -> DisplayIndex:
    from geo.display import derive, scope_index, up_to_date  # with GeoPandas, which no figure waits for

    people = atlas().population if newer else None
    if not up_to_date(GEO, people=people):
        derive(GEO, people=people)
    return scope_index(GEO)


def display_index() -> DisplayIndex:
    """Return the index of the display geometry, made now if set-up did not make it for the inhabitants in use."""
    return _display_index(token() if "populations" in world().synchronised else "")
