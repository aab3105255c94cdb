"""Turn a coverage into arcs: each border is kept once, between the two areas (or one) that it separates.

This is TopoJSON's idea, done on whole arrays: on a clean coverage, neighbours meet vertex for vertex, so
that borders are found by matching numbers and 35 000 communes take seconds. One topology of the country is
enough: a part of it is cut out by keeping the arcs it uses.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

Ints = npt.NDArray[np.int64]
GRID_DEGREES = 1e-5  # about a metre


@dataclass(frozen=True)
class Topology:
    """Arcs and the areas they bound, on a grid.

    `arcs` holds each arc as TopoJSON text, its first point then steps, in grid units; `shapes` holds for
    each area its polygons, each a list of rings, each a list of arc numbers (`~n` when arc n is run
    backwards).
    """

    grid: float
    arcs: list[str]
    shapes: list[list[list[list[int]]]]


def build_topology(outlines: Sequence[Any] | npt.NDArray[np.object_], *, grid: float = GRID_DEGREES) -> Topology:
    """Find the arcs of a coverage.

    Parameters
    ----------
    outlines
        Polygons or multipolygons in degrees whose shared borders have the same vertices.
    grid
        Step to which coordinates are rounded, in degrees. Rings that this flattens are left out.
    """
    rings, polygon, area = _rings(np.asarray(outlines, dtype=object))
    vertex, ring, xy = _vertices(rings, grid)
    if not len(vertex):
        return Topology(grid, [], [[] for _ in outlines])
    segment, node = _segments_and_nodes(vertex, ring)
    order = _rotation(node, ring)
    vertex, segment, ring = vertex[order], segment[order], ring[order]
    starts = np.flatnonzero(node[order])
    run_ring = ring[starts]
    lengths = np.diff(np.append(starts, len(vertex)))
    after = _following(vertex, ring)
    first, arc = _numbered(np.minimum.reduceat(segment, starts))
    begins, second = vertex[starts], after[starts]
    same_way = (begins == begins[first][arc]) & (second == second[first][arc])
    reference = np.where(same_way, arc, ~arc)
    arcs = [_arc_text(xy[np.append(vertex[s : s + n], after[s + n - 1])]) for s, n in _spans(starts, lengths, first)]
    return Topology(grid, arcs, _nest(reference, run_ring, polygon, area, len(outlines)))


def cut(topology: Topology, areas: Iterable[int]) -> tuple[list[str], list[list[list[list[int]]]]]:
    """Keep some areas and only the arcs they use, numbered again in the same order: their arcs, their
    shapes."""
    kept = [topology.shapes[i] for i in areas]
    used = sorted({r if r >= 0 else ~r for shape in kept for rings in shape for ring in rings for r in ring})
    number = {old: new for new, old in enumerate(used)}
    number |= {~old: ~new for old, new in number.items()}
    shapes = [[[[number[r] for r in ring] for ring in rings] for rings in shape] for shape in kept]
    return [topology.arcs[old] for old in used], shapes


def to_topojson(name: str, topology: Topology, areas: Sequence[int], properties: Sequence[Mapping[str, Any]]) -> str:
    """Write some areas of a topology as TopoJSON text, under the object `name`, with the properties of each.

    Arcs are pasted as they are: every file cut from one topology is on the same grid.
    """
    arcs, shapes = cut(topology, areas)
    geometries = [
        {"type": "Polygon", "arcs": shape[0], "properties": properties[area]}
        if len(shape) == 1
        else {"type": "MultiPolygon", "arcs": shape, "properties": properties[area]}
        for area, shape in zip(areas, shapes, strict=True)
    ]
    head = {
        "type": "Topology",
        "transform": {"scale": [topology.grid, topology.grid], "translate": [0, 0]},
        "objects": {name: {"type": "GeometryCollection", "geometries": geometries}},
    }
    return f'{compact_json(head)[:-1]},"arcs":[{",".join(arcs)}]}}'


def compact_json(value: object) -> str:
    """Write JSON without blanks, accents as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _rings(outlines: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.object_], Ints, Ints]:
    """Return all rings, the polygon each belongs to, and the area each polygon belongs to."""
    polygons, area = shapely.get_parts(outlines, return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    return rings, polygon.astype(np.int64), area.astype(np.int64)


def _vertices(rings: npt.NDArray[np.object_], grid: float) -> tuple[Ints, Ints, Ints]:
    """Return vertex numbers ring after ring (first not repeated), the ring of each, and each vertex's
    coordinates.

    Repeated vertices, spikes (out and back along one segment) and rings of fewer than three vertices are
    dropped.
    """
    points, ring = shapely.get_coordinates(rings, return_index=True)
    xy = np.rint(points / grid).astype(np.int64)
    open_end = np.flatnonzero(ring[1:] == ring[:-1])  # all but the last of each ring, which repeats the first
    xy, ring = xy[open_end], ring[open_end].astype(np.int64)
    unique, vertex = np.unique(xy, axis=0, return_inverse=True)
    vertex = vertex.astype(np.int64)
    while True:
        before, after = _preceding(vertex, ring), _following(vertex, ring)
        sizes = np.bincount(ring, minlength=1)[ring]
        drop = (vertex == after) | (sizes < 3)
        drop |= (before == after) & ~drop[_indices_before(ring)]
        if not drop.any():
            return vertex, ring, unique
        vertex, ring = vertex[~drop], ring[~drop]


def _bounds(ring: Ints) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return, for each position, the first and the last position of its ring."""
    starts = np.flatnonzero(np.append(True, ring[1:] != ring[:-1]))
    ends = np.append(starts[1:], len(ring)) - 1
    counts = ends - starts + 1
    return np.repeat(starts, counts), np.repeat(ends, counts)


def _indices_before(ring: Ints) -> npt.NDArray[np.intp]:
    first, last = _bounds(ring)
    here = np.arange(len(ring))
    return np.where(here == first, last, here - 1)


def _indices_after(ring: Ints) -> npt.NDArray[np.intp]:
    first, last = _bounds(ring)
    here = np.arange(len(ring))
    return np.where(here == last, first, here + 1)


def _preceding(vertex: Ints, ring: Ints) -> Ints:
    return vertex[_indices_before(ring)] if len(ring) else vertex


def _following(vertex: Ints, ring: Ints) -> Ints:
    return vertex[_indices_after(ring)] if len(ring) else vertex


def _segments_and_nodes(vertex: Ints, ring: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Number the segment that leaves each position (the same both ways), and mark where arcs start.

    A vertex where other than two segments meet is a node. A ring without any gets its lowest vertex as one,
    so that an enclave and the hole it fills start at the same place.
    """
    after = _following(vertex, ring)
    low, high = np.minimum(vertex, after), np.maximum(vertex, after)
    ends, segment = np.unique(low * (int(vertex.max()) + 1) + high, return_inverse=True)
    low, high = np.divmod(ends, int(vertex.max()) + 1)
    degree = np.bincount(low, minlength=int(vertex.max()) + 1) + np.bincount(high, minlength=int(vertex.max()) + 1)
    uses = np.bincount(segment)
    varied = np.flatnonzero(uses[segment] != uses[segment[_indices_before(ring)]])
    branching = degree != 2
    branching[vertex[varied]] = True
    node = branching[vertex]
    whole = np.bincount(ring, weights=node)[ring] == 0
    lowest = np.full(int(ring.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(lowest, ring, vertex)
    return segment.astype(np.int64), node | (whole & (vertex == lowest[ring]))


def _rotation(node: npt.NDArray[np.bool_], ring: Ints) -> npt.NDArray[np.intp]:
    """Return the order of positions in which every ring begins at its first node."""
    first, last = _bounds(ring)
    here = np.arange(len(ring))
    nodes = np.where(node, here, len(ring))
    begin = np.minimum.reduceat(nodes, np.unique(first))
    shift = np.repeat(begin - np.unique(first), np.unique(last) - np.unique(first) + 1)
    return first + (here - first + shift) % (last - first + 1)


def _numbered(keys: Ints) -> tuple[npt.NDArray[np.intp], Ints]:
    """Number equal keys alike in order of appearance: where each number appears first, the number of each
    key."""
    _, first, number = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    return first[order], np.argsort(order)[number].astype(np.int64)


def _spans(
    starts: npt.NDArray[np.intp], lengths: npt.NDArray[np.intp], chosen: npt.NDArray[np.intp]
) -> Iterable[tuple[int, int]]:
    return zip(starts[chosen].tolist(), lengths[chosen].tolist(), strict=True)


def _arc_text(points: Ints) -> str:
    steps = points.copy()
    steps[1:] -= points[:-1]
    return "[" + ",".join(f"[{x},{y}]" for x, y in steps.tolist()) + "]"


def _nest(reference: Ints, run_ring: Ints, polygon: Ints, area: Ints, count: int) -> list[list[list[list[int]]]]:
    """Group arc numbers by ring, rings by polygon, polygons by area; a polygon without outer ring is
    dropped."""
    shapes: list[list[list[list[int]]]] = [[] for _ in range(count)]
    outer = set(np.flatnonzero(np.append(True, polygon[1:] != polygon[:-1])).tolist())
    last_ring, last_polygon = -1, -1
    for number, ring in zip(reference.tolist(), run_ring.tolist(), strict=True):
        if ring != last_ring:
            last_ring = ring
            of = int(polygon[ring])
            if ring in outer:
                shapes[int(area[of])].append([])
                last_polygon = of
            if of == last_polygon:
                shapes[int(area[of])][-1].append([])
        if int(polygon[ring]) == last_polygon:
            shapes[int(area[last_polygon])][-1][-1].append(number)
    return shapes
