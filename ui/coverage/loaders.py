"""What the page Couverture computes, kept by `ui.cache` for each territory and each statement of complete lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo import coverage
from geo.coverage import (
    Benchmark,
    CoverageState,
    Figure,
    Mix,
    Portfolio,
    Scope,
    Siting,
    Stability,
    Weights,
    coverage_state,
    scope_rows,
)
from geo.errors import GeoInputError
from ui import loaders
from ui.cache import keyed_on_data

if TYPE_CHECKING:
    from geo.exports import CoverageReport


@keyed_on_data()
def coverage_scopes() -> dict[str, Scope]:
    """Return every territory whose coverage can be read: those of `every_scope`, then the EPCI and the EPT."""
    return loaders.every_scope() | coverage.local_scopes(loaders.atlas())


@keyed_on_data(max_entries=16)
def board(complete: tuple[str, ...]) -> CoverageState:
    """Return the state of every commune, `complete` as in geo.coverage; read only."""
    return coverage_state(loaders.crosswalk(), loaders.world().density, complete=complete)


@keyed_on_data(max_entries=128)
def figures(scope: Scope, complete: tuple[str, ...]) -> tuple[Figure, ...]:
    """Return the figures of a scope, each with that of the level above."""
    return coverage.scope_figures(scope, board(complete))


@keyed_on_data(max_entries=128)
def limits(scope: Scope, complete: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """Return what limits the reading of a scope: layer, why, how to complete."""
    return coverage.limits(scope, board(complete))


@keyed_on_data(max_entries=48)
def gaps(level: str, scope: Scope, complete: tuple[str, ...]) -> pd.DataFrame:
    """Return the gap table of a level; read only, copy it before any change."""
    return coverage.gap_table(level, scope, board(complete))


@keyed_on_data(max_entries=64)
def stability(level: str, scope: Scope, complete: tuple[str, ...], weights: Weights, first: int) -> Stability:
    """Return how the `first` places of a level hold when weights move."""
    return coverage.stability(gaps(level, scope, complete), weights, first=first)


@keyed_on_data(max_entries=64, spinner="Recherche de la meilleure réponse, quelques secondes au plus…")
def next_clsm(scope: Scope, complete: tuple[str, ...], kind: str, k: int, mix: Mix, ceiling: float | None) -> Siting:
    """Return the next k CLSM among the zones of a layer, as geo.coverage.siting does."""
    here = board(complete)
    return coverage.next_clsm(
        scope, here, coverage.candidates(kind, scope, here), k, mix=mix, ceiling=ceiling, kind=kind
    )


@keyed_on_data(max_entries=64, spinner="Recherche de la meilleure réponse, quelques secondes au plus…")
def next_own(
    scope: Scope,
    complete: tuple[str, ...],
    sets: tuple[tuple[str, tuple[str, ...]], ...],
    k: int,
    mix: Mix,
    ceiling: float | None,
) -> Siting:
    """Return the next k CLSM among perimeters that the user gave: (name, codes) each."""
    here = board(complete)
    return coverage.next_clsm(scope, here, coverage.own_candidates(dict(sets), here), k, mix=mix, ceiling=ceiling)


@keyed_on_data(max_entries=256)
def candidates_here(kind: str, scope: Scope) -> bool:
    """Say whether a scope has possible CLSM of a kind."""
    return bool(coverage.candidates(kind, scope, board(())))


def figures_after(found: Siting, complete: tuple[str, ...]) -> tuple[Figure, ...]:
    """Return the figures of a scope with the CLSM of an answer in service."""
    return found.figures_after(board(complete))


@keyed_on_data(max_entries=64)
def survey(scope: Scope, complete: tuple[str, ...]) -> tuple[Portfolio, tuple[Benchmark, ...]]:
    """Return the CLSM of a scope one by one, and their features beside the national surveys."""
    here = board(complete)
    return coverage.portfolio(scope, here), coverage.distribution(scope, here)


@keyed_on_data(max_entries=64)
def covered_curve(scope: Scope, complete: tuple[str, ...]) -> pd.DataFrame:
    """Return how the people covered add up, CLSM after CLSM; read only."""
    return coverage.covered_curve(scope, board(complete))


@keyed_on_data(max_entries=8)
def _report(
    scope: Scope,
    complete: tuple[str, ...],
    level: str,
    weights: Weights,
    ask: tuple[str, int, Mix, float | None, tuple[tuple[str, tuple[str, ...]], ...]] | None,
) -> CoverageReport:
    from geo.exports import CoverageReport

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


@keyed_on_data(max_entries=12)
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
    from geo.exports import coverage_files as coverage_exports
    from ui.coverage.export import zipped

    report = _report(scope, complete, level, weights, ask)
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


@keyed_on_data(max_entries=512)
def zones_here(layer_id: str, scope: Scope) -> int:
    """Return how many zones of a layer a scope meets."""
    members = loaders.crosswalk().layers[layer_id].members
    inside = np.zeros(len(loaders.atlas().table), dtype=bool)
    inside[scope_rows(scope, loaders.atlas())] = True
    return len(np.unique(members["zone"].to_numpy()[inside[members["row"].to_numpy()]]))
