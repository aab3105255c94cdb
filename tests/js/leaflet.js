/*
 * The real libraries of static/vendor as the globals that a browser would have, with as little of a page as they ask for.
 */

import { readFileSync } from "node:fs";
import vm from "node:vm";

const style = new Proxy({}, { has: () => true, get: () => "", set: () => true });
const element = () => ({ style, classList: { add() {} }, appendChild() {}, setAttribute() {}, getContext: () => null });
globalThis.navigator ??= { userAgent: "", platform: "" }; // Node 20 has none
Object.assign(globalThis, {
  window: globalThis,
  screen: {},
  document: { documentElement: element(), createElement: element, createElementNS: element, addEventListener() {} },
  addEventListener() {},
});

/** @param {string} path under static/vendor */
export function load(path) {
  vm.runInThisContext(readFileSync(new URL(`../../static/vendor/${path}`, import.meta.url), "utf-8"), {
    filename: path,
  });
}
