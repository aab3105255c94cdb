"""Effects of moves in words, the preview around a perimeter, and the moves most worth making.

It never applies anything. Start from `preview`, `effect_of`, `suggest`.
"""

from geo.suggest.effects import Effect, Preview, effect_of, preview, single_moves
from geo.suggest.ranking import RANKING, RANKING_IN_BRIEF, Suggestions, Tried, suggest

__all__ = [
    "RANKING",
    "RANKING_IN_BRIEF",
    "Effect",
    "Preview",
    "Suggestions",
    "Tried",
    "effect_of",
    "preview",
    "single_moves",
    "suggest",
]
