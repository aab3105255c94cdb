"""What a perimeter shares with each zone: hand answers, then what must hold for any perimeter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.layers import Overlap, Precision, Relation, build_crosswalk
from tests.support import real
from tests.support.grid import Zone, crosswalk, draw, layer, zone

GRID = draw([[100, 200, 300], [400, 500, 600]], city=[["01900", "01900", None], [None, None, None]])
CELLS = tuple(GRID.codes)
SUBSETS = st.sets(st.sampled_from(CELLS), min_size=1)


def _overlap(codes: tuple[str, ...], drawn: Zone, layer_id: str = "cls") -> Overlap:
    found = crosswalk(GRID, {layer_id: {"z": drawn}}).overlaps(GRID.rows(codes))
    assert len(found[layer_id]) == 1
    return found[layer_id][0]


@pytest.mark.parametrize(
    ("mine", "theirs", "relation"),
    [
        (("01003", "01004"), ("01003", "01004"), Relation.IDENTIQUE),
        (("01003",), ("01003", "01004"), Relation.INCLUS),
        (("01003", "01004"), ("01003",), Relation.CONTIENT),
        (("01003", "01004"), ("01004", "01005"), Relation.PARTIEL),
    ],
)
def test_the_relation_of_a_perimeter_and_a_zone(
    mine: tuple[str, ...], theirs: tuple[str, ...], relation: Relation
) -> None:
    assert _overlap(mine, zone(*theirs)).relation is relation


def test_seen_from_the_other_side_inside_becomes_contains() -> None:
    mirror = {
        Relation.IDENTIQUE: Relation.IDENTIQUE, Relation.PARTIEL: Relation.PARTIEL,
        Relation.INCLUS: Relation.CONTIENT, Relation.CONTIENT: Relation.INCLUS,
    }  # fmt: skip
    sets = [("01003",), ("01003", "01004"), ("01004", "01005"), ("01003", "01004", "01005")]
    for mine in sets:
        for theirs in sets:
            if set(mine) & set(theirs):
                there, back = _overlap(mine, zone(*theirs)), _overlap(theirs, zone(*mine))
                assert mirror[there.relation] is back.relation
                assert there.population == back.population
                assert there.share_of_zone == back.share_of_perimeter


def test_people_and_shares_by_hand() -> None:
    found = _overlap(("01003", "01004"), zone("01004", "01005"))
    assert (found.communes, found.partial, found.zone_communes) == (1, 0, 2)
    assert found.population == 400
    assert found.zone_population == 900
    assert found.share_of_perimeter == pytest.approx(400 / 700)
    assert found.share_of_zone == pytest.approx(400 / 900)


def test_a_zone_known_in_part_has_a_relation_to_be_told_and_no_total() -> None:
    found = _overlap(("01003", "01004"), zone("01003", "01004", precision=Precision.PARTIELLE))
    assert found.relation is Relation.A_PRECISER
    assert found.population == 700
    assert found.zone_population is None
    assert found.share_of_zone is None


def test_a_commune_partly_in_a_zone_makes_its_total_unknown() -> None:
    found = _overlap(("01003", "01004"), zone("01003", part=("01004",)))
    assert (found.communes, found.partial) == (1, 1)
    assert found.population == 300
    assert found.zone_population is None
    assert found.share_of_zone is None
    assert found.relation is Relation.CONTIENT


def test_people_in_common_are_unknown_and_never_zero_where_only_a_part_is_shared() -> None:
    found = _overlap(("01004",), zone("01003", part=("01004",)))
    assert (found.communes, found.partial) == (0, 1)
    assert found.population is None
    assert found.share_of_perimeter is None


def _estimated(people: float | None) -> Overlap:
    """Overlap of a zone that holds 01003 whole and an estimated part of 01004."""
    made = layer(GRID, "cls", {"z": zone("01003", part=("01004",))})
    members = made.members.assign(inhabitants=[300.0, np.nan if people is None else people])
    built = build_crosswalk(GRID, {"cls": replace(made, members=members)})
    return built.overlaps(GRID.rows(["01003", "01004", "01005"]))["cls"][0]


def test_the_estimated_part_of_a_commune_that_a_zone_cuts_counts_and_is_marked() -> None:
    found = _estimated(100.0)
    assert (found.communes, found.partial, found.unsized) == (1, 1, 0)
    assert (found.population, found.zone_population, found.estimated) == (400, 400, True)
    assert found.share_of_perimeter == pytest.approx(400 / 1200)
    assert found.share_of_zone == 1
    assert found.relation is Relation.CONTIENT
    assert found.hedge == "environ "


def test_a_part_without_a_figure_still_leaves_the_total_unknown() -> None:
    found = _estimated(None)
    assert (found.population, found.zone_population, found.estimated, found.unsized) == (300, None, False, 1)
    assert found.hedge == "au moins "


def test_a_zone_met_only_by_an_estimated_part_has_its_people() -> None:
    made = layer(GRID, "cls", {"z": zone("01003", part=("01004",))})
    built = build_crosswalk(GRID, {"cls": replace(made, members=made.members.assign(inhabitants=[300.0, 100.0]))})
    found = built.overlaps(GRID.rows(["01004"]))["cls"][0]
    assert (found.population, found.share_of_zone, found.estimated) == (100, 0.25, True)
    assert found.relation is Relation.PARTIEL


def test_an_exact_overlap_is_said_without_a_hedge() -> None:
    assert _overlap(("01003",), zone("01003")).hedge == ""


def test_a_quarter_is_whole_only_when_all_its_communes_are_inside() -> None:
    quarter = zone("01003", "01004", population=90.0)
    inside = _overlap(("01003", "01004", "01005"), quarter, "qpv")
    assert (inside.relation, inside.population, inside.share_of_zone) == (Relation.CONTIENT, 90, 1)
    astride = _overlap(("01003",), quarter, "qpv")
    assert (astride.relation, astride.population, astride.share_of_zone) == (Relation.PARTIEL, None, None)
    assert astride.zone_population == 90


def test_a_quarter_without_a_published_figure_has_none() -> None:
    found = _overlap(("01003",), zone("01003"), "qpv")
    assert (found.population, found.zone_population, found.share_of_perimeter) == (None, None, None)
    assert found.relation is Relation.CONTIENT


def test_zones_are_listed_with_the_most_people_first() -> None:
    zones = {"a": zone("01003"), "b": zone("01005"), "c": zone("01004"), "far": zone("01006")}
    found = crosswalk(GRID, {"cls": zones}).overlaps(GRID.rows(["01003", "01004", "01005"]))
    assert [o.id for o in found["cls"]] == ["b", "c", "a"]


@given(SUBSETS, st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_the_zones_of_a_partition_share_out_the_people_of_any_perimeter(codes: set[str], owners: list[int]) -> None:
    parts = {f"z{k}": zone(*(c for c, o in zip(CELLS, owners, strict=True) if o == k)) for k in set(owners)}
    found = crosswalk(GRID, {"secteurs-adultes": parts}).overlaps(GRID.rows(codes))["secteurs-adultes"]
    people = GRID.population[GRID.rows(codes)].sum()
    assert sum(o.population for o in found) == people
    assert sum(o.share_of_perimeter for o in found) == pytest.approx(1)
    assert sum(o.communes for o in found) == len(codes)
    for o in found:
        assert 0 < o.share_of_zone <= 1
        assert (o.relation in (Relation.CONTIENT, Relation.IDENTIQUE)) == (o.share_of_zone == 1)
        assert (o.relation in (Relation.INCLUS, Relation.IDENTIQUE)) == (len(found) == 1)


@given(st.lists(SUBSETS, max_size=5), SUBSETS, SUBSETS)
def test_many_perimeters_at_once_equal_one_by_one(perimeters: list[set[str]], whole: set[str], part: set[str]) -> None:
    built = crosswalk(GRID, {"cls": {"a": zone(*whole, part=part - whole)}, "cpts": {"b": zone(*part)}})
    rows = [GRID.rows(codes) for codes in perimeters]
    together = built.products(rows).toarray()
    assert together.shape == (len(rows), 3 * built.zones)
    for one, line in zip(rows, together, strict=True):
        assert np.array_equal(line, built.product(one).ravel())


def test_every_territory_layer_gives_back_the_country() -> None:
    built = real.crosswalk()
    everyone = np.arange(len(real.atlas().table))
    met = built.product(everyone)[0]
    for layer_id in ("departements", "regions"):
        assert met[built.columns[layer_id]].sum() == 68_350_798
    without = int(real.atlas().table.loc[real.atlas().table["epci"].isna(), "population"].sum())
    assert met[built.columns["epci"]].sum() == 68_350_798 - without


@given(st.sets(st.integers(0, 34_916), min_size=1, max_size=60))
def test_shares_of_a_real_perimeter_run_from_zero_to_one(rows: set[int]) -> None:
    for overlaps in real.crosswalk().overlaps(np.array(sorted(rows))).values():
        for o in overlaps:
            for share in (o.share_of_perimeter, o.share_of_zone):
                assert share is None or 0 <= share <= 1
            assert o.population is None or o.zone_population is None or o.population <= o.zone_population
            assert o.communes + o.partial <= min(len(rows), o.zone_communes)
