"""Indicators of need: what is measured, of whom, at which grain, under which rule of secrecy; kept apart from the layers.

Counts add up, rates are computed again from counts, and what is secret or unknown never enters a figure. It knows neither
layers nor files of users. Start from `Indicator`, `Series`, `Indicators`.
"""

from geo.indicators.indicator import Direction, Grain, Indicator, Measure
from geo.indicators.series import VALUE_COLUMNS, Indicators, Series, State, read_series, values_frame, write_series

__all__ = [
    "VALUE_COLUMNS",
    "Direction",
    "Grain",
    "Indicator",
    "Indicators",
    "Measure",
    "Series",
    "State",
    "read_series",
    "values_frame",
    "write_series",
]
