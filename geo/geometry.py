"""Geometry shared by every package: coordinate systems, and the areas of a shape."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

Geometries = npt.NDArray[np.object_]

WGS84 = 4326


def polygonal(shape: BaseGeometry) -> BaseGeometry:
    """Keep the areas of a shape and drop the lines and points that an overlay leaves behind."""
    parts = shapely.get_parts(shape)
    flat = shapely.get_parts(parts[shapely.get_dimensions(parts) == 2])
    return shapely.union_all(flat)
