/*
 * In full screen, where the rest of the page is not seen: the figures, the checks that just turned, undo and do again, or
 * the commune last chosen. Python sends them in a few words (ui/map/glance.py). No live region: the page's own paragraph is
 * heard already. Ctrl+Z and Ctrl+Y work whenever the map, or what lies on it, has the focus.
 */

import { inFull } from "./decode.js";
import { line } from "./text.js";

/** @typedef {import("./types.d.ts").Extra} Extra */
/** @typedef {"undo" | "redo"} Step as ui/map/events.py reads them */

const STEPS = /** @type {[Step, string, string][]} */ ([
  ["undo", "Annuler", "Control+Z"],
  ["redo", "Rétablir", "Control+Y"],
]);

/**
 * What the keys of a person ask for, or null.
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">} event
 * @returns {Step | null}
 */
export function stepOf({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  if (!(ctrlKey || metaKey) || altKey) return null;
  const letter = key.toLowerCase();
  if (letter === "z") return shiftKey ? "redo" : "undo";
  return letter === "y" && !shiftKey ? "redo" : null;
}

/** @implements {Extra} */
export class Panel {
  #key = "";
  /** @type {HTMLElement} */
  #box;
  /** @type {HTMLElement} */
  #figures;
  /** @type {HTMLElement} */
  #commune;
  /** @type {Map<Step, HTMLButtonElement>} */
  #buttons = new Map();
  /** @type {import("./types.d.ts").State["glance"]} */
  #glance = undefined;
  /** Number of the selection that Python last answered. @type {number | undefined} */
  #answered = undefined;
  /** A step asked for while an answer is awaited: one message at a time, or Streamlit would keep the last alone. */
  #waiting = /** @type {Step | null} */ (null);
  #sent = -1;

  /**
   * @param {import("./map.js").CommuneMap} owner
   * @param {readonly string[]} phrases which texts name by two signs (ui/map/phrases.py)
   */
  constructor(owner, phrases) {
    this.owner = owner;
    this.phrases = phrases;
    const { map, mode } = owner;
    const box = L.DomUtil.create("div", "cl-panneau leaflet-control");
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", "Chiffres, en plein écran");
    this.#box = box;
    this.#figures = L.DomUtil.create("div", "cl-chiffres", box);
    this.#commune = L.DomUtil.create("div", "cl-fiche", box);
    if (mode === "select") this.#addButtons();
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    const control = new L.Control({ position: "topright" });
    control.onAdd = () => box;
    control.addTo(map);
    const turn = () => this.#turn();
    map.on("enterFullscreen exitFullscreen", () => setTimeout(turn, 0));
    document.addEventListener("fullscreenchange", turn);
    if (mode === "select") document.addEventListener("keydown", (event) => this.#onKey(event));
  }

  #addButtons() {
    const row = L.DomUtil.create("div", "cl-pas", this.#box);
    for (const [step, label, keys] of STEPS) {
      const button = /** @type {HTMLButtonElement} */ (L.DomUtil.create("button", "", row));
      Object.assign(button, { type: "button", textContent: label, disabled: true });
      button.setAttribute("aria-keyshortcuts", keys);
      button.addEventListener("click", () => this.#step(step));
      this.#buttons.set(step, button);
    }
  }

  /** The map fills the screen, or no longer does. */
  #turn() {
    const container = this.owner.map.getContainer();
    const full = document.fullscreenElement === container || container.classList.contains("leaflet-pseudo-fullscreen");
    container.classList.toggle("cl-plein", full);
    const button = container.querySelector(".leaflet-control-zoom-fullscreen");
    button?.setAttribute("aria-label", full ? "Quitter le plein écran" : "Plein écran");
  }

  /** @param {import("./types.d.ts").State} state */
  apply({ glance, seq }) {
    this.#answered = seq;
    this.#sent = -1;
    this.#glance = glance;
    for (const [step, button] of this.#buttons) button.disabled = !glance?.[step];
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting) this.#step(waiting);
    const key = JSON.stringify([glance?.figures, glance?.turned, glance?.more]);
    if (key === this.#key) return;
    this.#key = key;
    this.#write();
  }

  #write() {
    const [first, ...others] = this.#glance?.figures ?? [];
    const turned = this.#glance?.turned ?? [];
    this.#figures.replaceChildren();
    if (first) line(this.#figures, first, "cl-grand");
    for (const text of others) line(this.#figures, text);
    if (!turned.length) return;
    line(this.#figures, "Vient de changer", "cl-tournes");
    for (const text of turned) line(this.#figures, inFull(text, this.phrases), "cl-effet");
    const more = this.#glance?.more;
    if (more) line(this.#figures, `et ${more} ${more > 1 ? "autres repères" : "autre repère"}`);
  }

  /**
   * A commune was chosen to be looked at.
   * @param {number} number
   */
  look(number) {
    this.#commune.replaceChildren();
    if (this.owner.mode !== "select" && number >= 0) this.owner.pointer.describe(this.#commune, number);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const step = stepOf(event);
    if (!step || this.owner.drawing) return;
    event.preventDefault();
    this.#step(step);
  }

  /** @param {Step} step */
  #step(step) {
    const { selection } = this.owner;
    if (this.#answered !== selection.seq || this.#sent === selection.seq) {
      this.#waiting = step;
      return;
    }
    if (!this.#glance?.[step]) return;
    this.#sent = selection.seq;
    this.owner.send({ step, n: selection.seq });
  }
}
