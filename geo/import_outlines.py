"""The outlines of an import, light enough to be shown at once on a map: simplified, in degrees, five decimals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely

from geo.base_repair import Geometries
from geo.readers_shapes import WGS84, project

MOST_POINTS = 60_000
FINEST = 0.0005  # of a degree, some 50 m


def draw(shapes: Geometries, crs: Any, ids: Iterable[object], names: Iterable[object]) -> dict[str, Any]:
    """Return a FeatureCollection (EPSG:4326) with the id and the name of each shape."""
    degrees = project(shapes, WGS84, source=crs)
    west, south, east, north = shapely.total_bounds(degrees)
    tolerance = max(FINEST, float(max(east - west, north - south)) / 4000)
    light = shapely.simplify(degrees, tolerance)
    while shapely.get_num_coordinates(light).sum() > MOST_POINTS and tolerance < 0.2:
        tolerance *= 2
        light = shapely.simplify(degrees, tolerance)
    gone = shapely.is_empty(light) | (shapely.area(light) <= 0)
    light = np.where(gone, degrees, light)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": str(zone),
                "properties": {"id": str(zone), "nom": str(name)},
                "geometry": _rounded(shape),
            }
            for zone, name, shape in zip(ids, names, light, strict=True)
        ],
    }


def _rounded(shape: shapely.Geometry) -> dict[str, Any]:
    parts = [
        [[[round(x, 5), round(y, 5)] for x, y in ring.coords] for ring in (part.exterior, *part.interiors)]
        for part in shapely.get_parts(shape)
    ]
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}
