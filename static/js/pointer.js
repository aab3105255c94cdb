/*
 * The pointer over the communes: what it shows, and what a press chooses.
 */

import { keepInside } from "./controls.js";
import { toWorld } from "./projection.js";
import { inhabitants, line, zonesLine } from "./text.js";

const DRAGGED_PX = 6;
const TIP = { className: "cl-bulle", direction: /** @type {const} */ ("auto"), opacity: 1 };

export class Pointer {
  /** True from the start of a zoom to its end: what is drawn is not where it will be. */
  zooming = false;
  /** True from the start of any move of the view to its end. */
  moving = false;
  #onMark = false;
  /** @type {L.Point | null} */
  #pressed = null;
  /** @type {L.LatLng | null} */
  #at = null;
  #frame = 0;
  #tip = L.tooltip({ ...TIP, offset: [14, 0] });

  /** @param {import("./map.js").CommuneMap} owner */
  constructor(owner) {
    this.owner = owner;
    const { map } = owner;
    map.on("mousedown", (event) => {
      this.#pressed = event.containerPoint;
    });
    map.on("click", (event) => this.#onClick(event));
    map.on("zoomstart", () => {
      this.zooming = true;
    });
    map.on("zoomend", () => {
      this.zooming = false;
    });
    map.on("movestart", () => {
      this.moving = true;
    });
    map.on("moveend", () => {
      this.moving = false;
    });
    map.on("mousemove", (event) => this.#onMove(event));
    map.on("mouseout movestart zoomstart", () => this.leave());
  }

  /** What the tooltip of a commune says, one line a piece of information; empty when it is closed. */
  get told() {
    const content = this.#tip.isOpen() ? this.#tip.getContent() : null;
    return content instanceof HTMLElement ? [...content.children].map((child) => child.textContent).join("\n") : "";
  }

  /**
   * Number of the commune at a place, or -1.
   * @param {L.LatLng} latlng
   */
  numberAt(latlng) {
    if (!this.owner.layer) return -1;
    const { x, y } = toWorld(latlng);
    return this.owner.layer.geometry.at(x, y);
  }

  /** @param {L.LeafletMouseEvent} event */
  #onClick(event) {
    // While a zoom is under way what is drawn is not where it will be, and a drag ends as a click.
    const dragged = this.#pressed && this.#pressed.distanceTo(event.containerPoint) > DRAGGED_PX;
    if (this.zooming || dragged || this.owner.taken(event)) return;
    const number = this.numberAt(event.latlng);
    if (number < 0 || this.owner.mode === "points") return;
    this.owner.choose(number);
    if (!this.#onMark) this.hover(number, event.latlng);
  }

  /** @param {L.LeafletMouseEvent} event */
  #onMove(event) {
    this.#at = event.latlng;
    if (this.#onMark || this.#frame || this.#dragging()) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#at && !this.#onMark) this.hover(this.numberAt(this.#at), this.#at);
    });
  }

  #dragging() {
    return /** @type {L.Handler & { moving(): boolean }} */ (this.owner.map.dragging).moving();
  }

  /** Nothing is under the pointer any more. */
  leave() {
    this.#at = null;
    this.#show(-1);
    this.owner.map.closeTooltip(this.#tip);
  }

  /**
   * Outline the commune at a place and show what is known of it; -1 for none.
   * @param {number} number
   * @param {L.LatLng} latlng
   */
  hover(number, latlng) {
    if (number < 0) {
      this.leave();
      return;
    }
    this.#show(number);
    this.#tip.setLatLng(latlng);
    this.owner.map.openTooltip(this.#tip);
    this.#tell(number);
  }

  /** Say again what is known of the commune under the pointer: more is known of it. */
  tellAgain() {
    const hovered = this.owner.layer?.hovered ?? -1;
    if (hovered >= 0 && this.#tip.isOpen()) this.#tell(hovered);
  }

  /** @param {number} number */
  #show(number) {
    const { layer, map, mode } = this.owner;
    if (!layer || layer.hovered === number) return;
    layer.hovered = number;
    map.getContainer().classList.toggle("cl-dessus", number >= 0 && mode !== "points");
  }

  /** @param {number} number */
  #tell(number) {
    const node = document.createElement("div");
    this.describe(node, number);
    this.#tip.setContent(node);
    const element = this.#tip.getElement();
    if (element) keepInside(element, this.owner.map.getContainer());
  }

  /**
   * Write what is known of a commune, one line a piece of information.
   * @param {HTMLElement} node
   * @param {number} number
   */
  describe(node, number) {
    const { layer, overlays, mode, extras } = this.owner;
    if (!layer) return;
    line(node, layer.geometry.names[number], "cl-nom");
    const people = layer.geometry.populations[number];
    if (people !== undefined && Number.isFinite(people)) line(node, inhabitants(people));
    const swatch = layer.swatchOf(number);
    if (swatch?.label) line(node, swatch.label);
    for (const { label, of, zones } of overlays.shown) zonesLine(node, label, of[number] ?? [], zones);
    if (mode === "select" && layer.selected[number]) line(node, "Dans le périmètre", "cl-choisie");
    for (const extra of extras) extra.describe?.(node, number);
  }

  /**
   * Give a mark its tooltip; while the pointer is on it, the communes say nothing.
   * @param {L.Layer} mark
   * @param {(node: HTMLElement) => void} describe
   */
  name(mark, describe) {
    const node = document.createElement("div");
    describe(node);
    mark.bindTooltip(node, { ...TIP, offset: [10, 0] });
    mark.on("mouseover", () => {
      this.#onMark = true;
      this.leave();
    });
    mark.on("mouseout", () => this.leaveMark());
  }

  /** The mark under the pointer is left, or gone. */
  leaveMark() {
    this.#onMark = false;
  }
}
