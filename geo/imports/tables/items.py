"""Rows with what they give, gathered by the places that they speak of, before their names are settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo.communes import Atlas
from geo.imports.tables.membership import Loose, Reading
from geo.imports.tables.records import Record
from geo.imports.tables.where import connected


@dataclass(slots=True)
class Item:
    """A row with what it gives, before its names are settled."""

    record: Record
    reading: Reading
    owner: str


def single(loose: Sequence[Loose], atlas: Atlas) -> tuple[int, ...]:
    """Return the communes of the names that only one commune bears or bore."""
    return tuple(
        atlas.row[a]
        for name in loose
        if len(name.named) == 1
        for a in atlas.parts.get(name.named[0].code, (name.named[0].code,))
    )


def touching(groups: list[list[Item]], atlas: Atlas) -> list[list[Item]]:
    """Join the groups whose communes touch."""
    joined: list[tuple[frozenset[int], list[Item]]] = []
    for group in groups:
        rows = frozenset(r for i in group for r in (*i.reading.rows, *single(i.reading.loose, atlas)))
        near = [j for j in joined if not rows or not j[0] or connected(rows, j[0], atlas)]
        for other in near:
            joined.remove(other)
            rows, group = rows | other[0], [*other[1], *group]
        joined.append((rows, group))
    return [sorted(group, key=lambda i: i.record.line) for _, group in joined]


def without_strays(groups: list[list[Item]]) -> list[list[Item]]:
    """Put back with the others a lone row, among many, that does not state its département: a fault rather than a territory."""
    largest = max(groups, key=len)
    strays = [g for g in groups if len(g) == 1 and not g[0].owner and len(largest) >= 3]
    if not strays:
        return groups
    largest += [i for g in strays for i in g]
    largest.sort(key=lambda i: i.record.line)
    return [g for g in groups if g not in strays]
