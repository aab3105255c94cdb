"""Moves on a perimeter (communes added or removed), hundreds at once, measured by sparse sums.

It measures and never judges. Start from `incidence_of`, `Move`, `try_moves`.
"""

from geo.moves.batch import Move, MoveBatch, try_moves
from geo.moves.incidence import DISPOSITIFS, LAYERS, IncidenceTables, incidence_of, incidence_under

__all__ = [
    "DISPOSITIFS",
    "LAYERS",
    "IncidenceTables",
    "Move",
    "MoveBatch",
    "incidence_of",
    "incidence_under",
    "try_moves",
]
