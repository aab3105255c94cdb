"""A sheet as columns: its header, of one row or two, the rows below; a long table (territory, indicator, value) put in columns.

Apart because what a table is made of is settled before anything of it is read as a territory or a figure.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from geo.communes import BLANKS, Atlas
from geo.errors import GeoInputError
from geo.french import count, fold, listing
from geo.imports.needs.places import grain_of_header, names_places
from geo.imports.needs.splits import YEARS, is_dimension
from geo.imports.settling import Answers
from geo.imports.tables.grid import Grid
from geo.imports.tables.header_row import find_header
from geo.indicators import CellKind, read_cell
from geo.remarks import Remark

MOST_COLUMNS = 300
LOOKED_AT = 400  # rows
_NAME = re.compile(
    r"(?:libelles?|nom|intitule|lib)?(?: ?(?:de|d|de l|l))? ?(?:indicateurs?|variables?)(?: libelle| nom)?"
)
_VALUE = re.compile(r"(?:valeurs?|value|obs value|resultats?|chiffres?)(?: .*)?")
_WORDS = {"nombre", "nom", "num", "name", "valeur", "value"}  # which are also what a spreadsheet writes for an error
_UNIT = re.compile(r"unites?(?: .*)?")

Rows = tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Table:
    """A sheet as columns: headers made distinct, the rows below with their numbers in the file; `text` tells that it is of a text file,
    `years` is the year of the columns that a long table gives one of their own."""

    sheet: str
    header: tuple[str, ...]
    rows: Rows
    remarks: tuple[Remark, ...] = ()
    text: bool = False
    years: dict[str, str] = field(default_factory=dict)

    def column(self, place: int) -> list[str]:
        """Return the cells of a column."""
        return [row[place] for _, row in self.rows]


def sheets_of(grids: Sequence[Grid], filename: str, sheet: str | None) -> list[Grid]:
    """Return the sheet asked for, else those that are shown, the largest first.

    Raises
    ------
    GeoInputError
        When there is no such sheet.
    """
    if not sheet:
        shown = [grid for grid in grids if not grid.concealed] or list(grids)
        return sorted(shown, key=lambda grid: -sum(bool(cell.strip()) for row in grid.rows for cell in row))
    found = [grid for grid in grids if grid.name == sheet]
    if not found:
        raise GeoInputError(f"{filename} : pas de feuille « {sheet} » ; il y a {listing([g.name for g in grids], 12)}.")
    return found[:1]


def table_of(grid: Grid, filename: str, atlas: Atlas) -> Table:
    """Find the header of a sheet and put it in columns.

    Raises
    ------
    GeoInputError
        When no row names the columns, there are too many, or nothing is below.
    """
    place, _ = find_header(grid.rows, "clsm", atlas, Answers())
    place = _above_figures(grid.rows, place)
    if place < 0:
        raise GeoInputError(
            f"{filename} : la première ligne doit nommer les colonnes ; ajoutez des titres, puis redonnez le fichier."
        )
    width = max(len(row) for row in grid.rows[place:])
    if width > MOST_COLUMNS:
        raise GeoInputError(
            f"{filename} : plus de {MOST_COLUMNS} colonnes ; gardez celle du territoire et celles des indicateurs."
        )
    head, place = _header(grid.rows, place, width)
    gone = grid.unseen.rows | grid.unseen.struck
    below = [
        (place + 2 + i, (*row, *[""] * (width - len(row))))
        for i, row in enumerate(grid.rows[place + 1 :])
        if any(cell.strip() for cell in row) and place + 2 + i not in gone
    ]
    used = [i for i in range(width) if head[i] or any(row[i].strip() for _, row in below)]
    header: list[str] = []
    for i in used:
        name = head[i] or f"colonne {i + 1}"
        header.append(name if name not in header else f"{name} ({i + 1})")
    hidden = len([n for n in gone if n > place + 1])
    left = f"{count(hidden, 'ligne masquée ou barrée laissée', 'lignes masquées ou barrées laissées')} de côté."
    said = tuple(Remark("à savoir", "", *words) for words in (*([(left,)] if hidden else ()), *grid.unseen.said))
    table = Table(
        grid.name, tuple(header), tuple((n, tuple(row[i] for i in used)) for n, row in below), said, bool(grid.encoding)
    )
    if not table.rows:
        raise GeoInputError(f"{filename} : aucune ligne sous les titres.")
    return _widened(table)


# --- the header -------------------------------------------------------------------------------------------------------
def _above_figures(rows: Sequence[Sequence[str]], place: int) -> int:
    """Return the first row of words above one that has figures, which is no header: « département ; 01 ; 100 » says the kind of a row."""
    if place < 1 or all(_is_title(cell.strip()) for cell in rows[place]):
        return place
    titles = (i for i, row in enumerate(rows[:place]) if sum(bool(cell.strip()) for cell in row) > 1)
    return next((i for i in titles if all(_is_title(cell.strip()) for cell in rows[i])), place)


def _header(rows: Sequence[Sequence[str]], place: int, width: int) -> tuple[list[str], int]:
    """Return the name of each column, and the last row of the header: what is over several columns goes with each of them."""

    def row(at: int) -> list[str]:
        cells = [" ".join(cell.split()) for cell in rows[at]]
        return [*cells, *[""] * (width - len(cells))][:width]

    head = row(place)
    under = row(place + 1) if place + 1 < len(rows) else []
    if under and _is_second(head, under):
        return _both(head, under), place + 1
    over = row(place - 1) if place else []
    often = Counter(name for name in head if name)
    if over and any(over[1:]) and all(_is_title(name) for name in over) and _is_over(over, head, often):
        return _both(over, head), place
    return head, place


def _is_second(head: Sequence[str], under: Sequence[str]) -> bool:
    """Tell whether a row is the second of a header: words or years alone, some of them under nothing."""
    filled = [name for name in under if name]
    bare = any(low and not high for high, low in zip(head, under, strict=True))
    return len(filled) > 1 and bare and any(head) and all(_is_title(name) for name in filled)


def _is_over(over: Sequence[str], head: Sequence[str], often: Counter[str]) -> bool:
    """Tell whether a row names groups of the columns below: there are fewer of them, and some columns are told apart by them alone."""
    named = [name for name in over if name]
    return len(named) < sum(map(bool, head)) and max(often.values(), default=0) > 1 and len(set(named)) > 1


def _is_title(text: str) -> bool:
    return (
        not text or bool(YEARS.fullmatch(text)) or read_cell(text).kind is CellKind.UNREADABLE or fold(text) in _WORDS
    )


def _both(over: Sequence[str], under: Sequence[str]) -> list[str]:
    group, found = "", []
    for high, low in zip(over, under, strict=True):
        group = high or group
        alone = not high and not low
        if alone or not low or not group or high == low or names_places(low):
            found.append("" if alone else low or group)
        elif YEARS.fullmatch(low) or names_places(group):
            found.append(f"{group} {low}" if YEARS.fullmatch(low) else low)
        else:
            found.append(f"{low} ({group[:1].lower() if group[1:2].islower() else group[:1]}{group[1:]})")
    return found


# --- long tables ------------------------------------------------------------------------------------------------------
def _widened(table: Table) -> Table:
    """Turn a long table (territory, indicator, value) into one column an indicator; any other is left as it is.

    A column that is the same for all the rows of an indicator is of that indicator (its unit, its year, its theme); one of figures that
    differs from one indicator to another for the same territory (numerator, bounds) is put in columns too.
    """
    folded = [fold(name) for name in table.header]
    name = next((i for i, word in enumerate(folded) if _NAME.fullmatch(word)), None)
    values = [i for i, word in enumerate(folded) if _VALUE.fullmatch(word)]
    if name is None or not values:
        return table
    labels = list(dict.fromkeys(label for _, row in table.rows if (label := " ".join(row[name].split()))))
    about = _of_labels(table, name, [i for i in range(len(folded)) if i != name and i not in values])
    kept = [i for i in range(len(folded)) if i != name and i not in values and i not in about]
    spread = [*values, *_spread(table, kept, name)]
    kept = [i for i in kept if i not in spread]
    names, years = _names(table, labels[:MOST_COLUMNS], about, spread)
    made: dict[tuple[str, ...], list[tuple[int, dict[str, str]]]] = {}
    for n, row in table.rows:
        label = " ".join(row[name].split())
        mine = {names[label, i]: row[i] for i in spread if (label, i) in names}
        lines = made.setdefault(tuple(row[i] for i in kept), [])
        line = next((cells for _, cells in lines if all(cells.get(c, text) == text for c, text in mine.items())), None)
        if line is None:
            lines.append((n, {}))
            line = lines[-1][1]
        line.update(mine)
    header = list(dict.fromkeys(names.values()))
    rows = [
        (n, (*key, *(cells.get(column, "") for column in header))) for key, lines in made.items() for n, cells in lines
    ]
    said = Remark("à savoir", "", f"Tableau en longueur : {count(len(labels), 'indicateur')} mis en colonnes.")
    whole = (*(table.header[i] for i in kept), *header)
    return replace(table, header=whole, rows=tuple(sorted(rows)), remarks=(*table.remarks, said), years=years)


def _of_labels(table: Table, name: int, columns: Sequence[int]) -> dict[int, dict[str, str]]:
    """Return the columns that say one thing of each indicator, not the same of all, and what they say."""
    found = {}
    for i in columns:
        told = defaultdict[str, set[str]](set)
        for _, row in table.rows:
            told[" ".join(row[name].split())].add(row[i].strip(BLANKS))
        said = {label: next(iter(texts)) for label, texts in told.items() if len(texts) == 1}
        if len(said) == len(told) and len(set(said.values())) > 1 and grain_of_header(table.header[i]) is None:
            found[i] = said
    return found


def _spread(table: Table, kept: Sequence[int], name: int) -> list[int]:
    """Return the columns of figures that differ from an indicator to another where all that is not a figure is the same."""
    figures = []
    for i in kept:
        cells = [read_cell(row[i]).kind for _, row in table.rows[:LOOKED_AT] if row[i].strip(BLANKS)]
        title = table.header[i]
        if (
            cells
            and cells.count(CellKind.NUMBER) > len(cells) / 2
            and grain_of_header(title) is None
            and not is_dimension(title)
        ):
            figures.append(i)
    key = [i for i in kept if i not in figures]
    groups = defaultdict[tuple[str, ...], list[tuple[str, ...]]](list)
    for _, row in table.rows:
        groups[tuple(row[i] for i in key)].append(row)
    if len(groups) < 2 or all(len({row[name] for row in group}) < 2 for group in groups.values()):
        return []
    return [i for i in figures if any(len({row[i] for row in group}) > 1 for group in groups.values())]


def _names(
    table: Table, labels: Sequence[str], about: dict[int, dict[str, str]], spread: Sequence[int]
) -> tuple[dict[tuple[str, int], str], dict[str, str]]:
    """Return the header of each indicator in each column put in columns, with its unit, and the year of those that have their own."""
    units = next((said for i, said in about.items() if _UNIT.fullmatch(fold(table.header[i]))), {})
    dates = next((said for said in about.values() if all(YEARS.fullmatch(text) for text in said.values())), {})
    names, years = dict[tuple[str, int], str](), dict[str, str]()
    for label in labels:
        unit = units.get(label, "")
        shown = f"{label} ({unit})" if unit and unit not in label else label
        for i in spread:
            names[label, i] = shown if i == spread[0] else f"{table.header[i]} {label}"
            if label in dates:
                years[names[label, i]] = dates[label]
    return names, years
