"""The gauge of inhabitants: what is up to the marker, and the excess alone above it, within the margin and beyond.

The marker « peut servir de repère » (guide): what is above it does not make the rest a fault.
"""

from __future__ import annotations

from geo.guidance.finding import Outcome
from geo.guidance.settings import Settings


def gauge_segments(population: int, settings: Settings) -> tuple[tuple[float, float, Outcome], ...]:
    """Return the pieces of the bar, in inhabitants: start, end, and the outcome whose colour it takes."""
    marker, edge = settings.marker, settings.marker * (1 + settings.around)
    pieces = [(0.0, float(min(population, marker)), Outcome.FAVORABLE)]
    if population > marker:
        outcome = Outcome.DISCUSS if population <= edge else Outcome.VIGILANCE
        pieces.append((float(marker), float(population), outcome))
    return tuple(pieces)
