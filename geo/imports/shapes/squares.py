"""Share cut communes by where people live: the population grid, where it was synchronised and holds the commune.

A square stands for its people spread evenly: it becomes points 200 m apart, each with its part of them. Older grids have
fewer people than the communes of today, so only parts are read from them, never counts; a commune of which the grid
holds too few people is left to the area.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geo.arrays import Floats
from geo.dataset import best, table_of, vintage
from geo.files import Content
from geo.geometry import Geometries
from geo.layers import GRID_COMPLETE

SQUARES: Mapping[str, Content] = dict.fromkeys(("x", "y", "epsg", "cote_m", "population"), "number")
STEP_M = 200


@dataclass(frozen=True, eq=False)
class Squares:
    """The squares of one or several grids: columns x, y (centre, metres), epsg, cote_m, population."""

    table: pd.DataFrame
    vintage: str = ""

    def points(self, epsg: int, bounds: Floats) -> tuple[Geometries, Floats]:
        """Return points of people inside bounds (west, south, east, north, in `epsg`), and the people of each."""
        made = [_points(group, int(grid), epsg, bounds) for grid, group in self.table.groupby("epsg")]
        if not made:
            return np.empty(0, dtype=object), np.empty(0)
        x, y, people = (np.concatenate(column) for column in zip(*made, strict=True))
        return shapely.points(x, y), people


def load_squares(home: Path | None = None, notices: list[str] | None = None) -> Squares | None:
    """Return the synchronised population grid, None when there is none that can be read; `notices` gets what is damaged."""
    said = [] if notices is None else notices
    found = best("carreaux", lambda version: table_of(version, "carreaux.parquet", SQUARES), said, home)
    return Squares(found[1], vintage(found[0])) if found else None


def _points(group: pd.DataFrame, grid: int, epsg: int, bounds: Floats) -> tuple[Floats, Floats, Floats]:
    """Move the squares that bounds meet to `epsg`, cut in points."""
    back = pyproj.Transformer.from_crs(epsg, grid, always_xy=True)
    west, south, east, north = back.transform_bounds(
        float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3])
    )
    margin = float(group["cote_m"].max())
    if not np.isfinite([west, south, east, north]).all():
        return np.empty(0), np.empty(0), np.empty(0)
    near = group[group["x"].between(west - margin, east + margin) & group["y"].between(south - margin, north + margin)]
    pieces = [_split(same, int(side)) for side, same in near.groupby("cote_m")]
    if not pieces:
        return np.empty(0), np.empty(0), np.empty(0)
    x, y, people = (np.concatenate(column) for column in zip(*pieces, strict=True))
    x, y = pyproj.Transformer.from_crs(grid, epsg, always_xy=True).transform(x, y)
    fine = np.isfinite(x) & np.isfinite(y)
    return x[fine], y[fine], people[fine]


def _split(squares: pd.DataFrame, side: int) -> tuple[Floats, Floats, Floats]:
    steps = max(1, side // STEP_M)
    offsets = (np.arange(steps) + 0.5) / steps * side - side / 2
    dx, dy = (o.ravel() for o in np.meshgrid(offsets, offsets))
    x = (squares["x"].to_numpy(dtype=float)[:, None] + dx).ravel()
    y = (squares["y"].to_numpy(dtype=float)[:, None] + dy).ravel()
    return x, y, np.repeat(squares["population"].to_numpy(dtype=float) / steps**2, steps**2)


def people_shares(
    squares: Squares, epsg: int, pieces: Geometries, owner: npt.NDArray[np.intp], land: Geometries, population: Floats
) -> Floats:
    """Return the part (0 to 1) of its commune's people that lives in each piece, NaN where the grid does not say.

    `owner` gives the place in `land` of the commune each piece is cut from; `population` is that of each commune. All
    shapes are in `epsg`, in metres.
    """
    if not len(pieces):
        return np.empty(0)
    points, people = squares.points(epsg, shapely.total_bounds(land))
    at, commune = shapely.STRtree(land).query(points, predicate="intersects")
    held = np.bincount(commune, weights=people[at], minlength=len(land))
    at, piece = shapely.STRtree(pieces).query(points, predicate="intersects")
    inside = np.bincount(piece, weights=people[at], minlength=len(pieces))
    told = (held > 0) & (held >= GRID_COMPLETE * population)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(told[owner], np.minimum(inside / held[owner], 1.0), np.nan)
