"""A territory divided into a number of CLSM, connected and between two sizes, that cut the fewest bodies: proven, or between two bounds.

It never chooses how many CLSM there should be, nor reads a file. Start from `board_of`, `Terms`, `divide`.
"""

from geo.divide.board import BODIES, CONTIGUITY, SECTORS, Board, Body, board_of, sectors_known, tied
from geo.divide.divide import SECONDS, Divided, divide, possible_parts, usual_parts
from geo.divide.plan import Plan, Terms, faults, read_plan

__all__ = [
    "BODIES",
    "CONTIGUITY",
    "SECONDS",
    "SECTORS",
    "Board",
    "Body",
    "Divided",
    "Plan",
    "Terms",
    "board_of",
    "divide",
    "faults",
    "possible_parts",
    "read_plan",
    "sectors_known",
    "tied",
    "usual_parts",
]
