"""Claims laid over drawn layers: hand answers, disagreements side by side, and what no order changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.claims import NO_CLAIMS, WHOLE_LIST, Claim, Claims, kind_of_code, lay, sector_code
from geo.errors import GeoInputError
from geo.guidance import Outcome, round_table, sectors_met
from geo.layers import Evidence, Layer, build_crosswalk
from geo.perimeters import Perimeter, PerimeterFacts
from tests.support.grid import Zone, approximate_density, check, crosswalk, draw, plain, zone

ROW = draw([[6_200, 3_800, 500, 700]])
ADULT, CHILD = "secteurs-adultes", "secteurs-enfants"


def claim(
    name: str, *codes: str, who: str = "Ana", kind: str = ADULT, day: str = "2026-11-26", **known: object
) -> Claim:
    return Claim.of(kind, name, who, pieces=frozenset(codes), day=day, **known)


def facts(
    codes: list[str], *claims: Claim, zones: dict[str, dict[str, Zone]] | None = None, complete: str = ""
) -> PerimeterFacts:
    base = crosswalk(ROW, zones, complete=(complete,) if complete else ())
    laid = lay(base.layers, Claims(claims), ROW)
    evidence = Evidence(build_crosswalk(ROW, laid.layers), approximate_density(ROW), actors=laid.actors)
    return PerimeterFacts(Perimeter.of(codes, ROW), evidence)


def adult(*claims: Claim, zones: dict[str, Zone] | None = None) -> Layer:
    return lay(crosswalk(ROW, {ADULT: zones or {}}).layers, Claims(claims), ROW).layers[ADULT]


def held(layer: Layer) -> dict[str, dict[str, bool]]:
    """Return, by zone, the communes and whether they are whole in it."""
    found: dict[str, dict[str, bool]] = {}
    for at, row, whole in zip(*(layer.members[c] for c in ("zone", "row", "whole")), strict=True):
        found.setdefault(str(layer.zones.index[at]), {})[str(ROW.codes[row])] = bool(whole)
    return found


def test_two_sectors_named_where_nothing_is_known_make_the_check_answer() -> None:
    codes = ["01001", "01002", "01003"]
    assert check("secteurs", facts(codes)).outcome is Outcome.UNKNOWN
    first, second = claim("01G01", "01001", hospital="CH du Bourg"), claim("01g2", "01002", "01003")
    found = check("secteurs", facts(codes, first, second))
    assert found.outcome is Outcome.DISCUSS
    assert "2 secteurs adultes à inviter : Secteur 01G01 (d’après Ana) et Secteur 01G02 (d’après Ana)" in plain(
        found.sentence
    )


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        (ADULT, "1G02", "n’est pas le code d’un secteur"),
        (ADULT, "01G00", "n’est pas le code d’un secteur"),
        (ADULT, "01I02", "infanto-juvénile : choisissez cette sorte"),
        (CHILD, "01 g 02", "adulte : choisissez cette sorte"),
        (ADULT, "=A1", "formule"),
        ("autre", "X", "n’existe pas"),
    ],
)
def test_what_is_no_sector_gets_a_sentence(kind: str, name: str, said: str) -> None:
    with pytest.raises(GeoInputError, match=said):
        claim(name, "01001", kind=kind)


@pytest.mark.parametrize(("text", "code"), [("94g7", "94G07"), ("Secteur 2a-G-01", "2AG01"), ("974I3", "974I03")])
def test_the_code_of_a_sector_is_written_in_one_way(text: str, code: str) -> None:
    assert sector_code(text) == code
    assert claim(text, "01001", kind=kind_of_code(text)).name == code


def test_a_commune_that_nobody_placed_stays_unknown() -> None:
    assert check("secteurs", facts(["01001", "01002"], claim("01G01", "01001"))).outcome is Outcome.UNKNOWN


def test_a_sector_stated_whole_has_a_share_and_another_has_none() -> None:
    (whole,) = sectors_met(facts(["01001"], claim("01G01", "01001", "01002", whole=True)))
    assert (whole.inside, whole.total) == (6_200, 10_000)
    (part,) = sectors_met(facts(["01001"], claim("01G01", "01001", "01002")))
    assert part.total is None
    assert "toutes connues" in part.unknown


def test_whose_word_it_is_stands_beside_the_sector_at_the_table() -> None:
    table = round_table(facts(["01001"], claim("01G01", "01001", hospital="CH du Bourg")))
    seat = next(s for s in table.seats if "01G01" in s.who)
    assert seat.source == "d’après Ana, le 26/11/2026"
    assert any(s.who == "CH du Bourg" for s in table.seats)


def test_what_a_sector_answers_is_followed_under_its_code_whoever_stated_it() -> None:
    seats = [round_table(facts(["01001"], claim("01G01", "01001", who=who))).seats for who in ("Ana", "Bob")]
    assert [{s.id for s in some if s.id.startswith("secteurs")} for some in seats] == [{"secteurs-adultes:01G01"}] * 2


def test_two_authors_who_disagree_are_side_by_side_and_no_figure_picks_one() -> None:
    one, other = claim("01G01", "01001", "01002"), claim("01G02", "01002", who="Bob")
    laid = lay(crosswalk(ROW).layers, Claims((one, other)), ROW)
    assert held(laid.layers[ADULT]) == {"sect-01g01": {"01001": True, "01002": False}, "sect-01g02": {"01002": False}}
    (dispute,) = laid.disputes
    assert (dispute.codes, dispute.claims, dispute.settled) == (("01002",), (one, other), False)
    assert dispute.sentence(ROW) == (
        "Bourg 2 : Secteur 01G01, d’après Ana, le 26/11/2026 ; Secteur 01G02, d’après Bob, le 26/11/2026. "
        "Rien n’est retenu : part inconnue de chacun."
    )
    assert check("secteurs", facts(["01002"], one, other)).outcome is not Outcome.FAVORABLE


def test_the_one_chosen_is_used_and_named() -> None:
    one, other = claim("01G01", "01002"), claim("01G02", "01002", who="Bob", prevails=True)
    laid = lay(crosswalk(ROW).layers, Claims((one, other)), ROW)
    assert held(laid.layers[ADULT]) == {"sect-01g02": {"01002": True}}
    (dispute,) = laid.disputes
    assert dispute.used == "Secteur 01G02, d’après Bob, le 26/11/2026"


def test_a_claim_against_the_layer_in_place_is_disputed_until_one_is_chosen() -> None:
    zones = {"sect-01g07": zone("01001", "01002", nom="Secteur 01G07")}
    mine = claim("01G08", "01002")
    assert held(adult(mine, zones=zones)) == {
        "sect-01g07": {"01001": True, "01002": False},
        "sect-01g08": {"01002": False},
    }
    chosen = replace(mine, prevails=True)
    assert held(adult(chosen, zones=zones)) == {"sect-01g07": {"01001": True}, "sect-01g08": {"01002": True}}


def test_a_claim_that_says_what_is_in_place_changes_nothing_but_its_source() -> None:
    zones = {"sect-01g07": zone("01001", nom="Secteur 01G07")}
    found = adult(claim("01G07", "01001"), zones=zones)
    assert held(found) == {"sect-01g07": {"01001": True}}
    assert "d’après Ana" in found.zones.at["sect-01g07", "source_titre"]
    assert lay(crosswalk(ROW, {ADULT: zones}).layers, Claims((claim("01G07", "01001"),)), ROW).disputes == ()


def test_saying_a_list_complete_makes_an_absence_none_there_alone() -> None:
    cls = claim("CLS du Bourg", "01001", kind="cls")
    closed = claim(WHOLE_LIST, "01001", "01002", kind="cls")
    assert not facts(["01001", "01002"], cls).known_everywhere("cls")
    assert facts(["01001", "01002"], cls, closed).known_everywhere("cls")
    assert not facts(["01001", "01003"], cls, closed).known_everywhere("cls")


def test_a_gem_and_associations_sit_at_the_table_with_whose_word_it_is() -> None:
    gem = claim("GEM La Bouée", "01002", kind="gem")
    kin = claim("Unafam 01", "01001", kind="proches")
    table = round_table(facts(["01001", "01002"], gem, kin))
    assert {(s.group, s.who) for s in table.seats if s.known} >= {
        ("Personnes concernées", "GEM La Bouée"),
        ("Aidants", "Unafam 01"),
    }
    assert not any(s.who == "GEM La Bouée" for s in round_table(facts(["01001"], gem)).seats)


SECTORS = st.builds(
    lambda name, codes, who, whole, prevails: claim(name, *codes, who=who, whole=whole, prevails=prevails),
    st.sampled_from(["01G01", "01G02", "01G07"]),
    st.sets(st.sampled_from(sorted(ROW.codes)), min_size=1),
    st.sampled_from(["Ana", "Bob"]),
    st.booleans(),
    st.booleans(),
)
IN_PLACE = {"sect-01g07": zone("01001", "01002", nom="Secteur 01G07"), "sect-01g09": zone("01004", nom="Secteur 01G09")}


@given(st.lists(SECTORS, max_size=5, unique_by=lambda c: c.key), st.randoms(use_true_random=False))
def test_the_order_of_claims_changes_nothing(claims: list[Claim], random: object) -> None:
    shuffled = list(claims)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (adult(*each, zones=IN_PLACE) for each in (claims, shuffled))
    assert held(one) == held(other)
    assert one.zones.equals(other.zones)


@given(st.lists(SECTORS, max_size=5))
def test_claims_taken_back_leave_the_layer_in_place(claims: list[Claim]) -> None:
    made = Claims(tuple(claims))
    assert made.without(*made) == NO_CLAIMS
    layers = crosswalk(ROW, {ADULT: IN_PLACE}).layers
    assert lay(layers, made.without(*made), ROW).layers[ADULT] is layers[ADULT]


@given(st.lists(SECTORS, max_size=5))
def test_nobody_is_counted_whole_in_two_sectors(claims: list[Claim]) -> None:
    """Unless two words that both prevail say so, which is shown as a dispute."""
    made = Claims(tuple(claims))
    laid = lay(crosswalk(ROW, {ADULT: IN_PLACE}).layers, made, ROW)
    told = {code for d in laid.disputes for code in d.codes}
    twice = [c for c in ROW.codes if sum(zone.get(c, False) for zone in held(laid.layers[ADULT]).values()) > 1]
    assert not twice
    parts = {c for zone in held(laid.layers[ADULT]).values() for c, whole in zone.items() if not whole}
    assert parts <= told


def test_a_city_stands_for_its_parts_and_a_piece_of_a_commune_for_a_part_of_it() -> None:
    city = draw([[100, 200, 400]], city=[["01900", "01900", None]])
    laid = lay(crosswalk(city).layers, Claims((claim("01G01", "01900"), claim("01G02", "010030101"))), city)
    members = laid.layers[ADULT].members
    assert sorted(zip(members["row"], members["whole"], strict=True)) == [(0, True), (1, True), (2, False)]
