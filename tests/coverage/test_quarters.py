"""QPV known to their city only: counted for the whole city, never for one of its arrondissements."""

from __future__ import annotations

import numpy as np
import pytest

from geo.communes import approximate_density
from geo.coverage import CoverageState, coverage_state, portfolio, read_scope, scope_figures
from geo.errors import GeoInputError
from geo.layers import Precision
from geo.perimeters.edit import from_zone
from tests.grid import Zone, crosswalk, draw, plain, zone

# One city of three arrondissements and three communes beside it.
ATLAS = draw([[100, 200, 300], [400, 500, 600]], city=[["01V", "01V", "01V"], [None, None, None]])
CITY = ("01001", "01002", "01003")
QUARTERS = {"v": zone(*CITY, precision=Precision.VILLE, territoire="Ville"), "q": zone("01004")}


def _board(**clsm: Zone) -> CoverageState:
    built = crosswalk(ATLAS, {"clsm": clsm, "qpv": QUARTERS}, complete="all")
    return coverage_state(built, approximate_density(ATLAS))


def _quarters(board: CoverageState):  # type: ignore[no-untyped-def]
    return next(f for f in scope_figures(read_scope("france", ATLAS), board) if f.id == "qpv")


def test_a_quarter_of_a_city_covered_in_part_makes_a_floor_with_its_reason() -> None:
    number = _quarters(_board(a=zone("01001"), b=zone("01004")))
    assert (number.value, number.total, number.at_least) == (1, 2, True)
    assert "’arrondissement de 1 QPV n’est pas connu" in plain(str(number.reason))


@pytest.mark.parametrize(("covered", "served"), [(CITY, 1), (("01005",), 0)])
def test_a_city_covered_whole_or_not_at_all_leaves_no_doubt(covered: tuple[str, ...], served: int) -> None:
    number = _quarters(_board(a=zone(*covered)))
    assert (number.value, number.total, number.at_least) == (served, 2, False)


def test_a_clsm_of_some_arrondissements_may_meet_the_quarter_and_one_of_the_city_does() -> None:
    found = portfolio(
        read_scope("france", ATLAS), _board(part=zone("01001"), whole=zone(*CITY), none=zone("01005"))
    ).table
    assert np.isnan(found.at["part", "qpv"])
    assert (found.at["whole", "qpv"], found.at["none", "qpv"]) == (1, 0)


def test_no_perimeter_starts_from_a_quarter_whose_arrondissement_is_unknown() -> None:
    built = _board(a=zone("01001")).crosswalk
    with pytest.raises(GeoInputError, match="arrondissements qui ne sont pas connus"):
        from_zone(built, "qpv", "v")
    assert from_zone(built, "qpv", "q").codes == {"01004"}
