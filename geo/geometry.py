"""Geometry shared by every package: coordinate systems, and the areas of a shape."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.arrays import Bools, Floats

Geometries = npt.NDArray[np.object_]
WGS84 = 4326
SAME_DEGREES = 1e-7  # a centimetre: what a projection there and back leaves
ON_DEGREES = 1e-6  # a vertex so near a border lies on it

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


def noded(shapes: Geometries, anchors: Geometries) -> Geometries:
    """Return areas that tile but for what a projection there and back leaves, with the same vertices on both sides of each border.

    A vertex next to one of `anchors` (areas drawn before: communes, whose pieces tile them) is moved onto it; a vertex that lies on the
    border of another area is put into it. All in degrees.
    """
    fixed = shapely.points(np.unique(shapely.get_coordinates(anchors), axis=0))
    near = shapely.STRtree(fixed)

    def moved(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        at, to = near.query_nearest(shapely.points(xy), max_distance=SAME_DEGREES, all_matches=False)
        made = xy.copy()
        made[at] = shapely.get_coordinates(fixed[to])
        return made

    shapes = shapely.transform(shapes, moved)
    points = shapely.points(np.unique(shapely.get_coordinates(shapes), axis=0))
    tree = shapely.STRtree(points)
    return np.array([_with_vertices(shape, points, tree) for shape in shapes], dtype=object)


def _with_vertices(shape: BaseGeometry, points: Geometries, tree: shapely.STRtree) -> BaseGeometry:
    parts = [
        shapely.Polygon(_ring(part.exterior, points, tree), [_ring(hole, points, tree) for hole in part.interiors])
        for part in shapely.get_parts(shape)
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _ring(ring: shapely.LinearRing, points: Geometries, tree: shapely.STRtree) -> npt.NDArray[np.float64]:
    """Return the vertices of a ring with the points that lie on it, in their order along it."""
    own = shapely.get_coordinates(ring)
    line = shapely.LineString(own)
    met = points[np.sort(tree.query(line, predicate="dwithin", distance=ON_DEGREES))]
    xy = shapely.get_coordinates(met)
    known = set(map(tuple, own.tolist()))
    fresh = np.array([tuple(at) not in known for at in xy.tolist()], dtype=bool)
    if not fresh.any():
        return own
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(own, axis=0).T))])
    place = shapely.line_locate_point(line, met[fresh])
    order = np.argsort(np.concatenate([along, place]), kind="stable")
    made: npt.NDArray[np.float64] = np.concatenate([own, xy[fresh]])[order]
    return made
