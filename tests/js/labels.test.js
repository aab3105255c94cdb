import assert from "node:assert/strict";
import test from "node:test";
import { Geometry } from "../../static/js/geometry.js";
import { Labels } from "../../static/js/labels.js";
import { load } from "./leaflet.js";

load("topojson-client/topojson-client.min.js");

const SCALE = 2 ** 9;
const SIDE = 0.2; // degrees: some 73 pixels at this scale
const measure = (font, text) => text.length * (Number.parseFloat(font.split(" ")[1]) / 2);

/** A row of separate squares, one commune each, given by code, name and inhabitants. */
function row(...communes) {
  const arcs = communes.map((_, i) => {
    const [west, east] = [2 + i * SIDE, 2 + (i + 1) * SIDE];
    return [
      [west, 48],
      [west, 48 + SIDE],
      [east, 48 + SIDE],
      [east, 48],
      [west, 48],
    ];
  });
  const geometries = communes.map(([c, n, p], i) => ({ type: "Polygon", arcs: [[i]], properties: { c, n, p } }));
  return new Geometry({
    type: "Topology",
    objects: { communes: { type: "GeometryCollection", geometries } },
    arcs,
  });
}

/** The names chosen for a window around the whole row, at a scale. */
function named(geometry, { scale = SCALE, selected = [], ...more } = {}) {
  const [west, north, east, south] = geometry.boxAround();
  const pen = { scale, origin: { x: west * scale - 200, y: north * scale - 200 } };
  const window = [0, 0, (east - west) * scale + 400, (south - north) * scale + 400];
  const visible = {
    is: new Uint8Array(geometry.count).fill(1),
    numbers: [...geometry.codes.keys()],
    width: ((east - west) * scale) / geometry.count,
  };
  const chosen = new Uint8Array(geometry.count);
  for (const number of selected) chosen[number] = 1;
  return new Labels(geometry).choose(measure, pen, visible, window, { selected: chosen, ...more });
}

const boxOf = ({ text, x, y, size }) => [
  x - (text.length * size) / 4,
  y - size / 2,
  x + (text.length * size) / 4,
  y + size / 2,
];
const crossed = ([a, b, c, d], [e, f, g, h]) => a < g && c > e && b < h && d > f;

test("every name is there when there is room, the biggest first", () => {
  const found = named(row(["62001", "Arras", 10], ["62002", "Lens", 200_000], ["62003", "Béthune", 30_000]));
  assert.deepEqual(
    found.map(({ text, size }) => [text, size]),
    [
      ["Lens", 16],
      ["Béthune", 14.5],
      ["Arras", 13],
    ],
  );
});

test("no name lies over another, and the bigger ones win, whatever the scale", () => {
  const communes = Array.from({ length: 40 }, (_, i) => [
    `620${10 + i}`,
    `Commune au nom long ${i}`,
    1000 + ((i * 7) % 40),
  ]);
  const geometry = row(...communes);
  for (const scale of [SCALE / 8, SCALE, SCALE * 4]) {
    const found = named(geometry, { scale });
    assert.ok(found.length);
    assert.equal(found[0].text, "Commune au nom long 17"); // 17 × 7 = 119, 39 more than 80
    found.forEach((label, i) => {
      for (const other of found.slice(0, i))
        assert.ok(!crossed(boxOf(label), boxOf(other)), `${label.text} / ${other.text}`);
    });
  }
  assert.ok(named(geometry, { scale: SCALE * 4 }).length > named(geometry, { scale: SCALE / 8 }).length);
});

test("the communes of the perimeter are named before bigger ones", () => {
  const geometry = row(["62001", "Grande commune", 90_000], ["62002", "Petite commune", 10]);
  assert.deepEqual(
    named(geometry, { scale: SCALE / 3 }).map(({ text }) => text),
    ["Grande commune"],
  );
  assert.equal(named(geometry, { scale: SCALE / 3, selected: [1] })[0].text, "Petite commune");
});

test("a name too wide for its commune stands beside a dot, and one too wide for the window is left out", () => {
  const [label, ...others] = named(row(["62001", "Un nom bien plus long que sa commune", 5]));
  assert.equal(others.length, 0);
  assert.ok(label.dot > label.y);
  assert.deepEqual(named(row(["62001", "a".repeat(400), 5])), []);
});

test("from afar the three cities are one name, and nearer their arrondissements", () => {
  const geometry = row(
    ["75101", "Paris 1er Arrondissement", 15_000],
    ["75115", "Paris 15e Arrondissement", 220_000],
    ["92012", "Boulogne-Billancourt", 120_000],
  );
  const far = named(geometry, { scale: SCALE / 2 }).map(({ text }) => text);
  assert.deepEqual(far.slice(0, 1), ["Paris"]);
  assert.ok(!far.some((text) => text.includes("Arrondissement")));
  assert.ok(named(geometry, { scale: SCALE * 8 }).some(({ text }) => text === "Paris 15e"));
});

test("zones are named at a commune of theirs, where they are wide enough", () => {
  const geometry = row(["62001", "A", 1], ["62002", "B", 1], ["62003", "C", 1]);
  const front = {
    zones: [
      ["z", "Pays"],
      ["y", "Une zone au nom beaucoup trop long"],
    ],
    of: [[0], [0], [1]],
    color: "#123456",
  };
  const found = named(geometry, { front }).filter(({ colour }) => colour === "#123456");
  assert.deepEqual(
    found.map(({ text }) => text),
    ["Pays"],
  );
});

test("départements around are named, and those of the scope are not", () => {
  const geometry = row(["62001", "Arras", 10]);
  const outlines = row(["62", "Pas-de-Calais"], ["59", "Nord"]);
  const around = { geometry: outlines, labels: new Labels(outlines), own: new Set(["62"]) };
  const names = named(geometry, { around }).map(({ text }) => text);
  assert.deepEqual(names, ["Arras", "Nord"]);
});

test("no name goes under a button", () => {
  const geometry = row(["62001", "Arras", 10], ["62002", "Lens", 20]);
  const [lens] = named(geometry);
  const buttons = [[lens.x - 2, lens.y - 2, lens.x + 2, lens.y + 2]];
  assert.deepEqual(
    named(geometry, { buttons }).map(({ text }) => text),
    ["Arras"],
  );
});

test("from afar the seat of a département comes before a larger town, its département after, then the zones", () => {
  const town = (number, people) => [`620${number}`, number === 10 ? "Siège" : `Bourg ${number}`, people];
  const geometry = row(...Array.from({ length: 20 }, (_, i) => town(10 + i, i ? 49_000 : 900)));
  const outlines = row(["59", "N"], ["62", "P"]);
  outlines.seats = ["62010"];
  const around = { geometry: outlines, labels: new Labels(outlines), own: new Set(["62", "59"]) };
  const quiet = { zones: [["z", "Zone"]], of: geometry.codes.map((_, i) => (i > 12 ? [0] : [])) };
  const far = named(geometry, { scale: SCALE / 6, around, quiet });
  assert.equal(far[0].text, "Siège");
  const rank = (text) => far.findIndex((label) => label.text === text);
  assert.ok(rank("N") > 0 && rank("Zone") > rank("N"), far.map(({ text }) => text).join());
  const near = named(geometry, { scale: SCALE, around, quiet }).map(({ text }) => text);
  assert.ok(near.includes("Bourg 11") && !near.includes("Zone") && !near.includes("N"), near.join());
});

test("zones are not named twice: those outlined, or else the quiet ones", () => {
  const geometry = row(...Array.from({ length: 20 }, (_, i) => [`620${10 + i}`, `Bourg ${i}`, 1]));
  const zones = (name) => ({ zones: [["z", name]], of: geometry.codes.map(() => [0]) });
  const found = named(geometry, {
    scale: SCALE / 6,
    quiet: zones("Calme"),
    front: { ...zones("Devant"), color: "#123456" },
  });
  const texts = found.map(({ text }) => text);
  assert.ok(texts.includes("Devant") && !texts.includes("Calme"), texts.join());
});
