/*
 * Drawing on a canvas along the arcs of a geometry, at one zoom level and from one corner.
 */

import { arcOf } from "./arcs.js";

const BATCH = 32; // communes filled at once: one by one is slow, and one path for all of France takes seconds

/** @typedef {CanvasRenderingContext2D} Context */

export class Pen {
  /**
   * @param {import("./geometry.js").Geometry} geometry
   * @param {number} zoom
   * @param {L.Point} origin corner of the canvas, in pixels of that zoom
   * @param {L.Point} size of the canvas, in pixels
   */
  constructor(geometry, zoom, origin, size) {
    this.geometry = geometry;
    this.arcs = geometry.atZoom(zoom);
    this.origin = origin;
    const scale = 2 ** zoom;
    const end = origin.add(size);
    this.scale = scale;
    /** What the canvas shows, in pixels at zoom 0. */
    this.window = [origin.x / scale, origin.y / scale, end.x / scale, end.y / scale];
  }

  /** Communes whose box meets the canvas, and how wide one is on screen, as a rule. */
  visible() {
    const { boxes, count } = this.geometry;
    const [west, north, east, south] = this.window;
    const is = new Uint8Array(count);
    const numbers = [];
    let area = 0;
    for (let number = 0; number < count; number += 1) {
      const k = 4 * number;
      if (boxes[k] > east || boxes[k + 2] < west || boxes[k + 1] > south || boxes[k + 3] < north) continue;
      is[number] = 1;
      numbers.push(number);
      area += (boxes[k + 2] - boxes[k]) * (boxes[k + 3] - boxes[k + 1]);
    }
    return { is, numbers, width: Math.sqrt(area / Math.max(numbers.length, 1)) * this.scale };
  }

  /**
   * @param {Context} context
   * @param {readonly number[]} numbers communes
   */
  fill(context, numbers) {
    for (let from = 0; from < numbers.length; from += BATCH) {
      context.beginPath();
      for (const number of numbers.slice(from, from + BATCH)) this.trace(context, number);
      context.fill("evenodd");
    }
  }

  /**
   * Add the rings of a commune to the path.
   * @param {Context} context
   * @param {number} number
   */
  trace(context, number) {
    for (const ring of this.geometry.rings[number]) {
      this.#followAll(context, ring);
      context.closePath();
    }
  }

  /**
   * @param {Context} context
   * @param {(arc: number) => boolean | number} keep
   */
  strokeArcs(context, keep) {
    context.beginPath();
    const count = this.arcs.starts.length - 1;
    for (let arc = 0; arc < count; arc += 1) if (keep(arc)) this.#follow(context, arc, true);
    context.stroke();
  }

  /**
   * @param {Context} context
   * @param {readonly import("./types.d.ts").Line[]} lines
   */
  strokeLines(context, lines) {
    const [west, north, east, south] = this.window;
    const near = lines.filter(({ box }) => box[0] <= east && box[2] >= west && box[1] <= south && box[3] >= north);
    for (let from = 0; from < near.length; from += BATCH) {
      context.beginPath();
      for (const { arcs } of near.slice(from, from + BATCH)) this.#followAll(context, arcs);
      context.stroke();
    }
  }

  /**
   * @param {Context} context
   * @param {readonly number[]} references
   */
  #followAll(context, references) {
    references.forEach((reference, rank) => {
      this.#follow(context, reference, rank === 0);
    });
  }

  /**
   * Add one arc to the path, backwards when its reference is negative; `first` lifts the pen.
   * @param {Context} context
   * @param {number} reference
   * @param {boolean} first
   */
  #follow(context, reference, first) {
    const { starts, xs, ys } = this.arcs;
    const { x: ox, y: oy } = this.origin;
    const arc = arcOf(reference);
    const step = reference < 0 ? -1 : 1;
    const begin = reference < 0 ? starts[arc + 1] - 1 : starts[arc];
    const end = reference < 0 ? starts[arc] - 1 : starts[arc + 1];
    if (first) context.moveTo(xs[begin] - ox, ys[begin] - oy);
    for (let i = begin + step; i !== end; i += step) context.lineTo(xs[i] - ox, ys[i] - oy);
  }
}
