/*
 * The drawing of one scope on the map: six canvases moved together.
 *
 * From below: "ground" holds what lies around, fills and borders, "selection" the fill of the chosen communes, "zones"
 * the outlines of zones, "edge" the edge of the choice, "names" what can be read, "hover" the commune under the pointer.
 * A click or a hover redraws its own and leaves the others; names follow a click once the click is on screen. One layer for all communes, and not one per commune, keeps 34 917 of them light.
 */

import { drawAround } from "./around.js";
import { unpackRuns } from "./decode.js";
import { drawGround, drawHover, drawSelection, drawZones, resizeCanvases, stretch, thicknessAt } from "./drawing.js";
import { Labels } from "./labels.js";
import { nameLayer } from "./lettering.js";
import { Pen } from "./pen.js";

const PADDING = 0.2; // drawn beyond the window on each side, so that a short pan shows no blank
// The names last: no line hides the name of what it shows.
const CANVASES = /** @type {const} */ (["ground", "selection", "zones", "edge", "hover", "names"]);
const NAMES_MS = 60; // names wait for the click to be on screen
export const PANE = "cl-communes";

/**
 * @typedef {typeof CANVASES[number]} Name
 * @typedef {CanvasRenderingContext2D} Context
 */

export class CommuneLayer extends L.Layer {
  /** @type {Int16Array | null} one palette number per commune */
  #status = null;
  #paintKey = "";
  /** @type {readonly import("./types.d.ts").Outline[]} */
  #outlines = [];
  #hovered = -1;
  #focused = -1;
  /** @type {import("./around.js").Around | null} */
  around = null;
  /** The file of what is named from afar. @type {string | undefined} */
  named = undefined;
  /** Zones named from afar, when no outline is shown. @type {import("./types.d.ts").ZoneFile | null} */
  #quiet = null;
  /** Names on screen. @type {readonly import("./labels.js").Label[]} */
  names = [];
  #namesTimer = 0;

  /** @type {Set<Name>} */
  #dirty = new Set();
  #frame = 0;
  #zooming = false;
  /** @type {{ centre: L.LatLng, zoom: number, size: L.Point, origin: L.Point } | null} what is drawn */
  #drawn = null;
  /** @type {HTMLElement | null} */
  #box = null;
  /** @type {Record<string, Context>} */
  #contexts = {};

  /** @param {import("./geometry.js").Geometry} geometry */
  constructor(geometry) {
    super({ pane: PANE });
    this.geometry = geometry;
    this.labels = new Labels(geometry);
    /** @type {import("./types.d.ts").Swatch[]} */
    this.palette = [];
    /** What the colours tell of the communes chosen, which then show through; "" when they lie under. */
    this.over = "";
    /** What the legend says of the colours as a whole; "" for nothing. */
    this.title = "";
    /** Statuses that some commune has, in the order of the palette. @type {import("./types.d.ts").Swatch[]} */
    this.present = [];
    /** Whether some communes are drawn that the territory does not hold. */
    this.outside = false;
    /** 1 for each commune chosen. */
    this.selected = new Uint8Array(geometry.count);
  }

  // --- what is shown ------------------------------------------------------------------------------------------------

  /** Number of the commune under the pointer, or -1. */
  get hovered() {
    return this.#hovered;
  }

  set hovered(number) {
    this.#hovered = number;
    this.refresh("hover");
  }

  /** Number of the commune outlined, or -1. */
  get focused() {
    return this.#focused;
  }

  set focused(number) {
    this.#focused = number;
    this.refresh("hover");
  }

  /** Lines over the communes: zones, and what is shown for a moment. */
  get outlines() {
    return this.#outlines;
  }

  set outlines(outlines) {
    this.#outlines = outlines;
    this.refresh("zones");
    this.#nameLater();
  }

  /**
   * Name these zones where communes are small, while no outline is shown.
   * @param {import("./types.d.ts").ZoneFile | null} zones
   */
  name(zones) {
    this.#quiet = zones?.of.length === this.geometry.count ? zones : null;
    this.#nameLater();
  }

  /**
   * Draw départements around the scope, in grey under it.
   * @param {import("./around.js").Around} around
   */
  surround(around) {
    this.around = around;
    this.refresh("ground");
    this.#nameLater();
  }

  /**
   * Colour the communes, or none of them; the same colours again cost nothing.
   * @param {import("./types.d.ts").Paint | null} paint
   */
  paint(paint) {
    const key = paint ? JSON.stringify(paint) : "";
    if (key === this.#paintKey) return;
    this.#paintKey = key;
    this.#status = paint ? unpackRuns(paint.runs, this.geometry.count) : null;
    this.palette = paint ? paint.palette : [];
    this.over = paint?.over ?? "";
    this.title = paint?.title ?? "";
    if (paint && !this.#status) console.warn("colours and geometry are not of the same scope");
    const met = new Set(this.#status ?? []);
    this.present = this.palette.filter((_, rank) => met.has(rank));
    this.outside = met.has(-1);
    this.refresh("ground", "selection");
  }

  /**
   * The status that colours a commune: its swatch, or undefined.
   * @param {number} number
   */
  swatchOf(number) {
    return this.#status ? this.palette[this.#status[number]] : undefined;
  }

  /** The palette number of a commune, or -1. @param {number} number */
  statusOf(number) {
    return this.#status?.[number] ?? -1;
  }

  /** What one canvas is drawn with, for tests. @param {string} name */
  context(name) {
    return /** @type {Context | undefined} */ (this.#contexts[name]);
  }

  /**
   * Ask for some canvases to be drawn again before the next frame.
   * @param {...Name} names
   */
  refresh(...names) {
    for (const name of names) this.#dirty.add(name);
    if (names.includes("selection")) this.#nameLater();
    if (this.#frame || !this._map) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  /** Place the names again, when nobody waits for anything else. */
  #nameLater() {
    clearTimeout(this.#namesTimer);
    this.#namesTimer = window.setTimeout(() => this.refresh("names"), NAMES_MS);
  }

  // --- what Leaflet calls -------------------------------------------------------------------------------------------

  /**
   * @override
   * @param {L.Map} _map
   */
  onAdd(_map) {
    this.#box = L.DomUtil.create("div", "cl-couche leaflet-zoom-animated", this.getPane());
    for (const name of CANVASES) {
      const canvas = /** @type {HTMLCanvasElement} */ (L.DomUtil.create("canvas", "", this.#box));
      canvas.setAttribute("aria-hidden", "true");
      this.#contexts[name] = /** @type {Context} */ (canvas.getContext("2d"));
    }
    this.#update();
    return this;
  }

  /** @override */
  onRemove() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#namesTimer);
    this.#frame = 0;
    this.#box?.remove();
    return this;
  }

  /**
   * @override
   * @returns {Record<string, L.LeafletEventHandlerFn>}
   */
  getEvents() {
    const update = () => this.#update();
    return {
      viewreset: update,
      moveend: update,
      resize: update,
      zoom: () => this.#follow(this._map.getCenter(), this._map.getZoom()),
      zoomanim: (event) => {
        const { center, zoom } = /** @type {L.ZoomAnimEvent} */ (event);
        this.#zooming = true;
        this.#follow(center, zoom);
      },
      zoomend: () => {
        this.#zooming = false;
      },
    };
  }

  /** @type {(centre: L.LatLng, zoom: number) => void} */
  #follow(centre, zoom) {
    if (this.#drawn && this.#box) stretch(this._map, this.#box, this.#drawn, PADDING, centre, zoom);
  }

  #update() {
    const map = this._map;
    if (!this.#box || (this.#zooming && this.#drawn)) return;
    const size = map.getSize();
    const corner = map.containerPointToLayerPoint(size.multiplyBy(-PADDING)).round();
    this.#drawn = {
      centre: map.getCenter(),
      zoom: map.getZoom(),
      size: size.multiplyBy(1 + 2 * PADDING).round(),
      origin: map.getPixelOrigin().add(corner),
    };
    L.DomUtil.setTransform(this.#box, corner, 1);
    this.#dirty = new Set(CANVASES);
    resizeCanvases(Object.values(this.#contexts), this.#drawn.size);
    this.#draw();
  }

  // --- drawing ------------------------------------------------------------------------------------------------------

  #draw() {
    if (!this._map || !this.#drawn?.size.x || !this.#drawn.size.y) return;
    const { zoom, origin, size } = this.#drawn;
    const penOf = (/** @type {import("./geometry.js").Geometry} */ geometry) => new Pen(geometry, zoom, origin, size);
    const pen = penOf(this.geometry);
    const dirty = this.#dirty;
    const clear = (/** @type {Name} */ name) => {
      const context = this.#contexts[name];
      context.setLineDash([]);
      context.clearRect(0, 0, size.x, size.y);
      return context;
    };
    if (["ground", "selection", "zones", "names"].some((name) => dirty.has(/** @type {Name} */ (name)))) {
      const visible = pen.visible();
      if (dirty.has("ground")) {
        const ground = clear("ground");
        if (this.around) drawAround(ground, penOf(this.around.geometry), this.around);
        drawGround(ground, pen, visible, this);
      }
      if (dirty.has("selection"))
        drawSelection(clear("selection"), clear("edge"), pen, visible, this.selected, !this.over);
      if (dirty.has("zones")) drawZones(clear("zones"), pen, thicknessAt(visible.width), this.#outlines);
      if (dirty.has("names")) {
        const seen = { pen, visible, size, outlines: this.#outlines, quiet: this.#quiet, padding: PADDING };
        this.names = nameLayer(clear("names"), this, seen, this._map.getContainer());
      }
    }
    if (dirty.has("hover")) drawHover(clear("hover"), pen, this);
    dirty.clear();
    this.fire("drawn");
  }
}
