import assert from "node:assert/strict";
import test from "node:test";
import { grouped } from "../../static/js/legend.js";
import "./leaflet.js";

const pale = (label) => ({ fill: "#f8e9e4", hatch: true, motif: "fines", label });

test("fills that look the same have one line, which says all of them", () => {
  const told = grouped([
    { fill: "#1f7a6d", hatch: false, label: "couvert" },
    pale("non couvert, d’après votre déclaration (02)"),
    pale("non couvert, d’après votre déclaration (59)"),
  ]);
  assert.deepEqual(
    told.map(({ label }) => label),
    ["couvert", "non couvert, d’après votre déclaration (02, 59)"],
  );
  assert.deepEqual(
    grouped([pale("non couvert"), pale("non couvert, d’après votre déclaration (02)")])[0].label.split("\u00a0; "),
    ["non couvert", "non couvert, d’après votre déclaration (02)"],
  );
});

test("fills that differ by their motif alone have a line each", () => {
  assert.equal(grouped([pale("a"), { ...pale("b"), motif: "points" }]).length, 2);
});
