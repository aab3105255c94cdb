/*
 * The départements around the scope, in grey: fetched once the map is on screen, for nobody waits for them.
 */

import { Files, fetchJson } from "./fetching.js";
import { departementOf, Geometry } from "./geometry.js";
import { Labels } from "./labels.js";

const LAND = "#f6f8f8";
const BORDER = "#c6d0d4";

/**
 * @typedef {{ geometry: Geometry, labels: Labels, own: ReadonlySet<string> }} Around `own`: the départements of the scope
 */

/** @type {Map<string, Promise<{ geometry: Geometry, labels: Labels }>>} */
const read = new Map();

/**
 * The outlines of all départements, decoded once.
 * @param {string} url
 * @param {(url: string) => Promise<any>} get
 * @param {Geometry} scope
 * @returns {Promise<Around>}
 */
export async function fetchAround(url, get, scope) {
  let found = read.get(url);
  if (!found) {
    found = get(url).then((file) => {
      const geometry = new Geometry(file);
      return { geometry, labels: new Labels(geometry) };
    });
    read.set(url, found);
    found.catch(() => read.delete(url));
  }
  return { ...(await found), own: new Set(scope.codes.map(departementOf)) };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./pen.js").Pen} pen of the départements
 * @param {Around} around
 */
export function drawAround(context, pen, around) {
  const others = pen.visible().numbers.filter((number) => !around.own.has(around.geometry.codes[number]));
  if (!others.length) return;
  const is = new Set(others);
  context.fillStyle = LAND;
  pen.fill(context, others);
  context.strokeStyle = BORDER;
  context.lineWidth = 1;
  const { sides } = pen.geometry;
  pen.strokeArcs(context, (arc) => is.has(sides[2 * arc]) || is.has(sides[2 * arc + 1]));
}

const zoneFiles = new Files();
const besideGeometry = (/** @type {import("./types.d.ts").State} */ { geometry }, /** @type {string} */ file) =>
  geometry.replace(/[^/]*$/, file);

/**
 * Draw what lies around the scope; without it the map says all the same.
 * @param {import("./layer.js").CommuneLayer} layer
 * @param {import("./types.d.ts").State} state
 */
export async function showAround(layer, state) {
  if (!state.around || layer.around) return;
  try {
    layer.surround(await fetchAround(besideGeometry(state, state.around), fetchJson, layer.geometry));
  } catch (error) {
    console.warn(error);
  }
}

/**
 * Name the zones of a file from afar; without it the map says all the same.
 * @param {import("./layer.js").CommuneLayer} layer
 * @param {import("./types.d.ts").State} state
 */
export async function showNames(layer, state) {
  const { names } = state;
  if (layer.named === names) return;
  layer.named = names;
  try {
    const zones = names ? await zoneFiles.get(besideGeometry(state, names)) : null;
    if (layer.named === names) layer.name(zones);
  } catch (error) {
    console.warn(error);
  }
}
