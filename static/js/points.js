/*
 * What lies over the communes of a painted map: quarters (QPV), places of care, and the territory chosen in a table.
 *
 * Quarters and places come by address, like the communes, and are fetched once. A quarter is drawn by its outline
 * where it is known; while it would be a few pixels wide, a disc sized by its inhabitants stands for it, so that it is
 * seen from afar too. A click goes through to the commune.
 */

import { unpackCodes } from "./decode.js";
import { fetchJson } from "./fetching.js";
import { boundsOf } from "./projection.js";
import { Square } from "./square.js";
import { line, NUMBER, zonesLine } from "./text.js";

const SHAPES_FROM = 12; // zoom from which outlines of quarters are wide enough to be read
const QUARTER = "#b4231f";
const PLACE = "#3b2a78";
const MARK = { color: "#10181c", dash: [], weight: 3.6, casing: "#ffffff" };
const KINDS = /** @type {const} */ (["quarters", "places"]);
const PANE = "cl-plus";

/**
 * @typedef {typeof KINDS[number]} Kind
 * @typedef {import("./types.d.ts").PointOfInterest} PointOfInterest
 */

/** @typedef {import("./types.d.ts").Extra} Extra */

/** @implements {Extra} */
export class Points {
  pending = 0;
  /** @type {Record<Kind, number>} */
  #counts = { quarters: 0, places: 0 };
  /** @type {Partial<Record<Kind, L.LayerGroup | null>>} */
  #groups = {};
  /** Addresses on screen or on their way. @type {Partial<Record<Kind, string | null>>} */
  #wanted = {};
  #discs = L.featureGroup();
  #shapes = L.featureGroup();
  /** Radius of each disc, seen from near. @type {Map<L.CircleMarker, number>} */
  #radii = new Map();
  /** @type {import("./types.d.ts").ZoneFile | null} the CLSM of each commune */
  #served = null;
  /** @type {string | null | undefined} */
  #servedUrl = null;
  /** @type {string | null} */
  #markKey = null;
  /** @type {import("./layer.js").CommuneLayer | null} the layer that it was drawn on */
  #markLayer = null;
  /** @type {number | null} */
  #markSeen = null;
  /** The territory looked at, by the numbers of its communes. @type {number[]} */
  #marked = [];

  /** @param {import("./map.js").CommuneMap} owner */
  constructor(owner) {
    this.owner = owner;
    const { map } = owner;
    map.createPane(PANE).style.zIndex = "445";
    this.canvas = L.canvas({ pane: PANE, padding: 0.2 });
    map.on("zoomend", () => this.#scale());
  }

  /**
   * Bring quarters, places and the chosen territory to a state; what is already so is left alone.
   * @param {import("./types.d.ts").State} state
   */
  async apply(state) {
    this.#mark(state.mark ?? null);
    this.#serve(state.served ?? null);
    await Promise.all(KINDS.map((kind) => this.#file(kind, state[kind] ?? null)));
  }

  report() {
    return { ...this.#counts, marked: this.#marked.map((number) => this.owner.layer?.geometry.codes[number]) };
  }

  /**
   * Take the names of the CLSM of each commune: the tooltip says who serves it.
   * @param {string | null} url
   */
  async #serve(url) {
    if (this.#servedUrl === url) return;
    this.#servedUrl = url;
    this.#served = null;
    try {
      const file = url && (await fetchJson(url));
      if (this.#servedUrl === url) this.#served = file;
    } catch (error) {
      console.warn(error);
      this.#servedUrl = undefined; // asked for again with the next state
    }
  }

  /**
   * Say in a tooltip who serves a commune, unless the outlines of the CLSM say it already.
   * @param {HTMLElement} node
   * @param {number} number
   */
  describe(node, number) {
    const { layer, overlays } = this.owner;
    if (this.#served?.of.length !== layer?.geometry.count || overlays.shown.some(({ id }) => id === "clsm")) return;
    if (this.#served) zonesLine(node, "CLSM", this.#served.of[number], this.#served.zones);
  }

  // --- quarters and places ------------------------------------------------------------------------------------------

  /**
   * @param {Kind} kind
   * @param {string | null} url
   */
  async #file(kind, url) {
    if (kind in this.#wanted && this.#wanted[kind] === url) return;
    this.#wanted[kind] = url;
    /** @type {PointOfInterest[]} */
    let list = [];
    if (url) {
      this.pending += 1;
      try {
        list = (await fetchJson(url)).points;
      } catch (error) {
        console.warn(error);
        delete this.#wanted[kind]; // asked for again with the next state
      }
      this.pending -= 1;
      if (kind in this.#wanted && this.#wanted[kind] !== url) return;
    }
    this.#groups[kind]?.remove();
    this.#counts[kind] = list.length;
    const group = list.length ? (kind === "quarters" ? this.#quarters(list) : this.#places(list)) : null;
    this.#groups[kind] = group?.addTo(this.owner.map);
    this.#scale();
    this.owner.legend.update();
  }

  /** @returns {import("./types.d.ts").LegendEntry[]} */
  legend() {
    /** @type {import("./types.d.ts").LegendEntry[]} */
    const entries = [];
    const fill = (/** @type {CanvasRenderingContext2D} */ context, /** @type {string} */ colour) => {
      context.fillStyle = colour;
      context.fill();
    };
    if (this.#counts.quarters)
      entries.push({
        label: "QPV : disque selon ses habitants, contour de près",
        draw: (context, x, y) => {
          context.beginPath();
          context.arc(x, y, 6, 0, 2 * Math.PI);
          fill(context, QUARTER);
        },
      });
    if (this.#counts.places)
      entries.push({
        label: "lieu de santé mentale",
        draw: (context, x, y) => {
          context.beginPath();
          context.rect(x - 4, y - 4, 8, 8);
          fill(context, PLACE);
        },
      });
    return entries;
  }

  /**
   * @param {readonly PointOfInterest[]} list
   * @returns {L.LayerGroup} empty: #scale puts discs or outlines in it
   */
  #quarters(list) {
    const look = { ...this.#look(), fillColor: QUARTER, fillOpacity: 0.7 };
    this.#discs = L.featureGroup();
    this.#shapes = L.featureGroup();
    this.#radii.clear();
    for (const quarter of list) {
      const disc = () => L.circleMarker([quarter.y, quarter.x], { ...look, radius: quarter.r });
      const far = this.#named(disc(), quarter);
      this.#radii.set(far, quarter.r);
      this.#discs.addLayer(far);
      // No outline known: a disc from near too.
      const shape = quarter.o ? L.polygon(quarter.o, { ...look, weight: 1 }) : disc();
      this.#shapes.addLayer(this.#named(shape, quarter));
    }
    return L.layerGroup();
  }

  /** @param {readonly PointOfInterest[]} list */
  #places(list) {
    const look = { ...this.#look(), fillColor: PLACE, fillOpacity: 0.95 };
    return L.featureGroup(
      list.map((place) => this.#named(new Square([place.y, place.x], { ...look, radius: place.r }), place)),
    );
  }

  #look() {
    return { renderer: this.canvas, pane: PANE, bubblingMouseEvents: true, color: "#ffffff", weight: 1.2 };
  }

  /**
   * @template {L.Layer} T
   * @param {T} mark
   * @param {PointOfInterest} point
   * @returns {T}
   */
  #named(mark, { n, d, p }) {
    this.owner.pointer.name(mark, (node) => {
      line(node, n, "cl-nom");
      if (p !== undefined && Number.isFinite(p)) line(node, `${NUMBER.format(p)}\u00a0habitants${d ? ` (${d})` : ""}`);
      else if (d) line(node, d);
    });
    return mark;
  }

  /** Discs from afar, outlines from near. */
  #scale() {
    const group = this.#groups.quarters;
    if (!group) return;
    const zoom = this.owner.map.getZoom();
    const [wanted, other] = zoom >= SHAPES_FROM ? [this.#shapes, this.#discs] : [this.#discs, this.#shapes];
    const scale = zoom < 7 ? 0.5 : zoom < 9 ? 0.75 : 1; // seen from afar, discs would hide the communes
    for (const [disc, radius] of this.#radii) {
      disc.setStyle({ weight: 1.2 * scale });
      disc.setRadius(radius * scale);
    }
    if (group.hasLayer(other)) group.removeLayer(other);
    if (!group.hasLayer(wanted)) group.addLayer(wanted);
  }

  // --- the territory chosen -----------------------------------------------------------------------------------------

  /**
   * Outline some communes; bring them into sight when `n` says that they were chosen elsewhere than on the map.
   * @param {{ codes: string, n: number } | null} mark
   */
  #mark(mark) {
    const { layer, overlays, view } = this.owner;
    const key = mark?.codes ?? null;
    if (key !== this.#markKey || layer !== this.#markLayer) {
      this.#markKey = key;
      this.#markLayer = layer;
      this.#marked = mark && layer ? layer.geometry.numbersOf(unpackCodes(mark.codes)) : [];
      const drawn = layer && this.#marked.length > 0; // by the layer, under the names: what is looked at keeps its own
      overlays.mark(drawn ? { ...MARK, lines: layer.geometry.linesAround(this.#marked) } : null);
    }
    const box = mark?.n && mark.n !== this.#markSeen ? layer?.geometry.boxAround(this.#marked) : null;
    if (mark && box) {
      this.#markSeen = mark.n;
      view.frame(boundsOf(box), 0.2);
    }
  }
}
