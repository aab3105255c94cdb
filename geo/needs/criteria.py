"""Indicators as criteria of the order of priorities, under the rules of `geo.coverage`: a figure not known leaves the score, and its weight goes to the others.

A figure counts by its rank from the least need compared, its direction taken into account; one that says no need by itself
counts the way that somebody chose. It is that of the whole territory, exact and comparable, or it is unknown. An indicator known
nowhere among the territories compared is closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from geo import french as fr
from geo.communes import Atlas, Iris
from geo.coverage import PRIORITY_TERMS, Compared, CoverageState, Term, Weights
from geo.indicators import Direction, Indicator, Indicators, Thing, things_of
from geo.needs.crossing import need_figures

PREFIX = "besoin-"  # of the identifiers and columns of the terms
MOST_CRITERIA = 6


def criteria(indicators: Indicators, atlas: Atlas, iris: Iris | None = None) -> dict[str, Thing]:
    """Return what may be a criterion, by the identifier of the indicator: every indicator, counts included."""
    return {one.indicator.id: one for one in (things_of(indicators, atlas, iris) if len(indicators) else ())}


def highest_first(indicator: Indicator) -> bool | None:
    """Say whether the greatest figures are the greatest need; None where the person has to choose."""
    return None if indicator.direction is Direction.NEITHER else indicator.direction is Direction.WORSE


def held_weights(weights: Weights, things: Mapping[str, Thing]) -> Weights:
    """Return weights without the indicators that are no longer there, in the direction that each indicator has by itself.

    Raises
    ------
    GeoInputError
        When nothing with a weight is left.
    """
    kept = []
    for name, weight, highest in weights.needs:
        if name in things:
            own = highest_first(things[name].indicator)
            kept.append((name, weight, highest if own is None else own))
    return weights if tuple(kept) == weights.needs else replace(weights, needs=tuple(kept))


def with_needs(
    order: Compared, level: str, weights: Weights, things: Mapping[str, Thing], state: CoverageState
) -> Compared:
    """Return what an order compares with a term for each indicator of some weights (those of `held_weights`)."""
    if not weights.needs:
        return order
    table, closed, terms = order.table.copy(), dict(order.closed), list(PRIORITY_TERMS)
    codes = [str(code) for code in table.index]
    for name, _, highest in weights.needs:
        indicator = things[name].indicator
        values = need_figures(things[name], level, codes, state).value
        term = _term(indicator, highest)
        table[term.column] = values if highest else -values
        terms.append(term)
        if not np.isfinite(values[(table["sans_clsm"] > 0).to_numpy()]).any():
            closed[term.id] = fr.typeset(f"{indicator.label} : aucun chiffre connu et comparable à cette échelle.")
    return Compared(table, closed, order.remark, tuple(terms))


def _term(indicator: Indicator, highest: bool) -> Term:
    way = "le plus élevé" if highest else "le plus bas"
    meaning = f"{indicator.label} ({indicator.year}, {indicator.source}), au rang qu’il donne parmi les territoires comparés dont le chiffre est connu : 1 pour {way}, 0 pour le besoin le plus faible"
    if indicator.direction is Direction.NEITHER:
        meaning = f"{meaning.partition(' : 1 pour')[0]} : 1 pour {way}, sens choisi par vous"
    name = f"{PREFIX}{indicator.id}"
    return Term(name, indicator.label, name, None, meaning, need=True)
