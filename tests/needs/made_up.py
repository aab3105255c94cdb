"""Drawn indicators, and a dataset that has them: figures made up, by a rule that a test can compute again."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from geo.communes import Atlas, approximate_density
from geo.dataset import Dataset
from geo.indicators import Direction, Grain, Indicator, Indicators, Measure, Series, values_frame
from tests.support.grid import crosswalk


def ratio(
    id: str = "suicides", label: str = "Décès par suicide", grain: Grain = Grain.COMMUNE, **change: Any
) -> Indicator:
    """Describe a ratio of 1 000 inhabitants where more is worse."""
    known: dict[str, Any] = {
        "measure": Measure.RATIO, "direction": Direction.WORSE, "unit": "pour 1 000 habitants", "source": "CépiDc",
        "year": "2022", "counted": "décès", "among": "habitants", "multiplier": 1000.0,
    } | change  # fmt: skip
    return Indicator(id, label, grain=grain, **known)


def made_up(atlas: Atlas, indicator: Indicator, number: Any) -> Series:
    """Give each commune of an atlas `number(population, row)` of what is counted, out of its inhabitants; rates the same way."""
    figures = [number(int(people), row) for row, people in enumerate(atlas.population)]
    which = "rate" if indicator.measure is Measure.RATE else "numerator"
    told = {which: np.array(figures, dtype=float), "denominator": atlas.population.astype(float)}
    return Series(indicator, values_frame(atlas.codes, **told))


def holding(world: Dataset, *series: Series) -> Dataset:
    """Return a dataset that has these indicators."""
    needs: Any = SimpleNamespace(indicators=Indicators(series), notices=())
    return replace(world, needs=needs)


def drawn_world(atlas: Atlas, *series: Series) -> Dataset:
    """Return the dataset of a drawn country with these indicators."""
    return holding(Dataset(crosswalk(atlas), approximate_density(atlas), None, {}), *series)
