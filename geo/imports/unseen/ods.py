"""What the sheets of an ODS do not show: read from its XML in one pass, whatever its size."""

from __future__ import annotations

import zipfile
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate

from geo.imports.unseen.sheet import (
    MOST_ROWS,
    Unseen,
    columns_said,
    comments_said,
    formulas_said,
    letters,
    struck_said,
)

# A workbook without any of these words shows all that it holds.
_WORDS = (b"table:visibility", b"office:annotation", b"text-line-through", b"table:formula")
_HIDDEN = ("collapse", "filter")
_LINES = ("style:text-line-through-style", "style:text-line-through-type")
_MOST = 1_000_000_000


@dataclass
class _Sheet:
    rows: set[int] = field(default_factory=set)
    struck: set[int] = field(default_factory=set)
    columns: list[tuple[int, int]] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    crossed: list[tuple[int, str]] = field(default_factory=list)
    partly: list[str] = field(default_factory=list)

    def unseen(self) -> Unseen:
        alone = [place for row, place in self.crossed if row not in self.struck]
        said = (
            *formulas_said(self.formulas),
            *columns_said(self.columns),
            *comments_said(self.comments),
            *struck_said(alone, self.partly),
        )
        return Unseen(frozenset(self.rows), frozenset(self.struck), said)


def of_ods(archive: zipfile.ZipFile) -> Mapping[str, Unseen]:
    """Return what each sheet of an ODS does not show; what a broken XML held before its break."""
    names = set(archive.namelist())
    parts = [archive.read(name) for name in ("styles.xml", "content.xml") if name in names]
    if not any(word in part for part in parts for word in _WORDS):
        return {}
    walk = _Walk()
    for part in parts:
        parser = ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = walk.start, walk.end
        parser.CharacterDataHandler = walk.text
        parser.StartDoctypeDeclHandler = walk.refuse
        try:
            parser.Parse(part, True)
        except ExpatError:
            continue
    return {name: sheet.unseen() for name, sheet in walk.sheets.items()}


class _Walk:
    """A walk through the elements: styles first, then the sheets, their rows and cells."""

    def __init__(self) -> None:
        self.sheets: dict[str, _Sheet] = {}
        self.sheet = _Sheet()
        self.styles: dict[str, bool] = {}  # name of a style → whether it strikes its text out
        self.style = ""
        self.row = self.column = self.again = self.here = 0
        self.ends: list[int] = []  # of the columns that were declared, with the style of their cells
        self.defaults: list[str] = []
        self.row_style = ""
        self.filled = self.crossed = 0
        self.cell: dict[str, str] | None = None
        self.signs = self.barred = 0
        self.strikes: list[bool] = []
        self.note: list[str] | None = None
        self.inside = 0  # paragraphs

    def refuse(self, *_: object) -> None:
        raise ExpatError("a workbook declares no document type")

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "style:style":
            self.style = given.get("style:name", "")
            self.styles[self.style] = self.styles.get(given.get("style:parent-style-name", ""), False)
        elif name == "style:text-properties" and self.style:
            if lines := [given[key] for key in _LINES if key in given]:
                self.styles[self.style] = any(line != "none" for line in lines)
        elif name == "table:table":
            self.sheet = self.sheets.setdefault(given.get("table:name", ""), _Sheet())
            self.row = self.column = 0
            self.ends, self.defaults = [], []
        elif name == "table:table-column":
            self._column(given)
        elif name == "table:table-row":
            self.again, self.column, self.filled, self.crossed = _many(given, "table:number-rows-repeated"), 0, 0, 0
            self.row_style = given.get("table:default-cell-style-name", "")
            if given.get("table:visibility") in _HIDDEN:
                self.sheet.rows.update(self._lines())
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self.cell, self.signs, self.barred = given, 0, 0
            self.strikes = [self._strikes(given)]
        elif self.cell is not None:
            self._within(name, given)

    def _within(self, name: str, given: dict[str, str]) -> None:
        if name == "office:annotation":
            self.note = []
        elif name == "text:p":
            self.inside += 1
        elif name == "text:span":
            self.strikes.append(self.styles.get(given.get("text:style-name", ""), False) or self.strikes[-1])

    def text(self, text: str) -> None:
        if not self.inside:
            return
        if self.note is not None:
            self.note.append(text)
        elif signs := len(text.strip()):
            self.signs += signs
            self.barred += signs if self.strikes[-1] else 0

    def end(self, name: str) -> None:
        if name == "style:style":
            self.style = ""
        elif name == "text:p":
            self.inside = max(self.inside - 1, 0)
        elif name == "text:span":
            self.strikes = self.strikes[:-1] if len(self.strikes) > 1 else self.strikes
        elif name == "office:annotation" and self.note is not None:
            self.sheet.comments.append((self._place(), " ".join(self.note)))
            self.note = None
        elif name in ("table:table-cell", "table:covered-table-cell") and self.cell is not None:
            self._cell_ends(self.cell)
        elif name == "table:table-row":
            if 2 * self.crossed > self.filled:
                self.sheet.struck.update(self._lines())
            self.row += self.again

    def _cell_ends(self, given: dict[str, str]) -> None:
        again = _many(given, "table:number-columns-repeated")
        if self.signs:
            self.filled += again
            if self.barred == self.signs:
                self.crossed += again
                self.sheet.crossed.append((self.row + 1, self._place()))
            elif self.barred:
                self.sheet.partly.append(self._place())
        elif "table:formula" in given and "office:value-type" not in given:
            self.sheet.formulas.append(self._place())
        self.column += again
        self.cell, self.inside = None, 0

    def _column(self, given: dict[str, str]) -> None:
        first = self.ends[-1] if self.ends else 0
        self.ends.append(first + _many(given, "table:number-columns-repeated"))
        self.defaults.append(given.get("table:default-cell-style-name", ""))
        if given.get("table:visibility") in _HIDDEN:
            self.sheet.columns.append((first, self.ends[-1] - 1))

    def _strikes(self, given: dict[str, str]) -> bool:
        """Tell whether a cell is struck out, by its style, else that of its row, else that of its column."""
        style = given.get("table:style-name") or self.row_style
        if not style and (place := bisect_right(self.ends, self.column)) < len(self.defaults):
            style = self.defaults[place]
        return self.styles.get(style, False)

    def _lines(self) -> range:
        return range(self.row + 1, min(self.row + self.again, MOST_ROWS) + 1)

    def _place(self) -> str:
        return f"{letters(self.column)}{self.row + 1}"


def _many(given: dict[str, str], what: str) -> int:
    text = given.get(what, "1")
    return min(int(text), _MOST) if text.isascii() and text.isdigit() and len(text) < 10 else 1
