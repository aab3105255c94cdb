"""A perimeter with a part of a city is judged, compared and taken away, and comes back the same through every form."""

from __future__ import annotations

import json
from functools import lru_cache

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from geo.claims import Claim, Claims
from geo.comparison import Candidate, Scale, evaluate, scale_of
from geo.dataset import Dataset, opened, opening_of
from geo.errors import GeoInputError
from geo.exports import Export, make
from geo.exports.reimport import read_back
from geo.guidance import round_table, run_checks
from geo.perimeters import Perimeter
from geo.scenarios import Scenario, Workbook, pack, unpack, vintage_of
from geo.suggest import preview, suggest, tried_around
from tests.dataset.drawn_cities import NIORT, QUARTERS, with_niort
from tests.support import real

BESIDE = ("79003", "79081")  # Aiffres, Chauray


@lru_cache(maxsize=1)
def niort_opened() -> Dataset:
    return opened(with_niort(), [NIORT])


@pytest.fixture(scope="module")
def closed() -> Dataset:
    return with_niort()


@pytest.fixture(scope="module")
def world() -> Dataset:
    return niort_opened()


@pytest.fixture(scope="module")
def stated(world: Dataset) -> Dataset:
    return world.with_claims(CLAIMS)


FORMS = ("xlsx", "gpkg", "csv", "geojson", "json")
CLAIMS = Claims((
    Claim.of("secteurs-adultes", "79G01", "Ana =1+1", pieces=frozenset({*QUARTERS[:3], "79003"}), hospital="CH de Niort", day="2026-11-20"),
    Claim.of("secteurs-adultes", "79G02", "Bé", pieces=frozenset(QUARTERS[3:5]), parts=frozenset({QUARTERS[5]}), whole=True, prevails=True),
    Claim.of("gem", "GEM « La Bouée »", "Ana =1+1", pieces=frozenset({"79081"})),
))  # fmt: skip


def export(scenario: Scenario, world: Dataset) -> Export:
    opened_here = frozenset(world.atlas.opened)
    book = Workbook((scenario,), vintage=vintage_of(world), claims=world.claims, opened=opened_here)
    link = f"https://exemple.fr/Perimetre?lien={pack(book, world.atlas)}"
    found = evaluate(
        Candidate("essai", "Scénario", scenario.name, scenario.codes, scale_of(scenario.codes, world.atlas)), world
    )
    return Export(found, world, scenario, link)


@lru_cache(maxsize=1)
def geojson() -> bytes:
    return make("geojson", export(part(), niort_opened()))


def part() -> Scenario:
    return Scenario("Niort nord", frozenset({*QUARTERS[3:], *BESIDE}), "À discuter.", frozenset(QUARTERS[3:4]))


@pytest.mark.parametrize("kind", FORMS)
def test_a_perimeter_with_parts_of_a_city_comes_back_the_same(kind: str, world: Dataset, closed: Dataset) -> None:
    scenario = part()
    back = read_back(make(kind, export(scenario, world)), closed.atlas, opening=opening_of(closed)).workbook.scenario
    assert (back.name, back.codes) == (scenario.name, scenario.codes)
    if kind != "csv":
        assert (back.note, back.locked) == (scenario.note, scenario.locked)


@hypothesis_settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(st.sets(st.sampled_from([*QUARTERS, *BESIDE]), min_size=1), st.sampled_from(FORMS))
def test_any_set_of_iris_and_communes_comes_back_the_same(codes: set[str], kind: str) -> None:
    made = make(kind, export(Scenario("Essai", frozenset(codes)), niort_opened()))
    back = read_back(made, real.atlas(), opening=opening_of(with_niort())).workbook
    assert back.codes == codes
    assert back.opened == ({NIORT} if codes & set(QUARTERS) or kind == "json" else frozenset())


@pytest.mark.parametrize("kind", [kind for kind in FORMS if kind != "csv"])
def test_the_statements_that_figures_rest_on_come_back_with_the_perimeter(
    kind: str, stated: Dataset, closed: Dataset
) -> None:
    back = read_back(make(kind, export(part(), stated)), closed.atlas, opening=opening_of(closed))
    assert back.workbook.claims == CLAIMS and back.workbook.codes == part().codes
    assert any("3\u00a0déclarations locales, d’après" in said for said in back.notices)
    again = opened(closed, back.workbook.opened).with_claims(back.workbook.claims)
    before, after = (run_checks(data.facts(part().perimeter(data.atlas))) for data in (stated, again))
    assert [(c.id, f.sentence) for c, f in before] == [(c.id, f.sentence) for c, f in after]


def test_the_note_carries_them_in_its_link_and_names_whose_word_they_are(stated: Dataset, closed: Dataset) -> None:
    note = export(part(), stated).note()
    found = unpack(note.link.partition("lien=")[2], closed.atlas, vintage_of(closed), opening_of(closed)).workbook
    assert (found.scenario, found.claims, found.opened) == (part(), CLAIMS, {NIORT})
    said = [row for row in note.sources.rows if row[0] == "Déclarations locales"]
    assert [row[1] for row in said] == [
        "d’après Ana =1+1, le 20/11/2026 : Secteur 79G01",
        f"d’après Ana =1+1, le {CLAIMS.of('gem')[0].said[-10:]} : GEM « La Bouée »",
        f"d’après Bé, le {CLAIMS.of('gem')[0].said[-10:]} : Secteur 79G02",
    ]


@pytest.mark.parametrize("kind", ["geojson", "xlsx"])
def test_a_file_without_statements_has_no_room_for_them(kind: str, world: Dataset) -> None:
    made = make(kind, export(part(), world))
    assert read_back(made, world.atlas).workbook.claims == Claims()
    assert b"declarations" not in made


@pytest.mark.parametrize(
    "told", [1, {"a": 1}, [1], [{"sorte": "cls", "communes": ["79003"], "en_partie": []}], [{}] * 61]
)
def test_statements_edited_into_nonsense_are_refused(told: object, closed: Dataset) -> None:
    content = json.loads(geojson()) | {"declarations": told}
    with pytest.raises(GeoInputError):
        read_back(json.dumps(content).encode(), closed.atlas, opening=opening_of(closed))


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
