"""The next CLSM when lists are missing, on a drawn country: amounts, words, and the list to ask for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.communes import approximate_density
from geo.coverage import SitingQuestion, coverage_state, read_scope
from geo.regret import siting_regret
from tests.support.grid import crosswalk, draw, plain, zone


def country(*complete: str):
    """Two départements of two EPCI each: 100 and 40 people in 01, 80 and 70 in 02; no CLSM is known."""
    departement = [["01", "01", "02", "02"]]
    epci = [["200000001", "200000002", "200000003", "200000004"]]
    atlas = draw([[100, 40, 80, 70]], departement=departement, epci=epci)
    bodies = {str(e): zone(str(c)) for e, c in zip(atlas.table["epci"], atlas.table["code"], strict=True)}
    found = crosswalk(atlas, {"epci": bodies}, complete=("epci",))
    return read_scope("france", atlas), coverage_state(found, approximate_density(atlas), complete=complete)


def asked(*complete: str):
    scope, state = country(*complete)
    question = SitingQuestion("epci", 1, ceiling=None)
    usual = question.answer(scope, state)
    return usual, siting_regret(question, usual, scope, state)


def test_a_sure_need_is_chosen_and_the_missing_list_is_named() -> None:
    usual, found = asked("02")
    assert usual.value == 100
    assert (found.regret, found.usual, found.exact, found.same) == (20.0, 80.0, True, False)
    assert found.table[["au_moins", "au_plus", "aussi"]].values.tolist() == [[80.0, 80.0, False]]
    assert "au pire 20 habitants de moins que le meilleur choix, contre 80 habitants pour celui ci-dessus" in plain(
        found.sentence
    )
    assert found.lists == (("Département 01 (01)", 100.0),)
    assert "Département 01 (01), où 100 habitants" in plain(found.ask)


def test_a_bound_that_proves_nothing_is_not_told() -> None:
    _, found = asked("02")
    some, none = (plain(replace(found, exact=False, bound=bound).sentence) for bound in (12.0, 0.0))
    assert some.endswith("preuve non faite, au moins 12 habitants pour tout choix.")
    assert none.endswith("preuve non faite.")


def test_lists_that_are_complete_leave_nothing_to_regret() -> None:
    _, found = asked("01", "02")
    assert found.usual == 0 and found.lists == () and found.ask == ""
    assert "ne peut rien changer" in found.sentence


@pytest.mark.parametrize("complete", [(), ("01",)])
def test_the_usual_choice_may_be_the_surest(complete: tuple[str, ...]) -> None:
    usual, found = asked(*complete)
    assert usual.picks[0].candidate.population == 100
    assert found.same or found.usual == 0
    assert found.table["aussi"].all()
