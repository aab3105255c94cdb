"""Figures of the page Couverture, kept by `ui.cache` for each view: a territory and a statement of complete lists."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from geo import coverage, exports, regret
from geo.coverage import (
    NOTHING_ASIDE,
    Aside,
    Benchmark,
    Compared,
    CoverageState,
    CoverageView,
    Figure,
    Limit,
    Pick,
    Portfolio,
    Scope,
    SectorView,
    Siting,
    SitingQuestion,
    Stability,
    Start,
    ToCheck,
    Weights,
    coverage_state,
)
from geo.errors import GeoInputError
from geo.exports import CoverageReport, Imprint, MapChoice
from geo.indicators import Thing
from geo.layers import LayerId
from geo.needs import Crossing, Reasons, classes_of_atoms, crossable, crossing, held_weights, whole_rows, with_needs
from geo.needs import criteria as criteria_of
from geo.needs import reasons as reasons_of
from geo.regret import SitingRegret
from geo.similar import Peers, similar_territories
from ui import loaders
from ui.cache import claims, keyed_on_data

EXTENT_LAYERS = (
    LayerId.CLSM, LayerId.QPV, LayerId.ADULT_SECTORS, LayerId.CHILD_SECTORS, LayerId.CLS, LayerId.CPTS, LayerId.DAC,
)  # fmt: skip


@keyed_on_data(stated=False)
def coverage_scopes() -> dict[str, Scope]:
    """Return every territory whose coverage can be read: those of `every_scope`, then the EPCI and the EPT."""
    return loaders.every_scope() | coverage.local_scopes(loaders.atlas(), follow=loaders.atlas)


@keyed_on_data(max_entries=16)
def state(complete: tuple[str, ...], aside: Aside = NOTHING_ASIDE) -> CoverageState:
    """Return the state of every commune, `complete` and `aside` as in geo.coverage; read only."""
    return coverage_state(loaders.crosswalk(), loaders.world().density, complete=complete, aside=aside)


def _of(view: CoverageView) -> tuple[Scope, CoverageState]:
    """Return the scope of a view and the state of the communes, both of one dataset."""
    found = state(view.complete, view.aside)
    return view.scope.on(found.atlas), found


@keyed_on_data(max_entries=128)
def figures(view: CoverageView) -> tuple[Figure, ...]:
    """Return the figures of a view, each with that of the level above."""
    return coverage.scope_figures(*_of(view))


@keyed_on_data(max_entries=128)
def limits(view: CoverageView) -> tuple[Limit, ...]:
    """Return what limits the reading of a view."""
    return coverage.limits(*_of(view))


def complete_lists(view: CoverageView) -> dict[str, bool]:
    """Return, by name of layer, whether its list is complete on the whole territory."""
    scope, here = _of(view)
    rows = scope.rows
    return {here.crosswalk.layers[i].name: here.known_here(i, rows) for i in EXTENT_LAYERS}


@keyed_on_data(max_entries=64)
def peers(view: CoverageView) -> Peers | None:
    """Return the territories like that of a view, and their coverage; None for France."""
    return similar_territories(*_of(view))


@keyed_on_data(max_entries=48)
def gaps(level: str, view: CoverageView) -> pd.DataFrame:
    """Return the gap table of a level; read only, copy it before any change."""
    return coverage.gap_table(level, *_of(view))


@keyed_on_data(max_entries=24)
def sectors(layer_id: LayerId, view: CoverageView) -> SectorView:
    """Return the sectors of one kind of a view; read only."""
    return coverage.sector_view(layer_id, *_of(view))


@keyed_on_data(stated=False)
def criteria() -> dict[str, Thing]:
    """Return the indicators that may be criteria, by identifier; read only. None at hand costs nothing."""
    return criteria_of(loaders.official().indicators, loaders.official().atlas, loaders.official().iris)


@keyed_on_data(stated=False)
def crossables() -> dict[str, Thing]:
    """Return the indicators that may be crossed with coverage, by identifier; read only."""
    return crossable(loaders.official().indicators, loaders.official().atlas, loaders.official().iris)


@keyed_on_data(max_entries=24)
def crossed(name: str, level: str, view: CoverageView) -> Crossing:
    """Return the coverage of a view crossed with an indicator that is at hand; read only."""
    return crossing(crossables()[name], level, *_of(view))


@keyed_on_data(max_entries=24)
def crossed_classes(name: str, level: str, view: CoverageView) -> np.ndarray:
    """Return the class of each commune of the country, -1 outside the view; read only."""
    return classes_of_atoms(crossed(name, level, view), _of(view)[1])


@keyed_on_data(max_entries=256)
def reasons(level: str, code: str, view: CoverageView) -> Reasons | None:
    """Return the indicators of a territory that say a greater need than its région's; None where there is nothing to compare."""
    world, here = loaders.official(), _of(view)[1]
    return (
        reasons_of(world.indicators, here.atlas, whole_rows(code, level, here), world.iris)
        if len(world.indicators)
        else None
    )


def held(weights: Weights) -> Weights:
    """Return weights without the indicators that are no longer at hand; GeoInputError when nothing is left."""
    return held_weights(weights, criteria()) if weights.needs else weights


@keyed_on_data(max_entries=48)
def ordered(level: str, view: CoverageView, needs: tuple[tuple[str, float, bool], ...] = ()) -> Compared:
    """Return what an order of a level compares, indicators included, and the criteria closed to it; read only."""
    scope, here = _of(view)
    found = coverage.compared(level, scope, here)
    return with_needs(found, level, Weights(needs=needs), criteria(), here) if needs else found


@keyed_on_data(max_entries=64)
def stability(level: str, view: CoverageView, weights: Weights, first: int) -> Stability:
    """Return how the `first` places of a level hold when weights move."""
    found = ordered(level, view, weights.needs)
    return coverage.stability(found.table, weights, found.closed, found.terms, first=first)


@keyed_on_data(max_entries=64)
def to_check(view: CoverageView, weights: Weights, first: int) -> ToCheck:
    """Return where a completed list would change the most."""
    return coverage.to_check(*_of(view), weights, first=first, order=ordered("epci", view, weights.needs))


@keyed_on_data(max_entries=64, spinner="Recherche de la meilleure réponse, quelques secondes au plus…")
def next_clsm(view: CoverageView, question: SitingQuestion) -> Siting:
    """Return the next CLSM, as geo.coverage.siting does."""
    return question.answer(*_of(view))


@keyed_on_data(max_entries=32)
def siting_regret(view: CoverageView, question: SitingQuestion) -> SitingRegret:
    """Return the next CLSM that regret the least once what is unknown is known, as `geo.regret` does."""
    return regret.siting_regret(question, next_clsm(view, question), *_of(view))


@keyed_on_data(max_entries=256)
def candidates_here(kind: str, scope: Scope) -> bool:
    """Say whether a scope has possible CLSM of a kind; perimeters that the user gives are possible anywhere."""
    return kind == "libre" or bool(coverage.siting_candidates(kind, *_of(CoverageView(scope))))


@keyed_on_data(max_entries=128)
def starts_of_line(level: str, code: str, view: CoverageView) -> tuple[Start, ...]:
    """Return what a perimeter may start from on a line of a table; `level` and `code` name the territory."""
    scope, here = _of(view)
    return coverage.starts(coverage.line_rows(level, code, scope, here), here, alone=level == "commune")


def starts_of_pick(pick: Pick, view: CoverageView) -> tuple[Start, ...]:
    """Return what a perimeter may start from on a CLSM proposed, which is taken whole by default."""
    here, alone = _of(view)[1], pick.candidate.code in loaders.atlas().row
    return coverage.starts(pick.candidate.rows, here, alone=alone)[::-1]


def figures_after(found: Siting, view: CoverageView) -> tuple[Figure, ...]:
    """Return the figures of a scope with the CLSM of an answer in service."""
    return found.figures_after(state(view.complete, view.aside))


@keyed_on_data(max_entries=64)
def survey(view: CoverageView) -> tuple[Portfolio, tuple[Benchmark, ...]]:
    """Return the CLSM of a scope one by one, and their features beside the national surveys."""
    scope, here = _of(view)
    return coverage.portfolio(scope, here), coverage.distribution(scope, here)


@keyed_on_data(max_entries=64)
def covered_curve(view: CoverageView) -> pd.DataFrame:
    """Return how the people covered add up, CLSM after CLSM; read only."""
    return coverage.covered_curve(*_of(view))


@keyed_on_data(max_entries=8)
def _report(
    view: CoverageView,
    level: str,
    weights: Weights,
    question: SitingQuestion | None,
    crossed_with: tuple[str, str] | None,
) -> CoverageReport:
    found = None
    if question is not None:
        try:
            found = next_clsm(view, question)
        except GeoInputError:
            found = None  # nothing to choose among: the files say nothing of it, as the page does
    scope, here = _of(view)
    things = criteria() if weights.needs else {}
    beside = crossed(*crossed_with, view) if crossed_with else None
    return CoverageReport(scope, here, weights, level, found, claims(), things, beside)


@keyed_on_data(max_entries=12)
def coverage_file(
    kind: str,
    view: CoverageView,
    level: str,
    weights: Weights,
    question: SitingQuestion | None,
    imprint: Imprint,
    crossed_with: tuple[str, str] | None = None,
) -> bytes:
    """Return one file of a coverage view, as geo.exports does; `crossed_with` is an indicator and a level."""
    return exports.coverage_file(_report(view, level, weights, question, crossed_with), kind, imprint)


@keyed_on_data(max_entries=8)
def map_file(
    view: CoverageView,
    kind: str,
    paper: str,
    choice: MapChoice,
    made_on: date,
    crossed_with: tuple[str, str] | None = None,
) -> bytes:
    """Return the map of a view on a page, as geo.exports does."""
    beside = crossed(*crossed_with, view) if crossed_with else None
    return exports.coverage_map_file(*_of(view), kind, paper, choice, made_on=made_on, crossing=beside)


@keyed_on_data(max_entries=512)
def zones_here(layer_id: str, scope: Scope) -> int:
    """Return how many zones of a layer a scope meets."""
    members = loaders.crosswalk().layers[layer_id].members
    return len(np.unique(members["zone"].to_numpy()[scope.mask[members["row"].to_numpy()]]))
