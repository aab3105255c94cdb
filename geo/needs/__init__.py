"""Need: the indicators of a territory or a perimeter beside those of what is around it and of what is like it, and crossed with who has a CLSM.

It computes no figure of its own: `geo.indicators` answers, `geo.similar` says what is alike, `geo.coverage` who is covered. Start from `portrait`
and `crossing`.
"""

from geo.needs.classes import CLASSES, Cover, CrossClass, Need, cover_words, cross_label, need_words, rank_of
from geo.needs.criteria import MOST_CRITERIA, criteria, held_weights, highest_first, with_needs
from geo.needs.crossing import (
    CROSS_LEVELS,
    CROSS_MEANING,
    CROSS_TITLES,
    Crossing,
    classes_of_atoms,
    crossable,
    crossing,
    level_words,
    levels_of_crossing,
    map_level,
    whole_rows,
)
from geo.needs.portrait import Beside, Line, Portrait, portrait
from geo.needs.reasons import Reasons, reasons
from geo.needs.tables import NO_INDICATOR, portrait_frame, portrait_headers, portrait_rows, side_by_side_rows
from geo.needs.verdict import Verdict, said_figure

__all__ = [
    "CLASSES",
    "CROSS_LEVELS",
    "CROSS_MEANING",
    "CROSS_TITLES",
    "MOST_CRITERIA",
    "NO_INDICATOR",
    "Beside",
    "Cover",
    "CrossClass",
    "Crossing",
    "Line",
    "Need",
    "Portrait",
    "Reasons",
    "Verdict",
    "classes_of_atoms",
    "cover_words",
    "criteria",
    "cross_label",
    "crossable",
    "crossing",
    "held_weights",
    "highest_first",
    "level_words",
    "levels_of_crossing",
    "map_level",
    "need_words",
    "portrait",
    "portrait_frame",
    "portrait_headers",
    "portrait_rows",
    "rank_of",
    "reasons",
    "said_figure",
    "side_by_side_rows",
    "whole_rows",
    "with_needs",
]
