"""Indicators of need: what is measured, of whom, at which grain, under which rule of secrecy; kept apart from the layers.

Counts add up, rates are computed again from counts, and what is secret or unknown never enters a figure. It knows neither
layers nor files of users. Start from `Indicator`, `Series`, `Indicators`; `answers_over` answers many sets of communes at once.
"""

from geo.indicators.cells import Cell, CellKind, is_one_group, read_cell, read_cells
from geo.indicators.indicator import ID, Direction, Grain, Indicator, Measure
from geo.indicators.series import (
    VALUE_COLUMNS,
    Indicators,
    Series,
    State,
    read_series,
    series_bytes,
    values_frame,
    write_series,
)
from geo.indicators.sums import Kind, sets_of
from geo.indicators.territory import SetAnswers, Thing, answer_sets, answers_over, things_of
from geo.indicators.today import code_of_today, merged_rows, on_today
from geo.indicators.wording import GRAINS, Answer, amount, answer, outward

__all__ = [
    "GRAINS",
    "ID",
    "VALUE_COLUMNS",
    "Answer",
    "Cell",
    "CellKind",
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
    "amount",
    "answer",
    "answer_sets",
    "answers_over",
    "code_of_today",
    "is_one_group",
    "merged_rows",
    "on_today",
    "outward",
    "read_cell",
    "read_cells",
    "read_series",
    "series_bytes",
    "sets_of",
    "things_of",
    "values_frame",
    "write_series",
]
