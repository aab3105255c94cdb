"""The import of polygons beside tobler: areal interpolation of the population (an extensive variable) on clean cases.

The communes are the source, the zones the target. What ours says more: it says which communes are whole and which are cut,
takes two drawings of one border for one border, spreads people by a grid where there is one, and reports overlaps.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.imports import cross
from tests.support import drawn

interpolate = pytest.importorskip(
    "tobler.area_weighted", reason="tobler is not installed: pip install -r requirements-parity.txt"
).area_interpolate
pytestmark = pytest.mark.filterwarnings("ignore")
# Corners on quarters of communes: never so near a border that ours takes it for that border.
WEST, NORTH = st.integers(0, 8).map(lambda n: n / 4), st.integers(0, 4).map(lambda n: n / 4)
SIZE = st.integers(1, 4).map(lambda n: n / 4)


def theirs(zone: shapely.Polygon) -> float:
    atlas = drawn.atlas()
    outlines = atlas.outlines().to_crs(2154)
    source = gpd.GeoDataFrame(
        {"population": atlas.population.astype(float)}, geometry=outlines.geometry.to_numpy(), crs=2154
    )
    target = gpd.GeoDataFrame(geometry=[zone], crs=2154)
    return float(
        interpolate(source, target, extensive_variables=["population"], allocate_total=False)["population"].iloc[0]
    )


@settings(max_examples=40, deadline=None)
@given(WEST, NORTH, SIZE, SIZE)
def test_inhabitants_of_a_rectangle_are_the_same(west: float, north: float, width: float, height: float) -> None:
    zone = drawn.box(west, north, west + width, north + height)
    found = cross(np.array([zone], dtype=object), drawn.atlas(), crs=2154)
    assert found.members["inhabitants"].sum() == pytest.approx(theirs(zone), rel=2e-3)


def test_only_ours_takes_a_border_drawn_otherwise_for_the_border() -> None:
    zone = drawn.box(0.0, 0.0, 1.004, 1.0)  # eight metres into the next commune
    found = cross(np.array([zone], dtype=object), drawn.atlas(), crs=2154)
    assert found.members["row"].tolist() == [0] and found.members["whole"].all()
    assert found.members["inhabitants"].sum() == 100 < theirs(zone)
