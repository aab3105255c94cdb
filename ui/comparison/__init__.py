"""The page Comparaison: perimeters chosen from a commune, side by side on the same data, and what sets them apart.

It names no winner, and computes no figure: geo.comparison does. Start from `pick_candidates`, `perimeter_cards`, `ADDRESS`.
"""

from ui.comparison.link import ADDRESS
from ui.comparison.page import (
    COMPARISON_STYLE,
    ONLY,
    RETAINED,
    add_colleague,
    declaration,
    figures_table,
    perimeter_cards,
    pick_candidates,
    pick_commune,
    scale_questions,
    show_messages,
    verdicts_table,
    what_differs,
)
from ui.comparison.tradeoff import show_tradeoff

__all__ = [
    "ADDRESS",
    "COMPARISON_STYLE",
    "ONLY",
    "RETAINED",
    "add_colleague",
    "declaration",
    "figures_table",
    "perimeter_cards",
    "pick_candidates",
    "pick_commune",
    "scale_questions",
    "show_messages",
    "show_tradeoff",
    "verdicts_table",
    "what_differs",
]
