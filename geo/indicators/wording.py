"""An answer in French: the figure with its numerator and denominator, or what keeps it from being told."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.indicators.indicator import Grain, Indicator, Measure
from geo.indicators.levels import KNOWN, Level
from geo.indicators.sums import Kind
from geo.indicators.territory import SetAnswers

MOST_HOLDING = 3  # units named that hold a set finer than the grain
GRAINS = {
    Grain.IRIS: ("IRIS", "IRIS"),
    Grain.COMMUNE: ("commune", "communes"),
    Grain.EPCI: ("intercommunalité", "intercommunalités"),
    Grain.DEPARTEMENT: ("département", "départements"),
    Grain.REGION: ("région", "régions"),
}
_GROUPED = re.compile(r"(?<=\d) (?=\d{3}\b)")  # the blank of « 100 000 » in a unit
NOT_ADDED = "non calculable : un taux ne s’additionne pas"
UNKNOWN = "inconnu"


@dataclass(frozen=True)
class Answer:
    """What is said of an indicator on one set of communes.

    `figure` is what a table shows (« 15,2 pour 100 000 », « entre 2 et 3,3 % », « au moins 12 décès », « inconnu »), `detail` the numerator and
    the denominator, or how much of the set is known, or the units that hold it. `value`, `least` and `most` are NaN where they are not known;
    `value` is only there when it may be compared; `low` and `high` bound a rate alone as its producer publishes them.
    """

    kind: Kind
    value: float
    least: float
    most: float
    figure: str
    detail: str
    numerator: float
    denominator: float
    low: float
    high: float

    @property
    def text(self) -> str:
        """Write both."""
        return fr.typeset(f"{self.figure} ({self.detail})" if self.detail else self.figure)


def amount(indicator: Indicator, value: float, *, bare: bool = False) -> str:
    """Write a figure with its unit: « 15,2 pour 100 000 habitants », « 12,5 % », « 12 décès »; `bare` leaves the unit out.

    A rate that is neither none nor whole is not written so: it takes the decimals that it needs.
    """
    if indicator.measure is Measure.COUNT:
        return fr.number(value) if bare else fr.count(value, *_counted(indicator))
    whole = 100.0 if indicator.unit.strip() == "%" else math.inf
    figure = fr.number(value, fr.decimals_for(value, indicator.decimals, whole=whole))
    unit = f"{fr.NBSP}{_GROUPED.sub(fr.NARROW, indicator.unit)}" if indicator.unit else ""
    return figure if bare else figure + unit


def outward(indicator: Indicator, least: float, most: float) -> tuple[float, float]:
    """Round the bounds of a figure to its decimals so that they still hold it."""
    step = 1.0 if indicator.measure is Measure.COUNT else 10.0**-indicator.decimals
    tiny = 1e-9
    return float(np.floor(least / step + tiny) * step), float(np.ceil(most / step - tiny) * step)


def _counted(indicator: Indicator) -> tuple[str, str]:
    """Return what is counted, as it is told: names of what is counted are plural already."""
    word = indicator.counted or indicator.unit or "unités"
    return word, word


def _part(indicator: Indicator, numerator: float, denominator: float) -> str:
    among = f" {indicator.among}" if indicator.among else ""
    return f"{fr.count(numerator, *_counted(indicator))} sur {fr.number(denominator)}{among}"


def answer(found: SetAnswers, at: int) -> Answer:
    """Put into words what is said of the set at a row."""
    kind, sums = Kind(int(found.kind[at])), found.sums
    say = {
        Kind.EXACT: _exact,
        Kind.BOUNDED: _bounded,
        Kind.PARTIAL: _partial,
        Kind.SEVERAL: _several,
        Kind.INSIDE: _inside,
        Kind.NOTHING: _nothing,
    }[kind]
    figure, detail = say(found, at)
    value, least, most = (float(one[at]) for one in (found.value, found.least, found.most))
    if found.small[at]:
        least = most = np.nan
    counted = kind in (Kind.EXACT, Kind.PARTIAL) and found.indicator.measure is not Measure.RATE
    numerator, denominator = (float(one[at]) if counted else np.nan for one in (sums.numerator, sums.denominator))
    return Answer(
        kind,
        value,
        least,
        most,
        fr.typeset(figure),
        fr.typeset(detail),
        numerator,
        denominator,
        float(sums.low[at]),
        float(sums.high[at]),
    )


def _exact(found: SetAnswers, at: int) -> tuple[str, str]:
    indicator, sums = found.indicator, found.sums
    if not np.isfinite(found.exact[at]):
        return UNKNOWN, f"aucun {indicator.among.rstrip('s')}" if indicator.among else "dénominateur nul"
    figure = amount(indicator, float(found.exact[at]))
    detail = ""
    if indicator.measure is Measure.RATIO:
        detail = _part(indicator, sums.numerator[at], sums.denominator[at])
    elif indicator.measure is Measure.RATE and np.isfinite([sums.low[at], sums.high[at]]).all():
        low, high = (fr.number(float(one[at]), indicator.decimals) for one in (sums.low, sums.high))
        detail = f"de {low} à {high} selon la source"
    if found.small[at]:
        detail = f"{detail} ; " if detail else ""
        detail += f"non comparé : la source demande au moins {fr.number(indicator.least)} {indicator.among or 'au dénominateur'}"
    return figure, detail


def _bounded(found: SetAnswers, at: int) -> tuple[str, str]:
    indicator, sums = found.indicator, found.sums
    low, high = outward(indicator, float(found.least[at]), float(found.most[at]))
    secret = f"{fr.count(sums.secret[at], 'territoire')} sous le secret"
    if not np.isfinite(low):
        return f"au moins {fr.count(sums.numerator[at], *_counted(indicator))}", secret
    if not np.isfinite(high):
        return f"au moins {amount(indicator, low)}", secret
    decimals = 0 if indicator.measure is Measure.COUNT else indicator.decimals
    figure = f"entre {fr.number(low, decimals)} et {amount(indicator, high)}"
    if indicator.measure is Measure.COUNT:
        return figure, secret
    bounds = [fr.number(sums.numerator[at] + float(one[at])) for one in (sums.hidden_low, sums.hidden_high)]
    among = f"{fr.number(sums.all_denominator[at])} {indicator.among}".strip()
    return (
        figure,
        f"de {bounds[0]} à {fr.count(float(sums.numerator[at] + sums.hidden_high[at]), *_counted(indicator))} sur {among} ; {secret}",
    )


def _partial(found: SetAnswers, at: int) -> tuple[str, str]:
    indicator, sums = found.indicator, found.sums
    known, units = sums.known[at], sums.known[at] + sums.secret[at] + sums.absent[at]
    people = sums.known_people[at] / sums.people[at] if sums.people[at] else np.nan
    grain = GRAINS[found.thing.levels[int(found.at[at])].indicator.grain]
    covers = f"connu pour {fr.number(known)} {grain[int(known > 1)]} sur {fr.number(units)}"
    covers += f", {fr.percent(people)} des habitants" if np.isfinite(people) else ""
    least = f"au moins {fr.count(sums.numerator[at], *_counted(indicator))}"
    if indicator.measure is Measure.COUNT or not sums.denominator[at] > 0:
        return least, covers
    rate = indicator.multiplier * sums.numerator[at] / sums.denominator[at]
    return least, f"{covers} : {amount(indicator, rate)} parmi eux"


def _several(found: SetAnswers, at: int) -> tuple[str, str]:
    sums, grain = found.sums, found.thing.levels[int(found.at[at])].indicator.grain
    met = sums.known[at] + sums.secret[at] + sums.absent[at]
    if met > MOST_HOLDING:  # three names of thousands say nothing
        return NOT_ADDED, f"{fr.count(met, *GRAINS[grain])}, à chacun le sien"
    return NOT_ADDED, holding_text(found, at)


def _inside(found: SetAnswers, at: int) -> tuple[str, str]:
    level = found.thing.levels[int(found.at[at])]
    return holding_text(
        found, at
    ), f"la source compte par {GRAINS[level.indicator.grain][0]}, et ne dit rien de plus fin"


def _nothing(found: SetAnswers, at: int) -> tuple[str, str]:
    secret = found.sums.secret[at]
    return UNKNOWN, f"{fr.count(secret, 'territoire')} sous le secret" if secret else ""


def holding_text(found: SetAnswers, at: int) -> str:
    """Say the figures of the units that a set meets, by name: « département : Pas-de-Calais, 15,2 pour 100 000 »."""
    level = found.thing.levels[int(found.at[at])]
    start, stop = found.sets.indptr[at : at + 2]
    units = np.unique(level.of[found.sets.indices[start:stop]].indices)
    one, many = GRAINS[level.indicator.grain]
    shown = units[:MOST_HOLDING]
    said = [f"{level.name(int(unit))}, {unit_amount(level, int(unit), bare=unit != shown[-1])}" for unit in shown]
    rest = len(units) - len(said)
    more = f" ; et {fr.count(rest, one, many)} de plus" if rest > 0 else ""
    return f"{many if len(units) > 1 else one} : {' ; '.join(said)}{more}"


def unit_amount(level: Level, unit: int, *, bare: bool = False) -> str:
    """Write the figure of one unit of a level, `bare` without its unit; « inconnu » where it has none."""
    indicator = level.indicator
    if level.state[unit] != KNOWN:
        return UNKNOWN
    figures = {
        Measure.RATE: level.rate[unit],
        Measure.COUNT: level.numerator[unit],
        Measure.RATIO: indicator.multiplier * level.numerator[unit] / (level.denominator[unit] or np.nan),
    }
    value = float(figures[indicator.measure])
    return amount(indicator, value, bare=bare or not np.isfinite(value))
