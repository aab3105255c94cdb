/*
 * Round marks with a name, on the map of home.
 */

import { line } from "./text.js";

export const PANE = "cl-points";

export class Marks {
  #key = "[]";
  /** @type {L.FeatureGroup | null} */
  #group = null;
  /** @type {L.Renderer | null} */
  #renderer = null;

  /** @param {import("./map.js").CommuneMap} owner */
  constructor(owner) {
    this.owner = owner;
  }

  /**
   * Show these marks and no others.
   * @param {readonly import("./types.d.ts").Mark[]} list
   */
  show(list) {
    const key = JSON.stringify(list);
    if (key === this.#key) return;
    this.#key = key;
    this.owner.pointer.leaveMark();
    this.#group?.remove();
    this.#group = L.featureGroup(list.map((mark) => this.#make(mark))).addTo(this.owner.map);
  }

  /** @param {import("./types.d.ts").Mark} mark */
  #make({ id, lat, lon, name, detail, fill, radius }) {
    this.#renderer ??= L.svg({ pane: PANE });
    const circle = L.circleMarker([lat, lon], {
      renderer: this.#renderer,
      pane: PANE,
      radius: radius || 6,
      fillColor: fill,
      fillOpacity: 0.85,
      color: "#ffffff",
      weight: 1.5,
      bubblingMouseEvents: false,
    });
    this.owner.pointer.name(circle, (node) => {
      line(node, name, "cl-nom");
      if (detail) line(node, detail);
    });
    return circle.on("click", () => this.owner.click(id));
  }
}
