"""The nearest of some territories to one: a distance over the features known on both sides, and what it is made of in words.

Each feature is turned into steps: its difference divided by its standard deviation among the territories compared, so that people
and quarters, which have nothing in common, weigh by how unusual a difference is. People and communes are compared by their
logarithm first (10 000 to 20 000 is the same step as 100 000 to 200 000: sizes of territories are spread so, a few giants would else
leave all the others alike), numbers of quarters by log(1 + n), as many have none. Another scale is one step. The distance is the root of
the weighted mean of the squared steps: weights are those of FEATURES (density and quarters have two features of a half each).
A feature not known on one side is left out of the mean and named; it is never taken for zero. Equal distances are in the order of ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.arrays import Floats
from geo.similar.profile import FEATURES, PEOPLE, SCALES, WEIGHTS, Feature

ALIKE, UNLIKE = 0.5, 1.0  # steps: under the first two are said alike, from the second different; between, near
ROUNDED = 9  # decimals of a distance: past them the order of additions would settle ties


@dataclass(frozen=True)
class Likeness:
    """How near one territory is: distance in steps (0: the same), features alike, near and different, and those not known.

    Texts read « habitants : 93 397, ici 89 200 ».
    """

    position: int
    distance: float
    alike: tuple[str, ...]
    near: tuple[str, ...]
    unlike: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what is alike, what differs, and what could not be compared."""
        parts = [
            f"{word} : {' ; '.join(texts)}."
            for word, texts in (("Semblable", self.alike), ("Proche", self.near), ("Différent", self.unlike))
            if texts
        ]
        if self.unknown:
            parts.append(f"Non comparé, faute de données : {fr.listing(self.unknown)}.")
        return fr.typeset(" ".join(parts))

    @property
    def distance_text(self) -> str:
        """Write the distance with one decimal."""
        return fr.number(self.distance, 1)


def spreads(table: Floats) -> Floats:
    """Return the standard deviation of each feature among territories, as it is measured; 1 where it has none."""
    found = np.ones(len(FEATURES))
    for column, feature in enumerate(FEATURES):
        known = feature.measured(table[np.isfinite(table[:, column]), column])
        if not feature.nominal and len(known) > 1 and known.std() > 0:
            found[column] = known.std()
    return found


def steps(mine: Floats, table: Floats) -> Floats:
    """Return the signed differences of each territory of a table (territories × FEATURES) to one, in steps; NaN where unknown."""
    found = np.empty(table.shape)
    apart = spreads(table)
    for column, feature in enumerate(FEATURES):
        difference = feature.measured(table[:, column]) - feature.measured(mine[column : column + 1])
        found[:, column] = np.sign(difference) if feature.nominal else difference / apart[column]
    return found


def nearest(mine: Floats, table: Floats, ids: Sequence[str], most: int) -> tuple[Likeness, ...]:
    """Return the nearest territories of a table, nearest first; those whose people are not known are left out."""
    found = steps(mine, table)
    known = np.isfinite(found)
    weight = np.where(known, WEIGHTS, 0.0)
    total = weight.sum(axis=1)
    squares = (np.where(known, found, 0.0) ** 2 * weight).sum(axis=1)
    distance = np.sqrt(np.divide(squares, total, out=np.full(len(table), np.inf), where=total > 0)).round(ROUNDED)
    usable = np.flatnonzero(known[:, PEOPLE])
    order = sorted(usable.tolist(), key=lambda i: (distance[i], ids[i]))[:most]
    return tuple(_likeness(i, float(distance[i]), found[i], mine, table[i]) for i in order)


def _likeness(position: int, distance: float, found: Floats, mine: Floats, theirs: Floats) -> Likeness:
    groups: tuple[list[str], list[str], list[str]] = ([], [], [])
    unknown = []
    for column, feature in enumerate(FEATURES):
        if np.isnan(found[column]):
            if not (np.isnan(mine[column]) and feature.nominal):  # a scale that is asked of nobody is not said to lack
                unknown.append(feature.label)
            continue
        size = abs(float(found[column]))
        groups[0 if size <= ALIKE else 1 if size < UNLIKE else 2].append(
            _said(feature, float(theirs[column]), float(mine[column]))
        )
    alike, near, unlike = map(tuple, groups)
    return Likeness(position, distance, alike, near, unlike, tuple(unknown))


def _said(feature: Feature, theirs: float, mine: float) -> str:
    if feature.nominal and theirs == mine:
        return f"{feature.label} {SCALES[int(theirs)]}"
    before, now = feature.text(theirs), feature.text(mine)
    return f"{feature.label} : {before}" + ("" if before == now else f", ici {now}")
