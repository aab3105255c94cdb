"""Composing a perimeter: where to start from, and moves made in one gesture."""

from __future__ import annotations

import dataclasses
import math

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.arrays import Rows
from geo.communes import Atlas, approximate_density
from geo.errors import GeoInputError
from geo.layers import Evidence
from geo.moves import incidence_of
from geo.perimeters import edit as compose
from tests.support import real
from tests.support.grid import crosswalk, draw, plain, zone


class Drawn(Atlas):
    """A drawn country with outlines."""

    def outlines(self, rows: Rows | None = None) -> gpd.GeoSeries:
        half = 0.005
        corners = self.table[["lon", "lat"]].round(3).to_numpy()
        boxes = [
            shapely.box(*(round(float(v), 3) for v in (x - half, y - half, x + half, y + half))) for x, y in corners
        ]
        drawn = gpd.GeoSeries(boxes, index=self.codes, crs=4326)
        return drawn if rows is None else drawn.iloc[rows]


def _country() -> Drawn:
    atlas = draw(
        [[100] * 5] * 5,
        epci=[["A"] * 5, ["A"] * 5, ["B"] * 5, ["B"] * 5, ["B", "B", "B", "B", None]],
        former={"01900": ("01001", "Vieux-Bourg")},
    )
    return Drawn(**{f.name: getattr(atlas, f.name) for f in dataclasses.fields(Atlas)})


ATLAS = _country()
ZONES = {
    "secteurs-adultes": {"s": zone("01001", "01002", part=["01003"], nom="Secteur S")},
    "qpv": {"q": zone("01004", "01005", nom="Le Parc")},
}
CROSS = crosswalk(ATLAS, ZONES)
GROUND = incidence_of(Evidence(CROSS, approximate_density(ATLAS)))
CODES = st.frozensets(st.sampled_from([str(c) for c in ATLAS.codes]))


def cells(*numbers: int) -> frozenset[str]:
    return frozenset(f"01{n:03d}" for n in numbers)


def test_a_commune_starts_a_perimeter_and_an_old_code_says_what_it_became() -> None:
    assert compose.from_commune("01001", ATLAS) == compose.Composed(cells(1), "Bourg 1")
    old = compose.from_commune("01900", ATLAS)
    assert old.codes == cells(1) and "ancien code" in old.notices[0]
    with pytest.raises(GeoInputError, match="01999"):
        compose.from_commune("01999", ATLAS)
    marseille = compose.from_commune("13055", real.atlas())
    assert (len(marseille.codes), marseille.name) == (16, "Marseille")


def test_a_zone_starts_a_perimeter_and_names_what_it_leaves_out() -> None:
    sector = compose.from_zone(CROSS, "secteurs-adultes", "s")
    assert (sector.codes, sector.name) == (cells(1, 2), "Secteur S")
    assert "Bourg 3" in sector.notices[0]
    assert compose.from_zone(CROSS, "qpv", "q").codes == cells(4, 5)
    for layer, name in (("secteurs-adultes", "x"), ("x", "s")):
        with pytest.raises(GeoInputError, match="existe pas"):
            compose.from_zone(CROSS, layer, name)


def test_a_drawn_shape_takes_the_communes_whose_point_is_inside() -> None:
    ring = [(2.995, 46.005), (3.015, 46.005), (3.015, 45.985), (2.995, 45.985)]
    assert compose.from_polygon(ring, ATLAS).codes == cells(1, 2, 6, 7)
    assert compose.from_polygon([*ring, ring[0]], ATLAS).codes == cells(1, 2, 6, 7)


@pytest.mark.parametrize(
    ("ring", "word"),
    [
        ([], "trois sommets"),
        ([(3, 46), (3.1, 46)], "trois sommets"),
        ([(3, 46), (3, 46), (3, 46)], "trois sommets"),
        ([(3, 46), (3.1, 46), (3.2, 46)], "croise"),
        ([(3, 46), (3.1, 45.9), (3.1, 46), (3, 45.9)], "croise"),
        ([(3, 46), (3.1, 146), (3.2, 46)], "globe"),
        ([(3, 46), (math.nan, 46), (3.2, 46)], "globe"),
        ([(10, 10), (10.1, 10), (10, 10.1)], "Aucune commune"),
        ([(3.0, 46.0)] * 6000, "sommets"),
    ],
)
def test_a_shape_that_makes_no_sense_is_refused(ring: list[tuple[float, float]], word: str) -> None:
    with pytest.raises(GeoInputError, match=word):
        compose.from_polygon(ring, ATLAS)


def test_a_circle_is_in_metres_and_takes_its_bounds() -> None:
    assert compose.from_circle("01013", 1000, ATLAS).codes == cells(13, 8, 12, 14, 18)
    assert compose.from_circle("01013", 999, ATLAS).codes == cells(13)
    assert plain(compose.from_circle("01013", 1000, ATLAS).name) == "1 km autour de Bourg 13"
    assert compose.from_circle_at(3.021, 45.979, 1000, ATLAS).codes == cells(13, 8, 12, 14, 18)
    for radius in (0, -5, math.nan, math.inf, 1e9):
        with pytest.raises(GeoInputError, match="rayon"):
            compose.from_circle("01013", radius, ATLAS)
    with pytest.raises(GeoInputError, match="globe"):
        compose.from_circle_at(math.nan, 0, 10, ATLAS)


def test_a_circle_stays_in_its_legal_projection() -> None:
    around = compose.from_circle("97411", 20_000, real.atlas()).codes
    assert "97411" in around and all(c.startswith("974") for c in around)


@given(CODES, CODES)
def test_adding_then_removing_is_nothing(codes: frozenset[str], more: frozenset[str]) -> None:
    new = more - codes
    assert compose.remove(compose.add(codes, new), new) == codes


@given(CODES, CODES, CODES)
def test_locked_communes_never_leave(codes: frozenset[str], gone: frozenset[str], locked: frozenset[str]) -> None:
    locked &= codes
    assert locked <= compose.remove(codes, gone, locked=locked)
    assert locked <= compose.keep_main_part(codes, GROUND.atlas, GROUND.links, locked=locked)
    assert locked <= compose.stop_at_community(codes, ATLAS, locked=locked)


def test_a_perimeter_stops_at_the_body_with_most_inhabitants() -> None:
    assert compose.stop_at_community(cells(1, 2, 11), ATLAS) == cells(1, 2)
    assert compose.stop_at_community(cells(1, 2, 11), ATLAS, "B") == cells(11)
    assert compose.stop_at_community(cells(1, 11, 12), ATLAS, locked=cells(1)) == cells(1, 11, 12)
    assert compose.stop_at_community(cells(25), ATLAS) == cells(25)  # an island without intercommunal body


def test_holes_are_filled_and_the_sea_is_no_side() -> None:
    ring = cells(7, 8, 9, 12, 14, 17, 18, 19)
    assert compose.fill_holes(ring, GROUND.atlas) == ring | cells(13)
    assert compose.fill_holes(cells(2, 7, 6), GROUND.atlas) == cells(2, 7, 6)  # the corner 1 is on the coast
    assert compose.fill_holes(frozenset(), GROUND.atlas) == frozenset()


def test_a_real_hole_is_filled() -> None:
    ground = incidence_of(real.world().evidence)
    creteil = ground.atlas.row["94028"]
    around = ground.atlas.neighbours[[creteil]].indices
    codes = frozenset(str(ground.atlas.codes[r]) for r in around)
    assert "94028" not in codes
    assert "94028" in compose.fill_holes(codes, ground.atlas)


def test_the_main_part_is_the_one_with_most_inhabitants_and_keeps_islands() -> None:
    assert compose.keep_main_part(cells(1, 2, 25), GROUND.atlas, GROUND.links) == cells(1, 2)
    assert compose.keep_main_part(frozenset(), GROUND.atlas, GROUND.links) == frozenset()
    ground = incidence_of(real.world().evidence)
    lorient = compose.from_zone(ground.crosswalk, "epci", "200042174").codes
    assert "56069" in lorient  # Groix
    assert compose.keep_main_part(lorient, ground.atlas, ground.links) == lorient
