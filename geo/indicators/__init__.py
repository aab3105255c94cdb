"""Indicators of need: what is measured, of whom, at which grain, under which rule of secrecy; kept apart from the layers.

Counts add up, rates are computed again from counts, and what is secret or unknown never enters a figure. It knows neither
layers nor files of users. Start from `Indicator`, `Series`, `Indicators`; `answers_over` answers many sets of communes at once.
"""

from geo.indicators.indicator import Direction, Grain, Indicator, Measure
from geo.indicators.series import VALUE_COLUMNS, Indicators, Series, State, read_series, values_frame, write_series
from geo.indicators.sums import Kind, sets_of
from geo.indicators.territory import SetAnswers, Thing, answer_sets, answers_over, things_of

__all__ = [
    "VALUE_COLUMNS",
    "Direction",
    "Grain",
    "Indicator",
    "Indicators",
    "Kind",
    "Measure",
    "Series",
    "SetAnswers",
    "State",
    "Thing",
    "answer_sets",
    "answers_over",
    "read_series",
    "sets_of",
    "things_of",
    "values_frame",
    "write_series",
]
