"""Maximal covering on the family of Cordeau, Furini and Ljubić (EJOR, 2019): customers and sites uniform in a square of 30 × 30.

Each customer asks 1 to 100 units, drawn evenly; a site serves those within a radius; 10 sites are to be opened. Their draws are not known
here: ours follow the same law from a seed, so that the optima differ from the published ones, and are near them in share of the demand.
"""

from __future__ import annotations

from time import perf_counter, process_time

import numpy as np
from scipy.spatial import KDTree

from geo.coverage.max_coverage import greedy_choice, pose, solve

LIMIT_S = 300.0  # of the clock: a machine shared with others gives a part of its processors
SIDE, SITES, OPENED, SEED = 30.0, 100, 10, 2019
# Customers, radius, and the published optimum and demand where there is one.
CASES = (
    (10_000, 5.5, (441_545, 502_399)),
    (10_000, 6.25, (485_802, 502_399)),
    (100_000, 5.5, None),
    (100_000, 6.25, (4_866_754, 5_040_640)),
    (1_000_000, 5.5, None),
    (1_000_000, 6.25, None),
)


def drawn(customers: int, radius: float, seed: int = SEED) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the customers that each site serves, and what each asks."""
    draw = np.random.default_rng([seed, customers])
    sites, places = draw.random((SITES, 2)) * SIDE, draw.random((customers, 2)) * SIDE
    demand = draw.integers(1, 101, customers).astype(float)
    held = KDTree(places).query_ball_point(sites, radius, return_sorted=True)
    return [np.array(found, dtype=np.intp) for found in held], demand


def main() -> None:
    """Print a line for each case: groups, time to merge, time to prove, optimum."""
    for customers, radius, published in CASES:
        sets, demand = drawn(customers, radius)
        start, worked = perf_counter(), process_time()
        problem = pose(sets, demand)
        merged, merging = perf_counter() - start, process_time() - worked
        greedy = problem.value(greedy_choice(problem, OPENED))
        start, worked = perf_counter(), process_time()
        answer = solve(problem, OPENED, LIMIT_S)
        spent, proving = perf_counter() - start, process_time() - worked
        value, whole = problem.value(answer.chosen), float(demand.sum())
        proof = "proven" if answer.exact else f"open, {answer.gap:.2%} at most"
        theirs = (
            f"; published {published[0]:,} of {published[1]:,} = {published[0] / published[1]:.2%}" if published else ""
        )
        print(
            f"m {customers:,} radius {radius}: {len(problem.worth):,} groups in {merged:.1f} s (processor {merging:.1f}), {proof} in {spent:.1f} s (processor {proving:.1f}): "
            f"{value:,.0f} of {whole:,.0f} = {value / whole:.2%} (greedy {greedy / value:.2%} of it){theirs}",
            flush=True,
        )


if __name__ == "__main__":
    main()
