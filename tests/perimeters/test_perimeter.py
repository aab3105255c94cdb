"""A perimeter and its facts: hand answers on the grid, and what must hold for any set of communes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from geo.errors import GeoInputError
from geo.layers import Evidence, Precision
from geo.perimeters import Perimeter, PerimeterFacts, perimeter_of_zone
from geo.perimeters import perimeter as module
from tests.support import real
from tests.support.grid import crosswalk, draw, facts_of, layer, zone

ATOMS = st.sets(st.integers(0, 34_916), min_size=1, max_size=40)


def _codes(rows: set[int]) -> list[str]:
    return [str(real.atlas().codes[r]) for r in sorted(rows)]


@given(ATOMS)
def test_the_people_and_area_of_a_perimeter_are_the_sum_of_its_communes(rows: set[int]) -> None:
    facts = real.facts(_codes(rows))
    table = real.atlas().table.iloc[sorted(rows)]
    assert facts.population == table["population"].sum()
    assert facts.area_m2 == pytest.approx(table["area_m2"].sum())
    assert 1 <= facts.pieces <= len(rows)
    assert facts.towns.sum() == facts.population
    assert facts.classes["population"].sum() == facts.population
    assert facts.classes["communes"].sum() == len(rows)
    assert sum(p.atoms for p in facts.communities) == table["epci"].notna().sum()
    assert sum(p.communes for p in facts.communities) == table.loc[table["epci"].notna(), "commune"].nunique()


@given(ATOMS, st.integers(0, 34_916))
def test_toggling_twice_and_adding_then_removing_are_nothing(rows: set[int], other: int) -> None:
    made = Perimeter.of(_codes(rows), real.atlas())
    code = str(real.atlas().codes[other])
    assert made.toggle(code).toggle(code) == made
    assert made.toggle(code) != made
    if code not in made.communes:
        assert made.add(code).without(code) == made
        assert len(made.add(code).communes) == len(made.communes) + 1


@given(st.permutations(["94028", "94033", "94080", "75101", "2A004"]))
def test_facts_do_not_depend_on_the_order_of_the_codes(codes: list[str]) -> None:
    facts, straight = real.facts(codes), real.facts(sorted(codes))
    assert facts.perimeter == straight.perimeter
    assert hash(facts.perimeter) == hash(straight.perimeter)
    assert facts.rows.tolist() == straight.rows.tolist()
    assert facts.overlaps == straight.overlaps
    assert facts.epci == straight.epci


def test_adding_a_commune_gives_another_perimeter_and_leaves_the_first() -> None:
    first = Perimeter.of(["94028"], real.atlas())
    second = first.add("94033")
    assert first.communes == {"94028"}
    assert second.communes == {"94028", "94033"}


def test_distances_and_area_by_hand() -> None:
    atlas = draw([[100, 100, 200]], side=1000)
    facts = facts_of(atlas, ["01001", "01002", "01003"])
    assert facts.area_m2 == 3e6
    assert facts.span_m == 2000
    assert facts.mean_distance_m == (100 * 2000 + 100 * 1000) / 400


def test_a_single_commune_has_no_span() -> None:
    facts = facts_of(draw([[100, 100]]), ["01001"])
    assert facts.span_m == 0
    assert facts.mean_distance_m == 0
    assert facts.pieces == 1


def test_no_distance_is_given_across_legal_projections() -> None:
    facts = facts_of(draw([[100, 100]], epsg=[[2154, 2975]]), ["01001", "01002"])
    assert facts.span_m is None
    assert facts.mean_distance_m is None


def test_communes_that_only_touch_by_a_corner_are_two_pieces() -> None:
    atlas = draw([[1, 1, 1], [1, 1, 1]])
    assert facts_of(atlas, ["01001", "01002"]).pieces == 1
    assert facts_of(atlas, ["01001", "01005"]).pieces == 2
    assert facts_of(atlas, ["01001", "01003", "01005"]).pieces == 3
    assert facts_of(atlas, list(atlas.codes)).pieces == 1


def test_arrondissements_of_a_city_are_one_town() -> None:
    atlas = draw([[100, 200, 250]], city=[["01900", "01900", None]])
    facts = facts_of(atlas, list(atlas.codes))
    assert facts.towns.to_dict() == {"01900": 300, "01003": 250}
    assert facts.town_name("01900") == "Ville 01900"
    assert facts.town_name("01003") == "Bourg 3"


def test_communities_say_how_much_of_each_body_is_inside() -> None:
    atlas = draw([[100, 200, 300, 400]], epci=[["E1", "E1", "E2", None]])
    parts = facts_of(atlas, ["01002", "01003", "01004"]).communities
    assert [(p.code, p.communes, p.communes_total, p.population, p.population_total, p.whole) for p in parts] == [
        ("E2", 1, 1, 300, 300, True),
        ("E1", 1, 2, 200, 300, False),
    ]


def test_where_an_epci_holds_ept_the_community_is_the_ept_or_the_city() -> None:
    atlas = draw([[100, 200, 300, 400]], ept=[["T1", "T1", None, None]], city=[[None, None, "01900", "01900"]])
    facts = facts_of(atlas, list(atlas.codes))
    assert [(p.code, p.name, p.population) for p in facts.communities] == [
        ("01900", "Ville 01900", 700),
        ("T1", "EPT T1", 300),
    ]
    assert [p.code for p in facts.epci] == ["200000001"]


def test_a_split_city_counts_as_one_commune_of_its_body_and_is_whole_only_with_all_its_arrondissements() -> None:
    atlas = draw([[100, 200, 300]], city=[["01900", "01900", None]])
    (part,) = facts_of(atlas, ["01001", "01003"]).communities
    assert (part.communes, part.communes_total, part.atoms, part.atoms_total, part.whole) == (2, 2, 2, 3, False)
    (everyone,) = facts_of(atlas, ["01900", "01003"]).communities
    assert everyone.whole


def test_density_classes_by_hand() -> None:
    atlas = draw([[249, 250, 1499, 1500]])
    classes = facts_of(atlas, list(atlas.codes)).classes
    assert classes["communes"].to_dict() == {1: 1, 2: 2, 3: 1}
    assert classes["population"].to_dict() == {1: 1500, 2: 1749, 3: 249}


def test_an_empty_perimeter_is_an_error_that_says_what_to_do() -> None:
    atlas = draw([[1]])
    facts = facts_of(atlas, ["01001"])
    empty = PerimeterFacts(facts.perimeter.without("01001"), facts.evidence)
    with pytest.raises(GeoInputError, match="au moins une commune"):
        _ = empty.population


def test_a_layer_is_known_only_where_every_departement_is_in_its_extent() -> None:
    atlas = draw([[1, 1, 1]], departement=[["01", "01", "02"]])
    built = crosswalk(atlas)
    built.layers["cls"] = layer(atlas, "cls", {"z": zone("01001")}, extent=["01"])
    asked = lambda *codes: PerimeterFacts(Perimeter.of(codes, atlas), Evidence(built, real.density()))  # noqa: E731
    assert asked("01001", "01002").known_everywhere("cls")
    assert not asked("01001", "02003").known_everywhere("cls")
    assert asked("01001").assigned_everywhere("cls")
    assert not asked("01001", "01002").assigned_everywhere("cls")


def test_a_commune_partly_in_a_zone_is_not_assigned() -> None:
    atlas = draw([[1, 1]])
    facts = facts_of(atlas, ["01001", "01002"], {"secteurs-adultes": {"z": zone("01001", part=("01002",))}})
    assert not facts.assigned_everywhere("secteurs-adultes")


def test_the_perimeter_of_a_zone_leaves_partial_communes_out_and_names_them() -> None:
    atlas = draw([[1, 1, 1]])
    made = layer(atlas, "clsm", {"z": zone("01001", "01002", part=("01003",), nom="CLSM du Val")})
    found, notices = perimeter_of_zone(made, "z", atlas)
    assert found.communes == {"01001", "01002"}
    assert found.name == "CLSM du Val"
    assert len(notices) == 1
    assert "Bourg 3 (01003)" in notices[0]


@pytest.mark.parametrize("precision", [Precision.SUPPOSEE, Precision.PARTIELLE])
def test_a_composition_that_is_not_sure_is_said(precision: Precision) -> None:
    atlas = draw([[1]])
    _, notices = perimeter_of_zone(layer(atlas, "clsm", {"z": zone("01001", precision=precision)}), "z", atlas)
    assert any(str(precision) in n for n in notices)


def test_a_zone_without_known_communes_makes_no_perimeter() -> None:
    atlas = draw([[1]])
    made = layer(atlas, "clsm", {"z": zone(precision=Precision.INCONNUE, nom="CLSM du Pays")})
    with pytest.raises(GeoInputError, match="CLSM du Pays"):
        perimeter_of_zone(made, "z", atlas)


@given(ATOMS)
def test_the_hull_gives_the_diameter_of_every_pair(rows: set[int]) -> None:
    mainland = [r for r in rows if real.atlas().table["epsg"].iat[r] == 2154]
    if len(mainland) < 3:
        return
    points = real.atlas().table[["x", "y"]].to_numpy(dtype=float)[mainland]
    before, module.HULL_FROM = module.HULL_FROM, 3
    try:
        assert pdist(module._outer(points)).max() == pytest.approx(pdist(points).max())
    finally:
        module.HULL_FROM = before


def test_the_diameter_of_communes_on_one_line_is_found_past_the_hull_threshold() -> None:
    atlas = draw([[1] * (module.HULL_FROM + 5)])
    assert facts_of(atlas, list(atlas.codes)).span_m == 1000 * (module.HULL_FROM + 4)


def test_facts_of_a_whole_departement_agree_with_its_published_figures() -> None:
    codes = real.atlas().codes[real.atlas().members("departement", "94")]
    facts = real.facts(codes)
    assert facts.population == 1_426_929
    assert len(facts.rows) == 47
    assert facts.area_m2 == pytest.approx(245e6, rel=0.01)
    assert facts.pieces == 1
    assert facts.departements == ("94",)


def test_growing_a_perimeter_never_loses_people_or_zones() -> None:
    codes = [str(c) for c in real.atlas().codes[real.atlas().members("epci", "200041317")]]
    grown = [real.facts(codes[:n]) for n in range(1, len(codes) + 1, 8)]
    for small, large in pairwise(grown):
        assert small.population <= large.population
        for name, overlaps in small.overlaps.items():
            assert {o.id for o in overlaps} <= {o.id for o in large.overlaps[name]}
    assert np.all(np.diff([f.span_m for f in grown]) >= 0)
