"""Maximal covering when the worth of each atom lies between two bounds: the choice of the least greatest regret (interval data).

The regret of a choice, once all is known, is what the best choice serves more. It is the greatest where what only the rival serves
is worth its most and what only the choice serves its least: for a choice, that is one maximal covering. The choice is found by
scenarios: a programme that knows some rivals says a choice and a bound from below, its worst rival joins them, until both meet.

Candidates that share no atom need no programme. The best k of a list are worth, at the least over λ, k λ and what each is worth above
λ: for a λ, the choice is then a sort, and the λ to try are the bounds of the candidates (Averbakh, 2001; Conde, 2004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from time import monotonic

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from geo.arrays import Bools, Floats, Rows
from geo.coverage import Problem, grouped, in_order, solve

ROUNDS = 200
EQUAL = 1e-6  # of the whole: two regrets nearer than that are the same


@dataclass(frozen=True, eq=False)
class Least:
    """A choice and its greatest regret: positions of the candidates, the worst rival found, `bound` from below on any choice's.

    `regret` is never under the truth: where time was out before the worst rival was proven, it is what no rival goes past. `exact`: proven
    the least. `open_atoms` are atoms held by the choice or by its rival, and not by both.
    """

    chosen: tuple[int, ...]
    regret: float
    rival: tuple[int, ...]
    bound: float
    exact: bool
    open_atoms: Rows


class _Uncertain:
    """Groups of atoms with the least and the most they may be worth."""

    def __init__(self, sets: Sequence[Sequence[int]], low: Floats, high: Floats, k: int, deadline: float) -> None:
        self.holds, self.atoms, self.number = grouped(sets, high > 0)
        size = self.holds.shape[1]
        self.low: Floats = np.bincount(self.number, low[self.atoms], minlength=size).astype(float)
        self.high: Floats = np.bincount(self.number, high[self.atoms], minlength=size).astype(float)
        self.k, self.deadline = k, deadline
        self.tolerance = EQUAL * max(float(self.high.sum()), 1e-12)

    @property
    def disjoint(self) -> bool:
        """Whether no two candidates hold the same atom."""
        return bool((self.holds.sum(axis=0) <= 1).all())

    def sorted_choice(self) -> tuple[int, ...]:
        """Return the choice of the least greatest regret where no two candidates hold the same atom."""
        low, high = np.asarray(self.holds @ self.low), np.asarray(self.holds @ self.high)
        items = _useful(low, high, self.k)
        low, high = low[items], high[items]
        best, kept = np.inf, items[:0]
        for level in np.unique(np.r_[0.0, low, high]).tolist():
            above = np.maximum(high - level, 0.0)
            change = np.maximum(low - level, 0.0) - low - above
            order = np.argsort(change, kind="stable")[: self.k]
            order = order[change[order] < 0]
            value = self.k * level + float(above.sum() + change[order].sum())
            if value < best - self.tolerance / 10:
                best, kept = value, items[order]
        return tuple(sorted(int(c) for c in kept))

    def held(self, chosen: Sequence[int]) -> Bools:
        found: Bools = np.asarray(self.holds[list(chosen)].sum(axis=0)).ravel() > 0
        return found

    def best(self, worth: Floats) -> tuple[tuple[int, ...], float]:
        """Return the best choice found for some worths, and what no choice is worth more than: what it is worth, where that is proven."""
        problem = Problem(self.holds, worth, np.asarray(self.holds @ worth))
        answer = solve(problem, self.k, max(self.deadline - monotonic(), 0.2))
        chosen = tuple(sorted(in_order(problem, answer.chosen)))
        value, every = problem.value(chosen), float(worth.sum())
        if answer.exact:
            return chosen, value
        return chosen, min(value / (1.0 - answer.gap), every) if answer.gap < 1.0 else every

    def worst(self, chosen: Sequence[int]) -> tuple[float, tuple[int, ...]]:
        """Return the greatest regret of a choice, at most, and the worst rival found."""
        mine = self.held(chosen)
        rival, most = self.best(np.where(mine, self.low, self.high))
        return max(0.0, most - float(self.low[mine].sum())), rival

    def master(self, rivals: Sequence[tuple[int, ...]]) -> tuple[tuple[int, ...], float]:
        """Return the choice of the least regret against some rivals, and a bound from below."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # a tenth of what a start loads

        size, groups = self.holds.shape
        scale = max(float(self.high.max(initial=0.0)), 1e-12)
        served = csr_array(hstack([-self.holds.T, eye_array(groups), csr_array((groups, 1))], format="csr"))
        against = [self.held(rival) for rival in rivals]
        lines = np.array([np.r_[np.zeros(size), np.where(h, self.high, self.low) / scale, 1.0] for h in against])
        least = [float(self.high[h].sum()) / scale for h in against]
        number = np.r_[np.ones(size), np.zeros(groups + 1)][None, :]
        found = milp(
            np.r_[np.zeros(size + groups), 1.0],
            constraints=[
                LinearConstraint(
                    csr_array(vstack([served, csr_array(number)])), -np.inf, np.r_[np.zeros(groups), self.k]
                ),
                LinearConstraint(csr_array(lines), least, np.inf),
            ],
            integrality=np.r_[np.ones(size), np.zeros(groups + 1)],
            bounds=Bounds(0, np.r_[np.ones(size + groups), np.inf]),
            options={"time_limit": max(self.deadline - monotonic(), 0.2), "mip_rel_gap": 0.0},
        )
        bound = float(found.mip_dual_bound or 0.0) * scale
        chosen = () if found.x is None else tuple(int(c) for c in np.flatnonzero(found.x[:size] > 0.5))
        return chosen, max(0.0, bound)


def _useful(low: Floats, high: Floats, k: int) -> Rows:
    """Return the candidates that a best choice or its rival may hold: those with the most, and those that fewer than k others match at
    both bounds."""
    order = np.lexsort([np.arange(len(low)), -low, -high])
    kept, before = set(order[: 2 * k].tolist()), list[float]()
    for item in order.tolist():
        if len(before) < k or low[item] > before[0]:
            kept.add(item)
            heappush(before, float(low[item]))
            if len(before) > k:
                heappop(before)
    return np.array(sorted(kept), dtype=np.intp)


def least_regret(
    sets: Sequence[Sequence[int]],
    low: Floats,
    high: Floats,
    k: int,
    *,
    first: Sequence[int] = (),
    time_limit: float = 5.0,
) -> tuple[Least, float]:
    """Return the choice of at most k candidates whose greatest regret is the least, and the greatest regret of the choice `first`.

    `sets` are the atoms of each candidate; `low` and `high` bound what each atom is worth (0 <= low <= high). Neither regret is under the truth.
    """
    asked = _Uncertain(sets, low, high, k, monotonic() + time_limit)
    usual, rival = asked.worst(first)
    best, regret, worst = tuple(first), usual, rival
    if asked.disjoint:
        chosen = asked.sorted_choice()
        now, other = asked.worst(chosen)
        if now < usual - asked.tolerance:
            best, regret, worst = chosen, now, other
        return _least(asked, best, regret, worst, regret, exact=True), usual
    rivals, bound = [rival, asked.best(asked.low)[0]], 0.0
    seen: set[tuple[int, ...]] = set()
    for _ in range(ROUNDS):
        if regret - bound <= asked.tolerance or monotonic() >= asked.deadline:
            break
        chosen, least = asked.master(list(dict.fromkeys(rivals)))
        bound = max(bound, least)
        if not chosen or chosen in seen:
            break
        seen.add(chosen)
        now, rival = asked.worst(chosen)
        rivals.append(rival)
        if now < regret - asked.tolerance:
            best, regret, worst = chosen, now, rival
    return _least(asked, best, regret, worst, bound, exact=regret - bound <= asked.tolerance), usual


def _least(
    asked: _Uncertain, best: tuple[int, ...], regret: float, worst: tuple[int, ...], bound: float, *, exact: bool
) -> Least:
    apart = asked.held(best) != asked.held(worst)
    return Least(best, regret, worst, bound, exact, asked.atoms[apart[asked.number]])
