"""Need beside coverage: portraits of a territory or a perimeter, indicators crossed with who has a CLSM, lists and criteria of an order.

It computes no figure of its own: `geo.indicators` answers, `geo.coverage` says who is covered, `geo.similar` what is alike. Start from
`portrait`, `crossing`.
"""

from geo.needs.classes import CLASSES, Cover, CrossClass, Need, cover_words, cross_label, need_words, rank_of
from geo.needs.criteria import MOST_CRITERIA, PREFIX, criteria, held_weights, highest_first, with_needs
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
)
from geo.needs.portrait import Beside, Line, Portrait, portrait
from geo.needs.tables import NO_INDICATOR, portrait_frame, portrait_headers, portrait_rows, side_by_side_rows
from geo.needs.verdict import Verdict, said_figure

__all__ = [
    "CLASSES",
    "CROSS_LEVELS",
    "CROSS_MEANING",
    "CROSS_TITLES",
    "MOST_CRITERIA",
    "NO_INDICATOR",
    "PREFIX",
    "Beside",
    "Cover",
    "CrossClass",
    "Crossing",
    "Line",
    "Need",
    "Portrait",
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
    "said_figure",
    "side_by_side_rows",
    "with_needs",
]
