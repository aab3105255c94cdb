/*
 * A map and all that it does: what loader.js starts.
 */

import { Api } from "./api.js";
import { Carry } from "./carry.js";
import { Draw } from "./draw.js";
import { Focus } from "./focus.js";
import { CommuneMap } from "./map.js";
import { Points } from "./points.js";
import { Preview } from "./preview.js";

/**
 * @param {L.Map} leaflet the map that folium has just made
 * @param {import("./types.d.ts").FrameOptions} options
 */
export function start(leaflet, { mode, phrases = [] }) {
  const map = new CommuneMap(leaflet, mode);
  map.extras.push(new Points(map), new Preview(map, phrases));
  new Carry(map);
  if (mode === "select") map.extras.push(new Focus(map), new Draw(map));
  return new Api(map);
}
