/*
 * Where the map looks: the whole scope first, then wherever the user goes; it follows what the page adds to the perimeter.
 */

import { boundsOf } from "./projection.js";
import { STILL } from "./text.js";

const SURROUNDINGS = 0.3; // of the size of the perimeter, left around it
const SMALLEST = 0.12; // share of the window under which a perimeter is brought closer
const CLOSEST = 12;
const SAME_PX = 3;
const EDGE = 12; // pixels
const MOST_LOST = 0.5; // of a level of zoom
const FEW = 0.4; // share of the scope's width under which a map opens on the perimeter and not on the whole scope

export class View {
  /** Where the scope starts, when Python says so. @type {L.LatLngBoundsLiteral | undefined} */
  bounds = undefined;
  #unfitted = false;
  /** The view as the last framing left it. @type {{ centre: L.LatLng, zoom: number } | null} */
  #framed = null;
  /** Frames the same again, in a map of another size. */
  #again = () => this.fit({ animate: false });

  /** @param {import("./map.js").CommuneMap} owner */
  constructor(owner) {
    this.owner = owner;
    this.map = owner.map;
    new ResizeObserver(() => this.#resize()).observe(this.map.getContainer());
  }

  /** A map that nobody has moved shows the same in its new size. */
  #resize() {
    const { map } = this;
    const zoom = map.getZoom();
    // Leaflet, told of a new size by another, moves by whole pixels.
    const away = this.#framed && map.project(map.getCenter(), zoom).distanceTo(map.project(this.#framed.centre, zoom));
    const untouched = away !== null && away < SAME_PX && zoom === this.#framed?.zoom;
    map.invalidateSize({ animate: false, pan: !untouched });
    if (this.#unfitted) this.fit({ animate: false });
    else if (untouched) this.#again();
  }

  /**
   * Another part of the geometry on screen (an EPCI in its département): only then does the view move.
   * @param {L.LatLngBoundsLiteral | undefined} bounds
   */
  moveTo(bounds) {
    if (JSON.stringify(bounds) === JSON.stringify(this.bounds)) return;
    this.bounds = bounds;
    this.fit();
  }

  /** Return to the whole scope, or to the bounds that Python gave for it. */
  fit({ animate = !STILL } = {}) {
    const { map } = this;
    const { layer } = this.owner;
    const size = map.getSize();
    this.#unfitted = !size.x || !size.y; // hidden for now, in a closed tab say: fit when it has a size
    if (this.#unfitted || !layer) return;
    const box = layer.geometry.boxAround();
    const bounds = this.bounds ? L.latLngBounds(this.bounds) : box && boundsOf(box);
    if (!bounds) return;
    this.#again = () => this.fit({ animate: false });
    this.#go(bounds, {
      paddingTopLeft: [EDGE + this.#beside(bounds), EDGE],
      paddingBottomRight: [EDGE, EDGE],
      animate,
    });
  }

  /**
   * Pixels to leave on the left for the legend to cover nothing; none where the territory would become much smaller.
   * @param {L.LatLngBounds} bounds
   */
  #beside(bounds) {
    const covered = this.owner.legend.width;
    const zoom = (/** @type {number} */ left) =>
      this.map.getBoundsZoom(bounds, false, L.point(2 * EDGE + left, 2 * EDGE));
    return covered && zoom(covered) >= zoom(0) - MOST_LOST ? covered : 0;
  }

  /**
   * Bring bounds to the middle, never closer than a few communes.
   * @param {L.LatLngBounds} bounds
   * @param {number} margin of their size, left around them
   */
  frame(bounds, margin, { animate = !STILL } = {}) {
    this.#again = () => this.frame(bounds, margin, { animate: false });
    this.#go(bounds.pad(margin), { maxZoom: CLOSEST, animate });
  }

  /**
   * @param {L.LatLngBounds} bounds
   * @param {L.FitBoundsOptions} options
   */
  #go(bounds, options) {
    const { map } = this;
    map.once("moveend", () => {
      this.#framed = { centre: map.getCenter(), zoom: map.getZoom() };
    });
    map.fitBounds(bounds, options);
  }

  /** Where one comes nearer to: the middle of the perimeter when it is in sight, else that of the map. */
  get heart() {
    const centre = this.#selection()?.getCenter();
    return centre && this.map.getBounds().contains(centre) ? centre : this.map.getCenter();
  }

  /** Where a map opens: on the perimeter when it is a small part of the scope, else on the scope. */
  open() {
    this.fit({ animate: false });
    const bounds = this.#selection();
    if (!this.#unfitted && bounds && this.#across(bounds) < FEW) this.frame(bounds, SURROUNDINGS, { animate: false });
  }

  /**
   * Share of the window that bounds take.
   * @param {L.LatLngBounds} bounds
   */
  #across(bounds) {
    const { map } = this;
    const [size, zoom] = [map.getSize(), map.getZoom()];
    const across = map.project(bounds.getNorthEast(), zoom).subtract(map.project(bounds.getSouthWest(), zoom));
    return Math.max(Math.abs(across.x) / size.x, Math.abs(across.y) / size.y);
  }

  /** Bring the perimeter to the middle with what surrounds it; the whole scope when it is empty. */
  frameSelection() {
    const bounds = this.#selection();
    if (bounds) this.frame(bounds, SURROUNDINGS);
    else this.fit();
  }

  /** A group of communes came or went by the page, not by a click here: bring them into sight, if they are not. */
  followSelection() {
    const { map } = this;
    const bounds = this.#selection();
    if (!bounds) return;
    if (this.#across(bounds) < SMALLEST || !map.getBounds().contains(bounds)) this.frameSelection();
  }

  #selection() {
    const { layer, selection } = this.owner;
    const box = layer?.geometry.boxAround(layer.geometry.numbersOf(selection.codes));
    return box ? boundsOf(box) : null;
  }
}
