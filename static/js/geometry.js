/*
 * Geometry of one scope: a TopoJSON file decoded once into flat arrays.
 *
 * Coordinates are kept as Web Mercator pixels at zoom 0 (a world of 256 x 256), so that a zoom level is one
 * multiplication. Borders are arcs shared by two communes: an arc is drawn once, and "where do two sets of
 * communes differ" (a selection, a zone) is a question about the two sides of each arc, without any geometry.
 * Communes are known by their number, their rank in the file.
 */

import { arcOf, boxesOfArcs, decodeArcs, emptyBox, ringsOf, widen } from "./arcs.js";

const TOLERANCE_PX = 0.75; // vertices closer than this to the one before are not worth drawing

/**
 * @typedef {import("./types.d.ts").Line} Line
 * @typedef {import("./arcs.js").Topology} Topology
 * @typedef {import("./arcs.js").Arcs & { zoom: number }} ArcsAtZoom
 */

/**
 * "62" for "62041", "971" for "97105", "2A" for "2A004"; a département's own code is itself.
 * @param {string} code
 */
export const departementOf = (code) => code.slice(0, code.startsWith("97") || code.startsWith("98") ? 3 : 2);

export class Geometry {
  #topology;
  #object;
  /** @type {ArcsAtZoom | null} */
  #drawn = null;
  /** @type {Line[] | null} */
  #departements = null;

  /** @param {Topology} topology decoded here, and no longer whole afterwards */
  constructor(topology) {
    this.#topology = topology;
    this.#object = topology.objects.communes || topology.objects.zones || Object.values(topology.objects)[0];
    const geometries = this.#object.geometries;
    this.count = geometries.length;
    this.codes = geometries.map(({ properties }) => String(properties.c));
    this.names = geometries.map(({ properties }) => String(properties.n));
    /** Codes of the communes where each département has its seat, when the file says them. */
    this.seats = geometries.flatMap(({ properties }) => properties.h ?? []);
    this.populations = geometries.map(({ properties }) => properties.p);
    /** Name of each as written on the map: that of an IRIS within its city. */
    // As they are written on a map: « Paris 18e », an IRIS without its city.
    this.places = geometries.map(({ properties }) =>
      String(properties.s ?? properties.n).replace(/ Arrondissement$/, ""),
    );
    /** @type {Map<string, number>} number of each code */
    this.index = new Map(this.codes.map((code, number) => [code, number]));
    /** Cities opened into IRIS, by code: their name, the numbers of their IRIS. @type {Map<string, { name: string, numbers: number[] }>} */
    this.cities = new Map(
      topology.cities?.map(({ code, name, pieces }) => [code, { name, numbers: this.numbersOf(pieces) }]),
    );
    const arcs = decodeArcs(topology);
    this.starts = arcs.starts;
    this.xs = arcs.xs;
    this.ys = arcs.ys;
    this.rings = geometries.map(ringsOf);
    /** The arcs that lines follow around each commune. @type {readonly (readonly number[])[]} */
    this.lined = geometries.map(({ lines }, number) => lines ?? this.rings[number].flat());
    geometries.forEach((geometry, number) => {
      geometry.number = number;
      if (geometry.lines) Object.assign(geometry, { type: "MultiLineString", arcs: [geometry.lines] });
    });
    this.arcBoxes = boxesOfArcs(arcs);
    /** Bounding box of each commune, four numbers a commune. */
    this.boxes = new Float64Array(4 * this.count);
    /** The two communes (or one, and -1) beside each arc, two numbers an arc. */
    this.sides = new Int32Array(2 * (this.starts.length - 1)).fill(-1);
    this.#measure();
  }

  #measure() {
    const { boxes, sides, arcBoxes } = this;
    this.rings.forEach((rings, number) => {
      const box = emptyBox();
      for (const arc of rings.flat().map(arcOf)) widen(box, arcBoxes.subarray(4 * arc, 4 * arc + 4));
      boxes.set(box, 4 * number);
      for (const arc of this.lined[number].map(arcOf)) sides[2 * arc + (sides[2 * arc] === -1 ? 0 : 1)] = number;
    });
  }

  /**
   * Numbers of the communes of these codes that the scope holds; of the IRIS of an opened one.
   * @param {Iterable<string>} codes
   */
  numbersOf(codes) {
    const numbers = [];
    for (const code of codes) {
      const number = this.index.get(code);
      if (number !== undefined) numbers.push(number);
      else numbers.push(...(this.cities?.get(code)?.numbers ?? []));
    }
    return numbers;
  }

  /**
   * Box around some communes (all of them by default), or null around none.
   * @param {Iterable<number>} [numbers]
   */
  boxAround(numbers = this.codes.keys()) {
    const box = emptyBox();
    for (const number of numbers) widen(box, this.boxes.subarray(4 * number, 4 * number + 4));
    return box[0] <= box[2] ? box : null;
  }

  /**
   * Number of the commune at a point given in pixels at zoom 0, or -1.
   * @param {number} x
   * @param {number} y
   */
  at(x, y) {
    const boxes = this.boxes;
    for (let number = 0; number < this.count; number += 1) {
      const k = 4 * number;
      if (x < boxes[k] || x > boxes[k + 2] || y < boxes[k + 1] || y > boxes[k + 3]) continue;
      if (this.contains(number, x, y)) return number;
    }
    return -1;
  }

  /**
   * @param {number} number
   * @param {number} x
   * @param {number} y
   */
  contains(number, x, y) {
    return this.#crossings(number, y).filter((crossing) => crossing > x).length % 2 === 1;
  }

  /**
   * Where the borders of a commune cross a parallel, from west to east.
   * @param {number} number
   * @param {number} y
   */
  #crossings(number, y) {
    const { xs, ys, starts } = this;
    const found = [];
    for (const ring of this.rings[number]) {
      for (const reference of ring) {
        const arc = arcOf(reference);
        for (let i = starts[arc] + 1; i < starts[arc + 1]; i += 1) {
          if (ys[i] > y === ys[i - 1] > y) continue;
          found.push(((xs[i - 1] - xs[i]) * (y - ys[i])) / (ys[i - 1] - ys[i]) + xs[i]);
        }
      }
    }
    return found.sort((a, b) => a - b);
  }

  /**
   * A point well inside the commune, in pixels at zoom 0: some parallels are tried, more when islands are rare.
   * @param {number} number
   */
  insidePoint(number) {
    const [, north, , south] = this.boxes.subarray(4 * number, 4 * number + 4);
    let best = null;
    for (let trial = 0; trial < 5 || (!best && trial < 200); trial += 1) {
      const y = north + (south - north) * ((0.5 + trial * 0.618) % 1);
      const crossings = this.#crossings(number, y);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        const width = crossings[i + 1] - crossings[i];
        if (!best || width > best.width) best = { x: (crossings[i] + crossings[i + 1]) / 2, y, width };
      }
    }
    return best;
  }

  /**
   * The arcs in pixels of a zoom level, thinned to what that level can show; the last one is kept.
   * @param {number} zoom
   * @returns {ArcsAtZoom}
   */
  atZoom(zoom) {
    if (this.#drawn?.zoom === zoom) return this.#drawn;
    const scale = 2 ** zoom;
    const count = this.starts.length - 1;
    const starts = new Int32Array(count + 1);
    const xs = new Float64Array(this.xs.length);
    const ys = new Float64Array(this.ys.length);
    let at = 0;
    for (let arc = 0; arc < count; arc += 1) {
      const last = this.starts[arc + 1] - 1;
      for (let i = this.starts[arc]; i <= last; i += 1) {
        const x = this.xs[i] * scale;
        const y = this.ys[i] * scale;
        const near = at > starts[arc] && Math.abs(x - xs[at - 1]) + Math.abs(y - ys[at - 1]) < TOLERANCE_PX;
        if (near && i < last) continue;
        xs[at] = x;
        ys[at] = y;
        at += 1;
      }
      starts[arc + 1] = at;
    }
    this.#drawn = { zoom, starts, xs, ys };
    return this.#drawn;
  }

  /**
   * Lines along which `differ` holds for the communes on both sides.
   * @param {(a: number, b: number, outer: boolean) => boolean} differ `outer`: nothing on one side, and a is b
   * @returns {Line[]}
   */
  lines(differ) {
    const filter = (/** @type {any} */ a, /** @type {any} */ b) => differ(a.number, b.number, a === b);
    const mesh = topojson.meshArcs(/** @type {any} */ (this.#topology), /** @type {any} */ (this.#object), filter);
    return mesh.arcs.map((arcs) => {
      const box = emptyBox();
      for (const reference of arcs) {
        const arc = arcOf(reference);
        widen(box, this.arcBoxes.subarray(4 * arc, 4 * arc + 4));
      }
      return { arcs, box };
    });
  }

  /**
   * The outline of some communes taken together.
   * @param {Iterable<number>} numbers
   */
  linesAround(numbers) {
    const inside = new Set(numbers);
    return this.lines((a, b, outer) => (outer ? inside.has(a) : inside.has(a) !== inside.has(b)));
  }

  /** Borders of départements, coasts included, found from the codes alone. */
  departementLines() {
    if (!this.#departements) {
      const of = this.codes.map(departementOf);
      this.#departements = this.lines((a, b, outer) => outer || of[a] !== of[b]);
    }
    return this.#departements;
  }

  /**
   * Outlines of zones given as one list of zone numbers per commune, in the order of the communes.
   * @param {readonly number[][]} zonesOf
   */
  zoneLines(zonesOf) {
    const keys = zonesOf.map((zones) => zones.join(" "));
    return this.lines((a, b, outer) => (outer ? keys[a] !== "" : keys[a] !== keys[b]));
  }
}
