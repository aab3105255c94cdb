"""Make table files for the tests of imports: CSV of any shape, workbooks, nasty ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import xlsxwriter

Rows = Sequence[Sequence[Any]]


def csv_bytes(rows: Rows, *, sep: str = ";", encoding: str = "utf-8", end: str = "\n") -> bytes:
    """Write rows without quoting more than needed."""

    def cell(value: Any) -> str:
        text = str(value)
        return '"' + text.replace('"', '""') + '"' if any(c in text for c in (sep, '"', "\n")) else text

    return end.join(sep.join(cell(v) for v in row) for row in rows).encode(encoding)


def xlsx_bytes(sheets: dict[str, Rows], merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """Write sheets; `merged` are cells of the first one merged from the first row to the last (row, column, row, column)."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    for place, (name, rows) in enumerate(sheets.items()):
        sheet = book.add_worksheet(name)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                if value != "":
                    sheet.write(i, j, value)
        for first, left, last, right in merged if place == 0 else ():
            sheet.merge_range(first, left, last, right, rows[first][left])
    book.close()
    return stream.getvalue()


def ods_bytes(table: str) -> bytes:
    """Write an ODS around the XML of the rows of one sheet."""
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Feuille1">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    return zip_bytes(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def ods_rows(rows: Rows) -> str:
    """Write rows of texts as the XML of an ODS."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    return "".join(f"<table:table-row>{''.join(cell.format(v) for v in row)}</table:table-row>" for row in rows)


def zip_bytes(members: dict[str, str | bytes], *, packed: bool = True) -> bytes:
    """Write a zip with these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name) if isinstance(name, str) else name  # dated 1980: the same bytes every time
            archive.writestr(member, content, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
    return stream.getvalue()


# --- indicators: communes of the Ardennes, of which Balaives-et-Butz (08042) and Boutancourt (08079) are Flize since 2019 ---
NEEDS_HEADER = (
    "Code commune", "Commune", "Population", "Nb patients suivis", "Nb bénéficiaires AAH", "Part des 65 ans et plus (%)",
    "Taux de recours pour 1 000 hab.", "Revenu médian (€)", "Nb passages aux urgences",
)  # fmt: skip
NEEDS_ROWS: tuple[tuple[object, ...], ...] = (
    ("08001", "Acy-Romance", 479, 12, 10, "21,5 %", 10.0, "21 400 €", "1\u202f234"),
    (8003, "Aiglemont", "1 692", "< 6", 40, "25,0 %", 5.0, "22 150 €", "80"),
    ("08004", "Aire", 251, "nd", "s", "18,2 %", 4.0, "s", "-"),
    ("08005", "Alincourt", 160, 0, 4, "", 0.0, "#N/A", "7"),
    ("08042", "Balaives-et-Butz", 300, 7, 6, "20,0 %", 10.0, "19 000 €", "10"),
    ("08079", "Boutancourt", 200, 9, 4, "30,0 %", 20.0, "23 000 €", "20"),
    ("Total", "", "3 082", 28, 64, "22,4 %", 7.5, "21 000 €", "1 351"),
)  # fmt: skip


def needs_workbook(
    rows: Sequence[Sequence[object]] = NEEDS_ROWS,
    header: Sequence[str] = NEEDS_HEADER,
    title: str = "Indicateurs de besoin 2023",
) -> bytes:
    """Return a planner's workbook of six indicators by commune, as it comes: a title, French numbers, secrets, a total, a note, a merged commune."""
    note = ["Source : ORS Grand Est, exploitation 2023, secret statistique respecté"]
    lines: list[Sequence[object]] = [list(header), *map(list, rows)]
    return xlsx_bytes({"Besoins": [[title], [], *lines, note] if title else lines})
