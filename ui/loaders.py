"""The shared, read-only data of the screen and what is computed from it; every cache is made by `ui.data_cache`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from geo import coverage as coverage_module
from geo import french as fr
from geo import preview as preview_module
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
from ui import memory
from ui.data_cache import keyed_on_data
from ui.data_cache import token as token  # what acts on the data has it read again: `loaders.token.clear()`

if TYPE_CHECKING:
    from geo.display import DisplayIndex

STATIC = Path(__file__).resolve().parent.parent / "static"
GEO = STATIC / "geo"


@keyed_on_data(max_entries=1, spinner="Chargement des communes…")
def world() -> World:
    """Return everything the dashboard knows, shared by all sessions."""
    loaded = open_world()
    memory.settle()
    return loaded


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


@keyed_on_data()
def every_scope() -> dict[str, Scope]:
    """Return the territories a map can show."""
    return scopes(atlas())


@keyed_on_data(max_entries=256)
def facts(perimeter: Perimeter) -> PerimeterFacts:
    """Return the facts of a perimeter; read only."""
    return world().facts(perimeter)


@keyed_on_data(max_entries=256)
def findings(perimeter: Perimeter, settings: Settings | None = None) -> tuple[tuple[Check, Finding], ...]:
    """Return the checks of a perimeter, by the thresholds given (those of the guide by default)."""
    return run_checks(facts(perimeter), settings or Settings())


@keyed_on_data(max_entries=256)
def preview(perimeter: Perimeter, settings: Settings, locked: frozenset[str] = frozenset()) -> Preview:
    """Return what one more click would change, for each neighbour and each member of a perimeter."""
    return preview_module.preview(evidence(), perimeter.communes, settings, locked=locked)


@keyed_on_data(max_entries=64)
def suggestions(perimeter: Perimeter, settings: Settings, locked: frozenset[str] = frozenset()) -> Suggestions:
    """Return the communes and groups most worth adding to a perimeter, or taking out of it."""
    return suggest(evidence(), perimeter.communes, settings, locked=locked)


@keyed_on_data(max_entries=64)
def scope_coverage(scope: Scope, complete: tuple[str, ...]) -> Coverage:
    """Return the coverage of a scope, `complete` as in geo.coverage."""
    return coverage_module.coverage(scope, crosswalk(), complete=complete)


@keyed_on_data(max_entries=4)
def clsm_places() -> tuple[Place, ...]:
    """Return where to draw each CLSM known."""
    return coverage_module.clsm_places(crosswalk())


@keyed_on_data(max_entries=1, spinner="Préparation des contours (une seule fois, moins d’une minute)…")
def display_index() -> DisplayIndex:
    """Return the index of the display geometry, made now if set-up did not make it for the active inhabitants."""
    from geo.display import derive, scope_index, up_to_date  # with GeoPandas, which no figure waits for

    people = atlas().population if "populations" in world().synchronised else None
    if not up_to_date(GEO, people=people):
        derive(GEO, people=people)
    return scope_index(GEO)
