"""How far an order of priority holds: weights drawn at random, and how often each territory stays among the first.

Only weights are drawn. What is unknown stays out of the scores, as in the order itself: its effect is the interval of the rank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.arrays import Bools, Floats
from geo.coverage.priorities import FIRST_PLACES, PRIORITY_TERMS, TIE, Term, Weights, candidates_of, terms


@dataclass(frozen=True, eq=False)
class Stability:
    """How an order holds when weights move.

    `any_weights` and `near_weights` give, by code, the share of draws that keep the territory among the first `first`:
    among all weights alike, and among weights about those chosen. `draws` is the number of each.
    """

    any_weights: pd.Series
    near_weights: pd.Series
    draws: int
    first: int


# Concentration of the draws about the chosen weights: a weight of one half moves by about ±0,08.
NEAR = 40.0


def stability(
    gaps: pd.DataFrame,
    weights: Weights,
    closed: Mapping[str, str] | None = None,
    of: Sequence[Term] = PRIORITY_TERMS,
    *,
    first: int = FIRST_PLACES,
    draws: int = 1000,
    seed: int = 2025,
) -> Stability:
    """Draw weights at random and count how often each territory is among the first; the same seed gives the same answer.

    A territory tied for the last place counts as kept. `closed` and `of` as in `rank`.
    """
    gaps = candidates_of(gaps)
    values = terms(gaps, closed, of).to_numpy()
    random = np.random.default_rng(seed)
    anyhow = random.dirichlet(np.ones(len(of)), draws)
    near = random.dirichlet(weights.shares * NEAR + 1e-3, draws)
    kept = _contenders(values, first)
    found = []
    for drawn in (anyhow, near):
        share = np.zeros(len(gaps))
        share[kept] = _kept(_scores(values[kept], drawn), first)
        found.append(pd.Series(share, index=gaps.index))
    return Stability(found[0], found[1], draws, first)


def _scores(values: Floats, drawn: Floats) -> Floats:
    """Return the mean of the known terms by each draw of weights: territories × draws, 0 where none has a weight."""
    held = (~np.isnan(values)).astype(np.float64) @ drawn.T
    summed = np.nan_to_num(values) @ drawn.T
    return np.divide(summed, held, out=np.zeros_like(summed), where=held > 0)


def _kept(scores: Floats, first: int) -> Floats:
    if len(scores) <= first:
        return np.ones(len(scores))
    last = np.partition(scores, len(scores) - first, axis=0)[len(scores) - first]
    return np.asarray((scores >= last - TIE).mean(axis=1))


def _contenders(values: Floats, first: int) -> npt.NDArray[np.intp]:
    """Return the territories that some weights may put among the first, where there are many.

    Left out: those that at least `first` others, of which the same terms are known, match on every term and beat on one. They
    can only tie, for weights that are zero wherever they are beaten.
    """
    if len(values) <= 2_000:
        return np.arange(len(values))
    known = ~np.isnan(values)
    kept = np.zeros(len(values), dtype=bool)
    for pattern in np.unique(known, axis=0):
        alike = np.flatnonzero((known == pattern).all(axis=1))
        kept[alike] = _unbeaten(np.nan_to_num(values[alike]), first)
    return np.flatnonzero(kept)


def _unbeaten(values: Floats, first: int) -> Bools:
    beaten = np.zeros(len(values), dtype=np.int64)
    for row in values[np.argsort(-values.mean(axis=1), kind="stable")[:200]]:
        beaten += (values <= row).all(axis=1) & (values < row - TIE).any(axis=1)
    return beaten < first
