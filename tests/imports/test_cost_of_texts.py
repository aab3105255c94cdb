"""Texts made to be slow: eight times as long, they take about eight times as long to read, not sixty-four.

Costs are of the processor, the best of several, and only their ratio is held: a slow machine changes nothing.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable

import pytest

from geo.communes import find_body, says_without, split_list
from geo.imports.needs.proposals import _ASIDE as NEED_ASIDE
from geo.imports.shapes.kml import _COMMA as KML_COMMA
from geo.imports.tables.grid import _CELL, _OF_SHARED, _SHARED, _ods_extent
from geo.imports.tables.header_row import _NUMBER as HEADER_NUMBER
from geo.imports.unseen.ods import of_ods
from geo.imports.unseen.xlsx import of_xlsx
from geo.imports.vocabulary import names_nothing
from geo.search.columns import NUMBER
from geo.search.pasted import BLANKS
from geo.search.rows import APART
from tests.support.real import atlas
from tests.support.table_files import zip_bytes

TIMES = 8
MOST = 3.0  # times that: a cost that grows as the square would be eight times that


def workbook(part: str) -> Callable[[str], object]:
    """Return what reads the unseen of an XLSX of which one part is a text."""

    def read(text: str) -> object:
        members: dict[str, str | bytes] = {
            "xl/workbook.xml": '<workbook><sheets><sheet name="L" r:id="a"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="a" Target="worksheets/s.xml"/></Relationships>',
            "xl/worksheets/_rels/s.xml.rels": '<Relationships><Relationship Id="b" Target="../comments1.xml"/></Relationships>',
            "xl/styles.xml": "<fonts><font><strike/></font></fonts><cellXfs><xf fontId='0'/></cellXfs>",
            "xl/worksheets/s.xml": "",
            part: text,
        }
        return of_xlsx(zipfile.ZipFile(io.BytesIO(zip_bytes(members, packed=False))))

    return read


def ods(text: str) -> object:
    """Read the unseen of an ODS of a text."""
    return of_ods(
        zipfile.ZipFile(io.BytesIO(zip_bytes({"content.xml": f"<a table:visibility=''>{text}"}, packed=False)))
    )


TEXTS: dict[str, tuple[Callable[[str], object], str, str]] = {  # what reads, what is repeated, what ends
    "a number that ends badly": (NUMBER.fullmatch, "1", "x"),
    "a number of a header that ends badly": (HEADER_NUMBER.fullmatch, "1 ", "x"),
    "articles without a layer": (names_nothing, "de ", "x"),
    "blanks without a comma": (lambda text: KML_COMMA.sub(",", text), " ", "x"),
    "blanks without brackets": (lambda text: NEED_ASIDE.sub("", text), " ", "x"),
    "blanks without a département": (lambda text: find_body(text, atlas()), " ", "x"),
    "wide blanks without a sign": (lambda text: APART.split(BLANKS.sub(r"\1", text)), "\u2003", "x"),
    "numbers without a city": (lambda text: split_list(text, atlas()), "9, ", "x Lyon"),
    "Roman numbers without a city": (lambda text: split_list(text, atlas()), "iv et ", "x Lyon"),
    "a city and blanks": (lambda text: split_list(text, atlas()), " ", "Paris"),
    "brackets that never close": (lambda text: split_list(text, atlas()), "(", "a"),
    "blanks without an exception": (lambda text: says_without(text, atlas()), "  ", "x"),
    "exceptions in a row": (lambda text: split_list(text, atlas()), "Niort hors a, ", "x"),
    "parts in a row": (lambda text: split_list(text, atlas()), "partie de a et ", "x"),
    "attributes of a cell that never ends": (lambda text: _CELL.findall(text.encode()), ' r="A1"', "<c "),
    "a cell that never ends": (lambda text: _CELL.findall(b"<c " + text.encode()), ' r="A1"', ""),
    "a shared cell that never ends": (lambda text: _OF_SHARED.findall(b"<c " + text.encode()), ' t="s"', ">"),
    "shared texts that never end": (lambda text: _SHARED.findall(text.encode()), "<si>", ""),
    "rows of an ODS that never end": (lambda text: _ods_extent(text.encode()), "<table:table-row ", ""),
    "cells with formulas that never end": (workbook("xl/worksheets/s.xml"), '<c r="A1"><f>', ""),
    "an attribute that never comes": (workbook("xl/worksheets/s.xml"), "a", ""),
    "rows that never end": (workbook("xl/worksheets/s.xml"), "<row hidden ", ""),
    "a cell whose attributes are one word": (lambda text: workbook("xl/worksheets/s.xml")(f"<c {text}>"), "a", ""),
    "comments that never end": (workbook("xl/comments1.xml"), "<comment >", ""),
    "fonts that never end": (workbook("xl/styles.xml"), "<fonts><font>", ""),
    "shared texts that are struck and never end": (workbook("xl/sharedStrings.xml"), "<si><r><strike/><t>a", ""),
    "cells of an ODS inside one another": (ods, "<table:table-cell>", ""),
}  # fmt: skip


def cost(call: Callable[[str], object], text: str) -> float:
    """Return the least time of the processor that a reading takes, in seconds."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        call(text)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_eight_times_as_long_costs_about_eight_times_as_much(name: str) -> None:
    call, unit, end = TEXTS[name]
    call(unit * 10 + end)  # what is built once
    few = 2_000 // len(unit)
    short, long = (cost(call, unit * many + end) for many in (few, few * TIMES))
    assert long <= MOST * TIMES * max(short, 0.0005)
