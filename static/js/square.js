/*
 * A square mark on Leaflet's canvas: told from a disc without its colour.
 *
 * Leaflet has no such mark, and no public way to draw one: this overrides what CircleMarker draws on a canvas, with
 * private names of Leaflet 1.9.4 (pinned in package.json; tests/js/square.test.js draws one with the real library). Where
 * these names are not there, the mark is a disc.
 */

/**
 * @typedef {object} Privates
 * @property {{ _drawing: boolean, _ctx: CanvasRenderingContext2D,
 *   _fillStroke(context: CanvasRenderingContext2D, mark: L.Path): void }} _renderer
 * @property {L.Point} _point
 * @property {number} _radius
 * @property {() => boolean} _empty
 */

export class Square extends L.CircleMarker {
  /** Called by the canvas that holds the mark, whenever it is drawn. */
  _updatePath() {
    const {
      _renderer: renderer,
      _point: point,
      _radius: half,
    } = /** @type {Privates} */ (/** @type {unknown} */ (this));
    if (!renderer?._ctx || !renderer._fillStroke || !point) {
      /** @type {{ _updatePath(): void }} */ (/** @type {unknown} */ (L.CircleMarker.prototype))._updatePath.call(this);
      return;
    }
    if (!renderer._drawing || /** @type {Privates} */ (/** @type {unknown} */ (this))._empty()) return;
    renderer._ctx.beginPath();
    renderer._ctx.rect(point.x - half, point.y - half, 2 * half, 2 * half);
    renderer._fillStroke(renderer._ctx, this);
  }
}
