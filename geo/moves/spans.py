"""Largest distances between inner points after each of many moves, in metres; NaN across legal projections."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.distance import cdist, pdist

from geo.arrays import Floats, Ints, Rows


def spans(located: tuple[Floats, Ints], rows: Rows, moves: Sequence[tuple[Rows, Rows]]) -> Floats:
    """Return the largest distance inside a perimeter (as it is first, then after each move: atoms added, atoms removed).

    `located` is the inner point of every atom of the country, in metres, and the EPSG code of its projection.
    """
    points, epsg = located
    found = np.empty(len(moves) + 1)
    if len(set(epsg[rows])) > 1:
        found[0] = np.nan
        found[1:] = [_afresh(points, epsg, rows, move) for move in moves]
        return found
    ends = _ends(points, rows)
    apart = cdist(points[ends], points[ends])
    found[0] = base = float(apart.max())
    far = [{int(ends[i]), int(ends[j])} for i, j in np.argwhere(apart == base) if i < j]
    held = set(ends.tolist())
    alone = _one_more(points, epsg, ends, [int(added[0]) for added, removed in moves if len(added) == 1], base)
    for i, (added, removed) in enumerate(moves, start=1):
        gone = set(removed.tolist())
        if not len(added) and any(pair.isdisjoint(gone) for pair in far):
            found[i] = base
        elif held.isdisjoint(gone):
            found[i] = alone[int(added[0])] if len(added) == 1 else _grown(points, epsg, ends, added, base)
        else:
            found[i] = _afresh(points, epsg, rows, (added, removed))
    return found


def _afresh(points: Floats, epsg: Ints, rows: Rows, move: tuple[Rows, Rows]) -> float:
    kept = np.setdiff1d(np.union1d(rows, move[0]), move[1])
    return _span(points, epsg, _ends(points, kept)) if len(set(epsg[kept])) == 1 else np.nan


def _one_more(points: Floats, epsg: Ints, ends: Rows, added: list[int], base: float) -> dict[int, float]:
    """Return the span with each of some atoms added alone to those whose outermost are `ends`."""
    if not added:
        return {}
    reach = np.maximum(base, cdist(points[added], points[ends]).max(axis=1))
    return dict(zip(added, np.where(epsg[added] == epsg[ends[0]], reach, np.nan).tolist(), strict=True))


def _grown(points: Floats, epsg: Ints, ends: Rows, added: Rows, base: float) -> float:
    """Return the span once several atoms are added to those whose outermost are `ends`; none changes nothing."""
    if not len(added):
        return base
    if np.any(epsg[added] != epsg[ends[0]]):
        return np.nan
    most = max(base, float(cdist(points[added], points[ends]).max()))
    return max(most, float(pdist(points[_ends(points, added)]).max()))


def _span(points: Floats, epsg: Ints, rows: Rows) -> float:
    if len(set(epsg[rows])) > 1:
        return np.nan
    return float(pdist(points[rows]).max()) if len(rows) > 1 else 0.0


def _ends(points: Floats, rows: Rows) -> Rows:
    """Return the atoms whose points are the corners of the hull of all: the farthest pair is among them."""
    if len(rows) < 12:
        return rows
    try:
        return rows[ConvexHull(points[rows]).vertices]
    except QhullError:  # all on one line
        return rows
