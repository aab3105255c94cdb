"""What a perimeter starts from on a line of a table: hand answers on a drawn country, then every line of a real one."""

from __future__ import annotations

import numpy as np
import pytest

from geo.communes import Atlas, approximate_density
from geo.coverage import CoverageState, compared, coverage_state, gap_table, line_rows, read_scope, starts
from geo.layers import Etat
from tests.support import real
from tests.support.grid import crosswalk, draw, plain, zone

ATLAS = draw([[100, 200, 300], [400, 500, 600]], epci=[["200000001"] * 3, ["200000002"] * 3],
             departement=[["01", "01", "02"], ["01", "01", "02"]])  # fmt: skip
CODES = ("01001", "01002", "02003")  # the first body, astride two départements


def state(atlas: Atlas = ATLAS) -> CoverageState:
    clsm = {"running": zone("01001"), "project": zone("01005", etat=Etat.PROJET), "cut": zone(part=["01004"])}
    epci = {"200000001": zone(*CODES), "200000002": zone("01004", "01005", "02006")}
    sectors = {"some": zone("01002", part=["01001"]), "bits": zone(part=["01001", "02003"])}
    built = crosswalk(atlas, {"clsm": clsm, "epci": epci, "secteurs-adultes": sectors}, complete=("epci",))
    return coverage_state(built, approximate_density(atlas))


def offered(level: str, code: str, scope: str = "france") -> list[tuple[set[str], str]]:
    here = state()
    found = starts(line_rows(level, code, read_scope(scope, ATLAS), here), here, alone=level == "commune")
    return [(set(start.codes), plain(start.words)) for start in found]


def test_a_territory_offers_what_has_neither_clsm_nor_project_and_then_the_whole() -> None:
    assert offered("epci", "200000001") == [
        ({"01002", "02003"}, "ses 2 communes sans CLSM ni projet connu"),
        (set(CODES), "tout le territoire (3 communes)"),
    ]
    # A commune in project, and one that a CLSM cuts, are not without.
    assert offered("epci", "200000002")[0] == ({"02006"}, "sa commune sans CLSM ni projet connu")


def test_only_the_part_inside_the_territory_shown_is_offered() -> None:
    assert offered("epci", "200000001", "dep-02") == [({"02003"}, "sa commune")]
    assert offered("epci", "200000001", "dep-01")[1] == ({"01001", "01002"}, "tout le territoire (2 communes)")


def test_one_start_where_all_are_alike() -> None:
    assert offered("commune", "01001") == [({"01001"}, "cette commune")]
    assert offered("secteurs-adultes", "some") == [({"01002"}, "sa commune")]  # what is only partly in it is left out
    assert offered("secteurs-adultes", "bits")[1] == ({"01001", "02003"}, "tout le territoire (2 communes)")
    here = state()
    assert [plain(s.words) for s in starts([1, 4], here)] == ["ses 2 communes, sans CLSM ni projet connu"]
    covered = coverage_state(crosswalk(ATLAS, {"clsm": {"all": zone(*CODES)}}), approximate_density(ATLAS))
    assert [plain(s.words) for s in starts([0, 1], covered)] == ["ses 2 communes"]


def test_what_is_no_line_offers_nothing() -> None:
    assert offered("epci", "nowhere") == offered("commune", "nowhere") == offered("cls", "nowhere") == []
    assert starts([], state()) == ()


def test_arrondissements_are_named_for_what_they_are() -> None:
    atlas = draw([[100, 200, 300]], city=[["01099", "01099", None]])
    here = coverage_state(crosswalk(atlas), approximate_density(atlas))
    said = [plain(starts(rows, here)[0].words) for rows in ([0, 1], [0, 1, 2])]
    assert said == [
        "ses 2 arrondissements, sans CLSM ni projet connu",
        "ses 1 commune et 2 arrondissements, sans CLSM ni projet connu",
    ]


@pytest.mark.parametrize("scope", ["reg-11", "dep-62"])
def test_every_line_of_the_real_tables_and_orders_can_be_drawn(scope: str) -> None:
    here = coverage_state(real.crosswalk(), real.density())
    place = read_scope(scope, real.atlas())
    inside = {str(c) for c in here.atlas.codes[place.rows]}
    for level in ("epci", "ept", "secteurs-adultes", "cls"):
        table = gap_table(level, place, here)
        for code in {*table.index, *(compared(level, place, here).table.index if level == "epci" else ())}:
            found = starts(line_rows(level, str(code), place, here), here)
            assert found and all(start.codes <= inside for start in found), code
            if level == "epci" and code in table.index and len(found) == 2:
                rows = here.atlas.rows(found[0].codes)
                whole = here.people["non_couverts"] + here.people["inconnus"]
                assert float(whole[rows].sum()) <= table.at[code, "sans_clsm"] + 0.5
                assert np.array_equal(here.is_without[rows], np.ones(len(rows), dtype=bool))
