/*
 * A city opened into IRIS: its file (geo/display/pieces.py) set in the place of its commune, before the outlines are decoded.
 *
 * IRIS come in the order of the codes, where the commune was, as the rows of Python do. Along the city, the arcs of its file take the
 * place of those of the communes around, so that an arc has its two sides: an IRIS and a commune, or two IRIS of two cities. Where the
 * territory is drawn roughly, the communes around follow the city all the same.
 */

import { arcOf } from "./arcs.js";

/**
 * @typedef {import("./arcs.js").Topology} Topology
 * @typedef {import("./arcs.js").TopoGeometry} TopoGeometry
 * @typedef {Topology & { city: { c: string, n: string }, beside: Record<string, string> }} CityFile `beside`: who is on the other
 *   side of an outer arc, by its number
 */

/**
 * @param {any} arcs lists of references, nested in any way
 * @param {(reference: number) => number} change
 * @returns {any}
 */
const changed = (arcs, change) =>
  Array.isArray(arcs) ? arcs.map((inner) => changed(inner, change)) : change(/** @type {number} */ (arcs));

/**
 * @param {any} arcs of a polygon, or of several
 * @param {(ring: number[]) => readonly number[]} change
 * @returns {any}
 */
const ringsApart = (arcs, change) =>
  typeof arcs[0] === "number" ? change(arcs) : arcs.map((/** @type {any} */ inner) => ringsApart(inner, change));

/**
 * The two ends of an arc, each as one text, its own first.
 * @param {number[][]} arc steps on the grid
 */
function endsOf(arc) {
  let [x, y] = [0, 0];
  for (const [dx, dy] of arc) [x, y] = [x + dx, y + dy];
  return [arc[0].join(), [x, y].join()];
}

/**
 * Follow arcs end to end; null when they do not lead there.
 * @param {string} from
 * @param {string} to
 * @param {readonly number[]} arcs each taken once at most
 * @param {(arc: number) => string[]} ends
 * @returns {number[] | null} references
 */
function chain(from, to, arcs, ends) {
  const left = new Set(arcs);
  const found = [];
  for (let at = from; left.size && (at !== to || !found.length); ) {
    const next = [...left].find((arc) => ends(arc).includes(at));
    if (next === undefined) return null;
    left.delete(next);
    const [first, last] = ends(next);
    found.push(first === at ? next : ~next);
    at = first === at ? last : first;
    if (at === to) return found;
  }
  return null;
}

/**
 * The end of one of these arcs at a point, or next to it: a territory drawn roughly is rounded otherwise; the point itself else.
 * @param {string} point
 * @param {readonly number[]} arcs
 * @param {(arc: number) => string[]} ends
 */
function endNear(point, arcs, ends) {
  const [x, y] = point.split(",").map(Number);
  const near = (/** @type {string} */ end) => {
    const [ex, ey] = end.split(",").map(Number);
    return Math.abs(ex - x) <= 1 && Math.abs(ey - y) <= 1;
  };
  const every = arcs.flatMap(ends);
  return every.includes(point) ? point : (every.find(near) ?? point);
}

/**
 * A ring with the arcs that are gone replaced by those that run along the same border; as it was where these do not lead from one end
 * to the other.
 * @param {readonly number[]} ring
 * @param {ReadonlySet<number>} gone
 * @param {readonly number[]} added
 * @param {(arc: number) => string[]} ends
 */
function rejoined(ring, gone, added, ends) {
  const stays = ring.findIndex((reference) => !gone.has(arcOf(reference)));
  const start = (/** @type {number} */ reference) =>
    endNear(ends(arcOf(reference))[reference < 0 ? 1 : 0], added, ends);
  if (stays < 0) {
    const [first] = ends(added[0]); // the commune is all around the city
    return chain(first, first, added, ends) ?? ring;
  }
  const turned = [...ring.slice(stays), ...ring.slice(0, stays)];
  const made = [];
  for (let at = 0; at < turned.length; ) {
    let end = at;
    while (end < turned.length && gone.has(arcOf(turned[end]))) end += 1;
    if (end === at) made.push(turned[at++]);
    else {
      const way = chain(start(turned[at]), start(turned[end % turned.length]), added, ends);
      if (!way) return ring;
      made.push(...way);
      at = end;
    }
  }
  return made;
}

/**
 * Set cities in the place of their communes, in the topology itself; a city that the territory does not hold is left out.
 * @param {Topology} topology
 * @param {readonly CityFile[]} files
 */
export function openCities(topology, files) {
  const object = topology.objects.communes;
  if (!object) return;
  /** Arcs that no line follows any more. @type {Set<number>} */
  const gone = new Set();
  /** @type {{ file: CityFile, from: number, pieces: TopoGeometry[] }[]} */
  const opened = [];
  for (const file of [...files].sort((a, b) => (a.city.c < b.city.c ? -1 : 1))) {
    const at = object.geometries.findIndex(({ properties }) => properties.c === file.city.c);
    if (at < 0) continue;
    const from = topology.arcs.length;
    const pieces = file.objects.iris.geometries.map((piece) => ({
      ...piece,
      arcs: changed(piece.arcs, (reference) => (reference < 0 ? reference - from : reference + from)),
    }));
    const [commune] = object.geometries.splice(at, 1, ...pieces);
    for (const arc of commune.arcs.flat(3).map(arcOf)) gone.add(arc);
    topology.arcs = topology.arcs.concat(file.arcs);
    opened.push({ file, from, pieces });
  }
  const index = new Map(object.geometries.map((geometry) => [geometry.properties.c, geometry]));
  /** @type {Map<TopoGeometry, number[]>} */
  const added = new Map();
  for (const { file, from } of opened) {
    for (const [arc, code] of Object.entries(file.beside)) {
      const other = index.get(code) ?? index.get(code.slice(0, 5));
      if (!other) continue; // out of the territory
      // Between two opened cities, the line is that of the first.
      if (code.length > 5 && other.properties.c === code && code.slice(0, 5) < file.city.c)
        gone.add(Number(arc) + from);
      else added.set(other, [...(added.get(other) ?? []), Number(arc) + from]);
    }
  }
  if (!opened.length) return;
  const ends = (/** @type {number} */ arc) => endsOf(topology.arcs[arc]);
  for (const geometry of object.geometries) {
    const own = /** @type {number[]} */ (geometry.arcs?.flat(3) ?? []);
    const more = added.get(geometry);
    if (!more && !own.some((reference) => gone.has(arcOf(reference)))) continue;
    geometry.lines = [...own.filter((reference) => !gone.has(arcOf(reference))), ...(more ?? [])];
    if (more) geometry.arcs = ringsApart(geometry.arcs, (ring) => rejoined(ring, gone, more, ends));
  }
  topology.cities = opened.map(({ file, pieces }) => ({
    code: file.city.c,
    name: file.city.n,
    pieces: pieces.map(({ properties }) => properties.c),
  }));
}
