"""A file given by a person is read in a process of its own, with ceilings of time, memory and result.

It never reads anything itself: `geo.nursery` is the process that does. Start from `read`, `Stop`, `StoppedError`.
"""

from geo.isolation.reading import CANCELLED, Outcome, StoppedError, Tell, read, warm
from geo.isolation.template import LIMITS, Limits, Request
from geo.turns import Stop

__all__ = [
    "CANCELLED",
    "LIMITS",
    "Limits",
    "Outcome",
    "Request",
    "Stop",
    "StoppedError",
    "Tell",
    "read",
    "warm",
]
