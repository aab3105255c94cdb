"""Make one seamless coverage of the outlines: every commune whole, no overlap, no gap but real enclaves.

The published outlines lack eight communes and, inside merged ones, sixty-four former communes. Their
missing land is shared out after the outlines of an older release; as the two releases are generalised
differently, only the shape of the land that is missing is ever cut, never an edge that a neighbour already
has. Everything here is in metres.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoInputError
from geo.geometry import Geometries, polygonal

GAP_WIDTH_M = 300.0


def share_out(land: BaseGeometry, claims: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Part `land` between the codes that claim it, leaving nothing over.

    Each code takes what its claim covers, in the order of `claims`; every piece that no claim covers goes
    to the code it has the longest border with, else the nearest. A single claimant takes all. Codes that get nothing are left
    out.
    """
    if len(claims) == 1:
        return dict.fromkeys(claims, land)
    taken: dict[str, BaseGeometry] = {}
    rest = land
    for code, claim in claims.items():
        mine = polygonal(shapely.intersection(rest, claim))
        if not mine.is_empty:
            taken[code] = mine
            rest = polygonal(shapely.difference(rest, claim))
    if not taken:
        raise GeoInputError(f"Aucun des contours anciens de {', '.join(claims)} ne recoupe le terrain à partager.")
    extra: dict[str, list[BaseGeometry]] = {}
    for piece in shapely.get_parts(rest):
        border = {code: shapely.length(shapely.intersection(piece.boundary, s.boundary)) for code, s in taken.items()}
        if not any(border.values()):  # an island that no claim reaches
            border = {code: -shapely.distance(piece, shape) for code, shape in taken.items()}
        extra.setdefault(max(border, key=lambda code: (border[code], code)), []).append(piece)
    return {code: shapely.union_all([shape, *extra.get(code, ())]) for code, shape in taken.items()}


def coverage_holes(outlines: Sequence[BaseGeometry] | Geometries) -> Geometries:
    """Return the holes inside the union of outlines, whatever their size, largest first."""
    clean = shapely.coverage_clean(np.asarray(outlines, dtype=object), gap_width=0)
    union = shapely.coverage_union_all(clean)
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(union) for ring in part.interiors]
    return np.array(sorted(holes, key=lambda hole: -hole.area), dtype=object)


def missing_shapes(outlines: pd.Series, former: pd.Series) -> pd.Series:
    """Return the former communes (code → old shape) of which the outlines cover less than half."""
    kept = outlines.to_numpy(dtype=object)
    tree = shapely.STRtree(kept)
    missing = {}
    for code, shape in former.items():
        near = shapely.union_all(kept[tree.query(shape, predicate="intersects")])
        if shapely.difference(shape, near).area > shape.area / 2:
            missing[str(code)] = shape
    return pd.Series(missing, dtype=object)


def restore_missing(
    outlines: pd.Series, missing: pd.Series, heirs: Mapping[str, str]
) -> tuple[pd.Series, dict[str, list[str]]]:
    """Give the land of missing former communes to the communes of today that succeeded them.

    Parameters
    ----------
    outlines
        Code of today → polygon, in metres, without the land of the missing.
    missing
        Former code → its old polygon, same projection.
    heirs
        Former code → code of today.

    Returns
    -------
    tuple
        The outlines with the land added (edges still to be cleaned), and what was found: `trous`, former
        codes that showed as holes, and `bordure`, former codes on the edge of the country, which no search
        for holes can find.
    """
    added: dict[str, list[BaseGeometry]] = {}
    in_hole: set[str] = set()
    for hole in coverage_holes(outlines.to_numpy(dtype=object)):
        olds = [str(c) for c, s in missing.items() if shapely.intersection(hole, s).area > s.area / 2]
        claims = {
            h: shapely.union_all([missing[c] for c in olds if heirs[c] == h]) for h in sorted({heirs[c] for c in olds})
        }
        for heir, land in share_out(hole, claims).items() if claims else ():
            added.setdefault(heir, []).append(land)
        in_hole.update(olds)
    edge = [str(c) for c in missing.index if c not in in_hole]
    kept = outlines.to_numpy(dtype=object)
    tree = shapely.STRtree(kept)
    for code in edge:
        near = shapely.union_all(kept[tree.query(missing[code], predicate="intersects")])
        added.setdefault(heirs[code], []).append(polygonal(shapely.difference(missing[code], near)))
    whole = outlines.copy()
    for heir, lands in added.items():
        whole[heir] = shapely.union_all([outlines[heir], *lands])
    return whole, {"trous": sorted(in_hole), "bordure": sorted(edge)}


def clean_coverage(outlines: Iterable[BaseGeometry], *, gap_width_m: float = GAP_WIDTH_M) -> Geometries:
    """Make outlines a coverage: overlaps go to one side, gaps narrower than `gap_width_m` are closed.

    Raises
    ------
    GeoInputError
        When the result still has overlapping or unmatched edges, or an outline vanished.
    """
    clean = np.asarray(shapely.coverage_clean(np.array(list(outlines), dtype=object), gap_width=gap_width_m))
    check_coverage(clean)
    return clean


def check_coverage(outlines: Geometries) -> None:
    """Raise GeoInputError unless the outlines are non-empty valid polygons with matching edges (metric
    CRS)."""
    if any(g is None or g.is_empty for g in outlines) or not shapely.is_valid(outlines).all():
        raise GeoInputError("La couverture contient des contours vides ou invalides.")
    if not shapely.coverage_is_valid(outlines):
        bad = sum(not g.is_empty for g in shapely.coverage_invalid_edges(outlines))
        raise GeoInputError(f"La couverture a des bords qui ne coïncident pas ({bad} contours touchés).")


def shared_borders(outlines: Geometries, lengths_in: Geometries) -> pd.DataFrame:
    """Measure the border that each two outlines share.

    The two arrays hold the same polygons vertex for vertex: edges are matched on the first (which must be a
    clean coverage) and measured, in metres, on the second. Returns `a` < `b` (positions) and `longueur_m`.

    Raises
    ------
    GeoInputError
        When more than two outlines share a segment: the coverage is not clean.
    """
    owner, start, end = _segments(outlines)
    _, start_m, end_m = _segments(lengths_in)
    _, vertex = np.unique(np.concatenate([start, end]), axis=0, return_inverse=True)
    ends = np.sort(vertex.reshape(2, -1), axis=0)
    order = np.lexsort((owner, ends[1], ends[0]))
    same = (ends[:, order[1:]] == ends[:, order[:-1]]).all(axis=0)
    if (same[1:] & same[:-1]).any():
        raise GeoInputError("Plus de deux contours partagent un même segment : la couverture n’est pas nette.")
    left, right = order[:-1][same], order[1:][same]
    pairs = pd.DataFrame({"a": owner[left], "b": owner[right], "longueur_m": _norms(end_m[left] - start_m[left])})
    return pairs.groupby(["a", "b"])["longueur_m"].sum().reset_index()


def _norms(vectors: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.hypot(vectors[:, 0], vectors[:, 1])


def _segments(
    outlines: Geometries,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    parts, part_owner = shapely.get_parts(outlines, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, point_ring = shapely.get_coordinates(rings, return_index=True)
    inside = (point_ring[1:] == point_ring[:-1]) & (points[1:] != points[:-1]).any(axis=1)
    owner = part_owner[ring_part[point_ring[:-1][inside]]]
    return owner, points[:-1][inside], points[1:][inside]
