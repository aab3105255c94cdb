"""A table on its way to a layer: the one value that goes through the import, with what was said of it on the way, and what one row gives.

`columns.understood` makes it of the sheets of a file, `rows.read` adds its territories, `zones` makes the draft.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from geo.communes import Named
from geo.imports.draft import Column
from geo.imports.settling import Answers, Doubt
from geo.imports.tables.grid import Grid
from geo.layers import Precision
from geo.remarks import Remark, RemarkKind

Said = tuple[RemarkKind, str, str]
ATTRIBUTES = ("territoire", "annee", "annee_source", "source_titre", "source_url", "status", "note")


class Cells(NamedTuple):
    """The texts of a row that tell of its communes, stripped; "" where there is none. `method` is the way the row says that they
    are known."""

    code: str = ""
    name: str = ""
    communes: str = ""
    epci: str = ""
    departement: str = ""
    postal: str = ""
    method: str = ""
    iris: str = ""

    @property
    def place(self) -> str:
        """What the row calls its place, in one text."""
        return " ".join(filter(None, (self.code or self.postal, self.name))) or self.epci or self.departement


@dataclass(frozen=True)
class Missed:
    """A text that names nothing sure: why, what to do, the communes that it may be (codes of today), its département if stated."""

    text: str
    message: str
    advice: str
    codes: tuple[str, ...] = ()
    departement: str = ""
    fault: bool = True  # whether it is refused; else it was read, and may be something else
    whole: bool = True  # whether the commune is meant whole, whichever it is


@dataclass(frozen=True)
class Loose:
    """A name without a département nor a code, and every commune that bears it or bore it; `text` is the whole of what is written,
    and `whole` tells whether the commune is meant whole: « Fontenay (en partie) »."""

    text: str
    named: tuple[Named, ...]
    whole: bool = True


class Reading(NamedTuple):
    """What a row gives.

    `rows` are surely meant (rows of the atlas), and `partial` for a part of them; `loose` names are settled where they stand; `missed` texts are refused, or asked
    about. `iris` are those named by their code, each with the row of its commune. `listed` tells that the row is a list, which may be kept in part. `unlocated` when it says that the composition is not
    known.
    """

    rows: tuple[int, ...] = ()
    loose: tuple[Loose, ...] = ()
    missed: tuple[Missed, ...] = ()
    said: tuple[Said, ...] = ()
    listed: bool = False
    unlocated: bool = False
    precision: Precision | None = None
    iris: tuple[tuple[str, int], ...] = ()
    partial: tuple[int, ...] = ()

    @property
    def sure(self) -> tuple[int, ...]:
        """The communes that are surely meant, whole or in part."""
        return (*self.rows, *self.partial)


@dataclass(frozen=True)
class Layout:
    """Where things are in a grid: row of the header (-1 without one), names of the columns, role → position.

    `doubts` is what is to be asked of the columns; `other` names those of yes and no that are about something else; `wide` are the
    places of the columns that are each a territory, `crosses` whether these hold marks rather than communes. `spread` are the places of
    the columns that together hold the communes of a row. `shape` is that of the file, `answers` are those that apply to it.
    """

    header: int
    names: tuple[str, ...]
    roles: Mapping[str, int]
    columns: tuple[Column, ...]
    score: float
    doubts: tuple[Doubt, ...] = ()
    other: tuple[str, ...] = ()
    wide: tuple[int, ...] = ()
    crosses: bool = False
    spread: tuple[int, ...] = ()
    shape: str = ""
    answers: Answers = field(default_factory=Answers)

    @property
    def understanding(self) -> dict[str, str]:
        """Role → name of its column."""
        return {role: self.names[place] for role, place in self.roles.items() if place >= 0}


@dataclass
class TableZone:
    """A territory while its rows are read.

    `members` maps the row in the atlas of each commune to whether it is whole, `rows_of` to the line that gave it first;
    `iris` maps the code of each IRIS to the part of it that is inside (NaN when unknown), its commune being a member in part;
    `refused` holds the lines that could not be read, or not whole.
    """

    name: str
    ident: str
    first: int
    words: dict[str, str] = field(default_factory=dict)
    members: dict[int, bool] = field(default_factory=dict)
    iris: dict[str, float] = field(default_factory=dict)
    rows_of: dict[int, int] = field(default_factory=dict)
    precisions: set[Precision] = field(default_factory=set)
    stated: Precision | None = None
    departement: str = ""
    refused: list[int] = field(default_factory=list)
    spellings: set[str] = field(default_factory=set)
    etats: list[str] = field(default_factory=list)

    def take_pieces(self, iris: Iterable[tuple[str, int]], line: int, *, whole: bool) -> list[str]:
        """Take IRIS, each with the row of its commune, which is then in the territory in part unless it is whole; return those of a row
        that were all given before."""
        given = list(iris)
        again = [code for code, _ in given if code in self.iris]
        for code, row in given:
            self.iris[code] = 1.0 if whole or self.iris.get(code) == 1.0 else math.nan
            self.members.setdefault(row, False)
            self.rows_of.setdefault(row, line)
        return again if len(again) == len(given) else []


@dataclass(frozen=True, eq=False)
class Table:
    """The sheet that is read, among those of a file.

    Parameters
    ----------
    file, kind
        Name of the file, id of the layer that it describes.
    grids, grid, layout
        All the sheets, the one that is read, and where things are in it.
    parts
        The sheets that are read, each with the row of its header: those of the shape of `grid`, or `grid` alone.
    rows, accepted
        Rows that hold something, and those kept; 0 before they are read.
    partly, names_refused, aside, without, dissolved, doubts
        As in `geo.imports.draft.ImportDraft`.
    territories
        What the rows describe, in their order.
    remarks
        What was repaired, refused or worth knowing.
    by_sheet
        Whether each sheet is a territory, of its name.
    """

    file: str
    kind: str
    grids: tuple[Grid, ...]
    grid: Grid
    layout: Layout
    parts: tuple[tuple[Grid, int], ...] = ()
    rows: int = 0
    accepted: int = 0
    territories: tuple[TableZone, ...] = ()
    remarks: tuple[Remark, ...] = ()
    partly: int = 0
    names_refused: int = 0
    aside: int = 0
    without: tuple[str, ...] = ()
    dissolved: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    by_sheet: bool = False

    def saying(self, remarks: Iterable[Remark]) -> Table:
        """Add remarks."""
        return replace(self, remarks=(*self.remarks, *remarks))
