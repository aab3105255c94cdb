"""Cells of tables of figures: numbers as people write them, secrets and unknowns kept apart, never a zero for want of better."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.indicators import CellKind, read_cell, read_cells


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("0", 0), ("1 234,5", 1234.5), ("1\u00a0234,5", 1234.5), ("1\u202f234", 1234), ("12,5 %", 12.5), ("12,5\u00a0%", 12.5),
        ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1'234", 1234), ("-3,2", -3.2), ("−3,2", -3.2), ("21 400 €", 21400), ("7,5 ‰", 7.5),
        ("1.5e3", 1500), ("12.345.678", 12345678), ("0,0", 0), ("1.234", 1.234),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(text: str, number: float) -> None:
    cell = read_cell(text)
    assert cell.kind is CellKind.NUMBER
    assert math.isclose(cell.number, number)


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.345"])
def test_a_count_of_a_text_file_has_no_decimals_of_three_digits(text: str) -> None:
    assert read_cell(text, whole=True).number == float(text.replace(",", "").replace(".", ""))


@pytest.mark.parametrize(
    ("text", "under"),
    [("s", 0), ("S", 0), ("secret", 0), ("Secret statistique", 0), ("< 6", 6), ("<11", 11), ("≤ 5", 6), ("<= 5", 6), ("moins de 5", 5), ("1-5", 0), ("1 à 4", 0)],
)  # fmt: skip
def test_what_is_hidden_is_secret_and_tells_its_threshold(text: str, under: int) -> None:
    cell = read_cell(text)
    assert (cell.kind, cell.under) == (CellKind.SECRET, under)


@pytest.mark.parametrize(
    "text", ["nd", "n.d.", "N.D.", "ns", "nc", "-", "–", "…", "...", "NA", "N/A", "#N/A", "#DIV/0!", "#REF!", "NaN", "non renseigné", ".", "/"]
)  # fmt: skip
def test_what_is_not_known_is_unknown(text: str) -> None:
    assert read_cell(text).kind is CellKind.UNKNOWN


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("N/A - résultat non disponible", CellKind.UNKNOWN), ("N/A - secret statistique", CellKind.SECRET), ("secret stat.", CellKind.SECRET),
        ("inf. à 5", CellKind.SECRET), ("inférieur à 11", CellKind.SECRET), ("N/A - 12", CellKind.UNREADABLE),
    ],
)  # fmt: skip
def test_the_words_of_the_observatories_are_known(text: str, kind: CellKind) -> None:
    assert read_cell(text).kind is kind


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "\u202f "])
def test_a_blank_is_a_blank(text: str) -> None:
    assert read_cell(text).kind is CellKind.BLANK


@pytest.mark.parametrize("text", ["douze", "12 (p)", "1,2,3", "12;5", "0x12", "12/05/2026", "1 23 4"])
def test_what_cannot_be_read_is_said_so(text: str) -> None:
    assert read_cell(text).kind is CellKind.UNREADABLE


@given(st.floats(-1e9, 1e9).map(lambda x: round(x, 2)), st.sampled_from(["", " %", "\u00a0%"]))
def test_a_french_number_comes_back(value: float, sign: str) -> None:
    text = f"{value:,.2f}".replace(",", "\u202f").replace(".", ",") + sign
    assert math.isclose(read_cell(text).number, value, abs_tol=1e-9)


@given(st.text(max_size=20))
def test_any_text_is_read_without_an_error_and_only_a_number_has_one(text: str) -> None:
    cell = read_cell(text)
    assert (cell.kind is CellKind.NUMBER) == (not math.isnan(cell.number))


@pytest.mark.parametrize(
    ("texts", "whole", "numbers"),
    [
        (["21.400", "987,5", "19.850"], False, [21400, 987.5, 19850]),  # decimals after a comma: points part thousands
        (["21,400", "987.5", "0.25"], False, [21400, 987.5, 0.25]),
        (["1.234,5", "2.345"], False, [1234.5, 2345]),
        (["1.234.567", "2.345"], False, [1234567, 2345]),
        (["1.234", "2.5", "12"], True, [1.234, 2.5, 12]),  # estimates, with decimals though they count people
        (["1,234", "2,5"], True, [1.234, 2.5]),
        (["0.125", "1.234"], True, [0.125, 1.234]),
        (["1.234", "950"], True, [1234, 950]),
        (["1.234", "2.345"], False, [1.234, 2.345]),
        (["1 234,5", "2.345", "12,5 %"], False, [1234.5, 2345, 12.5]),
    ],
)
def test_the_other_numbers_of_a_column_tell_thousands_from_decimals(
    texts: list[str], whole: bool, numbers: list[float]
) -> None:
    assert [cell.number for cell in read_cells(texts, whole=whole)] == pytest.approx(numbers)


def test_where_the_column_says_both_a_doubtful_number_is_not_read() -> None:
    kinds = [cell.kind for cell in read_cells(["12,5", "12.5", "1.234", "1,234"])]
    assert kinds == [CellKind.NUMBER, CellKind.NUMBER, CellKind.UNREADABLE, CellKind.UNREADABLE]


def test_a_point_of_a_workbook_is_not_taken_for_thousands_by_what_is_beside_it() -> None:
    assert [cell.kind for cell in read_cells(["987,5", "1.234"], text=False)] == [CellKind.NUMBER, CellKind.UNREADABLE]
    assert [cell.kind for cell in read_cells(["987.5", "1,234"], text=False)] == [CellKind.NUMBER, CellKind.UNREADABLE]
    assert [cell.number for cell in read_cells(["987.5", "1.234", "12,5"], whole=True, text=False)] == [
        987.5,
        1.234,
        12.5,
    ]
