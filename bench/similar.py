"""What is like a territory: the ten nearest CLSM known and the ten nearest EPCI, for every EPCI of the country.

Baseline, measured in the same run: the features of every CLSM, or of every EPCI, computed afresh at each question instead of kept
with the data. Times are of the processor, so that a busy machine does not count.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import numpy as np

from geo.coverage import coverage_state, local_scopes
from geo.dataset import open_dataset
from geo.layers import LayerId
from geo.similar import Members, profiles, similar_clsm, similar_territories

CEILING_MS = 50  # asked of any EPCI


def main() -> None:
    """Print the median and the slowest of the country, and what keeping the features saves."""
    world = open_dataset()
    atlas, crosswalk, density = world.atlas, world.crosswalk, world.density
    state = coverage_state(crosswalk, density)
    every = [scope for scope in local_scopes(atlas).values() if scope.kind == "epci"]
    first = every[0]
    start = process_time()
    similar_clsm(world.evidence, first.rows)
    similar_territories(first, state)
    print(f"first answers, features computed: {(process_time() - start) * 1e3:.0f} ms")
    sets = [scope.rows for scope in every]
    tell("nearest CLSM known", [lambda s=s: similar_clsm(world.evidence, s.rows) for s in every],
         lambda: profiles(crosswalk, density, Members.zones(crosswalk.layers[LayerId.CLSM], len(atlas.table))))  # fmt: skip
    tell("nearest EPCI, their coverage", [lambda s=s: similar_territories(s, state) for s in every],
         lambda: profiles(crosswalk, density, Members.whole(sets, len(atlas.table))))  # fmt: skip


def tell(name: str, questions: list[Callable[[], object]], afresh: Callable[[], object]) -> None:
    times = np.array([spent(question) for question in questions]) * 1e3
    again = min(spent(afresh) for _ in range(3)) * 1e3
    slow = "" if times.max() < CEILING_MS else f" ABOVE {CEILING_MS} ms"
    print(
        f"{name}: {len(times)} EPCI, median {np.median(times):.1f} ms, slowest {times.max():.1f} ms{slow}; "
        f"features afresh {again:.0f} ms, ratio {(again + np.median(times)) / np.median(times):.0f}"
    )


def spent(call: Callable[[], object]) -> float:
    start = process_time()
    call()
    return process_time() - start
