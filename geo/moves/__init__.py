"""Moves on a perimeter (communes added or removed), hundreds at once, measured by sparse sums.

It measures and never judges. Start from `incidence_of`, `Move`, `try_moves`.
"""

from geo.moves.batch import Move, MoveBatch, Sectors, batch_of_one, try_moves
from geo.moves.incidence import LAYERS, IncidenceTables, incidence_of

__all__ = [
    "LAYERS",
    "IncidenceTables",
    "Move",
    "MoveBatch",
    "Sectors",
    "batch_of_one",
    "incidence_of",
    "try_moves",
]
