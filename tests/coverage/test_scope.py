"""A scope is a name that knows its communes: those of the dataset of the day, and never of a former one."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from geo.communes import Atlas
from geo.coverage import CoverageView, Scope, coverage, local_scopes, scopes
from tests import real
from tests.grid import crosswalk, draw


def test_a_scope_gives_its_rows_its_mask_and_its_departements() -> None:
    atlas = real.atlas()
    scope = scopes(atlas)["dep-79"]
    assert set(atlas.table["departement"].iloc[scope.rows]) == {"79"}
    assert np.flatnonzero(scope.mask).tolist() == scope.rows.tolist()
    assert scope.departements == ("79",)
    assert scope.holds("79191") and not scope.holds("94028") and not scope.holds("00000")


def test_france_has_every_row() -> None:
    france = scopes(real.atlas())["france"]
    assert france.mask.all() and len(france.rows) == len(real.atlas().table)
    assert france.above is None


def test_a_scope_is_its_kind_and_its_code() -> None:
    small, large = draw([[1, 2]]), draw([[1, 2, 3]])
    one, other = (Scope("departement", "01", name, lambda a=a: a) for name, a in (("Ain", small), ("AIN", large)))
    assert one == other and hash(one) == hash(other)
    assert CoverageView(one, ("01",)) == CoverageView(other, ("01",)) != CoverageView(one)
    assert len({CoverageView(one), CoverageView(other)}) == 1


@pytest.mark.parametrize("scope_id", ["france", "dep-01"])
def test_a_scope_that_follows_answers_from_the_communes_of_the_day(scope_id: str) -> None:
    active = [draw([[1, 2]])]
    kept = scopes(active[0], follow=lambda: active[-1])[scope_id]
    assert len(kept.rows) == 2
    active.append(draw([[1, 2, 3]]))
    assert len(kept.rows) == len(kept.mask) == 3


@pytest.mark.parametrize("make", [scopes, local_scopes])
def test_scopes_that_follow_hold_no_former_communes(make: object) -> None:
    active = [draw([[1, 2]])]
    kept = make(active[0], follow=lambda: active[-1])  # type: ignore[operator]
    assert [scope.rows for scope in kept.values()]
    gone = weakref.ref(active[0])
    active[:] = [draw([[1, 2, 3]])]
    gc.collect()
    assert gone() is None


def test_a_coverage_stays_of_one_dataset() -> None:
    active: list[Atlas] = [draw([[1, 2]])]
    found = coverage(scopes(active[0], follow=lambda: active[-1])["france"], crosswalk(active[0]))
    active.append(draw([[1, 2, 3]]))
    assert len(found.rows) == len(found.status) == 2
    assert found.population == 3
