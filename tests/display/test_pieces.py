"""The map file of a city opened into IRIS: its pieces fill it, and every outer arc names who is beyond it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely.geometry import box

from geo.dataset import city_map, opened
from geo.display import City, city_topojson
from geo.errors import GeoInputError
from tests.dataset.drawn_cities import NIORT, QUARTERS, niort
from tests.display.test_topology import decode
from tests.support import real

# A city of two by two hundredths of a degree, cut in two; communes on the left and above, the IRIS of another on the right.
TWO = City("01005", "Bourg", ["010050101", "010050102"], ["Bourg – Nord", "Bourg – Sud"], [10, 20])
OUTLINES = np.array([box(0, 0.01, 0.02, 0.02), box(0, 0, 0.02, 0.01)], dtype=object)
AROUND = {
    "01004": box(-0.02, 0, 0, 0.02), "01002": box(0, 0.02, 0.02, 0.04),
    "010060101": box(0.02, 0.005, 0.04, 0.02), "010060102": box(0.02, 0, 0.04, 0.005),
}  # fmt: skip
ANCHORS = np.array([box(0, 0, 0.02, 0.02), box(0.02, 0, 0.04, 0.02)], dtype=object)


def drawn() -> dict:
    return json.loads(city_topojson(TWO, OUTLINES, AROUND, ANCHORS))


def sides(file: dict, piece: int) -> set[str]:
    """Return who is named beyond the arcs of a piece."""
    rings = file["objects"]["iris"]["geometries"][piece]["arcs"]
    used = [r if r >= 0 else ~r for ring in rings for r in ring]
    return {file["beside"][str(arc)] for arc in used if str(arc) in file["beside"]}


def test_the_pieces_are_named_within_their_city_and_keep_their_order():
    file = drawn()
    said = [g["properties"] for g in file["objects"]["iris"]["geometries"]]
    assert said == [
        {"c": "010050101", "n": "Bourg – Nord", "p": 10, "s": "Nord"}, {"c": "010050102", "n": "Bourg – Sud", "p": 20, "s": "Sud"},
    ]  # fmt: skip
    assert file["city"] == {"c": "01005", "n": "Bourg"}
    shapes = decode(json.dumps(file))
    assert shapely.equals(shapes["010050101"], OUTLINES[0]) and shapely.equals(shapes["010050102"], OUTLINES[1])


def test_every_outer_arc_names_the_commune_or_the_iris_beyond_it():
    # By hand: on the right, the border between the two IRIS of 01006 cuts that of the second piece in two.
    file = drawn()
    assert sides(file, 0) == {"01004", "01002", "010060101"}
    assert sides(file, 1) == {"01004", "010060101", "010060102"}
    assert len(file["arcs"]) == 8  # the south has nobody beyond it


def test_a_border_with_a_vertex_of_one_side_only_is_still_one_border():
    notched = dict(AROUND) | {"01004": shapely.Polygon([(-0.02, 0), (0, 0), (0, 0.013), (0, 0.02), (-0.02, 0.02)])}
    file = json.loads(city_topojson(TWO, OUTLINES, notched, ANCHORS))
    assert sides(file, 0) == sides(drawn(), 0) and sides(file, 1) == sides(drawn(), 1)


def test_the_map_file_of_a_real_city_has_a_commune_beyond_every_outer_arc(tmp_path):
    world = replace(real.world(), iris=niort())
    name = city_map(tmp_path, world, NIORT)
    assert name.startswith(f"iris-{NIORT}-") and city_map(tmp_path, world, NIORT) == name
    file = json.loads((tmp_path / name).read_text(encoding="utf-8"))
    pieces = decode(json.dumps(file))
    assert sorted(pieces) == QUARTERS
    land = real.atlas().outlines()[NIORT]
    whole = shapely.union_all(list(pieces.values()))
    assert shapely.area(shapely.symmetric_difference(whole, land)) < 1e-3 * land.area  # the grid is a metre
    used = [r if r >= 0 else ~r for g in file["objects"]["iris"]["geometries"] for r in _flat(g["arcs"])]
    outer = {arc for arc in used if used.count(arc) == 1}
    assert outer == {int(arc) for arc in file["beside"]}
    atlas = real.atlas()
    around = {str(atlas.codes[r]) for r in atlas.neighbours[[atlas.row[NIORT]]].indices}
    assert set(file["beside"].values()) == around


def _flat(arcs) -> list[int]:
    return [arcs] if isinstance(arcs, int) else [r for inner in arcs for r in _flat(inner)]


def test_a_city_without_iris_has_no_map_file(tmp_path):
    with pytest.raises(GeoInputError, match="Les IRIS ne sont pas ici"):
        city_map(tmp_path, real.world(), NIORT)


def test_the_outlines_of_an_opened_real_city_tile_with_those_of_its_neighbours():
    world = replace(real.world(), iris=niort())
    atlas = opened(world, [NIORT]).atlas
    inside = atlas.rows(QUARTERS)
    near = np.union1d(inside, atlas.neighbours[inside].indices)
    every = atlas.outlines()
    assert every.notna().all() and shapely.coverage_is_valid(every.to_numpy()[near])
    assert shapely.equals_exact(atlas.outlines(near).to_numpy(), every.to_numpy()[near]).all()
    far = np.setdiff1d(np.arange(900), near)
    assert shapely.equals_exact(atlas.outlines(far).to_numpy(), every.to_numpy()[far]).all()
