"""The parts of a large city: proposed where it can be cut, weighed beside perimeters of whole communes, opened when one is chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.claims import Claim, Claims
from geo.comparison import Scale, city_parts, default_choice, every_candidate, retained, side_by_side
from geo.comparison.compare import compare
from geo.dataset import Dataset, opened, opening_of
from geo.guidance import Settings
from geo.scenarios import Scenario, Workbook, pack, unpack, vintage_of
from tests.dataset.drawn_cities import CITY, NEXT, NIORT, PIECES, QUARTERS, niort
from tests.dataset.test_opened import ATLAS, same, world
from tests.support import real
from tests.support.grid import layer, plain

LIMIT = Settings(marker=400)
WORLD = world()
BARE = world(**{"secteurs-adultes": layer(ATLAS, "secteurs-adultes", {})})


def test_the_parts_of_a_city_follow_its_sectors_where_they_are_known() -> None:
    found = city_parts(WORLD, CITY, LIMIT)
    assert [plain(c.title) for c in found] == [f"Partie de ville · Bourg 5, {s}" for s in "cba"]
    assert {frozenset(PIECES[:4]), frozenset(PIECES[4:7]), frozenset(PIECES[7:])} == {c.codes for c in found}
    assert all(c.opened == {CITY} and c.scale is Scale.INFRACOMMUNAL for c in found)
    assert "le guide pose cette question" in plain(found[0].notices[1]).casefold()


@pytest.mark.parametrize(
    "data", [BARE, opened(BARE, [CITY]), opened(BARE, [CITY, NEXT])], ids=["closed", "opened", "two"]
)
@pytest.mark.parametrize("start", [CITY, PIECES[0]])
def test_else_they_are_groups_of_iris_the_same_opened_or_not(data: Dataset, start: str) -> None:
    if start not in data.atlas.row and start != CITY:
        return
    found = city_parts(data, start, LIMIT)
    assert [c.id for c in found] == [c.id for c in city_parts(BARE, CITY, LIMIT)]
    assert sorted(code for c in found for code in c.codes) == PIECES and len(found) == 3
    assert all(c.opened == {CITY} for c in found)


@pytest.mark.parametrize(
    ("data", "start", "limits"),
    [(BARE, CITY, Settings(marker=1_000)), (replace(BARE, iris=None), CITY, LIMIT), (BARE, "01009", LIMIT)],
    ids=["below the marker", "no IRIS", "a commune of one IRIS"],
)
def test_no_part_is_proposed_of_what_is_small_or_cannot_be_cut(data: Dataset, start: str, limits: Settings) -> None:
    assert city_parts(data, start, limits) == ()


def test_a_city_of_arrondissements_is_proposed_by_these_without_being_opened() -> None:
    found = city_parts(real.world(), "13055")
    assert all(c.opened == frozenset() for c in found)
    assert sorted(code for c in found for code in c.codes) == sorted(real.atlas().parts["13055"])
    assert [c.id for c in city_parts(real.world(), "13203")] == [c.id for c in found]
    assert "Le guide demande de peser" in found[0].notices[1]


def test_parts_are_among_the_candidates_and_not_in_the_first_choice() -> None:
    found = every_candidate(WORLD, CITY, settings=LIMIT)
    assert {c.id for c in city_parts(WORLD, CITY, LIMIT)} <= {c.id for c in found}
    assert all(c.kind != "Partie de ville" for c in default_choice(found))


def test_a_part_is_weighed_beside_the_whole_city_and_beside_another_commune() -> None:
    part = next(c for c in city_parts(WORLD, CITY, LIMIT) if c.codes == frozenset(PIECES[:4]))
    whole = next(c for c in every_candidate(WORLD, CITY, settings=LIMIT) if c.id == f"commune:{CITY}")
    other = next(c for c in every_candidate(WORLD, "01001", settings=LIMIT) if c.id == "commune:01001")
    found = side_by_side((part, whole, other), WORLD, LIMIT)
    assert [e.facts.population for e in found.every] == [223, 1_000, 100]
    assert compare(found.every[0], found.every[1]).only_second == frozenset(PIECES[4:])
    assert [e.facts.population for e in side_by_side((whole, other), WORLD, LIMIT).every] == [1_000, 100]


def test_choosing_a_part_opens_its_city_in_every_scenario_and_the_link_carries_it() -> None:
    part = city_parts(WORLD, CITY, LIMIT)[0]
    book = Workbook((Scenario("Ville", frozenset({CITY, "01001"})),), vintage=vintage_of(WORLD))
    made = retained(part, book, WORLD)
    assert made.opened == {CITY} and made.codes == part.codes
    assert made.scenarios[0].codes == {*PIECES, "01001"}
    again = unpack(pack(made, opened(WORLD, [CITY]).atlas), WORLD.atlas, vintage_of(WORLD), opening_of(WORLD)).workbook
    assert (again.scenarios, again.opened) == (made.scenarios, made.opened)


def test_choosing_a_whole_commune_opens_nothing_more() -> None:
    whole = next(c for c in every_candidate(WORLD, CITY) if c.id == f"commune:{CITY}")
    assert retained(whole, Workbook(), WORLD).opened == frozenset()
    held = Workbook(opened=frozenset({CITY}))
    assert retained(whole, held, WORLD).codes == frozenset(PIECES)


# --- what was laid over the data is laid again over the IRIS
CLAIM = Claims((Claim.of("cls", "CLS du Bourg", "Ana", pieces=frozenset(PIECES[:3]), whole=True),))


def test_opening_after_claims_and_statements_is_opening_before_them() -> None:
    first = opened(BARE, [CITY]).with_claims(CLAIM).as_stated(["02"])
    then = opened(BARE.with_claims(CLAIM).as_stated(["02"]), [CITY])
    same(first, then)
    assert then.claims == CLAIM and then.crosswalk.layers["clsm"].extent == first.crosswalk.layers["clsm"].extent
    cls = then.crosswalk.layers["cls"].members
    assert [then.atlas.codes[r] for r in cls["row"]] == PIECES[:3] and cls["whole"].all()


def test_a_city_opened_after_another_is_the_two_opened_together() -> None:
    same(opened(opened(WORLD, [CITY]), [NEXT]), opened(WORLD, [CITY, NEXT]))
    assert opened(opened(WORLD, [CITY]), [CITY]).atlas.opened.keys() == {CITY}


def test_real_niort_is_cut_when_it_is_above_the_marker() -> None:
    data = replace(real.world(), iris=niort())
    found = city_parts(data, NIORT, Settings(marker=30_000))
    assert sorted(code for c in found for code in c.codes) == QUARTERS and len(found) > 1
    assert "autour de Quartier" in found[0].name
