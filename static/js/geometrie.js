/*
 * Geometry of one scope: a TopoJSON file decoded once into flat arrays.
 *
 * Coordinates are kept as Web Mercator pixels at zoom 0 (a world of 256 x 256), so that a zoom level is one
 * multiplication. Borders are arcs shared by two communes: an arc is drawn once, and "where do two sets of
 * communes differ" (a selection, a zone) is a question about the two sides of each arc, without any geometry.
 */
(function () {
  "use strict";

  const WORLD = 256;
  const TOLERANCE_PX = 0.75; // vertices closer than this to the one before are not worth drawing

  const projectX = (lon) => WORLD * (lon / 360 + 0.5);
  function projectY(lat) {
    const sine = Math.sin((lat * Math.PI) / 180);
    return WORLD * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI));
  }

  /** "62" for "62041", "971" for "97105", "2A" for "2A004"; a département's own code is itself. */
  const departementOf = (code) => code.slice(0, code.startsWith("97") || code.startsWith("98") ? 3 : 2);

  function decodeArcs(topology) {
    const arcs = topology.arcs;
    const [kx, ky] = topology.transform ? topology.transform.scale : [1, 1];
    const [tx, ty] = topology.transform ? topology.transform.translate : [0, 0];
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
      // From here on the library that joins arcs into lines needs their two ends only: let go of the rest.
      const [fx, fy] = arc[0];
      arcs[number] = [arc[0], delta ? [x - fx, y - fy] : [x, y]];
    });
    return { starts, xs, ys };
  }

  /** Make a box (west, north, east, south) hold another. */
  function widen(box, other) {
    if (other[0] < box[0]) box[0] = other[0];
    if (other[1] < box[1]) box[1] = other[1];
    if (other[2] > box[2]) box[2] = other[2];
    if (other[3] > box[3]) box[3] = other[3];
  }

  /** The rings of a geometry as one flat list, whatever its kind (drawn with the even-odd rule). */
  function ringsOf(geometry) {
    if (geometry.type === "Polygon") return geometry.arcs;
    if (geometry.type === "MultiPolygon") return geometry.arcs.flat();
    return [];
  }

  class Geometrie {
    constructor(topology) {
      this.topology = topology;
      this.object = topology.objects.communes || topology.objects.zones || Object.values(topology.objects)[0];
      const geometries = this.object.geometries;
      this.count = geometries.length;
      this.codes = geometries.map((geometry) => String(geometry.properties.c));
      this.names = geometries.map((geometry) => String(geometry.properties.n));
      this.populations = geometries.map((geometry) => geometry.properties.p);
      this.index = new Map(this.codes.map((code, number) => [code, number]));
      Object.assign(this, decodeArcs(topology));
      this.rings = geometries.map(ringsOf);
      geometries.forEach((geometry, number) => { geometry.number = number; });
      this._measure();
    }

    /** Bounding box of each commune, and the two communes (or one, and -1) beside each arc. */
    _measure() {
      const arcBoxes = this._arcBoxes();
      const boxes = new Float64Array(4 * this.count);
      const sides = new Int32Array(2 * (this.starts.length - 1)).fill(-1);
      this.rings.forEach((rings, number) => {
        const box = [Infinity, Infinity, -Infinity, -Infinity];
        for (const ring of rings) {
          for (const reference of ring) {
            const arc = reference < 0 ? ~reference : reference;
            sides[2 * arc + (sides[2 * arc] === -1 ? 0 : 1)] = number;
            widen(box, arcBoxes.subarray(4 * arc, 4 * arc + 4));
          }
        }
        boxes.set(box, 4 * number);
      });
      this.boxes = boxes;
      this.sides = sides;
      this.arcBoxes = arcBoxes;
    }

    _arcBoxes() {
      const count = this.starts.length - 1;
      const boxes = new Float64Array(4 * count);
      for (let arc = 0; arc < count; arc += 1) {
        let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
        for (let i = this.starts[arc]; i < this.starts[arc + 1]; i += 1) {
          if (this.xs[i] < west) west = this.xs[i];
          if (this.xs[i] > east) east = this.xs[i];
          if (this.ys[i] < north) north = this.ys[i];
          if (this.ys[i] > south) south = this.ys[i];
        }
        boxes.set([west, north, east, south], 4 * arc);
      }
      return boxes;
    }

    /** Box around some communes (all of them by default), in pixels at zoom 0, or null. */
    boxAround(numbers) {
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      for (const number of numbers || this.codes.keys()) {
        widen(box, this.boxes.subarray(4 * number, 4 * number + 4));
      }
      return box[0] <= box[2] ? box : null;
    }

    /** Number of the commune at a point given in pixels at zoom 0, or -1. */
    at(x, y) {
      const boxes = this.boxes;
      for (let number = 0; number < this.count; number += 1) {
        const k = 4 * number;
        if (x < boxes[k] || x > boxes[k + 2] || y < boxes[k + 1] || y > boxes[k + 3]) continue;
        if (this.contains(number, x, y)) return number;
      }
      return -1;
    }

    /** Where the borders of a commune cross a parallel, from west to east. */
    _crossings(number, y) {
      const { xs, ys, starts } = this;
      const found = [];
      for (const ring of this.rings[number]) {
        for (const reference of ring) {
          const arc = reference < 0 ? ~reference : reference;
          for (let i = starts[arc] + 1; i < starts[arc + 1]; i += 1) {
            if (ys[i] > y === ys[i - 1] > y) continue;
            found.push(((xs[i - 1] - xs[i]) * (y - ys[i])) / (ys[i - 1] - ys[i]) + xs[i]);
          }
        }
      }
      return found.sort((a, b) => a - b);
    }

    contains(number, x, y) {
      return this._crossings(number, y).filter((crossing) => crossing > x).length % 2 === 1;
    }

    /** A point well inside the commune, in pixels at zoom 0: some parallels are tried, more when islands are rare. */
    insidePoint(number) {
      const [, north, , south] = this.boxes.subarray(4 * number, 4 * number + 4);
      let best = null;
      for (let trial = 0; trial < 5 || (!best && trial < 200); trial += 1) {
        const y = north + (south - north) * ((0.5 + trial * 0.618) % 1);
        const crossings = this._crossings(number, y);
        for (let i = 0; i + 1 < crossings.length; i += 2) {
          const width = crossings[i + 1] - crossings[i];
          if (!best || width > best.width) best = { x: (crossings[i] + crossings[i + 1]) / 2, y, width };
        }
      }
      return best;
    }

    /** The arcs in pixels of a zoom level, thinned to what that level can show; the last one is kept. */
    atZoom(zoom) {
      if (this._drawn && this._drawn.zoom === zoom) return this._drawn;
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
      this._drawn = { zoom, scale, starts, xs, ys };
      return this._drawn;
    }

    /** Lines (arcs joined end to end, and their box) along which `differ` holds for the communes on both sides. */
    lines(differ) {
      const mesh = topojson.meshArcs(this.topology, this.object, (a, b) => differ(a.number, b.number, a === b));
      return mesh.arcs.map((arcs) => {
        const box = [Infinity, Infinity, -Infinity, -Infinity];
        for (const reference of arcs) {
          const arc = reference < 0 ? ~reference : reference;
          widen(box, this.arcBoxes.subarray(4 * arc, 4 * arc + 4));
        }
        return { arcs, box };
      });
    }

    /** Borders of départements, coasts included, found from the codes alone. */
    departementLines() {
      if (!this._departements) {
        const of = this.codes.map(departementOf);
        this._departements = this.lines((a, b, outer) => outer || of[a] !== of[b]);
      }
      return this._departements;
    }

    /** Outlines of zones given as one list of zone numbers per commune, in the order of the communes. */
    zoneLines(zonesOf) {
      const keys = zonesOf.map((zones) => zones.join(" "));
      return this.lines((a, b, outer) => (outer ? keys[a] !== "" : keys[a] !== keys[b]));
    }
  }

  window.CLGeometrie = { Geometrie, projectX, projectY, WORLD };
})();
