/*
 * The départements around the scope, in grey: fetched once the map is on screen, for nobody waits for them.
 */

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
