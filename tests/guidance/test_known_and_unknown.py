"""What is not known is in no figure, and what is known is said the same by the paragraph, the checks, the tables and the comparison."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given

from geo.exports.note import lead
from geo.exports.note_tables import sources_table, zone_cells, zones_table
from geo.guidance import MEASURES, NO_PROJECT, Outcome, asked_questions, in_brief, round_table, summary
from geo.guidance.sector_shares import sectors_met
from geo.guidance.settings import Settings
from geo.layers import CarePlaces, Etat, Precision, build_crosswalk
from geo.perimeters import PerimeterFacts, places
from tests.moves.test_trials import DRAWN, SOME, facts_on
from tests.support import real
from tests.support.grid import Zone, check, draw, facts_of, plain, with_places, zone
from ui.html import overlap_cells

CITY = draw([[60_000, 40_000, 900]], city=[["01999", "01999", None]])
VAGUE = {"q": zone(part=("01001", "01002"), nom="Le Parc", precision=Precision.VILLE, population=2_000.0)}


def figure(facts: PerimeterFacts, measure: str) -> str:
    one = next(m for m in MEASURES if m.id == measure)
    return plain(one.text(one.value(facts, NO_PROJECT)))


def question(facts: PerimeterFacts, which: str) -> str:
    return plain(next(q.data for q in asked_questions(facts, answers=((which, "oui"),)) if q.id == which))


def test_a_quarter_of_an_unknown_arrondissement_is_in_no_figure() -> None:
    facts = facts_of(CITY, ["01001"], {"qpv": VAGUE}, complete="all")
    assert figure(facts, "qpv") == figure(facts, "qpv_habitants") == figure(facts, "qpv_dehors") == "aucun connu"
    assert "inconnus ici" in question(facts, "asv")
    sure = {**VAGUE, "r": zone("01003", nom="Le Bois", population=500.0)}
    facts = facts_of(CITY, ["01001", "01003"], {"qpv": sure}, complete="all")
    assert (figure(facts, "qpv"), figure(facts, "qpv_habitants")) == ("au moins 1", "au moins 500")
    assert question(facts, "asv").startswith("Au moins 1 quartier prioritaire touché.")
    assert "au moins 1 QPV" in plain(in_brief(facts, Settings())[2])
    whole = facts_of(CITY, ["01001", "01002"], {"qpv": VAGUE}, complete="all")
    assert (figure(whole, "qpv"), figure(whole, "qpv_habitants"), figure(whole, "qpv_dehors")) == ("1", "2 000", "0")


def test_a_complete_list_without_any_quarter_is_no_unknown() -> None:
    facts = facts_of(CITY, ["01003"], complete="all")
    assert question(facts, "asv").startswith("0 quartier prioritaire touché.")


def test_only_a_hospital_counts_as_a_hospital() -> None:
    zones = {
        "secteurs-adultes": {
            "a": zone("01001", nom="Secteur A", territoire="Paris 20e"),
            "b": zone("01002", nom="Secteur B", territoire="CH du Bourg"),
        }
    }
    facts = facts_of(CITY, ["01001", "01002"], zones, complete="all")
    assert figure(facts, "etablissements") == "au moins 1"
    assert [s.name for s in round_table(facts).seats if s.group == "Établissements de psychiatrie"] == ["CH du Bourg"]
    assert figure(facts_of(CITY, ["01002"], zones, complete="all"), "etablissements") == "1"


def test_a_sector_wholly_inside_is_said_so_everywhere_though_its_people_are_not_known() -> None:
    zones = {
        "secteurs-adultes": {"a": zone(part=["01001"], nom="Secteur A"), "b": zone(part=["01001"], nom="Secteur B")}
    }
    facts = facts_of(CITY, ["01001"], zones, complete="all")
    assert "2 secteurs de psychiatrie adulte (2 entiers)" in plain(summary(facts))
    assert figure(facts, "secteurs_entiers") == "2"
    assert all("entier dans le périmètre ; il ne prend qu’une partie" in plain(s.sentence) for s in sectors_met(facts))


def test_arrondissements_that_complete_a_sector_are_no_communes() -> None:
    zones = {"secteurs-adultes": {"a": zone("01001", "01002", nom="Secteur A")}}
    (sector,) = sectors_met(facts_of(CITY, ["01001"], zones, complete="all"))
    assert "commune" not in sector.sentence and "1 arrondissement de" in plain(sector.sentence)


def test_sectors_known_commune_by_commune_are_no_incomplete_list() -> None:
    facts = real.facts(["75101"])
    assert not facts.known_everywhere("secteurs-adultes") and facts.assigned_everywhere("secteurs-adultes")
    assert "Secteurs adultes" in [row[0] for row in zones_table(facts).rows]
    known = {row[0]: row[3] for row in sources_table(facts, real.world()).rows}
    adults = real.crosswalk().layers["secteurs-adultes"].long_name
    assert (known[adults], known[real.crosswalk().layers["cls"].long_name]) == ("oui", "non")


def test_paris_is_no_intercommunal_body() -> None:
    facts = real.facts(["75118", "75119"])
    assert plain(check("elus", facts).sentence) == "1 commune à associer."
    assert check("elus", facts).figures["intercommunalites"] == []
    assert "intercommunalité" not in check("coordination", facts).sentence.lower()
    assert "ntercommunalité" not in lead(facts)
    assert (figure(facts, "intercommunalites"), figure(facts, "intercommunalites_en_partie")) == ("0", "0")
    both = real.facts(["75118", "93066"])
    assert plain(check("elus", both).sentence).startswith(
        "2 communes et 1 intercommunalité à associer ; Plaine Commune n’est"
    )
    assert "Départements : Paris (75) et Seine-Saint-Denis (93). Intercommunalité concernée : Plaine Commune." in plain(
        lead(both)
    )


def test_a_commune_of_no_body_is_said_so() -> None:
    assert check("elus", real.facts(["22016"])).sentence.endswith("à associer, sans intercommunalité.")


def test_islands_of_another_body_are_not_said_of_the_same() -> None:
    mayotte = real.atlas().table.query("departement == '976'")["code"]
    said = plain(check("coordination", real.facts(mayotte)).sentence)
    assert "en 2 morceaux (îles ou enclaves)" in said


def test_nobody_is_served_where_nobody_lives() -> None:
    alone = check("rural", facts_of(draw([[0, 200]]), ["01001"]))
    assert alone.outcome is Outcome.DISCUSS
    assert plain(alone.sentence).startswith(
        "1 commune rurale dans le périmètre, sans habitant. 1 commune rurale limitrophe"
    )
    beside = check("rural", facts_of(draw([[250, 0]]), ["01001"]))
    assert beside.outcome in (Outcome.FAVORABLE, Outcome.RESERVED), "the neighbour left outside has nobody to serve"
    empty = check("centralite", facts_of(draw([[0, 0]]), ["01001", "01002"]))
    assert (empty.badge, empty.sentence) == ("sans objet", "Le périmètre n’a aucun habitant.")


def test_a_contract_not_confirmed_is_no_occasion_and_two_are_two() -> None:
    def said(**zones: Zone) -> str:
        return plain(check("articulation", facts_of(CITY, ["01001", "01002"], {"cls": zones}, complete="all")).sentence)

    assert "occasion" not in said(a=zone("01001", nom="CLS A", etat=Etat.A_CONFIRMER))
    assert "Un CLS est là sans CLSM connu : c’est une occasion, un CLSM peut en porter" in said(
        a=zone("01001", nom="CLS A")
    )
    assert "2 CLS sont là sans CLSM connu" in said(a=zone("01001", nom="CLS A"), b=zone("01002", nom="CLS B"))


def test_three_agencies_are_not_two_sides() -> None:
    atlas = draw([[9_000, 8_000, 7_000]], departement=[["01", "02", "03"]])
    said = check("departements", facts_of(atlas, ["01001", "02002", "03003"])).sentence
    assert "3 agences" in said and "de chaque côté" in said and "deux côtés" not in said
    assert "des deux côtés" in check("departements", facts_of(atlas, ["01001", "02002"])).sentence


@pytest.mark.parametrize(
    ("extent", "said"), [({"02"}, "porte sur d’autres départements : inconnus ici"), ({"01"}, "ne couvre pas tout")]
)
def test_a_list_of_places_for_elsewhere_is_not_said_to_cover_a_part(extent: set[str], said: str) -> None:
    atlas = draw([[9_000, 8_000, 7_000]], departement=[["01", "01", "03"]])
    table = pd.DataFrame(columns=["id", "nom", "categorie", "row", "lon", "lat"])
    facts = with_places(facts_of(atlas, ["01001", "03003"]), CarePlaces(table, frozenset(extent), "FINESS", "2026"))
    assert said in plain(places(facts).sentence)


@given(SOME)
def test_the_note_and_the_screen_write_a_zone_met_the_same(codes: frozenset[str]) -> None:
    for overlaps in facts_on(DRAWN, codes).overlaps.values():
        for overlap in overlaps:
            _, people, _, zone_share, _ = zone_cells(overlap)
            _, shown, _, shown_share = overlap_cells(overlap)
            assert people == shown
            assert zone_share == shown_share or zone_share.startswith("< ")


def test_a_part_worked_out_is_about_and_not_at_least_in_the_note() -> None:
    facts = facts_of(
        draw([[6_200, 3_800]]), ["01001", "01002"], {"cls": {"c": zone("01001", part=["01002"], nom="CLS A")}}
    )
    members = facts.crosswalk.layers["cls"].members
    members.loc[~members["whole"], "inhabitants"] = 1_300.0
    again = facts_of(facts.atlas, ["01001", "01002"])
    worked = build_crosswalk(facts.atlas, {**again.crosswalk.layers, "cls": facts.crosswalk.layers["cls"]})
    facts = replace(again, evidence=replace(again.evidence, crosswalk=worked))
    (overlap,) = facts.overlaps["cls"]
    assert plain(zone_cells(overlap)[1]) == "environ 7 500"
    (seat,) = (s for s in round_table(facts).seats if s.who == "CLS A")
    assert "environ 7 500 habitants en commun" in plain(seat.detail)
    assert "environ 75 % du périmètre" in plain(check("articulation", facts).details[0])
