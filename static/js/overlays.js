/*
 * Outlines of zones over the communes; only what is not on screen is fetched. One is in front, the last chosen or the one
 * asked for; the others are behind it, thin and pale.
 */

import { Files } from "./fetching.js";
import { TEXTS } from "./text.js";

/**
 * @typedef {import("./types.d.ts").Overlay} Overlay
 * @typedef {import("./types.d.ts").ShownOverlay} ShownOverlay
 * @typedef {import("./layer.js").CommuneLayer} Layer
 */

const lookOf = (/** @type {readonly Overlay[]} */ list) =>
  JSON.stringify(list.map(({ id, url, color, dash, weight, behind }) => [id, url, color, dash, weight, behind]));

/**
 * Which outline is in front: one that was just chosen, else the one that was, else the last.
 * @param {readonly string[]} before ids on screen
 * @param {readonly string[]} now ids wanted
 * @param {string | null} front the one in front before
 */
export function frontOf(before, now, front) {
  const chosen = before.length ? now.findLast((id) => !before.includes(id)) : undefined;
  return chosen ?? (front !== null && now.includes(front) ? front : (now.at(-1) ?? null));
}

/**
 * The outlines in the order they are drawn, the one in front last.
 * @template {Overlay} T
 * @param {readonly T[]} list
 * @param {string | null} front
 * @returns {T[]}
 */
export const ordered = (list, front) => [
  ...list.filter(({ id }) => id !== front).map((overlay) => ({ ...overlay, behind: true })),
  ...list.filter(({ id }) => id === front).map((overlay) => ({ ...overlay, behind: false })),
];

export class Overlays {
  #files = new Files();
  /** @type {Layer | null} */
  #layer = null;
  /** @type {readonly Overlay[]} */
  #wanted = [];
  /** @type {import("./types.d.ts").Outline | null} */
  #highlight = null;
  /** The territory looked at. @type {import("./types.d.ts").Outline | null} */
  #mark = null;
  /** Overlays on screen, in the order they were chosen. @type {readonly ShownOverlay[]} */
  shown = [];
  /** Id of the one in front; kept when the territory changes. @type {string | null} */
  front = null;
  /** Ids wanted last, whatever the territory. @type {readonly string[]} */
  #ids = [];
  /** Requests not answered yet. */
  pending = 0;

  /**
   * Start again with nothing, on the layer of another geometry.
   * @param {Layer} layer
   */
  reset(layer) {
    this.#layer = layer;
    this.#highlight = null;
    this.#mark = null;
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

  /**
   * Lines around the territory looked at; null takes them away.
   * @param {import("./types.d.ts").Outline | null} mark
   */
  mark(mark) {
    if (mark === this.#mark) return;
    this.#mark = mark;
    this.#draw();
  }

  #draw() {
    const over = [this.#mark, this.#highlight].filter((outline) => outline !== null);
    if (this.#layer) this.#layer.outlines = [...ordered(this.shown, this.front), ...over];
  }

  /** Whether something is shown for a moment. */
  get highlighted() {
    return this.#highlight !== null;
  }

  /**
   * Bring an outline to the front.
   * @param {string} id
   */
  bring(id) {
    if (id === this.front || !this.shown.some((overlay) => overlay.id === id)) return;
    this.front = id;
    this.#draw();
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
    const before = lookOf(ordered(this.shown, this.front));
    this.shown = shown.filter((overlay) => overlay !== null);
    const ids = this.shown.map(({ id }) => id);
    this.front = frontOf(this.#ids, ids, this.front);
    this.#ids = ids;
    if (lookOf(ordered(this.shown, this.front)) !== before) this.#draw();
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
