/*
 * The legend inside the map, in full screen too: the colours that are on screen, the line of each outline as it is drawn,
 * and which outline is in front of the others, to choose. Folded or not, it stays as the user left it.
 */

import { drawLine } from "./drawing.js";
import { keep, kept } from "./memory.js";
import { fillOf } from "./motifs.js";
import { ordered } from "./overlays.js";
import { HIGHLIGHT } from "./text.js";

const SAMPLE = { width: 34, height: 14 };
const WIDE = 480; // pixels of map from which the legend starts open
const SELECTED = "#1f4e9c";
const OUTSIDE = { fill: "#eef3f4", label: "hors du territoire", hatch: false };
const FOLDED = "cl-legende"; // followed by « large » or « etroite »: a phone and a projector are not folded alike

/**
 * @typedef {import("./types.d.ts").LegendEntry} LegendEntry
 * @typedef {import("./types.d.ts").ShownOverlay} ShownOverlay
 * @typedef {import("./types.d.ts").Swatch} Swatch
 */

export class Legend {
  #key = "";
  /** @type {HTMLDetailsElement} */
  #box;
  /** @type {HTMLElement} */
  #list;
  /** The samples of the outlines, by id. @type {Map<string, HTMLCanvasElement>} */
  #samples = new Map();

  /** @param {import("./map.js").CommuneMap} owner */
  constructor(owner) {
    this.owner = owner;
    const control = new L.Control({ position: "bottomleft" });
    const box = /** @type {HTMLDetailsElement} */ (L.DomUtil.create("details", "cl-legende leaflet-control"));
    const summary = L.DomUtil.create("summary", "", box);
    summary.textContent = "Légende";
    this.#list = L.DomUtil.create("ul", "", box);
    this.#list.setAttribute("aria-label", "Légende de la carte");
    this.#box = box;
    this.#unfold();
    owner.map.on("resize", () => this.#unfold());
    summary.addEventListener("click", () => keep(this.#place, box.open ? "ferme" : "ouvert")); // before it turns
    control.onAdd = () => box;
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    control.addTo(owner.map);
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(owner.map);
  }

  get #wide() {
    return this.owner.map.getSize().x >= WIDE;
  }

  /** How much of the map it covers from the left, in pixels: nothing when it is folded. */
  get width() {
    return this.#box.open && !this.#box.hidden ? this.#box.offsetLeft + this.#box.offsetWidth : 0;
  }

  get #place() {
    return `${FOLDED}-${this.#wide ? "large" : "etroite"}`;
  }

  /** Open the legend, or fold it: as the user left it on a map as wide as this one, else by what room there is. */
  #unfold() {
    const left = kept(this.#place);
    this.#box.open = left ? left === "ouvert" : this.#wide;
  }

  /** Write again what has changed on the map. */
  update() {
    const { layer, mode, overlays, extras } = this.owner;
    const fills = (layer?.present ?? []).map((swatch) =>
      mode === "select" ? { ...swatch, label: `${layer?.over || "CLSM"}\u00a0: ${swatch.label}` } : swatch,
    );
    if (layer?.over) fills.push({ ...OUTSIDE, label: "hors du périmètre, dont le bord est épais" });
    else if (mode === "select") fills.unshift({ fill: SELECTED, label: "dans votre périmètre", hatch: false });
    if (layer?.outside && !layer.over) fills.push(OUTSIDE);
    const told = grouped(fills);
    const marks = extras.flatMap((extra) => extra.legend?.() ?? []);
    const shown = overlays.highlighted;
    const lines = overlays.shown.map(({ id, label, color }) => [id, label, color]);
    const key = JSON.stringify([layer?.title, told, lines, marks.map(({ label }) => label), shown]);
    if (key !== this.#key) {
      this.#key = key;
      this.#box.hidden = !told.length && !lines.length && !marks.length;
      this.#list.replaceChildren(
        ...(layer?.title ? [heading(layer.title)] : []),
        ...[...told.map(ofFill), ...marks, ...(shown ? [ofLine(HIGHLIGHT, "montré à votre demande")] : [])].map(entry),
        ...this.#outlines(),
      );
    }
    this.#drawSamples();
  }

  /** The lines of the outlines: one is plain; among several, one is chosen to be in front. */
  #outlines() {
    const { overlays } = this.owner;
    this.#samples.clear();
    const several = overlays.shown.length > 1;
    const items = overlays.shown.map(({ id, label }) => {
      const item = document.createElement("li");
      const place = item.appendChild(document.createElement(several ? "label" : "span"));
      if (several) place.append(this.#radio(id));
      const canvas = sample();
      this.#samples.set(id, canvas);
      place.append(canvas, several ? label : `contour\u00a0: ${label}`);
      return item;
    });
    if (!several) return items;
    const group = document.createElement("li");
    const list = document.createElement("ul");
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", "Contour au premier plan");
    group.className = "cl-contours";
    list.setAttribute("role", "presentation");
    for (const item of items) item.setAttribute("role", "presentation");
    const title = document.createElement("span");
    title.setAttribute("aria-hidden", "true");
    title.textContent = "Contour au premier plan";
    list.append(...items);
    group.append(title, list);
    return [group];
  }

  /** @param {string} id of an outline */
  #radio(id) {
    const radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "cl-contour", value: id, checked: id === this.owner.overlays.front });
    radio.addEventListener("change", () => {
      this.owner.overlays.bring(id);
      this.update();
    });
    return radio;
  }

  /** Draw the outlines in the legend as they are on the map. */
  #drawSamples() {
    const { shown, front } = this.owner.overlays;
    for (const overlay of ordered(shown, front)) {
      const canvas = this.#samples.get(overlay.id);
      if (!canvas) continue;
      paint(canvas, ofLine(overlay, "").draw);
      const radio = canvas.parentElement?.querySelector("input");
      if (radio) radio.checked = overlay.id === front;
      canvas.parentElement?.classList.toggle("cl-devant", overlay.id === front && shown.length > 1);
    }
  }
}

/**
 * One line for the fills that look the same: « non couvert, d’après votre déclaration (02, 59) ».
 * @param {readonly Swatch[]} fills
 * @returns {Swatch[]}
 */
export function grouped(fills) {
  /** @type {Map<string, Swatch[]>} */
  const groups = new Map();
  for (const swatch of fills) {
    const look = `${swatch.fill} ${swatch.hatch} ${swatch.motif}`;
    groups.set(look, [...(groups.get(look) ?? []), swatch]);
  }
  return [...groups.values()].map((same) => {
    const parts = same.map(({ label }) => label.match(/^(.*) \(([^()]*)\)$/));
    const stem = parts[0]?.[1];
    const label =
      stem && parts.every((part) => part?.[1] === stem)
        ? `${stem} (${parts.map((part) => part?.[2]).join(", ")})`
        : same.map(({ label: text }) => text).join("\u00a0; ");
    return { ...same[0], label };
  });
}

/**
 * @param {Swatch} swatch
 * @returns {LegendEntry}
 */
const ofFill = (swatch) => ({
  label: swatch.label,
  draw: (context) => {
    context.fillStyle = fillOf(context, swatch);
    context.fillRect(0.5, 0.5, SAMPLE.width - 1, SAMPLE.height - 1);
    context.strokeStyle = "#555555";
    context.strokeRect(0.5, 0.5, SAMPLE.width - 1, SAMPLE.height - 1);
  },
});

/**
 * @param {import("./types.d.ts").LineLook} look
 * @param {string} label
 * @returns {LegendEntry}
 */
const ofLine = (look, label) => ({
  label,
  draw: (context) => {
    const stroke = () => {
      context.beginPath();
      context.moveTo(1, SAMPLE.height / 2);
      context.lineTo(SAMPLE.width - 1, SAMPLE.height / 2);
      context.stroke();
    };
    drawLine(context, stroke, look);
  },
});

/** @param {string} title what the colours say, in full screen and in the picture too */
function heading(title) {
  const item = document.createElement("li");
  item.className = "cl-couleurs";
  item.append(title);
  return item;
}

/** A sample with nothing on it, as fine as the screen. */
function sample() {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 2 * SAMPLE.width, height: 2 * SAMPLE.height });
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {LegendEntry["draw"]} draw
 */
function paint(canvas, draw) {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(2, 0, 0, 2, 0, 0);
  context.clearRect(0, 0, SAMPLE.width, SAMPLE.height);
  draw(context, SAMPLE.width / 2, SAMPLE.height / 2);
}

/**
 * One line of the legend: a sample drawn as on the map, and its words.
 * @param {LegendEntry} what
 */
function entry({ label, draw }) {
  const item = document.createElement("li");
  const canvas = sample();
  paint(canvas, draw);
  item.append(canvas, label);
  return item;
}
