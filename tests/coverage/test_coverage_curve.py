"""How the people covered add up, CLSM after CLSM."""

from __future__ import annotations

import numpy as np
import pytest

from geo.coverage import Aside, Doubt, coverage_state, covered_curve, portfolio, read_scope
from geo.layers import Etat
from tests.coverage.test_coverage_figures import ATLAS, ZONES, _state
from tests.support import real
from tests.support.grid import zone

CLSM = {
    "large": zone("02005", "02006", departement="02"),  # 5 000
    "over": zone("02006", "01003"),  # 3 300, of which 3 000 are in « large »
    "twin": zone("01003"),  # 300, all in « over »
    "project": zone("02004", etat=Etat.PROJET, departement="02"),
    "part": zone(part=["01001"]),
}


def test_each_commune_counts_once_the_largest_clsm_first() -> None:
    curve = covered_curve(read_scope("france", ATLAS), _state({**ZONES, "clsm": CLSM}))
    assert list(curve.index) == ["large", "over", "twin"]
    assert list(curve["habitants"]) == [5000, 3300, 300]
    assert list(curve["ajout"]) == [5000, 300, 0]
    assert list(curve["cumul"]) == [5000, 5300, 5300]


def test_only_what_lies_in_the_scope_counts() -> None:
    curve = covered_curve(read_scope("dep-01", ATLAS), _state({**ZONES, "clsm": CLSM}))
    assert list(curve.index) == ["over", "twin"], "equal sizes in the order of ids"
    assert list(curve["cumul"]) == [300, 300]


def test_a_scope_without_clsm_has_an_empty_curve() -> None:
    curve = covered_curve(read_scope("dep-01", ATLAS), _state({**ZONES, "clsm": {"part": CLSM["part"]}}))
    assert curve.empty
    assert list(curve.columns) == ["nom", "habitants", "ajout", "cumul"]


@pytest.mark.parametrize("aside", [(), (Doubt.EXTENSION,), (Doubt.ANCIENNE, Doubt.SANS_DATE)])
@pytest.mark.parametrize("code", ["france", "reg-32", "dep-94", "dep-79"])
def test_the_curve_ends_at_the_people_of_covered_communes(code: str, aside: tuple[Doubt, ...]) -> None:
    state = coverage_state(real.crosswalk(), real.density(), aside=Aside(aside))
    scope = read_scope(code, real.atlas())
    rows = scope.rows
    curve = covered_curve(scope, state)
    assert curve["cumul"].max() == state.population[rows][state.is_covered[rows]].sum() or curve.empty
    assert not state.left_out[
        state.crosswalk.layers["clsm"].zones.index.get_indexer(portfolio(scope, state).table.index)
    ].any()
    assert (np.diff(curve["cumul"]) >= 0).all()
    assert (np.diff(curve["habitants"]) <= 0).all()
