/*
 * « Montrer » on the map, from the page around it.
 *
 * A button of the page that carries data-montrer (codes, packed) brings these communes to the middle and outlines
 * them, without asking the server. The paragraph that says the state is made a polite live
 * region here, because its place stays while its text is replaced: that is what screen readers listen to.
 */

import { unpackCodes } from "./decode.js";
import { boundsOf } from "./projection.js";
import { HIGHLIGHT, STILL } from "./text.js";

const MARGIN = 0.35; // of the size of what is shown, left around it
const SHOWN_MS = 12000;

/** @typedef {import("./types.d.ts").Extra} Extra */

/** @implements {Extra} */
export class Focus {
  /** @type {number | undefined} */
  #seq = undefined;
  #timer = 0;

  /** @param {import("./map.js").CommuneMap} owner */
  constructor(owner) {
    this.owner = owner;
    try {
      const page = window.parent.document;
      const heard = new AbortController();
      page.addEventListener("click", (event) => this.#onPage(event), { signal: heard.signal });
      window.addEventListener("pagehide", () => heard.abort());
    } catch {
      // a page of another origin: its buttons do nothing, and the texts beside them say the same
    }
  }

  /** @param {import("./types.d.ts").State} state */
  apply(state) {
    if (this.#seq !== undefined && state.seq !== this.#seq) this.#clear();
    this.#seq = state.seq;
    makeLive();
  }

  /** @param {MouseEvent} event */
  #onPage(event) {
    const pressed = (/** @type {string} */ buttons) =>
      /** @type {HTMLElement | null | undefined} */ (/** @type {Element} */ (event.target).closest?.(buttons));
    const button = pressed("[data-montrer]");
    const frame = window.frameElement;
    if (!button || !frame?.isConnected) return;
    event.preventDefault();
    const shown = this.#show(unpackCodes(button.dataset.montrer));
    if (shown) frame.scrollIntoView({ block: "nearest", behavior: STILL ? "auto" : "smooth" });
    this.owner.message.say(
      shown ? null : "Ces communes ne sont pas sur la carte affichée : choisissez une carte plus large.",
    );
  }

  /**
   * Bring communes to the middle and outline them for a while; false when the scope holds none of them.
   * @param {readonly string[]} codes
   */
  #show(codes) {
    this.#clear();
    const geometry = this.owner.layer?.geometry;
    const numbers = geometry?.numbersOf(codes) ?? [];
    const box = geometry?.boxAround(numbers);
    if (!geometry || !box) return false;
    this.owner.view.frame(boundsOf(box), MARGIN);
    this.owner.overlays.highlight({ ...HIGHLIGHT, lines: geometry.linesAround(numbers) });
    this.owner.legend.update();
    this.#timer = window.setTimeout(() => this.#clear(), SHOWN_MS);
    return true;
  }

  #clear() {
    window.clearTimeout(this.#timer);
    this.owner.overlays.highlight(null);
    this.owner.legend.update();
  }
}

/** Make the page say its state aloud whenever it changes. */
function makeLive() {
  try {
    const text = window.parent.document.querySelector(".clsm-etat");
    const place = text && (text.closest("[data-testid=stHtml]") || text.parentElement);
    if (!place || place.getAttribute("aria-live")) return;
    place.setAttribute("aria-live", "polite");
    place.setAttribute("aria-atomic", "true");
  } catch {
    // a page of another origin: the paragraph is read where it stands
  }
}
