"""The answers of every indicator on any sets of communes: the finest grain that is exact, under secrecy, for many sets at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from geo.arrays import Bools, Floats, Ints
from geo.communes import Atlas, Iris
from geo.french import fold
from geo.indicators.alike import told_together
from geo.indicators.indicator import Indicator, Measure
from geo.indicators.levels import Level, levels_of
from geo.indicators.secrecy import protected, rates_protected
from geo.indicators.series import Indicators, Series
from geo.indicators.sums import Kind, Sums, sets_of, sum_over
from geo.kept import kept_on_subject


@dataclass(frozen=True, eq=False)
class Thing:
    """One thing counted, at every grain that tells it: its levels, the finest first, as they may be shown."""

    levels: tuple[Level, ...]

    @property
    def indicator(self) -> Indicator:
        """The indicator of the finest grain."""
        return self.levels[0].indicator


@dataclass(frozen=True, eq=False)
class SetAnswers:
    """An indicator on many sets of atoms, one row a set, as arrays.

    `at` is the level (of `thing.levels`) that answers each set. `value` is the rate (a ratio, or a rate alone on its own territory)
    or the number (a count), NaN unless it is exact and of a denominator that its producer lets compare; `least` and `most` bound it
    when units are secret (equal to `value` when it is exact, NaN when nothing bounds it).
    """

    thing: Thing
    sets: csr_array
    sums: Sums
    at: Ints

    @property
    def indicator(self) -> Indicator:
        """What is measured."""
        return self.thing.indicator

    @property
    def kind(self) -> Ints:
        """What can be said of each set (`Kind`)."""
        return self.sums.kind

    @cached_property
    def small(self) -> Bools:
        """Whether the denominator of each set is under the one that the producer asks for a comparison."""
        return (self.sums.all_denominator > 0) & (self.sums.all_denominator < self.indicator.least)

    @cached_property
    def exact(self) -> Floats:
        """The figure of each set that is exact, its denominator small or not; NaN elsewhere."""
        sums = self.sums
        found = sums.rate if self.indicator.measure is Measure.RATE else self._figure(sums.numerator, sums.denominator)
        return np.where(self.kind == Kind.EXACT, found, np.nan)

    @property
    def value(self) -> Floats:
        """The figure of each set where it is exact and may be compared; NaN elsewhere."""
        return np.where(self.small, np.nan, self.exact)

    @cached_property
    def least(self) -> Floats:
        """Lower bound of the figure."""
        return self._bound(self.sums.hidden_low)

    @cached_property
    def most(self) -> Floats:
        """Upper bound of the figure."""
        return self._bound(self.sums.hidden_high)

    def _bound(self, hidden: Floats) -> Floats:
        found = self._figure(self.sums.numerator + hidden, self.sums.all_denominator)
        return np.where(self.kind == Kind.BOUNDED, found, self.exact)

    def _figure(self, numerator: Floats, denominator: Floats) -> Floats:
        if self.indicator.measure is Measure.COUNT:
            return numerator
        found = np.full(len(numerator), np.nan)
        return np.divide(self.indicator.multiplier * numerator, denominator, out=found, where=denominator > 0)


@kept_on_subject
def things_of(indicators: Indicators, atlas: Atlas, iris: Iris | None = None) -> tuple[Thing, ...]:
    """Put together the series that tell one thing at several grains, as they may be shown, in the order of the first of each.

    Series are of one thing when they have the same name, measure, count, population, unit, source and year.
    """
    groups = defaultdict[tuple[object, ...], list[Series]](list)
    for series in indicators:
        turn = 0  # two series of one grain are two things, whatever they are called
        while any(one.indicator.grain is series.indicator.grain for one in groups[_thing(series.indicator, turn)]):
            turn += 1
        groups[_thing(series.indicator, turn)].append(series)
    raw = {key: _levels(mine, atlas, iris) for key, mine in groups.items()}
    shown = _protected(raw)
    return tuple(Thing(tuple(_rated(level, key, raw, shown) for level in levels)) for key, levels in shown.items())


def _protected(raw: dict[tuple[object, ...], tuple[Level, ...]]) -> dict[tuple[object, ...], tuple[Level, ...]]:
    """Return the levels of each thing as they may be shown: those that would tell one another are protected together."""
    found = {key: levels for key, levels in raw.items() if key[-1] is Measure.RATE}
    for keys in told_together({key: levels for key, levels in raw.items() if key not in found}):
        every = sorted(((level, key) for key in keys for level in raw[key]), key=lambda pair: _finest(pair[0]))
        shown = protected([level for level, _ in every])
        found |= {key: tuple(one for one, (_, own) in zip(shown, every, strict=True) if own == key) for key in keys}
    return {key: found[key] for key in raw}


def _finest(level: Level) -> tuple[int, int]:
    return level.indicator.grain.rank, -len(level.codes)


def _levels(group: Sequence[Series], atlas: Atlas, iris: Iris | None) -> tuple[Level, ...]:
    every = [level for series in group for level in levels_of(series, atlas, iris)]
    return tuple(sorted(every, key=_finest))


def _thing(one: Indicator, turn: int) -> tuple[object, ...]:
    said = (one.label, one.counted, one.source, one.year, one.among, one.unit)
    return (*map(fold, said), one.multiplier, turn, one.measure)


def _counts_alike(rate: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether a count, or a ratio, may be of what a rate alone is of: the same name or the same thing counted, source and year."""
    named = rate[0] == other[0] or (rate[1] == other[1] != "")
    return named and rate[2:4] == other[2:4] and other[-1] is not Measure.RATE


def _rated(
    level: Level,
    key: tuple[object, ...],
    raw: dict[tuple[object, ...], tuple[Level, ...]],
    shown: dict[tuple[object, ...], tuple[Level, ...]],
) -> Level:
    """Take from a rate alone what would tell a hidden count of the same thing."""
    if key[-1] is not Measure.RATE:
        return level
    for other in raw:
        if _counts_alike(key, other):
            level = rates_protected(level, raw[other], shown[other], named_alike=key[0] == other[0])
    return level


def answer_sets(thing: Thing, sets: csr_array) -> SetAnswers:
    """Answer one thing on many sets (sets × atoms, ones): by the finest level that is exact, else by the one that says the most."""
    found = sum_over(thing.levels[0], sets)
    at = np.zeros(sets.shape[0], dtype=np.intp)
    for place, level in enumerate(thing.levels[1:], start=1):
        other = sum_over(level, sets)
        keeps = found.kind <= other.kind
        at = np.where(keeps, at, place)
        found = found.where(keeps, other)
    return SetAnswers(thing, sets, found, at)


def answers_over(
    indicators: Indicators, atlas: Atlas, rows: Sequence[Ints], iris: Iris | None = None
) -> tuple[SetAnswers, ...]:
    """Answer every indicator on many sets of rows of atoms."""
    sets = sets_of(list(rows), len(atlas.table))
    return tuple(answer_sets(thing, sets) for thing in things_of(indicators, atlas, iris))
