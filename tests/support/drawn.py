"""Square communes with outlines that can be read, and files of polygons drawn on them, for tests of the import.

Commune 01001 is the square from (700 000, 6 600 000) eastwards and southwards, in Lambert-93, 2 km wide unless told.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.communes import Atlas
from tests.support.grid import draw

SIDE = 2000.0
WEST, NORTH = 700_000.0, 6_600_000.0


def box(west: float, north: float, east: float, south: float) -> shapely.Polygon:
    """Return a rectangle in Lambert-93, given in communes from the north-west corner of the grid."""
    return shapely.box(WEST + west * SIDE, NORTH - south * SIDE, WEST + east * SIDE, NORTH - north * SIDE)


@lru_cache(maxsize=8)
def atlas(
    people: tuple[tuple[int, ...], ...] = ((100, 200, 300), (400, 500, 600)), former: tuple[str, str] | None = None
) -> Atlas:
    """Return a drawn country whose outlines can be read."""
    made = draw([list(line) for line in people], side=SIDE)
    folder = Path(tempfile.mkdtemp(prefix="clsm-drawn-"))
    squares = [
        shapely.box(x - SIDE / 2, y - SIDE / 2, x + SIDE / 2, y + SIDE / 2)
        for x, y in zip(made.table["x"], made.table["y"], strict=True)
    ]
    frame = gpd.GeoDataFrame(made.table[["code", "departement"]], geometry=squares, crs=2154).to_crs(4326)
    frame.to_parquet(folder / "communes.parquet")
    centres = gpd.GeoSeries(gpd.points_from_xy(made.table["x"], made.table["y"]), crs=2154).to_crs(4326)
    table = made.table.assign(lon=centres.x.to_numpy(), lat=centres.y.to_numpy())
    old = {former[0]: (former[1], "Ancienne")} if former else {}
    return replace(made, table=table, path=folder, former=old)


def frame(shapes: list[Any], crs: Any = 2154, **columns: list[Any]) -> gpd.GeoDataFrame:
    """Return shapes with their attributes; `nom` is A, B, C… unless given."""
    given: dict[str, Any] = {"nom": [chr(65 + i) for i in range(len(shapes))]} | columns
    return gpd.GeoDataFrame({k: v for k, v in given.items() if v is not None}, geometry=shapes, crs=crs)


def squares(cells: list[tuple[float, float, float]], side: int = 200) -> pd.DataFrame:
    """Return population squares: (x, y) of the centre in communes from the north-west corner, and people."""
    x, y, people = (np.array(column, dtype=float) for column in zip(*cells, strict=True))
    return pd.DataFrame(
        {"x": WEST + x * SIDE, "y": NORTH - y * SIDE, "epsg": 2154, "cote_m": side, "population": people}
    )
