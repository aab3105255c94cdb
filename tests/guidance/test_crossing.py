"""Département and ARS: said with the people of each side, never more than to discuss, as the rule is this tool's."""

from __future__ import annotations

from geo.guidance import Outcome, Reach, judge_moves
from geo.moves import Move, incidence_of
from tests.support.grid import check, draw, facts_of, plain

GRID = draw([[100, 200, 300]], departement=[["01", "01", "02"]])
SHARED = draw([[100, 200, 300]], departement=[["01", "01", "02"]])
SHARED.table["region"] = "R01"


def test_one_departement_does_not_raise_the_question() -> None:
    found = check("departements", facts_of(GRID, ["01001", "01002"]))
    assert (found.reach, found.outcome) == (Reach.NOT_CONCERNED, Outcome.FAVORABLE)
    assert found.figures["departements"] == {"Département 01 (01)": 300}


def test_two_departements_of_one_agency_are_to_discuss_with_the_people_of_each() -> None:
    found = check("departements", facts_of(SHARED, ["01001", "01002", "02003"]))
    assert (found.reach, found.outcome) == (Reach.FINDING, Outcome.DISCUSS)
    assert "2 départements de la même agence (ARS Région R01)" in plain(found.sentence)
    assert "Département 01 (01), 300 habitants" in plain(found.sentence)
    assert "Département 02 (02), 300 habitants" in plain(found.sentence)


def test_two_agencies_are_said_strongly_and_weigh_no_more() -> None:
    found = check("departements", facts_of(GRID, ["01001", "01002", "02003"]))
    assert (found.reach, found.outcome) == (Reach.FINDING, Outcome.DISCUSS)
    assert "Attention : 2 agences régionales de santé" in plain(found.sentence)
    assert found.figures["agences_regionales_de_sante"] == {"ARS Région R01": 300, "ARS Région R02": 300}


def test_it_is_marked_as_this_tool_s() -> None:
    from geo.guidance import CHECKS

    (mine,) = [c for c in CHECKS if not c.source.startswith("Guide 2025")]
    assert mine.id == "departements"
    assert "absent du guide" in mine.source


def test_a_move_across_the_limit_turns_it() -> None:
    facts = facts_of(GRID, ["01001", "01002"])
    moves = [Move("a", added=frozenset({"02003"})), Move("b", removed=frozenset({"01001"}))]
    judged = judge_moves(incidence_of(facts.evidence), ["01001", "01002"], moves)
    assert [judged.measures(i).concerned["departements"] for i in range(3)] == [False, True, False]
    assert judged.measures(1).outcomes["departements"] is Outcome.DISCUSS
