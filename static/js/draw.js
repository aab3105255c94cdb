/*
 * Draw a shape on the map: the communes whose inner point it holds join the perimeter.
 *
 * Two modes, each a button of the map. « Zone »: a click lays a corner, a click on the first one, a double click or
 * Enter closes. « Cercle »: press at the centre and let go on the edge, or two clicks. Escape gives up, Backspace takes
 * the last corner back. Only the shape goes to Python, which decides by the same rule as a circle asked for by name.
 */

import { addBar, addButton } from "./controls.js";

const CLOSE_PX = 12;
const SAME_PX = 3;
const DRAGGED_PX = 6; // past it a press is no click (pointer.js)
const MOST_CORNERS = 200;
const LOOK = { color: "#0f2a5c", weight: 2.5, fillColor: "#1f4e9c", fillOpacity: 0.15, interactive: false };
const TEXTS = {
  zone: "Dessiner une zone : ses communes rejoignent le périmètre",
  cercle: "Dessiner un cercle : ses communes rejoignent le périmètre",
};
const HELP = {
  zone: "Posez les coins un à un. Fermez par un clic sur le premier coin, un double clic ou Entrée. Échap : renoncer.",
  cercle: "Glissez du centre jusqu’au bord, ou cliquez l’un puis l’autre. Échap : renoncer.",
};
const ICONS = {
  zone: "M2.5 5.5 9 2l4.5 5-3 6.5-6-1.5z",
  cercle: "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM8 7.4v1.2M7.4 8h1.2",
};

/** @typedef {"zone" | "cercle"} Kind as ui/map/events.py reads them */

/** @typedef {import("./types.d.ts").Extra} Extra */

/** @implements {Extra} */
export class Draw {
  /** @type {Kind | null} */
  #kind = null;
  /** @type {L.LatLng[]} */
  #corners = [];
  /** @type {Record<string, HTMLElement>} */
  #buttons = {};
  /** @type {L.Path | null} */
  #shape = null;
  #renderer = L.svg();

  /** @param {import("./map.js").CommuneMap} owner */
  constructor(owner) {
    this.owner = owner;
    this.map = owner.map;
    addBar(this.map, (bar) => {
      this.#addButton(bar, "zone");
      this.#addButton(bar, "cercle");
    });
    this.map.on("mousemove", (event) => {
      if (this.#kind && this.#corners.length) this.#draw(event.latlng);
    });
    this.map.on("dblclick", () => {
      if (this.#kind === "zone") this.#finish();
    });
    document.addEventListener("keydown", (event) => this.#onKey(event));
    this.#hearDrag();
  }

  /** A circle in one gesture: press at the centre, let go on the edge. */
  #hearDrag() {
    const container = this.map.getContainer();
    /** @type {L.Point | null} */
    let pressed = null;
    container.addEventListener("pointerdown", (event) => {
      const onMap = !(/** @type {Element} */ (event.target).closest(".leaflet-control"));
      pressed = this.#kind === "cercle" && onMap ? this.map.mouseEventToContainerPoint(event) : null;
    });
    container.addEventListener("pointermove", (event) => {
      if (!pressed || this.#kind !== "cercle") return;
      const point = this.map.mouseEventToContainerPoint(event);
      if (!this.#corners.length && point.distanceTo(pressed) > DRAGGED_PX) {
        this.#corners.push(this.map.containerPointToLatLng(pressed));
      }
      if (this.#corners.length) this.#draw(this.map.containerPointToLatLng(point));
    });
    window.addEventListener("pointerup", (event) => {
      const from = pressed;
      pressed = null;
      if (!from || this.#kind !== "cercle" || !this.#corners.length) return;
      const point = this.map.mouseEventToContainerPoint(event);
      if (point.distanceTo(from) <= DRAGGED_PX) return; // a click, which Leaflet tells
      this.#corners.push(this.map.containerPointToLatLng(point));
      this.#finish();
    });
  }

  /**
   * @param {HTMLElement} bar
   * @param {Kind} kind
   */
  #addButton(bar, kind) {
    const button = addButton(bar, "cl-dessin", TEXTS[kind], () => {
      if (this.#kind === kind) this.#stop();
      else this.#start(kind);
    });
    button.setAttribute("aria-pressed", "false");
    const icon = button.appendChild(L.SVG.create("svg"));
    icon.setAttribute("viewBox", "0 0 16 16");
    icon.setAttribute("aria-hidden", "true");
    icon.appendChild(L.SVG.create("path")).setAttribute("d", ICONS[kind]);
    this.#buttons[kind] = button;
  }

  /** @param {Kind} kind */
  #start(kind) {
    this.#stop();
    this.#kind = kind;
    this.owner.drawing = kind;
    this.#buttons[kind].setAttribute("aria-pressed", "true");
    this.map.getContainer().classList.add("cl-dessine");
    if (kind === "cercle") this.map.dragging.disable();
    this.owner.message.say(HELP[kind]);
    this.owner.pointer.leave();
    this.map.getContainer().focus({ preventScroll: true });
  }

  #stop() {
    if (!this.#kind) return;
    this.#buttons[this.#kind].setAttribute("aria-pressed", "false");
    this.map.getContainer().classList.remove("cl-dessine");
    this.map.dragging.enable();
    this.#kind = null;
    this.owner.drawing = null;
    this.#corners = [];
    this.#shape?.remove();
    this.#shape = null;
    this.owner.message.say(null);
  }

  report() {
    return { corners: this.#corners.length };
  }

  /**
   * Take the click away from the communes while a shape is being drawn.
   * @param {import("./types.d.ts").Press} event
   */
  takes(event) {
    if (!this.#kind) return false;
    if ("latlng" in event) this.#lay(event.latlng); // Enter and the space bar are heard by #onKey
    return true;
  }

  /** @param {L.LatLng} latlng */
  #lay(latlng) {
    const away = (/** @type {L.LatLng} */ other) => this.#pixel(other).distanceTo(this.#pixel(latlng));
    const [first, last] = [this.#corners[0], this.#corners.at(-1)];
    if (this.#kind === "zone") {
      if (this.#corners.length > 2 && away(first) < CLOSE_PX) {
        this.#finish();
        return;
      }
      if (last && away(last) < SAME_PX) return; // a double click
      if (this.#corners.length < MOST_CORNERS) this.#corners.push(latlng);
    } else {
      this.#corners.push(latlng);
      if (this.#corners.length === 2) {
        this.#finish();
        return;
      }
    }
    this.#draw(latlng);
  }

  /** @param {L.LatLng} latlng */
  #pixel(latlng) {
    return this.map.latLngToContainerPoint(latlng);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (!this.#kind) return;
    const onMap = event.target === this.map.getContainer();
    if (event.key === "Escape") this.#stop();
    else if (event.key === "Backspace") {
      this.#corners.pop();
      this.#draw(this.map.getCenter());
    } else if (onMap && event.key === "Enter" && this.#kind === "zone") this.#finish();
    else if (onMap && (event.key === "Enter" || event.key === " ")) this.#lay(this.map.getCenter());
    else return;
    event.preventDefault();
  }

  /** @param {L.LatLng} pointer where the next corner, or the edge, would be */
  #draw(pointer) {
    this.#shape?.remove();
    this.#shape = null;
    const [first] = this.#corners;
    if (!first) return;
    const look = { ...LOOK, renderer: this.#renderer };
    this.#shape =
      this.#kind === "zone"
        ? L.polygon([...this.#corners, pointer], look)
        : L.circle(first, { ...look, radius: first.distanceTo(pointer) });
    this.#shape.addTo(this.map);
  }

  #finish() {
    const round = (/** @type {L.LatLng} */ { lat, lng }) => [Number(lat.toFixed(5)), Number(lng.toFixed(5))];
    const [kind, corners] = [this.#kind, this.#corners];
    const radius = kind === "cercle" && corners.length === 2 ? Math.round(corners[0].distanceTo(corners[1])) : 0;
    this.#stop();
    if (kind === "zone" ? corners.length < 3 : radius < 1) return;
    const shape = kind === "zone" ? { zone: corners.map(round) } : { centre: round(corners[0]), rayon: radius };
    const { selection } = this.owner;
    selection.seq += 1;
    this.owner.send({ draw: shape, n: selection.seq });
  }
}
