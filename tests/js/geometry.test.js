import assert from "node:assert/strict";
import test from "node:test";
import { departementOf, Geometry } from "../../static/js/geometry.js";
import { load } from "./leaflet.js";

load("topojson-client/topojson-client.min.js");

const SIDE = 0.1; // degrees
const WEST = 2;
const SOUTH = 50;

/** Squares in a row, each sharing an edge with the next; the last one has a hole, and an island to the north. */
function squares({ quantized = false } = {}) {
  const corner = (x, y) => (quantized ? [x, y] : [WEST + x * SIDE, SOUTH + y * SIDE]);
  const lines = [
    [
      [1, 0],
      [1, 1],
    ],
    [
      [1, 1],
      [0, 1],
      [0, 0],
      [1, 0],
    ],
    [
      [2, 0],
      [2, 1],
    ],
    [
      [1, 0],
      [2, 0],
    ],
    [
      [2, 1],
      [1, 1],
    ],
    [
      [2, 0],
      [6, 0],
      [6, 4],
      [2, 4],
      [2, 1],
    ],
    [
      [3, 1],
      [3, 3],
      [5, 3],
      [5, 1],
      [3, 1],
    ],
    [
      [2, 8],
      [4, 8],
      [4, 9],
      [2, 9],
      [2, 8],
    ],
  ];
  const arcs = lines.map((line) => {
    const points = line.map(([x, y]) => corner(x, y));
    if (!quantized) return points;
    return points.map(([x, y], i) => (i ? [x - points[i - 1][0], y - points[i - 1][1]] : [x, y]));
  });
  const commune = (c, n, p, type, shape) => ({ type, arcs: shape, properties: { c, n, p } });
  return {
    type: "Topology",
    ...(quantized ? { transform: { scale: [SIDE, SIDE], translate: [WEST, SOUTH] } } : {}),
    objects: {
      communes: {
        type: "GeometryCollection",
        geometries: [
          commune("62001", "Arras", 10, "Polygon", [[0, 1]]),
          commune("62002", "Lens", 20, "Polygon", [[3, 2, 4, ~0]]),
          commune("59003", "Lille", 30, "MultiPolygon", [[[5, ~2], [6]], [[7]]]),
        ],
      },
    },
    arcs,
  };
}

const world = (lon, lat) => {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [256 * (lon / 360 + 0.5), 256 * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI))];
};
const at = (geometry, x, y) => geometry.at(...world(WEST + x * SIDE, SOUTH + y * SIDE));

for (const quantized of [false, true]) {
  test(`a point is in one commune, in its hole or outside all (${quantized ? "quantized" : "plain"})`, () => {
    const geometry = new Geometry(squares({ quantized }));
    assert.equal(at(geometry, 0.5, 0.5), 0);
    assert.equal(at(geometry, 1.5, 0.5), 1);
    assert.equal(at(geometry, 2.5, 2), 2);
    assert.equal(at(geometry, 4, 2), -1); // the hole
    assert.equal(at(geometry, 3, 8.5), 2); // the island
    assert.equal(at(geometry, 3, 6), -1); // in its box, in none of its rings
    assert.equal(at(geometry, -3, 0.5), -1);
  });
}

test("what a file says of communes is read once, by number and by code", () => {
  const geometry = new Geometry(squares());
  assert.equal(geometry.count, 3);
  assert.deepEqual(geometry.codes, ["62001", "62002", "59003"]);
  assert.deepEqual([geometry.names[1], geometry.populations[1]], ["Lens", 20]);
  assert.deepEqual(geometry.numbersOf(["59003", "75056", "62001"]), [2, 0]);
});

test("a point well inside a commune is in it, whatever its shape", () => {
  const geometry = new Geometry(squares());
  for (const number of [0, 1, 2]) {
    const inside = geometry.insidePoint(number);
    assert.equal(geometry.at(inside.x, inside.y), number);
  }
});

test("boxes hold their communes, and nothing has no box", () => {
  const geometry = new Geometry(squares());
  const [west, south] = world(WEST, SOUTH);
  const [east, north] = world(WEST + SIDE, SOUTH + SIDE);
  for (const [i, side] of [west, north, east, south].entries()) {
    assert.ok(Math.abs(geometry.boxAround([0])[i] - side) < 1e-9);
  }
  assert.equal(geometry.boxAround([]), null);
  assert.ok(geometry.boxAround()[1] < north);
});

test("outlines run where two sets of communes differ, coasts included", () => {
  const geometry = new Geometry(squares());
  const arcs = (lines) => lines.flatMap((line) => line.arcs.map((reference) => Math.max(reference, ~reference))).sort();
  assert.deepEqual(arcs(geometry.linesAround([0])), [0, 1]);
  assert.deepEqual(arcs(geometry.linesAround([0, 1])), [1, 2, 3, 4]);
  assert.deepEqual(arcs(geometry.departementLines()), [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(arcs(geometry.zoneLines([[0], [0], []])), [1, 2, 3, 4]);
});

test("arcs are thinned to what a zoom level shows, their ends kept", () => {
  const geometry = new Geometry(squares());
  const [far, near] = [geometry.atZoom(3), geometry.atZoom(14)];
  assert.equal(near.starts.at(-1), geometry.xs.length);
  assert.ok(far.starts.at(-1) < near.starts.at(-1));
  for (let arc = 0; arc + 1 < far.starts.length; arc += 1) {
    assert.equal(far.xs[far.starts[arc]], geometry.xs[geometry.starts[arc]] * 8);
    assert.equal(far.xs[far.starts[arc + 1] - 1], geometry.xs[geometry.starts[arc + 1] - 1] * 8);
  }
  assert.equal(geometry.atZoom(14), geometry.atZoom(14));
});

test("a code begins by its département's", () => {
  assert.deepEqual(["62041", "97105", "2A004", "98818", "62"].map(departementOf), ["62", "971", "2A", "988", "62"]);
});
