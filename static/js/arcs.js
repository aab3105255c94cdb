/*
 * Arcs of a TopoJSON file as flat arrays, in Web Mercator pixels at zoom 0 (a world of 256 x 256), and boxes.
 */

const WORLD = 256;

/**
 * @typedef {import("./types.d.ts").Box} Box
 * @typedef {{ c: string, n: string, p?: number, h?: string, s?: string }} Properties code, name, inhabitants, code of the seat, name
 *   within the city
 * @typedef {{ type: string, arcs: any, properties: Properties, number?: number, lines?: number[] }} TopoGeometry `lines`: the arcs that
 *   lines follow, when they are not those of the outline (opened.js)
 * @typedef {{
 *   objects: Record<string, { type: string, geometries: TopoGeometry[] }>,
 *   arcs: number[][][],
 *   cities?: { code: string, name: string, pieces: string[] }[],
 *   transform?: { scale: [number, number], translate: [number, number] },
 * }} Topology
 * @typedef {{ starts: Int32Array, xs: Float64Array, ys: Float64Array }} Arcs vertices of arc n: starts[n] to starts[n + 1]
 */

/** @param {number} lon degrees */
const projectX = (lon) => WORLD * (lon / 360 + 0.5);

/** @param {number} lat degrees */
function projectY(lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return WORLD * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI));
}

/**
 * The number of an arc, whichever way it is followed.
 * @param {number} reference
 */
export const arcOf = (reference) => (reference < 0 ? ~reference : reference);

/** @returns {Box} */
export const emptyBox = () => [Infinity, Infinity, -Infinity, -Infinity];

/**
 * Make a box hold another.
 * @param {Box} box
 * @param {ArrayLike<number>} other
 */
export function widen(box, other) {
  if (other[0] < box[0]) box[0] = other[0];
  if (other[1] < box[1]) box[1] = other[1];
  if (other[2] > box[2]) box[2] = other[2];
  if (other[3] > box[3]) box[3] = other[3];
}

/**
 * @param {Topology} topology its arcs are reduced to their two ends: the library that joins them needs no more
 * @returns {Arcs}
 */
export function decodeArcs(topology) {
  const arcs = topology.arcs;
  const [kx, ky] = topology.transform?.scale ?? [1, 1];
  const [tx, ty] = topology.transform?.translate ?? [0, 0];
  const delta = Boolean(topology.transform);
  let total = 0;
  for (const arc of arcs) total += arc.length;
  const starts = new Int32Array(arcs.length + 1);
  const xs = new Float64Array(total);
  const ys = new Float64Array(total);
  let at = 0;
  arcs.forEach((arc, number) => {
    let x = 0;
    let y = 0;
    for (const [px, py] of arc) {
      x = delta ? x + px : px;
      y = delta ? y + py : py;
      xs[at] = projectX(x * kx + tx);
      ys[at] = projectY(y * ky + ty);
      at += 1;
    }
    starts[number + 1] = at;
    const [fx, fy] = arc[0];
    arcs[number] = [arc[0], delta ? [x - fx, y - fy] : [x, y]];
  });
  return { starts, xs, ys };
}

/**
 * The rings of a geometry as one flat list, whatever its kind (drawn with the even-odd rule).
 * @param {TopoGeometry} geometry
 * @returns {number[][]}
 */
export function ringsOf(geometry) {
  if (geometry.type === "Polygon") return geometry.arcs;
  if (geometry.type === "MultiPolygon") return geometry.arcs.flat();
  return [];
}

/**
 * Bounding box of each arc, four numbers an arc.
 * @param {Arcs} arcs
 */
export function boxesOfArcs({ starts, xs, ys }) {
  const count = starts.length - 1;
  const boxes = new Float64Array(4 * count);
  for (let arc = 0; arc < count; arc += 1) {
    let [west, north, east, south] = emptyBox();
    for (let i = starts[arc]; i < starts[arc + 1]; i += 1) {
      if (xs[i] < west) west = xs[i];
      if (xs[i] > east) east = xs[i];
      if (ys[i] < north) north = ys[i];
      if (ys[i] > south) south = ys[i];
    }
    boxes.set([west, north, east, south], 4 * arc);
  }
  return boxes;
}
