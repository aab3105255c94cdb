/*
 * The legend inside the map, in full screen too: the colours that are on screen, and the line of each outline as drawn.
 */

import { fillOf } from "./motifs.js";

const SAMPLE = { width: 22, height: 14 };
const WIDE = 640; // pixels of map from which the legend starts open
const SELECTED = "#1f4e9c";

/** @typedef {import("./types.d.ts").Extra} Extra */

export class Legend {
  #key = "";
  /** @type {HTMLDetailsElement} */
  #box;
  /** @type {HTMLElement} */
  #list;

  /** @param {import("./map.js").CommuneMap} owner */
  constructor(owner) {
    this.owner = owner;
    const control = new L.Control({ position: "bottomleft" });
    const box = /** @type {HTMLDetailsElement} */ (L.DomUtil.create("details", "cl-legende leaflet-control"));
    box.open = owner.map.getSize().x >= WIDE;
    L.DomUtil.create("summary", "", box).textContent = "Légende";
    this.#list = L.DomUtil.create("ul", "", box);
    this.#box = box;
    control.onAdd = () => box;
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    control.addTo(owner.map);
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(owner.map);
  }

  /** Write again what has changed on the map. */
  update() {
    const { layer, mode, overlays } = this.owner;
    const swatches = layer?.present ?? [];
    const about = mode === "select" ? "CLSM\u00a0: " : "";
    const chosen = { fill: SELECTED, label: "dans votre périmètre", hatch: false };
    const fills = mode === "select" ? [chosen, ...swatches.map((s) => ({ ...s, label: about + s.label }))] : swatches;
    const key = JSON.stringify([fills, overlays.shown.map(({ id, label, color }) => [id, label, color])]);
    if (key === this.#key) return;
    this.#key = key;
    this.#box.hidden = !fills.length && !overlays.shown.length;
    this.#list.replaceChildren(
      ...fills.map((swatch) =>
        entry(swatch.label, (context) => {
          context.fillStyle = fillOf(context, swatch);
          context.fillRect(0.5, 0.5, SAMPLE.width - 1, SAMPLE.height - 1);
          context.strokeStyle = "#555555";
          context.strokeRect(0.5, 0.5, SAMPLE.width - 1, SAMPLE.height - 1);
        }),
      ),
      ...overlays.shown.map(({ label, color, dash, weight }) =>
        entry(`contour\u00a0: ${label}`, (context) => {
          context.strokeStyle = color;
          context.lineWidth = weight + 0.6;
          context.setLineDash(dash);
          context.beginPath();
          context.moveTo(0, SAMPLE.height / 2);
          context.lineTo(SAMPLE.width, SAMPLE.height / 2);
          context.stroke();
        }),
      ),
    );
  }
}

/**
 * One line of the legend: a sample drawn as on the map, and its words.
 * @param {string} label
 * @param {(context: CanvasRenderingContext2D) => void} draw
 */
function entry(label, draw) {
  const item = document.createElement("li");
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 2 * SAMPLE.width, height: 2 * SAMPLE.height });
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d");
  context?.scale(2, 2);
  if (context) draw(context);
  item.append(canvas, label);
  return item;
}
