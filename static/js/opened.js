/*
 * A city opened into IRIS: its file (geo/display/pieces.py) set in the place of its commune, before the outlines are decoded.
 *
 * IRIS come in the order of the codes, where the commune was, as the rows of Python do. The communes around keep their outline as
 * it is to be filled; where lines run, the arcs of the city's file take the place of theirs along it, so that an arc has its two
 * sides: an IRIS and a commune, or two IRIS of two cities.
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
  for (const geometry of object.geometries) {
    const own = /** @type {number[]} */ (geometry.arcs?.flat(3) ?? []);
    const more = added.get(geometry);
    if (more || own.some((reference) => gone.has(arcOf(reference))))
      geometry.lines = [...own.filter((reference) => !gone.has(arcOf(reference))), ...(more ?? [])];
  }
  topology.cities = opened.map(({ file, pieces }) => ({
    code: file.city.c,
    name: file.city.n,
    pieces: pieces.map(({ properties }) => properties.c),
  }));
}
