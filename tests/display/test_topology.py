"""Arcs of a coverage: hand answers on squares, and nothing lost when a part is cut out."""

from __future__ import annotations

import json

import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon, box

from geo.display import compact_json
from geo.display.topology import build_topology, cut, to_topojson

FOUR = [box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 1, 2), box(1, 1, 2, 2)]


def noded(shapes):
    """Give neighbours the same vertices, as in a clean coverage."""
    return list(shapely.coverage_clean(shapes))


def decode(text: str) -> dict[str, Polygon | MultiPolygon]:
    """Read TopoJSON back into shapes by code, the plain way."""
    topology = json.loads(text)
    (kx, ky), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        arcs.append([((x := x + dx) * kx + tx, (y := y + dy) * ky + ty) for dx, dy in steps])
    (collection,) = topology["objects"].values()
    found = {}
    for geometry in collection["geometries"]:
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        rings = [[[p for r in ring for p in (arcs[r] if r >= 0 else arcs[~r][::-1])] for ring in q] for q in polygons]
        found[geometry["properties"]["c"]] = MultiPolygon([Polygon(q[0], q[1:]) for q in rings])
    return found


def uses(shapes) -> list[int]:
    return [r if r >= 0 else ~r for shape in shapes for rings in shape for ring in rings for r in ring]


def test_four_squares_have_eight_arcs():
    topology = build_topology(noded(FOUR), grid=1)
    assert len(topology.arcs) == 8  # four borders between two squares, four corners outside
    found = uses(topology.shapes)
    assert sorted(found.count(arc) for arc in range(8)) == [1, 1, 1, 1, 2, 2, 2, 2]


def test_two_areas_run_through_their_border_in_opposite_ways():
    topology = build_topology(noded([box(0, 0, 1, 1), box(1, 0, 2, 1)]), grid=1)
    first, second = (set(shape[0][0]) for shape in topology.shapes)
    assert len(first & {~r for r in second}) == 1 and not first & second


def test_an_enclave_and_the_hole_it_fills_are_one_arc():
    hole = box(1, 1, 2, 2)
    topology = build_topology([box(0, 0, 3, 3).difference(hole), hole], grid=1)
    (outside, inside), ((enclave,),) = topology.shapes[0][0], topology.shapes[1]
    assert len(topology.arcs) == 2
    assert len(outside) == 1 and inside in ([enclave[0]], [~enclave[0]])  # whichever way each ring runs


@pytest.mark.parametrize("grid", [1, 0.5, 0.01])
def test_shapes_come_back_as_they_were(grid):
    shapes = [*noded(FOUR), MultiPolygon([box(5, 5, 6, 6), box(8, 8, 9, 9).difference(box(8, 8, 8.5, 8.5))])]
    text = to_topojson("communes", build_topology(shapes, grid=grid), range(5), [{"c": str(i)} for i in range(5)])
    back = decode(text)
    expected = shapes[:4] if grid == 1 else shapes
    assert all(back[str(i)].equals(shape) for i, shape in enumerate(expected))
    assert len(back["4"].geoms) == 2


def test_a_part_keeps_its_own_arcs_only_and_all_of_them():
    topology = build_topology(noded(FOUR), grid=1)
    arcs, shapes = cut(topology, [1, 3])
    assert sorted(set(uses(shapes))) == list(range(len(arcs)))
    assert len(arcs) == 5  # one shared, then each has a corner and the border with a square left out
    back = decode(to_topojson("communes", topology, [1, 3], [{"c": str(i)} for i in range(4)]))
    assert back["1"].equals(FOUR[1]) and back["3"].equals(FOUR[3])


def test_spikes_and_shapes_smaller_than_the_grid_are_dropped():
    spike = Polygon([(0, 0), (10, 0), (10, 5), (20, 5.2), (10, 5.4), (10, 10), (0, 10)])
    topology = build_topology([spike, box(30, 30, 30.2, 30.2)], grid=1)
    back = decode(to_topojson("zones", topology, range(2), [{"c": "big"}, {"c": "tiny"}]))
    assert back["big"].equals(box(0, 0, 10, 10)) and back["big"].is_valid
    assert back["tiny"].is_empty
    assert max(uses(topology.shapes).count(arc) for arc in range(len(topology.arcs))) == 1


def test_nothing_gives_nothing():
    assert build_topology([], grid=1).arcs == []
    assert build_topology([box(0, 0, 0.1, 0.1)], grid=1).shapes == [[]]


def test_json_is_compact_and_keeps_accents():
    assert compact_json({"n": "L'Haÿ-les-Roses", "p": [1, 2]}) == '{"n":"L\'Haÿ-les-Roses","p":[1,2]}'
