/*
 * What one more click would change, said in the tooltip before it is made.
 *
 * Python sends, with the state, a compact preview for the communes of the perimeter and around it: the inhabitants of
 * the perimeter, sentences once each, and which sentences go with which commune. For any other commune the browser
 * says at least the inhabitants, which it can count by itself.
 */

import { inFull, unpackCodes, unpackRanks } from "./decode.js";
import { line, NUMBER } from "./text.js";

const HOLD_MS = 450;
const STILL_PX = 8;

/** @typedef {import("./types.d.ts").Extra} Extra */

/** @implements {Extra} */
export class Preview {
  #texts = /** @type {string[]} */ ([]);
  #of = /** @type {Map<string, number[]>} */ (new Map());
  #locked = /** @type {Set<string>} */ (new Set());
  /** Inhabitants of the perimeter. @type {number | null} */
  #people = null;
  /** The selection that the sentences are about. @type {number | undefined} */
  #seq = undefined;

  /** The last press was a finger's, or a pen's. */
  #finger = false;
  /** A finger is held long enough on a commune: its end is no click. */
  #held = false;
  #told = false;
  #timer = 0;
  /** @type {{ x: number, y: number } | null} */
  #from = null;

  /**
   * @param {import("./map.js").CommuneMap} owner
   * @param {readonly string[]} phrases which sentences name by two signs (ui/map/phrases.py)
   */
  constructor(owner, phrases) {
    this.owner = owner;
    this.phrases = phrases;
    const node = owner.map.getContainer();
    node.addEventListener("pointerdown", (event) => this.#press(event));
    node.addEventListener("pointermove", ({ clientX, clientY }) => {
      if (this.#from && Math.hypot(clientX - this.#from.x, clientY - this.#from.y) > STILL_PX) this.#release();
    });
    for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, () => this.#release());
    owner.map.on("contextmenu", () => {}); // the browser's own menu would cover what is said
  }

  /**
   * A finger cannot hover: held on a commune, it is shown what the commune would change, and chooses nothing.
   * @param {PointerEvent} event
   */
  #press(event) {
    this.#release();
    this.#finger = event.pointerType !== "mouse";
    this.#held = false;
    this.#told = false;
    if (!this.#finger || !event.isPrimary || this.owner.drawing) return;
    this.#from = { x: event.clientX, y: event.clientY };
    this.#timer = window.setTimeout(() => {
      const { map, mode, pointer } = this.owner;
      const latlng = map.mouseEventToLatLng(event);
      const number = mode === "points" ? -1 : pointer.numberAt(latlng);
      if (number < 0) return;
      this.#held = true;
      this.#told = true;
      pointer.hover(number, latlng);
    }, HOLD_MS);
  }

  #release() {
    window.clearTimeout(this.#timer);
    this.#from = null;
  }

  /** @param {import("./types.d.ts").State} state */
  apply({ preview, seq }) {
    this.#seq = seq;
    this.#texts = (preview?.texts ?? []).map((text) => inFull(text, this.phrases));
    this.#of = unpackRanks(preview?.of);
    this.#locked = new Set(unpackCodes(preview?.locked));
    this.#people = preview?.people ?? null;
    this.owner.pointer.tellAgain(); // now that the answer is there
  }

  report() {
    return { locked: [...this.#locked], answered: this.#seq === this.owner.selection.seq };
  }

  /**
   * The end of a held finger is no click, and a locked commune takes none: its tooltip says why.
   * @param {import("./types.d.ts").Press} event
   */
  takes(event) {
    if (this.#held && "originalEvent" in event) {
      this.#held = false;
      return true;
    }
    if (!this.#locked.size || this.owner.drawing) return false;
    const { pointer, map, layer } = this.owner;
    const latlng = "latlng" in event ? event.latlng : map.getCenter(); // Enter and the space bar press the centre
    const number = pointer.numberAt(latlng);
    if (!layer || number < 0 || !this.#locked.has(layer.geometry.codes[number])) return false;
    pointer.hover(number, latlng);
    return true;
  }

  /**
   * @param {HTMLElement} node
   * @param {number} number
   */
  describe(node, number) {
    const { mode, layer, selection } = this.owner;
    if (mode !== "select" || this.#people === null || !layer) return;
    const code = layer.geometry.codes[number];
    const inside = selection.codes.has(code);
    if (this.#locked.has(code)) line(node, "Verrouillée : elle reste dans le périmètre.", "cl-apercu");
    if (this.#finger && !this.#told) return; // a mere tap: the name is enough, the rest would hide what it chose
    if (selection.seq !== this.#seq) return; // the server has not answered the last click yet: say nothing maybe false
    const people = layer.geometry.populations[number];
    if (!selection.codes.size || people === undefined || !Number.isFinite(people)) return;
    const after = this.#people + (inside ? -people : people);
    line(node, `${inside ? "La retirer" : "L’ajouter"}\u00a0: ${NUMBER.format(after)}\u00a0habitants`, "cl-apercu");
    for (const rank of this.#of.get(code) ?? []) if (this.#texts[rank]) line(node, this.#texts[rank], "cl-effet");
  }
}
