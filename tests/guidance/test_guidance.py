"""The checks of the guide: every outcome each can give, with its figures and the words that matter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.communes import Density, approximate_density
from geo.guidance import CHECKS, Finding, Outcome, Reach, Settings, run_checks
from geo.layers import CarePlaces, Etat, Evidence, Precision, build_crosswalk
from geo.perimeters import Perimeter, PerimeterFacts
from tests.support import real
from tests.support.grid import FACT_LAYERS, check, draw, facts_of, layer, plain, with_people, with_places, zone

IDS = {
    "taille", "qpv", "rural", "typologie", "coordination", "ressources", "diagnostic",
    "articulation", "secteurs", "grande_ville", "centralite", "elus", "moyens",
}  # fmt: skip
LAYER_CHECKS = {"qpv": ("qpv",), "articulation": ("clsm", "cls", "cpts", "dac"), "secteurs": ("secteurs-adultes",)}
ATOMS = st.sets(st.integers(0, 34_916), min_size=1, max_size=8)


def _says(finding: Finding, *words: str) -> None:
    for word in words:
        assert word in plain(finding.sentence), plain(finding.sentence)


def _text(finding: Finding) -> str:
    return plain(" ".join((finding.sentence, *finding.details)))


def _by_id(facts: PerimeterFacts) -> dict[str, Finding]:
    return {found.id: found for _, found in run_checks(facts)}


# --- taille -----------------------------------------------------------------------------------------------------
def test_taille_is_favorable_up_to_the_marker() -> None:
    found = check("taille", facts_of(draw([[150_000, 50_000]]), ["01001", "01002"]))
    assert found.outcome is Outcome.FAVORABLE
    assert found.figures == {"population": 200_000, "repere": 200_000, "rapport": 1}
    _says(found, "200 000 habitants", "100 %")


def test_taille_exactly_at_the_marker_is_not_said_to_be_under_it() -> None:
    assert "sous le repère" not in check("taille", facts_of(draw([[200_000]]), ["01001"])).sentence


@pytest.mark.parametrize("people", [200_001, 210_000, 220_000])
def test_taille_just_above_the_marker_is_to_discuss(people: int) -> None:
    found = check("taille", facts_of(draw([[people]]), ["01001"]))
    assert found.outcome is Outcome.DISCUSS
    _says(found, f"{people:,}".replace(",", " "), "dépasse", "autour de")


def test_taille_never_says_that_a_perimeter_exceeds_the_marker_by_nothing() -> None:
    assert "0 %" not in plain(check("taille", facts_of(draw([[200_001]]), ["01001"])).sentence).split("repère")[0]


def test_taille_well_above_the_marker_is_a_point_of_vigilance() -> None:
    found = check("taille", facts_of(draw([[220_001]]), ["01001"]))
    assert found.outcome is Outcome.VIGILANCE
    _says(found, "220 001 habitants", "dépasse de 10 %", "proximité")


def test_taille_obeys_its_settings() -> None:
    facts = facts_of(draw([[900]]), ["01001"])
    assert check("taille", facts, Settings(marker=800, around=0.2)).outcome is Outcome.DISCUSS
    assert check("taille", facts, Settings(marker=800, around=0.125)).outcome is Outcome.DISCUSS  # exactly at the end
    assert check("taille", facts, Settings(marker=800, around=0.1)).outcome is Outcome.VIGILANCE


@pytest.mark.parametrize(("people", "small"), [(0, True), (19_999, True), (20_000, False), (199_999, False)])
def test_taille_of_a_very_small_territory_is_to_discuss_for_its_resources_by_a_threshold_of_ours(
    people: int, small: bool
) -> None:
    found = check("taille", facts_of(draw([[people]]), ["01001"]))
    assert found.outcome is (Outcome.DISCUSS if small else Outcome.FAVORABLE)
    assert found.raised_by == (("small",) if small else ())
    assert ("ne fixe pas de minimum" in found.sentence) is small
    assert ("manquer des ressources" in found.sentence) is small


def test_taille_below_the_setting_never_hides_that_the_marker_is_passed() -> None:
    found = check("taille", facts_of(draw([[900]]), ["01001"]), Settings(marker=500))
    assert found.outcome is Outcome.VIGILANCE


def test_taille_says_that_a_mostly_rural_territory_may_be_larger() -> None:
    rural = check("taille", facts_of(draw([[300_000]], side=100_000), ["01001"]))
    assert rural.outcome is Outcome.VIGILANCE
    _says(rural, "rurale", "échelle plus large", "estimation")
    urban = check("taille", facts_of(draw([[300_000]]), ["01001"]))
    assert "rurale" not in urban.sentence


# --- qpv --------------------------------------------------------------------------------------------------------
QUARTERS = {
    "q1": zone("01001", nom="Les Tilleuls", population=1000.0),
    "q2": zone("01002", nom="Le Parc", population=3000.0),
}
SQUARE = draw([[5000, 4000], [3000, 2000]])


def test_qpv_all_inside_is_favorable() -> None:
    found = check("qpv", facts_of(SQUARE, ["01001", "01002"], {"qpv": QUARTERS}, complete=["qpv"]))
    assert (found.outcome, found.reach, found.missing) == (Outcome.FAVORABLE, Reach.FINDING, ())
    assert (found.figures["qpv_entiers"], found.figures["qpv_limitrophes"]) == (2, 0)
    _says(found, "2 QPV sur 2 touchés, tous entiers", "100 % (4 000 sur 4 000)")


def test_qpv_left_outside_is_to_discuss_by_name_with_its_people() -> None:
    found = check("qpv", facts_of(SQUARE, ["01001"], {"qpv": QUARTERS}, complete=["qpv"]))
    assert found.outcome is Outcome.DISCUSS
    assert found.figures["noms_limitrophes"] == ["Le Parc"]
    assert found.figures["population_connue_dans_le_perimetre"] == 1000
    assert found.figures["population_connue_limitrophe"] == 3000
    assert (found.figures["habitants_en_qpv"], found.figures["habitants_en_qpv_intercommunalites"]) == (1000, 4000)
    _says(found, "1 QPV sur 2 touché, entier", "25 % (1 000 sur 4 000)", "Laissé dehors", "Le Parc")
    assert "Le Parc (3 000 habitants)" in _text(found)


def test_two_quarters_of_one_name_that_overflow_are_both_told() -> None:
    quarters = {i: zone("01001", "01002", nom="Centre", population=100.0) for i in ("a", "b", "c")}
    facts = facts_of(SQUARE, ["01001"], {"qpv": quarters}, complete=["qpv"])
    told = {("a", "01001"): 60.0, ("a", "01002"): 40.0, ("b", "01001"): 90.0, ("b", "01002"): 10.0}
    crossed = with_people(facts.crosswalk, "qpv", told)
    found = check("qpv", replace(facts, evidence=replace(facts.evidence, crosswalk=crossed)))
    _says(found, "Centre déborde de 10 habitants environ", "Centre déborde de 40 habitants environ")
    _says(found, "Centre déborde, d’un nombre d’habitants inconnu")


def test_qpv_astride_is_to_discuss_and_its_share_unknown() -> None:
    quarters = {"q": zone("01001", "01002", nom="La Frontière", population=900.0)}
    found = check("qpv", facts_of(SQUARE, ["01001"], {"qpv": quarters}, complete=["qpv"]))
    assert found.outcome is Outcome.DISCUSS
    assert found.figures["qpv_a_cheval"] == 1
    _says(
        found,
        "aucun entier",
        "La Frontière déborde, d’un nombre d’habitants inconnu",
        "Part de ses habitants inconnue",
    )
    assert "%" not in found.sentence
    assert found.raised_by == ("sliver",)


def test_qpv_of_unknown_population_gives_no_share() -> None:
    quarters = {**QUARTERS, "q2": zone("01002", nom="Le Parc")}
    found = check("qpv", facts_of(SQUARE, ["01001", "01002"], {"qpv": quarters}, complete=["qpv"]))
    assert found.outcome is Outcome.FAVORABLE
    assert found.figures["qpv_sans_population_connue"] == 1
    assert found.figures["population_connue_dans_le_perimetre"] == 1000
    _says(found, "Population connue pour 1 QPV sur 2")
    assert "%" not in found.sentence


def test_qpv_without_a_complete_list_cannot_be_judged_and_says_what_is_missing() -> None:
    found = check("qpv", facts_of(SQUARE, ["01001", "01002"], {"qpv": QUARTERS}))
    assert found.outcome is Outcome.UNKNOWN
    assert len(found.missing) == 1
    assert "QPV" in found.missing[0]
    assert "Département 01 (01)" in found.missing[0]
    assert "Les Tilleuls" in _text(found)


def test_qpv_needs_the_list_of_the_whole_intercommunal_body() -> None:
    atlas = draw([[100, 100]], departement=[["01", "02"]])
    made = {name: layer(atlas, name, {}, extent=["01"]) for name in FACT_LAYERS}
    facts = PerimeterFacts(
        Perimeter.of(["01001"], atlas), Evidence(build_crosswalk(atlas, made), approximate_density(atlas))
    )
    found = check("qpv", facts)
    assert found.outcome is Outcome.UNKNOWN
    assert "Département 02" in found.missing[0]
    assert "Département 01" not in found.missing[0]


def test_qpv_of_another_body_are_not_looked_at() -> None:
    atlas = draw([[100, 100]], epci=[["E1", "E2"]])
    found = check("qpv", facts_of(atlas, ["01001"], {"qpv": {"q": zone("01002", population=50.0)}}, complete=["qpv"]))
    assert found.reach is Reach.NOT_CONCERNED


def test_qpv_does_not_concern_a_territory_without_any() -> None:
    found = check("qpv", facts_of(SQUARE, ["01001"], complete=["qpv"]))
    assert (found.outcome, found.reach) == (Outcome.FAVORABLE, Reach.NOT_CONCERNED)
    _says(found, "QPV")


# --- rural and typologie ------------------------------------------------------------------------------------------
def test_rural_communes_all_inside_is_favorable() -> None:
    found = check("rural", facts_of(draw([[100, 300]]), ["01001", "01002"]))
    assert (found.outcome, found.reach, found.estimated) == (Outcome.RESERVED, Reach.FINDING, True)
    assert "grille de densité" in found.missing[0]
    assert found.figures["communes_rurales"] == 1
    assert found.figures["part_population_rurale"] == 0.25
    _says(found, "1 commune rurale dans le périmètre", "25 % (100 sur 400)", "stimé")


def test_rural_communes_left_outside_are_to_discuss_by_name() -> None:
    found = check("rural", facts_of(draw([[300, 20], [40, 9]]), ["01001"]))
    assert found.outcome is Outcome.DISCUSS
    assert found.figures["communes_rurales_limitrophes"] == 2  # the fourth does not touch the perimeter
    assert found.figures["population_rurale_limitrophe"] == 60
    _says(found, "2 communes rurales limitrophes", "60 habitants", "restent hors")
    assert plain(found.details[0]).index("Bourg 3") < plain(found.details[0]).index("Bourg 2")


def test_rural_people_mostly_inside_are_served_and_the_neighbours_left_are_counted() -> None:
    found = check("rural", facts_of(draw([[100, 300, 20]]), ["01001", "01002"]))
    assert found.outcome is Outcome.RESERVED
    _says(found, "La plupart des habitants ruraux d’ici sont dedans", "1 commune rurale limitrophe reste dehors")


def test_a_wholly_rural_perimeter_is_never_to_discuss_whatever_lies_around() -> None:
    found = check("rural", facts_of(draw([[10, 200, 200]]), ["01001"]))
    assert (found.outcome, found.reach) == (Outcome.RESERVED, Reach.FINDING)
    _says(found, "périmètre rural", "échelle plus large")


def test_rural_does_not_concern_dense_urban_land_even_beside_rural_communes() -> None:
    found = check("rural", facts_of(draw([[9000, 20]]), ["01001"]))
    assert found.reach is Reach.NOT_CONCERNED
    _says(found, "urbain dense")


def test_rural_communes_of_another_body_are_no_neighbours() -> None:
    found = check("rural", facts_of(draw([[300, 20]], epci=[["E1", "E2"]]), ["01001"]))
    assert found.reach is Reach.NOT_CONCERNED


def test_rural_agrees_when_one_commune_is_left_outside_and_none_is_inside() -> None:
    found = check("rural", facts_of(draw([[300, 40]]), ["01001"]))
    assert found.outcome is Outcome.DISCUSS
    _says(found, "Aucune commune rurale dans le périmètre", "1 commune rurale", "reste hors")


def test_rural_does_not_concern_a_territory_without_rural_communes() -> None:
    found = check("rural", facts_of(draw([[300, 400]]), ["01001"]))
    assert found.reach is Reach.NOT_CONCERNED


def test_rural_with_the_true_grid_does_not_speak_of_an_estimate() -> None:
    atlas = draw([[100, 300]])
    grid = Density(approximate_density(atlas).level, "grille INSEE", estimated=False)
    found = check("rural", facts_of(atlas, ["01001", "01002"], density=grid))
    assert found.estimated is False
    assert "stimé" not in found.sentence
    assert found.figures["methode"] == "grille INSEE"


@pytest.mark.parametrize(
    ("people", "words"), [(5000, ("urbanisme", "logement")), (100, ("isolement", "rareté", "éloignement", "moyens"))]
)
def test_typologie_names_the_determinants_of_the_main_kind_of_territory(people: int, words: tuple[str, ...]) -> None:
    found = check("typologie", facts_of(draw([[people, people]]), ["01001", "01002"]))
    assert found.reach is Reach.INFORMATION
    _says(found, *words)


def test_typologie_shares_out_every_inhabitant() -> None:
    found = check("typologie", facts_of(draw([[6000, 1000, 500, 500]]), ["01001", "01002", "01003", "01004"]))
    assert found.figures["population_par_type"] == {"urbain dense": 6000, "urbain intermédiaire": 2000, "rural": 0}
    _says(found, "75 % (6 000 sur 8 000)", "25 % (2 000 sur 8 000)")
    assert "rural" not in found.sentence.split("Pour ce type")[0]


def test_typologie_of_a_commune_without_inhabitants_still_reads() -> None:
    assert "Habitants : ." not in plain(check("typologie", facts_of(draw([[0]]), ["01001"])).sentence)


# --- coordination, centralité, diagnostic, grande ville --------------------------------------------------------------
def test_coordination_of_a_compact_territory_is_favorable_with_its_measures() -> None:
    found = check("coordination", facts_of(draw([[100, 300]]), ["01001", "01002"]))
    assert found.outcome is Outcome.FAVORABLE
    assert found.figures == {
        "communes": 2, "intercommunalites": 1, "superficie_km2": 2, "plus_grande_distance_km": 1,
        "distance_moyenne_ville_principale_km": 0.25, "morceaux": 1, "morceaux_sans_iles_ni_enclaves": 1,
    }  # fmt: skip
    _says(found, "2 communes", "1 intercommunalité", "Bourg 2")


def test_coordination_in_pieces_is_a_point_of_vigilance() -> None:
    found = check("coordination", facts_of(draw([[1, 1, 1]]), ["01001", "01003"]))
    assert found.outcome is Outcome.VIGILANCE
    assert found.figures["morceaux"] == 2
    _says(found, "2 morceaux")


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        (Settings(max_communes=2), "3 communes"),
        (Settings(max_bodies=1), "2 intercommunalités"),
        (Settings(max_area_m2=2.9e6), "3,0 km²"),
        (Settings(max_span_m=1999), "2,0 km"),
    ],
)
def test_coordination_above_a_setting_is_to_discuss_and_names_it(settings: Settings, word: str) -> None:
    facts = facts_of(draw([[1, 1, 1]], epci=[["E1", "E1", "E2"]]), ["01001", "01002", "01003"])
    found = check("coordination", facts, settings)
    assert found.outcome is Outcome.DISCUSS  # ours: never more than a question
    assert found.raised_by
    alert = plain(found.sentence).split("À regarder")[1]
    assert "seuil de l’outil" in alert
    assert word.replace(",0", "") in alert.replace(",0", "")
    at_the_limit = Settings(max_communes=3, max_bodies=2, max_area_m2=3e6, max_span_m=2000)
    assert check("coordination", facts, at_the_limit).outcome is Outcome.FAVORABLE


def test_coordination_says_that_a_mostly_rural_territory_may_be_larger() -> None:
    atlas = draw([[100, 100, 100]])
    found = check("coordination", facts_of(atlas, ["01001", "01002", "01003"]), Settings(max_communes=2))
    assert found.outcome is Outcome.DISCUSS
    _says(found, "échelle plus large")


def test_coordination_of_a_single_city_speaks_of_no_distance_between_communes() -> None:
    atlas = draw([[100, 100]], city=[["01900", "01900"]])
    assert "entre les communes" not in check("coordination", facts_of(atlas, ["01900"])).sentence


def test_centralite_does_not_concern_a_single_commune_even_split_in_arrondissements() -> None:
    atlas = draw([[100, 100]], city=[["01900", "01900"]])
    assert check("centralite", facts_of(atlas, ["01900"])).reach is Reach.NOT_CONCERNED


def test_centralite_is_favorable_up_to_half_of_the_people_with_a_reservation_while_needs_and_resources_are_unknown() -> (
    None
):
    found = check("centralite", facts_of(draw([[200, 100, 100]]), ["01001", "01002", "01003"]))
    assert (found.outcome, found.reach) == (Outcome.RESERVED, Reach.FINDING)
    assert found.missing == ("la répartition des habitants des QPV", "la répartition des lieux de santé mentale")
    assert found.figures["part_population"] == 0.5
    _says(found, "Bourg 1", "50 % (200 sur 400)")


PLACES = CarePlaces(
    pd.DataFrame([{"id": str(i), "nom": "", "categorie": "CMP", "row": r, "lon": 0.0, "lat": 0.0} for i, r in enumerate((0, 1, 2))]),
    frozenset({"01"}), "dessin", "2026",
)  # fmt: skip


def test_centralite_is_favorable_once_qpv_and_places_are_known_and_spread() -> None:
    quarters = {"q1": zone("01001", population=10.0), "q2": zone("01002", population=20.0)}
    facts = facts_of(draw([[200, 100, 100]]), ["01001", "01002", "01003"], {"qpv": quarters}, complete=["qpv"])
    assert check("centralite", facts).outcome is Outcome.RESERVED
    found = check("centralite", with_places(facts, PLACES))
    assert (found.outcome, found.missing) == (Outcome.FAVORABLE, ())
    _says(found, "33,3 % (10 sur 30) des habitants des QPV", "33,3 % (1 sur 3) des lieux")


def test_qpv_or_places_gathered_in_the_main_town_are_to_discuss_even_if_its_people_are_not() -> None:
    quarters = {"q1": zone("01001", population=10.0)}
    facts = facts_of(draw([[200, 100, 100]]), ["01001", "01002", "01003"], {"qpv": quarters}, complete=["qpv"])
    found = check("centralite", facts)
    assert (found.outcome, found.raised_by) == (Outcome.DISCUSS, ("central",))
    _says(found, "100 % (10 sur 10) des habitants des QPV")
    gathered = CarePlaces(PLACES.table.assign(row=0), PLACES.extent, "dessin", "2026")
    assert (
        check(
            "centralite", with_places(facts_of(draw([[200, 100, 100]]), ["01001", "01002", "01003"]), gathered)
        ).outcome
        is Outcome.DISCUSS
    )


def test_qpv_without_populations_are_compared_by_number() -> None:
    quarters = {"q1": zone("01001"), "q2": zone("01001"), "q3": zone("01002")}
    found = check("centralite", facts_of(draw([[200, 200]]), ["01001", "01002"], {"qpv": quarters}, complete=["qpv"]))
    assert found.outcome is Outcome.DISCUSS
    _says(found, "2 QPV sur 3")


def test_centralite_above_half_is_to_discuss() -> None:
    found = check("centralite", facts_of(draw([[201, 100, 100]]), ["01001", "01002", "01003"]))
    assert found.outcome is Outcome.DISCUSS
    _says(found, "Bourg 1", "201 sur 401")


def test_centralite_with_a_higher_setting_does_not_deny_that_a_town_outweighs_the_others() -> None:
    found = check("centralite", facts_of(draw([[55, 45]]), ["01001", "01002"]), Settings(central=0.6))
    assert found.outcome is Outcome.RESERVED
    _says(found, "rien de ce qui est connu n’y dépasse 60 % (seuil de l’outil)")


@pytest.mark.parametrize(
    ("people", "codes", "speaks", "chosen", "outcome"),
    [
        ([600, 400], ["01001"], "communale", "communale", Outcome.RESERVED),
        ([600, 400], ["01001", "01002"], "communale", "intercommunale", Outcome.DISCUSS),
        ([400, 300, 300], ["01001", "01002", "01003"], "intercommunale", "intercommunale", Outcome.RESERVED),
        ([400, 300, 300], ["01001", "01002"], "intercommunale", "entre les deux", Outcome.DISCUSS),
        ([400, 300, 300], ["01001"], "intercommunale", "communale", Outcome.DISCUSS),
    ],
)
def test_diagnostic_says_which_scale_the_figures_speak_for(
    people: list[int], codes: list[str], speaks: str, chosen: str, outcome: Outcome
) -> None:
    found = check("diagnostic", facts_of(draw([people]), codes, complete=["qpv"]))
    assert (found.figures["echelle_indiquee"], found.figures["echelle_du_perimetre"]) == (speaks, chosen)
    assert found.outcome is outcome
    assert found.figures["part_population"] == people[0] / sum(people)
    _says(found, "Bourg 1", f"l’échelle {speaks}", "diagnostic local")
    assert any("lieux de santé mentale" in text for text in found.missing)


def test_diagnostic_cannot_be_judged_where_neither_needs_nor_resources_are_listed() -> None:
    found = check("diagnostic", facts_of(draw([[600, 400]]), ["01001"]))
    assert found.outcome is Outcome.UNKNOWN
    assert len(found.missing) == 2


def test_diagnostic_is_favorable_once_needs_and_resources_are_known_and_agree() -> None:
    quarters = {"q1": zone("01001", population=10.0), "q2": zone("01002", population=20.0)}
    facts = facts_of(draw([[200, 190, 180]]), ["01001", "01002", "01003"], {"qpv": quarters}, complete=["qpv"])
    found = check("diagnostic", with_places(facts, PLACES))
    assert (found.outcome, found.missing) == (Outcome.FAVORABLE, ())


def test_diagnostic_stays_open_when_people_and_needs_do_not_say_the_same_scale() -> None:
    quarters = {"q1": zone("01001", population=10.0)}
    facts = facts_of(draw([[200, 190, 180]]), ["01001", "01002", "01003"], {"qpv": quarters}, complete=["qpv"])
    found = check("diagnostic", facts)
    assert (found.outcome, found.figures["echelle_indiquee"]) == (Outcome.DISCUSS, "ouverte")


def test_a_body_above_a_big_city_is_no_candidate_scale() -> None:
    facts = facts_of(draw([[300_000, 250_000]]), ["01001", "01002"], complete="all")
    found = check("diagnostic", facts)
    assert found.reach is Reach.INFORMATION
    _says(found, "550 000 habitants", "trop pour être l’échelle d’un seul CLSM")
    assert check("diagnostic", facts, Settings(big_city=550_000)).reach is Reach.FINDING


def test_diagnostic_for_the_largest_town_does_not_favour_a_village_alone() -> None:
    found = check("diagnostic", facts_of(draw([[600, 400]]), ["01002"]))
    assert found.outcome is not Outcome.FAVORABLE


def test_diagnostic_does_not_concern_an_island_without_intercommunal_body() -> None:
    assert check("diagnostic", facts_of(draw([[600]], epci=None), ["01001"])).reach is Reach.NOT_CONCERNED


def test_diagnostic_does_not_take_paris_for_its_own_intercommunal_body() -> None:
    assert "100 %" not in plain(check("diagnostic", real.facts(["75056"])).sentence)


def test_grande_ville_does_not_concern_smaller_cities() -> None:
    assert check("grande_ville", facts_of(draw([[500_000]]), ["01001"])).reach is Reach.NOT_CONCERNED


def test_grande_ville_split_in_arrondissements_says_how_many_are_taken() -> None:
    atlas = draw([[300_000, 250_000, 9]], city=[["01900", "01900", None]])
    found = check("grande_ville", facts_of(atlas, ["01001", "01003"]))
    assert found.outcome is Outcome.DISCUSS
    assert found.figures == {
        "ville": "Ville 01900",
        "population": 550_000,
        "arrondissements": 2,
        "dans_le_perimetre": 1,
    }
    _says(found, "550 000 habitants", "2 arrondissements", "arrondissement")


@pytest.mark.parametrize(("codes", "taken"), [(["75056"], 20), (["75118"], 1)])
def test_grande_ville_counts_the_arrondissements_of_paris(codes: list[str], taken: int) -> None:
    found = check("grande_ville", real.facts(codes))
    assert found.outcome is Outcome.DISCUSS
    assert found.figures["population"] == 2_103_778
    assert (found.figures["arrondissements"], found.figures["dans_le_perimetre"]) == (20, taken)


def test_grande_ville_says_that_toulouse_has_no_arrondissements() -> None:
    found = check("grande_ville", real.facts(["31555"]))
    assert found.figures.get("arrondissements", 0) == 0
    _says(found, "Toulouse", "n’a pas d’arrondissement")


# --- elus, moyens, ressources ---------------------------------------------------------------------------------------
def test_elus_lists_the_bodies_with_those_only_partly_inside() -> None:
    atlas = draw([[100, 200, 300, 400]], epci=[["E1", "E2", "E2", "E3"]])
    found = check("elus", facts_of(atlas, ["01001", "01002", "01004"]))
    assert found.reach is Reach.INFORMATION
    assert found.figures["intercommunalites"] == ["CC E3", "CC E2", "CC E1"]
    assert found.figures["intercommunalites_en_partie"] == ["CC E2"]
    assert found.figures["communes"] == ["Bourg 4", "Bourg 2", "Bourg 1"]
    _says(found, "3 communes et 3 intercommunalités", "CC E2 n’est")
    assert "CC E2 : 1 commune sur 2" in _text(found)


def test_elus_agrees_when_several_bodies_are_partly_inside() -> None:
    atlas = draw([[1, 2, 3, 4]], epci=[["E1", "E1", "E2", "E2"]])
    _says(check("elus", facts_of(atlas, ["01002", "01003"])), "ne sont que pour partie")
    assert "pour partie" not in check("elus", facts_of(atlas, list(atlas.codes))).sentence


CITY = draw([[100, 200, 300]], city=[["01900", "01900", None]])


def test_elus_says_that_a_city_is_only_partly_inside() -> None:
    found = check("elus", facts_of(CITY, ["01001", "01003"]))
    assert re.search(r"Ville 01900[^.;]*(partie|arrondissement)", _text(found)), _text(found)


def test_elus_counts_a_city_as_one_commune() -> None:
    text = _text(check("elus", facts_of(CITY, ["01900", "01003"])))
    assert "3 communes" not in text
    assert "2 communes" in text


def test_moyens_gives_the_four_scenarios_and_their_cost() -> None:
    found = check("moyens", facts_of(draw([[1, 1]]), ["01001", "01002"]))
    assert found.reach is Reach.INFORMATION
    assert len(found.details) == len(found.figures["scenarios"]) == 4
    text = " ".join(_text(found).split())
    for cost in ("60 000 €", "30 000 €", "6 000 €", "2024"):
        assert cost in text
    _says(found, "temps plein", "cofinancement", "0,1 ETP")


def test_moyens_speaks_of_a_tenth_of_a_post_only_between_communes() -> None:
    assert "0,1 ETP" not in check("moyens", facts_of(draw([[1, 1]]), ["01001"])).sentence


def test_ressources_cannot_be_judged_without_its_layer() -> None:
    found = check("ressources", facts_of(draw([[1]]), ["01001"], complete="all"))
    assert found.outcome is Outcome.UNKNOWN
    assert "CMP" in found.missing[0]


def _resources(codes: Iterable[str], extent: Iterable[str] = ("01",)) -> Finding:
    places = pd.DataFrame({"id": ["a", "b", "c"], "categorie": ["CMP", "CMP", "Hôpital"], "row": [0, 0, 2]})
    facts = facts_of(draw([[40_000, 10_000, 50_000]]), codes)
    return check("ressources", with_places(facts, CarePlaces(places, frozenset(extent), "FINESS", "2026")))


def test_ressources_inside_are_counted_by_kind_and_by_inhabitant() -> None:
    found = _resources(["01001", "01002"])
    assert found.figures["lieux"] == 2
    assert found.figures["par_categorie"] == {"CMP": 2}
    assert found.figures["pour_100_000_habitants"] == 4
    assert (found.figures["source"], found.figures["millesime"]) == ("FINESS", "2026")
    _says(found, "2 lieux", "4", "FINESS", "2 pour 50 000")


def test_ressources_without_any_place_are_a_point_of_vigilance() -> None:
    found = _resources(["01002"])
    assert found.outcome is Outcome.VIGILANCE
    assert found.figures["lieux"] == 0
    _says(found, "Aucun lieu")


@pytest.mark.parametrize("codes", [["01001"], ["01002"]])
def test_ressources_outside_the_extent_of_the_list_cannot_be_judged(codes: list[str]) -> None:
    found = _resources(codes, extent=["02"])
    assert found.outcome is Outcome.UNKNOWN
    assert "pour_100_000_habitants" not in found.figures
    assert "Aucun" not in found.sentence
    assert found.missing


def test_ressources_known_still_lack_associations_and_say_so() -> None:
    assert "associations" in " ".join(_resources(["01001"]).missing)


# --- secteurs -------------------------------------------------------------------------------------------------------
LINE = draw([[1000, 30, 970, 50, 950]])
SECTORS = {
    "sect-01g01": zone("01001", nom="Secteur G01", territoire="CH du Bourg"),
    "sect-01g02": zone("01002", "01003", nom="Secteur G02"),
    "sect-01g03": zone("01004", "01005", nom="Secteur G03"),
}
BOTH = ("secteurs-adultes", "secteurs-enfants")


def _sectors(codes: Iterable[str], complete: Iterable[str] = BOTH, **layers: object) -> Finding:
    zones = {"secteurs-adultes": SECTORS, **{k.replace("_", "-"): v for k, v in layers.items()}}
    return check("secteurs", facts_of(LINE, codes, zones, complete=complete))


def test_secteurs_one_is_favorable_and_named_with_its_hospital() -> None:
    found = _sectors(["01001"])
    assert (found.outcome, found.missing) == (Outcome.FAVORABLE, ())
    assert [s["id"] for s in found.figures["secteurs_adultes"]] == ["sect-01g01"]
    _says(found, "seul", "Secteur G01")
    assert "CH du Bourg" in _text(found)
    assert "100 % (1 000 sur 1 000)" in _text(found)


def test_secteurs_several_is_to_discuss_with_the_list_to_invite() -> None:
    found = _sectors(["01001", "01003"])
    assert found.outcome is Outcome.DISCUSS
    _says(found, "2 secteurs adultes", "Secteur G01", "Secteur G02")
    assert "97 % (970 sur 1 000)" in _text(found)


def test_secteurs_under_a_twentieth_are_named_apart() -> None:
    found = _sectors(["01001", "01002"])
    assert found.outcome is Outcome.FAVORABLE
    assert [s["nom"] for s in found.figures["secteurs_adultes"]] == ["Secteur G01"]
    assert [s["nom"] for s in found.figures["secteurs_adultes_a_la_marge"]] == ["Secteur G02"]
    _says(found, "Secteur G01", "À la marge", "5 %", "Secteur G02")


def test_secteurs_at_a_twentieth_are_invited_as_the_others() -> None:
    found = _sectors(["01001", "01004"])
    assert found.outcome is Outcome.DISCUSS
    assert found.figures["secteurs_adultes_a_la_marge"] == []


def test_secteurs_of_a_village_is_its_only_sector_however_small_its_share() -> None:
    found = _sectors(["01002"])
    assert found.outcome is Outcome.FAVORABLE
    assert [s["nom"] for s in found.figures["secteurs_adultes"]] == ["Secteur G02"]
    assert "0 secteur" not in plain(found.sentence)
    _says(found, "Secteur G02")


def test_secteurs_of_two_villages_are_both_invited() -> None:
    atlas = draw([[970, 30, 20, 980]])
    zones = {"secteurs-adultes": {"a": zone("01001", "01002", nom="A"), "b": zone("01003", "01004", nom="B")}}
    found = check("secteurs", facts_of(atlas, ["01002", "01003"], zones, complete=BOTH))
    assert found.outcome is Outcome.DISCUSS
    _says(found, "2 secteurs", "A", "B")


def test_secteurs_that_hold_most_of_the_perimeter_are_never_at_its_margin() -> None:
    atlas = draw([[9700, 300, 100, 900]])
    zones = {"secteurs-adultes": {"a": zone("01001", "01002", nom="A"), "b": zone("01003", "01004", nom="B")}}
    found = check("secteurs", facts_of(atlas, ["01002", "01003"], zones, complete=BOTH))  # 3 % of A, 75 % of the people
    assert "A" in [s["nom"] for s in found.figures["secteurs_adultes"]]
    assert found.outcome is Outcome.DISCUSS


def test_secteurs_unknown_cannot_be_judged_and_say_what_is_missing() -> None:
    found = check("secteurs", facts_of(LINE, ["01001"]))
    assert found.outcome is Outcome.UNKNOWN
    missing = " ".join(found.missing)
    for word in ("secteurs adultes", "secteurs enfants", "Département 01 (01)"):
        assert word in missing


def test_secteurs_known_in_part_cannot_be_judged_and_name_what_is_known() -> None:
    found = check("secteurs", facts_of(LINE, ["01001", "01002"], {"secteurs-adultes": {"a": zone("01001", nom="A")}}))
    assert found.outcome is Outcome.UNKNOWN
    _says(found, "pas tous connus", "A")


def test_secteurs_two_are_already_a_matter_to_discuss_though_the_list_is_not_complete() -> None:
    zones = {"secteurs-adultes": {"a": zone("01001", nom="A"), "b": zone("01003", nom="B")}}
    found = check("secteurs", facts_of(LINE, ["01001", "01002", "01003"], zones))
    assert found.outcome is Outcome.DISCUSS
    _says(found, "Au moins 2 secteurs", "A", "B")


def test_secteurs_are_known_where_every_commune_is_wholly_in_one() -> None:
    found = _sectors(["01001"], complete=())
    assert found.outcome is Outcome.RESERVED
    assert found.missing
    _says(found, "infanto-juvéniles ne sont pas")


def test_secteurs_of_a_part_of_a_commune_say_that_its_size_is_unknown() -> None:
    zones = {"secteurs-adultes": {"a": zone(part=["01001"], nom="A"), "b": zone(part=["01001"], nom="B")}}
    found = check("secteurs", facts_of(LINE, ["01001"], zones))
    assert found.outcome is Outcome.DISCUSS
    _says(found, "Au moins 2")
    assert _text(found).count("taille inconnue") == 2
    assert all(s["population_commune"] is None for s in found.figures["secteurs_adultes"])


def test_secteurs_names_every_child_sector_met() -> None:
    children = {"i1": zone("01001", nom="Secteur I01"), "i2": zone("01002", "01003", nom="Secteur I02")}
    found = _sectors(["01001", "01002"], secteurs_enfants=children)
    assert [s["nom"] for s in found.figures["secteurs_infanto_juveniles"]] == ["Secteur I01", "Secteur I02"]
    assert "Secteur I02" in _text(found)


def test_secteurs_several_for_children_are_to_discuss_even_with_one_for_adults() -> None:
    children = {"i1": zone("01002", nom="Secteur I01"), "i2": zone("01003", nom="Secteur I02")}
    found = _sectors(["01002", "01003"], secteurs_enfants=children)
    assert found.outcome is Outcome.DISCUSS


def test_secteurs_never_praise_a_sector_without_a_name() -> None:
    found = check("secteurs", facts_of(LINE, ["01001"], complete=BOTH))
    assert found.outcome is not Outcome.FAVORABLE
    assert ", :" not in plain(found.sentence)


# --- articulation -----------------------------------------------------------------------------------------------------
MINE = ["01001", "01002"]


def _articulation(complete: str | tuple[str, ...] = "all", **layers: object) -> Finding:
    return check("articulation", facts_of(LINE, MINE, layers, complete=complete))


def test_articulation_with_another_clsm_in_service_is_a_point_of_vigilance() -> None:
    found = _articulation(clsm={"c": zone("01002", "01003", nom="CLSM du Val")})
    assert found.outcome is Outcome.VIGILANCE
    assert found.figures["autres_clsm"] == ["CLSM du Val"]
    _says(found, "CLSM du Val")


@pytest.mark.parametrize(
    "known",
    [{"etat": Etat.PROJET}, {"etat": Etat.ANNONCE}, {"etat": Etat.A_CONFIRMER}, {"precision": Precision.SUPPOSEE}],
)
def test_articulation_with_a_clsm_that_is_not_sure_is_to_discuss(known: dict[str, object]) -> None:
    found = _articulation(clsm={"c": zone("01002", "01003", nom="CLSM du Val", **known)})
    assert found.outcome is Outcome.DISCUSS
    _says(found, "CLSM du Val")


def test_articulation_does_not_take_the_clsm_of_the_perimeter_for_another() -> None:
    found = _articulation(clsm={"c": zone(*MINE, nom="CLSM du Val")})
    assert found.outcome is Outcome.FAVORABLE
    assert found.figures["autres_clsm"] == []
    _says(found, "CLSM du Val")


@pytest.mark.parametrize(
    ("known", "word"), [({"etat": Etat.ANNONCE}, "annoncé"), ({"precision": Precision.SUPPOSEE}, "supposé")]
)
def test_articulation_says_when_the_clsm_of_the_perimeter_is_not_sure(known: dict[str, object], word: str) -> None:
    _says(_articulation(clsm={"c": zone(*MINE, nom="CLSM du Val", **known)}), word)


def test_articulation_with_a_project_beside_a_clsm_in_service_names_both() -> None:
    found = _articulation(
        clsm={"c": zone("01002", "01003", nom="CLSM du Val"), "d": zone("01001", nom="CLSM du Mont", etat=Etat.PROJET)}
    )
    assert found.outcome is Outcome.VIGILANCE
    _says(found, "CLSM du Val", "CLSM du Mont")


def test_articulation_with_a_partial_cls_is_to_discuss_with_its_shares() -> None:
    found = _articulation(cls={"c": zone("01002", "01003", nom="CLS du Val")})
    assert found.outcome is Outcome.DISCUSS
    assert found.figures["recoupements_partiels"] == ["CLS du Val"]
    _says(found, "partie", "CLS du Val")
    assert "30 habitants en commun, 2,9 % du périmètre, 3 % du dispositif" in _text(found)


def test_articulation_keeps_vigilance_when_a_partial_overlap_adds_to_a_clsm() -> None:
    found = _articulation(
        clsm={"c": zone("01002", "01003", nom="CLSM du Val")}, cpts={"p": zone("01002", "01003", nom="CPTS du Val")}
    )
    assert found.outcome is Outcome.VIGILANCE
    _says(found, "CLSM du Val", "CPTS du Val")


@pytest.mark.parametrize("codes", [MINE, ["01001", "01002", "01003"], ["01001"]])
def test_articulation_with_aligned_dispositifs_and_complete_lists_is_favorable(codes: list[str]) -> None:
    found = _articulation(cls={"c": zone(*codes, nom="CLS du Val")})
    assert (found.outcome, found.missing) == (Outcome.FAVORABLE, ())
    _says(found, "CLS du Val")


@pytest.mark.parametrize("complete", [(), ("clsm", "cls", "cpts"), ("clsm", "cls", "dac"), ("cls", "cpts", "dac")])
def test_articulation_with_lists_that_are_not_complete_is_never_favorable(complete: tuple[str, ...]) -> None:
    found = _articulation(complete, cls={"c": zone(*MINE, nom="CLS du Val")})
    assert found.outcome is Outcome.UNKNOWN
    asked = set(re.findall(r"\b(clsm|cls|cpts|dac)\b", " ".join(found.missing).lower()))
    assert asked == {"clsm", "cls", "cpts", "dac"} - set(complete)
    _says(found, "CLS du Val", "pas complètes")


def test_articulation_with_a_dispositif_known_in_part_does_not_call_it_aligned() -> None:
    found = _articulation(dac={"d": zone(*MINE, nom="DAC du Val", precision=Precision.PARTIELLE)})
    _says(found, "DAC du Val", "mal connu")
    assert "lignés" not in found.sentence


def test_articulation_says_a_cls_without_clsm_as_an_opportunity() -> None:
    _says(_articulation(cls={"c": zone(*MINE, nom="CLS du Val")}), "occasion", "volet santé mentale")
    with_clsm = _articulation(cls={"c": zone(*MINE)}, clsm={"m": zone(*MINE)})
    assert "occasion" not in with_clsm.sentence
    assert "occasion" not in _articulation(cpts={"p": zone(*MINE)}).sentence


def test_articulation_counts_the_pile_on_the_most_loaded_commune() -> None:
    found = _articulation(
        cls={"c": zone(*MINE)}, cpts={"p": zone("01001", "01003")}, dac={"d": zone("01001", part=["01002"])}
    )
    assert found.figures["couches_empilees_au_plus"] == 3
    assert found.figures["communes_les_plus_chargees"] == 1
    assert found.figures["rencontres"] == {"clsm": 0, "cls": 1, "cpts": 1, "dac": 1}
    _says(found, "3 dispositifs")


def test_articulation_with_nothing_around_is_favorable_only_if_the_lists_are_complete() -> None:
    assert _articulation().outcome is Outcome.FAVORABLE
    nothing = _articulation(())
    assert nothing.outcome is Outcome.UNKNOWN
    _says(nothing, "Aucun dispositif connu")


def test_articulation_does_not_turn_an_unknown_share_into_a_figure() -> None:
    text = _text(_articulation(cpts={"p": zone("01003", part=["01002"], nom="CPTS du Val")}))
    assert "inconnu" in text
    assert "0 %" not in text
    assert "0 habitant" not in text.replace("30 habitant", "")


# --- all together -------------------------------------------------------------------------------------------------------
def test_the_checks_of_the_guide_are_there_each_with_a_title_a_question_and_a_source() -> None:
    assert {c.id for c in CHECKS} >= IDS
    for each in CHECKS:
        assert each.title
        assert each.question.endswith("?")
        assert each.source.startswith("Guide 2025") or each.id == "departements"


@settings(max_examples=60)
@given(ATOMS)
def test_any_real_perimeter_reads_well_and_is_never_praised_out_of_a_layer_extent(rows: set[int]) -> None:
    facts = real.facts([str(real.atlas().codes[r]) for r in rows])
    findings = _by_id(facts)
    assert list(findings) == [c.id for c in CHECKS]
    for found in findings.values():
        text = _text(found)
        assert found.sentence.endswith((".", "?")), found.sentence
        assert not re.search(r"\bnan\b|\bNone\b|: \.|, :| ,|\.\.", text), text
        assert (found.outcome is Outcome.UNKNOWN) <= bool(found.missing)
        json.dumps(dict(found.figures), allow_nan=False)
    for check_id, needed in LAYER_CHECKS.items():
        found = findings[check_id]
        known = all(
            facts.known_everywhere(n) or (check_id == "secteurs" and facts.assigned_everywhere(n)) for n in needed
        )
        if not known:
            assert found.outcome is not Outcome.FAVORABLE
            assert found.reach is Reach.FINDING
    assert findings["ressources"].outcome is Outcome.UNKNOWN


@settings(max_examples=25)
@given(st.sets(st.sampled_from(list(LINE.codes)), min_size=1), st.sampled_from(["all", "clsm", ""]))
def test_sentences_are_put_together_without_double_blanks(codes: set[str], complete: str) -> None:
    zones = {
        "secteurs-adultes": SECTORS,
        "cls": {"c": zone("01001", "01002")},
        "qpv": {"q": zone("01003", population=9.0)},
    }
    facts = facts_of(LINE, codes, zones, complete="all" if complete == "all" else (complete,) if complete else ())
    for found in _by_id(facts).values():
        assert "  " not in _text(found)


@given(ATOMS)
def test_a_larger_marker_never_makes_the_size_worse(rows: set[int]) -> None:
    order = [Outcome.FAVORABLE, Outcome.DISCUSS, Outcome.VIGILANCE]
    facts = real.facts([str(real.atlas().codes[r]) for r in rows])
    ranks = [order.index(check("taille", facts, Settings(marker=m)).outcome) for m in (1_000, 10_000, 100_000, 10**7)]
    assert ranks == sorted(ranks, reverse=True)


def test_creteil_meets_its_sector_its_cls_its_cpts_and_its_clsm() -> None:
    findings = _by_id(real.facts(["94028"]))
    assert findings["secteurs"].outcome is Outcome.RESERVED  # child sectors are not known
    _says(findings["secteurs"], "94G07")
    assert findings["articulation"].outcome is Outcome.UNKNOWN
    assert findings["articulation"].figures["autres_clsm"] == []
    assert findings["articulation"].figures["rencontres"] == {"clsm": 1, "cls": 1, "cpts": 1, "dac": 0}
    _says(findings["articulation"], "CLSM de Créteil", "CLS de Créteil", "CPTS UBM")
    # Of the 9 QPV that the list gives to Grand Paris Sud Est Avenir, two are in Créteil, five in communes that touch it.
    figures = findings["qpv"].figures
    assert findings["qpv"].outcome is Outcome.DISCUSS
    assert (figures["qpv_dans_le_perimetre"], figures["qpv_limitrophes"], figures["qpv_plus_loin"]) == (2, 5, 2)
    _says(
        findings["qpv"],
        "2 QPV sur 7 touchés, tous entiers",
        "Population connue pour aucun QPV",
        "2 QPV des mêmes intercommunalités sont plus loin",
    )


def test_where_a_quarter_lies_in_a_split_city_is_unknown_for_a_part_of_the_city() -> None:
    """Marseille has 41 QPV by the list, its arrondissements are not given; 66 in the whole Métropole, 25 of them elsewhere."""
    north = check("qpv", real.facts(["13213", "13214", "13215", "13216"]))
    assert (north.figures["qpv_dans_le_perimetre"], north.figures["qpv_arrondissement_inconnu"]) == (0, 41)
    assert (north.figures["qpv_limitrophes"], north.figures["qpv_plus_loin"]) == (1, 24)
    assert north.outcome is Outcome.DISCUSS  # that of Les Pennes-Mirabeau is left out, wherever the others lie
    assert north.missing
    _says(north, "41 QPV de Marseille non comptés : on ne sait pas dans quels arrondissements")
    city = check("qpv", real.facts([str(c) for c in real.atlas().parts["13055"]]))
    # the one that La Penne-sur-Huveaune shares is not all in Marseille
    assert (city.figures["qpv_dans_le_perimetre"], city.figures["qpv_arrondissement_inconnu"]) == (40, 1)


def test_paris_alone_is_not_judged_on_quarters_whose_arrondissement_is_unknown() -> None:
    part = check("qpv", real.facts(["75118", "75119"]))
    assert part.outcome is Outcome.UNKNOWN and "21 QPV de Paris" in plain(part.missing[0])
    whole = check("qpv", real.facts([str(c) for c in real.atlas().parts["75056"]]))
    assert whole.outcome is Outcome.FAVORABLE
    _says(whole, "21 QPV sur 21 touchés, tous entiers")


@pytest.mark.parametrize("extent", [(), ("02",)])
def test_a_list_of_places_that_covers_nothing_here_says_so(extent: tuple[str, ...]) -> None:
    places = CarePlaces(pd.DataFrame({"row": [], "categorie": []}), frozenset(extent), "FINESS", "2026")
    found = check("ressources", with_places(facts_of(SQUARE, ["01001"]), places))
    assert found.outcome is Outcome.UNKNOWN
    _says(found, "aucune donnée ici")
    assert "pas tout" not in found.sentence and "0 " not in plain(found.sentence)


def test_a_list_of_places_that_covers_a_part_says_of_how_many_inhabitants() -> None:
    atlas = draw([[300, 100]], departement=[["01", "02"]])
    known = CarePlaces(PLACES.table.head(1), frozenset({"01"}), "FINESS", "2026")
    found = check("ressources", with_places(facts_of(atlas, ["01001", "02002"]), known))
    assert found.outcome is Outcome.UNKNOWN
    _says(found, "75 % (300 sur 400) des habitants", "Ailleurs, inconnu")


def test_the_niortais_holds_its_three_quarters() -> None:
    found = check("qpv", real.facts(real.atlas().codes[real.atlas().members("epci", "200041317")]))
    assert found.outcome is Outcome.FAVORABLE
    _says(found, "3 QPV sur 3 touchés, tous entiers", "100 % (6 283 sur 6 283)")
