"""The guide's questions without a figure: which are asked of a perimeter, and what the data says beside each."""

from __future__ import annotations

import pytest

from geo.guidance import QUESTIONS, Intent, Project, Settings, asked_questions
from geo.perimeters import PerimeterFacts
from tests.support import real
from tests.support.grid import draw, facts_of, plain, zone

GRID = draw([[60_000, 300], [200, 10]])
ALONE, SEVERAL = ["01001"], ["01001", "01002", "01003"]


def asked(facts: PerimeterFacts, settings: Settings | None = None) -> dict[str, str]:
    return {q.id: plain(q.data) for q in asked_questions(facts, settings)}


def test_each_question_is_one_has_a_chapter_and_no_figure_for_an_answer() -> None:
    assert len({q.id for q in QUESTIONS}) == len(QUESTIONS)
    for q in QUESTIONS:
        assert q.question.endswith("?")
        assert q.source.startswith("Guide 2025, «")
        assert q.theme


@pytest.mark.parametrize(
    "question",
    ["ressources", "objectifs", "etapes", "trajets", "concernes", "copil-pour", "copil-contre", "copil-conditions", "asv", "ptsm",
     "elus-du-secteur", "diversite", "echelle", "restreint", "arrondissements"],
)  # fmt: skip
def test_every_recommendation_without_a_figure_has_its_question(question: str) -> None:
    assert question in {q.id for q in QUESTIONS}


def test_a_question_that_does_not_arise_is_not_asked() -> None:
    one = asked(facts_of(GRID, ALONE, complete="all"))
    assert not {"etapes", "etapes-suite", "diversite", "arrondissements", "asv", "restreint"} & set(one)
    several = asked(facts_of(GRID, SEVERAL, complete="all"))
    assert {"etapes", "diversite"} <= set(several)
    assert "restreint" in asked(facts_of(GRID, ["01002"]))
    assert "arrondissements" in asked(real.facts(["13201", "13202"]))


def test_what_is_asked_of_an_enlargement_is_how_the_newcomers_join() -> None:
    facts = facts_of(GRID, SEVERAL, {"clsm": {"k": zone("01001")}})
    chosen = asked(facts, Settings(project=Project.of(Intent.ENLARGE, ["k"])))
    assert "etapes-suite" in chosen
    assert "etapes" not in chosen


def test_an_answer_given_stays_even_if_its_question_no_longer_arises() -> None:
    facts = facts_of(GRID, ALONE, complete="all")
    (kept,) = [q for q in asked_questions(facts, None, (("diversite", "Deux coordinatrices."),)) if q.answer]
    assert (kept.id, kept.answer) == ("diversite", "Deux coordinatrices.")


def test_the_data_speaks_where_it_knows_and_says_unknown_elsewhere() -> None:
    quarters = {"qpv": {"q": zone("01001", population=900.0)}}
    sure = asked(facts_of(GRID, SEVERAL, quarters, complete="all"))
    assert "1 quartier prioritaire touché" in sure["asv"]
    assert "ateliers santé ville et contrats de ville" in sure["asv"]
    vague = asked(facts_of(GRID, SEVERAL))
    assert "inconnus ici" in vague["asv"]
    assert "inconnus ici" in vague["elus-du-secteur"]
    assert "à demander à l’ARS" in vague["ptsm"]
    assert "inconnus" in vague["concernes"]
    assert "Bourg 1 : 99,2 % (60 000 sur 60 500) des habitants" in vague["etapes"]


def test_the_communes_of_the_sectors_left_outside_are_counted() -> None:
    sectors = {"secteurs-adultes": {"s": zone("01001", "01002", "01004")}}
    told = asked(facts_of(GRID, ["01001", "01002"], sectors, complete="all"))["elus-du-secteur"]
    assert "1 secteur adulte rencontré ; 1 commune de ce secteur est hors du périmètre" in told


@pytest.mark.parametrize("codes", [["94028"], ["13201"], ["97411", "94028"], ["29083"], ["2A004"]])
def test_every_kind_of_place_can_be_asked(codes: list[str]) -> None:
    for question in asked_questions(real.facts(codes)):
        assert not question.data or question.data.endswith((".", ")"))
