"""Points of published files: coordinates that are finite, in France, and the right way round."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.french import count, listing
from geo.readers_codes import SHOWN, TOLERATED, refused

MARGIN_DEGREES = 0.6
Floats = npt.NDArray[np.float64]


def in_france(lon: Floats, lat: Floats, atlas: Atlas) -> npt.NDArray[np.bool_]:
    """Tell whether points are near a French territory: inside the box of one of the legal projections, widely drawn."""
    inside = np.zeros(len(lon), dtype=bool)
    for _, group in atlas.table.groupby(["epsg", atlas.table["departement"].where(atlas.table["epsg"] == 5490, "")]):
        west, east = group["lon"].min() - MARGIN_DEGREES, group["lon"].max() + MARGIN_DEGREES
        south, north = group["lat"].min() - MARGIN_DEGREES, group["lat"].max() + MARGIN_DEGREES
        inside |= (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
    return inside


def check_points(places: pd.DataFrame, atlas: Atlas, *, file: str) -> tuple[pd.DataFrame, list[str]]:
    """Put swapped latitudes and longitudes right, blank what is no number, refuse what is outside France.

    `places` has `lon`, `lat`, `line` and may have `code`, the commune: a place without coordinates is kept when it has one.

    Raises
    ------
    GeoInputError
        When 1 % of the rows or more are outside France; fewer are left out and named.
    """
    places = places.copy()
    lon, lat = places["lon"].to_numpy(dtype=float), places["lat"].to_numpy(dtype=float)
    finite = np.isfinite(lon) & np.isfinite(lat)
    lon, lat = np.where(finite, lon, np.nan), np.where(finite, lat, np.nan)
    good = in_france(lon, lat, atlas)
    swapped = finite & ~good & in_france(lat, lon, atlas)
    places["lon"], places["lat"] = np.where(swapped, lat, lon), np.where(swapped, lon, lat)
    notes = []
    if swapped.any():
        notes.append(
            f"{file} : latitude et longitude inversées sur {count(int(swapped.sum()), 'ligne')}, remises en ordre."
        )
    if (~finite).any():
        notes.append(
            f"{file} : {count(int((~finite).sum()), 'lieu', 'lieux')} sans coordonnées, situés par leur seule commune."
        )
    outside = finite & ~good & ~swapped
    problems = [f"{file}, ligne {line} : le point {y:.5f}, {x:.5f} (latitude, longitude) est hors de France."
                for line, x, y in zip(places["line"][outside], lon[outside], lat[outside], strict=True)]  # fmt: skip
    if problems and len(problems) >= TOLERATED * len(places):
        raise GeoInputError(refused(problems, file))
    if problems:
        notes.append(f"{count(len(problems), 'ligne refusée', 'lignes refusées')}. {listing(problems, SHOWN)}")
    return places[~outside], notes
