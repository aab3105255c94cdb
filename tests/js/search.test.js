import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { openIndex } from "../../static/js/search/index.js";
import { detail } from "../../static/js/search/lines.js";

// tests/search/test_search.py holds geo/search to the same file.
const { tables, cases, lines } = JSON.parse(readFileSync(new URL("../data/search.json", import.meta.url), "utf8"));
const index = openIndex(tables.communes, tables.layers);
const named = (place) => (place.kind === "ancien" ? `former:${place.id}` : place.id);

for (const [title, asked] of Object.entries(cases))
  test(title, () => {
    for (const { text, answer, total = answer.length, near = [], wanted = {} } of asked) {
      const only = wanted.only && new Set(wanted.only);
      const found = index.search(text, { ...wanted, only });
      assert.deepEqual([found.hits.map(({ place }) => named(place)), found.near.map(named)], [answer, near], text);
      if (!wanted.most) assert.equal(found.total, total, text);
    }
  });

test("each line says what a place is", () => {
  for (const [id, note, said] of lines) {
    const place = index.places.find((one) => named(one) === id);
    assert.equal(`${place.name} · ${detail(place, index.departements, note)}`, said);
  }
});
