/*
 * The map of the dashboard, inside the component's frame: window.CL.
 *
 * Python sends one small state (which geometry, which codes, which colours); this script compares it with what is
 * on screen and changes only what differs. A click takes effect here at once and then goes to Python as the whole
 * selection with a growing number; an answer about an older number is dropped. Every name comes from data and is
 * written with textContent only.
 */
(function () {
  "use strict";

  const { Geometrie, WORLD } = window.CLGeometrie;
  const { TEXTS, STILL, NUMBER, unpackCodes, unpackRuns, fetchJson, line, keepInside, addControls } = window.CLOutils;
  const KEPT_GEOMETRIES = 3;
  const LARGE = 10000; // communes: a geometry this large is not kept once left
  const DRAGGED_PX = 6;

  const toLatLng = (x, y) => L.CRS.EPSG3857.pointToLatLng(L.point(x, y), Math.log2(256 / WORLD));
  const boundsOf = (box) => L.latLngBounds(toLatLng(box[0], box[1]), toLatLng(box[2], box[3]));

  class Carte {
    constructor() {
      this.map = null;
      this.mode = "select";
      this.url = null; // geometry on screen
      this.wanted = null; // geometry asked for
      this.layer = null;
      this.seq = 0;
      this.clicks = 0;
      this.codes = new Set(); // selection, communes outside the scope included
      this.state = {};
      this.pending = 0;
      this.ready = false;
      this.times = {};
      this.count = { loads: 0, sent: 0, applied: 0, dropped: 0 };
      this._geometries = new Map();
      this._zones = new Map();
      this._paints = new Map(); // files of colours, by their address
      this._shown = []; // overlays on screen: {id, url, zones, of, lines, ...}
      this._focusSeen = null;
      this.extras = []; // what other scripts add: {attach, apply, describe, takes}
    }

    // --- the frame ------------------------------------------------------------------------------------------

    /** Take over the map that folium has just made. */
    attach(map, { mode }) {
      this.map = map;
      this.mode = mode;
      document.documentElement.lang = "fr";
      const container = map.getContainer();
      container.classList.add("cl-carte");
      container.setAttribute("role", "region");
      container.setAttribute("aria-label", TEXTS[mode]);
      try {
        window.frameElement.title = "Carte";
      } catch {
        // the frame's name is a courtesy to screen readers: nothing depends on it
      }
      for (const [name, level] of [["cl-communes", 400], ["cl-points", 450]]) {
        map.createPane(name).style.zIndex = level;
      }
      map.getPane("cl-communes").style.pointerEvents = "none";
      addControls(map, () => this.fit());
      this._listen(map);
      for (const extra of this.extras) if (extra.attach) extra.attach(this);
    }

    _listen(map) {
      this.tip = L.tooltip({ className: "cl-bulle", direction: "auto", offset: [14, 0], opacity: 1 });
      map.on("mousedown", (event) => { this._pressed = event.containerPoint; });
      map.on("click", (event) => this._onClick(event));
      map.on("zoomstart", () => { this._zooming = true; });
      map.on("zoomend", () => { this._zooming = false; });
      map.on("mousemove", (event) => this._onMove(event));
      map.on("mouseout", () => this._hover(-1));
      map.on("movestart zoomstart", () => this._hover(-1));
      map.on("click focus", () => map.scrollWheelZoom.enable());
      map.getContainer().addEventListener("mouseleave", () => map.scrollWheelZoom.disable());
      new ResizeObserver(() => {
        map.invalidateSize({ animate: false });
        if (this._unfitted) this.fit();
      }).observe(map.getContainer());
    }

    /** One box over the map for what the user must know; null takes it away. */
    _say(text, { alert = false, retry = null } = {}) {
      if (this.box) this.box.remove();
      this.box = null;
      if (!text) return;
      this.box = L.DomUtil.create("div", alert ? "cl-message cl-alerte" : "cl-message", this.map.getContainer());
      this.box.setAttribute("role", alert ? "alert" : "status");
      L.DomEvent.disableClickPropagation(this.box);
      line(this.box, text);
      if (retry) {
        const button = L.DomUtil.create("button", "", this.box);
        button.type = "button";
        button.textContent = TEXTS.retry;
        button.addEventListener("click", retry);
      }
    }

    // --- the state sent by Python ---------------------------------------------------------------------------

    /** Bring the screen to a state; what is already so is left alone. */
    async apply(state) {
      this.state = state;
      this.count.applied += 1;
      if (state.seq !== undefined) this.set(unpackCodes(state.codes), state.seq);
      const sameFile = this.wanted === state.geometry;
      if (await this.load(state.geometry, { bounds: state.bounds })) {
        if (sameFile) this._moveTo(state.bounds);
        this._applyRest(this.state);
      }
    }

    /** Another part of the geometry on screen (an EPCI in its département): only then does the view move. */
    _moveTo(bounds) {
      if (JSON.stringify(bounds || null) === JSON.stringify(this.bounds || null)) return;
      this.bounds = bounds;
      this.fit();
    }

    _applyRest(state) {
      this._paintFrom(state.paint);
      this.points(state.points || []);
      this.overlays(state.overlays || []);
      for (const extra of this.extras) if (extra.apply) extra.apply(state);
      if (state.focus && this._focusSeen !== state.focus.n && this.focus(state.focus.code)) {
        this._focusSeen = state.focus.n;
      }
    }

    /** Show the geometry at an address; true once it is on screen and still the one wanted. */
    async load(url, { bounds = null, onReady = null } = {}) {
      if (this.wanted === url) return this.url === url;
      this.wanted = url;
      this.bounds = bounds;
      this.ready = false;
      this.count.loads += 1;
      this.times = { start: performance.now() };
      performance.mark("cl-load");
      this._say(TEXTS.loading);
      let geometry;
      try {
        [geometry] = await Promise.all([this._geometry(url), this._fetchPaint(this.state.paint)]);
      } catch (error) {
        console.warn(error);
        if (this.wanted !== url) return false;
        this.wanted = null;
        this._say(TEXTS.failed, { alert: true, retry: () => this.apply(this.state) });
        return false;
      }
      if (this.wanted !== url) return false; // another scope was chosen meanwhile
      this._say(null);
      this._show(url, geometry);
      if (onReady) onReady();
      return true;
    }

    async _geometry(url) {
      if (this._geometries.has(url)) return this._geometries.get(url);
      const topology = await fetchJson(url);
      this.times.fetched = performance.now();
      const geometry = new Geometrie(topology);
      this._geometries.set(url, geometry);
      for (const [key, kept] of this._geometries) {
        if (key !== url && (kept.count > LARGE || this._geometries.size > KEPT_GEOMETRIES)) {
          this._geometries.delete(key);
        }
      }
      return geometry;
    }

    _show(url, geometry) {
      if (this.layer) this.layer.remove();
      this._shown = [];
      this._hover(-1);
      this.url = url;
      this.geometry = geometry;
      this.times.decoded = performance.now();
      this.layer = new window.CLCouche(geometry, { pane: "cl-communes" });
      L.Util.setOptions(this.layer, { pane: "cl-communes" });
      this._markSelected();
      this._paint(this.state.paint, { quiet: true });
      this.fit({ animate: false });
      this.layer.addTo(this.map);
      this.times.painted = performance.now();
      performance.measure("cl-painted", "cl-load");
      requestAnimationFrame(() => setTimeout(() => { this.ready = this.url === this.wanted; }, 0));
    }

    /** Return to the whole scope, or to the bounds that Python gave for it. */
    fit({ animate = !STILL } = {}) {
      const size = this.map.getSize();
      this._unfitted = !size.x || !size.y; // hidden for now, in a closed tab say: fit when it has a size
      if (this._unfitted || !this.geometry) return;
      const box = this.geometry.boxAround();
      const bounds = this.bounds ? L.latLngBounds(this.bounds) : box && boundsOf(box);
      if (bounds) this.map.fitBounds(bounds, { padding: [12, 12], animate });
    }

    // --- selection ------------------------------------------------------------------------------------------

    /** Take the selection from Python, unless the user has clicked since Python last heard. */
    set(codes, seq) {
      if (this.seq > seq) {
        this.count.dropped += 1;
        return false;
      }
      this.seq = seq;
      this.codes = new Set(codes);
      this._markSelected();
      return true;
    }

    selected() {
      return [...this.codes];
    }

    _markSelected() {
      if (!this.layer) return;
      const { selected } = this.layer;
      selected.fill(0);
      for (const code of this.codes) {
        const number = this.geometry.index.get(code);
        if (number !== undefined) selected[number] = 1;
      }
      this.layer.refresh("selection");
    }

    _toggle(number) {
      const code = this.geometry.codes[number];
      if (!this.codes.delete(code)) this.codes.add(code);
      this.layer.selected[number] = this.codes.has(code) ? 1 : 0;
      this.layer.refresh("selection");
      this.seq += 1;
      this._send({ sel: [...this.codes], n: this.seq });
    }

    _send(value) {
      this.count.sent += 1;
      window.Streamlit.setComponentValue(value);
    }

    // --- the pointer ----------------------------------------------------------------------------------------

    _numberAt(latlng) {
      if (!this.layer) return -1;
      const point = L.CRS.EPSG3857.latLngToPoint(latlng, 0);
      return this.geometry.at(point.x, point.y);
    }

    _onClick(event) {
      // While a zoom is under way what is drawn is not where it will be, and a drag ends as a click.
      const dragged = this._pressed && this._pressed.distanceTo(event.containerPoint) > DRAGGED_PX;
      if (this._zooming || dragged || this.extras.some((extra) => extra.takes && extra.takes(event))) return;
      const number = this._numberAt(event.latlng);
      if (number < 0 || this.mode === "points") return;
      if (this.mode === "select") {
        this._toggle(number);
      } else {
        this._highlight(number);
        this._click(this.geometry.codes[number]);
      }
      if (!this._onMark) this._hover(number, event.latlng);
    }

    /** The number always grows, so that a second click on the same commune is a new message. */
    _click(code) {
      this.clicks = Math.max(this.clicks + 1, Date.now());
      this._send({ click: code, n: this.clicks });
    }

    _onMove(event) {
      this._pointer = event.latlng;
      if (this._onMark || this._moving || this.map.dragging.moving()) return;
      this._moving = requestAnimationFrame(() => {
        this._moving = null;
        if (this._pointer && !this._onMark) this._hover(this._numberAt(this._pointer), this._pointer);
      });
    }

    _hover(number, latlng) {
      if (number < 0) this._pointer = null;
      if (this.layer && this.layer.hovered !== number) {
        this.layer.hovered = number;
        this.layer.refresh("survol");
        this.map.getContainer().classList.toggle("cl-dessus", number >= 0 && this.mode !== "points");
      }
      if (number < 0) {
        this.map.closeTooltip(this.tip);
      } else {
        this.tip.setLatLng(latlng);
        this.map.openTooltip(this.tip);
        this._tell(number);
      }
    }

    _tell(number) {
      this.tip.setContent(this._describe(number));
      keepInside(this.tip.getElement(), this.map.getContainer());
    }

    _describe(number) {
      const node = document.createElement("div");
      line(node, this.geometry.names[number], "cl-nom");
      const population = this.geometry.populations[number];
      if (Number.isFinite(population)) {
        line(node, `${NUMBER.format(population)}\u00a0${population < 2 ? "habitant" : "habitants"}`);
      }
      const swatch = this.layer.status && this.layer.palette[this.layer.status[number]];
      if (swatch && swatch.label) line(node, swatch.label);
      for (const overlay of this._shown) {
        const zones = overlay.of[number] || [];
        const names = zones.map((zone) => overlay.zones[zone]).filter(Boolean).map(([, name]) => String(name));
        if (names.length) line(node, `${overlay.label}\u00a0: ${names.join(", ")}`, "cl-zone");
      }
      if (this.mode === "select" && this.layer.selected[number]) line(node, "Dans le périmètre", "cl-choisie");
      for (const extra of this.extras) if (extra.describe) extra.describe(node, number);
      return node;
    }

    // --- colours, zones, points -----------------------------------------------------------------------------

    /** Colour the communes of the scope: a run-length string and the palette it points into. */
    paint(runs, palette) {
      this.state = { ...this.state, paint: { runs, palette } };
      this._paint(this.state.paint);
    }

    /** Colours come in the state, or by the address of a file when no click changes them. */
    async _paintFrom(paint) {
      const { layer } = this;
      await this._fetchPaint(paint);
      if (this.state.paint === paint && this.layer === layer) this._paint(paint);
    }

    /** A file of colours that does not come leaves the map as it is: the communes can still be chosen. */
    async _fetchPaint(url) {
      if (typeof url !== "string" || this._paints.has(url)) return;
      this.pending += 1;
      try {
        this._paints.set(url, await fetchJson(url));
      } catch (error) {
        console.warn(error);
      }
      this.pending -= 1;
    }

    _paint(sent, { quiet = false } = {}) {
      const paint = typeof sent === "string" ? this._paints.get(sent) : sent;
      if (!this.layer || (sent && !paint)) return;
      const key = paint ? JSON.stringify(paint) : null;
      if (key === this.layer.paintKey) return;
      this.layer.paintKey = key;
      this.layer.status = paint ? unpackRuns(paint.runs, this.geometry.count) : null;
      this.layer.palette = paint ? paint.palette : [];
      if (paint && !this.layer.status) console.warn("colours and geometry are not of the same scope");
      if (!quiet) this.layer.refresh("fond");
    }

    statusOf(code) {
      const number = this.geometry.index.get(code);
      return this.layer.status ? this.layer.status[number] : -1;
    }

    /** Draw the outlines of zones; only what was not on screen is fetched. */
    async overlays(wanted) {
      const { geometry, layer } = this;
      this._overlaysWanted = wanted;
      const failed = [];
      this.pending += 1;
      const shown = await Promise.all(wanted.map(async (overlay) => {
        const same = this._shown.find((other) => other.id === overlay.id && other.url === overlay.url);
        if (same) return { ...same, ...overlay };
        try {
          const file = await this._zoneFile(overlay.url);
          if (file.of.length !== geometry.count) throw new Error(`${overlay.url}: other scope`);
          return { ...overlay, ...file, lines: geometry.zoneLines(file.of) };
        } catch (error) {
          console.warn(error);
          failed.push(overlay.label);
          return null;
        }
      }));
      this.pending -= 1;
      if (this._overlaysWanted !== wanted || this.layer !== layer) return;
      const look = (list) => JSON.stringify(list.map((o) => [o.id, o.url, o.color, o.dash, o.weight]));
      const before = look(this._shown);
      this._shown = shown.filter(Boolean);
      layer.overlays = this._shown;
      if (look(this._shown) !== before) layer.refresh("zones");
      if (failed.length) this._say(TEXTS.overlayFailed.replace("{}", () => failed.join(", ")), { alert: true });
      else if (this.box && this.url === this.wanted) this._say(null);
    }

    _zoneFile(url) {
      if (!this._zones.has(url)) {
        const promise = fetchJson(url);
        this._zones.set(url, promise);
        promise.catch(() => this._zones.delete(url)); // a failure is tried again
      }
      return this._zones.get(url);
    }

    /** Départements under points: the same geometry layer, on the file of outlines. */
    outlines(url) {
      return this.load(url);
    }

    /** Round marks with a text: [{id, lat, lon, name, detail, fill, radius}]. */
    points(list) {
      const key = JSON.stringify(list);
      if (key === this._pointsKey) return;
      this._pointsKey = key;
      this._onMark = false;
      if (this._points) this._points.remove();
      const renderer = (this._svg ||= L.svg({ pane: "cl-points" }));
      this._points = L.featureGroup(list.map((point) => {
        const mark = L.circleMarker([point.lat, point.lon], {
          renderer,
          pane: "cl-points",
          radius: point.radius || 6,
          fillColor: point.fill,
          fillOpacity: 0.85,
          color: "#ffffff",
          weight: 1.5,
          bubblingMouseEvents: false,
        });
        const node = document.createElement("div");
        line(node, point.name, "cl-nom");
        if (point.detail) line(node, point.detail);
        mark.bindTooltip(node, { className: "cl-bulle", direction: "auto", offset: [10, 0], opacity: 1 });
        mark.on("mouseover", () => {
          this._onMark = true; // one tooltip at a time
          this._hover(-1);
        });
        mark.on("mouseout", () => { this._onMark = false; });
        return mark.on("click", () => this._click(point.id));
      })).addTo(this.map);
    }

    // --- a commune ------------------------------------------------------------------------------------------

    /** Bring a commune to the middle of the map and outline it; false when the scope does not hold it. */
    focus(code) {
      const number = this.geometry ? this.geometry.index.get(code) : undefined;
      if (number === undefined) return false;
      const bounds = boundsOf(this.geometry.boxAround([number])).pad(2);
      this.map.fitBounds(bounds, { maxZoom: 12, animate: !STILL });
      this._highlight(number);
      return true;
    }

    _highlight(number) {
      this.layer.focused = number;
      this.layer.refresh("survol");
    }

    highlighted() {
      return this.layer && this.layer.focused >= 0 ? this.geometry.codes[this.layer.focused] : null;
    }

    /** Where a commune is inside the frame, in pixels, or null: for tests. */
    pointOf(code) {
      const number = this.geometry ? this.geometry.index.get(code) : undefined;
      if (number === undefined) return null;
      const inside = this.geometry.insidePoint(number);
      if (!inside) return null;
      const { x, y } = this.map.latLngToContainerPoint(toLatLng(inside.x, inside.y));
      return { x, y };
    }

    codeAt(x, y) {
      const number = this._numberAt(this.map.containerPointToLatLng([x, y]));
      return number < 0 ? null : this.geometry.codes[number];
    }

    view() {
      const { lat, lng } = this.map.getCenter();
      return { lat, lng, zoom: this.map.getZoom() };
    }
  }

  window.CL = new Carte();
})();
