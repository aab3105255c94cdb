"""A drawn country for the crossing of coverage and need: twelve communes, four EPCI, two départements, and one series on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from geo.communes import approximate_density
from geo.coverage import CoverageState, coverage_state
from geo.indicators import Direction, Grain, Indicator, Measure, Series, State, values_frame
from tests.support.grid import crosswalk, draw, zone

# Twelve communes of 1 000 inhabitants, EPCI of three, two départements of six; 01001 to 01004 are in a CLSM.
BODIES = ["200000001", "200000002", "200000003", "200000004"]
EPCI = [[BODIES[i // 3] for i in range(12)]]
DEPARTEMENTS = [["01" if i < 6 else "02" for i in range(12)]]
CODES = [f"{'01' if i < 6 else '02'}{i + 1:03d}" for i in range(12)]
USE = Indicator(
    "recours", "Passages aux urgences", Measure.RATIO, Grain.COMMUNE, Direction.WORSE, "pour 1 000 habitants", "Source",
    "2023", counted="passages", among="habitants", multiplier=1000,
)  # fmt: skip


def country(*, complete: tuple[str, ...] = ()) -> CoverageState:
    atlas = draw([[1000] * 12], epci=EPCI, departement=DEPARTEMENTS)
    zones = {
        "clsm": {"C": zone(*CODES[:4])},
        "epci": {body: zone(*CODES[3 * i : 3 * i + 3]) for i, body in enumerate(BODIES)},
        "departements": {"01": zone(*CODES[:6]), "02": zone(*CODES[6:])},
    }
    return coverage_state(crosswalk(atlas, zones), approximate_density(atlas), complete=complete)


def series(numbers: list[Any], codes: list[str] = CODES, **change: Any) -> Series:
    """Make a series: numbers of passages for 1 000 inhabitants each, « s » for a secret, None for nothing."""
    one = replace(USE, **change)
    figures = [value if isinstance(value, int | float) else np.nan for value in numbers]
    states = [State.SECRET if value == "s" else State.KNOWN for value in numbers]
    if one.measure is Measure.RATE:
        return Series(one, values_frame(codes, rate=figures, state=states))
    people = 1000.0 if one.measure is Measure.RATIO else np.nan
    return Series(one, values_frame(codes, numerator=figures, denominator=people, state=states))
