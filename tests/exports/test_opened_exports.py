"""A perimeter with a part of a city is judged, compared and taken away, and comes back the same through every form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.comparison import Candidate, Scale, evaluate, scale_of
from geo.dataset import Dataset, opened, opening_of
from geo.errors import GeoInputError
from geo.exports import Export, make
from geo.exports.reimport import read_back
from geo.guidance import round_table, run_checks
from geo.perimeters import Perimeter
from geo.scenarios import Scenario, Workbook, pack, unpack, vintage_of
from geo.suggest import preview, suggest, tried_around
from tests.dataset.drawn_cities import NIORT, QUARTERS, niort
from tests.support import real

BESIDE = ("79003", "79081")  # Aiffres, Chauray


@pytest.fixture(scope="module")
def closed() -> Dataset:
    return replace(real.world(), iris=niort())


@pytest.fixture(scope="module")
def world(closed: Dataset) -> Dataset:
    return opened(closed, [NIORT])


def export(scenario: Scenario, world: Dataset) -> Export:
    book = Workbook((scenario,), vintage=vintage_of(world), opened=frozenset(world.atlas.opened))
    link = f"https://exemple.fr/Perimetre?lien={pack(book, world.atlas)}"
    found = evaluate(
        Candidate("essai", "Scénario", scenario.name, scenario.codes, scale_of(scenario.codes, world.atlas)), world
    )
    return Export(found, world, scenario, link)


def part() -> Scenario:
    return Scenario("Niort nord", frozenset({*QUARTERS[3:], *BESIDE}), "À discuter.", frozenset(QUARTERS[3:4]))


@pytest.mark.parametrize("kind", ["xlsx", "gpkg", "csv", "geojson", "json"])
def test_a_perimeter_with_parts_of_a_city_comes_back_the_same(kind: str, world: Dataset, closed: Dataset) -> None:
    scenario = part()
    back = read_back(make(kind, export(scenario, world)), closed.atlas, opening=opening_of(closed))
    assert (back.name, back.codes) == (scenario.name, scenario.codes)
    if kind != "csv":
        assert (back.note, back.locked) == (scenario.note, scenario.locked)


def test_it_comes_back_by_its_link(world: Dataset, closed: Dataset) -> None:
    text = export(part(), world).link.partition("lien=")[2]
    found = unpack(text, closed.atlas, vintage_of(closed), opening_of(closed))
    assert found.workbook.scenario == part() and found.workbook.opened == {NIORT} and found.notices == ()


def test_where_the_iris_are_not_the_file_says_so(world: Dataset) -> None:
    with pytest.raises(GeoInputError, match=r"c’est un IRIS de Niort \(79191\)"):
        read_back(make("csv", export(part(), world)), real.atlas(), opening=opening_of(real.world()))


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_a_note_is_made_of_it(kind: str, world: Dataset) -> None:
    assert len(make(kind, export(part(), world))) > 5_000


def test_every_check_judges_it(world: Dataset) -> None:
    facts = world.facts(Perimeter.of(QUARTERS[:2], world.atlas))
    total = real.atlas().population[real.atlas().row[NIORT]]
    assert facts.population == pytest.approx(total / 7, abs=1)  # 1 000 and 2 000 of 21 000
    found = {check.id: finding for check, finding in run_checks(facts)}
    assert all(finding.sentence for finding in found.values()) and round_table(facts) is not None
    assert scale_of(frozenset(QUARTERS[:2]), world.atlas) is Scale.INFRACOMMUNAL


def test_neighbours_are_tried_and_moves_suggested(world: Dataset) -> None:
    seen = preview(world.evidence, frozenset(QUARTERS[:2]))
    assert {QUARTERS[2], QUARTERS[3], QUARTERS[4]} <= set(seen.of)
    assert suggest(world.evidence, frozenset(QUARTERS[:2])) is not None
    assert tried_around(world.evidence, frozenset(QUARTERS[:2]))


def test_the_checks_of_a_perimeter_elsewhere_say_the_same(world: Dataset, closed: Dataset) -> None:
    codes = ("94028", "94033")
    before, after = (run_checks(data.facts(Perimeter.of(codes, data.atlas))) for data in (closed, world))
    assert [(c.id, f.outcome, f.sentence) for c, f in before] == [(c.id, f.outcome, f.sentence) for c, f in after]
