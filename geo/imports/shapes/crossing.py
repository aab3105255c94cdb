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
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geo.arrays import Bools, Floats
from geo.communes import Atlas
from geo.geometry import WGS84, Geometries, polygonal
from geo.imports.draft import Progress
from geo.imports.shapes.squares import Squares, people_shares
from geo.layers import SLIVER, outlines, project

# A border drawn elsewhere: at most this share of the commune on the wrong side, and none of it farther from the border than
# the lesser of a distance and a part of the commune's width. Measured on EPCI outlines (tests/imports/test_import_crosswalk.py).
SHARE_TOLERANCE = 0.10
DISTANCE_M = 300.0
WIDTH_PART = 0.10
MAIN_PART = 0.10  # a piece that is as much of its zone is no sliver, however small in its commune: quarters are such
_BATCH = 1000
Told = Callable[[float], None]
LONGEST_DEGREES = 0.05  # past this, an edge straight in degrees is not straight in metres
COMMUNES, SQUARES, AREA = "communes", "carreaux", "surface"
HALF = 0.5
EXACT = 1e-9


@dataclass(frozen=True, eq=False)
class ProjectedCommunes:
    """Communes of one projection: their rows in the atlas, and their outlines."""

    rows: npt.NDArray[np.intp]
    shapes: Geometries
    epsg: int


def nothing() -> pd.DataFrame:
    """Return the table of `meet` without a row."""
    kinds = {"zone": np.intp, "row": np.intp, "share": float, "covered": bool, "border": bool, "common": float,
             "epsg": int, "piece": object, "land": object}  # fmt: skip
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in kinds.items()})


def meet(ground: ProjectedCommunes, zones: npt.NDArray[np.intp], drawn: Geometries, tell: Told) -> pd.DataFrame:
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
    ground: ProjectedCommunes,
    drawn: Geometries,
    zone: npt.NDArray[np.intp],
    place: npt.NDArray[np.intp],
    asked: Bools,
    tell: Told,
) -> tuple[Bools, Bools]:
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


def _judge(drawn: Geometries, land: Geometries, share: Floats) -> tuple[Bools, Bools]:
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


@dataclass(frozen=True, eq=False)
class Crossing:
    """Zones as communes.

    `members` has a row for each zone and atom kept: zone (position), row (in the atlas), whole, share (of the commune's
    inhabitants, 0 to 1), inhabitants (exact where whole, else an estimate), method (« communes », « carreaux » or
    « surface »). `slivers` are the pieces dropped, where they had to be measured: zone, row, share (of the commune's area), border
    (True where they are the border drawn otherwise). `overlapping` are the rows of the communes where zones lie on one another for more than
    1 %. `inside` is the part of each zone's area that lies in communes; 0 is a zone outside France.
    """

    members: pd.DataFrame
    slivers: pd.DataFrame
    overlapping: tuple[int, ...]
    inside: npt.NDArray[np.float64]

    @property
    def exact(self) -> npt.NDArray[np.bool_]:
        """Whether each zone is made of whole communes only."""
        found = np.zeros(len(self.inside), dtype=bool)
        found[self.members["zone"].to_numpy(dtype=np.intp)] = True
        found[self.members.loc[~self.members["whole"], "zone"].to_numpy(dtype=np.intp)] = False
        return found


def cross(
    shapes: Geometries,
    atlas: Atlas,
    *,
    crs: Any = WGS84,
    squares: Squares | None = None,
    whole_communes: bool = False,
    progress: Progress | None = None,
) -> Crossing:
    """Bring valid areas, in any projection, to the communes of the atlas.

    `whole_communes` states that the zones are made of whole communes, coarsely drawn: a commune is then in the zones that
    hold more than half of it, whole, and in no other.
    """
    tell = progress or (lambda _share, _text: None)
    parts, owner = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
    degrees = project(parts, WGS84, source=crs)
    land = outlines(atlas).to_numpy()
    part, row = shapely.STRtree(land).query(degrees)
    epsg = atlas.table["epsg"].to_numpy()
    areas = np.zeros(len(shapes))
    pieces: list[pd.DataFrame] = []
    codes, near = np.unique(epsg[row], return_counts=True)
    done = 0.0
    for code, weight in zip(codes, near / max(len(row), 1), strict=True):
        here = epsg[row] == code
        mine = np.unique(part[here])
        zones, drawn = _zones(parts[mine], owner[mine], int(code), crs)
        areas[zones] += shapely.area(drawn)
        rows = np.unique(row[here])
        ground = ProjectedCommunes(rows, _valid(project(land[rows], int(code))), int(code))
        pieces.append(meet(ground, zones, drawn, _share_of(tell, done, weight)))
        done += weight
    found = pd.concat(pieces, ignore_index=True) if pieces else nothing()
    if whole_communes:
        found["covered"] |= found["share"] > HALF
        found["border"] = ~found["covered"]
    return _settle(
        found, areas, atlas, None if whole_communes else squares, tell, main_part=2.0 if whole_communes else MAIN_PART
    )


def _share_of(tell: Progress, done: float, weight: float) -> Callable[[float], None]:
    return lambda part: tell(0.9 * min(done + weight * part, 1.0), "Comparaison des contours aux communes")


def _zones(parts: Geometries, owner: npt.NDArray[np.intp], epsg: int, crs: Any) -> tuple[npt.NDArray[Any], Geometries]:
    """Gather in metres the parts of each zone that are near one projection's communes."""
    if pyproj.CRS.from_user_input(crs).is_geographic:
        parts = shapely.segmentize(parts, LONGEST_DEGREES)
    moved = _valid(project(parts, epsg, source=crs))
    order = np.argsort(owner, kind="stable")
    zones, start = np.unique(owner[order], return_index=True)
    groups = np.split(moved[order], start[1:])
    return zones, np.array([g[0] if len(g) == 1 else polygonal(shapely.union_all(g)) for g in groups], dtype=object)


def _valid(shapes: Geometries) -> Geometries:
    sick = ~shapely.is_valid(shapes)
    if sick.any():
        shapes = shapes.copy()
        shapes[sick] = [polygonal(s) for s in shapely.make_valid(shapes[sick])]
    return shapes


def _settle(
    found: pd.DataFrame,
    areas: npt.NDArray[np.float64],
    atlas: Atlas,
    squares: Squares | None,
    tell: Progress,
    *,
    main_part: float,
) -> Crossing:
    zone = found["zone"].to_numpy(dtype=np.intp)
    common = found["common"].to_numpy(dtype=float)
    inside = np.bincount(zone, weights=common, minlength=len(areas)).astype(np.float64)
    inside = np.minimum(np.divide(inside, areas, out=np.zeros(len(areas)), where=areas > 0), 1.0)
    main = common >= main_part * areas[zone]
    small = ~found["covered"] & ~main & (found["border"] | (found["share"] < SLIVER))
    slivers = found.loc[small, ["zone", "row", "share", "border"]].reset_index(drop=True)
    kept, overlapping = _bring_to_one(found[~small].copy(), found.groupby("row")["share"].sum())
    tell(0.92, "Habitants des communes coupées")
    kept = _people(kept, atlas, squares)
    tell(1.0, "Territoires comparés aux communes")
    columns = ["zone", "row", "whole", "share", "inhabitants", "method"]
    members = kept[columns].sort_values(["zone", "row"], ignore_index=True)
    members = members.astype({"zone": np.intp, "row": np.intp, "whole": bool, "share": float, "inhabitants": float})
    return Crossing(members, slivers, overlapping, inside)


def _bring_to_one(kept: pd.DataFrame, covered: pd.Series[float]) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """Give what slivers took back to the zones that stay, and find the communes where zones really overlap.

    `covered` is how much of each commune all the pieces cover, added up. Where they fill it within 1 % and do not lie on one
    another, the shares kept are brought to 1, and a zone left alone holds the commune whole. Everywhere else a
    zone keeps its own share: zones that overlap both hold the same people.
    """
    kept["covered"] &= (kept["share"] >= 1 - EXACT) | ~kept["row"].isin(_contested(kept))
    kept["share"] = np.where(kept["covered"], 1.0, kept["share"])
    held = kept.groupby("row")["covered"].transform("any")
    overlapping = _overlapping(kept)
    kept["filled"] = (kept["row"].map(covered) >= 1 - SLIVER) & ~held & ~kept["row"].isin(overlapping)
    total = kept.groupby("row")["share"].transform("sum")
    kept["share"] = np.where(kept["filled"], kept["share"] / total, kept["share"])
    kept["whole"] = kept["covered"] | (kept["filled"] & (kept["share"] >= 1 - EXACT))
    return kept, tuple(sorted(int(row) for row in overlapping))


def _contested(kept: pd.DataFrame) -> set[int]:
    """Return the rows of the communes held within tolerance, but where another territory has its place in what is missing.

    Within tolerance is whole otherwise, also under a territory that lies on top of it.
    """
    some = kept.groupby("row")["covered"]
    mixed = kept[some.transform("any") & ~some.transform("all")]
    found: set[int] = set()
    for row, group in mixed.groupby("row"):
        pieces, held = group["piece"].to_numpy(dtype=object), group["covered"].to_numpy(dtype=bool)
        on_top = shapely.area(shapely.intersection(pieces[~held], shapely.union_all(pieces[held])))
        if (on_top < HALF * shapely.area(pieces[~held])).any():
            found.add(int(str(row)))
    return found


def _overlapping(kept: pd.DataFrame) -> set[int]:
    """Return the rows of the communes of which more than 1 % lies in several zones, or a zone lies on one that is whole."""
    ordered = kept[kept.groupby("row")["row"].transform("size") > 1].sort_values("row", kind="stable")
    found: set[int] = set()
    rows, start = np.unique(ordered["row"].to_numpy(), return_index=True)
    pieces, common = ordered["piece"].to_numpy(dtype=object), ordered["common"].to_numpy(dtype=float)
    share, covered = ordered["share"].to_numpy(dtype=float), ordered["covered"].to_numpy(dtype=bool)
    land = shapely.area(ordered["land"].to_numpy(dtype=object))
    ends = np.append(start[1:], len(ordered))
    pair = start[ends - start == 2]
    in_pairs = dict(zip(pair, shapely.area(shapely.intersection(pieces[pair], pieces[pair + 1])), strict=True))
    for row, place in zip(rows, map(np.arange, start, ends), strict=True):
        if covered[place].any():
            twice = share[place].sum() - 1.0
        elif len(place) == 2:
            twice = in_pairs[place[0]] / land[place[0]]
        else:
            twice = (common[place].sum() - shapely.area(shapely.union_all(pieces[place]))) / land[place[0]]
        if twice > (EXACT if covered[place].any() else SLIVER):
            found.add(int(row))
    return found


def _people(kept: pd.DataFrame, atlas: Atlas, squares: Squares | None) -> pd.DataFrame:
    """Give each piece its share of inhabitants: all where the commune is whole, by the best support otherwise."""
    population = atlas.population[kept["row"].to_numpy(dtype=np.intp)].astype(float)
    whole = kept["whole"].to_numpy(dtype=bool)
    share = np.where(whole, 1.0, np.minimum(kept["share"], 1.0))
    method = np.where(whole, COMMUNES, AREA).astype(object)
    cut = np.flatnonzero(~whole)
    if squares is not None and len(cut):
        told = _by_squares(kept.iloc[cut], population[cut], squares)
        known = ~np.isnan(told)
        share[cut[known]], method[cut[known]] = told[known], SQUARES
    return kept.assign(share=share, method=method, inhabitants=share * population)


def _by_squares(cut: pd.DataFrame, population: npt.NDArray[np.float64], squares: Squares) -> npt.NDArray[np.float64]:
    """Return the share of its commune's people in each piece, NaN where the grid does not say."""
    told = np.full(len(cut), np.nan)
    row, pieces, land = cut["row"].to_numpy(), cut["piece"].to_numpy(dtype=object), cut["land"].to_numpy(dtype=object)
    for epsg in cut["epsg"].unique():
        here = np.flatnonzero(cut["epsg"] == epsg)
        _, first, owner = np.unique(row[here], return_index=True, return_inverse=True)
        first = here[first]
        told[here] = people_shares(squares, int(epsg), pieces[here], owner, land[first], population[first])
    filled = cut["filled"].to_numpy(dtype=bool)
    total = pd.Series(told).groupby(row).transform("sum").to_numpy()
    told[filled & (total == 0)] = np.nan  # all its people are in what was dropped: the area is left
    return np.divide(told, total, out=told, where=filled & (total > 0))
