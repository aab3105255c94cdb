/*
 * Geometries already decoded, by address: going back to a territory costs nothing.
 */

import { fetchJson } from "./fetching.js";
import { Geometry } from "./geometry.js";
import { openCities } from "./opened.js";

const KEPT = 3;
const LARGE = 10000; // communes: a geometry this large is not kept once left

export class GeometryStore {
  /** @type {Map<string, Geometry>} */
  #kept = new Map();

  /**
   * @param {string} url
   * @param {readonly string[]} [opened] addresses of the cities opened in it
   * @throws when a file does not come
   */
  async get(url, opened = []) {
    const asked = [url, ...opened].join(" ");
    const known = this.#kept.get(asked);
    if (known) return known;
    const [topology, ...cities] = await Promise.all([url, ...opened].map((each) => fetchJson(each)));
    if (cities.length) openCities(topology, cities);
    const geometry = new Geometry(topology);
    this.#kept.set(asked, geometry);
    for (const [key, other] of this.#kept) {
      if (key !== asked && (other.count > LARGE || this.#kept.size > KEPT)) this.#kept.delete(key);
    }
    return geometry;
  }
}
