"""Polygons to communes: hand answers on square communes, what must hold for any polygon, and real outlines drawn otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from geo.imports import cross
from geo.imports.shapes.crossing import Crossing
from geo.imports.shapes.squares import Squares
from geo.paths import ROOT
from tests.support import drawn, real
from tests.support.drawn import SIDE, box

MIRROR = ROOT.parent / "shared" / "data" / "mirror"


def _cross(*shapes: shapely.Geometry, squares: Squares | None = None, **options: bool) -> Crossing:
    return cross(np.array(shapes, dtype=object), drawn.atlas(), crs=2154, squares=squares, **options)


def _members(crossing: Crossing, zone: int = 0) -> dict[str, tuple[bool, float]]:
    """Return code → (whole, inhabitants) of a zone."""
    mine = crossing.members[crossing.members["zone"] == zone]
    codes = drawn.atlas().codes[mine["row"]]
    return {
        str(c): (bool(w), round(float(n), 6)) for c, w, n in zip(codes, mine["whole"], mine["inhabitants"], strict=True)
    }


def test_a_polygon_along_the_borders_is_whole_communes_and_exact() -> None:
    found = _cross(box(0, 0, 2, 1))
    assert _members(found) == {"01001": (True, 100), "01002": (True, 200)}
    assert found.exact.all()
    assert set(found.members["method"]) == {"communes"}
    assert found.slivers.empty


@pytest.mark.parametrize("shift", [-0.04, 0.04])  # 80 m on a commune of 2 km: under 10 % of the width and of the area
def test_a_border_drawn_a_little_aside_is_the_border(shift: float) -> None:
    found = _cross(box(0, 0, 2 + shift, 1 + shift))
    assert _members(found) == {"01001": (True, 100), "01002": (True, 200)}
    assert found.exact.all()


def test_the_strip_of_a_neighbour_is_listed_as_a_border_drawn_otherwise() -> None:
    found = _cross(box(0, 0, 1.04, 1))
    assert _members(found) == {"01001": (True, 100)}
    assert found.slivers["border"].tolist() == [True]
    assert found.slivers["share"].tolist() == pytest.approx([0.04])


def test_a_commune_cut_in_two_is_shared_by_area_and_never_whole() -> None:
    found = _cross(box(0, 0, 0.25, 1), box(0.25, 0, 1, 1))
    assert _members(found, 0) == {"01001": (False, 25)}
    assert _members(found, 1) == {"01001": (False, 75)}
    assert set(found.members["method"]) == {"surface"}
    assert not found.exact.any()


def test_as_small_a_share_is_a_cut_when_it_goes_deep_into_the_commune() -> None:
    # 6 % of the commune in a wedge that reaches its middle: too far from the border to be a drawing error.
    wedge = box(0, 0.44, 0.5, 0.56)
    found = _cross(box(0, 0, 1, 1).difference(wedge))
    assert _members(found) == {"01001": (False, 94)}


def test_a_strip_along_the_border_is_a_cut_when_it_is_a_large_share() -> None:
    found = _cross(box(0, 0, 0.88, 1))
    assert _members(found) == {"01001": (False, 88)}


def test_slivers_under_one_percent_are_dropped_and_listed() -> None:
    spike = shapely.Polygon([(drawn.WEST + 2000, drawn.NORTH - 900), (drawn.WEST + 2700, drawn.NORTH - 950),
                             (drawn.WEST + 2000, drawn.NORTH - 1000)])  # fmt: skip
    found = _cross(shapely.union(box(0, 0, 1, 1), spike))
    assert _members(found) == {"01001": (True, 100)}
    assert found.slivers["border"].tolist() == [False]
    assert found.slivers["share"].iat[0] == pytest.approx(700 * 100 / 2 / SIDE**2)


def test_a_quarter_of_less_than_one_percent_is_no_sliver_when_it_is_the_whole_territory() -> None:
    found = _cross(box(0.5, 0.5, 0.55, 0.55))
    assert _members(found) == {"01001": (False, 0.25)}


def test_what_slivers_leave_goes_to_the_zones_that_stay() -> None:
    # Two halves with a gap of 0.5 % between them: together they hold the commune, and its 100 inhabitants.
    found = _cross(box(0, 0, 0.4975, 1), box(0.5025, 0, 1, 1))
    assert _members(found, 0) == {"01001": (False, 50)}
    assert _members(found, 1) == {"01001": (False, 50)}


def test_a_thin_territory_along_a_border_is_not_swallowed_by_its_neighbour() -> None:
    # 5 % of the commune, within the tolerance, but it is all there is of the first territory.
    found = _cross(box(0, 0, 0.05, 1), box(0.05, 0, 1, 1))
    assert (_members(found, 0), _members(found, 1)) == ({"01001": (False, 5)}, {"01001": (False, 95)})


def test_a_commune_held_within_tolerance_stays_whole_under_a_territory_that_lies_on_top() -> None:
    found = _cross(box(0, 0, 0.96, 1), box(0, 0, 0.5, 1))
    assert (_members(found, 0), _members(found, 1)) == ({"01001": (True, 100)}, {"01001": (False, 50)})
    assert found.overlapping == (0,)


def test_a_real_gap_stays_a_gap() -> None:
    found = _cross(box(0, 0, 0.3, 1), box(0.7, 0, 1, 1))
    assert (_members(found, 0), _members(found, 1)) == ({"01001": (False, 30)}, {"01001": (False, 30)})
    assert found.overlapping == ()


def test_zones_that_overlap_a_little_share_the_commune_and_those_that_really_overlap_are_told() -> None:
    little = _cross(box(0, 0, 0.502, 1), box(0.498, 0, 1, 1))
    assert sum(n for zone in (0, 1) for _, n in _members(little, zone).values()) == pytest.approx(100)
    assert little.overlapping == ()
    much = _cross(box(0, 0, 0.7, 1), box(0.4, 0, 1, 1))
    assert (_members(much, 0), _members(much, 1)) == ({"01001": (False, 70)}, {"01001": (False, 60)})
    assert much.overlapping == (0,)
    both = _cross(box(0, 0, 1, 1), box(0, 0, 1, 2))
    assert both.overlapping == (0,)
    assert both.exact.all()


def test_squares_tell_where_people_live() -> None:
    # All the people of 01001 in its eastern fifth, of 01002 in its west: area would say 50 and 100.
    grid = Squares(drawn.squares([(0.85, 0.5, 60), (0.95, 0.5, 30), (1.05, 0.5, 200), (2.5, 0.5, 1)]), "2021")
    found = _cross(box(0.5, 0, 1.5, 1), squares=grid)
    assert _members(found) == {"01001": (False, 100), "01002": (False, 200)}
    assert set(found.members["method"]) == {"carreaux"}


def test_a_commune_that_the_grid_hardly_knows_is_shared_by_area() -> None:
    grid = Squares(drawn.squares([(0.85, 0.5, 5), (1.05, 0.5, 200)]), "2021")
    found = _cross(box(0.5, 0, 1.5, 1), squares=grid)
    assert _members(found) == {"01001": (False, 50), "01002": (False, 200)}
    assert set(found.members["method"]) == {"carreaux", "surface"}


def test_a_large_square_is_spread_over_the_land_it_covers() -> None:
    # One square of 1 km, in the middle of 01001 (2 km): the western half of the commune has half of its people.
    grid = Squares(drawn.squares([(0.5, 0.5, 100)], side=1000))
    west = _members(_cross(box(0, 0, 0.4, 1), squares=grid))
    assert west == {"01001": (False, pytest.approx(40))}  # two of its five columns of points


def test_squares_keep_the_total_of_a_commune_shared_out() -> None:
    grid = Squares(drawn.squares([(0.2, 0.5, 30), (0.6, 0.5, 50), (0.9, 0.2, 10)]))
    found = _cross(box(0, 0, 0.5, 1), box(0.5, 0, 1, 1), squares=grid)
    assert found.members["inhabitants"].sum() == pytest.approx(100)
    assert _members(found, 0)["01001"][1] == pytest.approx(100 * 30 / 90)


def test_stated_whole_communes_go_to_the_zone_that_holds_more_than_half() -> None:
    found = _cross(box(0, 0, 1.4, 1), box(1.4, 0, 3, 1), whole_communes=True)
    assert _members(found, 0) == {"01001": (True, 100)}
    assert _members(found, 1) == {"01002": (True, 200), "01003": (True, 300)}


def test_a_zone_at_sea_has_no_commune_and_none_of_its_area_inside() -> None:
    found = _cross(box(40, 40, 41, 41), box(0, 0, 1, 1))
    assert found.members["zone"].unique().tolist() == [1]
    assert found.inside.tolist() == [0, pytest.approx(1)]
    half = _cross(box(-1, 0, 1, 1))
    assert half.inside[0] == pytest.approx(0.5)


def test_degrees_and_metres_give_the_same_communes() -> None:
    shapes = gpd.GeoSeries([box(0, 0, 1.3, 1), box(1.3, 0, 3, 2)], crs=2154)
    metres = cross(shapes.to_numpy(), drawn.atlas(), crs=2154)
    degrees = cross(shapes.to_crs(4326).to_numpy(), drawn.atlas(), crs=4326)
    mercator = cross(shapes.to_crs(3857).to_numpy(), drawn.atlas(), crs=3857)
    for other in (degrees, mercator):
        assert other.members[["zone", "row", "whole"]].equals(metres.members[["zone", "row", "whole"]])
        assert other.members["inhabitants"].to_numpy() == pytest.approx(
            metres.members["inhabitants"].to_numpy(), rel=1e-3
        )


def test_progress_goes_up_to_the_end() -> None:
    seen: list[float] = []
    shapes = np.array([box(0, 0, 1, 1), box(1, 0, 2, 1)], dtype=object)
    cross(shapes, drawn.atlas(), crs=2154, progress=lambda done, _text: seen.append(done))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert len(seen) >= 3


CUTS = st.lists(st.floats(0.02, 2.98), min_size=1, max_size=4, unique_by=lambda x: round(x, 1))


@given(CUTS, st.sampled_from([0.0, 37.0, -12.5]), st.booleans())
def test_a_partition_keeps_the_people_of_every_commune(cuts: list[float], slope: float, gridded: bool) -> None:
    """Stripes with slanting edges that cover the country: each commune's inhabitants are shared out, none lost or made."""
    edges = sorted({0.0, *cuts, 3.0})
    lean = slope / SIDE
    stripes = [
        shapely.Polygon([
            (drawn.WEST + (w if w == 0 else w + lean) * SIDE, drawn.NORTH), (drawn.WEST + (e if e == 3 else e + lean) * SIDE, drawn.NORTH),
            (drawn.WEST + (e if e == 3 else e - lean) * SIDE, drawn.NORTH - 2 * SIDE),
            (drawn.WEST + (w if w == 0 else w - lean) * SIDE, drawn.NORTH - 2 * SIDE),
        ])
        for w, e in pairwise(edges)
    ]  # fmt: skip
    cells = [(i / 5 + 0.1, j / 5 + 0.1, 20.0) for i in range(15) for j in range(10)]
    found = _cross(*stripes, squares=Squares(drawn.squares(cells)) if gridded else None)
    _check(found)
    people = found.members.groupby("row")["inhabitants"].sum()
    assert people.to_numpy() == pytest.approx(drawn.atlas().population[people.index.to_numpy()])
    assert len(people) == 6
    assert found.overlapping == ()


def test_a_small_territory_on_top_of_a_whole_commune_is_told() -> None:
    found = _cross(box(0, 0, 1, 1), box(0.5, 0.5, 0.55, 0.55))
    assert (_members(found, 0), _members(found, 1)) == ({"01001": (True, 100)}, {"01001": (False, 0.25)})
    assert found.overlapping == (0,)


POINTS = st.tuples(st.floats(-0.5, 3.5), st.floats(-0.5, 2.5))


@example([[(0.0, 0.0), (0.0, 2.0), (2.0, 0.0)], [(0.0, 0.28125), (1.375, 0.875), (2.75, 1.5)]])
@given(st.lists(st.lists(POINTS, min_size=3, max_size=6), min_size=1, max_size=3))
def test_no_polygon_gets_more_than_its_communes(rings: Sequence[Sequence[tuple[float, float]]]) -> None:
    shapes = [
        shapely.Polygon([(drawn.WEST + x * SIDE, drawn.NORTH - y * SIDE) for x, y in ring]).convex_hull
        for ring in rings
    ]
    shapes = [s for s in shapes if s.geom_type == "Polygon" and s.area > 1]
    if not shapes:
        return
    found = _cross(*shapes)
    _check(found)
    # Each piece is at most the part of the commune that the zone covers, but for the tolerance.
    atlas = drawn.atlas()
    for zone, row, share in found.members[["zone", "row", "share"]].itertuples(index=False):
        i, j = divmod(int(row), 3)
        covered = shapely.area(shapely.intersection(shapes[zone], box(j, i, j + 1, i + 1))) / SIDE**2
        assert share <= covered + 0.101
        assert found.members["inhabitants"].le(atlas.population[found.members["row"]] + 1e-9).all()


def _check(found: Crossing) -> None:
    members = found.members
    population = drawn.atlas().population[members["row"].to_numpy()]
    assert not members.duplicated(["zone", "row"]).any()
    assert members["share"].between(0, 1).all()
    assert (members["inhabitants"] <= population + 1e-9).all()
    assert (members.loc[members["whole"], "inhabitants"] == population[members["whole"].to_numpy()]).all()
    alone = members[~members["row"].isin(found.overlapping)]
    total = alone.groupby("row")["inhabitants"].sum()
    assert (total <= drawn.atlas().population[total.index.to_numpy()] * (1 + 1e-9)).all()
    assert ((found.inside >= 0) & (found.inside <= 1)).all()


def _epci_outlines() -> gpd.GeoDataFrame:
    path = MIRROR / "communes_epci" / "epci_cog2025_contours_simplifies.parquet"
    if not path.exists():
        pytest.skip("the mirror of official files is not here")
    return gpd.read_parquet(path)


def test_real_outlines_simplified_at_150_m_give_back_their_communes() -> None:
    """EPCI of two départements from the base itself, simplified: 99 % of communes recognised, none given to another EPCI."""
    atlas = real.atlas()
    chosen = atlas.table["departement"].isin(["62", "63"]).to_numpy()
    owner = atlas.table["epci"].where(chosen)
    land = atlas.outlines().to_crs(2154)[chosen].to_frame("geometry")
    zones = land.dissolve(owner[chosen].to_numpy())
    shapes = shapely.make_valid(shapely.simplify(zones.geometry.to_numpy(), 150))
    found = cross(shapes, atlas, crs=2154)
    _report_real(found, zones.index.to_numpy(), atlas.table["epci"].to_numpy(), least=0.99)


def test_heavily_simplified_official_outlines_are_recognised_or_marked_as_estimates() -> None:
    """EPCI outlines of the mirror, whose points are 1.3 km apart: most communes are recognised, none is given to another."""
    frame = _epci_outlines()
    frame = frame[frame["departements"].astype(str).str.contains("59|62|80|02|60")]
    found = cross(frame.geometry.to_numpy(), real.atlas(), crs=frame.crs)
    _report_real(found, frame["siren_epci"].astype(str).to_numpy(), real.atlas().table["epci"].to_numpy(), least=0.80)


def _report_real(found: Crossing, zones: np.ndarray, owner: np.ndarray, *, least: float) -> None:
    members = found.members
    right = owner[members["row"]] == zones[members["zone"]]
    assert (members["whole"] & ~right).sum() <= 1  # an island drawn apart
    expected = pd.Series(owner).isin(zones).sum()
    assert (members["whole"] & right).sum() >= least * expected
    population = real.atlas().population
    total = members.groupby("row")["inhabitants"].sum()
    assert (total <= population[total.index.to_numpy()] * (1 + 1e-9)).all()
