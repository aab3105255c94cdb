"""The moves suggested, on drawn countries with hand answers: what has a meaning, what speaks for and against, what is refused."""

from __future__ import annotations

import pytest

from geo.dataset import Dataset
from geo.guidance import Settings
from geo.layers import Precision
from geo.suggest import Kind, Suggestion, Suggestions, suggest
from tests.suggest.test_suggest import ROW, SECTORS, check_announced, world_of
from tests.support import real
from tests.support.grid import plain, zone

A, B = "200000001", "200000002"


def found(world: Dataset, *codes: str, **options: object) -> Suggestions:
    answer = suggest(world.evidence, codes, **options)  # type: ignore[arg-type]
    check_announced(world, frozenset(codes), answer, options.get("settings") or Settings())  # type: ignore[arg-type]
    return answer


def of_kind(answer: Suggestions, kind: Kind) -> list[Suggestion]:
    return [s for s in (*answer.add, *answer.drop) if s.kind is kind]


def pros(suggestion: Suggestion) -> str:
    return plain(" ; ".join(suggestion.words.pros))


def cons(suggestion: Suggestion) -> str:
    return plain(" ; ".join(suggestion.words.cons))


def test_the_rest_of_a_sector_is_proposed_with_the_people_it_brings_together() -> None:
    world = world_of(ROW, SECTORS, epci=[["A", "A", "A", "A"]])
    (one,) = of_kind(found(world, "01001"), Kind.SECTOR)
    assert plain(one.effect.move.label) == "Compléter le secteur Un (1 commune)"
    assert one.effect.move.added == {"01002"}
    assert "complète le secteur Un ; habitants des secteurs rencontrés laissés dehors : 40 000 → 0" in pros(one)
    assert "« Secteurs de psychiatrie »" not in pros(one), "one sector before, one sector after: nothing turns"
    assert one.words.cons == (), "one commune of the same body and sector: nothing measured speaks against"


def test_the_rest_of_a_body_is_proposed_and_its_extent_speaks_against() -> None:
    world = world_of([[1_000, 2_000, 3_000]])
    (one,) = of_kind(found(world, "01001"), Kind.BODY)
    assert one.effect.move.added == {"01002", "01003"}
    assert "CC 200000001 : toutes les communes autour de la table" in pros(one)
    assert "1 commune et 1 km² → 3 et 3 km²" in cons(one)


def test_a_body_that_would_lead_well_past_the_marker_is_set_aside_and_said() -> None:
    world = world_of([[100_000, 130_000]])
    answer = found(world, "01001")
    assert answer.add == ()
    assert "Compléter la CC 200000001 (1 commune)" in {plain(a.label) for a in answer.aside}
    assert "mènerait trop au-delà du repère (50 % → 115 %)" in plain(answer.nothing)


def test_the_rest_of_a_contract_is_proposed_and_its_officials_named() -> None:
    world = world_of([[5_000, 4_000]], {"cls": {"c": zone("01001", "01002", nom="CLS du Pays")}}, epci=[[A, B]])
    (one,) = of_kind(found(world, "01001"), Kind.CLS)
    assert "CLS du Pays : en entier dans le périmètre (9 000 habitants)" in pros(one)
    assert f"élus de plus à associer : CC {B}" in cons(one)


def test_a_contract_known_by_a_supposed_list_is_not_completed() -> None:
    zones = {"cls": {"c": zone("01001", "01002", nom="CLS du Pays", precision=Precision.SUPPOSEE)}}
    answer = found(world_of([[5_000, 4_000]], zones, epci=[[A, B]]), "01001")
    assert of_kind(answer, Kind.CLS) == []


def test_the_commune_that_shares_a_quarter_is_proposed_by_the_name_of_the_quarter() -> None:
    zones = {"qpv": {"q": zone(part=("01001", "01002"), nom="Le Parc", population=1_500.0)}}
    (one,) = of_kind(found(world_of([[5_000, 4_000, 9_000]], zones), "01001"), Kind.QUARTER)
    assert plain(one.effect.move.label) == "Ajouter Bourg 2, qui partage le QPV Le Parc"
    assert "QPV entiers : 0 → 1 (+ 1 500 habitants)" in pros(one)
    assert "QPV laissés dehors ou à cheval : 1 → 0" in pros(one)


SPILL = {"epci": [[A, A, B], [A, A, B]]}


def test_what_spills_out_of_a_whole_body_may_be_left_out() -> None:
    world = world_of([[9_000, 8_000, 700], [5_000, 5_000, 90_000]], **SPILL)
    answer = found(world, "01001", "01002", "01004", "01005", "01003")
    (one,) = answer.drop
    assert (one.kind, one.effect.move.removed) == (Kind.STOP, {"01003"})
    assert plain(one.effect.move.label) == f"S’arrêter à la CC {A}"
    assert "intercommunalités prises en partie : 1 → 0" in pros(one)
    assert "700 habitants ne seraient plus dans le périmètre" in cons(one)


def test_quarters_that_leave_with_a_spill_speak_against_it_and_the_ones_left_there_do_not_speak_for_it() -> None:
    zones = {
        "qpv": {
            "in": zone(part=("01001",), nom="Le Parc"),
            "out": zone(part=("01003",), nom="La Butte"),
            "far": zone(part=("01006",), nom="Le Pré"),
        },
        "secteurs-adultes": {"s": zone("01003", "01006", nom="Secteur Deux")},
    }
    people = [[9_000, 8_000, 700], [5_000, 5_000, 90_000]]
    answer = found(world_of(people, zones, **SPILL), "01001", "01002", "01004", "01005", "01003")
    (one,) = answer.drop
    assert "QPV entiers : 2 → 1" in cons(one)
    assert "QPV" not in pros(one) and "laissés dehors ou à cheval" not in cons(one)


def test_a_perimeter_brought_back_inside_a_cpts_is_not_said_to_hold_it() -> None:
    zones = {"cpts": {"c": zone("01001", "01002", "01004", "01005", "01006", nom="CPTS du Lac")}}
    people = [[9_000, 8_000, 700], [5_000, 5_000, 90_000]]
    (one,) = found(world_of(people, zones, **SPILL), "01001", "01002", "01004", "01005", "01003").drop
    assert "le périmètre tient dans la CPTS du Lac" in pros(one)


def test_a_locked_commune_is_never_proposed_to_leave() -> None:
    world = world_of([[9_000, 8_000, 700], [5_000, 5_000, 90_000]], **SPILL)
    assert found(world, "01001", "01002", "01004", "01005", "01003", locked={"01003"}).drop == ()


def test_the_main_town_of_a_body_is_never_proposed_to_leave() -> None:
    world = world_of([[9_000, 8_000, 20_000], [5_000, 5_000, 700]], **SPILL)
    answer = found(world, "01001", "01002", "01004", "01005", "01003")
    assert answer.drop == ()
    assert any("ville principale" in a.reason for a in answer.aside)


def test_no_commune_of_a_whole_body_is_proposed_to_leave_however_large_the_perimeter() -> None:
    world = world_of([[90_000, 80_000, 700]])
    answer = found(world, "01001", "01002", "01003", settings=Settings(marker=100_000, max_area_m2=2e6))
    assert answer.drop == ()


NEAR = {"epci": [[A, B]]}
CLSM = {"clsm": {"k": zone("01002", nom="CLSM voisin")}}


def test_a_clsm_next_door_is_not_joined_for_the_quarters_it_covers_already() -> None:
    zones = CLSM | {"qpv": {"q": zone(part=("01002",), nom="Le Parc", population=1_500.0)}}
    answer = found(world_of([[5_000, 4_000]], zones, **NEAR), "01001")
    assert answer.add == ()
    assert [a.kind for a in answer.aside] == [Kind.JOIN]


def test_a_clsm_of_the_same_body_is_not_joined_for_its_own_quarters_but_for_the_one_between() -> None:
    one = {"qpv": {"q": zone(part=("01002",), nom="Le Parc", population=1_500.0)}}
    between = {"qpv": {"q": zone(part=("01001", "01002"), nom="Le Parc", population=1_500.0)}}
    people = [[5_000, 4_000, 9_000]]
    assert of_kind(found(world_of(people, CLSM | one), "01001"), Kind.JOIN) == []
    (joined,) = of_kind(found(world_of(people, CLSM | between), "01001"), Kind.JOIN)
    assert "QPV entiers : 0 → 1" in pros(joined)


def test_a_clsm_next_door_that_completes_a_sector_is_joined_and_said_to_exist() -> None:
    zones = CLSM | {"secteurs-adultes": {"s": zone("01001", "01002", nom="Secteur Un")}}
    answer = found(world_of([[5_000, 4_000]], zones, **NEAR), "01001")
    (one,) = answer.add
    assert (one.kind, plain(one.effect.move.label)) == (Kind.JOIN, "Rejoindre le CLSM voisin : CLSM voisin (1 commune)")
    assert "CLSM voisin existe déjà (4 000 habitants) : à élargir avec son accord" in cons(one)


def test_a_sector_that_would_absorb_a_clsm_and_more_is_set_aside_with_the_reason() -> None:
    zones = CLSM | {"secteurs-adultes": {"s": zone("01001", "01002", "01003", nom="Secteur Un")}}
    answer = found(world_of([[5_000, 4_000, 3_000]], zones, epci=[[A, B, B]]), "01001")
    assert answer.add == ()
    reasons = {a.kind: plain(a.reason) for a in answer.aside}
    assert reasons[Kind.SECTOR] == "autant de pertes que de gains (CLSM existant réuni)"


def test_two_clsm_are_merged_and_a_place_without_one_joins() -> None:
    sector = {"secteurs-adultes": {"s": zone("01001", "01002", nom="Secteur Un")}}
    mine = {"m": zone("01001", nom="CLSM d’ici")}
    for held, verb in (({}, "Rejoindre"), (mine, "Fusionner avec")):
        (one,) = found(world_of([[5_000, 4_000]], {"clsm": CLSM["clsm"] | held} | sector, **NEAR), "01001").add
        assert one.effect.move.label.startswith(verb)


def test_another_departement_is_proposed_only_when_asked_and_then_said() -> None:
    zones = {"secteurs-adultes": {"s": zone("01001", "02002", nom="Secteur Un")}}
    world = world_of([[5_000, 4_000]], zones, departement=[["01", "02"]], epci=[[A, A]], complete="all")
    answer = found(world, "01001")
    assert answer.add == ()
    assert [plain(a.reason) for a in answer.aside] == ["autre département (02), autre ARS"]
    assert answer.aside[0].abroad
    (one,) = found(world, "01001", beyond=True).add
    assert cons(one).startswith("autre département (02), autre ARS")


def test_above_the_marker_nothing_that_adds_people_is_proposed() -> None:
    world = world_of(ROW, SECTORS)
    answer = found(world, "01001", settings=Settings(marker=50_000))
    assert answer.add == ()
    assert all("déjà dépassé" in a.reason for a in answer.aside)


@pytest.mark.parametrize("central", [0.01, 0.99])
def test_a_threshold_of_the_tool_neither_makes_nor_justifies_a_proposal(central: float) -> None:
    world = world_of([[9_000, 8_000, 700], [5_000, 5_000, 90_000]], SECTORS, **SPILL)
    own = Settings(
        central=central, small=10**6, max_communes=1, max_bodies=0, max_area_m2=1.0, max_span_m=1.0, sliver=0.4
    )
    one, two = found(world, "01001", "01002"), found(world, "01001", "01002", settings=own)
    assert [(s.effect.move, s.net) for s in one.add] == [(s.effect.move, s.net) for s in two.add]
    for suggestion in two.add:
        assert not any(title in pros(suggestion) for title in ("Coordination", "Centralité", "Choix de l’échelle"))
        assert "« Coordination »" not in cons(suggestion) or "(seuil de l’outil)" in cons(suggestion)
    assert [s.effect.move for s in one.drop] == [s.effect.move for s in two.drop]


def test_nothing_to_propose_is_said_with_its_reasons() -> None:
    answer = found(world_of([[60_000, 40_000]]), "01001", "01002")
    assert (answer.add, answer.drop, answer.divisions) == ((), (), ())
    assert plain(answer.nothing) == (
        "Rien à proposer : l’intercommunalité est entière ; les secteurs de psychiatrie sont inconnus ici ; "
        "aucun quartier prioritaire connu n’est à cheval sur la limite."
    )


def test_sectors_are_said_whole_only_where_every_sector_is_known() -> None:
    zones = {"secteurs-adultes": {"s": zone("01001", nom="Secteur Un")}}
    options = {"complete": ("qpv",)}
    one = found(world_of([[60_000, 40_000]], zones, **options), "01001", "01002")
    assert "les secteurs de psychiatrie sont connus en partie seulement" in plain(one.nothing)
    assert "sont entiers" not in plain(one.nothing)
    every = {"secteurs-adultes": {**zones["secteurs-adultes"], "t": zone("01002", nom="Secteur Deux")}}
    two = found(world_of([[60_000, 40_000]], every, **options), "01001", "01002")
    assert "les secteurs de psychiatrie adulte sont entiers" in plain(two.nothing)


def test_a_quarter_that_may_be_in_another_arrondissement_is_not_said_to_be_inside() -> None:
    zones = {"qpv": {"q": zone(part=("01001", "01002"), nom="Le Parc", precision=Precision.VILLE)}}
    options = {"city": [["01999", "01999"]], "complete": "all"}
    nothing = plain(found(world_of([[150_000, 140_000]], zones, **options), "01001").nothing)
    assert "à cheval" not in nothing
    assert "l’arrondissement de 1 quartier prioritaire n’est pas connu" in nothing


def test_a_move_that_brings_communes_of_unknown_sectors_gains_nothing_on_sectors() -> None:
    zones = {"secteurs-adultes": {"s": zone("01001", "01002", nom="Secteur Un")}}
    known = world_of([[9_000, 8_000, 7_000]], zones)
    unknown = world_of([[9_000, 8_000, 7_000]], zones, complete=("qpv", "clsm"))
    for world, gains in ((known, True), (unknown, False)):
        (body,) = of_kind(found(world, "01001"), Kind.BODY)
        assert ("laissés dehors : 8 000 → 0" in pros(body)) is gains
        (sector,) = of_kind(found(world, "01001"), Kind.SECTOR)
        assert "habitants des secteurs rencontrés laissés dehors : 8 000 → 0" in pros(sector)


def test_known_sectors_are_not_said_to_be_all_those_met() -> None:
    zones = {
        "secteurs-adultes": {"s": zone("01003", "01006", nom="Secteur Deux")},
        "secteurs-enfants": {"i": zone("01003", "01006", nom="Secteur I")},
    }
    people = [[9_000, 8_000, 700], [5_000, 5_000, 90_000]]
    world = world_of(people, zones, complete=("qpv", "clsm"), **SPILL)
    (one,) = found(world, "01001", "01002", "01004", "01005", "01003").drop
    assert "habitants des secteurs connus laissés dehors : 90 000 → 0" in pros(one)
    assert "habitants des secteurs infanto-juvéniles connus laissés dehors : 90 000 → 0" in pros(one)


def test_to_leave_a_body_is_no_gain_for_the_quarters_that_stay_outside() -> None:
    zones = {"qpv": {"far": zone(part=("01006",), nom="Le Pré")}}
    people = [[9_000, 8_000, 700], [5_000, 5_000, 90_000]]
    (one,) = found(world_of(people, zones, **SPILL), "01001", "01002", "01004", "01005", "01003").drop
    assert "QPV" not in pros(one)


def test_a_body_that_lies_in_another_departement_is_set_aside_in_a_sentence() -> None:
    world = world_of([[9_000, 700, 600]], departement=[["01", "02", "03"]])
    assert "(2 communes) ferait entrer d’autres départements (02 et 03), autre ARS" in plain(
        found(world, "01001").nothing
    )
    world = world_of([[9_000, 700]], departement=[["01", "02"]])
    assert "(1 commune) ferait entrer un autre département (02), autre ARS" in plain(found(world, "01001").nothing)


def test_a_body_that_a_strait_cuts_is_not_said_to_cross_a_threshold_of_the_tool() -> None:
    """CAP Excellence: Baie-Mahault lies over the water from Les Abymes and Pointe-à-Pitre, in the same body."""
    found = suggest(real.world().evidence, ["97101", "97120"])
    against = next(s.words.cons for s in found.add if "CAP Excellence" in s.effect.move.label)
    assert [plain(t) for t in against if "Coordination" in t] == [
        "« Coordination » : favorable → à discuter (morceaux : 1 → 2)"
    ]
