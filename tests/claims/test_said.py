"""Bodies that persons name and no list has, at whatever grain they were said; whose word figures rest on."""

from __future__ import annotations

from geo.claims import Claim, Claims, stated_partners, whose_words
from geo.dataset import opened
from geo.guidance import round_table
from geo.perimeters import Perimeter
from tests.dataset.drawn_cities import CITY, PIECES
from tests.dataset.test_opened import world
from tests.support import real
from tests.support.grid import draw, plain

GRID = draw([[100, 200, 300]])
DAY = "2026-11-26"


def gem(name: str, *pieces: str, who: str = "Ana", kind: str = "gem", parts: tuple[str, ...] = ()) -> Claim:
    return Claim.of(kind, name, who, pieces=frozenset(pieces), parts=frozenset(parts), day=DAY)


def told(claims: list[Claim], codes: list[str], atlas: object = GRID) -> list[tuple[str, str, frozenset[str], str]]:
    return [(p.kind, p.name, p.codes, p.said) for p in stated_partners(claims, codes, atlas)]


def test_bodies_come_by_kind_then_by_name_with_their_communes_in_the_perimeter_and_whose_word() -> None:
    said = [gem("Unafam", "01001", kind="proches"), gem("Zénith", "01001", "01003"), gem("abri", "01002", parts=("01001",)),
            gem("Ailleurs", "01003"), gem("CLS Nord", "01001", kind="cls")]  # fmt: skip
    assert told(said, ["01001", "01002"]) == [
        ("gem", "abri", frozenset({"01001", "01002"}), "d’après Ana, le 26/11/2026"),
        ("gem", "Zénith", frozenset({"01001"}), "d’après Ana, le 26/11/2026"),
        ("proches", "Unafam", frozenset({"01001"}), "d’après Ana, le 26/11/2026"),
    ]


def test_a_body_that_two_persons_name_is_one_with_both_words() -> None:
    said = [gem("La Bouée", "01001", who="Ana"), gem("la bouée", "01002", who="Bé")]
    assert told(said, ["01001", "01002"]) == [
        ("gem", "La Bouée", frozenset({"01001", "01002"}), "d’après Ana, le 26/11/2026 et d’après Bé, le 26/11/2026")
    ]


def test_saying_that_all_is_said_names_nobody() -> None:
    assert told([gem("", "01001")], ["01001"]) == []


def test_a_body_of_a_commune_is_on_each_of_its_iris_and_one_of_an_iris_on_its_commune() -> None:
    data = opened(world(), [CITY])
    assert told([gem("La Bouée", CITY)], PIECES[:2], data.atlas)[0][2] == frozenset(PIECES[:2])
    assert told([gem("La Bouée", PIECES[0])], [PIECES[0], PIECES[1]], data.atlas)[0][2] == {PIECES[0]}
    assert told([gem("La Bouée", PIECES[0])], [CITY], world().atlas)[0][2] == {CITY}


def test_a_body_of_a_city_of_arrondissements_is_on_each_of_them() -> None:
    assert told([gem("La Bouée", "69123")], ["69383", "69384"], real.atlas())[0][2] == {"69383", "69384"}


def test_it_sits_at_the_table_of_a_part_of_its_city() -> None:
    claims = Claims((gem("La Bouée", CITY),))
    for data in (opened(world().with_claims(claims), [CITY]), opened(world(), [CITY]).with_claims(claims)):
        facts = data.facts(Perimeter.of(PIECES[:3], data.atlas))
        (actor,) = facts.evidence.actors
        assert actor.codes >= set(PIECES[:3]) and actor.said == "d’après Ana, le 26/11/2026"
        assert any("La Bouée" in seat.who for seat in round_table(facts).seats)


def test_words_are_one_line_for_an_author_and_a_day() -> None:
    two = [Claim.of("secteurs-adultes", f"01G0{i}", "Ana", pieces=frozenset({"01001"}), day=DAY) for i in (1, 2)]
    all_said = Claim.of("cls", "", "Bé", pieces=frozenset({"01001"}), day="2026-11-01")
    assert [(plain(said), day) for said, day in whose_words(Claims((*two, all_said)))] == [
        ("d’après Bé, le 01/11/2026 : liste complète (CLS)", "01/11/2026"),
        ("d’après Ana, le 26/11/2026 : Secteur 01G01 et Secteur 01G02", "26/11/2026"),
    ]
    assert whose_words(()) == ()
