import assert from "node:assert/strict";
import test from "node:test";
import { Geometry } from "../../static/js/geometry.js";
import { openCities } from "../../static/js/opened.js";
import { load } from "./leaflet.js";

load("topojson-client/topojson-client.min.js");

/** Three squares in a row, of a side of ten: 62001, 62002, 62003. */
function row() {
  const square = (c, arcs) => ({ type: "Polygon", arcs: [arcs], properties: { c, n: c, p: 10 } });
  // prettier-ignore
  const arcs = [
    [
      [10, 10],
      [0, 0],
      [0, -10],
    ], // between the first and the second
    [
      [10, 10],
      [-10, 0],
      [0, -10],
      [10, 0],
    ], // the rest of the first
    [
      [20, 10],
      [0, -10],
    ], // between the second and the third
    [
      [10, 10],
      [10, 0],
    ], // above the second
    [
      [10, 0],
      [10, 0],
    ], // under it
    [
      [20, 10],
      [10, 0],
      [0, -10],
      [-10, 0],
    ], // the rest of the third
  ];
  return {
    type: "Topology",
    transform: { scale: [0.01, 0.01], translate: [0, 0] },
    objects: {
      communes: {
        type: "GeometryCollection",
        geometries: [square("62001", [0, ~1]), square("62002", [3, 2, ~4, ~0]), square("62003", [5, ~2])],
      },
    },
    arcs,
  };
}

/** The city 62002 in two, one above the other; what is on its right may be an IRIS of 62003. */
function city(right = "62003") {
  const piece = (c, s, arcs) => ({ type: "Polygon", arcs: [arcs], properties: { c, n: `Lens – ${s}`, p: 5, s } });
  // prettier-ignore
  const arcs = [
    [
      [10, 5],
      [10, 0],
    ], // between the two
    [
      [10, 5],
      [0, 5],
    ], // left of the upper one
    [
      [10, 10],
      [10, 0],
    ], // above it
    [
      [20, 10],
      [0, -5],
    ], // right of it
    [
      [20, 5],
      [0, -5],
    ], // right of the lower one
    [
      [20, 0],
      [-10, 0],
    ], // under it
    [
      [10, 0],
      [0, 5],
    ], // left of it
  ];
  return {
    city: { c: "62002", n: "Lens" },
    beside: { 1: "62001", 3: right, 4: right, 6: "62001" },
    transform: { scale: [0.01, 0.01], translate: [0, 0] },
    objects: {
      iris: {
        type: "GeometryCollection",
        geometries: [piece("620020101", "Haut", [1, 2, 3, ~0]), piece("620020102", "Bas", [0, 4, 5, 6])],
      },
    },
    arcs,
  };
}

/** The same on the right: 62003 in two, one above the other, with the same border. */
function other() {
  const piece = (c, arcs) => ({ type: "Polygon", arcs: [arcs], properties: { c, n: c, p: 5, s: c } });
  // prettier-ignore
  const arcs = [
    [
      [20, 5],
      [10, 0],
    ], // between the two
    [
      [20, 5],
      [0, 5],
    ], // left of the upper one
    [
      [20, 10],
      [10, 0],
      [0, -5],
    ], // the rest of it
    [
      [20, 0],
      [0, 5],
    ], // left of the lower one
    [
      [30, 5],
      [0, -5],
      [-10, 0],
    ], // the rest of it
  ];
  return {
    city: { c: "62003", n: "Liévin" },
    beside: { 1: "620020101", 3: "620020102" },
    transform: { scale: [0.01, 0.01], translate: [0, 0] },
    objects: {
      iris: {
        type: "GeometryCollection",
        geometries: [piece("620030101", [1, 2, ~0]), piece("620030102", [0, 4, 3])],
      },
    },
    arcs,
  };
}

function opened(...files) {
  const topology = row();
  openCities(topology, files);
  return new Geometry(topology);
}

/** The pairs on both sides of arcs, by code; what has nobody on either side is no line. */
const pairs = ({ sides, codes }) => {
  const found = [];
  for (let arc = 0; 2 * arc < sides.length; arc += 1) {
    const both = [sides[2 * arc], sides[2 * arc + 1]].map((number) => codes[number] ?? "");
    if (both.join("")) found.push(both.sort().join(" "));
  }
  return found.sort();
};

test("the pieces take the place of their commune, in the order of the codes", () => {
  const geometry = opened(city());
  assert.deepEqual(geometry.codes, ["62001", "620020101", "620020102", "62003"]);
  assert.deepEqual(geometry.places, ["62001", "Haut", "Bas", "62003"]);
  assert.equal(geometry.names[1], "Lens – Haut");
  assert.deepEqual(geometry.numbersOf(["62002", "62003"]), [1, 2, 3]); // the city itself is all its pieces
});

test("each arc along the city has a piece on one side and a commune on the other", () => {
  const found = pairs(opened(city()));
  assert.deepEqual(found, [
    " 62001",
    " 620020101",
    " 620020102",
    " 62003",
    "62001 620020101",
    "62001 620020102",
    "620020101 620020102",
    "620020101 62003",
    "620020102 62003",
  ]);
});

test("a zone that has the city and its neighbour has no line between them", () => {
  const geometry = opened(city());
  const inside = geometry.lines((a, b, outer) => !outer && [a, b].includes(0));
  assert.equal(inside.flatMap(({ arcs }) => arcs).length, 2);
  const around = geometry.zoneLines([[0], [0], [0], []]);
  assert.equal(around.flatMap(({ arcs }) => arcs).length, 5); // outside the first, above and under the city, twice towards 62003
});

test("the communes around follow the border of the city, where the territory is drawn more roughly", () => {
  const fine = city();
  fine.arcs[1] = [
    [10, 5],
    [-4, 1],
    [4, 4],
  ]; // the upper one goes four further to the west
  const geometry = opened(fine);
  const world = (/** @type {number} */ x, /** @type {number} */ y) => {
    const sine = Math.sin((y * 0.01 * Math.PI) / 180);
    return [256 * ((x * 0.01) / 360 + 0.5), 256 * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI))];
  };
  const codeAt = (/** @type {number} */ x, /** @type {number} */ y) => geometry.codes[geometry.at(...world(x, y))];
  assert.deepEqual(
    [codeAt(8, 6.5), codeAt(4, 6.5), codeAt(9, 2), codeAt(11, 2)],
    ["620020101", "62001", "62001", "620020102"],
  );
  assert.equal(geometry.contains(0, ...world(8, 6.5)), false);
  assert.equal(opened(city()).contains(0, ...world(8, 6.5)), true);
});

test("between two opened cities each border is one line", () => {
  const geometry = opened(other(), city("620030101"));
  assert.deepEqual(geometry.codes, ["62001", "620020101", "620020102", "620030101", "620030102"]);
  const across = pairs(geometry).filter((pair) => pair.includes("62002") && pair.includes("62003"));
  assert.equal(across.length, 2);
  for (const [number, code] of geometry.codes.entries()) {
    const point = /** @type {{ x: number, y: number }} */ (geometry.insidePoint(number));
    assert.equal(geometry.codes[geometry.at(point.x, point.y)], code);
    assert.equal([...geometry.codes.keys()].filter((other) => geometry.contains(other, point.x, point.y)).length, 1);
  }
});

test("a city that the territory does not hold changes nothing", () => {
  const elsewhere = city();
  elsewhere.city = { c: "75056", n: "Paris" };
  assert.deepEqual(opened(elsewhere).codes, ["62001", "62002", "62003"]);
  assert.deepEqual(pairs(opened(elsewhere)), pairs(opened()));
});
