"""What the page « Ma région » shows, kept by `ui.cache`; the projects are read from the register at each run, for they are few."""

from __future__ import annotations

from datetime import date

from geo import coverage, projects, region
from geo.coverage import CoverageState, Figure, Scope, Start, ToCheck, Weights, coverage_state
from geo.errors import GeoInputError
from geo.projects import Kept, Mark
from geo.region import Alert, Trend
from ui import loaders
from ui.cache import declared_complete, keyed_on_data


@keyed_on_data(max_entries=8)
def _state(complete: tuple[str, ...]) -> CoverageState:
    return coverage_state(loaders.crosswalk(), loaders.world().density, complete=complete)


def state() -> CoverageState:
    """Return the state of every commune, as the session declares lists complete; read only."""
    return _state(declared_complete())


@keyed_on_data(max_entries=64)
def _figures(scope: Scope, complete: tuple[str, ...]) -> tuple[Figure, ...]:
    here = _state(complete)
    return coverage.scope_figures(scope.on(here.atlas), here)


def figures(scope: Scope) -> tuple[Figure, ...]:
    """Return the figures of a région, those of the page Couverture."""
    return _figures(scope, declared_complete())


@keyed_on_data(max_entries=64)
def _checks(scope: Scope, complete: tuple[str, ...]) -> ToCheck:
    here = _state(complete)
    return coverage.to_check(scope.on(here.atlas), here, Weights())


@keyed_on_data(max_entries=64)
def _alerts(scope: Scope, complete: tuple[str, ...], marks: tuple[Mark, ...], today: date) -> tuple[Alert, ...]:
    """Return the alerts; `marks` of the projects followed make a new answer when one of them changes."""
    followed = [k for k in projects.kept(scope.code) if k.mark in marks]
    return region.alerts(scope, _state(complete), followed, _checks(scope, complete), today)


def alerts(scope: Scope, followed: tuple[Kept, ...], today: date) -> tuple[Alert, ...]:
    """Return the alerts of a région, as the session declares lists complete."""
    return _alerts(scope, declared_complete(), tuple(k.mark for k in followed), today)


@keyed_on_data(max_entries=32)
def _trend(scope: Scope, complete: tuple[str, ...]) -> Trend:
    return region.trend(scope, _state(complete))


def trend(scope: Scope) -> Trend:
    """Return a territory's CLSM through time."""
    return _trend(scope, declared_complete())


def followed(scope: Scope) -> tuple[tuple[Kept, ...], str]:
    """Return the projects of a région as they are now, and what keeps the register from being read, "" when nothing does."""
    try:
        return projects.kept(scope.code), ""
    except GeoInputError as error:
        return (), " ".join(error.problems)


def starts(codes: frozenset[str]) -> tuple[Start, ...]:
    """Return what a perimeter may start from among communes of today."""
    atlas = loaders.atlas()
    rows = [atlas.row[code] for code in codes if code in atlas.row]
    return coverage.starts(sorted(rows), state(), alone=False)
