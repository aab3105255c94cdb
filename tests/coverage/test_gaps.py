"""Gaps: hand answers at each level, sums that agree, unknown kept apart, CLS without CLSM first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.communes import approximate_density
from geo.coverage import GAP_LEVELS, GAP_TITLES, coverage, coverage_state, gap_table, gap_tables, read_scope
from geo.coverage.gaps import COUNTS, totals
from geo.layers import Etat
from tests.coverage.test_coverage_figures import ATLAS, ZONES, _state
from tests.support import real
from tests.support.grid import crosswalk, draw, plain, zone

SHARES = ["couverts", "partiels", "projet", "non_couverts", "inconnus"]


def _table(level: str, scope: str, **options: object):  # type: ignore[no-untyped-def]
    return gap_table(level, read_scope(scope, ATLAS), _state(**options))  # type: ignore[arg-type]


def test_gaps_of_epci_by_hand() -> None:
    table = _table("epci", "france")
    assert table.index.tolist() == ["E4", "E2", "E3", "E1"]  # the largest gap first, then the most inhabited
    assert table.loc["E1", ["population", "couverts", "sans_clsm"]].tolist() == [300, 300, 0]
    assert table.loc["E2", ["population", "non_couverts"]].tolist() == [300, 300]
    # E2 has q2 (60 people) and a part of the quarter across, unknown: one of two is too few to be summed
    assert table.loc["E2", ["qpv", "qpv_sans_clsm"]].isna().all()
    assert table.loc["E3", ["population", "projet", "partiels", "sans_clsm"]].tolist() == [3000, 1000, 2000, 0]
    assert table["majorite"].to_dict() == {"E1": "couvert", "E2": "non couvert", "E3": "en partie", "E4": "non couvert"}
    assert plain(table.at["E3", "lecture"]) == "en partie 2 000 · projet 1 000"
    assert table["departement"].to_dict() == {"E1": "01", "E2": "01", "E3": "02", "E4": "02"}


def test_gaps_of_communes_by_hand() -> None:
    table = _table("commune", "01")
    assert table.index.tolist() == ["01003", "01002", "01001"]
    assert table["lecture"].to_dict() == {
        "01001": "couvert", "01002": "couvert, périmètre supposé", "01003": "non couvert"
    }  # fmt: skip
    assert table["rural"].to_dict() == {"01001": 100, "01002": 200, "01003": 0}
    assert table["rural_sans_clsm"].sum() == 0
    assert table.at["01003", "dispositifs"] == "CLS sans CLSM connu : c1"


def test_a_cls_without_clsm_comes_first_and_is_named_first() -> None:
    table = _table("cls", "01")
    assert table.index.tolist()[0] == "c1"
    assert table["cls_sans_clsm"].to_dict() == {"c1": 1, "c2": 0, "old": 0}  # a CLS that is only a project is none
    sectors = _table("secteurs-adultes", "01")
    assert sectors.at["s1", "dispositifs"] == "CLS sans CLSM connu : c1 ; CLS : c2"
    assert sectors.loc["s1", ["cls", "cls_sans_clsm"]].tolist() == [2, 1]


def test_only_the_part_inside_the_scope_counts() -> None:
    zones = ZONES | {"epci": {"across": zone("01003", "02006")}}
    assert _table("epci", "01", zones=zones).loc["across", ["communes", "population"]].tolist() == [1, 300]
    whole = _table("epci", "france", zones=zones)
    assert whole.loc["across", ["communes", "population", "departement"]].tolist() == [2, 3300, "01, 02"]


def test_where_the_lists_are_not_complete_the_gap_is_unknown_and_qpv_are_not_nought() -> None:
    table = _table("epci", "france", complete=())
    assert table.loc["E4", ["non_couverts", "inconnus", "sans_clsm"]].tolist() == [0, 3000, 3000]
    assert plain(table.at["E4", "lecture"]) == "inconnu 3 000"
    assert np.isnan(table.at["E4", "qpv"]) and np.isnan(table.at["E4", "qpv_sans_clsm"])
    assert np.isnan(table.at["E2", "qpv"]) and not table.at["E2", "qpv_connu"]


def test_people_of_quarters_are_summed_where_nearly_all_are_known_and_never_nought_for_the_unknown() -> None:
    nine = {f"q{i}": zone("01003", population=10, departement="01") for i in range(9)}
    quarters = nine | {"lost": zone("01003", departement="01")}
    table = _table("epci", "france", zones=ZONES | {"qpv": quarters})
    assert table.loc["E2", ["qpv", "qpv_sans_clsm"]].tolist() == [90, 90]  # nine of ten
    assert not table.at["E2", "qpv_connu"]
    served = {f"q{i}": zone("02004", population=10, departement="02") for i in range(9)}
    table = _table("epci", "france", zones=ZONES | {"qpv": served | {"lost": zone("02005", departement="02")}})
    assert table.at["E3", "qpv"] == 90  # 02004 is in project: none of the ninety is without, the lost quarter may be
    assert np.isnan(table.at["E3", "qpv_sans_clsm"])


def test_a_part_of_a_commune_counts_for_its_known_people_only() -> None:
    zones = ZONES | {"cls": {"part": zone(part=["02006"]), "known": zone(part=["02006"])}}
    state = _state(zones)
    members = state.crosswalk.layers["cls"].members
    members.loc[members["zone"] == 1, "inhabitants"] = 750.0
    table = gap_table("cls", read_scope("02", ATLAS), state)
    assert table["population"].to_dict() == {"part": 0, "known": 750}
    assert table["communes"].to_dict() == {"part": 1, "known": 1}
    assert table.at["part", "lecture"] == "aucun habitant connu" and np.isnan(table.at["part", "part_couverte"])


@pytest.mark.parametrize("scope", ["france", "dep-94", "dep-79", "reg-32", "epci-200041317"])
def test_sums_agree_at_every_level_on_real_data(scope: str) -> None:
    built = real.crosswalk()
    state = coverage_state(built, real.density(), complete=("79",))
    chosen = read_scope(scope, real.atlas())
    tables = gap_tables(chosen, state, GAP_LEVELS)
    for level, table in tables.items():
        assert np.allclose(table[SHARES].sum(axis=1), table["population"]), level
        assert np.allclose(table["non_couverts"] + table["inconnus"], table["sans_clsm"]), level
        assert table.index.is_unique
    communes = totals(tables["commune"])
    found = coverage(chosen, built, complete=("79",))
    assert communes["population"] == found.population
    assert communes["couverts"] == found.covered
    alone = real.atlas().table["epci"].isna().to_numpy()  # islands without EPCI
    inside = np.isin(np.arange(len(alone)), found.rows)
    rest = real.atlas().population[alone & inside].sum()
    assert totals(tables["epci"])["population"] == found.population - rest


def test_every_column_has_a_title() -> None:
    table = _table("cls", "01").drop(columns="etat").reset_index()
    assert set(table.columns) <= set(GAP_TITLES)
    assert set(COUNTS) <= set(GAP_TITLES)


def test_the_share_in_quarters_and_what_it_is_a_share_of_are_of_one_set() -> None:
    """The covered commune has a quarter of 40 of its 100 people: it is in neither side."""
    quarters = {"q1": zone("01001", population=40), "q2": zone("01003", population=60)}
    table = _table("epci", "france", zones=ZONES | {"qpv": quarters, "epci": {"E": zone("01001", "01002", "01003")}})
    row = table.loc["E"]
    assert row[["population", "couverts", "sans_clsm", "qpv", "qpv_sans_clsm"]].tolist() == [600, 300, 300, 100, 60]
    assert (row["part_qpv_sans_clsm"], row["part_couverte"]) == (60 / 300, 0.5)


def test_the_share_in_quarters_is_unknown_where_a_commune_is_covered_for_a_part_that_may_hold_them() -> None:
    zones = {
        "clsm": {"c": zone(part=["01003"])},
        "qpv": {"q": zone("01003", population=60)},
        "epci": {"E": zone("01002", "01003")},
    }
    state = _state(ZONES | zones)
    state.crosswalk.layers["clsm"].members["inhabitants"] = 100.0
    row = gap_table("epci", read_scope("01", ATLAS), state).loc["E"]
    assert row["sans_clsm"] == 400 and np.isnan(row["part_qpv_sans_clsm"])


def test_a_territory_nearly_all_not_covered_is_not_read_as_a_project() -> None:
    """534 722 people not covered and 17 675 in project: the word « projet » said nothing of the first."""
    atlas = draw([[534_722, 17_675]], departement="62")
    zones = {"clsm": {"p": zone("62002", etat=Etat.PROJET)}, "secteurs-adultes": {"s": zone("62001", "62002")}}
    state = coverage_state(crosswalk(atlas, zones), approximate_density(atlas), complete=("62",))
    row = gap_table("secteurs-adultes", read_scope("france", atlas), state).loc["s"]
    assert plain(row["lecture"]) == "non couvert 534 722 · projet 17 675"
    assert row["majorite"] == "non couvert"


def test_a_project_is_no_gap_and_no_coverage() -> None:
    zones = ZONES | {"clsm": {"p": zone("01003", etat=Etat.ANNONCE)}}
    row = _table("commune", "01", zones=zones).loc["01003"]
    assert (row["projet"], row["sans_clsm"], row["couverts"]) == (300, 0, 0)


PEOPLE = [int(p) for p in ATLAS.population]
members = st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True)


@settings(max_examples=40)
@given(
    zones=st.lists(members, min_size=1, max_size=4),
    clsm=st.lists(st.tuples(members, st.sampled_from([Etat.EN_SERVICE, Etat.PROJET])), max_size=4),
    scope=st.sampled_from(["france", "01", "02"]),
    complete=st.booleans(),
)
def test_sums_equal_those_of_a_plain_loop(
    zones: list[list[int]], clsm: list[tuple[list[int], Etat]], scope: str, complete: bool
) -> None:
    codes = [str(c) for c in ATLAS.codes]
    drawn = ZONES | {
        "secteurs-adultes": {f"z{i}": zone(*(codes[r] for r in rows)) for i, rows in enumerate(zones)},
        "clsm": {f"c{i}": zone(*(codes[r] for r in rows), etat=etat) for i, (rows, etat) in enumerate(clsm)},
    }
    state = _state(drawn, complete="all" if complete else ())
    table = gap_table("secteurs-adultes", read_scope(scope, ATLAS), state)
    running = {r for rows, etat in clsm if etat is Etat.EN_SERVICE for r in rows}
    planned = {r for rows, etat in clsm if etat is Etat.PROJET for r in rows} - running
    expected = {}
    for i, rows in enumerate(zones):
        inside = [r for r in rows if scope == "france" or codes[r].startswith(scope)]
        if inside:
            gap = [r for r in inside if r not in running | planned]
            expected[f"z{i}"] = [
                sum(PEOPLE[r] for r in inside), sum(PEOPLE[r] for r in inside if r in running),
                sum(PEOPLE[r] for r in inside if r in planned), sum(PEOPLE[r] for r in gap) if complete else 0,
                0 if complete else sum(PEOPLE[r] for r in gap), sum(PEOPLE[r] for r in gap if PEOPLE[r] < 250),
            ]  # fmt: skip
    columns = ["population", "couverts", "projet", "non_couverts", "inconnus", "rural_sans_clsm"]
    assert {code: table.loc[code, columns].tolist() for code in table.index} == expected
