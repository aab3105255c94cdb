"""The shared, read-only data of the screen and what is computed from it; every cache is made by `ui.cache`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from geo import coverage
from geo import french as fr
from geo import suggest as suggest_core
from geo.communes import Atlas, extent_text
from geo.comparison import Candidate, SideBySide, side_by_side
from geo.coverage import ClsmMarker, Coverage, CoverageView, Figure, Scope, scopes
from geo.dataset import Dataset, can_open, derive_maps, open_dataset, opened
from geo.guidance import Check, Finding, Settings, run_checks
from geo.indicators import things_of
from geo.layers import Crosswalk, Evidence
from geo.paths import ROOT
from geo.perimeters import Perimeter, PerimeterFacts
from geo.suggest import Preview, Suggestions, suggest
from ui.cache import Cities, cities, claims, declared_complete, keyed_on_data
from ui.server import settle

if TYPE_CHECKING:
    from geo.display import DisplayIndex

STATIC = ROOT / "static"
GEO = STATIC / "geo"


@keyed_on_data(max_entries=1, spinner="Chargement des communes…", stated=False)
def official() -> Dataset:
    """Return everything the dashboard knows, shared by all sessions, without what anybody claims."""
    loaded = open_dataset()
    settle()
    return loaded


@keyed_on_data(max_entries=6)
def _claimed() -> Dataset:
    return official().with_claims(claims())


def world() -> Dataset:
    """Return everything the dashboard knows, with what this session claims laid over it."""
    return _claimed() if claims() else official()


def warm() -> None:
    """Load what every page needs, before anybody asks."""
    display_index()
    every_scope()
    clsm_places()


def warm_needs() -> None:
    """Read the indicators of need and lay them on the communes: three seconds where the official ones are in, nothing where none is."""
    here = official()
    if len(here.indicators):
        things_of(here.indicators, here.atlas, here.iris)


# --- with the cities that the session's workbook opens into IRIS: what judges a perimeter rests on these -----------------
@keyed_on_data(max_entries=4)
def _opened(wanted: Cities) -> Dataset:
    here = official()
    return opened(here, can_open(here, wanted)[0]).with_claims(claims())  # laid over the IRIS that they name


def opened_world(wanted: Cities | None = None) -> Dataset:
    """Return `world()` with cities opened into IRIS, by default those of the session's workbook; with none, it is `world()` itself."""
    wanted = cities() if wanted is None else wanted
    return _opened(wanted) if wanted else world()


def opened_crosswalk() -> Crosswalk:
    """Return every layer against the communes, and the IRIS of the opened cities."""
    return opened_world().crosswalk


def opened_atlas() -> Atlas:
    """Return the communes, and the IRIS of the opened cities."""
    return opened_world().atlas if cities() else atlas()


def atlas_of(wanted: Iterable[str]) -> Atlas:
    """Return the communes as a workbook has them that opens these cities: nothing that is claimed changes them."""
    some = tuple(sorted(wanted))
    return opened_world(some).atlas if some else atlas()


@keyed_on_data(max_entries=4)
def _stated(complete: tuple[str, ...], wanted: Cities) -> Dataset:
    return opened_world(wanted).as_stated(complete)


def as_read(complete: tuple[str, ...], wanted: Cities | None = None) -> Dataset:
    """Return the data as somebody reads them who states that the list of CLSM is complete in some départements, with cities opened, by
    default those of the session's workbook."""
    wanted = cities() if wanted is None else wanted
    return _stated(complete, wanted) if complete else opened_world(wanted)


def evidence() -> Evidence:
    """Return what rules and figures rest on, as the session reads it."""
    return as_read(declared_complete()).evidence


def crosswalk() -> Crosswalk:
    """Return every layer against the communes."""
    return world().crosswalk


def atlas() -> Atlas:
    """Return the communes."""
    return official().atlas


SOURCES = {"qpv": "QPV", "densite": "grille de densité", "ressources": "lieux de santé mentale", "cpts": "CPTS"}


def synchronised_text() -> str:
    """Say which sources came from a synchronisation and which are still the embedded ones."""
    here, waiting = world().synchronised, waiting_sources()
    fresh = [
        f"{name}{f' : {where}' if (where := reach(kind)) else ''}" for kind, name in SOURCES.items() if kind in here
    ]
    texts = [f"Synchronisé : {' ; '.join(fresh)}."] if fresh else []
    texts += [f"Pas encore synchronisé : {fr.listing(waiting)}."] if waiting else []
    brought = [world().crosswalk.layers[kind].name for kind in world().imported]
    texts += [f"Importé : {fr.listing(brought)}."] if brought else []
    return " ".join(texts)


def waiting_sources() -> list[str]:
    """Name the sources that were never synchronised."""
    return [name for kind, name in SOURCES.items() if kind not in world().synchronised]


def reach(kind: str) -> str:
    """Say where a synchronised list is complete, when that is not everywhere: « Occitanie seulement »; empty else."""
    used = world()
    if kind == "ressources" and used.resources is not None:
        extent = used.resources.extent
    elif kind in used.sources and kind in used.crosswalk.layers:
        extent = frozenset(used.sources[kind].manifest.departements)
    else:
        return ""
    where = extent_text(extent, used.atlas)
    return f"{where} seulement" if where else ""


@keyed_on_data(stated=False)
def every_scope() -> dict[str, Scope]:
    """Return the territories a map can show; their communes are those of the active data, at any time."""
    return scopes(atlas(), follow=atlas)


# What is said of a perimeter follows what the session declares and opens: each answer is kept for one declaration, one opening.
def facts(perimeter: Perimeter) -> PerimeterFacts:
    """Return the facts of a perimeter; read only."""
    return _facts(perimeter, declared_complete(), cities())


@keyed_on_data(max_entries=256)
def _facts(perimeter: Perimeter, complete: tuple[str, ...], wanted: Cities) -> PerimeterFacts:
    return as_read(complete, wanted).facts(perimeter)


def findings(perimeter: Perimeter, settings: Settings | None = None) -> tuple[tuple[Check, Finding], ...]:
    """Return the checks of a perimeter, by the thresholds given (those of the guide by default)."""
    return _findings(perimeter, settings or Settings(), declared_complete(), cities())


@keyed_on_data(max_entries=256)
def _findings(
    perimeter: Perimeter, settings: Settings, complete: tuple[str, ...], wanted: Cities
) -> tuple[tuple[Check, Finding], ...]:
    return run_checks(_facts(perimeter, complete, wanted), settings)


def preview(perimeter: Perimeter, settings: Settings, locked: frozenset[str] = frozenset()) -> Preview:
    """Return what one more click would change, for each neighbour and each member of a perimeter."""
    return _preview(perimeter, settings, locked, declared_complete(), cities())


@keyed_on_data(max_entries=256)
def _preview(
    perimeter: Perimeter, settings: Settings, locked: frozenset[str], complete: tuple[str, ...], wanted: Cities
) -> Preview:
    return suggest_core.preview(as_read(complete, wanted).evidence, perimeter.communes, settings, locked=locked)


def suggestions(
    perimeter: Perimeter, settings: Settings, locked: frozenset[str] = frozenset(), *, beyond: bool = False
) -> Suggestions:
    """Return the moves worth discussing for a perimeter, and its divisions; `beyond` crosses départements."""
    return _suggestions(perimeter, settings, locked, beyond, declared_complete(), cities())


@keyed_on_data(max_entries=64)
def _suggestions(
    perimeter: Perimeter,
    settings: Settings,
    locked: frozenset[str],
    beyond: bool,
    complete: tuple[str, ...],
    wanted: Cities,
) -> Suggestions:
    return suggest(as_read(complete, wanted).evidence, perimeter.communes, settings, locked=locked, beyond=beyond)


def compared(
    chosen: tuple[Candidate, ...], settings: Settings, reference: int, complete: tuple[str, ...] | None = None
) -> SideBySide:
    """Return perimeters side by side, by what the session declares unless `complete` says otherwise; read only."""
    return _compared(chosen, settings, reference, declared_complete() if complete is None else complete, cities())


@keyed_on_data(max_entries=64)
def _compared(
    chosen: tuple[Candidate, ...], settings: Settings, reference: int, complete: tuple[str, ...], wanted: Cities
) -> SideBySide:
    return side_by_side(chosen, as_read(complete, wanted), settings, reference=reference)


@keyed_on_data(max_entries=64)
def scope_coverage(view: CoverageView, wanted: Cities = ()) -> Coverage:
    """Return who is covered in a territory, and where; by IRIS in the cities named, if any."""
    used = opened_world(wanted)
    scope = view.scope.on(used.atlas) if wanted else view.scope
    return coverage.coverage(scope, used.crosswalk, complete=view.complete, aside=view.aside)


def covered_in_france() -> Figure:
    """Return the people of France covered, as the page Couverture gives them in this session."""
    return _covered_in_france(declared_complete())


@keyed_on_data(max_entries=4)
def _covered_in_france(complete: tuple[str, ...]) -> Figure:
    used = world()
    state = coverage.coverage_state(used.crosswalk, used.density, complete=complete)
    return coverage.covered_figure(every_scope()["france"].on(used.atlas), state)


@keyed_on_data(max_entries=4)
def clsm_places() -> tuple[ClsmMarker, ...]:
    """Return where to draw each CLSM known."""
    return coverage.clsm_places(crosswalk())


@keyed_on_data(max_entries=1, spinner="Préparation des contours (une seule fois, moins d’une minute)…", stated=False)
def display_index() -> DisplayIndex:
    """Return the index of the display geometry, made now if set-up did not make it for the active inhabitants."""
    from geo.display import scope_index  # with GeoPandas, which no figure waits for

    derive_maps(GEO, official())
    return scope_index(GEO)
