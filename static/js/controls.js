/*
 * The buttons of every map, the box of its messages, and the place of its tooltips.
 */

import { line, TEXTS } from "./text.js";

/**
 * A button in a bar of the map, as Leaflet makes its own; its title is its name.
 * @param {HTMLElement} bar
 * @param {string} className
 * @param {string} title
 * @param {() => void} act
 */
export function addButton(bar, className, title, act) {
  const button = /** @type {HTMLAnchorElement} */ (L.DomUtil.create("a", className, bar));
  Object.assign(button, { href: "#", title });
  button.setAttribute("role", "button");
  button.setAttribute("aria-label", title);
  L.DomEvent.disableClickPropagation(bar);
  L.DomEvent.on(button, "click", (event) => {
    L.DomEvent.stop(event);
    act();
  });
  return button;
}

/**
 * A bar of buttons at the top left of the map.
 * @param {L.Map} map
 * @param {(bar: HTMLElement) => void} fill
 */
export function addBar(map, fill) {
  const control = new L.Control({ position: "topleft" });
  control.onAdd = () => {
    const bar = L.DomUtil.create("div", "leaflet-bar leaflet-control");
    fill(bar);
    return bar;
  };
  control.addTo(map);
}

/**
 * The buttons of every map, named in French, and the source of outlines; no link leads elsewhere.
 * @param {L.Map} map
 * @param {() => void} goHome
 */
export function addControls(map, goHome) {
  L.control.zoom({ zoomInTitle: "Zoomer", zoomOutTitle: "Dézoomer" }).addTo(map);
  addBar(map, (bar) => addButton(bar, "cl-recadrer", "Revenir à la vue d’ensemble", goHome));
  L.control.fullscreen({ position: "topleft", title: "Plein écran", titleCancel: "Quitter le plein écran" }).addTo(map);
  L.control.attribution({ prefix: false }).addAttribution(creditOf(undefined)).addTo(map);
}

/**
 * Leaflet writes a credit as markup: a text node, serialised, is text whatever it holds.
 * @param {string | undefined} credit who drew the outlines
 */
const creditOf = (credit) => {
  const said = TEXTS.attribution.replace("{}", () => credit ?? TEXTS.embedded);
  return new XMLSerializer().serializeToString(document.createTextNode(said));
};

/**
 * Name who drew the outlines in sight instead of who drew those before.
 * @param {L.Map} map
 * @param {string | undefined} before
 * @param {string | undefined} credit
 */
export function changeCredit(map, before, credit) {
  map.attributionControl.removeAttribution(creditOf(before));
  map.attributionControl.addAttribution(creditOf(credit));
}

/**
 * « Voir le périmètre ».
 * @param {L.Map} map
 * @param {() => void} show
 */
export const addPerimeterButton = (map, show) =>
  addBar(map, (bar) => addButton(bar, "cl-voir", "Voir le périmètre", show));

/** One box over the map for what the user must know. */
export class MessageBox {
  /** @type {HTMLElement | null} */
  #box = null;

  /** @param {HTMLElement} container */
  constructor(container) {
    this.container = container;
  }

  get isOpen() {
    return this.#box !== null;
  }

  /**
   * Show a text in place of the one before; null takes the box away.
   * @param {string | null} text
   * @param {{ alert?: boolean, retry?: (() => void) | null }} [options] `retry` adds a button
   */
  say(text, { alert = false, retry = null } = {}) {
    this.#box?.remove();
    this.#box = null;
    if (!text) return;
    this.#box = L.DomUtil.create("div", alert ? "cl-message cl-alerte" : "cl-message", this.container);
    this.#box.setAttribute("role", alert ? "alert" : "status");
    L.DomEvent.disableClickPropagation(this.#box);
    line(this.#box, text);
    if (!retry) return;
    const button = /** @type {HTMLButtonElement} */ (L.DomUtil.create("button", "", this.#box));
    button.type = "button";
    button.textContent = TEXTS.retry;
    button.addEventListener("click", retry);
  }
}

/**
 * Push an element back into the frame that would cut it off: Leaflet turns a tooltip round, and no more.
 * @param {HTMLElement} element
 * @param {HTMLElement} frame
 */
export function keepInside(element, frame) {
  element.style.margin = "";
  const [mine, room] = [element.getBoundingClientRect(), frame.getBoundingClientRect()];
  /** @type {(low: number, high: number, least: number, most: number) => number} */
  const shift = (low, high, least, most) => Math.max(least - low, 0) || Math.min(most - high, 0);
  const buttons = mine.width + 50 <= room.width ? 46 : 4; // the map's own buttons lie over its left edge
  const dx = shift(mine.left, mine.right, room.left + buttons, room.right - 4);
  const dy = shift(mine.top, mine.bottom, room.top + 4, room.bottom - 4);
  const { marginLeft, marginTop } = getComputedStyle(element);
  if (dx) element.style.marginLeft = `${Number.parseFloat(marginLeft) + dx}px`;
  if (dy) element.style.marginTop = `${Number.parseFloat(marginTop) + dy}px`;
}

/**
 * Say what the map is, to who does not see it; and let the page be zoomed, which folium forbids.
 * @param {HTMLElement} container
 * @param {string} name
 */
export function introduce(container, name) {
  document.documentElement.lang = "fr";
  container.classList.add("cl-carte");
  container.setAttribute("role", "main");
  container.setAttribute("aria-label", name);
  const heading = document.createElement("h1");
  heading.className = "cl-titre";
  heading.textContent = "Carte";
  container.before(heading);
  for (const tag of document.querySelectorAll("meta[name=viewport]")) {
    tag.setAttribute("content", "width=device-width, initial-scale=1"); // folium forbids the zoom of the page
  }
  try {
    if (window.frameElement) /** @type {HTMLIFrameElement} */ (window.frameElement).title = "Carte";
  } catch {
    // the frame's name is a courtesy to screen readers: nothing depends on it
  }
}

/**
 * The wheel scrolls the page, until the map is clicked or focused.
 * @param {L.Map} map
 */
export function leaveTheWheel(map) {
  map.on("click focus", () => map.scrollWheelZoom.enable());
  map.getContainer().addEventListener("mouseleave", () => map.scrollWheelZoom.disable());
}
