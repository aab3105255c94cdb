"""geo.coverage.max_coverage beside spopt (PySAL): the same optimum of the maximal covering location problem.

What ours says more: which other answer is as good (an answer can be forbidden and the rest asked again), candidates given as
the sets they hold and not as distances, communes held by the same candidates made one unknown, no solver where none is needed.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coverage.max_coverage import pose, programme, solve

pulp = pytest.importorskip("pulp", reason="spopt is not installed: pip install -r requirements-parity.txt")
MCLP = pytest.importorskip("spopt.locate", reason="spopt is not installed: pip install -r requirements-parity.txt").MCLP
pytestmark = pytest.mark.filterwarnings("ignore")
ATOMS = 9
SETS = st.lists(st.sets(st.integers(0, ATOMS - 1), min_size=1, max_size=5), min_size=2, max_size=6)
DEMAND = st.lists(st.integers(1, 1000), min_size=ATOMS, max_size=ATOMS)


def theirs(sets: list[set[int]], demand: list[int], k: int) -> float:
    """Return what the best k hold together, as spopt finds it: a candidate is near what it holds, far from the rest."""
    far = np.array([[0.0 if atom in held else 1.0 for held in sets] for atom in range(ATOMS)])
    model = MCLP.from_cost_matrix(far, np.array(demand, dtype=float), 0.5, p_facilities=k)
    model = model.solve(pulp.PULP_CBC_CMD(msg=False))
    return sum(demand[atom] for atom, served in enumerate(model.cli2fac) if served)


@settings(max_examples=25, deadline=None)
@given(SETS, DEMAND, st.integers(1, 4))
def test_the_optimum_is_the_same(sets: list[set[int]], demand: list[int], k: int) -> None:
    problem, k = pose([sorted(s) for s in sets], np.array(demand, dtype=float)), min(k, len(sets))
    answer = solve(problem, k, 30.0)
    assert answer.exact and len(answer.chosen) <= k
    assert problem.value(answer.chosen) == pytest.approx(theirs(sets, demand, k))


def test_only_ours_is_asked_for_the_next_best() -> None:
    problem = pose([[0, 1], [1, 2], [2, 3]], np.array([5.0, 1.0, 1.0, 5.0]))
    best = programme(problem, 2, 30.0)
    assert best.chosen == (0, 2) and problem.value(best.chosen) == 12
    assert problem.value(programme(problem, 2, 30.0, forbidden=best.chosen).chosen) == 7
