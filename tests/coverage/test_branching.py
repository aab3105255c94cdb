"""The maximal covering searched by branches, against every choice of small cases and against the integer programme."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coverage import max_coverage as covering

SETS = st.lists(st.lists(st.integers(0, 11), min_size=0, max_size=6), min_size=3, max_size=8)


@given(SETS, st.lists(st.integers(0, 20), min_size=12, max_size=12), st.integers(1, 4), st.booleans())
@settings(max_examples=80, deadline=None, derandomize=True)
def test_branches_find_the_best_of_every_choice(sets: list[list[int]], demand: list[int], k: int, halves: bool) -> None:
    worth = np.array(demand, dtype=float) * (0.37 if halves else 1.0)
    problem, k = covering.pose(sets, worth), min(k, len(sets) - 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(covering, "MANY_GROUPS", 0)
        answer = covering.solve(problem, k, 30.0)
    best = max(
        sum(worth[a] for a in set().union(*(set(sets[c]) for c in chosen)))
        for chosen in combinations(range(len(sets)), k)
    )
    assert answer.exact and len(answer.chosen) <= k
    assert problem.value(answer.chosen) == pytest.approx(best, abs=2 * problem.tolerance)


def test_branches_and_the_integer_programme_agree_where_many_groups_are() -> None:
    draw = np.random.default_rng(7)
    sites, places = draw.random((30, 2)) * 30, draw.random((1500, 2)) * 30
    near = np.hypot(*(sites[:, None] - places[None]).transpose(2, 0, 1)) < 6
    problem = covering.pose([np.flatnonzero(line).tolist() for line in near], draw.integers(1, 101, 1500).astype(float))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(covering, "MANY_GROUPS", 0)
        mine = covering.solve(problem, 5, 60.0)
    other = covering.programme(problem, 5, 60.0)
    assert mine.exact and other.exact
    assert problem.value(mine.chosen) == problem.value(other.chosen)


def test_time_that_is_out_leaves_an_answer_and_how_far_it_may_be() -> None:
    draw = np.random.default_rng(3)
    sets = [draw.choice(400, 90, replace=False).tolist() for _ in range(40)]
    problem = covering.pose(sets, draw.integers(1, 101, 400).astype(float))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(covering, "MANY_GROUPS", 0)
        answer = covering.solve(problem, 8, 0.0)
    assert len(answer.chosen) == 8 and not answer.exact and 0 < answer.gap < 0.5


def test_atoms_held_by_the_same_candidates_are_one_group_in_order_of_appearance() -> None:
    problem = covering.pose([(0, 1, 1, 4), (1, 2, 4), (5,)], np.array([1.0, 2.0, 4.0, 9.0, 8.0, 16.0]))
    assert problem.worth.tolist() == [1.0, 10.0, 4.0, 16.0]
    assert problem.alone.tolist() == [11.0, 14.0, 16.0]
