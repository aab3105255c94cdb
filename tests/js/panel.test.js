import assert from "node:assert/strict";
import test from "node:test";
import { stepOf } from "../../static/js/panel.js";
import { placeAfter } from "../../static/js/toolbar.js";
import "./leaflet.js";

const pressed = (key, ...held) =>
  stepOf({
    key,
    ...Object.fromEntries(["ctrlKey", "metaKey", "shiftKey", "altKey"].map((k) => [k, held.includes(k)])),
  });

test("the usual keys undo and do again, on any keyboard", () => {
  assert.equal(pressed("z", "ctrlKey"), "undo");
  assert.equal(pressed("z", "metaKey"), "undo");
  assert.equal(pressed("y", "ctrlKey"), "redo");
  assert.equal(pressed("Z", "ctrlKey", "shiftKey"), "redo");
});

test("no other key does", () => {
  for (const [key, ...held] of [
    ["z"],
    ["z", "shiftKey"],
    ["z", "ctrlKey", "altKey"],
    ["x", "ctrlKey"],
    ["Y", "ctrlKey", "shiftKey"],
  ]) {
    assert.equal(pressed(key, ...held), null, `${key} ${held}`);
  }
});

test("the arrows go round the buttons, and the other keys are left alone", () => {
  assert.equal(placeAfter("ArrowDown", 0, 3), 1);
  assert.equal(placeAfter("ArrowDown", 2, 3), 0);
  assert.equal(placeAfter("ArrowLeft", 0, 3), 2);
  assert.equal(placeAfter("Home", 2, 3), 0);
  assert.equal(placeAfter("End", 0, 3), 2);
  assert.equal(placeAfter("Tab", 1, 3), -1);
});
