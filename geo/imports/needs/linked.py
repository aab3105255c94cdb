"""Columns of one table that tell one another: a rate times its people is a number, a total without its other parts is the last one.

A number that is hidden in one column must not come back from the others of its row (decision 0029). The links are found in the figures
themselves, where all of them are known, never by the words of headers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.arrays import Bools, Floats

FEWEST = 3  # rows that must agree before a link is believed
LOOKED_AT = 400  # rows that a link is sought in
BASES = (1.0, 100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0)
ROUNDED = 0.02  # of a number: what the rounding of a rate may change


@dataclass(frozen=True)
class Column:
    """The figures of a column, NaN where there is none, and which rows are hidden; `shown` tells that an indicator is made of it.
    `bases` are how many people a rate may be out of."""

    numbers: Floats
    hidden: Bools
    shown: bool = True
    bases: tuple[float, ...] = BASES


def hidden_by_others(counts: Mapping[str, Column], rates: Mapping[str, Column]) -> dict[str, Bools]:
    """Return the rows of each column that are to be hidden so that no hidden number comes back.

    `counts` are the columns of numbers, in the order of the table, denominators included (`shown` False: people are known from elsewhere),
    `rates` those of rates. Of a total and its parts, of which one is hidden, the total is hidden too where it is shown, else another part.
    """
    held = {name: column.hidden.copy() for name, column in counts.items()}
    if not any(hidden.any() for hidden in held.values()):
        return {}
    links = _totals(counts)
    before = -1
    while before != (before := sum(int(hidden.sum()) for hidden in held.values())):
        for names in links:
            _hide_another(names, counts, held)
    found = {name: hidden & ~counts[name].hidden for name, hidden in held.items()}
    for name, rate in rates.items():
        found[name] = np.zeros(len(rate.numbers), dtype=bool)
        for number, column in counts.items():
            if held[number].any() and any(_is_rate_of(rate, column, people) for people in counts.values()):
                found[name] |= held[number]
    return {name: rows for name, rows in found.items() if rows.any()}


def _totals(counts: Mapping[str, Column]) -> list[tuple[str, ...]]:
    """Return each total with the columns side by side that add up to it."""
    names = list(counts)
    if len(names) < FEWEST:
        return []
    numbers = np.array([column.numbers for column in counts.values()])
    found = []
    for at, total in enumerate(names):
        parts = [one for one in range(len(names)) if one != at]
        for start in range(len(parts)):
            left = numbers[at].copy()
            for stop in range(start, len(parts)):
                left = left - numbers[parts[stop]]
                known = np.flatnonzero(np.isfinite(left))
                if len(known) < FEWEST:
                    break
                if stop > start and _all_told(left[known[:LOOKED_AT]], numbers[at][known[:LOOKED_AT]]):
                    found.append((total, *(names[parts[one]] for one in range(start, stop + 1))))
                    break
    return found


def _all_told(left: Floats, total: Floats) -> bool:
    return bool((np.abs(left) < 0.5).all() and (total > 0).sum() >= FEWEST)


def _hide_another(names: Sequence[str], counts: Mapping[str, Column], held: dict[str, npt.NDArray[np.bool_]]) -> None:
    """Hide a second figure of a total and its parts in the rows where one only is not known."""
    known = np.array([np.isfinite(counts[name].numbers) & ~held[name] for name in names])
    alone = (np.array([held[name] for name in names]).sum(axis=0) == 1) & ((~known).sum(axis=0) == 1)
    for at in (name for name in names if counts[name].shown):
        mine = alone & ~held[at]
        held[at] |= mine
        alone &= ~mine


def _is_rate_of(rate: Column, number: Column, people: Column) -> bool:
    """Tell whether a rate is that of a number among some people."""
    known = np.flatnonzero(np.isfinite(rate.numbers) & (number.numbers > 0) & (people.numbers > 0))[:LOOKED_AT]
    if len(known) < FEWEST or number is people or len(set(number.numbers[known])) < FEWEST - 1:
        return False
    found, counted = rate.numbers[known] * people.numbers[known], number.numbers[known]
    return any(bool((np.abs(found / base - counted) <= 0.5 + ROUNDED * counted).mean() >= 0.95) for base in rate.bases)
