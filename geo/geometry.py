"""Geometry shared by every package: coordinate systems, and the areas of a shape."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.arrays import Bools, Floats

Geometries = npt.NDArray[np.object_]
WGS84 = 4326

# West, south, east, north in degrees, 15 km or more around the land: mainland, Guadeloupe, Martinique, Guyane, La Réunion, Mayotte.
FRANCE = (
    (-5.6, 41.0, 10.0, 51.5), (-62.0, 15.6, -60.8, 16.7), (-61.4, 14.2, -60.6, 15.1), (-54.9, 1.9, -51.4, 6.1),
    (55.0, -21.6, 56.0, -20.7), (44.7, -13.2, 45.5, -12.4),
)  # fmt: skip


def in_france(lon: Floats, lat: Floats) -> Bools:
    """Tell which points (EPSG:4326) lie in the boxes around the 101 départements: official places and imported outlines alike."""
    found = np.zeros(len(lon), dtype=bool)
    for west, south, east, north in FRANCE:
        found |= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return found


def polygonal(shape: BaseGeometry) -> BaseGeometry:
    """Keep the areas of a shape and drop the lines and points that an overlay leaves behind."""
    parts = shapely.get_parts(shape)
    flat = shapely.get_parts(parts[shapely.get_dimensions(parts) == 2])
    return shapely.union_all(flat)


def dissolved(shapes: Geometries) -> BaseGeometry:
    """Join outlines into one: as the coverage that communes are, else slowly (IRIS have corners that their neighbours do not)."""
    try:
        return shapely.coverage_union_all(shapes)
    except shapely.errors.GEOSException:
        return shapely.union_all(shapes)
