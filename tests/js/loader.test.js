import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

const FOLDER = new URL("../../static/js/", import.meta.url);
const modules = readdirSync(FOLDER).filter((name) => name.endsWith(".js") && name !== "loader.js");
const text = (name) => readFileSync(new URL(name, FOLDER), "utf-8");

test("the loader asks for every module, once, and no other", () => {
  const [, listed] = text("loader.js").match(/const MODULES = \[([^\]]*)\]/);
  const named = [...listed.matchAll(/"(\w+)"/g)].map(([, name]) => `${name}.js`);
  assert.deepEqual(named.sort(), modules.sort());
});

test("modules import one another by plain names, which the import map knows", () => {
  for (const name of modules) {
    for (const [, from] of text(name).matchAll(/^(?:import|export)\b[^;"]*\bfrom "([^"]+)"/gm)) {
      assert.ok(modules.includes(from.replace("./", "")), `${name} imports ${from}`);
    }
  }
});

test("only the loader writes a global, and no module reads one that is not documented", () => {
  for (const name of modules) assert.doesNotMatch(text(name), /\b(window|globalThis)\.\w+ ?=[^=]|\bCL\./, name);
});
