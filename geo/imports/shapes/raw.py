"""A layer as a spatial file gives it, before anything is understood: attributes as text, shapes in the file's own projection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely
from pyproj.exceptions import CRSError

from geo.errors import GeoInputError
from geo.geometry import Geometries

_AUTHORITY = re.compile(
    r"(?:urn:ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?(EPSG|OGC|IGNF)(?:[:/][\d.]*)?[:/](\w+)", re.IGNORECASE
)
SHAPE_ERRORS = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, shapely.errors.ShapelyError)


@dataclass(frozen=True, eq=False)
class RawLayer:
    """One layer of a file.

    `table` holds the attributes as text ("" where absent), `shapes` the geometries (None where there is none), `lines` the
    number of each feature in its file, from 1. `unreadable` gives, by number, why a geometry could not be read. `crs` is
    None when the file does not name it; `degrees` tells that its format then means WGS84. `notes` say what was mended.
    """

    name: str
    table: pd.DataFrame
    shapes: Geometries
    lines: npt.NDArray[np.intp]
    crs: pyproj.CRS | None
    degrees: bool = False
    notes: tuple[str, ...] = ()
    unreadable: Mapping[int, str] = field(default_factory=dict)


def named_crs(text: str, file: str) -> pyproj.CRS:
    """Return the projection that a name of an authority stands for; nothing is looked up outside, no link followed.

    Raises
    ------
    GeoInputError
        When the name is not one of EPSG, OGC or IGNF, or is unknown.
    """
    found = _AUTHORITY.fullmatch(text.strip())
    try:
        if found:
            return pyproj.CRS.from_authority(found[1].upper(), found[2])
    except CRSError:
        pass
    raise GeoInputError(
        f"{file} : projection « {text.strip()[:60]} » inconnue ; exportez le fichier en WGS84 (EPSG:4326) ou en Lambert-93 "
        "(EPSG:2154)."
    )


def shape_array(shapes: list[object]) -> Geometries:
    """Return shapes as an array of objects, whatever they are."""
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def text_of(value: object) -> str:
    """Return an attribute as one line of text: no « .0 » after a whole number, "" for what is absent."""
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, (float, np.floating)) and float(value).is_integer() and abs(float(value)) < 1e15:
        return str(int(value))
    return " ".join(str(value).replace("\x00", "").split())
