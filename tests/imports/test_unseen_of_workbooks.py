"""What the cells of a workbook do not say: rows struck out, columns hidden, comments, formulas without a result."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from geo.errors import GeoInputError
from geo.imports import YES
from geo.imports.settling import HIDDEN, STRUCK
from geo.imports.tables.hidden import left_aside
from tests.imports.test_received_files import found, read, told
from tests.support.grid import plain

ROWS = (("CLSM", "Code INSEE", "Commune"), ("A", "94028", "Créteil"), ("A", "94011", "Bonneuil-sur-Marne"))


def book(change: Callable[[Workbook, Worksheet], object]) -> bytes:
    """Write a workbook of two communes, changed by hand."""
    stream = io.BytesIO()
    made = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = made.add_worksheet("L")
    for at, row in enumerate(ROWS):
        sheet.write_row(at, 0, row)
    change(made, sheet)
    made.close()
    return stream.getvalue()


def test_rows_struck_out_are_told_and_left_to_choose() -> None:
    content = book(lambda made, sheet: sheet.write_row(2, 0, ROWS[2], made.add_format({"font_strikeout": True})))
    draft = read(content, "x.xlsx")
    assert (found(draft), draft.aside, draft.whole) == ({"A": {"94028"}}, 1, False)
    assert "1\N{NO-BREAK SPACE}ligne barrée" in told(draft)
    read_too = read(content, "x.xlsx", answers=draft.answers.settle(STRUCK, YES))
    assert (found(read_too), read_too.whole) == ({"A": {"94028", "94011"}}, True)


def test_one_word_struck_out_leaves_its_row() -> None:
    content = book(lambda made, sheet: sheet.write(2, 2, "x", made.add_format({"font_strikeout": True})))
    assert found(read(content, "x.xlsx")) == {"A": {"94028", "94011"}}


def test_hidden_columns_are_read_and_told() -> None:
    draft = read(book(lambda _, sheet: sheet.set_column(1, 2, None, None, {"hidden": True})), "x.xlsx")
    assert found(draft) == {"A": {"94028", "94011"}} and "colonnes masquées (B à C), lues" in told(draft)


def test_comments_of_cells_are_told() -> None:
    draft = read(book(lambda _, sheet: sheet.write_comment(2, 2, "a quitté le CLSM en 2024")), "x.xlsx")
    assert "(C3 : « a quitté le CLSM en 2024 »)" in told(draft)


def test_formulas_without_a_result_are_told() -> None:
    unsaved = book(lambda _, sheet: sheet.write_formula(2, 1, '="94"&"011"', None, ""))
    draft = read(unsaved, "x.xlsx")
    assert found(draft) == {"A": {"94028", "94011"}}
    assert "formule dont le classeur ne garde pas le résultat (B3)" in told(draft)
    assert "formule" not in told(
        read(book(lambda _, sheet: sheet.write_formula(2, 1, '="94"&"011"', None, "94011")), "x.xlsx")
    )


def test_a_workbook_of_formulas_without_results_is_refused_and_says_why() -> None:
    def unsaved(_: Workbook, sheet: Worksheet) -> None:
        for row in (1, 2):
            sheet.write_formula(row, 1, "=D1", None, "")
            sheet.write_string(row, 2, " ")

    with pytest.raises(GeoInputError, match=r"formules dont le classeur ne garde pas le résultat \(B2 et B3\)"):
        read(book(unsaved), "x.xlsx")


@pytest.mark.parametrize(
    ("many", "says", "asks"),
    [(1, "1 ligne masquée (filtre ou ligne cachée), laissée de côté. Dites s’il faut la lire aussi.", "Une ligne est masquée dans ce classeur : faut-il la lire ?"),
     (2, "2 lignes masquées (filtre ou ligne cachée), laissées de côté. Dites s’il faut les lire aussi.", "Des lignes sont masquées dans ce classeur : faut-il les lire ?"),
     (0, "", "Des lignes sont masquées dans ce classeur : faut-il les lire ?")],
)  # fmt: skip
def test_one_hidden_row_is_not_said_to_be_several(many: int, says: str, asks: str) -> None:
    said, asked = left_aside(HIDDEN, many, read=not many)
    assert (plain(" ".join(said or ())), asked.said) == (says, asks)
