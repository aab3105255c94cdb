"""The budget travels with its scenario, by link, by file and by exported perimeter; links of before open as they did."""

from __future__ import annotations

import json

import pytest

from geo.budget import NO_BUDGET, Budget, Funder, Key
from geo.errors import GeoInputError
from geo.scenarios import Scenario, Workbook, from_file, pack, to_file, unpack
from tests.support.forged_links import forged, head_and_bits
from tests.support.grid import draw

GRID = draw([[1000, 2000, 3000]])
OWN = Budget(50, 58_000, (("logistique", 0), ("projets", 4_000)), (Funder.COMMUNES, Funder.ARS)).with_percents(
    {"communes": 60.5, "ars": 39.5}
).with_town_percents({"01001": 33.33, "01002": 66.67})  # fmt: skip
BOOK = Workbook((Scenario("Val", frozenset({"01001", "01002"}), budget=OWN), Scenario("Mont", frozenset({"01003"}))))


def test_a_budget_comes_back_from_a_link_and_from_a_file() -> None:
    assert unpack(pack(BOOK, GRID), GRID).workbook == BOOK
    assert from_file(to_file(BOOK, GRID), GRID).workbook.scenarios == BOOK.scenarios


def test_a_workbook_without_budget_keeps_the_form_that_older_installations_read() -> None:
    plain = BOOK.with_budget(NO_BUDGET, 0)
    assert pack(plain, GRID)[0] == "1"
    assert b"budget" not in to_file(plain, GRID)
    assert pack(BOOK, GRID)[0] == "4"


def test_links_written_before_budgets_still_open() -> None:
    head = {"n": [{"n": "Val"}], "c": 0}
    _, bits = head_and_bits(pack(Workbook((Scenario("Val", frozenset({"01001"})),)), GRID))
    for form in ("1", "2", "3"):
        opened = unpack(forged(head, bits, form), GRID).workbook
        assert opened.codes == {"01001"} and opened.scenario.budget == NO_BUDGET
        with pytest.raises(GeoInputError):  # a form holds what it held
            unpack(forged({"n": [{"n": "Val", "b": {"etp_centiemes": 50}}], "c": 0}, bits, form), GRID)
    assert unpack(
        forged({"n": [{"n": "Val", "b": {"etp_centiemes": 50}}], "c": 0}, bits, "4"), GRID
    ).workbook == Workbook((Scenario("Val", frozenset({"01001"}), budget=Budget(50)),))


@pytest.mark.parametrize(
    "wrong", [None, [], 3, "x", {"etp_centiemes": 10**9}, {"cle": {}}, {"parts_centiemes": {"ars": 5}}]
)
def test_a_forged_budget_is_a_sentence(wrong: object) -> None:
    _, bits = head_and_bits(pack(Workbook((Scenario("Val", frozenset({"01001"})),)), GRID))
    with pytest.raises(GeoInputError):
        unpack(forged({"n": [{"n": "Val", "b": wrong}], "c": 0}, bits, "4"), GRID)
    content = json.loads(to_file(BOOK, GRID))
    content["scenarios"][0]["budget"] = wrong
    with pytest.raises(GeoInputError):
        from_file(json.dumps(content).encode(), GRID)


def test_a_copy_and_what_is_put_back_by_undo_keep_the_budget() -> None:
    assert BOOK.duplicate(0).scenario.budget == OWN
    moved = BOOK.replace_codes(frozenset({"01001"}), 0).with_budget(Budget(100, key=Key.EQUAL), 0)
    assert BOOK.with_words_of(moved).scenarios[0].budget == Budget(100, key=Key.EQUAL)
    assert BOOK.merge(Workbook((Scenario("Autre", budget=OWN),))).scenario.budget == OWN
