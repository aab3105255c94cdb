"""The outlines of a city opened into IRIS, for the maps: one TopoJSON file a city, that a browser sets in the place of the commune.

It holds the IRIS, and who is on the other side of each outer arc, so that a line runs between an IRIS and the commune next to it as
between two communes, though that commune is drawn by another file. Its grid is that of the files of the territories.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.display.topology import GRID_DEGREES, build_topology, compact_json, to_topojson

NEAR_DEGREES = GRID_DEGREES / 2  # a vertex so near a border lies on it
DIGITS = 8  # of a degree: what a projection there and back leaves beyond is no place, and would round another way on the grid
Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True)
class City:
    """A city and its IRIS: code, name and inhabitants of each, and what a map writes on it."""

    code: str
    name: str
    codes: Sequence[str]
    names: Sequence[str]
    people: Sequence[int]


def city_topojson(city: City, outlines: Shapes, around: Mapping[str, shapely.Geometry]) -> str:
    """Return the file of a city, as text.

    Parameters
    ----------
    outlines
        The IRIS, in the order of `city`, in degrees; together they fill the outline of the commune.
    around
        What is next to the city, in degrees, by code: communes, or the IRIS of those that have some.
    """
    drawn = _noded(np.array([*outlines, *around.values()], dtype=object))
    topology = build_topology(drawn)
    own = range(len(outlines))
    lead = f"{city.name} – "
    properties = [
        {"c": code, "n": name, "p": int(people), "s": name.removeprefix(lead)}
        for code, name, people in zip(city.codes, city.names, city.people, strict=True)
    ]
    used = sorted({_arc(r) for i in own for rings in topology.shapes[i] for ring in rings for r in ring})
    number = {arc: at for at, arc in enumerate(used)}
    beside = {
        number[_arc(r)]: code
        for code, shape in zip(around, topology.shapes[len(outlines) :], strict=True)
        for rings in shape for ring in rings for r in ring
        if _arc(r) in number
    }  # fmt: skip
    head = {"city": {"c": city.code, "n": city.name}, "beside": {str(arc): beside[arc] for arc in sorted(beside)}}
    return compact_json(json.loads(to_topojson("iris", topology, own, properties)) | head)


def _arc(reference: int) -> int:
    return reference if reference >= 0 else ~reference


def _noded(shapes: Shapes) -> Shapes:
    """Return outlines with the vertices that their neighbours have on a border and they have not: shared borders are then alike."""
    shapes = shapely.transform(shapes, lambda xy: xy.round(DIGITS))
    points = shapely.points(np.unique(shapely.get_coordinates(shapes), axis=0))
    tree = shapely.STRtree(points)
    return np.array([_with(shape, points, tree) for shape in shapes], dtype=object)


def _with(shape: shapely.Geometry, points: Shapes, tree: shapely.STRtree) -> shapely.Geometry:
    parts = [
        shapely.Polygon(_ring(part.exterior, points, tree), [_ring(hole, points, tree) for hole in part.interiors])
        for part in shapely.get_parts(shape)
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _ring(ring: shapely.LinearRing, points: Shapes, tree: shapely.STRtree) -> npt.NDArray[np.float64]:
    """Return the vertices of a ring with those that lie on it, in their order along it."""
    own = shapely.get_coordinates(ring)
    line = shapely.LineString(own)
    met = points[np.sort(tree.query(line, predicate="dwithin", distance=NEAR_DEGREES))]
    xy = shapely.get_coordinates(met)
    known = {tuple(at) for at in np.rint(own / GRID_DEGREES).astype(np.int64).tolist()}
    fresh = np.array(
        [tuple(at) not in known for at in np.rint(xy / GRID_DEGREES).astype(np.int64).tolist()], dtype=bool
    )
    if not fresh.any():
        return own
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(own, axis=0).T))])
    place = shapely.line_locate_point(line, met[fresh])
    order = np.argsort(np.concatenate([along, place]), kind="stable")
    made: npt.NDArray[np.float64] = np.concatenate([own, xy[fresh]])[order]
    return made
