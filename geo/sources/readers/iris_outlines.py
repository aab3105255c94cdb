"""Outlines of IRIS fitted to those of their commune, and who is next to whom.

The outlines of communes are generalised, those of IRIS are not: each IRIS takes what it draws of its commune, and what none draws
goes to the one it touches most. Everything is measured in metres in the legal projection of the commune.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.build import share_out
from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.geometry import WGS84, polygonal
from geo.layers import outlines, project

TOUCH_M = 1.0  # two outlines so near touch: one was cut out of a border that the other was not
BORDER_M = 5.0  # and along so much of it, they are neighbours
MOSTLY = 0.5  # of an IRIS must lie in its commune

Shapes = npt.NDArray[np.object_]
Drawn = Mapping[str, shapely.Geometry]


@dataclass(frozen=True)
class Pieces:
    """IRIS, their communes and their outlines (EPSG:4326), in one order."""

    iris: list[str]
    commune: list[str]
    shapes: Shapes


@dataclass(frozen=True)
class Fitted:
    """What came of it: `metric` gives, by commune, the outlines of its IRIS in metres; `refused` the communes whose IRIS are drawn
    elsewhere; `frame` has iris, area_m2, x, y, lon, lat, geometry (EPSG:4326)."""

    metric: Mapping[str, Drawn]
    refused: list[str]
    frame: gpd.GeoDataFrame


def fitted(pieces: Pieces, atlas: Atlas) -> Fitted:
    """Fit the IRIS of each commune to its outline: without gap nor overlap, and nothing outside."""
    metric: dict[str, Drawn] = {}
    refused: list[str] = []
    land = outlines(atlas)
    positions = pd.Series(range(len(pieces.iris))).groupby(pieces.commune).indices
    for commune, at in sorted(positions.items()):
        epsg = _epsg(str(commune), atlas)
        shapes = shapely.make_valid(project(pieces.shapes[at], epsg))
        made = _fit(project(land.loc[[commune]].to_numpy(), epsg)[0], [pieces.iris[i] for i in at], shapes)
        if made is None:
            refused.append(str(commune))
        else:
            metric[str(commune)] = made
    return Fitted(metric, refused, _frame(metric, atlas))


def _epsg(code: str, atlas: Atlas) -> int:
    return int(atlas.table["epsg"].iat[atlas.row[code]])


def _fit(land: shapely.Geometry, codes: list[str], shapes: Shapes) -> Drawn | None:
    """Return the pieces of one commune, None when some IRIS lies elsewhere."""
    land = polygonal(shapely.make_valid(land))
    inside = shapely.area(shapely.intersection(shapes, land))
    if (inside < MOSTLY * shapely.area(shapes)).any():
        return None
    try:
        shared = share_out(land, dict(zip(codes, shapes, strict=True)))
    except GeoInputError:
        return None
    if set(shared) != set(codes):
        return None
    made = shapely.coverage_clean(np.array([shared[c] for c in codes], dtype=object), gap_width=0)
    return None if shapely.is_empty(made).any() else dict(zip(codes, made, strict=True))


def _frame(metric: Mapping[str, Drawn], atlas: Atlas) -> gpd.GeoDataFrame:
    columns = ["iris", "area_m2", "x", "y", "lon", "lat", "geometry"]
    parts = [pd.DataFrame(columns=columns)]
    for commune, shapes in metric.items():
        epsg = _epsg(commune, atlas)
        drawn = np.array(list(shapes.values()), dtype=object)
        points = shapely.point_on_surface(drawn)
        places = project(points, WGS84, source=epsg)
        part = {
            "iris": list(shapes), "area_m2": shapely.area(drawn), "x": shapely.get_x(points), "y": shapely.get_y(points),
            "lon": shapely.get_x(places), "lat": shapely.get_y(places), "geometry": project(drawn, WGS84, source=epsg),
        }  # fmt: skip
        parts.append(pd.DataFrame(part))
    whole = pd.concat(parts[1:] or parts, ignore_index=True)
    return gpd.GeoDataFrame(whole, geometry="geometry", crs=WGS84)


def neighbours(pieces: Fitted, atlas: Atlas) -> pd.DataFrame:
    """Return the pairs of neighbours: IRIS of one commune, an IRIS and an atom next to its commune, IRIS on both sides of a border.

    What was next to a commune is next to at least one of its IRIS, and the IRIS of a commune hold together: opening a city never
    cuts a perimeter that has all of it into more pieces.
    """
    land, links = outlines(atlas), atlas.neighbours
    pairs: set[tuple[str, str]] = set()
    for commune, shapes in pieces.metric.items():
        row, epsg = atlas.row[commune], _epsg(commune, atlas)
        pairs |= _within(shapes)
        for other in links.indices[links.indptr[row] : links.indptr[row + 1]].tolist():
            code = str(atlas.codes[other])
            pairs |= _across(shapes, {code: project(land.loc[[code]].to_numpy(), epsg)[0]})
            if commune < code and code in pieces.metric:
                pairs |= _across(shapes, _moved(pieces.metric[code], _epsg(code, atlas), epsg))
    return pd.DataFrame(sorted(pairs), columns=["a", "b"], dtype=str)


def _moved(shapes: Drawn, source: int, epsg: int) -> Drawn:
    if source == epsg:
        return shapes
    return dict(zip(shapes, project(np.array(list(shapes.values()), dtype=object), epsg, source=source), strict=True))


def _within(shapes: Drawn) -> set[tuple[str, str]]:
    """Return the neighbours among the IRIS of a commune; parts that lie apart are tied by their nearest."""
    codes, drawn = list(shapes), np.array(list(shapes.values()), dtype=object)
    found = {(i, j) for i, j in _touching(drawn, drawn) if i < j}
    while True:
        a, b = np.array(sorted(found), dtype=np.intp).reshape(-1, 2).T
        graph = csr_array((np.ones(len(a)), (a, b)), shape=(len(codes), len(codes)))
        number, part = connected_components(graph, directed=False)
        if number < 2:
            return {(codes[i], codes[j]) for i, j in found}
        mine, others = np.flatnonzero(part == part[0]), np.flatnonzero(part != part[0])
        i, j = _nearest(drawn[mine], drawn[others])
        first, second = sorted((int(mine[i]), int(others[j])))
        found.add((first, second))


def _nearest(left: Shapes, right: Shapes) -> tuple[int, int]:
    gaps = shapely.distance(left[:, None], right[None, :])
    i, j = np.unravel_index(int(gaps.argmin()), gaps.shape)
    return int(i), int(j)


def _across(ours: Drawn, theirs: Drawn) -> set[tuple[str, str]]:
    """Return the neighbours on both sides of a border that two communes are known to share: at least one pair."""
    left, right = (np.array(list(shapes.values()), dtype=object) for shapes in (ours, theirs))
    here, there = list(ours), list(theirs)
    return {(here[i], there[j]) for i, j in list(_touching(left, right)) or [_nearest(left, right)]}


def _touching(left: Shapes, right: Shapes) -> Iterator[tuple[int, int]]:
    """Yield the positions of the outlines that share a border of BORDER_M or more."""
    at, other = shapely.STRtree(right).query(left, predicate="dwithin", distance=TOUCH_M)
    along = shapely.length(shapely.intersection(shapely.boundary(left[at]), shapely.buffer(right[other], TOUCH_M)))
    for i, j, length in zip(at.tolist(), other.tolist(), along.tolist(), strict=True):
        if length >= BORDER_M + 2 * TOUCH_M:
            yield i, j
