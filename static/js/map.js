/*
 * The map of the dashboard, inside the component's frame.
 *
 * Python sends one small state (which geometry, which codes, which colours); this class compares it with what is on
 * screen and changes only what differs. Its parts: the selection, the pointer, the outlines, the marks. What else the
 * map does is in extras, which know the map and not one another.
 */

import { showAround, showNames } from "./around.js";
import { Colours } from "./colours.js";
import { addControls, addPerimeterButton, changeCredit, introduce, leaveTheWheel, MessageBox } from "./controls.js";
import { unpackCodes } from "./decode.js";
import { CommuneLayer, PANE } from "./layer.js";
import { Legend } from "./legend.js";
import { PANE as MARKS, Marks } from "./marks.js";
import { FirstPicture } from "./outline.js";
import { Overlays } from "./overlays.js";
import { Pointer } from "./pointer.js";
import { boundsOf } from "./projection.js";
import { Selection } from "./selection.js";
import { GeometryStore } from "./store.js";
import { TEXTS } from "./text.js";
import { View } from "./view.js";

/**
 * @typedef {import("./types.d.ts").State} State
 * @typedef {import("./types.d.ts").Extra} Extra what joins the map
 */

export class CommuneMap {
  /** The layer of the geometry on screen. @type {CommuneLayer | null} */
  layer = null;
  /** Address of the geometry on screen. @type {string | null} */
  url = null;
  /** Addresses of the geometry asked for: the territory, then the cities opened in it. @type {string | null} */
  #wanted = null;
  /** Those on screen. @type {string | null} */
  #shown = null;
  /** What the user draws now, which takes every press. @type {string | null} */
  drawing = null;
  /** True once the geometry wanted is on screen. */
  ready = false;
  /** @type {Extra[]} */
  extras = [];
  /** What happened so far, for tests. */
  count = { loads: 0, sent: 0, applied: 0 };
  selection = new Selection();
  overlays = new Overlays();
  colours = new Colours();
  #geometries = new GeometryStore();
  /** @type {State} */
  #state = { geometry: "" };
  /** @type {string | undefined} */
  #credit = undefined;
  #clicks = 0;
  /** @type {number | null} */
  #focusSeen = null;

  /**
   * Take over the map that folium has just made.
   * @param {L.Map} map
   * @param {import("./types.d.ts").Mode} mode
   */
  constructor(map, mode) {
    this.map = map;
    this.mode = mode;
    const container = map.getContainer();
    this.message = new MessageBox(container);
    introduce(container, TEXTS[mode]);
    map.createPane(PANE).style.zIndex = "400";
    map.createPane(MARKS).style.zIndex = "450";
    /** @type {HTMLElement} */ (map.getPane(PANE)).style.pointerEvents = "none";
    this.view = new View(this);
    this.first = new FirstPicture(map);
    addControls(map, () => this.view.fit());
    if (mode === "select") {
      addPerimeterButton(map, () => this.view.frameSelection());
      map.zoomIn = (delta = 1, options) => map.setZoomAround(this.view.heart, map.getZoom() + delta, options);
    }
    this.legend = new Legend(this);
    this.pointer = new Pointer(this);
    this.marks = new Marks(this);
    leaveTheWheel(map);
  }

  // --- the state sent by Python -------------------------------------------------------------------------------------

  /**
   * Bring the screen to a state; what is already so is left alone.
   * @param {State} state
   */
  async apply(state) {
    this.#state = state;
    this.count.applied += 1;
    if (state.credit !== this.#credit) {
      changeCredit(this.map, this.#credit, state.credit);
      this.#credit = state.credit;
    }
    const codes = unpackCodes(state.codes);
    if (state.seq !== undefined && this.selection.meet(state.life, codes, state.seq)) this.#say();
    const ours = this.selection.seq === state.seq; // an answer to a click, or the same again
    const taken = state.seq !== undefined && this.selection.take(codes, state.seq);
    if (taken) this.#markSelected();
    const sameFile = this.url === state.geometry && this.#wanted?.split(" ")[0] === state.geometry;
    if (!(await this.#load(state.geometry, state.opened ?? [], state.bounds))) return;
    if (sameFile) this.view.moveTo(state.bounds);
    if (taken && !ours) this.view.followSelection();
    this.#applyRest(this.#state);
  }

  /** @param {State} state */
  #applyRest(state) {
    this.#paintWhenHere(state.paint);
    this.marks.show(state.points ?? []);
    this.#showOverlays(state.overlays ?? []);
    if (this.layer) {
      showAround(this.layer, state);
      showNames(this.layer, state);
    }
    for (const extra of this.extras) extra.apply?.(state);
    if (state.focus && this.#focusSeen !== state.focus.n && this.focus(state.focus.code)) {
      this.#focusSeen = state.focus.n;
    }
  }

  /** @param {State["paint"]} paint */
  async #paintWhenHere(paint) {
    const { layer } = this;
    await this.colours.fetch(paint);
    if (this.#state.paint === paint && this.layer === layer) this.#paint(layer);
  }

  /** @param {CommuneLayer | null} layer */
  #paint(layer) {
    const paint = this.colours.get(this.#state.paint);
    if (paint !== undefined) layer?.paint(paint);
    this.legend.update();
  }

  /** @param {import("./types.d.ts").Overlay[]} wanted */
  async #showOverlays(wanted) {
    const text = await this.overlays.show(wanted);
    this.legend.update();
    if (text) this.message.say(text, { alert: true });
    else if (text === null && this.message.isOpen && this.#shown === this.#wanted) this.message.say(null);
  }

  /**
   * Show the geometry at an address, with some cities opened; true once it is on screen and still the one wanted.
   * @param {string} url
   * @param {readonly string[]} opened
   * @param {L.LatLngBoundsLiteral | undefined} bounds
   */
  async #load(url, opened, bounds) {
    const asked = [url, ...opened].join(" ");
    if (this.#wanted === asked) return this.#shown === asked;
    this.#wanted = asked;
    if (this.url !== url) this.view.bounds = bounds;
    this.ready = false;
    this.count.loads += 1;
    this.message.say(TEXTS.loading);
    if (!this.layer) this.first.begin(url, this.#state.around, bounds);
    let geometry;
    try {
      [geometry] = await Promise.all([this.#geometries.get(url, opened), this.colours.fetch(this.#state.paint)]);
    } catch (error) {
      console.warn(error);
      if (this.#wanted !== asked) return false;
      this.#wanted = null;
      this.first.end();
      this.message.say(TEXTS.failed, { alert: true, retry: () => this.apply(this.#state) });
      return false;
    }
    if (this.#wanted !== asked) return false; // another scope was chosen meanwhile
    this.message.say(null);
    this.#show(url, asked, geometry);
    return true;
  }

  /**
   * @param {string} url
   * @param {string} asked the same with the cities opened
   * @param {import("./geometry.js").Geometry} geometry
   */
  #show(url, asked, geometry) {
    const same = this.url === url; // a city was opened or closed: the view stays
    this.layer?.remove();
    this.pointer.leave();
    for (const extra of this.extras) extra.look?.(-1);
    this.url = url;
    this.#shown = asked;
    this.layer = new CommuneLayer(geometry);
    this.overlays.reset(this.layer);
    this.#markSelected();
    this.#paint(this.layer);
    if (!same) this.view.open();
    this.layer.addTo(this.map);
    requestAnimationFrame(() => {
      setTimeout(() => {
        this.first.end(); // covered by now
        this.ready = this.#shown === this.#wanted;
      }, 0);
    });
  }

  // --- what the user chooses ----------------------------------------------------------------------------------------

  #markSelected() {
    const { layer } = this;
    if (!layer) return;
    layer.selected.fill(0);
    for (const number of layer.geometry.numbersOf(this.selection.codes)) layer.selected[number] = 1;
    layer.refresh("selection");
  }

  /**
   * Act as a click on a commune does: put it in the perimeter or take it out, or look at it.
   * @param {number} number
   */
  choose(number) {
    const { layer } = this;
    if (!layer) return;
    const code = layer.geometry.codes[number];
    if (this.mode === "select") {
      layer.selected[number] = this.selection.toggle(code) ? 1 : 0;
      layer.refresh("selection");
      this.#say();
    } else {
      this.#look(layer, number);
      this.click(code);
    }
  }

  /**
   * Tell Python what was clicked. The number always grows, so that a second click on the same commune is a new message.
   * @param {string} id
   */
  click(id) {
    this.#clicks = Math.max(this.#clicks + 1, Date.now());
    this.send({ click: id, n: this.#clicks });
  }

  /** Tell Python what is chosen, until it answers. */
  #say() {
    const say = () => this.send(this.selection.message());
    say();
    this.selection.insist(say);
  }

  /** @param {unknown} value read by ui/map/events.py */
  send(value) {
    this.count.sent += 1;
    window.Streamlit.setComponentValue(value);
  }

  /**
   * Whether an extra takes this press away from the communes.
   * @param {import("./types.d.ts").Press} event
   */
  taken(event) {
    return this.extras.some((extra) => extra.takes?.(event));
  }

  // --- a commune ----------------------------------------------------------------------------------------------------

  /**
   * Bring a commune to the middle of the map and outline it, or an opened city; false when the scope does not hold it.
   * @param {string} code
   */
  focus(code) {
    const { layer } = this;
    const numbers = layer?.geometry.numbersOf([code]) ?? [];
    const box = layer?.geometry.boxAround(numbers);
    if (!layer || !box) return false;
    const alone = numbers.length === 1;
    this.view.frame(boundsOf(box), alone ? 2 : 0.1);
    this.#look(layer, alone ? numbers[0] : -1);
    return true;
  }

  /**
   * @param {CommuneLayer} layer
   * @param {number} number
   */
  #look(layer, number) {
    layer.focused = number;
    for (const extra of this.extras) extra.look?.(number);
  }
}
