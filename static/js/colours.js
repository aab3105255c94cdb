/*
 * The colours of communes: sent in the state, or by the address of a file when no click changes them.
 */

import { fetchJson } from "./fetching.js";

/** @typedef {import("./types.d.ts").Paint} Paint */

export class Colours {
  /** @type {Map<string, Paint>} */
  #files = new Map();
  /** Files asked for and not there yet. */
  pending = 0;

  /**
   * Have the file of colours, when they come by address. One that does not come leaves the map as it is: the communes
   * can still be chosen.
   * @param {Paint | string | undefined} sent
   */
  async fetch(sent) {
    if (typeof sent !== "string" || this.#files.has(sent)) return;
    this.pending += 1;
    try {
      this.#files.set(sent, await fetchJson(sent));
    } catch (error) {
      console.warn(error);
    }
    this.pending -= 1;
  }

  /**
   * The colours sent; null when there are none, undefined while their file is not here.
   * @param {Paint | string | undefined} sent
   */
  get(sent) {
    return typeof sent === "string" ? this.#files.get(sent) : (sent ?? null);
  }
}
