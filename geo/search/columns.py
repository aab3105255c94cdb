"""A table pasted from a spreadsheet: which column names the communes, and what those beside it say of them.

One text comes of each line: the name, with the code that is its own or with its département. A column of other numbers
(inhabitants, surfaces) is left aside and named: read as codes, it would bring communes that nobody asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from geo.communes import (
    Atlas,
    all_named,
    departement_of,
    departement_of_text,
    find_body,
    find_name,
    history,
    read_place,
)
from geo.french import fold, shortened

Line = tuple[int, str]
Column = Sequence[str]
Kind = Literal["code", "owner", "body", "number", "place"]

NAMES = frozenset(["commune", "communes", "nom", "noms", "ville", "villes", "libelle", "libgeo"])
NOT_NAMES = frozenset(
    ["code", "codes", "insee", "epci", "ept", "departement", "departements", "dep", "dept", "region", "regions"]
)
OTHER_TITLES = frozenset(
    ["postal", "postaux", "cp", "population", "pop", "habitants", "hab", "lib", "siren", "intercommunalite", "codgeo",
     "com", "num", "numero", "liste", "municipale", "totale", "legale", "total", "annee", "surface", "superficie", "km2",
     "de", "la", "le", "les", "des", "du", "d", "en", "n", "no"]
)  # fmt: skip
TITLES = NAMES | NOT_NAMES | OTHER_TITLES  # words of which the title of a column is made
NUMBER = re.compile(r"[\s.,%]*\d[\d\s.,%]*|2[ab]\d{1,3}", re.IGNORECASE)
CODE = re.compile(r"\d{4,5}|2[ab]\d{3}", re.IGNORECASE)
BLANKS = " \u00a0\u202f\"'"
SHOWN = 20  # characters of the value that stands for its column


@dataclass(frozen=True)
class Table:
    """Cells by column, each column as long as `lines`, their numbers in the text; `titles` those of the columns, or empty."""

    lines: tuple[int, ...]
    columns: tuple[tuple[str, ...], ...]
    titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cut:
    """The texts to read, each with the number of its line; `left` names the columns that were left aside."""

    texts: tuple[Line, ...]
    left: tuple[str, ...] = ()


def is_title(text: str) -> bool:
    """Tell whether a text is made of the words of a title: « Code INSEE », « Nom de la commune »."""
    said = fold(text).split()
    return any(not word.isdigit() for word in said) and all(word in TITLES or word.isdigit() for word in said)


def open_table(lines: Sequence[Line], mark: str) -> Table | None:
    """Return the cells of a text of which every line has as many, more than one; None of any other.

    A single line is a table by its tabs alone: semicolons also separate the communes of a list.
    """
    rows = [[cell.strip(BLANKS) for cell in content.split(mark)] for _, content in lines]
    if not rows or len(rows[0]) < 2 or len({len(row) for row in rows}) > 1:
        return None
    if len(rows) == 1 and (mark != "\t" or re.search("[;,]", lines[0][1])):
        return None
    titled = len(rows) > 1 and any(map(is_title, rows[0])) and not any(map(NUMBER.fullmatch, rows[0]))
    body, numbers = (rows[1:], lines[1:]) if titled else (rows, lines)
    columns = tuple(zip(*body, strict=True))
    kept = [c for c, column in enumerate(columns) if any(column)]
    titles = tuple(rows[0][c] for c in kept) if titled else ()
    return Table(tuple(n for n, _ in numbers), tuple(columns[c] for c in kept), titles)


def read_table(table: Table, atlas: Atlas) -> Cut | None:
    """Return a text for each line of a table; None when no one column names its communes: each cell is then a text."""
    name = _names(table, atlas)
    if name is None:
        return None
    kinds = {c: _kind(table.columns[name], column, atlas) for c, column in enumerate(table.columns) if c != name}
    if "place" in kinds.values() and not table.titles:
        return None
    code, owner = (next((c for c, kind in kinds.items() if kind == wanted), None) for wanted in ("code", "owner"))
    texts = [
        (line, _composed(table.columns[name][n], _cell(table, code, n), _cell(table, owner, n), atlas))
        for n, line in enumerate(table.lines)
    ]
    left = [_called(table, c) for c in kinds if c not in (code, owner)]
    return Cut(tuple((line, text) for line, text in texts if text), tuple(left))


def cells(table: Table, atlas: Atlas) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each line that are texts to read; numbers beside names only where all of them are codes."""
    named = any(not _numeric(column) for column in table.columns)
    kept = [column for column in table.columns if not (named and _numeric(column)) or _all_codes(column, atlas)]
    for n, line in enumerate(table.lines):
        yield line, [column[n] for column in kept if column[n]]


def named_in(name: str, owner: str, atlas: Atlas, *, before: bool = True) -> bool:
    """Tell whether a commune of a département bears a name, or bore it where `before` allows it."""
    return any(departement_of(n.code, atlas) == owner for n in all_named(name, atlas) if n.today or before)


def _names(table: Table, atlas: Atlas) -> int | None:
    """Return the column of the names of communes: the one that its title says, or that holds the most of them."""
    titled = [c for c, title in enumerate(table.titles) if NAMES & set(fold(title).split())]
    titled = [c for c in titled if not NOT_NAMES & set(fold(table.titles[c]).split())]
    held = {c: _known(column, atlas) for c, column in enumerate(table.columns) if not _numeric(column)}
    among = {c: held[c] for c in titled if c in held} or held
    best = max(among, key=lambda c: (among[c], -c), default=None)
    return best if best is not None and (titled or among[best]) else None


def _known(column: Column, atlas: Atlas) -> int:
    return len({fold(value) for value in column if value and find_name(value, atlas).codes})


def _kind(names: Column, values: Column, atlas: Atlas) -> Kind:
    """Return what most values of a column say of the name beside them."""
    pairs = [(name, value) for name, value in zip(names, values, strict=True) if name and value]
    asked: dict[Kind, Callable[[str, str, Atlas], bool]] = {"code": _is_code, "owner": _is_owner, "body": _is_body}
    for kind, agrees in asked.items():
        if sum(agrees(name, value, atlas) for name, value in pairs) * 2 >= max(1, len(pairs)):
            return kind
    if not _numeric(values) or all(_is_other(name, value, atlas) for name, value in pairs):
        return "place"
    return (
        "code" if len(values) == 1 and CODE.fullmatch(values[0]) else "number"
    )  # alone, it may be a code that is wrong


def _is_code(name: str, value: str, atlas: Atlas) -> bool:
    return bool(CODE.fullmatch(value)) and read_place(_with_code(name, value), atlas).status != "refusé"


def _is_owner(name: str, value: str, atlas: Atlas) -> bool:
    owner = departement_of_text(value, atlas)
    return owner is not None and named_in(name, owner, atlas)


def _is_body(name: str, value: str, atlas: Atlas) -> bool:
    return not set(find_body(value, atlas).atoms).isdisjoint(find_name(name, atlas).codes)


def _is_other(name: str, value: str, atlas: Atlas) -> bool:
    """Tell whether a number is the code of another commune of the same département: a list of two columns."""
    return value in atlas.row and named_in(name, departement_of(value, atlas), atlas)


def _composed(name: str, code: str, owner: str, atlas: Atlas) -> str:
    if not name:
        return code
    if CODE.fullmatch(code):
        return _with_code(name, code)
    found = departement_of_text(owner, atlas) if owner else None
    return f"{name} ({found})" if found and named_in(name, found, atlas) else name


def _with_code(name: str, code: str) -> str:
    return f"{name} ({code.zfill(5)})"


def _numeric(column: Column) -> bool:
    return all(NUMBER.fullmatch(value) for value in column if value)


def _all_codes(column: Column, atlas: Atlas) -> bool:
    known, postal = (atlas.row, atlas.former), history(atlas).postal
    values = [value.zfill(5).upper() for value in column if value]
    return all(CODE.fullmatch(v) and (any(v in codes for codes in known) or v in postal) for v in values)


def _cell(table: Table, column: int | None, n: int) -> str:
    return "" if column is None else table.columns[column][n]


def _called(table: Table, column: int) -> str:
    if table.titles and table.titles[column]:
        return shortened(table.titles[column], 60)
    value = next(value for value in table.columns[column] if value)
    return f"colonne {column + 1} ({shortened(value, SHOWN)}…)"
