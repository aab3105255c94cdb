"""What is asked of a division, and what a given one is worth: its bodies cut, its pieces, whether it keeps to what was asked.

This module decides nothing: it reads a division unit by unit, apart from whatever made it, and is what every answer is checked with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.arrays import Ints
from geo.divide.board import Board
from geo.errors import GeoInputError


@dataclass(frozen=True)
class Terms:
    """Parts wanted, and the least and the most inhabitants of each.

    A unit with more inhabitants than the most is a part by itself, with what only it joins to the rest.

    Raises
    ------
    GeoInputError
        When a number makes no sense.
    """

    parts: int
    least: int
    most: int

    def __post_init__(self) -> None:
        """Refuse what no division can be asked."""
        if self.parts < 1:
            raise GeoInputError("Nombre de CLSM : donnez un entier d’au moins 1.")
        if self.least < 0 or self.most < 1 or self.least > self.most:
            raise GeoInputError(
                f"Tailles : de {fr.number(self.least)} à {fr.number(self.most)} habitants n’est pas un intervalle ; "
                "donnez un minimum, puis un maximum plus grand."
            )

    @property
    def sizes(self) -> tuple[int, int]:
        """Least and most inhabitants."""
        return self.least, self.most


@dataclass(frozen=True)
class Plan:
    """A division: the part of each unit, the people of each part, the bodies cut (their places in the board).

    `pieces` counts the pieces in which the bodies lie, less one each: 0 when none is cut. `borders` counts the pairs of neighbours in two parts.
    """

    labels: tuple[int, ...]
    people: tuple[int, ...]
    cut: tuple[int, ...]
    pieces: int
    borders: int

    def perimeters(self, board: Board) -> tuple[frozenset[str], ...]:
        """Return the communes of each part."""
        found: list[set[str]] = [set() for _ in self.people]
        for codes, part in zip(board.codes, self.labels, strict=True):
            found[part] |= codes
        return tuple(frozenset(f) for f in found)

    def part_names(self, board: Board) -> tuple[str, ...]:
        """Name each part by its unit with the most inhabitants."""
        order = np.argsort(-board.people, kind="stable").tolist()
        first: dict[int, str] = {}
        for unit in order:
            first.setdefault(self.labels[unit], board.names[unit])
        return tuple(first[p] for p in range(len(self.people)))


def read_plan(board: Board, labels: Sequence[int] | Ints) -> Plan:
    """Return what a division is worth; parts are numbered by their people, the largest first."""
    given = np.asarray(labels, dtype=np.intp)
    people = np.bincount(given, board.people).astype(np.intp)
    first = np.full(len(people), len(given))
    np.minimum.at(first, given, np.arange(len(given)))
    order = np.lexsort([first, -people])
    place = np.argsort(order)
    mine = place[given]
    met = [len({int(mine[u]) for u in body.units}) for body in board.bodies]
    pairs = board.links.tocoo()
    apart = int((mine[pairs.row] != mine[pairs.col]).sum()) // 2
    return Plan(
        tuple(mine.tolist()),
        tuple(people[order].tolist()),
        tuple(i for i, n in enumerate(met) if n > 1),
        sum(n - 1 for n in met if n),
        apart,
    )


def faults(board: Board, terms: Terms, labels: Sequence[int]) -> tuple[str, ...]:
    """Say what a division does not keep to: units in no part, number of parts, parts in several pieces, sizes. Empty when all is kept to.

    A part above the most is allowed where one of its units is above it by itself, with nothing else than what that one joins to the rest.
    """
    beside, found = board.links, []
    settled = set(np.flatnonzero(board.settled(terms.most)[0] >= 0).tolist())
    if len(labels) != len(board.names) or min(labels, default=-1) < 0:
        missing = sum(1 for part in labels if part < 0)
        return (fr.typeset(f"{fr.count(missing, 'élément')} sur {len(board.names)} {board.units} dans aucune partie."),)
    groups: dict[int, set[int]] = {}
    for unit, part in enumerate(labels):
        groups.setdefault(int(part), set()).add(unit)
    if len(groups) != terms.parts:
        found.append(f"{fr.count(len(groups), 'partie')} au lieu de {terms.parts}.")
    for units in groups.values():
        title = board.names[max(units, key=lambda u: (int(board.people[u]), -u))]
        size = sum(int(board.people[u]) for u in units)
        if not _whole(units, beside.indptr.tolist(), beside.indices.tolist()):
            found.append(f"La partie {fr.of(title)} n’est pas d’un seul tenant.")
        alone = units <= settled and sum(int(board.people[u]) > terms.most for u in units) == 1
        if size < terms.least or (size > terms.most and not alone):
            found.append(fr.typeset(f"La partie {fr.of(title)} a {fr.inhabitants(size)}, hors des tailles demandées."))
    return tuple(found)


def _whole(units: set[int], starts: Sequence[int], others: Sequence[int]) -> bool:
    """Whether some units are in one piece, walked from one of them."""
    seen, waiting = set[int](), [min(units)]
    while waiting:
        unit = waiting.pop()
        if unit in seen:
            continue
        seen.add(unit)
        waiting += [o for o in others[starts[unit] : starts[unit + 1]] if o in units]
    return seen == units
