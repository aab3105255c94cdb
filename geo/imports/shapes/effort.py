"""What a shape would cost before it is worked on: a small file may hold one that takes hours to repair or to share out.

Nothing here judges what a territory looks like: the ceilings lie far above those that people draw.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from geo.geometry import Geometries

MOST_CROSSINGS = 1_000  # of the sides of one shape with one another, to be repaired
MOST_MET = 20_000  # sides of one shape that meet communes, counted once for each…
MOST_EACH = 8.0  # …where a side meets so many on average: sides that are drawn are shorter than communes
FEW = 20  # points of a shape that can cost nothing
_BATCH = 500
_GIVEN_UP = 20  # times the ceiling: pairs of sides that are near, whether they cross or not


def tangled(shape: shapely.Geometry) -> bool:
    """Tell whether the sides of a shape cross one another more often than can be repaired."""
    sides = _sides(shape)
    if len(sides) < 45:  # fewer pairs than the ceiling
        return False
    tree = shapely.STRtree(sides)
    crossings = near = 0
    for start in range(0, len(sides), _BATCH):
        some = sides[start : start + _BATCH]
        left, right = tree.query(some)
        later = right > left + start  # each pair once
        left, right = left[later], right[later]
        near += len(left)
        if near > _GIVEN_UP * max(MOST_CROSSINGS, len(sides)):
            return True
        crossings += int(shapely.crosses(some[left], sides[right]).sum())
        if crossings > MOST_CROSSINGS:
            return True
    return False


def shredding(shapes: Geometries, land: shapely.STRtree) -> npt.NDArray[np.bool_]:
    """Tell which shapes would cut communes (boxes of `land`, same projection) in more strips than can be measured."""
    found = np.zeros(len(shapes), dtype=bool)
    for at in np.flatnonzero(shapely.get_num_coordinates(shapes) > FEW):
        sides = _sides(shapes[at])
        met = 0
        for start in range(0, len(sides), _BATCH):
            met += land.query(sides[start : start + _BATCH]).shape[1]
            done = min(start + _BATCH, len(sides))
            if met > MOST_MET and met > MOST_EACH * done:
                found[at] = True
                break
    return found


def out_of_bounds(degrees: Geometries) -> npt.NDArray[np.bool_]:
    """Tell which shapes (EPSG:4326) have a point that is nowhere on Earth, be it in a hole."""
    points, owner = shapely.get_coordinates(degrees, return_index=True)
    fine = np.isfinite(points).all(axis=1) & (np.abs(points) <= (180.0, 90.0)).all(axis=1)
    found = np.zeros(len(degrees), dtype=bool)
    found[owner[~fine]] = True
    return found


def _sides(shape: shapely.Geometry) -> Geometries:
    """Return the sides of a shape, one line each."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    ends = np.stack([points[:-1][same], points[1:][same]], axis=1)
    return np.asarray(shapely.linestrings(ends), dtype=object) if len(ends) else np.empty(0, dtype=object)
