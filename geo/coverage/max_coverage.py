"""Maximal covering (Church and ReVelle, 1974): at most k candidates that together hold the most worth, each atom counted once.

Candidates that share no atom need no solver: the best k are the k best. Otherwise an integer programme (HiGHS) says the
optimum and proves it, within a time limit; few candidates that cut the atoms in many groups are searched by `_branch` instead, whose
relaxation costs two products (the programme of such a case has a row a group). Atoms held by the same candidates are one unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from time import monotonic

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from geo.arrays import Bools, Floats, Ints, Rows

EQUAL = 1e-6  # two worths closer than this share of the whole are the same
ONE = 1.0  # a person: worths are people, or shares of a need that add up to one
MANY_GROUPS, FEW_CANDIDATES = 1_000, 400  # from and up to which the search branches by itself
STEPS = 60  # of the relaxation, in a branch
PATIENCE, SHORTER = 8, 0.7  # steps without a better bound, and what the next are shortened by
STARTS = 20  # of the local search


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
        """Difference of worth below which two answers are the same: never a whole person, however many there are to serve."""
        return min(EQUAL * max(float(self.worth.sum()), 1e-12), ONE / 2)

    def value(self, chosen: Sequence[int]) -> float:
        """What some candidates are worth together, each group once."""
        if not len(chosen):
            return 0.0
        return float(self.worth[np.asarray(self.holds[list(chosen)].sum(axis=0)).ravel() > 0].sum())


def pose(sets: Sequence[Sequence[int]], demand: Floats) -> Problem:
    """Group the atoms that the same candidates hold; `sets` are the atoms of each candidate, `demand` the worth of each atom."""
    holds, atoms, number = grouped(sets, demand > 0)
    values: Floats = np.bincount(number, demand[atoms], minlength=holds.shape[1]).astype(float)
    return Problem(holds, values, np.asarray(holds @ values))


def grouped(sets: Sequence[Sequence[int]], useful: Bools) -> tuple[csr_array, Rows, Ints]:
    """Group the useful atoms that the same candidates hold: candidates × groups, the atoms held, the group of each."""
    rows = np.concatenate([np.empty(0, dtype=np.intp), *(np.array(atoms, dtype=np.intp) for atoms in sets)])
    owner = np.repeat(np.arange(len(sets)), [len(atoms) for atoms in sets])
    kept = useful[rows]
    rows, owner = rows[kept], owner[kept]
    if not len(rows):
        nothing = np.empty(0, dtype=np.intp)
        return csr_array((len(sets), 0), dtype=np.float64), nothing, nothing
    held = csr_array((np.ones(len(owner), dtype=np.int32), (owner, rows)), shape=(len(sets), len(useful))).tocsc()
    served = np.flatnonzero(np.diff(held.indptr))
    starts, owners = held.indptr[np.r_[served, len(useful)]].astype(np.intp), held.indices.astype(np.intp)
    number, first = _alike(starts, owners, len(sets))
    j = np.repeat(np.arange(len(first)), np.diff(starts)[first])
    i = np.concatenate([owners[starts[c] : starts[c + 1]] for c in first.tolist()])
    return csr_array((np.ones(len(i)), (i, j)), shape=(len(sets), len(first))), served, number


def _alike(starts: Ints, owners: Ints, candidates: int) -> tuple[Ints, Ints]:
    """Number atoms by the candidates that hold them, in order of appearance; return also the first atom of each group.

    The sum of a random number a candidate tells sets apart; each atom is then compared with the first of its group.
    """
    lengths = np.diff(starts)
    draw = np.random.default_rng(0)
    while True:
        keys = draw.integers(0, 2**63, candidates, dtype=np.uint64)
        _, first, number = np.unique(np.add.reduceat(keys[owners], starts[:-1]), return_index=True, return_inverse=True)
        order = np.argsort(first, kind="stable")
        rank = np.empty(len(order), dtype=np.intp)
        rank[order] = np.arange(len(order))
        number, first = rank[number], first[order]
        model = first[number]
        if (lengths == lengths[model]).all():
            shift = np.repeat(starts[model] - starts[:-1], lengths)
            if (owners == owners[shift + np.arange(len(owners))]).all():
                return number, first


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
    size, groups = problem.holds.shape
    if groups >= MANY_GROUPS and k < size <= FEW_CANDIDATES:
        return _Branching(problem, k, monotonic() + time_limit).answer()
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


@dataclass(frozen=True, eq=False)
class _Branch:
    """What is settled in a branch: candidates taken, candidates left out, the weights that its relaxation starts from."""

    taken: tuple[int, ...]
    out: tuple[int, ...]
    weights: Floats


@dataclass(frozen=True, eq=False)
class _Bound:
    """A bound from above: the candidates still free, what each weighs, how often each was among the best, the weights of groups."""

    value: float
    free: Ints
    gains: Floats
    often: Floats
    weights: Floats


class _Branching:
    """Branch and bound on the candidates, by a relaxation that prices groups.

    For weights a between 0 and 1, a choice is worth at most the sum over groups of worth × (1 - a + a × times held): at most the
    part in 1 - a and the k best candidates by worth × a. A group that a taken candidate holds weighs 0. The weights follow the
    subgradient, from those of the linear programme. With whole worths, a bound less than 1 above the best answer closes a branch; else the tolerance does.
    """

    def __init__(self, problem: Problem, k: int, deadline: float) -> None:
        self.problem, self.k, self.deadline = problem, k, deadline
        self.holds = problem.holds.toarray()
        self.worth = problem.worth
        whole = bool((self.worth == np.rint(self.worth)).all())
        self.margin = 1.0 - 1e-6 if whole else problem.tolerance
        self.best: list[int] = []
        self.value = 0.0

    def answer(self) -> Answer:
        """Search until nothing better is possible, or time is out."""
        self._start()
        waiting: list[tuple[float, int, _Branch]] = []
        start = _Branch((), (), self._prices())
        root = self._bound(start, STEPS, 0.3)
        number = 0
        for child in self._split(start, root):
            number += 1
            heappush(waiting, (-root.value, number, child))
        while waiting and -waiting[0][0] > self.value + self.margin:
            if monotonic() >= self.deadline:
                most = -waiting[0][0]
                return Answer(tuple(self.best), False, max(0.0, 1.0 - self.value / most))
            _, _, branch = heappop(waiting)
            found = self._bound(branch, STEPS, 0.3)
            for child in self._split(branch, found):
                number += 1
                heappush(waiting, (-found.value, number, child))
        return Answer(tuple(self.best), True, 0.0)

    def _prices(self) -> Floats:
        """Return the best weights of groups before any branch: what the linear programme says of its rows (halves, when time is out)."""
        from scipy.optimize import linprog  # as in `programme`

        size, groups = self.problem.holds.shape
        scale = max(float(self.worth.max()), 1e-12)
        served = csr_array(hstack([-self.problem.holds.T, eye_array(groups)], format="csr"))
        number = csr_array(np.r_[np.ones(size), np.zeros(groups)][None, :])
        found = linprog(
            -np.r_[np.zeros(size), self.worth / scale],
            A_ub=csr_array(vstack([served, number])),
            b_ub=np.r_[np.zeros(groups), float(self.k)],
            bounds=(0, 1),
            options={"time_limit": max(self.deadline - monotonic(), 0.01)},
        )
        if found.status != 0:
            return np.full(groups, 0.5)
        return np.clip(-np.asarray(found.ineqlin.marginals)[:groups] * scale / self.worth, 0.0, 1.0)

    def _start(self) -> None:
        draw = np.random.default_rng(1)
        size = len(self.holds)
        self._try(self._swapped(greedy_choice(self.problem, self.k)))
        for _ in range(STARTS):
            self._try(self._swapped([int(c) for c in draw.choice(size, self.k, replace=False)]))

    def _try(self, chosen: list[int]) -> bool:
        value = self.problem.value(chosen)
        if value <= self.value:
            return False
        self.best, self.value = chosen, value
        return True

    def _swapped(self, chosen: list[int]) -> list[int]:
        """Exchange one candidate for another as long as that serves more."""
        value = self.problem.value(chosen)
        while True:
            count = self.holds[chosen].sum(axis=0)
            better, swap = value, None
            for place, old in enumerate(chosen):
                rest = (count - self.holds[old]) > 0
                reached = self.worth[rest].sum() + self.holds @ (self.worth * ~rest)
                reached[chosen] = -1.0
                new = int(reached.argmax())
                if reached[new] > better + self.margin / 2:
                    better, swap = float(reached[new]), (place, new)
            if swap is None:
                return chosen
            chosen = [*chosen[: swap[0]], swap[1], *chosen[swap[0] + 1 :]]
            value = better

    def _bound(self, branch: _Branch, steps: int, length: float) -> _Bound:
        """Lower the bound of a branch by steps of the subgradient; the best weights met are kept."""
        taken, number = list(branch.taken), self.k - len(branch.taken)
        covered: Bools = self.holds[taken].sum(axis=0) > 0
        free = np.setdiff1d(np.arange(len(self.holds)), [*branch.taken, *branch.out])
        open_ = np.flatnonzero(~covered)
        holds, worth = self.holds[np.ix_(free, open_)], self.worth[open_]
        served, weights = float(self.worth[covered].sum()), branch.weights[open_]
        best, gains, kept, often = np.inf, np.zeros(len(free)), weights, np.zeros(len(free))
        idle = 0
        for _ in range(steps):
            now = holds @ (worth * weights)
            top = np.argpartition(-now, number - 1)[:number] if number < len(now) else np.arange(len(now))
            value = served + float((worth * (1.0 - weights)).sum() + now[top].sum())
            often *= 0.9
            often[top] += 0.1
            idle += 1
            if value < best:
                idle = 0 if value < best * (1.0 - 1e-7) else idle
                best, gains, kept = value, now, weights
            if idle >= PATIENCE:
                idle, length = 0, length * SHORTER
            if best <= self.value + self.margin:
                break
            slope = holds[top].sum(axis=0) - 1.0
            slope[((weights <= 0) & (slope > 0)) | ((weights >= 1) & (slope < 0))] = 0.0
            size = float((worth * slope * slope).sum())
            if size <= 1e-9:
                break
            weights = np.clip(weights - length * max(value - self.value, self.margin) / size * slope, 0.0, 1.0)
        every = branch.weights.copy()
        every[open_] = kept
        return _Bound(float(best), free, gains, often, every)

    def _split(self, branch: _Branch, found: _Bound) -> list[_Branch]:
        """Settle the candidates that the bound settles, then take and leave out one that it hesitates about."""
        if found.value <= self.value + self.margin:
            return []
        number = self.k - len(branch.taken)
        order = np.argsort(-found.gains, kind="stable")
        top, others = order[:number], order[number:]
        candidate = [*branch.taken, *found.free[top].tolist()]
        if self.problem.value(candidate) > self.value:
            self._try(self._swapped(candidate))
        last = float(found.gains[top[-1]]) if len(top) else 0.0
        following = float(found.gains[others[0]]) if len(others) else 0.0
        limit = self.value + self.margin
        out = others[found.value - last + found.gains[others] <= limit]
        kept = top[found.value - found.gains[top] + following <= limit] if len(others) else top[:0]
        taken = (*branch.taken, *found.free[kept].tolist())
        left_out = (*branch.out, *found.free[out].tolist())
        rest = np.setdiff1d(order, [*out.tolist(), *kept.tolist()])
        if len(taken) >= self.k or len(rest) <= self.k - len(taken):
            self._try([*taken, *found.free[rest].tolist()][: self.k])
            return []
        pick = int(found.free[rest[np.abs(found.often[rest] - 0.5).argmin()]])
        made = [_Branch(taken, (*left_out, pick), found.weights)]
        if len(taken) + 1 < self.k:
            made.append(_Branch((*taken, pick), left_out, found.weights))
        else:
            for other in found.free[rest].tolist():
                self._try([*taken, int(other)])
            made = []
        return made
