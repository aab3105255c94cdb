"""Perimeters side by side: hand answers on a drawn grid, the laws of a difference, the candidates of real communes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from geo.communes import approximate_density
from geo.comparison import Candidate, Scale, candidates, default_choice, evaluate, not_offered, scale_of, side_by_side
from geo.comparison.compare import compare
from geo.dataset import Dataset
from geo.errors import GeoInputError
from geo.guidance import MEASURES, Outcome, Reach, Settings, Value, judge_moves
from geo.layers import Precision
from geo.moves import Move, incidence_of
from geo.scenarios import Scenario
from tests.support import real
from tests.support.grid import crosswalk, draw, plain, with_people, zone

# Three communes a line, two lines; the two first columns are one EPCI, the last another. 01005 is the largest.
PEOPLE = [[100, 200, 300], [400, 5000, 600]]
EPCI = [["A", "A", "B"], ["A", "A", "B"]]
BY_ID = {measure.id: measure for measure in MEASURES}


def drawn() -> Dataset:
    atlas = draw(PEOPLE, epci=EPCI)
    layers = {
        "secteurs-adultes": {
            "g1": zone("01001", "01002", territoire="Hôpital Nord"),
            "g2": zone("01003", "01004", "01005", "01006", territoire="Hôpital Sud"),
        },
        "cls": {"cls-1": zone("01001", "01002")},
        "clsm": {"clsm-1": zone("01003")},
        "qpv": {"q1": zone("01005", population=1200.0), "q2": zone("01001", population=50.0)},
    }
    return Dataset(crosswalk(atlas, layers, complete="all"), approximate_density(atlas), None, {})


def candidate(*codes: str, name: str = "Essai") -> Candidate:
    return Candidate(f"essai:{name}", "Essai", name, frozenset(codes), Scale.INTERCOMMUNAL)


def numbers(world: Dataset, *codes: str) -> dict[str, float | None]:
    return {k: v.number for k, v in evaluate(candidate(*codes), world).values.items()}


def test_the_figures_of_a_drawn_perimeter_are_those_counted_by_hand() -> None:
    found = numbers(drawn(), "01001", "01004", "01005")
    assert found["population"] == 5500
    assert found["communes"] == found["maires"] == 3
    assert (found["qpv"], found["qpv_habitants"], found["qpv_dehors"]) == (2, 1250, 0)
    assert (found["secteurs"], found["secteurs_entiers"], found["secteurs_coupes"]) == (2, 0, 2)
    assert (found["secteurs_dedans"], found["secteurs_dehors"]) == (5500, 200 + 300 + 600)
    assert (found["alignes"], found["partiels"], found["autres_clsm"]) == (0, 1, 0)
    assert (found["intercommunalites"], found["intercommunalites_en_partie"]) == (1, 1)
    assert (found["etablissements"], found["morceaux"], found["departements"]) == (
        2,
        1,
        1,
    )  # 01001, 01004, 01005 in a row
    assert found["superficie"] == 3e6
    assert found["ville_principale"] == 5000 / 5500
    assert found["lieux"] is None


def test_a_whole_sector_is_whole_and_leaves_nobody_out() -> None:
    found = numbers(drawn(), "01001", "01002")
    assert (found["secteurs"], found["secteurs_entiers"], found["secteurs_coupes"]) == (1, 1, 0)
    assert (found["secteurs_dedans"], found["secteurs_dehors"], found["alignes"]) == (0, 0, 1)


def test_where_a_list_is_not_complete_a_count_is_a_floor_and_no_difference_is_said() -> None:
    atlas = draw(PEOPLE, epci=EPCI)
    world = Dataset(crosswalk(atlas, {"qpv": {"q": zone("01001")}}), approximate_density(atlas), None, {})
    both = side_by_side([candidate("01001", name="un"), candidate("01003", name="deux")], world)
    measure = BY_ID["qpv"]
    assert measure.text(both.every[0].values["qpv"]) == "au moins 1"
    assert measure.text(both.every[1].values["qpv"]) == "aucun connu"
    assert both.difference_text(measure, 1) == "écart inconnu"
    assert both.difference_text(BY_ID["population"], 1).endswith("200")
    assert both.difference_text(BY_ID["population"], 0) == ""


def test_where_no_sector_is_known_their_figures_are_unknown_and_not_nought() -> None:
    atlas = draw(PEOPLE, epci=EPCI)
    found = numbers(Dataset(crosswalk(atlas, {}), approximate_density(atlas), None, {}), "01001")
    assert [
        found[k] for k in ("secteurs", "secteurs_entiers", "secteurs_coupes", "secteurs_dedans", "secteurs_dehors")
    ] == [None] * 5


def test_people_of_a_sector_that_cuts_a_commune_are_an_estimate_in_whole_numbers() -> None:
    atlas = draw([[100, 200, 300, 50]])
    zones = {"secteurs-adultes": {"g1": zone("01001", "01002", part=["01003"]), "g2": zone("01004", part=["01003"])}}
    built = crosswalk(atlas, zones, complete="all")
    world = Dataset(
        with_people(built, "secteurs-adultes", {("g1", "01003"): 180.6, ("g2", "01003"): 119.4}),
        approximate_density(atlas), None, {},
    )  # fmt: skip
    left, inside = (evaluate(candidate(*codes), world).values for codes in (["01001"], ["01001", "01003"]))
    assert (left["secteurs_dehors"].number, left["secteurs_dehors"].estimated) == (381, True)
    assert (left["secteurs_dedans"].number, left["secteurs_dedans"].estimated) == (100, False)
    assert (inside["secteurs_dehors"].number, inside["secteurs_dehors"].estimated) == (250, True)
    assert (inside["secteurs_dedans"].number, inside["secteurs_dedans"].estimated) == (400, True)
    tried = judge_moves(incidence_of(world.evidence), ["01001"], [Move("Bourg 3", frozenset({"01003"}))])
    assert [tried.measures(i).sector_people_outside for i in (0, 1)] == [381, 250]


def test_a_difference_that_is_written_as_zero_is_said_to_be_nearly_none() -> None:
    assert BY_ID["ville_principale"].difference_text(Value(0.3333), Value(0.33334)) == "presque égal"
    assert BY_ID["superficie"].difference_text(Value(5e8), Value(5.0001e8)) == "presque égal"
    assert plain(BY_ID["ville_principale"].difference_text(Value(0.3333), Value(0.3343))) == "+ 0,1 points"


def test_differences_are_written_with_their_sign() -> None:
    people = BY_ID["population"]
    assert plain(people.difference_text(Value(10), Value(1010))) == "+ 1 000"
    assert plain(people.difference_text(Value(11), Value(10))) == "− 1"
    assert people.difference_text(Value(5), Value(5)) == "="
    assert plain(BY_ID["rural"].difference_text(Value(5, estimated=True), Value(7))) == "environ + 2"
    assert plain(BY_ID["ville_principale"].difference_text(Value(1.0), Value(0.75))) == "− 25,0 points"


CODES = st.sets(st.sampled_from([f"0100{i}" for i in range(1, 7)]), min_size=1)


@given(CODES, CODES)
@hypothesis_settings(max_examples=60)
def test_with_itself_nothing_differs_and_swapping_negates_every_difference(a: set[str], b: set[str]) -> None:
    world = WORLD
    first, second = evaluate(candidate(*a), world), evaluate(candidate(*b), world)
    assert compare(first, first).empty
    there, back = compare(first, second), compare(second, first)
    assert there.only_first == back.only_second == frozenset(a - b)
    assert [(f.id, f.first, f.second) for f in there.figures] == [(f.id, f.second, f.first) for f in back.figures]
    for forth, reverse in zip(there.figures, back.figures, strict=True):
        assert (forth.difference is None) == (reverse.difference is None)
        assert forth.difference is None or forth.difference == -(reverse.difference or 0.0)
    assert [(k, y, x) for k, x, y in there.findings] == list(back.findings)
    assert there.empty == (a == b)


WORLD = drawn()


def test_perimeters_of_other_data_or_judged_otherwise_are_not_compared() -> None:
    one, world = candidate("01001"), drawn()
    with pytest.raises(GeoInputError, match="mêmes données"):
        compare(evaluate(one, world), evaluate(one, drawn()))
    with pytest.raises(GeoInputError, match="mêmes réglages"):
        compare(evaluate(one, world), evaluate(one, world, Settings(marker=1000)))


def test_what_cannot_be_set_side_by_side_gets_a_sentence() -> None:
    world = drawn()
    with pytest.raises(GeoInputError, match="de 1 à 6"):
        side_by_side([], world)
    with pytest.raises(GeoInputError, match="de 1 à 6"):
        side_by_side([candidate("01001")] * 7, world)
    with pytest.raises(GeoInputError, match="vide"):
        side_by_side([candidate()], world)
    with pytest.raises(GeoInputError, match="référence"):
        side_by_side([candidate("01001")], world, reference=1)


def test_what_the_figures_speak_for_is_said_check_by_check() -> None:
    chosen = [candidate("01001", name="Petit"), candidate("01001", "01004", "01005", name="Grand")]
    found = side_by_side(chosen, drawn(), Settings(marker=1000))
    said = {v.check.id: v for v in found.verdicts}
    assert said["taille"].differs
    assert plain(said["taille"].sentence) == "à discuter pour Petit ; point de vigilance pour Grand."
    assert not said["moyens"].differs
    assert said["moyens"].sentence == f"{Reach.INFORMATION} pour tous."
    assert not any(word in v.sentence for v in found.verdicts for word in ("meilleur", "gagn", "score", "conforme"))


def test_the_candidates_of_a_drawn_commune() -> None:
    found = candidates(
        drawn().crosswalk, "01001", [Scenario("Le mien", frozenset({"01001", "01006"})), Scenario("Vide")]
    )
    assert [(c.kind, c.name, sorted(c.codes)) for c in found] == [
        ("Commune", "Bourg 1", ["01001"]),
        ("EPCI", "CC A", ["01001", "01002", "01004", "01005"]),
        ("Secteur adulte", "g1", ["01001", "01002"]),
        ("Scénario", "Le mien", ["01001", "01006"]),
    ]
    assert found[2].also == ("CLS · cls-1",)
    assert [c.scale for c in found] == [Scale.COMMUNAL, Scale.INTERCOMMUNAL, Scale.SECTOR, Scale.INTERCOMMUNAL]


def test_a_clsm_next_door_is_a_candidate() -> None:
    found = candidates(drawn().crosswalk, "01002")
    assert [(c.kind, c.name) for c in found if "CLSM" in c.kind] == [("CLSM voisin", "clsm-1")]
    assert "CLSM voisin" not in {c.kind for c in default_choice(found)}


def test_an_unsure_zone_says_so_and_an_unknown_one_is_no_candidate() -> None:
    atlas = draw(PEOPLE, epci=EPCI)
    layers = {"cls": {"flou": zone("01001", "01002", precision=Precision.SUPPOSEE), "perdu": zone(part=("01001",))}}
    found = candidates(crosswalk(atlas, layers), "01001")
    assert [c.name for c in found if c.kind == "CLS"] == ["flou"]
    assert "à vérifier" in next(c for c in found if c.kind == "CLS").notices[0]


def test_an_unknown_commune_gets_a_sentence() -> None:
    with pytest.raises(GeoInputError, match="n’existe pas"):
        candidates(drawn().crosswalk, "99999")


@pytest.mark.parametrize(
    ("commune", "name", "people"),
    [
        ("94028", "Métropole du Grand Paris", ""),
        ("13213", "Métropole d'Aix-Marseille-Provence", "1 939 077 habitants"),
        ("59350", "Métropole Européenne de Lille", "1 195 234 habitants"),
    ],
)
def test_a_metropolis_above_a_big_city_is_not_offered_and_the_page_says_so(
    commune: str, name: str, people: str
) -> None:
    assert not [c.title for c in candidates(real.crosswalk(), commune) if name in c.title]
    (said,) = not_offered(real.crosswalk(), commune)
    assert name in said and people in plain(said) and "500 000 habitants" in plain(said)
    assert [c for c in candidates(real.crosswalk(), commune, settings=Settings(big_city=8_000_000)) if name in c.title]
    assert not not_offered(real.crosswalk(), commune, Settings(big_city=8_000_000))


def test_at_most_six_at_first_and_never_without_ones_own() -> None:
    mine = [Scenario(f"Essai {i}", frozenset({"94028", f"9403{i}"})) for i in (3, 4, 7, 8)]
    chosen = default_choice(candidates(real.crosswalk(), "94028", mine))
    assert len(chosen) == 6
    assert [c.name for c in chosen if c.kind == "Scénario"] == [s.name for s in mine]


@pytest.mark.parametrize(
    ("commune", "kinds"),
    [
        ("94028", {"Commune", "EPT"}),
        ("75113", {"Arrondissement", "Commune"}),
        ("69123", {"Commune", "CLSM", "CLSM voisin"}),
        ("29083", {"Commune"}),  # an island without EPCI
        ("97411", {"Commune", "EPCI"}),
    ],
)
def test_the_candidates_of_real_communes(commune: str, kinds: set[str]) -> None:
    found = candidates(real.crosswalk(), commune)
    assert kinds <= {c.kind for c in found}
    assert len({c.codes for c in found}) == len(found)
    assert scale_of(found[0].codes, real.atlas()) == found[0].scale


@pytest.mark.parametrize("commune", ["94028", "79191", "13055", "2A004"])
def test_the_figures_are_those_of_the_moves_tried(commune: str) -> None:
    ground = incidence_of(real.world().evidence)
    for candidate in candidates(real.crosswalk(), commune):
        tried = judge_moves(ground, candidate.codes, []).measures(0)
        mine = evaluate(candidate, real.world())
        value = {k: v.number for k, v in mine.values.items()}
        assert value["population"] == tried.population
        assert value["communes"] == tried.communes
        assert value["intercommunalites"] == tried.communities
        assert value["morceaux"] == tried.pieces
        assert (value["secteurs"] or 0) == tried.sectors  # where none is known, the comparison says « inconnu »
        assert (value["secteurs_coupes"] or 0) == tried.sectors_cut
        assert (value["secteurs_dehors"] or 0) == tried.sector_people_outside
        assert (value["qpv"] or 0) >= tried.qpv  # those cut count among the met
        assert (value["qpv_dehors"] or 0) <= tried.qpv_left
        assert value["superficie"] == pytest.approx(tried.area_m2)
        assert {f.id: f.outcome for _, f in mine.findings} == dict(tried.outcomes)


def test_every_measure_is_told_apart_and_defined() -> None:
    assert len(BY_ID) == len(MEASURES)
    assert all(m.definition.endswith(".") and m.label for m in MEASURES)
    assert Outcome.UNKNOWN not in (m.label for m in MEASURES)
    json.dumps({m.id: m.label for m in MEASURES})
    assert replace(candidate("01001"), name="x").title == "Essai · x"


def test_a_badge_with_a_comma_is_closed_before_the_names() -> None:
    chosen = [Candidate(c, "Commune", c, frozenset([c]), scale_of([c], real.atlas())) for c in ("76351", "14333")]
    said = [v.sentence for v in side_by_side(chosen, real.world()).verdicts]
    assert any("favorable, sous réserve, pour" in text for text in said)
    assert not any("sous réserve pour" in text for text in said)
