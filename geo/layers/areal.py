"""Outlines of published files against the communes: valid areas, shares by area, communes of points.

Areas and distances are taken in metres in the legal projection of each commune; degrees only serve to find which
communes are worth comparing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.communes import Atlas
from geo.geometry import WGS84, polygonal
from geo.kept import kept_on_subject

SLIVER = 0.01
# Part of its people, as counted today, that a population grid must hold to be followed there; an older grid has fewer.
GRID_COMPLETE = 0.6
Shapes = npt.NDArray[np.object_]


@kept_on_subject
def outlines(atlas: Atlas) -> gpd.GeoSeries:
    """Return the outlines of the atoms in atom order, in EPSG:4326."""
    return atlas.outlines()


@kept_on_subject
def _tree(atlas: Atlas) -> shapely.STRtree:
    return shapely.STRtree(outlines(atlas).to_numpy())


def repair_areas(shapes: Shapes) -> tuple[Shapes, int, int]:
    """Make areas valid and drop the lines and points that this leaves; return them, how many were repaired, how many emptied.

    A shape of which no area is left becomes None.
    """
    made = np.asarray(shapes, dtype=object).copy()
    present = ~shapely.is_missing(made)
    sick = present & (~shapely.is_valid(made) | (shapely.get_dimensions(made) != 2) | (shapely.get_type_id(made) == 7))
    for place in np.flatnonzero(sick):
        made[place] = polygonal(shapely.make_valid(made[place]))
    empty = shapely.is_missing(made) | shapely.is_empty(made)
    made[empty] = None
    return made, int((sick & ~empty).sum()), int(empty.sum())


def project(shapes: Shapes, epsg: int, *, source: Any = WGS84) -> Shapes:
    """Move shapes from a projection (what pyproj understands as one) to another."""
    return np.asarray(gpd.GeoSeries(list(shapes), crs=source).to_crs(epsg).to_numpy(), dtype=object)


def areas_inside(
    shapes: Mapping[str, BaseGeometry], candidates: Mapping[str, Sequence[str]], atlas: Atlas
) -> pd.DataFrame:
    """Measure how much of each shape (EPSG:4326) lies in each of its candidate atoms.

    Returns
    -------
    pandas.DataFrame
        `code` (of the shape), `atom`, `area_m2` (of what is in common), `atom_area_m2` (of the atom, same outline); one row
        a pair that has an area in common.
    """
    pairs = [(code, atom) for code, atoms in candidates.items() if code in shapes for atom in atoms]
    table = pd.DataFrame(pairs, columns=["code", "atom"])
    if table.empty:
        return table.assign(area_m2=[], atom_area_m2=[])
    table["epsg"] = atlas.table["epsg"].to_numpy()[[atlas.row[atom] for atom in table["atom"]]]
    pieces = [_areas(group.copy(), int(epsg), shapes, atlas) for epsg, group in table.groupby("epsg")]
    found = pd.concat(pieces).sort_index()
    return found[found["area_m2"] > 0].drop(columns="epsg").reset_index(drop=True)


def _areas(pairs: pd.DataFrame, epsg: int, shapes: Mapping[str, BaseGeometry], atlas: Atlas) -> pd.DataFrame:
    codes, which = np.unique(pairs["code"].to_numpy(dtype=object), return_inverse=True)
    atoms, where = np.unique(pairs["atom"].to_numpy(dtype=object), return_inverse=True)
    drawn = project(np.array([shapes[c] for c in codes], dtype=object), epsg)
    land = project(outlines(atlas).loc[list(atoms)].to_numpy(), epsg)
    drawn, land = (shapely.make_valid(s) for s in (drawn, land))
    common = shapely.area(shapely.intersection(drawn[which], land[where]))
    return pairs.assign(area_m2=common, atom_area_m2=shapely.area(land)[where])


def touching(shapes: Mapping[str, BaseGeometry], atlas: Atlas) -> dict[str, tuple[str, ...]]:
    """Return the atoms that each shape meets."""
    codes = list(shapes)
    left, right = _tree(atlas).query(np.array([shapes[c] for c in codes], dtype=object), predicate="intersects")
    met: dict[str, list[str]] = {code: [] for code in codes}
    for shape, atom in zip(left, right, strict=True):
        met[codes[shape]].append(str(atlas.codes[atom]))
    return {code: tuple(sorted(atoms)) for code, atoms in met.items()}


def shares(areas: pd.DataFrame) -> pd.DataFrame:
    """Turn areas into parts of each shape: slivers under 1 % are dropped, the rest is brought back to 1.

    Returns `code`, `atom`, `part`, in the order of codes and atoms.
    """
    part = areas["area_m2"] / areas.groupby("code")["area_m2"].transform("sum")
    kept = areas.loc[part >= SLIVER, ["code", "atom"]].assign(part=part)
    kept["part"] /= kept.groupby("code")["part"].transform("sum")
    return kept.sort_values(["code", "atom"]).reset_index(drop=True)


def atoms_of_points(coordinates: npt.NDArray[np.float64], atlas: Atlas) -> list[str]:
    """Return the atom that each point (longitude, latitude) is in, "" outside all; the first code on a border."""
    points = shapely.points(coordinates)
    found = [""] * len(points)
    at, atom = _tree(atlas).query(points, predicate="intersects")
    for point, row in sorted(zip(at.tolist(), atom.tolist(), strict=True), reverse=True):
        found[point] = str(atlas.codes[row])
    return found


def locate(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], atlas: Atlas, *, within_m: float = 2000.0
) -> list[str]:
    """Return the atom that each point is in, or the nearest one within `within_m` (coasts are generalised), else ""."""
    points = shapely.points(lon, lat)
    found = atoms_of_points(np.column_stack([lon, lat]), atlas)
    lost = [i for i, code in enumerate(found) if not code]
    if lost:
        near = _tree(atlas).nearest(points[lost])
        gaps = distances(lon[lost], lat[lost], [str(atlas.codes[row]) for row in near], atlas)
        for i, row, gap in zip(lost, near, gaps, strict=True):
            found[i] = str(atlas.codes[row]) if gap <= within_m else ""
    return found


def distances(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], atoms: Sequence[str], atlas: Atlas
) -> npt.NDArray[np.float64]:
    """Return the distance in metres from each point to the outline of its atom, 0 inside."""
    epsg = atlas.table["epsg"].to_numpy()[[atlas.row[atom] for atom in atoms]]
    points, land = shapely.points(lon, lat), outlines(atlas).loc[list(atoms)].to_numpy()
    gap = np.full(len(points), np.inf)
    for code in np.unique(epsg):
        here = epsg == code
        with np.errstate(invalid="ignore"):
            gap[here] = shapely.distance(project(points[here], int(code)), project(land[here], int(code)))
    return np.where(np.isfinite(gap), gap, np.inf)
