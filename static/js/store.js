/*
 * Geometries already decoded, by address: going back to a territory costs nothing.
 */

import { fetchJson } from "./fetching.js";
import { Geometry } from "./geometry.js";

const KEPT = 3;
const LARGE = 10000; // communes: a geometry this large is not kept once left

export class GeometryStore {
  /** @type {Map<string, Geometry>} */
  #kept = new Map();

  /**
   * @param {string} url
   * @throws when the file does not come
   */
  async get(url) {
    const known = this.#kept.get(url);
    if (known) return known;
    const geometry = new Geometry(await fetchJson(url));
    this.#kept.set(url, geometry);
    for (const [key, other] of this.#kept) {
      if (key !== url && (other.count > LARGE || this.#kept.size > KEPT)) this.#kept.delete(key);
    }
    return geometry;
  }
}
