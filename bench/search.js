// What a key costs in the browser's search: run by bench/search.py. The baseline is what a page without an index does: every
// name folded and compared at each key.

import { readFileSync } from "node:fs";
import { openIndex, words } from "../static/js/search/index.js";

const [folder] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8"));
const spent = (work) => {
  const before = process.cpuUsage().user;
  work();
  return (process.cpuUsage().user - before) / 1000;
};
let index;
const open = spent(() => {
  index = openIndex(read("communes"), read("layers"));
});
const keys = read("typed").flatMap((text) => [...text].map((_, k) => text.slice(0, k + 1)));
for (const key of keys) index.search(key); // compiled
const costs = keys.map((key) => spent(() => index.search(key))).sort((a, b) => a - b);
const naive = keys.slice(0, 12).map((key) => {
  const asked = words(key).join(" ");
  return spent(() => index.places.filter((place) => ` ${words(place.name).join(" ")}`.includes(` ${asked}`)));
});
const middle = (values) => values[values.length >> 1];
const ordered = naive.sort((a, b) => a - b);
process.stdout.write(JSON.stringify({ open, median: middle(costs), most: costs.at(-1), naive: middle(ordered) }));
