"""« Montrer »: the communes each check speaks of; and the paragraph that sums a perimeter up."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from geo.guidance import EMPTY, run_checks, summary
from geo.layers import CarePlaces
from geo.perimeters import PerimeterFacts
from tests.support import real
from tests.support.grid import draw, facts_of, plain, with_places, zone

GRID = draw(
    [[100_000, 40_000, 10], [300, 200, 10], [50, 60, 70]], epci=[["A", "A", "B"], ["A", "A", "B"], ["A", "B", "B"]]
)
ZONES = {
    "qpv": {
        "in": zone("01001", population=10.0),
        "out": zone("01002", nom="Dehors", population=20.0),
        "far": zone("01003"),
    },
    "secteurs-adultes": {"s": zone("01001", "01005", nom="Secteur S")},
    "clsm": {"k": zone("01001", "01002", nom="Autre CLSM")},
    "cls": {"c": zone("01009", "01001")},
    "cpts": {"p": zone("01009")},
}


def where(facts: PerimeterFacts) -> dict[str, tuple[str, ...]]:
    return {check.id: finding.where for check, finding in run_checks(facts)}


def test_each_check_points_to_what_it_speaks_of() -> None:
    found = where(facts_of(GRID, ["01001", "01009"], ZONES, complete="all"))
    assert found["qpv"] == ("01002",)  # the other one does not touch the perimeter
    assert found["secteurs"] == ("01005",)
    assert found["coordination"] == ("01009",)  # the piece apart is the smaller one
    assert found["articulation"] == ("01001", "01009")
    assert found["rural"] == (
        "01006",
        "01008",
    )  # those that touch the perimeter; the fifth is beside the town, of no rural class
    assert found["centralite"] == ("01001",)
    assert found["diagnostic"] == ("01001",)
    assert found["taille"] == found["elus"] == found["moyens"] == found["typologie"] == ()


def test_nothing_is_pointed_to_where_there_is_nothing_to_show() -> None:
    found = where(facts_of(GRID, ["01001", "01002", "01004", "01005"], {}, complete="all"))
    assert found["qpv"] == found["secteurs"] == found["coordination"] == found["articulation"] == ()


def test_the_commune_under_three_dispositifs_is_shown() -> None:
    zones = {"cls": {"c": zone("01001", "01002")}, "cpts": {"p": zone("01001", "01002")}, "dac": {"d": zone("01002")}}
    assert where(facts_of(GRID, ["01001", "01002"], zones))["articulation"] == ("01002",)


def test_places_are_shown_where_they_are_known() -> None:
    facts = facts_of(GRID, ["01001", "01002"])
    table = pd.DataFrame([{"id": "1", "nom": "", "categorie": "CMP", "row": 1, "lon": 0.0, "lat": 0.0}])
    places = CarePlaces(table, frozenset({"01"}), "dessin", "2026")
    facts = with_places(facts, places)
    assert where(facts)["ressources"] == ("01002",)


@hypothesis_settings(max_examples=15)
@given(st.sets(st.integers(0, 34_916), min_size=1, max_size=6))
def test_places_to_look_at_are_communes_in_order(rows: set[int]) -> None:
    atlas = real.atlas()
    for codes in where(real.facts([str(atlas.codes[r]) for r in rows])).values():
        assert list(codes) == sorted(set(codes)) and set(codes) <= set(atlas.row)


def test_the_concentration_of_qpv_in_the_main_town_is_told_where_their_list_is_complete() -> None:
    zones = {"qpv": {"in": zone("01001", population=10.0), "out": zone("01002", population=30.0)}}
    complete = dict(run_checks_by_id(facts_of(GRID, ["01001", "01002"], zones, complete="all")))
    assert "25 % (10 sur 40) des habitants des QPV" in plain(complete["centralite"])
    assert "25 % (10 sur 40) des habitants des QPV" in plain(complete["diagnostic"])
    vague = dict(run_checks_by_id(facts_of(GRID, ["01001", "01002"], zones)))
    assert "QPV" not in vague["centralite"] and "QPV" not in vague["diagnostic"]


def run_checks_by_id(facts: PerimeterFacts) -> list[tuple[str, str]]:
    return [(check.id, finding.sentence) for check, finding in run_checks(facts)]


# --- the paragraph ------------------------------------------------------------------------------------------------
def test_the_paragraph_says_the_state_of_a_perimeter() -> None:
    facts = facts_of(GRID, ["01001", "01009"], ZONES, complete="all")
    said = plain(summary(facts, run_checks(facts)))
    assert said.startswith(
        "Périmètre de 2 communes, 100 070 habitants, en 2 morceaux. 1 secteur de psychiatrie adulte (1 coupé). 1 quartier prioritaire. "
    )
    assert "points de vigilance" in said and said.endswith(".")


def test_the_paragraph_says_unknown_and_never_none_when_lists_stop_short() -> None:
    said = plain(summary(facts_of(GRID, ["01001"])))
    assert "Secteurs de psychiatrie adulte inconnus ici" in said
    assert "Quartiers prioritaires inconnus ici" in said
    assert "Au moins 1 secteur" in plain(
        summary(facts_of(GRID, ["01001", "01002"], {"secteurs-adultes": {"s": zone("01001")}}))
    )
    complete = plain(summary(facts_of(GRID, ["01004"], {}, complete="all")))
    assert "Aucun secteur de psychiatrie adulte" in complete and "Aucun quartier prioritaire" in complete


def test_an_empty_perimeter_has_a_paragraph_too() -> None:
    assert summary(None) == EMPTY
