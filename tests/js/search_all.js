// What the browser's search finds for many texts at once: run by tests/search/test_search.py, which compares it with geo/search.

import { readFileSync } from "node:fs";
import { openIndex } from "../../static/js/search/index.js";

const [folder] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8"));
const index = openIndex(read("communes"), read("layers"));
const asked = read("asked");
const named = (place) => (place.kind === "ancien" ? `former:${place.id}` : place.id);
const whole = asked.whole.map((text) => {
  const { hits, total, near } = index.search(text);
  return [...hits.map(({ place, note }) => [named(place), note]), total, near.map(named)];
});
const first = asked.first.map((text) => named(index.search(text, { most: 1 }).hits[0]?.place ?? { id: null }));
process.stdout.write(JSON.stringify({ first, whole }));
