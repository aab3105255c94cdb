/*
 * A first picture while communes are on their way. Those of the country are a quarter of a minute away on a slow line; the
 * outlines of the départements, which the map draws around a scope anyway, are there at once.
 */

import { fetchJson } from "./fetching.js";

const PATIENCE = 400; // milliseconds: communes that come sooner need no picture before them
const LARGE = /communes-(?:france|reg)-/; // a département is hardly larger than this picture
const STYLE = { color: "#9fb0b6", weight: 1, fill: true, fillColor: "#eef3f4", fillOpacity: 1, interactive: false };

export class FirstPicture {
  /** @type {L.GeoJSON | null} */
  #drawn = null;
  #turn = 0;

  /** @param {L.Map} map */
  constructor(map) {
    this.map = map;
  }

  /**
   * Draw the départements, unless `end` comes first; without them the map only says that it loads.
   * @param {string} url of the communes awaited
   * @param {string | undefined} file of the départements, beside them
   * @param {L.LatLngBoundsLiteral | undefined} bounds where the map will open
   */
  async begin(url, file, bounds) {
    this.end();
    const turn = this.#turn;
    if (!file || !bounds || !LARGE.test(url)) return;
    await new Promise((done) => setTimeout(done, PATIENCE));
    if (turn !== this.#turn) return;
    try {
      const found = await fetchJson(url.replace(/[^/]*$/, file));
      if (turn !== this.#turn) return;
      this.map.fitBounds(bounds, { padding: [12, 12], animate: false });
      this.#drawn = L.geoJSON(topojson.feature(found, found.objects.zones), { style: STYLE, interactive: false });
      this.#drawn.addTo(this.map);
    } catch (error) {
      console.warn(error);
    }
  }

  /** Take it away: the communes are drawn, or never will be. */
  end() {
    this.#turn += 1;
    this.#drawn?.remove();
    this.#drawn = null;
  }
}
