"""The page Couverture: map, figures, gaps, priorities, next CLSM, surveys, files of a territory.

It computes no figure: geo.coverage does. Start from `pick_scope`, `explorer`, `ADDRESS`.
"""

from ui.coverage.cards import COVERAGE_STYLE, limits_banner
from ui.coverage.choices import limit_links, pick_aside, pick_complete, pick_place, pick_scope, take_asked
from ui.coverage.link import ADDRESS, aside, set_defaults
from ui.coverage.loaders import limits
from ui.coverage.page import explorer

__all__ = [
    "ADDRESS",
    "COVERAGE_STYLE",
    "aside",
    "explorer",
    "limit_links",
    "limits",
    "limits_banner",
    "pick_aside",
    "pick_complete",
    "pick_place",
    "pick_scope",
    "set_defaults",
    "take_asked",
]
