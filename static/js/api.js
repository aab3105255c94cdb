/*
 * What others may call of a map: the scripts that Python writes in the frame, the tests and the benches. It is
 * window.CL, the only name of ours in the frame (see loader.js).
 */

import { toLatLng } from "./projection.js";

export class Api {
  #map;

  /** @param {import("./map.js").CommuneMap} map */
  constructor(map) {
    this.#map = map;
    /** Leaflet's own map. */
    this.map = map.map;
  }

  /**
   * Bring the map to a state (ui/map/build.py).
   * @param {import("./types.d.ts").State} state
   */
  apply(state) {
    return this.#map.apply(state);
  }

  // --- for tests and benches ----------------------------------------------------------------------------------------

  /** What the map shows now, as plain values; extras add their own (see Extra.report). */
  state() {
    const { layer, colours, overlays, extras, selection, pointer, count } = this.#map;
    const codeOf = (/** @type {number} */ number) => layer?.geometry.codes[number] ?? null;
    return Object.assign(
      {
        ...count,
        ready: this.#map.ready,
        pending: [colours, overlays, ...extras].reduce((sum, { pending }) => sum + (pending ?? 0), 0),
        url: this.#map.url,
        moving: pointer.moving || pointer.zooming,
        seq: selection.seq,
        selected: [...selection.codes],
        hovered: codeOf(layer?.hovered ?? -1),
        tooltip: pointer.told,
        highlighted: codeOf(layer?.focused ?? -1),
        overlays: overlays.shown.map(({ id }) => id),
        front: overlays.front,
        outlined: overlays.shown.map(({ lines }) => lines.reduce((sum, { arcs }) => sum + arcs.length, 0)),
        drawing: this.#map.drawing,
        names: layer?.names.map(({ text }) => text) ?? [],
      },
      ...extras.map((extra) => extra.report?.()),
    );
  }

  /** True once the geometry, its colours and all that lies over them are drawn. */
  painted() {
    const { ready, pending } = this.state();
    return ready && !pending;
  }

  /** Codes of the communes of the scope on screen. */
  communes() {
    return this.#map.layer?.geometry.codes ?? [];
  }

  selected() {
    return [...this.#map.selection.codes];
  }

  /**
   * Palette number of a commune, -1 for none.
   * @param {string} code
   */
  statusOf(code) {
    return this.#map.layer?.statusOf(this.#number(code)) ?? -1;
  }

  /**
   * What the legend says of the colour of a commune, or null.
   * @param {string} code
   */
  labelOf(code) {
    return this.#map.layer?.swatchOf(this.#number(code))?.label ?? null;
  }

  view() {
    const { lat, lng } = this.map.getCenter();
    return { lat, lng, zoom: this.map.getZoom() };
  }

  /** @param {{ animate?: boolean }} [options] */
  fit(options) {
    this.#map.view.fit(options);
  }

  /** @param {string} code */
  focus(code) {
    return this.#map.focus(code);
  }

  /**
   * Where a commune is inside the frame, in pixels, or null.
   * @param {string} code
   */
  pointOf(code) {
    const inside = this.#map.layer?.geometry.insidePoint(this.#number(code));
    if (!inside) return null;
    const { x, y } = this.map.latLngToContainerPoint(toLatLng(inside.x, inside.y));
    return { x, y };
  }

  /**
   * The commune at a pixel of the frame, or null; the middle of the map by default.
   * @param {number} [x]
   * @param {number} [y]
   */
  codeAt(x = this.map.getSize().x / 2, y = this.map.getSize().y / 2) {
    const number = this.#map.pointer.numberAt(this.map.containerPointToLatLng([x, y]));
    return this.#map.layer?.geometry.codes[number] ?? null;
  }

  /**
   * What is drawn where a commune is, on one canvas of the layer: red, green, blue, opacity, of a square of pixels.
   * @param {string} canvas ground, selection, zones, edge or hover
   * @param {string} code
   * @param {number} [reach] pixels on each side of the point
   */
  pixels(canvas, code, reach = 0) {
    const point = this.pointOf(code);
    const context = this.#map.layer?.context(canvas);
    if (!point || !context) return [];
    const [drawn, map] = [context.canvas, this.map.getContainer()].map((element) => element.getBoundingClientRect());
    const ratio = context.canvas.width / drawn.width;
    const x = Math.round((map.left + point.x - drawn.left) * ratio) - reach;
    const y = Math.round((map.top + point.y - drawn.top) * ratio) - reach;
    return [...context.getImageData(x, y, 2 * reach + 1, 2 * reach + 1).data];
  }

  /** @param {string} code */
  #number(code) {
    return this.#map.layer?.geometry.index.get(code) ?? -1;
  }
}
