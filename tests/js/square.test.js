import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./leaflet.js";

load("leaflet/leaflet.js");
const { Square } = await import("../../static/js/square.js");

/** A canvas renderer of Leaflet itself, on a context that notes what is drawn. */
function recorder() {
  const drawn = [];
  const note =
    (name) =>
    (...numbers) =>
      drawn.push([name, ...numbers]);
  const context = Object.fromEntries(
    ["beginPath", "rect", "arc", "fill", "stroke", "save", "restore"].map((n) => [n, note(n)]),
  );
  const renderer = Object.assign(Object.create(L.Canvas.prototype), { _ctx: context, _drawing: true, _layers: {} });
  renderer._bounds = L.bounds([0, 0], [100, 100]);
  renderer._pxBounds = renderer._bounds;
  return { renderer, drawn };
}

function square(renderer, at = [30, 40]) {
  const mark = new Square([50, 2], { radius: 5, fill: true });
  Object.assign(mark, { _renderer: renderer, _point: L.point(at), _pxBounds: L.bounds([25, 35], [35, 45]) });
  return mark;
}

test("Leaflet's own canvas draws a square of the radius of the mark, filled and stroked", () => {
  const { renderer, drawn } = recorder();
  square(renderer)._updatePath();
  assert.deepEqual(
    drawn.find(([name]) => name === "rect"),
    ["rect", 25, 35, 10, 10],
  );
  assert.deepEqual(
    drawn.map(([name]) => name),
    ["beginPath", "rect", "fill", "stroke"],
  );
});

test("nothing is drawn between two drawings of the canvas", () => {
  const { renderer, drawn } = recorder();
  renderer._drawing = false;
  square(renderer)._updatePath();
  assert.deepEqual(drawn, []);
});

test("where Leaflet's private names are not there, the mark is the disc it draws by itself", () => {
  const discs = [];
  square({ _updateCircle: (mark) => discs.push(mark) })._updatePath();
  assert.equal(discs.length, 1);
});
