"""Whether a figure is above another, and the sentence that says it: never for what is unknown, nor for what chance explains.

Two figures are comparable when they differ by less than a twentieth, or when chance alone explains the difference: for a ratio, the
number counted here lies within 1.96 times the square root of the number that the other's rate would give (a count of rare events); for a rate alone, the
other lies between the bounds that the producer publishes. Numbers of people or things depend on the size of the territory and
are not compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

from geo import french as fr
from geo.indicators import Answer, Direction, Indicator, Kind, Measure, amount, outward

ALIKE = 0.05  # of the other figure
CHANCE = 1.96  # standard deviations: 19 times out of 20


class Verdict(StrEnum):
    """What a figure is beside another."""

    ABOVE = "au-dessus"
    ALIKE = "comparable"
    BELOW = "au-dessous"
    NONE = "non comparé"


SHORT = 2  # letters of a unit that is said again beside each figure: « % », « € »


def verdict(indicator: Indicator, mine: Answer, other: Answer) -> Verdict:
    """Compare a figure with another of the same indicator; bounds settle it when both ends say the same. NONE when one of them is not
    known well enough."""
    if indicator.measure is Measure.COUNT:
        return Verdict.NONE
    found = {_ends(indicator, mine, end) for end in (other.least, other.most)}
    return found.pop() if len(found) == 1 else Verdict.NONE


def _ends(indicator: Indicator, mine: Answer, other: float) -> Verdict:
    if not math.isfinite(other):
        return Verdict.NONE
    if math.isfinite(mine.value):
        return _exact(indicator, mine, other)
    if mine.least > other * (1 + ALIKE):
        return Verdict.ABOVE
    if mine.most < other * (1 - ALIKE):
        return Verdict.BELOW
    near = all(
        abs(end - other) <= ALIKE * abs(other) for end in (mine.least, mine.most)
    )  # false when an end is not known
    return Verdict.ALIKE if near else Verdict.NONE


def _exact(indicator: Indicator, mine: Answer, other: float) -> Verdict:
    near = abs(mine.value - other) <= ALIKE * abs(other)
    if indicator.measure is Measure.RATIO:
        expected = other * mine.denominator / indicator.multiplier
        near |= abs(mine.numerator - expected) <= CHANCE * math.sqrt(max(expected, 0.0))
    elif mine.low <= other <= mine.high:
        near = True
    if near:
        return Verdict.ALIKE
    return Verdict.ABOVE if mine.value > other else Verdict.BELOW


def said_figure(indicator: Indicator, least: float, most: float) -> str:
    """Write a figure alone, or its bounds rounded so that they still hold it: « 15,2 », « 1,8 à 1,9 »."""
    if least == most:
        return amount(indicator, least, bare=True)
    return " à ".join(fr.number(end, indicator.decimals) for end in outward(indicator, least, most))


_OF = {"epci": ("de", "à", "l’intercommunalité"), "departement": ("du", "au", "département"), "region": ("de la", "à la", "région"),
       "france": ("de la", "à la", "France"), "semblables": ("des", "aux", "territoires semblables")}  # fmt: skip


def named(kind: str, verdict: Verdict) -> str:
    """Name what a figure is compared with, after its verdict: « du département », « à la région »."""
    of, to, name = _OF[kind]
    word = of if verdict in (Verdict.ABOVE, Verdict.BELOW) else to
    return f"{word} {name}"


def sentence(indicator: Indicator, mine: Answer, others: Sequence[tuple[str, Answer, Verdict]]) -> str:
    """Say a figure beside others in one sentence; `others` are what each is (`epci`, `france`…), its answer and the verdict."""
    said = f"{indicator.label}, {indicator.year} : {mine.text}"
    parts = []
    for one in (Verdict.ABOVE, Verdict.BELOW, Verdict.ALIKE):
        unit = f" {indicator.unit}" if 0 < len(indicator.unit) <= SHORT else ""
        mates = [
            f"{named(kind, one)} ({said_figure(indicator, other.least, other.most)}{unit})"
            for kind, other, v in others
            if v is one
        ]
        if mates:
            parts.append(f"{one} {fr.listing(mates)}")
    if not parts:
        return fr.typeset(f"{said} ; non comparé{_why(indicator, mine)}.")
    return fr.typeset(f"{said} ; {' ; '.join(parts)}{_need(indicator, others)}.")


def _why(indicator: Indicator, mine: Answer) -> str:
    """Say why nothing is compared, unless the answer has said it."""
    if indicator.measure is Measure.COUNT and mine.kind is not Kind.NOTHING:
        return " : un effectif dépend de la taille du territoire"
    return ", faute de chiffre autour" if math.isfinite(mine.value) else ""


def _need(indicator: Indicator, others: Sequence[tuple[str, Answer, Verdict]]) -> str:
    """Say what the comparison with the région, else with France, means for the need."""
    found = {kind: one for kind, _, one in others if one is not Verdict.NONE}
    one = found.get("region", found.get("france", Verdict.NONE))
    if indicator.direction is Direction.NEITHER or one not in (Verdict.ABOVE, Verdict.BELOW):
        return ""
    more = (one is Verdict.ABOVE) == (indicator.direction is Direction.WORSE)
    than = "que dans la région" if "region" in found else "qu’en France"
    return f" : un besoin plus {'grand' if more else 'petit'} {than}"
