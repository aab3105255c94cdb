"""Understand the columns of a table that a person made: where the header is, and what role each column plays.

A role comes from a header (`headers`) or from the planner. What a column holds only proposes: the proposal is followed, so that the
rest can be seen, and asked about. What a header says is checked against what the column holds where the two can disagree: codes
against names, years and postal codes against codes.
"""

from __future__ import annotations

from collections.abc import Sequence

from geo.communes import (
    Atlas,
)
from geo.imports.draft import EXAMPLES, Column
from geo.imports.settling import Answers, shape_of
from geo.imports.tables.contents import MEMBERSHIP, SAMPLE
from geo.imports.tables.header_row import find_header, two_rows
from geo.imports.tables.proposed import proposed_etat, proposed_name, proposed_places, spread_columns, wide_columns
from geo.imports.tables.roles import Settling, answered, by_headers, checked
from geo.imports.tables.table import Layout
from geo.imports.unseen.sheet import letters


def understand(rows: Sequence[Sequence[str]], kind: str, atlas: Atlas, answers: Answers) -> Layout:
    """Find the header of a grid and the role of each of its columns.

    Raises
    ------
    GeoInputError
        When an answer names a role or a column that does not exist.
    """
    header, asked = find_header(rows, kind, atlas, answers)
    width = max((len(row) for row in rows[max(header, 0) : max(header, 0) + 2000]), default=0)
    titles = two_rows(rows, header, kind)
    header += bool(titles)
    names = column_names(titles or (rows[header] if header >= 0 else ()), width)
    picked, cells = _samples(rows, header, width)
    shape = shape_of(names)
    found = Settling(names, picked, cells, kind, atlas, answers.of_shape(shape))
    answered(found)
    by_headers(found)
    checked(found)
    spread = spread_columns(found) if header >= 0 else ()
    wide, crosses = wide_columns(found) if header >= 0 and not spread else ((), False)
    if not wide or crosses:
        proposed_places(found)
    proposed_etat(found, wide)
    if not wide:
        proposed_name(found)
    roles = {role: place for role, (place, _, _) in found.chosen.items()}
    at = {place: (role, surely, why) for role, (place, surely, why) in found.chosen.items() if place >= 0}
    columns = tuple(
        Column(name, tuple(dict.fromkeys(cells[i]))[:EXAMPLES], *at.get(i, ("", 0.0, "")))
        for i, name in enumerate(names)
    )
    score = sum(c.confidence for c in columns) + (1 if set(roles) & set(MEMBERSHIP) else 0)
    doubts = (*asked, *(d for d in found.doubts if not (crosses and d.key == "colonne/retenue")))
    other = tuple(name for name in found.other if not wide or names.index(name) not in wide)
    return Layout(header, names, roles, columns, score + 2 * len(wide), doubts=doubts, other=other, wide=wide,
                  crosses=crosses, spread=spread, shape=shape, answers=found.answers)  # fmt: skip


def column_names(header: Sequence[str], width: int) -> tuple[str, ...]:
    """Name columns by their header; empty ones by their letter, repeated ones with a number."""
    seen: dict[str, int] = {}
    names = []
    for place in range(width):
        name = " ".join((header[place] if place < len(header) else "").split())[:80] or f"colonne {letters(place)}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def _samples(rows: Sequence[Sequence[str]], header: int, width: int) -> tuple[list[Sequence[str]], list[list[str]]]:
    """Return some rows spread over the table, and the first filled cells of each column among them."""
    below = rows[header + 1 :]
    step = max(1, len(below) // (SAMPLE * 3))
    picked = [*below[:20], *below[20::step]][: SAMPLE * 4]
    found: list[list[str]] = [[] for _ in range(width)]
    for row in picked:
        for place, cell in enumerate(row[:width]):
            if len(found[place]) < SAMPLE and cell.strip():
                found[place].append(cell.strip()[:2000])
    return picked, found
