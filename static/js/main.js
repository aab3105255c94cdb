/*
 * A map and all that it does: what loader.js starts.
 */

import { Api } from "./api.js";
import { Carry } from "./carry.js";
import { Draw } from "./draw.js";
import { Focus } from "./focus.js";
import { hearKeys } from "./keys.js";
import { CommuneMap } from "./map.js";
import { Panel } from "./panel.js";
import { Points } from "./points.js";
import { Preview } from "./preview.js";
import { makeToolbar } from "./toolbar.js";

/**
 * @param {L.Map} leaflet the map that folium has just made
 * @param {import("./types.d.ts").FrameOptions} options
 */
export function start(leaflet, { mode, phrases = [] }) {
  const map = new CommuneMap(leaflet, mode);
  map.extras.push(new Points(map), new Preview(map, phrases));
  new Carry(map);
  if (mode === "select") map.extras.push(new Draw(map));
  if (mode !== "points") {
    map.extras.push(new Focus(map)); // communes are chosen by keyboard wherever they are by pointer
    map.extras.push(new Panel(map, phrases));
    hearKeys(map);
  }
  makeToolbar(leaflet);
  return new Api(map);
}
