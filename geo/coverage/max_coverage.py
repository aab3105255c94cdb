"""Maximal covering (Church and ReVelle, 1974): at most k candidates that together hold the most worth, each atom counted once.

Candidates that share no atom need no solver: the best k are the k best. Otherwise an integer programme (HiGHS) says the
optimum and proves it, within a time limit. Atoms held by the same candidates are one unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack

from geo.arrays import Floats

EQUAL = 1e-6  # two worths closer than this share of the whole are the same


@dataclass(frozen=True, eq=False)
class Problem:
    """Candidates × groups of atoms that the same candidates hold, and what each group is worth."""

    holds: csr_array
    worth: Floats
    alone: Floats  # what each candidate is worth by itself

    @property
    def disjoint(self) -> bool:
        """Whether no two candidates hold the same atom."""
        return bool((self.holds.sum(axis=0) <= 1).all())

    @property
    def tolerance(self) -> float:
        """Difference of worth below which two answers are the same."""
        return EQUAL * max(float(self.worth.sum()), 1e-12)

    def value(self, chosen: Sequence[int]) -> float:
        """What some candidates are worth together, each group once."""
        if not len(chosen):
            return 0.0
        return float(self.worth[np.asarray(self.holds[list(chosen)].sum(axis=0)).ravel() > 0].sum())


def pose(sets: Sequence[Sequence[int]], demand: Floats) -> Problem:
    """Group the atoms that the same candidates hold; `sets` are the atoms of each candidate, `demand` the worth of each atom."""
    rows = np.concatenate([np.empty(0, dtype=np.intp), *(np.array(atoms, dtype=np.intp) for atoms in sets)])
    owner = np.repeat(np.arange(len(sets)), [len(atoms) for atoms in sets])
    useful = demand[rows] > 0
    rows, owner = rows[useful], owner[useful]
    if not len(rows):
        empty = csr_array((len(sets), 0), dtype=np.float64)
        return Problem(empty, np.empty(0), np.zeros(len(sets)))
    order = np.lexsort([owner, rows])
    rows, owner = rows[order], owner[order]
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    groups: dict[tuple[int, ...], int] = {}
    worth: list[float] = []
    for row, held in zip(rows[starts], np.split(owner, starts[1:]), strict=True):
        number = groups.setdefault(tuple(dict.fromkeys(held.tolist())), len(groups))
        if number == len(worth):
            worth.append(0.0)
        worth[number] += float(demand[row])
    place = [(c, g) for held, g in groups.items() for c in held]
    i, j = np.array(place, dtype=np.intp).T
    holds = csr_array((np.ones(len(i)), (i, j)), shape=(len(sets), len(groups)))
    values = np.array(worth)
    return Problem(holds, values, np.asarray(holds @ values))


@dataclass(frozen=True)
class Answer:
    """Positions of the candidates chosen; `exact` when proven best, else `gap` is the share that may be missed."""

    chosen: tuple[int, ...]
    exact: bool
    gap: float


def solve(problem: Problem, k: int, time_limit: float) -> Answer:
    """Find at most k candidates that hold the most worth together."""
    if problem.disjoint:
        best = np.argsort(-problem.alone, kind="stable")[:k]
        return Answer(tuple(int(c) for c in best if problem.alone[c] > 0), True, 0.0)
    return programme(problem, k, time_limit)


def programme(problem: Problem, k: int, time_limit: float, forbidden: Sequence[int] = ()) -> Answer:
    """Solve the maximal covering; `forbidden` is a set that may not be chosen whole."""
    # A tenth of what a start loads, for a table seldom asked for.
    from scipy.optimize import Bounds, LinearConstraint, milp

    size, groups = problem.holds.shape
    scale = max(float(problem.worth.max()), 1e-12)
    gains = np.r_[np.zeros(size), problem.worth / scale]
    served = csr_array(hstack([-problem.holds.T, eye_array(groups)], format="csr"))
    constraints = [
        LinearConstraint(served, -np.inf, 0.0),
        LinearConstraint(np.r_[np.ones(size), np.zeros(groups)][None, :], 0, k),
    ]
    if forbidden:
        cut = np.zeros(size + groups)
        cut[list(forbidden)] = 1.0
        constraints.append(LinearConstraint(cut[None, :], 0, len(forbidden) - 1))
    found = milp(
        -gains,
        constraints=constraints,
        integrality=np.r_[np.ones(size), np.zeros(groups)],
        bounds=Bounds(0, 1),
        options={"time_limit": time_limit, "mip_rel_gap": 0.0},
    )
    chosen = () if found.x is None else tuple(int(c) for c in np.flatnonzero(found.x[:size] > 0.5))
    if found.status == 0:
        return Answer(chosen, True, 0.0)
    if not forbidden:
        chosen = max(chosen, tuple(greedy_choice(problem, k)), key=problem.value)
    return Answer(chosen, False, _missed(problem.value(chosen), found.mip_dual_bound, scale))


def _missed(value: float, bound: float | None, scale: float) -> float:
    """Return the share of the optimum that an answer cut short may miss; `bound` is that of the solver, which minimises."""
    most = -scale * bound if bound is not None and np.isfinite(bound) else 0.0
    return max(0.0, 1.0 - value / most) if most > 0 else 1.0


def greedy_choice(problem: Problem, k: int, among: Sequence[int] | None = None) -> list[int]:
    """Take again and again the candidate that adds the most; the first in order when several add as much."""
    left = problem.worth.copy()
    allowed = np.zeros(problem.holds.shape[0], dtype=bool)
    allowed[list(among) if among is not None else slice(None)] = True
    chosen: list[int] = []
    for _ in range(min(k, len(allowed))):
        gain = np.where(allowed, problem.holds @ left, -1.0)
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            break
        chosen.append(best)
        allowed[best] = False
        start, end = problem.holds.indptr[best], problem.holds.indptr[best + 1]
        left[problem.holds.indices[start:end]] = 0.0
    return chosen


def in_order(problem: Problem, chosen: Sequence[int]) -> list[int]:
    """Order an answer by what each adds to those before it, without those that the others make useless.

    The solver is free to fill its k places; a place that serves nobody more is not an answer.
    """
    kept = list(chosen)
    for candidate in sorted(chosen, key=lambda c: problem.alone[c]):
        rest = [c for c in kept if c != candidate]
        if problem.value(rest) == problem.value(kept):
            kept = rest
    return greedy_choice(problem, len(kept), among=kept)
