"""The portrait of ten indicators on any perimeter, and the answers of every EPCI at once.

Indicators are made up: eight ratios by commune of which some numbers are secret, two rates by département. Baseline, measured in the
same run: each set added up on its own from the tables, as a page would that keeps no matrix. Times are of the processor.
"""

from __future__ import annotations

from dataclasses import replace
from time import process_time
from types import SimpleNamespace
from typing import Any

import numpy as np

from geo.communes import Atlas
from geo.dataset import Dataset, open_dataset
from geo.indicators import Direction, Grain, Indicator, Indicators, Measure, Series, answers_over, values_frame
from geo.needs import portrait

CEILING_MS = 300  # asked of ten indicators on any perimeter
PERIMETERS = 60


def main() -> None:
    """Print the first portrait, the median and the slowest of some perimeters, and every EPCI in one product."""
    world = open_dataset()
    atlas, random = world.atlas, np.random.default_rng(19)
    needs: Any = SimpleNamespace(indicators=made_up(atlas, random), notices=())
    world = replace(world, needs=needs)
    every = [atlas.members("epci", code) for code in atlas.epci.index]
    every = [rows for rows in every if len(rows)]
    print(f"first portrait, levels laid: {spent(world, every[0]):.0f} ms")
    perimeters = [every[i] for i in random.integers(0, len(every), PERIMETERS // 2)]
    perimeters += [random.choice(len(atlas.table), 40, replace=False) for _ in range(PERIMETERS // 2)]
    times = np.array([spent(world, np.sort(rows)) for rows in perimeters])
    slow = "" if times.max() < CEILING_MS else f" ABOVE {CEILING_MS} ms"
    print(f"portrait of 10 indicators: median {np.median(times):.0f} ms, slowest {times.max():.0f} ms{slow}")
    start = process_time()
    answers_over(world.indicators, atlas, every)
    at_once = process_time() - start
    start = process_time()
    one_by_one(world, every)
    alone = process_time() - start
    print(
        f"{len(every)} EPCI, 10 indicators: {at_once * 1e3:.0f} ms at once, one by one {alone * 1e3:.0f} ms, ratio {alone / at_once:.0f}"
    )


def spent(world: Dataset, rows: np.ndarray) -> float:
    start = process_time()
    portrait(world, rows, "Périmètre")
    return (process_time() - start) * 1e3


def one_by_one(world: Dataset, sets: list[np.ndarray]) -> None:
    """Add up each set from the tables."""
    codes = world.atlas.codes
    for series in world.indicators:
        for rows in sets:
            series.values.reindex(codes[rows])[["numerator", "denominator"]].sum()


def made_up(atlas: Atlas, random: np.random.Generator) -> Indicators:
    said: dict[str, Any] = {
        "direction": Direction.WORSE,
        "source": "Banc d’essai",
        "year": "2025",
        "among": "habitants",
    }
    found = []
    for n in range(8):
        one = Indicator(f"r{n}", f"Rapport {n}", Measure.RATIO, Grain.COMMUNE, unit="pour 1 000", counted="cas",
                        multiplier=1000.0, secrecy=6, **said)  # fmt: skip
        cases = random.poisson(atlas.population * 0.004)
        found.append(Series(one, values_frame(atlas.codes, numerator=cases, denominator=atlas.population)))
    departements = list(atlas.departements.index)
    for n in range(2):
        one = Indicator(f"t{n}", f"Taux {n}", Measure.RATE, Grain.DEPARTEMENT, unit="pour 100 000", **said)
        found.append(Series(one, values_frame(departements, rate=random.random(len(departements)) * 20)))
    return Indicators(tuple(found))
