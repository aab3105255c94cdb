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
    ends = _ends(points, rows)
    base = _span(points, epsg, ends) if len(set(epsg[rows])) == 1 else np.nan
    found = np.empty(len(moves) + 1)
    found[0] = base
    held = set(ends.tolist())
    single = len(set(epsg[rows])) == 1
    for i, (added, removed) in enumerate(moves, start=1):
        if not single:
            kept = np.setdiff1d(np.union1d(rows, added), removed)
            found[i] = _span(points, epsg, _ends(points, kept)) if len(set(epsg[kept])) == 1 else np.nan
        elif held.isdisjoint(removed.tolist()):
            found[i] = _grown(points, epsg, ends, added, base)
        else:
            kept = np.setdiff1d(np.union1d(rows, added), removed)
            found[i] = _span(points, epsg, _ends(points, kept))
    return found


def _grown(points: Floats, epsg: Ints, ends: Rows, added: Rows, base: float) -> float:
    """Return the span once atoms are added to those whose outermost are `ends`."""
    if not len(added):
        return base
    if np.any(epsg[added] != epsg[ends[0]]):
        return np.nan
    most = max(base, float(cdist(points[added], points[ends]).max()))
    return max(most, float(pdist(points[_ends(points, added)]).max())) if len(added) > 1 else most


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
