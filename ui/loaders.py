"""Every cache of the screen, in one place: the shared, read-only data and what is worked out from it.

What is worked out is keyed on the token of the data in use, so that a synchronisation that ends is seen by every
session at its next run, and nothing stale is shown.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from geo import benchmarks, coverage_curve, coverage_figures, priorities, siting
from geo import coverage as coverage_module
from geo import french as fr
from geo import gaps as gaps_module
from geo import preview as preview_module
from geo import world as world_module
from geo.benchmarks import Benchmark, Portfolio
from geo.communes import Atlas
from geo.coverage import Coverage, Place, Scope, scope_rows, scopes
from geo.coverage_figures import Figure
from geo.coverage_people import Board, make_board
from geo.crosswalk import Crosswalk
from geo.errors import GeoInputError
from geo.findings import Finding, Settings
from geo.guidance import Check, run_checks
from geo.perimeter import Perimeter, PerimeterFacts
from geo.preview import Preview
from geo.priorities import Stability, Weights
from geo.siting import Mix, Siting
from geo.suggest import Suggestions, suggest
from geo.world import World, open_world

if TYPE_CHECKING:
    from geo.coverage_report import CoverageReport
    from geo.display import DisplayIndex

STATIC = Path(__file__).resolve().parent.parent / "static"
GEO = STATIC / "geo"
LOOK_AGAIN_S = 3.0


@st.cache_data(ttl=LOOK_AGAIN_S, show_spinner=False)
def token() -> str:
    """Return what changes when the data in use changes."""
    return world_module.token()


@st.cache_resource(show_spinner="Chargement des communes…", max_entries=2)
def _world(_: str) -> World:
    loaded = open_world()
    # Streamlit collects garbage after every run; what is loaded for good is taken out of its sight (design: 5 to 8
    # times more clicks a second).
    gc.collect()
    gc.freeze()
    return loaded


def world() -> World:
    """Return everything the dashboard knows, shared by all sessions."""
    return _world(token())


def crosswalk() -> Crosswalk:
    """Return every layer against the communes."""
    return world().crosswalk


def atlas() -> Atlas:
    """Return the communes."""
    return world().atlas


SOURCES = {"qpv": "QPV", "densite": "grille de densité", "ressources": "lieux de santé mentale"}


def synchronised_text() -> str:
    """Say which sources came from a synchronisation and which are still the embedded ones."""
    here = world().synchronised
    fresh = [name for kind, name in SOURCES.items() if kind in here]
    waiting = [name for kind, name in SOURCES.items() if kind not in here]
    texts = [f"Synchronisé : {fr.listing(fresh)}."] if fresh else []
    texts += [f"Pas encore synchronisé : {fr.listing(waiting)}."] if waiting else []
    return " ".join(texts)


@st.cache_resource
def every_scope() -> dict[str, Scope]:
    """Return the territories a map can show."""
    return scopes(atlas())


@st.cache_resource(max_entries=256, show_spinner=False)
def _facts(_: str, perimeter: Perimeter) -> PerimeterFacts:
    return world().facts(perimeter)


def facts(perimeter: Perimeter) -> PerimeterFacts:
    """Return the facts of a perimeter; read only."""
    return _facts(token(), perimeter)


@st.cache_resource(max_entries=256, show_spinner=False)
def _findings(_: str, perimeter: Perimeter, settings: Settings) -> tuple[tuple[Check, Finding], ...]:
    return run_checks(facts(perimeter), settings)


def findings(perimeter: Perimeter, settings: Settings | None = None) -> tuple[tuple[Check, Finding], ...]:
    """Return the checks of a perimeter, by the thresholds given (those of the guide by default)."""
    return _findings(token(), perimeter, settings or Settings())


@st.cache_resource(max_entries=256, show_spinner=False)
def _preview(_: str, perimeter: Perimeter, settings: Settings, locked: frozenset[str]) -> Preview:
    return preview_module.preview(world(), perimeter.communes, settings, locked=locked)


def preview(perimeter: Perimeter, settings: Settings, locked: frozenset[str] = frozenset()) -> Preview:
    """Return what one more click would change, for each neighbour and each member of a perimeter."""
    return _preview(token(), perimeter, settings, locked)


@st.cache_resource(max_entries=64, show_spinner=False)
def _suggestions(_: str, perimeter: Perimeter, settings: Settings, locked: frozenset[str]) -> Suggestions:
    return suggest(world(), perimeter.communes, settings, locked=locked)


def suggestions(perimeter: Perimeter, settings: Settings, locked: frozenset[str] = frozenset()) -> Suggestions:
    """Return the communes and groups most worth adding to a perimeter, or taking out of it."""
    return _suggestions(token(), perimeter, settings, locked)


@st.cache_resource(max_entries=64, show_spinner=False)
def _scope_coverage(_: str, scope: Scope, complete: tuple[str, ...]) -> Coverage:
    return coverage_module.coverage(scope, crosswalk(), complete=complete)


def scope_coverage(scope: Scope, complete: tuple[str, ...]) -> Coverage:
    """Return the coverage of a scope, `complete` as in geo.coverage."""
    return _scope_coverage(token(), scope, complete)


@st.cache_resource(max_entries=4, show_spinner=False)
def _clsm_places(_: str) -> tuple[Place, ...]:
    return coverage_module.clsm_places(crosswalk())


def clsm_places() -> tuple[Place, ...]:
    """Return where to draw each CLSM known."""
    return _clsm_places(token())


@st.cache_resource(show_spinner="Préparation des contours (une seule fois, moins d’une minute)…")
def display_index() -> DisplayIndex:
    """Return the index of the display geometry, made now if set-up did not make it."""
    from geo.display import derive, scope_index, up_to_date  # with GeoPandas, which no figure waits for

    if not up_to_date(GEO):
        derive(GEO)
    return scope_index(GEO)


# --- the page Couverture ------------------------------------------------------------------------------------------


@st.cache_resource
def coverage_scopes() -> dict[str, Scope]:
    """Return every territory whose coverage can be read: those of `every_scope`, then the EPCI and the EPT."""
    return every_scope() | coverage_module.local_scopes(atlas())


@st.cache_resource(max_entries=16, show_spinner=False)
def _board(_: str, complete: tuple[str, ...]) -> Board:
    return make_board(crosswalk(), world().density, complete=complete)


def board(complete: tuple[str, ...]) -> Board:
    """Return the state of every commune, `complete` as in geo.coverage; read only."""
    return _board(token(), complete)


@st.cache_resource(max_entries=128, show_spinner=False)
def _figures(_: str, scope: Scope, complete: tuple[str, ...]) -> tuple[Figure, ...]:
    return coverage_figures.scope_figures(scope, board(complete))


def figures(scope: Scope, complete: tuple[str, ...]) -> tuple[Figure, ...]:
    """Return the figures of a scope, each with that of the level above."""
    return _figures(token(), scope, complete)


@st.cache_resource(max_entries=128, show_spinner=False)
def _limits(_: str, scope: Scope, complete: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    return coverage_figures.limits(scope, board(complete))


def limits(scope: Scope, complete: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """Return what limits the reading of a scope: layer, why, how to complete."""
    return _limits(token(), scope, complete)


@st.cache_resource(max_entries=48, show_spinner=False)
def _gaps(_: str, level: str, scope: Scope, complete: tuple[str, ...]) -> pd.DataFrame:
    return gaps_module.gap_table(level, scope, board(complete))


def gaps(level: str, scope: Scope, complete: tuple[str, ...]) -> pd.DataFrame:
    """Return the gap table of a level; read only, copy it before any change."""
    return _gaps(token(), level, scope, complete)


@st.cache_resource(max_entries=64, show_spinner=False)
def _stability(_: str, level: str, scope: Scope, complete: tuple[str, ...], weights: Weights, first: int) -> Stability:
    return priorities.stability(gaps(level, scope, complete), weights, first=first)


def stability(level: str, scope: Scope, complete: tuple[str, ...], weights: Weights, first: int) -> Stability:
    """Return how the `first` places of a level hold when weights move."""
    return _stability(token(), level, scope, complete, weights, first)


@st.cache_resource(max_entries=64, show_spinner="Recherche de la meilleure réponse, quelques secondes au plus…")
def _next_clsm(
    _: str, scope: Scope, complete: tuple[str, ...], kind: str, k: int, mix: Mix, ceiling: float | None
) -> Siting:
    here = board(complete)
    return siting.next_clsm(scope, here, siting.candidates(kind, scope, here), k, mix=mix, ceiling=ceiling, kind=kind)


def next_clsm(scope: Scope, complete: tuple[str, ...], kind: str, k: int, mix: Mix, ceiling: float | None) -> Siting:
    """Return the next k CLSM among the zones of a layer, as geo.siting does."""
    return _next_clsm(token(), scope, complete, kind, k, mix, ceiling)


@st.cache_resource(max_entries=64, show_spinner="Recherche de la meilleure réponse, quelques secondes au plus…")
def _next_own(
    _: str,
    scope: Scope,
    complete: tuple[str, ...],
    sets: tuple[tuple[str, tuple[str, ...]], ...],
    k: int,
    mix: Mix,
    ceiling: float | None,
) -> Siting:
    here = board(complete)
    return siting.next_clsm(scope, here, siting.own_candidates(dict(sets), here), k, mix=mix, ceiling=ceiling)


def next_own(
    scope: Scope,
    complete: tuple[str, ...],
    sets: tuple[tuple[str, tuple[str, ...]], ...],
    k: int,
    mix: Mix,
    ceiling: float | None,
) -> Siting:
    """Return the next k CLSM among perimeters that the user gave: (name, codes) each."""
    return _next_own(token(), scope, complete, sets, k, mix, ceiling)


@st.cache_resource(max_entries=256, show_spinner=False)
def _candidates_here(_: str, kind: str, scope: Scope) -> bool:
    return bool(siting.candidates(kind, scope, board(())))


def candidates_here(kind: str, scope: Scope) -> bool:
    """Say whether a scope has possible CLSM of a kind."""
    return _candidates_here(token(), kind, scope)


def figures_after(found: Siting, complete: tuple[str, ...]) -> tuple[Figure, ...]:
    """Return the figures of a scope with the CLSM of an answer in service."""
    return found.figures_after(board(complete))


@st.cache_resource(max_entries=64, show_spinner=False)
def _survey(_: str, scope: Scope, complete: tuple[str, ...]) -> tuple[Portfolio, tuple[Benchmark, ...]]:
    here = board(complete)
    return benchmarks.portfolio(scope, here), benchmarks.distribution(scope, here)


def survey(scope: Scope, complete: tuple[str, ...]) -> tuple[Portfolio, tuple[Benchmark, ...]]:
    """Return the CLSM of a scope one by one, and their features beside the national surveys."""
    return _survey(token(), scope, complete)


@st.cache_resource(max_entries=64, show_spinner=False)
def _curve(_: str, scope: Scope, complete: tuple[str, ...]) -> pd.DataFrame:
    return coverage_curve.covered_curve(scope, board(complete))


def covered_curve(scope: Scope, complete: tuple[str, ...]) -> pd.DataFrame:
    """Return how the people covered add up, CLSM after CLSM; read only."""
    return _curve(token(), scope, complete)


@st.cache_resource(max_entries=8, show_spinner=False)
def _report(
    _: str,
    scope: Scope,
    complete: tuple[str, ...],
    level: str,
    weights: Weights,
    ask: tuple[str, int, Mix, float | None, tuple[tuple[str, tuple[str, ...]], ...]] | None,
) -> CoverageReport:
    from geo.coverage_report import CoverageReport

    found = None
    if ask is not None:
        kind, k, mix, ceiling, own = ask
        try:
            found = (
                next_own(scope, complete, own, k, mix, ceiling)
                if kind == "libre"
                else next_clsm(scope, complete, kind, k, mix, ceiling)
            )
        except GeoInputError:
            found = None  # nothing to choose among: the files say nothing of it, as the page does
    return CoverageReport(scope, board(complete), weights, level, found)


@st.cache_data(max_entries=12, show_spinner=False)
def _coverage_file(
    _: str,
    kind: str,
    scope: Scope,
    complete: tuple[str, ...],
    level: str,
    weights: Weights,
    ask: tuple[str, int, Mix, float | None, tuple[tuple[str, tuple[str, ...]], ...]] | None,
    told: tuple[str, str],
) -> bytes:
    from geo import coverage_exports
    from ui.coverage_export_view import zipped

    report = _report(token(), scope, complete, level, weights, ask)
    day, link = told
    if kind == "pdf":
        return coverage_exports.director_pdf(report, date=day, software="Tableau de bord CLSM", link=link)
    if kind == "zip":
        return zipped(coverage_exports.coverage_csv(report))
    makers = {
        "xlsx": coverage_exports.coverage_workbook,
        "geojson": coverage_exports.coverage_geojson,
        "gpkg": coverage_exports.coverage_geopackage,
    }
    return makers[kind](report)


def coverage_file(
    kind: str,
    scope: Scope,
    complete: tuple[str, ...],
    level: str,
    weights: Weights,
    ask: tuple[str, int, Mix, float | None, tuple[tuple[str, tuple[str, ...]], ...]] | None,
    told: tuple[str, str],
) -> bytes:
    """Return one file of a coverage view (pdf, xlsx, zip, geojson, gpkg); `ask`: the next CLSM; `told`: date and link."""
    return _coverage_file(token(), kind, scope, complete, level, weights, ask, told)


@st.cache_resource(max_entries=512, show_spinner=False)
def _zones_here(_: str, layer_id: str, scope: Scope) -> int:
    members = crosswalk().layers[layer_id].members
    inside = np.zeros(len(atlas().table), dtype=bool)
    inside[scope_rows(scope, atlas())] = True
    return len(np.unique(members["zone"].to_numpy()[inside[members["row"].to_numpy()]]))


def zones_here(layer_id: str, scope: Scope) -> int:
    """Return how many zones of a layer a scope meets."""
    return _zones_here(token(), layer_id, scope)
