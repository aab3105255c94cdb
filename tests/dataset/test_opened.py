"""A city opened into IRIS: hand answers on a city of twelve IRIS that three sectors cut, totals kept to the inhabitant."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.communes import Iris, approximate_density, open_communes, shared_out
from geo.dataset import Dataset, can_open, official, opened
from geo.errors import GeoInputError
from geo.layers import CarePlaces, Layer, Relation, build_crosswalk, coarse_members, fine_frame
from geo.perimeters import Perimeter
from tests.dataset.drawn_cities import BESIDE, CITY, NEXT, PEOPLE, PIECES, drawn_city
from tests.support.grid import layer, zone
from tests.support.reading import drawn, square

ATLAS, IRIS = drawn_city()
# Sector A: the first row and the commune above; B: the second row but its last; C: the rest, and half of the last IRIS.
SECTORS = {"a": PIECES[:4], "b": PIECES[4:7], "c": PIECES[7:]}
POPULATION = dict(zip(PIECES, PEOPLE, strict=True))


def sectors() -> Layer:
    made = layer(
        ATLAS, "secteurs-adultes", {"a": zone("01002"), "b": zone("01001"), "c": zone("01008", "01009")}, extent=("01",)
    )
    fine = fine_frame(
        [i for i, s in enumerate(SECTORS.values()) for _ in s], [c for s in SECTORS.values() for c in s], [1.0] * 12
    )
    members = pd.concat(
        [made.members.assign(estimated=False), coarse_members(fine, IRIS, POPULATION, ATLAS.row)], ignore_index=True
    )
    return replace(made, members=members, fine=fine)


def world(**layers: Layer) -> Dataset:
    given = {
        "clsm": layer(ATLAS, "clsm", {"k": zone(CITY, "01002"), "l": zone("01009", part=[CITY])}, extent=("01",)),
        "qpv": layer(ATLAS, "qpv", {"q": zone(CITY, population=300), "r": zone(NEXT, CITY, population=90)}, extent=("01",)),
        "secteurs-adultes": sectors(),
        "secteurs-enfants": layer(ATLAS, "secteurs-enfants", {}), "cls": layer(ATLAS, "cls", {}), "cpts": layer(ATLAS, "cpts", {}),
        "dac": layer(ATLAS, "dac", {}),
    } | layers  # fmt: skip
    return Dataset(build_crosswalk(ATLAS, given), approximate_density(ATLAS), None, {}, iris=IRIS)


WORLD = world()
OPEN, BOTH = opened(WORLD, [CITY]), opened(WORLD, [CITY, NEXT])


def overlap(data: Dataset, codes: list[str], layer_id: str, zone_id: str):
    found = data.facts(Perimeter.of(codes, data.atlas)).overlaps[layer_id]
    return next((o for o in found if o.id == zone_id), None)


# --- the communes
def test_the_people_of_the_city_are_shared_out_to_the_inhabitant():
    made = OPEN.atlas
    assert list(made.parts[CITY]) == PIECES and CITY not in made.row
    assert [made.population[made.row[code]] for code in PIECES] == PEOPLE
    assert made.population.sum() == ATLAS.population.sum() == 5000
    row = made.table.set_index("code").loc[PIECES[0]]
    assert (row["commune"], row["epci"], row["departement"], row["niveau"]) == (CITY, "200000001", "01", "iris")
    assert made.table.loc[made.table["commune"] == CITY, "area_m2"].sum() == pytest.approx(1_000_000)
    assert made.manifest["iris"] == "répartition d’après les IRIS (2026)"
    assert made.label(CITY) == "Bourg 5 (01005)" and made.label(PIECES[0]) == "Bourg 5 – Q01 (010050101)"


@given(st.integers(0, 10**6), st.lists(st.floats(0, 1e5), min_size=1, max_size=40).filter(lambda w: sum(w) > 1e-3))
def test_whatever_is_shared_out_sums_exactly_and_no_part_is_a_whole_one_away(people, weights):
    shares = shared_out(people, np.array(weights))
    exact = people * np.array(weights) / sum(weights)
    assert shares.sum() == people and (shares >= 0).all() and (np.abs(shares - exact) <= 1 + 1e-6).all()


def test_neighbours_of_the_city_are_neighbours_of_its_iris():
    made = OPEN.atlas
    links = lambda code: {str(made.codes[r]) for r in made.neighbours[[made.row[code]]].indices}  # noqa: E731
    assert links(PIECES[0]) == {"01002", "01004", PIECES[1], PIECES[4]}
    assert links(PIECES[5]) == {PIECES[1], PIECES[4], PIECES[6], PIECES[9]}
    assert links("01008") == {"01007", "01009", *PIECES[8:]}
    both = BOTH.atlas
    assert {str(both.codes[r]) for r in both.neighbours[[both.row[BESIDE[0]]]].indices} == {
        "01003", BESIDE[1], PIECES[3], PIECES[7],
    }  # fmt: skip


def test_the_outlines_of_the_opened_city_are_those_of_its_iris():
    made = OPEN.atlas
    shapes = made.outlines()
    assert list(shapes.index) == list(made.codes)
    land = ATLAS.outlines().to_crs(2154)
    assert shapely.symmetric_difference(shapes[PIECES].to_crs(2154).union_all(), land[CITY]).area < 1


def test_iris_and_the_communes_beside_them_have_the_same_vertices_on_their_borders():
    for data in (OPEN, BOTH):
        shapes = data.atlas.outlines().to_numpy()
        assert shapely.coverage_is_valid(shapes)
        whole = shapely.coverage_union_all(shapes)
        assert (
            shapely.area(shapely.symmetric_difference(whole, shapely.coverage_union_all(ATLAS.outlines().to_numpy())))
            < 1e-10
        )


# --- the layers
def test_three_sectors_that_cut_the_city_are_exact_by_iris():
    data = OPEN
    # By hand: A has 56 + 56 + 56 + 55 = 223 in the city, B 333, C 444; with 200, 100 and 1 700 outside.
    assert [overlap(data, PIECES, "secteurs-adultes", s).population for s in "abc"] == [223, 333, 444]
    assert [overlap(data, PIECES, "secteurs-adultes", s).zone_population for s in "abc"] == [423, 433, 2144]
    mine = overlap(data, [*PIECES[:4], "01002"], "secteurs-adultes", "a")
    assert (mine.relation, mine.share_of_zone, mine.estimated, mine.partial) == (Relation.IDENTIQUE, 1.0, False, 0)
    assert overlap(data, PIECES[:3], "secteurs-adultes", "a").population == 168
    assert overlap(data, PIECES[:4], "secteurs-adultes", "b") is None


def test_before_the_city_is_opened_the_same_sectors_are_parts_of_known_size():
    data = world()
    found = overlap(data, [CITY], "secteurs-adultes", "a")
    assert (found.communes, found.partial, found.population, found.zone_population) == (0, 1, 223, 423)
    assert not found.unsized and not found.estimated  # counted by IRIS, not shared by area


def test_a_sector_known_by_communes_alone_stays_a_part_of_unknown_size():
    data = OPEN
    found = overlap(data, PIECES[:2], "clsm", "l")
    assert (found.communes, found.partial, found.population, found.unsized) == (0, 2, None, 2)


def test_a_zone_that_has_the_whole_city_has_every_iris():
    data = OPEN
    assert overlap(data, PIECES[:1], "clsm", "k").population == 56
    assert overlap(data, PIECES, "clsm", "k").zone_population == 1200


def test_half_an_iris_is_an_estimate_of_its_people():
    fine = fine_frame([0, 0], [PIECES[4], PIECES[5]], [1.0, 0.5])
    made = layer(ATLAS, "dac", {"d": zone()})
    dac = replace(made, members=coarse_members(fine, IRIS, POPULATION, ATLAS.row), fine=fine)
    found = overlap(opened(world(dac=dac), [CITY]), PIECES, "dac", "d")
    assert (found.communes, found.partial, found.population, found.estimated) == (1, 1, 166.5, True)
    assert overlap(world(dac=dac), [CITY], "dac", "d").population == 166.5


def test_a_quarter_without_outline_is_somewhere_in_the_city():
    data = OPEN
    assert overlap(data, PIECES[:2], "qpv", "q").somewhere
    whole = overlap(data, PIECES, "qpv", "q")
    assert (whole.population, whole.relation) == (300, Relation.CONTIENT)


def test_the_people_of_a_quarter_follow_its_outline_and_the_people_of_the_iris(monkeypatch):
    # All of the first IRIS (50 counted) and all of the fifth below it (100): a third and two thirds of its 300.
    shape = drawn(square(1000, 1000, 250, 2000 / 3))
    monkeypatch.setattr(official, "outlines", lambda _: {"q": shape})
    data = opened(replace(world(), sources={"qpv": object()}), [CITY])
    found = [overlap(data, [code], "qpv", "q") for code in (PIECES[0], PIECES[4])]
    assert [o.population for o in found] == pytest.approx([300 * 56 / 167, 300 * 111 / 167], rel=1e-3)
    assert all(o.estimated for o in found) and overlap(data, [PIECES[10]], "qpv", "q") is None
    assert overlap(data, PIECES, "qpv", "q").population == 300


def test_places_of_care_go_to_the_iris_that_they_are_in():
    point = drawn(square(1260, 1010, 10, 10)).centroid
    table = pd.DataFrame({"id": ["x", "y", "z"], "nom": "CMP", "categorie": "CMP", "code": [CITY, CITY, "01001"],
                          "lon": [point.x, np.nan, 3.0], "lat": [point.y, np.nan, 46.0], "row": [4, 4, 0]})  # fmt: skip
    data = opened(replace(world(), resources=CarePlaces(table, frozenset({"01"}), "FINESS", "2026")), [CITY])
    found = data.resources.table.set_index("id")
    assert found.at["x", "code"] == PIECES[1] and found.at["z", "code"] == "01001"
    assert list(data.atlas.codes[found["row"]]) == list(found["code"])
    assert len(data.resources.inside(data.atlas.rows(PIECES))) == 2


# --- nothing else moves
def figures(data: Dataset, codes: list[str]) -> object:
    """Return what the layers say of a perimeter, but for the count of pieces of zones that hold the city."""
    facts = data.facts(Perimeter.of(codes, data.atlas))
    overlaps = {
        (name, o.id): (o.population, o.zone_population, o.share_of_perimeter, o.share_of_zone, o.estimated, bool(o.unsized))
        for name, found in facts.overlaps.items() for o in found
    }  # fmt: skip
    parts = [(p.code, p.population, p.population_total, p.communes, p.communes_total) for p in facts.epci]
    return facts.population, round(facts.area_m2), facts.pieces, facts.classes["population"].tolist(), overlaps, parts


OTHERS = [c for c in ATLAS.codes if c not in (CITY, NEXT)]


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(OTHERS), min_size=1))
def test_opening_a_city_moves_no_figure_of_another_territory(codes):
    assert figures(OPEN, sorted(codes)) == figures(WORLD, sorted(codes))


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from([*OTHERS, CITY, NEXT]), min_size=1))
def test_the_totals_of_a_perimeter_that_has_the_whole_city_stay(codes):
    assert figures(BOTH, sorted(codes)) == figures(WORLD, sorted(codes))


def same(left: Dataset, right: Dataset) -> None:
    pd.testing.assert_frame_equal(left.atlas.table, right.atlas.table)
    assert (left.atlas.neighbours != right.atlas.neighbours).nnz == 0
    assert (left.crosswalk.matrix != right.crosswalk.matrix).nnz == 0
    assert left.density.level.tolist() == right.density.level.tolist()


def test_the_order_of_openings_is_nothing_and_so_is_opening_twice():
    same(BOTH, opened(WORLD, [NEXT, CITY, CITY]))
    first = open_communes(ATLAS, IRIS, [CITY])
    then = open_communes(first.atlas, IRIS, [NEXT, CITY])
    once = open_communes(ATLAS, IRIS, [CITY, NEXT])
    pd.testing.assert_frame_equal(then.atlas.table, once.atlas.table)
    assert (then.atlas.neighbours != once.atlas.neighbours).nnz == 0
    assert first.origin[then.origin].tolist() == once.origin.tolist()


def test_opening_nothing_is_the_dataset_itself():
    data = world()
    assert opened(data, []) is data


# --- what cannot be opened
def test_a_city_whose_people_are_unknown_cannot_be_opened():
    table = IRIS.table.assign(population=IRIS.table["population"].where(IRIS.table.index != PIECES[3]))
    data = replace(world(), iris=Iris(table, IRIS.pairs, IRIS.folder))
    with pytest.raises(GeoInputError, match=r"Bourg 5 \(01005\) : les habitants de ses IRIS ne sont pas connus"):
        opened(data, [CITY])
    assert can_open(data, [CITY, NEXT])[0] == {NEXT}


@pytest.mark.parametrize(
    ("code", "said"), [("01001", "elle ne compte qu’un IRIS"), ("99999", "ce n’est pas une commune d’aujourd’hui")]
)
def test_what_has_no_iris_stays_whole(code, said):
    with pytest.raises(GeoInputError, match=said):
        opened(world(), [code])


def test_without_iris_the_sentence_says_how_to_get_them():
    with pytest.raises(GeoInputError, match="synchronisation des IRIS"):
        opened(replace(world(), iris=None), [CITY])


def test_an_iris_of_a_city_that_is_not_opened_says_so():
    with pytest.raises(GeoInputError, match=r"c’est un IRIS de Bourg 5 \(01005\), qui n’est pas ouverte"):
        Perimeter.of([PIECES[0]], ATLAS)
    with pytest.raises(GeoInputError, match="aucun IRIS de Bourg 5"):
        Perimeter.of(["010059999"], OPEN.atlas)


def test_a_perimeter_says_how_many_iris_it_has():
    data = OPEN
    assert (
        data.facts(Perimeter.of(["01001", *PIECES[:3]], data.atlas)).size_text
        == "1\N{NO-BREAK SPACE}commune et 3\N{NO-BREAK SPACE}IRIS"
    )
