"""Many sets of communes answered at once on one level: what is known, hidden, absent or cut of each, by one sparse product."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from scipy.sparse import csr_array

from geo.arrays import Bools, Floats, Ints
from geo.indicators.indicator import Indicator, Measure
from geo.indicators.levels import ABSENT, KNOWN, SECRET, Level


class Kind(IntEnum):
    """What can be said of an indicator on a set, from the most to the least."""

    EXACT = 0  # every unit whole and known
    BOUNDED = 1  # every unit whole, some secret: an interval
    PARTIAL = 2  # some units unknown: what is known, of how much of the set
    SEVERAL = 3  # a rate alone, on several units: it does not add up
    INSIDE = 4  # finer than the grain: the value of the units that hold it
    NOTHING = 5  # nothing is known


@dataclass(frozen=True, eq=False)
class Sums:
    """One row a set of atoms. Counts of units met: whole and `known`, `secret`, `absent`; `cut` by the set.

    `numerator` and `denominator` add up the known whole units, `all_denominator` the secret ones too; `rate`, `low` and `high`
    are those of the only unit of a set that is one unit. `people` are the inhabitants of the set, `known_people` of the units known.
    `hidden_low` and `hidden_high` bound what the secret units add (NaN above when no bound can be said).
    """

    known: Floats
    secret: Floats
    absent: Floats
    cut: Floats
    numerator: Floats
    denominator: Floats
    all_denominator: Floats
    rate: Floats
    low: Floats
    high: Floats
    people: Floats
    known_people: Floats
    hidden_low: Floats
    hidden_high: Floats
    kind: Ints

    def where(self, mine: Bools, other: Sums) -> Sums:
        """Take the rows of `mine` here, and the others there."""
        return Sums(**{f.name: np.where(mine, getattr(self, f.name), getattr(other, f.name)) for f in fields(self)})


def sets_of(rows: list[Ints], atoms: int) -> csr_array:
    """Return sets of rows of atoms as a matrix, sets × atoms, of ones."""
    lengths = [len(one) for one in rows]
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    indices = np.concatenate(rows) if rows else np.empty(0, dtype=np.intp)
    return csr_array((np.ones(len(indices)), indices, indptr), shape=(len(rows), atoms))


def sum_over(level: Level, sets: csr_array) -> Sums:
    """Answer every set (sets × atoms, ones) on one level."""
    met = csr_array(sets @ level.of)
    count, unit = met.shape[0], met.indices
    row = np.repeat(np.arange(count), np.diff(met.indptr))
    whole = met.data >= level.size[unit]
    state = np.where(whole, level.state[unit], -1)

    def total(where: Bools, values: Floats | None = None) -> Floats:
        weights = None if values is None else values[unit[where]]
        return np.bincount(row[where], weights=weights, minlength=count).astype(float)

    known, hidden = state == KNOWN, state == SECRET
    certain, secret, absent = (total(state == one) for one in (KNOWN, SECRET, ABSENT))
    absent += np.asarray(sets @ level.homeless, dtype=float)
    cut = total(~whole)
    holding = total(~whole & (level.state[unit] == KNOWN))
    alone = (certain == 1) & (secret + absent + cut == 0)
    rate, below, above = (np.where(alone, total(known, one), np.nan) for one in (level.rate, level.low, level.high))
    low, high = hidden_bounds(level.indicator.secrecy, secret)
    return Sums(
        known=certain,
        secret=secret,
        absent=absent,
        cut=cut,
        numerator=total(known, level.numerator),
        denominator=total(known, level.denominator),
        all_denominator=total(known | hidden, level.denominator),
        rate=rate,
        low=below,
        high=above,
        people=np.asarray(sets @ level.atlas.population.astype(float), dtype=float),
        known_people=total(known, level.people),
        hidden_low=low,
        hidden_high=high,
        kind=_kind(level.indicator, certain, secret, absent + cut - holding, holding),
    )


def hidden_bounds(secrecy: int, hidden: Floats) -> tuple[Floats, Floats]:
    """Return what some hidden numbers may add up to: each is from 1 to the threshold − 1.

    Without a threshold, or with one that leaves a single value, nothing is said but that they are not under zero.
    """
    if secrecy < 3:
        return np.zeros(len(hidden)), np.where(hidden > 0, np.nan, 0.0)
    return hidden, hidden * (secrecy - 1)


def _kind(indicator: Indicator, known: Floats, secret: Floats, absent: Floats, cut: Floats) -> Ints:
    """Say the kind of each set; `cut` counts the known units that it holds a part of, `absent` those cut and not known too."""
    lacking, hidden = absent > 0, secret > 0
    if indicator.measure is Measure.RATE:
        single = known + secret + absent == 1
        choices = [
            ((cut == 0) & single & (known == 1), Kind.EXACT),
            ((cut == 0) & single, Kind.NOTHING),
            (cut > 0, Kind.INSIDE),
            (known > 0, Kind.SEVERAL),
        ]
    else:
        bounded = hidden & ((known > 0) | (indicator.secrecy >= 3))
        choices = [
            (cut > 0, Kind.INSIDE),
            (lacking & (known > 0), Kind.PARTIAL),
            (lacking, Kind.NOTHING),
            (bounded, Kind.BOUNDED),
            (~hidden & (known > 0), Kind.EXACT),
        ]
    conditions, kinds = zip(*choices, strict=True)
    return np.select(list(conditions), [int(one) for one in kinds], int(Kind.NOTHING)).astype(np.intp)
