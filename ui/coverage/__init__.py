"""The page Couverture: map, figures, gaps, priorities, next CLSM, surveys, files of a territory.

It computes no figure: geo.coverage does. Start from `pick_scope`, `explorer`, `ADDRESS`.
"""

from ui.coverage.cards import COVERAGE_STYLE
from ui.coverage.choices import pick_aside, pick_complete, pick_place, pick_scope, take_asked
from ui.coverage.link import ADDRESS, aside, set_defaults
from ui.coverage.page import explorer, pick_layers, take_map

__all__ = [
    "ADDRESS",
    "COVERAGE_STYLE",
    "aside",
    "explorer",
    "pick_aside",
    "pick_complete",
    "pick_layers",
    "pick_place",
    "pick_scope",
    "set_defaults",
    "take_asked",
    "take_map",
]
