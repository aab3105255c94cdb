"""Effects of moves in words, the preview around a perimeter, the moves with a meaning worth discussing, and divisions.

It never applies anything. Start from `preview`, `effect_of`, `suggest`, `tried_around`.
"""

from geo.suggest.around import Tried, tried_around, tried_near
from geo.suggest.division import FAR, MOST_PARTS, Division, Part
from geo.suggest.effects import Effect, Preview, effect_of, preview, single_moves
from geo.suggest.gestures import Kind
from geo.suggest.ranking import RANKING, RANKING_IN_BRIEF, Aside, Suggestion, Suggestions, divisions, suggest
from geo.suggest.weighing import Words

__all__ = [
    "FAR",
    "MOST_PARTS",
    "RANKING",
    "RANKING_IN_BRIEF",
    "Aside",
    "Division",
    "Effect",
    "Kind",
    "Part",
    "Preview",
    "Suggestion",
    "Suggestions",
    "Tried",
    "Words",
    "divisions",
    "effect_of",
    "preview",
    "single_moves",
    "suggest",
    "tried_around",
    "tried_near",
]
