"""The choice of the least greatest regret, against every choice and every extreme scenario of small cases."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coverage.max_coverage import Answer, Problem
from geo.regret import least_regret


def served(sets: list[list[int]], chosen: tuple[int, ...], worth: np.ndarray) -> float:
    return float(worth[sorted(set().union(*(sets[c] for c in chosen)))].sum()) if chosen else 0.0


def every_regret(sets: list[list[int]], low: np.ndarray, high: np.ndarray, k: int) -> dict[tuple[int, ...], float]:
    """Return the greatest regret of each choice, over every scenario in which each atom is at one of its bounds."""
    choices = list(combinations(range(len(sets)), k))
    worst = dict.fromkeys(choices, 0.0)
    for picks in product((False, True), repeat=len(low)):
        worth = np.where(picks, high, low)
        values = {c: served(sets, c, worth) for c in choices}
        most = max(values.values())
        for c in choices:
            worst[c] = max(worst[c], most - values[c])
    return worst


@given(
    st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True), min_size=3, max_size=5),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=7, max_size=7),
    st.integers(1, 2),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_least_regret_is_that_of_the_enumeration(
    sets: list[list[int]], bounds: list[tuple[int, int]], k: int
) -> None:
    low = np.array([min(b) for b in bounds], dtype=float)
    high = np.array([max(b) for b in bounds], dtype=float)
    worst = every_regret(sets, low, high, k)
    first = max(worst, key=lambda c: served(sets, c, high))
    found, usual = least_regret(sets, low, high, k, first=first, time_limit=60)
    assert found.exact
    assert found.regret == pytest.approx(min(worst.values()), abs=1e-3)
    assert usual == pytest.approx(worst[first], abs=1e-3)
    padded = [c for c in worst if set(found.chosen) <= set(c)]
    assert min(worst[c] for c in padded) == pytest.approx(found.regret, abs=1e-3)


def test_a_sure_need_is_preferred_to_a_larger_one_that_may_be_nothing() -> None:
    sets = [[0], [1]]
    low, high = np.array([0.0, 80.0]), np.array([100.0, 80.0])
    found, usual = least_regret(sets, low, high, 1, first=(0,))
    assert found.chosen == (1,) and found.regret == 20.0 and usual == 80.0
    assert found.open_atoms.tolist() == [0, 1]


def test_nothing_unknown_leaves_no_regret_to_the_best_choice() -> None:
    need = np.array([5.0, 9.0, 4.0])
    found, usual = least_regret([[0], [1], [2]], need, need, 2, first=(0, 1))
    assert found.exact and found.regret == usual == 0.0 and found.chosen == (0, 1)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=7),
    st.integers(1, 3),
)
@settings(max_examples=80, deadline=None, derandomize=True)
def test_candidates_that_share_nothing_are_sorted_and_agree_with_the_enumeration(
    bounds: list[tuple[int, int]], k: int
) -> None:
    low = np.array([min(b) for b in bounds], dtype=float)
    high = np.array([max(b) for b in bounds], dtype=float)
    sets = [[i] for i in range(len(bounds))]
    worst = every_regret(sets, low, high, k)
    first = max(worst, key=lambda c: served(sets, c, high))
    found, usual = least_regret(sets, low, high, k, first=first)
    assert found.exact and usual == worst[first]
    assert found.regret == pytest.approx(min(worst.values()), abs=1e-3)


@given(
    st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=4, unique=True), min_size=3, max_size=5),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=7, max_size=7),
    st.integers(1, 2),
    st.sampled_from([1.0, 1.3, np.inf]),
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_regret_whose_worst_rival_is_not_proven_is_never_under_the_truth(
    sets: list[list[int]], bounds: list[tuple[int, int]], k: int, slack: float
) -> None:
    low = np.array([min(b) for b in bounds], dtype=float)
    high = np.array([max(b) for b in bounds], dtype=float)
    worst = every_regret(sets, low, high, k)
    first = next(iter(worst))

    def cut_short(problem: Problem, many: int, _: float) -> Answer:
        best = max(problem.value(c) for c in combinations(range(len(sets)), many))
        found = (int(np.argmin(problem.alone)),)  # the poorest there is
        return Answer(found, False, 1.0 - problem.value(found) / (best * slack) if best else 0.0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geo.regret.least.solve", cut_short)
        patch.setattr("geo.regret.least._Uncertain.disjoint", False)
        found, usual = least_regret(sets, low, high, k, first=first, time_limit=60)
    mine = min(worst[c] for c in worst if set(found.chosen) <= set(c))
    assert usual >= worst[first] - 1e-6 and found.regret >= mine - 1e-6
    assert found.bound <= min(worst.values()) + 1e-3
    assert not found.exact or found.regret == pytest.approx(min(worst.values()), abs=1e-3)
