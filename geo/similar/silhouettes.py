"""The outlines of some perimeters drawn side by side at one scale, one small SVG each, for the eye: no figure comes from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo import french as fr
from geo.arrays import Rows
from geo.communes import Atlas
from geo.geometry import dissolved

LARGEST_PX = 110.0  # side of the square that holds the largest
SMALLEST_PX = 3.0  # a commune beside a département is still seen
DETAIL_PX = 0.8
UNITS = 2  # of the drawing, a pixel: whole numbers are half as long as decimals
ROUND_M = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)  # lengths that a scale bar may have


@dataclass(frozen=True)
class Silhouettes:
    """Drawings at one scale: `pictures` are SVG texts in the order asked (empty where there is no outline), `bar` the scale bar
    and `bar_text` its length."""

    pictures: tuple[str, ...]
    bar: str
    bar_text: str


def silhouettes(atlas: Atlas, sets: Sequence[Rows]) -> Silhouettes:
    """Draw sets of atoms at one scale, each in the legal projection of its first atom."""
    shapes = [_shape(atlas, rows) for rows in sets]
    sides = [max(s.bounds[2] - s.bounds[0], s.bounds[3] - s.bounds[1]) for s in shapes if s is not None]
    scale = max(sides, default=1.0) / LARGEST_PX  # metres a pixel
    length = max([m for m in ROUND_M if m / scale <= LARGEST_PX * 0.75], default=ROUND_M[0])
    drawn = tuple("" if s is None else _svg(s, scale) for s in shapes)
    return Silhouettes(drawn, _bar(length / scale), fr.kilometres(length))


def _shape(atlas: Atlas, rows: Rows) -> BaseGeometry | None:
    outlines = atlas.outlines(rows).dropna()
    if not len(outlines):
        return None
    epsg = int(atlas.table["epsg"].iat[int(rows[0])])
    projected = outlines.to_crs(epsg)
    return dissolved(np.asarray(projected.to_numpy(), dtype=object))


def _svg(shape: BaseGeometry, scale: float) -> str:
    west, south, east, north = shape.bounds
    width, height = max((east - west) / scale, SMALLEST_PX), max((north - south) / scale, SMALLEST_PX)
    simple = shapely.simplify(shape, DETAIL_PX * scale, preserve_topology=True)
    rings = [
        r for part in shapely.get_parts(simple) if part.geom_type == "Polygon" for r in (part.exterior, *part.interiors)
    ]
    path = "".join(_ring(np.asarray(ring.coords)[:, :2], west, north, scale) for ring in rings)
    wide, high = UNITS * (width + 2), UNITS * (height + 2)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + 2:.0f}" height="{height + 2:.0f}" '
        f'viewBox="{-UNITS} {-UNITS} {wide:.0f} {high:.0f}"><path d="{path}" fill="#bcd7e8" stroke="#0b5a86" stroke-width="{UNITS}" '
        f'fill-rule="evenodd"/></svg>'
    )


def _ring(points: np.ndarray, west: float, north: float, scale: float) -> str:
    xy = np.rint(UNITS * np.column_stack([points[:, 0] - west, north - points[:, 1]]) / scale).astype(int)
    steps = np.diff(xy[:-1], axis=0).tolist()  # the last point closes the ring
    return f"M{xy[0, 0]} {xy[0, 1]}l" + " ".join(f"{x} {y}" for x, y in steps if x or y) + "Z"


def _bar(width: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + 2:.0f}" height="8" viewBox="-1 0 {width + 2:.1f} 8">'
        f'<path d="M0 1V6H{width:.1f}V1" fill="none" stroke="#3a474e" stroke-width="1.2"/></svg>'
    )
