import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./leaflet.js";

load("leaflet/leaflet.js");
load("topojson-client/topojson-client.min.js");
const { FirstPicture } = await import("../../static/js/outline.js");

const SQUARE = {
  type: "Topology",
  objects: {
    zones: { type: "GeometryCollection", geometries: [{ type: "Polygon", arcs: [[0]], properties: { c: "79" } }] },
  },
  arcs: [
    [
      [0, 46],
      [1, 46],
      [1, 47],
      [0, 47],
      [0, 46],
    ],
  ],
};
const BOUNDS = [
  [46, 0],
  [47, 1],
];
const FRANCE = "../geo/communes-france-0123456789.json";

/** A map that notes what is done to it, and what is fetched. */
function scene() {
  const done = [];
  globalThis.fetch = async (url) => {
    done.push(url);
    return { ok: true, json: async () => SQUARE };
  };
  const map = {
    fitBounds: () => done.push("fit"),
    addLayer: (layer) => {
      layer._map = map;
      done.push("drawn");
    },
    removeLayer: () => done.push("removed"),
  };
  return { map, done, picture: new FirstPicture(map) };
}

test("départements stand in for the communes of a country, where the map will open, until these are drawn", async () => {
  const { done, picture } = scene();
  await picture.begin(FRANCE, "outlines-departements-0.json", BOUNDS);
  assert.deepEqual(done, ["../geo/outlines-departements-0.json", "fit", "drawn"]);
  picture.end();
  assert.deepEqual(done.slice(3), ["removed"]);
  picture.end();
  assert.equal(done.length, 4);
});

test("communes that are there at once have no picture before them, nor those of a département", async () => {
  const { done, picture } = scene();
  const begun = picture.begin(FRANCE, "outlines-departements-0.json", BOUNDS);
  picture.end();
  await begun;
  await picture.begin("../geo/communes-dep-79-0.json", "outlines-departements-0.json", BOUNDS);
  await picture.begin(FRANCE, undefined, BOUNDS);
  assert.deepEqual(done, []);
});
