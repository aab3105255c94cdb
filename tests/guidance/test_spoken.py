"""Sentences read aloud before the mayors concerned: agreement, elision, articles, and nothing said of a place that is not so."""

from __future__ import annotations

import pytest

from geo.guidance import Finding, asked_questions, round_table, run_checks, summary, the_clsm
from geo.guidance.table.seat import COMMUNES, STATE
from geo.perimeters import travel
from tests.support import real
from tests.support.grid import plain


def said(codes: list[str], check: str) -> str:
    return plain(found(codes, check).sentence)


def found(codes: list[str], check: str) -> Finding:
    return next(f for _, f in run_checks(real.facts(codes)) if f.id == check)


ABYMES, POINTE, HAVRE, HONFLEUR = "97101", "97120", "76351", "14333"


def test_a_plural_name_takes_a_plural_verb_and_two_communes_make_one_other() -> None:
    assert said([ABYMES, POINTE], "centralite").startswith("Les Abymes réunissent 77,2 %")
    assert said([ABYMES, POINTE], "centralite").endswith("faire vivre le CLSM dans l’autre commune ?")
    assert "Les Abymes réunissent 52,6 % (51 055 sur 97 019) des habitants de leur intercommunalité" in said(
        [ABYMES], "diagnostic"
    )
    assert said([HAVRE, HONFLEUR, "76447"], "centralite").endswith("dans les autres communes ?")


def test_the_town_of_an_intercommunal_body_that_is_not_in_the_perimeter_is_said_to_be_outside() -> None:
    assert said(["83069"], "diagnostic").startswith("Toulon, hors du périmètre, réunit 39,8 %")
    assert said(["83137"], "diagnostic").startswith("Toulon réunit 39,8 %")


def test_a_body_takes_its_article_in_a_sentence() -> None:
    assert "; la Métropole de Lyon n’est que pour partie dans le périmètre" in said(["69266"], "elus")
    assert said(["69266"], "diagnostic").startswith("La Métropole de Lyon compte")
    assert [the_clsm(n) for n in ("CLSM de Brest", "CISM de la Provence Verte", "Conseil de santé mentale", "Grand Chalon")] == [
        "le CLSM de Brest", "le CISM de la Provence Verte", "le Conseil de santé mentale", "Grand Chalon",
    ]  # fmt: skip


def test_where_no_sector_is_known_it_is_not_said_that_some_are() -> None:
    assert said([HAVRE], "secteurs").startswith("Aucun secteur de psychiatrie adulte n’est connu sur ce périmètre")
    assert "ne sont pas tous connus" in said(["94028", HAVRE], "secteurs")


def test_a_distance_is_to_where_it_is_measured_from() -> None:
    """Each person counts at the inner point of their commune: nobody is said to live at 0,5 km from the centre of Le Havre."""
    assert "un habitant vit à 0,5 km du Havre" in plain(travel(real.facts([HAVRE, HONFLEUR])).sentence)
    assert "km du centre des 2 arrondissements de Paris" in plain(travel(real.facts(["75118", "75119"])).sentence)
    assert "2,6 km entre Paris 18e et Paris 19e" in plain(travel(real.facts(["75118", "75119"])).sentence)
    assert "km du centre des 2 arrondissements de Lyon" in said(["69383", "69388", "69290"], "coordination")


@pytest.mark.parametrize(
    ("codes", "start"),
    [([HAVRE], "Périmètre d’une commune, "), (["13201"], "Périmètre d’un arrondissement, "), ([ABYMES, POINTE], "Périmètre de 2 communes, "),
     (["69266", "69383"], "Périmètre d’une commune et 1 arrondissement, ")],
)  # fmt: skip
def test_the_size_of_a_perimeter_is_said_as_people_say_it(codes: list[str], start: str) -> None:
    assert plain(summary(real.facts(codes))).startswith(start)


def test_a_region_of_one_departement_has_no_delegation_to_write_to() -> None:
    def desks(codes: list[str]) -> list[str]:
        return [s.role for s in round_table(real.facts(codes)).seats if s.group == STATE and s.who.startswith("ARS")]

    assert desks(["97608"]) == desks([ABYMES]) == ["direction générale"]
    assert desks(["2A004", "2B033"]) == desks([HAVRE]) == ["délégation départementale"]


def test_the_mayors_of_the_arrondissements_taken_are_named_by_their_arrondissements() -> None:
    def mayor(codes: list[str]) -> str:
        return next(plain(s.detail) for s in round_table(real.facts(codes)).seats if s.group == COMMUNES)

    assert mayor(["13201"]) == "37 599 habitants dans Marseille 1er ; maire d’arrondissement aussi"
    assert mayor(["75118", "75119"]).endswith("dans Paris 18e et Paris 19e ; maires d’arrondissement aussi")


def test_arrondissements_are_not_counted_as_communes_beside_a_question() -> None:
    beside = {q.id: plain(q.data) for q in asked_questions(real.facts(["75118", "75119"]))}
    assert beside["echelle"] == "361 818 habitants en commune urbaine dense (estimation)."
    assert beside["ptsm"].endswith("à demander à l’ARS Île-de-France.")
