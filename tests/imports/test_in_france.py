"""What is in France for an official place is in France for an imported outline: overseas, just off the coast, abroad."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import GeoInputError
from geo.geometry import in_france
from geo.imports.shapes.clean import clean
from geo.imports.shapes.features import features_of
from geo.layers import outlines
from geo.sources.readers.ressources import check_points
from tests.support import real


@pytest.mark.parametrize(
    ("lon", "lat", "inside"),
    [
        (2.35, 48.86, True),  # Paris
        (9.45, 42.70, True),  # Bastia
        (-61.53, 16.24, True),  # Pointe-à-Pitre
        (-61.05, 16.31, True),  # La Désirade
        (-61.06, 14.60, True),  # Fort-de-France
        (-52.33, 4.94, True),  # Cayenne
        (55.45, -20.88, True),  # Saint-Denis de La Réunion
        (45.23, -12.78, True),  # Mamoudzou
        (-5.35, 48.46, True),  # 15 km west of Ouessant
        (2.9, 42.3, True),  # some kilometres into Spain: left to the outlines of communes
        (-5.9, 48.4, False),  # 60 km off Ouessant
        (56.3, -21.1, False),  # 50 km off La Réunion
        (45.9, -12.8, False),  # 60 km off Mayotte
        (-63.08, 18.07, False),  # Saint-Martin, a collectivity without outline here
        (-56.18, 46.78, False),  # Saint-Pierre-et-Miquelon
        (-0.13, 51.51, False),  # London
        (0.0, 0.0, False),
    ],
)
def test_a_point_is_in_france_by_both_doors_or_by_none(lon: float, lat: float, inside: bool) -> None:
    assert in_france(np.array([lon]), np.array([lat])).tolist() == [inside]
    assert _official(lon, lat) is _imported(lon, lat) is inside


def _official(lon: float, lat: float) -> bool:
    try:
        kept, notes = check_points(pd.DataFrame({"lon": [lon], "lat": [lat], "line": [2]}), file="x.csv")
    except GeoInputError:
        return False
    return len(kept) == 1 and not notes


def _imported(lon: float, lat: float) -> bool:
    square = shapely.box(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01)
    table = pd.DataFrame({"nom": ["A"]}, dtype=str)
    found = clean(features_of("x.geojson", "", table, [square], degrees=True), real.atlas())
    return len(found.places) == 1 and not found.remarks


def test_every_commune_is_in_france_with_ten_kilometres_to_spare() -> None:
    bounds = shapely.bounds(outlines(real.atlas()).to_numpy())
    for lon in (bounds[:, 0] - 0.1, bounds[:, 2] + 0.1):
        for lat in (bounds[:, 1] - 0.1, bounds[:, 3] + 0.1):
            assert in_france(lon, lat).all()
