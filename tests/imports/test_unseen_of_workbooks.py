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
from geo.imports.unseen.sheet import left_aside
from tests.imports.test_received_files import found, read, told
from tests.support.grid import plain
from tests.support.table_files import zip_bytes

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


# --- cells struck out in rows that are read, in both kinds of workbooks --------------------------------------------------
def test_cells_struck_out_in_rows_that_are_read_are_told() -> None:
    def change(made: Workbook, sheet: Worksheet) -> None:
        barred = made.add_format({"font_strikeout": True})
        sheet.write(1, 2, "Créteil", barred)
        sheet.write_rich_string(2, 2, "Bonneuil-", barred, "sur-", "Marne")

    draft = read(book(change), "x.xlsx")
    assert found(draft) == {"A": {"94028", "94011"}}
    assert "1\N{NO-BREAK SPACE}cellule barrée (C2), lue comme les autres" in told(draft)
    assert "une partie de son texte barrée (C3) : tout y est lu" in told(draft)


# --- ODS -----------------------------------------------------------------------------------------------------------------
BARRED = '<style:text-properties style:text-line-through-style="solid" style:text-line-through-type="single"/>'
STYLES = (
    f'<style:style style:name="barre" style:family="table-cell">{BARRED}</style:style>'
    '<style:style style:name="fils" style:family="table-cell" style:parent-style-name="barre"/>'
    '<style:style style:name="net" style:family="table-cell" style:parent-style-name="barre">'
    '<style:text-properties style:text-line-through-style="none"/></style:style>'
    f'<style:style style:name="T1" style:family="text">{BARRED}</style:style>'
    '<style:style style:name="cachee" style:family="table"><style:table-properties table:display="false"/></style:style>'
)
NOTE = "<office:annotation><dc:creator>Moi</dc:creator><text:p>a quitté le CLSM</text:p><text:p>en 2024</text:p></office:annotation>"


def cell(text: str, style: str = "", note: str = "") -> str:
    """Write a cell of an ODS as LibreOffice does."""
    styled = f' table:style-name="{style}"' if style else ""
    return f'<table:table-cell{styled} office:value-type="string">{note}<text:p>{text}</text:p></table:table-cell>'


def line(*cells: str, given: str = "") -> str:
    """Write a row of an ODS."""
    return f"<table:table-row{given}>{''.join(cells)}</table:table-row>"


HEAD = line(*map(cell, ROWS[0]))


def ods(*rows: str, columns: str = "", more: str = "") -> bytes:
    """Write an ODS of one sheet, and `more` of them."""
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style"))  # fmt: skip
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<office:automatic-styles>{STYLES}</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="L">{columns}{HEAD}{"".join(rows)}</table:table>{more}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zip_bytes({
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content,
        "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
    })  # fmt: skip


@pytest.mark.parametrize(
    "struck",
    [
        line(*(cell(text, "barre") for text in ROWS[2])),
        line(*(cell(text, "fils") for text in ROWS[2])),
        line(*map(cell, ROWS[2]), given=' table:default-cell-style-name="barre"'),
        line(*(cell(f'<text:span text:style-name="T1">{text}</text:span>') for text in ROWS[2])),
    ],
)
def test_rows_struck_out_of_an_ods_are_told_and_left_to_choose(struck: str) -> None:
    content = ods(line(*map(cell, ROWS[1])), struck)
    draft = read(content, "x.ods")
    assert (found(draft), draft.aside, draft.whole) == ({"A": {"94028"}}, 1, False)
    assert "1\N{NO-BREAK SPACE}ligne barrée" in told(draft)
    read_too = read(content, "x.ods", answers=draft.answers.settle(STRUCK, YES))
    assert (found(read_too), read_too.whole) == ({"A": {"94028", "94011"}}, True)


def test_cells_struck_out_of_an_ods_are_told() -> None:
    partly = 'Bonneuil-<text:span text:style-name="T1">sur</text:span>-Marne'
    rows = (
        line(cell("A"), cell("94028"), cell("Créteil", "barre")),
        line(cell("A", "net"), cell("94011"), cell(partly)),
    )
    draft = read(ods(*rows), "x.ods")
    assert found(draft) == {"A": {"94028", "94011"}}
    assert "cellule barrée (C2), lue comme" in told(draft) and "partie de son texte barrée (C3)" in told(draft)


def test_columns_struck_or_hidden_of_an_ods_are_seen() -> None:
    columns = (
        '<table:table-column table:default-cell-style-name="barre"/>'
        '<table:table-column table:number-columns-repeated="2" table:visibility="collapse"/>'
    )
    draft = read(ods(line(*map(cell, ROWS[1])), columns=columns), "x.ods")
    assert "colonnes masquées (B à C), lues" in told(draft) and "barrées (A1 et A2)" in told(draft)


def test_rows_and_sheets_hidden_of_an_ods_are_left_to_choose() -> None:
    hidden = line(*map(cell, ROWS[2]), given=' table:visibility="filter"')
    more = f'<table:table table:name="M" table:style-name="cachee">{HEAD}{line(cell("B"), cell("94080"), cell("Vincennes"))}</table:table>'
    draft = read(ods(line(*map(cell, ROWS[1])), hidden, more=more), "x.ods")
    assert found(draft) == {"A": {"94028"}}
    assert "1\N{NO-BREAK SPACE}ligne masquée" in told(draft) and "feuille masquée, laissée de côté : « M »" in told(
        draft
    )


def test_comments_of_an_ods_are_told_and_not_glued_to_the_text() -> None:
    draft = read(ods(line(cell("A"), cell("94028"), cell("Créteil", note=NOTE)), line(*map(cell, ROWS[2]))), "x.ods")
    assert found(draft) == {"A": {"94028", "94011"}} and draft.whole
    assert "1\N{NO-BREAK SPACE}commentaire de cellule n’est pas lu (C2 : « a quitté le CLSM en 2024 »)" in told(draft)


def test_formulas_of_an_ods_without_a_result_are_told() -> None:
    empty = '<table:table-cell table:formula="of:=[.D1]"/>'
    draft = read(ods(line(*map(cell, ROWS[1])), line(cell("A"), empty, cell("Bonneuil-sur-Marne"))), "x.ods")
    assert found(draft) == {"A": {"94028", "94011"}} and "résultat (B3)" in told(draft)


@pytest.mark.parametrize(
    ("many", "says", "asks"),
    [(1, "1 ligne masquée (filtre ou ligne cachée), laissée de côté. Dites s’il faut la lire aussi.", "Une ligne est masquée dans ce classeur : faut-il la lire ?"),
     (2, "2 lignes masquées (filtre ou ligne cachée), laissées de côté. Dites s’il faut les lire aussi.", "Des lignes sont masquées dans ce classeur : faut-il les lire ?"),
     (0, "", "Des lignes sont masquées dans ce classeur : faut-il les lire ?")],
)  # fmt: skip
def test_one_hidden_row_is_not_said_to_be_several(many: int, says: str, asks: str) -> None:
    said, asked = left_aside(HIDDEN, many, read=not many)
    assert (plain(" ".join(said or ())), asked.said) == (says, asks)
