"""Need beside coverage: the indicators of territories crossed with who has a CLSM, in nine classes, as lists and as criteria of an order.

It computes no figure of its own: `geo.indicators` answers, `geo.coverage` says who is covered. Start from `crossing`.
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

__all__ = [
    "CLASSES",
    "CROSS_LEVELS",
    "CROSS_MEANING",
    "CROSS_TITLES",
    "MOST_CRITERIA",
    "PREFIX",
    "Cover",
    "CrossClass",
    "Crossing",
    "Need",
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
    "rank_of",
    "with_needs",
]
