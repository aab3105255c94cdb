"""Zones against the borders of communes: which ones they hold, which ones they only skirt, and the measure of the rest.

Most borders need no overlay: a zone that covers all of a commune but a thin ring along its border holds it, and one that
meets none of what lies within that ring only skirts it. Intersections, which are slow, are left to the communes that some
zone neither holds nor skirts. All is in metres, in one projection at a time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.base_repair import Geometries

# A border drawn elsewhere: at most this share of the commune on the wrong side, and none of it farther from the border than
# the lesser of a distance and a part of the commune's width. Measured on EPCI outlines (tests/test_import_crosswalk.py).
SHARE_TOLERANCE = 0.10
DISTANCE_M = 300.0
WIDTH_PART = 0.10
MAIN_PART = 0.10  # a piece that is as much of its zone is no sliver, however small in its commune: quarters are such
_BATCH = 1000
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Told = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Ground:
    """Communes of one projection: their rows in the atlas, and their outlines."""

    rows: npt.NDArray[np.intp]
    shapes: Geometries
    epsg: int


def nothing() -> pd.DataFrame:
    """Return the table of `meet` without a row."""
    kinds = {"zone": np.intp, "row": np.intp, "share": float, "covered": bool, "border": bool, "common": float,
             "epsg": int, "piece": object, "land": object}  # fmt: skip
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in kinds.items()})


def meet(ground: Ground, zones: npt.NDArray[np.intp], drawn: Geometries, tell: Told) -> pd.DataFrame:
    """Return the communes that zones hold or cut, one row a pair.

    Columns: zone (from `zones`), row, share (of the commune's area), covered (held whole, within tolerance), border (no more
    than the border drawn otherwise), common (m²), epsg, piece (what is in common), land (the commune). Communes that are
    only skirted and need no measure are left out.
    """
    shapely.prepare(drawn)
    zone, place = shapely.STRtree(ground.shapes).query(drawn, predicate="intersects")
    land, size = ground.shapes, shapely.area(ground.shapes)
    covered = np.asarray(shapely.covers(drawn[zone], land[place]), dtype=bool)
    tell(0.1)
    held, apart = _at_a_glance(ground, drawn, zone, place, ~covered, lambda part: tell(0.1 + 0.3 * part))
    held |= covered
    open_places = np.bincount(place[~(held | apart)], minlength=len(land)) > 0
    ask = np.flatnonzero(~covered & open_places[place])
    share, border = np.where(held, 1.0, 0.0), apart.copy()
    piece = np.array(land[place], dtype=object)
    piece[ask] = _parallel(
        shapely.intersection, drawn[zone[ask]], land[place[ask]], tell=lambda part: tell(0.4 + 0.6 * part)
    )
    common = shapely.area(piece)
    share[ask] = np.minimum(common[ask] / size[place[ask]], 1.0)
    held[ask], border[ask] = _judge(drawn[zone[ask]], land[place[ask]], share[ask])
    measured = np.zeros(len(zone), dtype=bool)
    measured[ask] = True
    kept = (common > 0) & (held | measured)
    tell(1.0)
    return pd.DataFrame({
        "zone": zones[zone], "row": ground.rows[place], "share": share, "covered": held, "border": border,
        "common": common, "epsg": ground.epsg, "piece": piece, "land": land[place],
    })[kept]  # fmt: skip


def _at_a_glance(
    ground: Ground, drawn: Geometries, zone: npt.NDArray[np.intp], place: npt.NDArray[np.intp], asked: Mask, tell: Told
) -> tuple[Mask, Mask]:
    """Tell the pairs that are surely held and those surely skirted, by a ring thin enough to be within all tolerances."""
    held, apart = np.zeros(len(zone), dtype=bool), np.zeros(len(zone), dtype=bool)
    pairs = np.flatnonzero(asked)
    places, which = np.unique(place[pairs], return_inverse=True)
    land = ground.shapes[places]
    size = shapely.area(land)
    depth = np.minimum(_depth(size), SHARE_TOLERANCE * size / np.maximum(shapely.length(land), 1.0))
    hearts = _hearts(land, depth, tell)
    ring = size - shapely.area(hearts)
    thin = (ring <= SHARE_TOLERANCE * size) & ~shapely.is_empty(hearts)
    small = ring[which] < MAIN_PART * shapely.area(drawn)[zone[pairs]]
    held[pairs] = thin[which] & shapely.covers(drawn[zone[pairs]], hearts[which])
    apart[pairs] = thin[which] & small & ~shapely.intersects(drawn[zone[pairs]], hearts[which])
    return held, apart


def _judge(drawn: Geometries, land: Geometries, share: Floats) -> tuple[Mask, Mask]:
    """Tell the communes held whole within tolerance, and those that a zone only skirts, among pairs that were measured.

    Held: the zone covers all that lies farther from the border than the tolerance. Skirted: it meets none of that.
    """
    held, skirted = np.zeros(len(share), dtype=bool), np.zeros(len(share), dtype=bool)
    ask = np.flatnonzero((share >= 1 - SHARE_TOLERANCE) | (share <= SHARE_TOLERANCE))
    hearts = _hearts(land[ask], _depth(shapely.area(land[ask])), lambda _part: None)
    gone, high = shapely.is_empty(hearts), share[ask] > 0.5
    covers = np.where(gone, share[ask] >= 1 - SHARE_TOLERANCE / 2, shapely.covers(drawn[ask], hearts))
    meets = np.where(gone, share[ask] > SHARE_TOLERANCE / 2, shapely.intersects(drawn[ask], hearts))
    held[ask], skirted[ask] = high & covers, ~high & ~meets
    return held, skirted


def _depth(size: Floats) -> Floats:
    """How far from the border a drawing may stray, in metres, for communes of a size in m²."""
    return np.minimum(DISTANCE_M, WIDTH_PART * np.sqrt(size))


def _hearts(land: Geometries, depth: Floats, tell: Told) -> Geometries:
    def erode(shapes: Geometries, by: Floats) -> Geometries:
        return np.asarray(shapely.buffer(shapes, -by, quad_segs=1, join_style="mitre"), dtype=object)

    return _parallel(erode, land, depth, tell=tell)


def _parallel(
    work: Callable[..., Geometries], *columns: npt.NDArray[np.generic] | Geometries, tell: Told
) -> Geometries:
    """Do slow work on rows in batches, two at a time where there are cores: shapely lets others run meanwhile."""
    count = len(columns[0])
    made = np.empty(count, dtype=object)
    steps = [slice(start, start + _BATCH) for start in range(0, count, _BATCH)]
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        for step, done in zip(steps, pool.map(lambda s: work(*(c[s] for c in columns)), steps), strict=True):
            made[step] = done
            tell(min(step.stop, count) / count)
    return made
