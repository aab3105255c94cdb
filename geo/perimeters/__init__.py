"""Perimeters: sets of communes, their facts, their pieces, their distances, and the ways to compose one.

It never judges: checks are in `geo.guidance`. Start from `Perimeter`, `PerimeterFacts`, `from_zone`, `travel`.
"""

from geo.perimeters.contiguity import count_pieces, neighbours_of, pieces_after, tied_neighbours
from geo.perimeters.distances import places, travel
from geo.perimeters.edit import (
    fill_holes,
    from_circle,
    from_circle_at,
    from_polygon,
    keep_main_part,
    stop_at_community,
)
from geo.perimeters.perimeter import Perimeter, PerimeterFacts, TerritoryPart, perimeter_of_zone

__all__ = [
    "Perimeter",
    "PerimeterFacts",
    "TerritoryPart",
    "count_pieces",
    "fill_holes",
    "from_circle",
    "from_circle_at",
    "from_polygon",
    "keep_main_part",
    "neighbours_of",
    "perimeter_of_zone",
    "pieces_after",
    "places",
    "stop_at_community",
    "tied_neighbours",
    "travel",
]
