"""Who must be at the table: bodies and roles, what is not known, and the load."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.budget import RECOMMENDED, SCENARIOS, per_inhabitant_text, staffing_rows
from geo.guidance import SECTORS, round_table
from geo.guidance.table.members import of
from geo.guidance.table.seat import COMMUNES, NEIGHBOURS, STATE
from geo.layers import CarePlaces, Etat
from geo.perimeters import places, travel
from tests.support import real
from tests.support.grid import check, draw, facts_of, plain, with_places, zone

GRID = draw([[5000, 4000, 10], [300, 200, 10]], epci=[["A", "A", "B"], ["A", None, "B"]])
ZONES = {
    "secteurs-adultes": {
        "s1": zone("01001", "01002", nom="Secteur 01G01", territoire="CH du Bourg"),
        "s2": zone("01004", "01005", nom="Secteur 01G02", territoire="CH du Bourg"),
    },
    "clsm": {"near": zone("01003", nom="CLSM d’à côté", etat=Etat.PROJET), "here": zone("01001", nom="CLSM du Bourg")},
    "cpts": {"p": zone("01001", "01002", nom="CPTS du Bourg")},
}


def test_the_list_names_bodies_and_counts_the_load() -> None:
    table = round_table(facts_of(GRID, ["01001", "01002", "01004"], ZONES, complete="all"))
    counts = table.counts
    assert counts["Secteurs de psychiatrie"] == 2
    assert counts["Établissements de psychiatrie"] == 1
    assert (counts["Intercommunalités"], counts["Communes"], counts["CPTS et DAC"]) == (1, 3, 1)
    assert (counts["CLS et CLSM de ces communes"], counts["CLSM voisins"]) == (1, 1)
    assert counts["État et département"] == 3
    assert table.total == sum(counts.values()) == 13
    assert "Au moins 13 interlocuteurs" in plain(table.sentence)
    assert "2 secteurs" in plain(table.sentence) and "3 maires" in plain(table.sentence)


def test_what_is_not_known_is_a_row_and_counts_for_nobody() -> None:
    known = round_table(facts_of(GRID, ["01001"], ZONES, complete="all"))
    vague = round_table(facts_of(GRID, ["01001"], {}))
    assert list(dict.fromkeys(s.group for s in known.seats if not s.known)) == [
        "Personnes concernées", "Aidants", "Coordination", "Autres partenaires",
    ]  # fmt: skip
    assert all(s.to_fill for s in known.seats if not s.known)
    lacking = {s.who for s in vague.seats if not s.known}
    for word in ("psychiatrie adulte", "infanto-juvénile", "Établissement", "CPTS", "DAC", "CLS", "CLSM voisins"):
        assert any(word in who for who in lacking), word
    assert all(s.seats == 0 for s in vague.seats if not s.known)
    assert vague.counts[SECTORS] == 0


def test_the_five_members_of_the_guide_come_first_and_those_nobody_is_known_for_are_named() -> None:
    table = round_table(facts_of(GRID, ["01001", "01002"], ZONES, complete="all"))
    assert list(table.counts)[:7] == [
        "Communes", "Intercommunalités", "Secteurs de psychiatrie", "Établissements de psychiatrie", "Personnes concernées",
        "Aidants", "Coordination",
    ]  # fmt: skip
    assert [table.counts[g] for g in ("Personnes concernées", "Aidants", "Coordination")] == [0, 0, 0]
    assert "personne n’est connu ici pour : personnes concernées, aidants et coordination" in plain(table.sentence)
    bare = round_table(facts_of(GRID, ["01001", "01002"], {}))
    assert "pour : chefs de pôle, personnes concernées, aidants et coordination" in plain(bare.sentence)


def test_several_full_time_posts_say_how_many_the_cost_takes() -> None:
    assert plain(per_inhabitant_text(SCENARIOS[0], 124_000)) == "0,97 € par habitant et par an, pour 2 ETP, 120 000 €"
    assert plain(per_inhabitant_text(SCENARIOS[3], 6_000)) == "1,00 € par habitant et par an, pour 0,1 ETP, 6 000 €"
    for scenario in SCENARIOS:
        assert scenario.per_inhabitant(1000) == scenario.euros / 1000


def test_a_neighbouring_clsm_is_told_with_its_state_and_not_the_one_already_there() -> None:
    table = round_table(facts_of(GRID, ["01001", "01002"], ZONES, complete="all"))
    (seat,) = [s for s in table.seats if s.group == NEIGHBOURS]
    assert seat.who == "CLSM d’à côté" and "projet" in seat.detail


def test_rows_are_exportable_and_the_text_says_all_of_them() -> None:
    table = round_table(facts_of(GRID, ["01001", "01005"], ZONES, complete="all"))
    frame = table.frame()
    assert len(frame) == len(table.seats)
    assert list(frame.columns)[:3] == ["Groupe", "Qui", "À quel titre"]
    assert set(frame["Connu"]) <= {"oui", "non"}
    text = table.text()
    assert all(s.who in text for s in table.seats)
    assert "commune sans intercommunalité" in text


# --- functions to fill, as the guide composes the table -----------------------------------------------------------------
def test_functions_come_after_the_members_and_users_and_carers_are_counted_apart() -> None:
    table = round_table(facts_of(GRID, ["01001", "01002"], ZONES, complete="all"))
    to_fill = {s.id.removeprefix("fonction:"): s.group for s in table.seats if s.to_fill}
    for partner in ("ptsm", "ccas", "bailleurs", "education", "police", "justice", "cpam", "caf"):
        assert to_fill[partner] == "Autres partenaires"
    assert (to_fill["usagers"], to_fill["gem"], to_fill["aidants"]) == (
        "Personnes concernées",
        "Personnes concernées",
        "Aidants",
    )
    assert (
        plain(table.people_apart)
        == "Comptés à part, personnes concernées : aucun connu ici ; aidants : aucun connu ici."
    )
    assert "fonctions sont à désigner" in plain(table.sentence)
    assert "- Unafam ou autre association d’aidants : à désigner" in table.text()


def test_functions_of_the_politique_de_la_ville_are_asked_for_where_there_are_quarters_or_nobody_knows() -> None:
    none = round_table(facts_of(GRID, ["01001"], ZONES, complete="all"))
    unknown = round_table(facts_of(GRID, ["01001"], ZONES))
    city = {"fonction:asv", "fonction:contrat-de-ville"}
    assert not city & {s.id for s in none.seats}
    assert city <= {s.id for s in unknown.seats}


def test_what_a_person_filled_is_known_counted_and_no_longer_to_fill() -> None:
    filled = {"fonction:gem": (("GEM La Bouée", "d’après CCAS, le 20/11/2026"), ("GEM Le Phare", "sans signature")),
              "fonction:coordination": (("Coordination du CLSM", "sans signature"),)}  # fmt: skip
    table = round_table(facts_of(GRID, ["01001"], ZONES, complete="all"), filled)
    gems = [s for s in table.seats if s.id == "fonction:gem"]
    assert [(s.who, s.known, s.source) for s in gems] == [
        ("GEM La Bouée", True, "d’après CCAS, le 20/11/2026"),
        ("GEM Le Phare", True, "sans signature"),
    ]
    assert table.counts["Personnes concernées"] == 2
    assert "2 instances de personnes concernées" in plain(table.sentence)
    assert "coordination" not in plain(table.sentence).partition("personne n’est connu ici pour")[2]


def test_each_seat_whose_answer_is_followed_has_a_subject_of_its_own() -> None:
    ids = [s.id for s in round_table(facts_of(GRID, ["01001", "01002", "01005"], ZONES, complete="all")).seats if s.id]
    assert len(ids) == len(set(ids))
    assert {"commune:01001", "epci:A", "secteurs-adultes:01G01", "hopital:centre hospitalier bourg"} <= set(ids)


def _hospital(*names: str, extent: frozenset[str] = frozenset({"01"}), name: str = "CH Albert Chenevier") -> str:
    zones = {"secteurs-adultes": {"s1": zone("01001", nom="Secteur 01G01", territoire=name)}}
    places_of = pd.DataFrame(
        [{"id": str(i), "nom": n, "categorie": "CHS", "row": 0, "lon": 3.0, "lat": 46.5} for i, n in enumerate(names)],
        columns=["id", "nom", "categorie", "row", "lon", "lat"],
    )
    facts = with_places(facts_of(GRID, ["01001"], zones), CarePlaces(places_of, extent, "FINESS", "2026"))
    return plain(next(s.detail for s in round_table(facts).seats if s.id.startswith("hopital:")))


@pytest.mark.parametrize(
    ("name", "in_finess"),
    [("CH du Bourg", "CENTRE HOSPITALIER DU BOURG"), ("EPS de Ville-Évrard", "Etablissement Public de Santé de Ville Evrard"),
     ("CH les Murets (aujourd’hui HPEVM)", "CH LES MURETS"), ("CH Gérard Marchant", "CH GERARD MARCHANT BOURG 1")],
)  # fmt: skip
def test_a_hospital_found_in_finess_however_it_is_typed_raises_nothing(name: str, in_finess: str) -> None:
    assert _hospital(in_finess, "CMP A", name=name) == "secteur 01G01"


def test_a_hospital_that_finess_has_not_under_its_name_is_said_with_the_nearest() -> None:
    found = _hospital("CMP Chenevière", "HOPITAL ALBERT-CHENEVIER", "CH PAUL GUIRAUD", name="CHU Albert Chenevier")
    assert "nom non trouvé parmi les lieux de santé mentale de FINESS" in found
    assert found.endswith("le plus proche : HOPITAL ALBERT-CHENEVIER")
    assert _hospital("CMP B").endswith("aucun nom proche")


def test_nothing_is_said_of_a_hospital_where_finess_is_not_in() -> None:
    assert _hospital("CMP B", extent=frozenset()) == "secteur 01G01"


@pytest.mark.parametrize(
    ("departement", "said"),
    [("94", "du Val-de-Marne"), ("01", "de l’Ain"), ("79", "des Deux-Sèvres"), ("28", "d’Eure-et-Loir"), ("17", "de la Charente-Maritime"),
     ("974", "de La Réunion"), ("976", "de Mayotte"), ("75", "de Paris")],
)  # fmt: skip
def test_a_departement_takes_its_article(departement: str, said: str) -> None:
    assert of(real.atlas(), departement) == said


@pytest.mark.parametrize(
    ("codes", "council"),
    [
        (["94028"], "Conseil départemental du Val-de-Marne"),
        (["75101"], "Ville de Paris (compétences du département)"),
        (["2A004"], "Collectivité de Corse"),
        (["67482"], "Collectivité européenne d’Alsace"),
        (["97209"], "Collectivité territoriale de Martinique"),
        (["69381"], "Métropole de Lyon (compétences du département)"),
        (["69264"], "Conseil départemental du Rhône"),
    ],
)
def test_whoever_holds_the_powers_of_the_departement_is_invited(codes: list[str], council: str) -> None:
    state = [s.who for s in round_table(real.facts(codes)).seats if s.group == STATE]
    assert council in state and len(state) == 3


def test_a_city_of_arrondissements_is_one_mayor() -> None:
    atlas = real.atlas()
    table = round_table(real.facts(atlas.parts["13055"]))
    (mayor,) = [s for s in table.seats if s.group == COMMUNES]
    assert mayor.who == "Marseille" and "16 arrondissements" in plain(mayor.detail)


def test_no_name_of_a_person_is_ever_told() -> None:
    roles = {s.role for s in round_table(real.facts(["94028", "94046"])).seats}
    assert all(not role or role[0].islower() for role in roles)


# --- staffing and travel ------------------------------------------------------------------------------------------
def test_staffing_stands_beside_the_size_of_the_perimeter() -> None:
    rows = staffing_rows(200_000, 3)
    assert [r["euros_a_partir_de"] for r in rows] == [120_000, 60_000, 30_000, 6_000]
    assert [r["recommande"] for r in rows] == [False, True, False, False]
    assert rows[1]["euros_par_habitant"] == 0.3
    assert "difficile" in str(rows[3]["remarque"]) and not staffing_rows(200_000, 1)[3]["remarque"]
    assert plain(per_inhabitant_text(RECOMMENDED, 200_000)) == "0,30 € par habitant et par an, pour 1 ETP, 60 000 €"
    assert per_inhabitant_text(RECOMMENDED, 0) == ""
    assert SCENARIOS[1] is RECOMMENDED


def test_the_check_gives_staffing_as_data() -> None:
    figures = check("moyens", facts_of(GRID, ["01001", "01002"])).figures
    assert figures["temps_plein_recommande"] and len(figures["cofinanceurs"]) == 3
    assert figures["scenarios"][1]["euros_par_habitant"] == pytest.approx(60_000 / 9_000)


def test_travel_names_the_ends_and_says_how_it_is_measured() -> None:
    found = travel(facts_of(GRID, ["01001", "01002", "01003"]))
    assert (found.largest_m, set(found.ends or ())) == (2000.0, {"Bourg 1", "Bourg 3"})
    assert "2 km" in plain(found.sentence) and "mairies" in found.sentence and "vol d’oiseau" in found.sentence
    assert "Une seule commune" in travel(facts_of(GRID, ["01001"])).sentence
    mixed = draw([[10, 10]], epsg=[[2154, 2975]])
    assert "ne sont pas mesurées" in travel(facts_of(mixed, ["01001", "01002"])).sentence


def _with_places(codes: list[str], extent: set[str]):
    facts = facts_of(GRID, codes)
    table = pd.DataFrame(
        [{"id": "1", "nom": "CMP A", "categorie": "CMP", "row": 0, "lon": 3.0, "lat": 46.5},
         {"id": "2", "nom": "CMP B", "categorie": "CMP", "row": 1, "lon": float("nan"), "lat": float("nan")},
         {"id": "3", "nom": "CMP C", "categorie": "CMP", "row": 2, "lon": float("nan"), "lat": float("nan")}]
    )  # fmt: skip
    return with_places(facts, CarePlaces(table, frozenset(extent), "dessin", "2026"))


def test_places_inside_and_the_nearest_outside_of_each_kind() -> None:
    found = places(_with_places(["01001"], {"01"}))
    assert found.inside == (("CMP", 1),)
    (near,) = found.nearest
    assert (near.name, near.commune, near.distance_m) == ("CMP B", "Bourg 2", 1000.0)
    assert "CMP à Bourg 2 (1 km)" in plain(found.sentence)


def test_places_are_not_said_nearest_where_their_list_stops_short() -> None:
    found = places(_with_places(["01001"], set()))
    assert (
        found.nearest == ()
        and "ne couvre pas tout le périmètre" in found.sentence
        and "Connus : CMP : 1" in found.sentence
    )
    assert "ne sont pas dans les données" in places(facts_of(GRID, ["01001"])).sentence
