/*
 * What one more click would change, said in the tooltip before it is made.
 *
 * Python sends, with the state, a compact preview for the communes of the perimeter and around it: the inhabitants of
 * the perimeter, sentences once each, and which sentences go with which commune. For any other commune the browser
 * says at least the inhabitants, which it can count by itself.
 */

import { inFull, unpackCodes, unpackRanks } from "./decode.js";
import { line, NUMBER } from "./text.js";

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
  /** The commune that a finger has touched, and so looks at: touched again, it is chosen. */
  #looked = -1;

  /**
   * @param {import("./map.js").CommuneMap} owner
   * @param {readonly string[]} phrases which sentences name by two signs (ui/map/phrases.py)
   */
  constructor(owner, phrases) {
    this.owner = owner;
    this.phrases = phrases;
    owner.map.getContainer().addEventListener("pointerdown", ({ pointerType }) => {
      this.#finger = pointerType !== "mouse";
    });
    owner.map.on("movestart zoomstart", () => {
      this.#looked = -1;
    });
    owner.map.on("contextmenu", () => {}); // the browser's own menu would cover what is said
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
   * A finger cannot hover: its first touch looks at a commune, the second one chooses it. A locked commune takes no press:
   * its tooltip says why.
   * @param {import("./types.d.ts").Press} event
   */
  takes(event) {
    const { pointer, map, layer, mode, drawing } = this.owner;
    if (!layer || drawing || mode !== "select") return false;
    const latlng = "latlng" in event ? event.latlng : map.getCenter(); // Enter and the space bar press the centre
    const number = pointer.numberAt(latlng);
    if (number < 0) return false;
    const looks = this.#finger && "originalEvent" in event && this.#looked !== number;
    if (!looks && !this.#locked.has(layer.geometry.codes[number])) return false;
    this.#looked = number;
    pointer.hover(number, latlng);
    return true;
  }

  /**
   * @param {HTMLElement} node
   * @param {number} number
   */
  describe(node, number) {
    const { mode, layer, selection } = this.owner;
    if (mode !== "select" || !layer) return;
    const code = layer.geometry.codes[number];
    const inside = selection.codes.has(code);
    if (this.#locked.has(code)) line(node, "Verrouillée : elle reste dans le périmètre.", "cl-apercu");
    this.#foretell(node, number, inside);
    if (this.#finger && !this.#locked.has(code)) {
      line(node, `Touchez encore pour ${inside ? "la retirer" : "l’ajouter"}.`, "cl-choisie");
    }
  }

  /**
   * @param {HTMLElement} node
   * @param {number} number
   * @param {boolean} inside
   */
  #foretell(node, number, inside) {
    const { layer, selection } = this.owner;
    if (!layer || this.#people === null) return;
    if (selection.seq !== this.#seq) return; // the server has not answered the last click yet: say nothing maybe false
    const people = layer.geometry.populations[number];
    if (!selection.codes.size || people === undefined || !Number.isFinite(people)) return;
    const after = this.#people + (inside ? -people : people);
    line(node, `${inside ? "La retirer" : "L’ajouter"}\u00a0: ${NUMBER.format(after)}\u00a0habitants`, "cl-apercu");
    const ranks = this.#of.get(layer.geometry.codes[number]) ?? [];
    for (const rank of ranks) if (this.#texts[rank]) line(node, this.#texts[rank], "cl-effet");
  }
}
