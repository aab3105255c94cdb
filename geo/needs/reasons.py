"""Why a gap matters, in need: the figures of a territory that say a greater need than those of its région.

Only figures that may be compared count (`geo.needs.verdict`); how many are not above, and how many are not compared, is said too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from geo import french as fr
from geo.arrays import Rows
from geo.communes import Atlas, Iris
from geo.indicators import Answer, Direction, Indicator, Indicators, answer, answers_over
from geo.needs.verdict import Verdict, verdict

MOST = 3  # figures said


@dataclass(frozen=True)
class Reasons:
    """The figures that say a greater need than the région's, the furthest from it first, a sentence each; how many of the others may be
    compared and do not, and how many cannot be compared. `region` names it."""

    region: str
    above: tuple[str, ...]
    not_above: int
    not_compared: int

    @property
    def shown(self) -> tuple[str, ...]:
        """The figures said, three at most."""
        return self.above[:MOST]

    @property
    def text(self) -> str:
        """Say how many indicators say a greater need, and what of the others."""
        compared = len(self.above) + self.not_above
        if not compared:
            return fr.typeset("Besoin : aucun indicateur ne se compare ici à celui de la région.")
        said = f"Besoin plus grand que dans la région ({self.region}) pour {fr.number(len(self.above))} des {fr.count(compared, 'indicateur comparable', 'indicateurs comparables')}"
        if compared == 1:
            said = f"Le seul indicateur comparable dit un besoin {'plus' if self.above else 'qui n’est pas plus'} grand que dans la région ({self.region})"
        rest = (
            f" ; {fr.count(self.not_compared, 'inconnu ou non comparé', 'inconnus ou non comparés')}"
            if self.not_compared
            else ""
        )
        return fr.typeset(f"{said}{rest}.")


def reasons(indicators: Indicators, atlas: Atlas, rows: Rows, iris: Iris | None = None) -> Reasons | None:
    """Compare the communes at `rows` with the région of most of their inhabitants; None without an indicator, a commune or a larger région."""
    if not len(indicators) or not len(rows):
        return None
    owner = atlas.table["region"].iloc[rows]
    code = str(pd.Series(atlas.population[rows], index=owner.to_numpy()).groupby(level=0).sum().idxmax())
    around = atlas.members("region", code)
    if len(around) <= len(rows):
        return None
    found: list[tuple[float, str]] = []
    compared = apart = 0
    for one in answers_over(indicators, atlas, [rows, around], iris):
        mine, other = answer(one, 0), answer(one, 1)
        said = verdict(one.indicator, mine, other)
        if said is Verdict.NONE or one.indicator.direction is Direction.NEITHER:
            apart += 1
        elif said is (Verdict.ABOVE if one.indicator.direction is Direction.WORSE else Verdict.BELOW):
            found.append((_far(mine, other), _sentence(one.indicator, mine, other)))
        else:
            compared += 1
    found.sort(key=lambda pair: -pair[0])
    return Reasons(str(atlas.regions.at[code, "nom"]), tuple(text for _, text in found), compared, apart)


def _far(mine: Answer, other: Answer) -> float:
    """Return how far a figure is from another, as a share of it; that of its nearer bound when it is an interval."""
    near = mine.value
    if not math.isfinite(near):
        near = mine.least if mine.least > other.value else mine.most
    return abs(near - other.value) / abs(other.value) if other.value else math.inf


def _sentence(indicator: Indicator, mine: Answer, other: Answer) -> str:
    return fr.typeset(f"{indicator.label} ({indicator.year}) : {mine.figure} ; région : {other.figure}")
