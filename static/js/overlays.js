/*
 * Outlines of zones over the communes; only what is not on screen is fetched.
 */

import { Files } from "./fetching.js";
import { TEXTS } from "./text.js";

/**
 * @typedef {import("./types.d.ts").Overlay} Overlay
 * @typedef {import("./types.d.ts").ShownOverlay} ShownOverlay
 * @typedef {import("./layer.js").CommuneLayer} Layer
 */

const lookOf = (/** @type {readonly Overlay[]} */ list) =>
  JSON.stringify(list.map(({ id, url, color, dash, weight }) => [id, url, color, dash, weight]));

export class Overlays {
  #files = new Files();
  /** @type {Layer | null} */
  #layer = null;
  /** @type {readonly Overlay[]} */
  #wanted = [];
  /** @type {import("./types.d.ts").Outline | null} */
  #highlight = null;
  /** Overlays on screen. @type {readonly ShownOverlay[]} */
  shown = [];
  /** Requests not answered yet. */
  pending = 0;

  /**
   * Start again with nothing, on the layer of another geometry.
   * @param {Layer} layer
   */
  reset(layer) {
    this.#layer = layer;
    this.#highlight = null;
    this.shown = [];
  }

  /**
   * Lines drawn over the zones for a moment; null takes them away.
   * @param {import("./types.d.ts").Outline | null} highlight
   */
  highlight(highlight) {
    if (highlight === this.#highlight) return;
    this.#highlight = highlight;
    this.#draw();
  }

  #draw() {
    if (this.#layer) this.#layer.outlines = this.#highlight ? [...this.shown, this.#highlight] : this.shown;
  }

  /**
   * Draw the outlines wanted and no others.
   * @param {readonly Overlay[]} wanted
   * @returns {Promise<string | null | undefined>} the sentence to say, null for none; undefined when others were wanted
   * meanwhile
   */
  async show(wanted) {
    const layer = this.#layer;
    if (!layer) return undefined;
    this.#wanted = wanted;
    /** @type {string[]} */
    const failed = [];
    this.pending += 1;
    const shown = await Promise.all(
      wanted.map((overlay) =>
        this.#ready(overlay, layer).catch((error) => {
          console.warn(error);
          failed.push(overlay.label);
          return null;
        }),
      ),
    );
    this.pending -= 1;
    if (this.#wanted !== wanted || this.#layer !== layer) return undefined;
    const before = lookOf(this.shown);
    this.shown = shown.filter((overlay) => overlay !== null);
    if (lookOf(this.shown) !== before) this.#draw();
    return failed.length ? TEXTS.overlayFailed.replace("{}", () => failed.join(", ")) : null;
  }

  /**
   * @param {Overlay} overlay
   * @param {Layer} layer
   * @returns {Promise<ShownOverlay>}
   */
  async #ready(overlay, layer) {
    const same = this.shown.find(({ id, url }) => id === overlay.id && url === overlay.url);
    if (same) return { ...same, ...overlay };
    /** @type {import("./types.d.ts").ZoneFile} */
    const file = await this.#files.get(overlay.url);
    if (file.of.length !== layer.geometry.count) throw new Error(`${overlay.url}: other scope`);
    return { ...overlay, ...file, lines: layer.geometry.zoneLines(file.of) };
  }
}
