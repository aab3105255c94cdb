import assert from "node:assert/strict";
import test from "node:test";
import { frontOf, Overlays, ordered } from "../../static/js/overlays.js";
import "./leaflet.js";

test("what is chosen last is in front", () => {
  assert.equal(frontOf([], ["epci", "cls"], null), "cls");
  assert.equal(frontOf(["epci"], ["epci", "cls"], "epci"), "cls");
  assert.equal(frontOf(["cls"], ["epci", "cls"], "cls"), "epci"); // wherever it stands in the list
});

test("what was brought to the front stays there while it is shown, whatever goes or comes back", () => {
  assert.equal(frontOf(["epci", "cls", "dac"], ["epci", "cls"], "epci"), "epci");
  assert.equal(frontOf(["epci", "cls", "dac"], ["cls", "dac"], "epci"), "dac");
  assert.equal(frontOf(["epci"], [], "epci"), null);
});

test("one outline alone is whole; among several, all but one are behind, and drawn first", () => {
  const list = ["epci", "cls", "dac"].map((id) => ({ id }));
  const drawn = (front, ...ids) =>
    ordered(
      list.filter(({ id }) => ids.includes(id)),
      front,
    ).map(({ id, behind }) => [id, behind]);
  assert.deepEqual(drawn("epci", "epci"), [["epci", false]]);
  assert.deepEqual(drawn("epci", "epci", "cls", "dac"), [
    ["cls", true],
    ["dac", true],
    ["epci", false],
  ]);
});

test("the territory looked at is a line of the map, over those of the zones and under the names", () => {
  const layer = { outlines: [] };
  const overlays = new Overlays();
  overlays.reset(layer);
  const [mark, shown] = [
    { lines: [], color: "#10181c" },
    { lines: [], color: "#ffb800" },
  ];
  overlays.mark(mark);
  overlays.highlight(shown);
  assert.deepEqual(layer.outlines, [mark, shown]);
  overlays.highlight(null);
  assert.deepEqual(layer.outlines, [mark]);
  assert.equal(overlays.highlighted, false);
  overlays.mark(null);
  assert.deepEqual(layer.outlines, []);
});
