"""Every cache of the screen, in one place: the shared, read-only data and what is worked out from it."""

from __future__ import annotations

import gc
from pathlib import Path

import streamlit as st

from geo import coverage as coverage_module
from geo.communes import Atlas, load_atlas
from geo.coverage import Coverage, Place, Scope, coverage, scopes
from geo.crosswalk import Crosswalk, build_crosswalk
from geo.density import Density, approximate_density
from geo.display import derive, scope_index, up_to_date
from geo.findings import Finding
from geo.guidance import Check, run_checks
from geo.layers import load_layers
from geo.perimeter import Perimeter, PerimeterFacts

STATIC = Path(__file__).resolve().parent.parent / "static"
GEO = STATIC / "geo"


@st.cache_resource(show_spinner="Chargement des communes…")
def crosswalk() -> Crosswalk:
    """Load the atlas and every layer once for all sessions."""
    atlas = load_atlas()
    loaded = build_crosswalk(atlas, load_layers(atlas))
    # Streamlit collects garbage after every run; what is loaded for good is taken out of its sight (design: 5 to 8
    # times more clicks a second).
    gc.collect()
    gc.freeze()
    return loaded


def atlas() -> Atlas:
    """Return the communes."""
    return crosswalk().atlas


@st.cache_resource
def density() -> Density:
    """Return the density classes in use."""
    return approximate_density(atlas())


@st.cache_resource
def every_scope() -> dict[str, Scope]:
    """Return the territories a map can show."""
    return scopes(atlas())


@st.cache_resource(max_entries=256)
def facts(perimeter: Perimeter) -> PerimeterFacts:
    """Return the facts of a perimeter; read only."""
    return PerimeterFacts(perimeter, crosswalk(), density())


@st.cache_resource(max_entries=256)
def findings(perimeter: Perimeter) -> tuple[tuple[Check, Finding], ...]:
    """Return the checks of a perimeter."""
    return run_checks(facts(perimeter))


@st.cache_resource(max_entries=64)
def scope_coverage(scope: Scope, complete: tuple[str, ...]) -> Coverage:
    """Return the coverage of a scope, `complete` as in geo.coverage."""
    return coverage(scope, crosswalk(), complete=complete)


@st.cache_resource(show_spinner="Préparation des contours (une seule fois, moins d’une minute)…")
def display_index():
    """Return the index of the display geometry, made now if set-up did not make it."""
    if not up_to_date(GEO):
        derive(GEO)
    return scope_index(GEO)


@st.cache_resource
def clsm_places() -> tuple[Place, ...]:
    """Return where to draw each CLSM known."""
    return coverage_module.clsm_places(crosswalk())
