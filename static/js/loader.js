/*
 * The one classic script of ours: folium and streamlit-folium load scripts one after the other, and know no modules.
 *
 * Loaded right after Leaflet, it asks for all modules at once (their imports would be found one level at a time) while
 * the other libraries come. Modules import one another by plain names: the import map gives each address the version
 * of this script's own (a digest of all our scripts, see ui/map/build.py), so that browsers keep them and see a change.
 * Streamlit serves .js as application/javascript, which modules require. Where set-up put all modules in one file
 * (ui/setup/bundle.py), this script's address names it, and it is the only one asked for.
 *
 * One global, and one that cannot be avoided: the scripts that folium writes in the frame, and those of the states that
 * streamlit-folium evaluates, can only call a global. It is window.CL, until then with what they say kept here, then an
 * Api (api.js). Leaflet (L) and topojson are globals of their own.
 */
(() => {
  const MODULES = [
    "api",
    "arcs",
    "around",
    "carry",
    "colours",
    "controls",
    "decode",
    "draw",
    "drawing",
    "fetching",
    "focus",
    "geometry",
    "keys",
    "labels",
    "layer",
    "legend",
    "lettering",
    "main",
    "map",
    "marks",
    "memory",
    "motifs",
    "opened",
    "outline",
    "overlays",
    "panel",
    "pen",
    "picture",
    "pointer",
    "points",
    "preview",
    "projection",
    "room",
    "selection",
    "square",
    "store",
    "text",
    "toolbar",
    "view",
  ];

  const own = new URL(/** @type {HTMLScriptElement} */ (document.currentScript).src);
  const version = `?v=${own.searchParams.get("v")}`;
  const whole = own.searchParams.get("carte"); // under static/
  const plain = (/** @type {string} */ name) => new URL(`${name}.js`, own).href;
  const entry = whole ? new URL(`../${whole}${version}`, own).href : plain("main") + version;

  if (!whole) {
    const importMap = document.createElement("script");
    importMap.type = "importmap";
    importMap.textContent = JSON.stringify({
      imports: Object.fromEntries(MODULES.map((name) => [plain(name), plain(name) + version])),
    });
    document.head.append(importMap);
  }
  for (const href of whole ? [entry] : MODULES.map((name) => plain(name) + version)) {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = href;
    document.head.append(link);
  }

  // What Leaflet must know before folium makes the map.
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  L.Map.mergeOptions({
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    inertia: !still,
    zoomSnap: 0.25,
    zoomDelta: 1,
    minZoom: 3,
    maxZoom: 15,
    doubleClickZoom: false, // two quick clicks on a commune are two choices
    scrollWheelZoom: false, // until the map is clicked or focused: the wheel first scrolls the page
  });

  /** @type {Promise<typeof import("./main.js") | void>} */
  const modules = import(entry).catch((error) => console.warn(error));
  /** @type {import("./types.d.ts").State | null} the last state heard before the modules came */
  let heard = null;
  window.CL = {
    attach: async (map, options) => {
      const main = await modules;
      if (!main) {
        const box = L.DomUtil.create("div", "cl-message cl-alerte", map.getContainer());
        box.setAttribute("role", "alert");
        box.textContent = "La carte n’a pas pu être chargée. La liste à côté de la carte reste utilisable.";
        return;
      }
      window.CL = main.start(map, options);
      if (heard) window.CL.apply(heard);
    },
    apply: (state) => {
      heard = state;
    },
  };
})();
