"""Zones that cut a city, measured by its IRIS: which it holds, which it cuts, and the people that this makes.

Better than an area, for people are counted there; better than squares, for a sector is drawn along IRIS as a rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.communes import Atlas, Iris
from geo.dataset import best, iris_of
from geo.geometry import Geometries
from geo.imports.shapes.crossing import Crossing
from geo.layers import coarse_members, fine_frame, piece_people, project

BORDER = 0.03  # of an IRIS: a border drawn otherwise is none of it, and all but that is the whole
PIECES = "iris"


@dataclass(frozen=True, eq=False)
class PiecesOfCities:
    """The IRIS of the communes, and where their outlines are."""

    iris: Iris

    def outlines(self, communes: Iterable[str]) -> gpd.GeoSeries:
        """Read the outlines (EPSG:4326) of the IRIS of some communes, by code."""
        path = self.iris.folder / "iris_contours.parquet"
        return gpd.read_parquet(path, filters=[("commune", "in", sorted(communes))]).set_index("iris").geometry


def load_pieces(atlas: Atlas, home: Path | None = None) -> PiecesOfCities | None:
    """Return the synchronised IRIS, None when there are none that can be read."""
    found = best("iris", lambda version: iris_of(version, atlas), [], home)
    return PiecesOfCities(found[1]) if found else None


def by_pieces(
    crossing: Crossing, shapes: Geometries, crs: Any, atlas: Atlas, pieces: PiecesOfCities
) -> tuple[Crossing, pd.DataFrame | None]:
    """Return the crossing where the communes cut by zones are measured by their IRIS, and what is known of the zones by IRIS.

    A commune without IRIS, or whose IRIS a zone hardly meets, keeps its measure.
    """
    members = crossing.members
    codes = pd.Series(atlas.codes[members["row"].to_numpy(dtype=np.intp)], index=members.index)
    cut = members[~members["whole"] & codes.isin(pieces.iris.known)]
    if cut.empty:
        return crossing, None
    communes = sorted(set(codes[cut.index]))
    land, people = pieces.outlines(communes), piece_people(pieces.iris, atlas, communes)
    held: list[tuple[int, str, float]] = []
    for (row, _), group in cut.groupby(["row", "zone"]):
        commune, zone = str(atlas.codes[row]), int(group["zone"].iat[0])
        epsg = int(atlas.table["epsg"].iat[row])
        iris = list(pieces.iris.of[commune])
        ground = shapely.make_valid(project(land.loc[iris].to_numpy(), epsg))
        drawn = shapely.make_valid(project(shapes[[zone]], epsg, source=crs))[0]
        share = shapely.area(shapely.intersection(ground, drawn)) / shapely.area(ground)
        share = np.where(share >= 1 - BORDER, 1.0, np.where(share <= BORDER, 0.0, share))
        held += [(zone, code, float(part)) for code, part in zip(iris, share, strict=True) if part]
    if not held:
        return crossing, None
    fine = fine_frame(*zip(*held, strict=True))
    found = coarse_members(fine, pieces.iris, people, atlas.row).set_index(["zone", "row"])
    keys = pd.MultiIndex.from_frame(members[["zone", "row"]])
    told = keys.isin(found.index) & ~members["whole"].to_numpy(dtype=bool)
    made = members.copy()
    mine = found.loc[keys[told]]
    made.loc[told, "whole"] = mine["whole"].to_numpy()
    made.loc[told, "inhabitants"] = mine["inhabitants"].to_numpy()
    made.loc[told, "share"] = mine["inhabitants"].to_numpy() / np.maximum(atlas.population[made.loc[told, "row"]], 1)
    made.loc[told, "method"] = PIECES
    made["estimated"] = ~made["whole"]
    made.loc[told, "estimated"] = mine["estimated"].to_numpy()
    return replace(crossing, members=made), fine
