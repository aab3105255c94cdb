"""Open a table that a person made, as rows of texts: CSV of any separator and encoding, sheets of a workbook.

Nothing here knows what a table is about. Cells are texts as a person sees them; rows keep their place, so that a message can
name them as the spreadsheet does. A workbook that would not fit in memory is refused before its reader opens it.
"""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from python_calamine import CalamineError, SheetVisibleEnum

from geo.errors import GeoInputError
from geo.files import (
    MAX_BYTES,
    UNREADABLE,
    FileForm,
    as_text,
    bad_lines,
    decode,
    open_workbook,
    read_member,
    separator_of,
    too_heavy,
)
from geo.french import megabytes, number
from geo.imports.draft import MAX_COLUMNS, MAX_ROWS
from geo.imports.unseen.ods import of_ods
from geo.imports.unseen.sheet import Unseen
from geo.imports.unseen.xlsx import of_xlsx

MAX_CELLS = 20_000_000
MAX_TEXT = 100_000_000  # bytes of a text table, which takes several times as much in memory
LONG_LINE, ENDLESS_LINE = 1_000_000, 5_000_000  # signs
_LINE = re.compile(r"[^\n\r]+")
LABELS = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252", "mac_roman": "MacRoman", "cp850": "DOS (page de codes 850)", "utf-16": "UTF-16",
    "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32": "UTF-32",
}  # fmt: skip
# UTF-8 read as Windows-1252 and saved so: an accented letter shows as two signs, the first of which is one of these.
TWICE = re.compile(
    "[ÂÃÅ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]|â€."
)
# A cell with its place; one that closes at once holds a format and no value, and takes no room.
_CELL = re.compile(rb"<(?:\w+:)?c\s(?>[^<>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'])[^<>]*?(/?)>")
_ODS = re.compile(
    rb"<table:table-row([^<>]*)>|<table:(?:covered-)?table-cell([^<>]*)>|(</table:table-row>)|<table:table([ >])"
)
_SHARED = re.compile(
    rb"<(?:\w+:)?si[ >][^<]*+(?:<(?!(?:\w+:)?si[ >]|/(?:\w+:)?si>)[^<]*+)*+</(?:\w+:)?si>"
)  # up to its end, never over the start of another
_OF_SHARED = re.compile(rb"<(?:\w+:)?c\s(?>[^<>]*?\bt=[\"']s[\"'])[^<>]*+>\s*+<(?:\w+:)?v>(\d{1,9})<")
LONG_TEXT = 1_000  # bytes; shorter texts may be shared by as many cells as a sheet has
_CHUNK = 1 << 22
BROKEN = (*UNREADABLE, ValueError, RuntimeError, OverflowError, LookupError, struct.error)


@dataclass(frozen=True)
class Grid:
    """A table as rows of texts; row `i` of `rows` is row `i + 1` of the file. `encoding` in plain words, "" for a workbook.

    `twice` counts the cells whose accents had been damaged (UTF-8 read as Windows-1252) and were repaired. `spoilt`
    holds the numbers of the lines of a UTF-8 text where bytes were no UTF-8, read in Windows-1252. `filled` counts the cells filled from a merged one. `unseen` is what the sheet does not show;
    `concealed` tells that it hides the whole sheet.
    """

    name: str
    rows: Sequence[Sequence[str]]
    encoding: str = ""
    twice: int = 0
    spoilt: tuple[int, ...] = ()
    filled: int = 0
    unseen: Unseen = field(default_factory=Unseen)
    concealed: bool = False


def open_grids(path: Path, form: FileForm, filename: str, *, encoding: str | None = None) -> list[Grid]:
    """Return the tables that a file holds: one for a text, one for each sheet that is not empty.

    Raises
    ------
    GeoInputError
        When the file is cut or damaged, holds nothing, or is larger than a table of communes can be.
    """
    content = _content(path, form, filename)
    try:
        text = form.name == "texte"
        grids = [_text_grid(content, filename, encoding)] if text else _sheets(content, form, filename)
    except GeoInputError:
        raise
    except BROKEN as error:
        raise GeoInputError(f"{filename} : fichier illisible ou coupé ; enregistrez-le à nouveau.") from error
    found = [grid for grid in grids if any(any(cell.strip() for cell in row) for row in grid.rows)]
    if not found:
        raise GeoInputError(f"{filename} : le fichier ne contient aucune cellule remplie.")
    return found


def _content(path: Path, form: FileForm, filename: str) -> bytes:
    ceiling = MAX_TEXT if form.name == "texte" else MAX_BYTES
    if not form.member:
        if path.stat().st_size > ceiling:
            raise GeoInputError(too_heavy(filename, path.stat().st_size, ceiling))
        return path.read_bytes()
    content = read_member(path, form.member, ceiling + 1, filename)
    if len(content) > ceiling:
        raise GeoInputError(too_heavy(filename, len(content), ceiling))
    return content


def _text_grid(content: bytes, filename: str, encoding: str | None) -> Grid:
    text, used = decode(content, encoding)
    spoilt = () if used != "utf-8" else bad_lines(content)
    text = text.replace("\0", "")
    if any(end - start > ENDLESS_LINE for start, end in _long_lines(text)):
        raise GeoInputError(f"{filename} : une ligne de plus de cinq millions de signes ; ce n’est pas un tableau.")
    twice = 0
    if TWICE.search(text):
        text, twice = _mend_twice(text)
    first, _, rest = text.partition("\n")
    separator = ""
    if match := re.fullmatch(r"\s*sep=(.)\s*", first):
        separator, text = match[1], "\n" + rest  # the line that Excel adds; its number stays
    separator = separator or separator_of(text)
    for start, end in _long_lines(text):  # seen before a million cells are made of it
        _check_size(1, text.count(separator, start, end) + 1, 0, filename)
    _check_size(1, 1, text.count(separator), filename)
    csv.field_size_limit(10_000_000)
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=None), delimiter=separator):
            rows.append(row)
            cells += len(row)
            _check_size(len(rows), len(row), cells, filename)
    except csv.Error as error:
        raise GeoInputError(
            f"{filename}, ligne {len(rows) + 1} : ligne mal formée (guillemet ouvert ou fichier coupé)."
        ) from error
    if '"' in text:
        _check_quotes(text, separator, filename)
    return Grid("", rows, LABELS.get(used, used), twice, spoilt)


def _long_lines(text: str) -> list[tuple[int, int]]:
    return [line.span() for line in _LINE.finditer(text) if line.end() - line.start() > LONG_LINE]


def _check_quotes(text: str, separator: str, filename: str) -> None:
    """Refuse a text where a quotation mark is never closed: it would swallow all the rows below in one cell."""
    rows = 0
    try:
        for _ in csv.reader(io.StringIO(text, newline=None), delimiter=separator, strict=True):
            rows += 1
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise GeoInputError(
                f"{filename}, ligne {rows + 1} : un guillemet ouvert n’est jamais refermé ; corrigez la ligne."
            ) from error


def _mend_twice(text: str) -> tuple[str, int]:
    """Repair accents that were read in the wrong encoding, where this gives back clean text; count the signs repaired."""
    found = 0

    def mend(match: re.Match[str]) -> str:
        nonlocal found
        try:
            raw = b"".join(c.encode("cp1252") if ord(c) > 0x9F or ord(c) < 0x80 else bytes([ord(c)]) for c in match[0])
            good = raw.decode("utf-8")
        except UnicodeError:
            return match[0]
        found += 1
        return good

    pattern = re.compile(
        TWICE.pattern.rsplit("|", 1)[0] + "|â€[\u0080-\u00bf\u0152-\u2122]|â‚¬|Å[\u0080-\u00bf\u0152-\u2122]"
    )
    return pattern.sub(mend, text), found


def _check_size(rows: int, columns: int, cells: int, filename: str) -> None:
    if rows > MAX_ROWS:
        raise GeoInputError(f"{filename} : plus de {number(MAX_ROWS)} lignes ; ce n’est pas une liste de communes.")
    if columns > MAX_COLUMNS:
        raise GeoInputError(
            f"{filename} : plus de {number(MAX_COLUMNS)} colonnes ; gardez celles du territoire et des communes."
        )
    if cells > MAX_CELLS:
        raise GeoInputError(
            f"{filename} : plus de {number(MAX_CELLS)} cellules ; gardez les colonnes et les lignes utiles."
        )


def _sheets(content: bytes, form: FileForm, filename: str) -> list[Grid]:
    if form.name in ("xlsx", "ods"):
        _weigh_cells(content, form, filename)
    grids = []
    apart = _unseen(content, form)
    try:
        with open_workbook(io.BytesIO(content)) as book:
            seen = {str(sheet.name): sheet.visible is SheetVisibleEnum.Visible for sheet in book.sheets_metadata}
            for name in book.sheet_names[:100]:
                try:
                    sheet = book.get_sheet_by_name(name)
                except CalamineError:
                    continue  # a sheet that holds a drawing only
                height, width = sheet.total_height, sheet.total_width
                _check_size(height, width, height * width, filename)
                rows = [[as_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
                filled = _fill_merged(rows, sheet.merged_cell_ranges or ())
                grids.append(
                    Grid(
                        name,
                        rows,
                        filled=filled,
                        unseen=apart.get(name, Unseen()),
                        concealed=not seen.get(name, True),
                    )
                )
    except CalamineError as error:
        raise GeoInputError(
            f"{filename} : classeur illisible, protégé ou abîmé ; enregistrez-le à nouveau en XLSX."
        ) from error
    return grids


def _unseen(content: bytes, form: FileForm) -> Mapping[str, Unseen]:
    """Return what each sheet of a workbook does not show; nothing of a form that does not tell."""
    if form.name not in ("xlsx", "ods"):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return of_ods(archive) if form.name == "ods" else of_xlsx(archive)


def _fill_merged(rows: list[list[str]], ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> int:
    """Write the text of a cell merged over several rows in each of them, and count the cells filled.

    A cell merged over the columns of one row is a title, and stays.
    """
    filled = 0
    for (top, left), (bottom, _) in ranges:
        if bottom <= top or top >= len(rows) or left >= len(rows[top]):
            continue
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row) and not row[left]:
                row[left] = rows[top][left]
                filled += 1
    return filled


def _weigh_cells(content: bytes, form: FileForm, filename: str) -> None:
    """Refuse a workbook whose cells lie so far apart that the rectangle between them would fill the memory."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "xl/workbook.bin" in archive.namelist():
            raise GeoInputError(f"{filename} : classeur XLSB ; enregistrez-le en XLSX.")
        wanted = r"content\.xml" if form.name == "ods" else r"xl/worksheets/[^/]+\.xml"
        shared = _shared_lengths(archive)
        for name in (n for n in archive.namelist() if re.fullmatch(wanted, n)):
            with archive.open(name) as part:
                *size, text = _ods_extent(part.read()) if form.name == "ods" else _xlsx_extent(part, shared)
            _check_size(size[0], size[1], size[0] * size[1], filename)
            if text > MAX_TEXT:
                raise GeoInputError(
                    f"{filename} : plus de {megabytes(MAX_TEXT)} de texte une fois le classeur ouvert ; ôtez les longs textes répétés."
                )


def _shared_lengths(archive: zipfile.ZipFile) -> list[int]:
    """Return the length of each text that the cells of a workbook share, nothing when none is long."""
    try:
        with archive.open("xl/sharedStrings.xml") as part:
            lengths = [len(text) for text in _SHARED.findall(part.read())]
    except KeyError:
        return []
    return lengths if max(lengths, default=0) > LONG_TEXT else []


def _xlsx_extent(part: object, shared: Sequence[int]) -> tuple[int, int, int]:
    """Return the rows and columns of a sheet, and the length of its shared texts, each as often as it comes."""
    rows, columns, length = 0, 0, 0
    kept = b""
    while block := part.read(_CHUNK):  # type: ignore[attr-defined]
        text = kept + block
        cut = text.rfind(b"<") if len(block) == _CHUNK else len(text)
        kept = text[max(cut, len(text) - 1000) :]  # a tag cut in two is read with the next block
        found = [(letter, row) for letter, row, empty in _CELL.findall(text[: len(text) - len(kept)]) if not empty]
        columns = max([columns, *(_column_number(letter) for letter in {letter for letter, _ in found})])
        rows = max([rows, *(int(row) for row in {row for _, row in found})])
        if shared:
            places = map(int, _OF_SHARED.findall(text[: len(text) - len(kept)]))
            length += sum(shared[place] for place in places if place < len(shared))
    return rows, columns, length


def _column_number(letters: bytes) -> int:
    total = 0
    for letter in letters:
        total = total * 26 + letter - 64
    return total


def _ods_extent(content: bytes) -> tuple[int, int, int]:
    """Return the rows and columns that a sheet takes once its repeated rows and cells are written out, and the length of its
    texts then."""
    height = width = tallest = column = reach = repeat = 0
    text = wide = begun = cells = 0  # of all, of the row, where the cell begins, how often it comes
    for match in _ODS.finditer(content):
        wide += max(match.start() - begun, 0) * cells
        cells = 0
        if match[4]:
            height = 0
        elif match[3]:
            height += repeat
            text, wide = text + wide * repeat, 0
            if reach:
                tallest, width = max(tallest, height), max(width, reach)
        elif match[2] is not None:
            again = _repeated(match[2], b"columns")
            column += again
            if b"value-type" in match[2]:
                reach = column
                begun, cells = match.start() if len(match[2]) > LONG_TEXT else match.end(), again
        else:
            repeat, column, reach = _repeated(match[1], b"rows"), 0, 0
            if match[1].endswith(b"/"):
                height += repeat
    return tallest, width, text


def _repeated(attributes: bytes, what: bytes) -> int:
    match = re.search(rb"number-" + what + rb"-repeated\s*=\s*[\"'](\d{1,9})", attributes)
    return int(match[1]) if match else 1
