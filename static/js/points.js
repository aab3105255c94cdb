/*
 * What lies over the communes of a painted map: quarters (QPV), places of care, and the territory chosen in a table.
 *
 * Quarters and places come by address, like the communes, and are fetched once. A quarter is drawn by its outline
 * where it is known; while it would be a few pixels wide, a disc sized by its inhabitants stands for it, so that it is
 * seen from afar too. A click goes through to the commune. Every text is written with textContent only.
 */
(function () {
  "use strict";

  const { WORLD } = window.CLGeometrie;
  const { STILL, NUMBER, fetchJson, line, unpackCodes } = window.CLOutils;
  const SHAPES_FROM = 12; // zoom from which outlines of quarters are wide enough to be read
  const QUARTER = "#b4231f";
  const PLACE = "#3b2a78";
  const INK = "#10181c";

  const toLatLng = (x, y) => L.CRS.EPSG3857.pointToLatLng(L.point(x, y), Math.log2(256 / WORLD));

  /** A square mark: told from the discs of quarters without its colour. */
  const Square = L.CircleMarker.extend({
    _updatePath() {
      const renderer = this._renderer;
      if (!renderer._drawing || this._empty()) return;
      const { x, y } = this._point;
      const half = this._radius;
      renderer._ctx.beginPath();
      renderer._ctx.rect(x - half, y - half, 2 * half, 2 * half);
      renderer._fillStroke(renderer._ctx, this);
    },
  });

  class Points {
    constructor() {
      this.shown = { quarters: null, places: null };
      this.counts = { quarters: 0, places: 0 };
      this.pending = 0;
      this._groups = {};
      this._wanted = {};
    }

    /** Take over with the map. */
    attach(carte) {
      this.carte = carte;
      carte.plus = this;
      const { map } = carte;
      map.createPane("cl-plus").style.zIndex = 445;
      map.createPane("cl-marque").style.zIndex = 440;
      map.getPane("cl-marque").style.pointerEvents = "none";
      map.on("zoomend", () => this._scale());
    }

    /** Bring quarters, places and the chosen territory to a state; what is already so is left alone. */
    async apply(state) {
      this._mark(state.mark || null);
      this._serve(state.served || null);
      await Promise.all(["quarters", "places"].map((kind) => this._file(kind, state[kind] || null)));
    }

    /** Take the names of the CLSM of each commune: the tooltip says who serves it. */
    async _serve(url) {
      if (this._servedUrl === url) return;
      this._servedUrl = url;
      this.served = null;
      try {
        const file = url && (await fetchJson(url));
        if (this._servedUrl === url) this.served = file;
      } catch (error) {
        console.warn(error);
        this._servedUrl = undefined; // asked for again with the next state
      }
    }

    /** Say in a tooltip who serves a commune, unless the outlines of the CLSM say it already. */
    describe(node, number) {
      const { geometry, _shown } = this.carte;
      if (!this.served || this.served.of.length !== geometry.count || _shown.some(({ id }) => id === "clsm")) return;
      const names = this.served.of[number].map((zone) => this.served.zones[zone]).filter(Boolean);
      if (names.length) line(node, `CLSM\u00a0: ${names.map(([, name]) => String(name)).join(", ")}`, "cl-zone");
    }

    async _file(kind, url) {
      if (this._wanted[kind] === url) return;
      this._wanted[kind] = url;
      let list = [];
      if (url) {
        this.pending += 1;
        try {
          list = (await fetchJson(url)).points;
        } catch (error) {
          console.warn(error);
          this._wanted[kind] = undefined; // asked for again with the next state
        }
        this.pending -= 1;
        if (this._wanted[kind] !== url && this._wanted[kind] !== undefined) return;
      }
      if (this._groups[kind]) this._groups[kind].remove();
      this.shown[kind] = url;
      this.counts[kind] = list.length;
      const draw = kind === "quarters" ? this._quarters : this._places;
      this._groups[kind] = list.length ? draw.call(this, list).addTo(this.carte.map) : null;
      this._scale();
    }

    _renderer() {
      this._canvas ||= L.canvas({ pane: "cl-plus", padding: 0.2 });
      return { renderer: this._canvas, pane: "cl-plus", bubblingMouseEvents: true };
    }

    _quarters(list) {
      const look = { ...this._renderer(), color: "#ffffff", fillColor: QUARTER, weight: 1.2, fillOpacity: 0.7 };
      this._discs = L.featureGroup();
      this._shapes = L.featureGroup();
      for (const quarter of list) {
        const disc = () => L.circleMarker([quarter.y, quarter.x], { ...look, radius: quarter.r, full: quarter.r });
        this._discs.addLayer(this._told(disc(), quarter));
        // No outline known: a disc from near too.
        const shape = quarter.o ? L.polygon(quarter.o, { ...look, weight: 1 }) : disc();
        this._shapes.addLayer(this._told(shape, quarter));
      }
      return L.layerGroup();
    }

    _places(list) {
      const look = { ...this._renderer(), color: "#ffffff", weight: 1.2, fillColor: PLACE, fillOpacity: 0.95 };
      return L.featureGroup(list.map((p) => this._told(new Square([p.y, p.x], { ...look, radius: p.r }), p)));
    }

    /** Discs from afar, outlines from near. */
    _scale() {
      const group = this._groups.quarters;
      if (!group) return;
      const near = this.carte.map.getZoom() >= SHAPES_FROM;
      const [wanted, other] = near ? [this._shapes, this._discs] : [this._discs, this._shapes];
      const zoom = this.carte.map.getZoom();
      const scale = zoom < 7 ? 0.5 : zoom < 9 ? 0.75 : 1; // seen from afar, discs would hide the communes
      this._discs.eachLayer((disc) => {
        disc.setStyle({ weight: 1.2 * scale });
        disc.setRadius(disc.options.full * scale);
      });
      if (group.hasLayer(other)) group.removeLayer(other);
      if (!group.hasLayer(wanted)) group.addLayer(wanted);
    }

    _told(mark, { n, d, p }) {
      const node = document.createElement("div");
      line(node, n, "cl-nom");
      if (Number.isFinite(p)) line(node, `${NUMBER.format(p)}\u00a0habitants${d ? ` (${d})` : ""}`);
      else if (d) line(node, d);
      mark.bindTooltip(node, { className: "cl-bulle", direction: "auto", offset: [10, 0], opacity: 1 });
      mark.on("mouseover", () => {
        this.carte._onMark = true; // one tooltip at a time
        this.carte._hover(-1);
      });
      mark.on("mouseout", () => { this.carte._onMark = false; });
      return mark;
    }

    // --- the territory chosen -------------------------------------------------------------------------------

    /** Outline some communes; bring them into sight when `n` says that they were chosen elsewhere than on the map. */
    _mark(mark) {
      const { geometry, map } = this.carte;
      const key = mark ? `${mark.codes} ${this.carte.url}` : null;
      if (key !== this._markKey) {
        this._markKey = key;
        if (this._outline) this._outline.remove();
        this._outline = null;
        this.marked = [];
        if (mark && geometry) this._draw(unpackCodes(mark.codes), geometry);
      }
      if (mark && mark.n && mark.n !== this._markSeen && this._outline) {
        this._markSeen = mark.n;
        map.fitBounds(this._outline.getBounds(), { padding: [40, 40], maxZoom: 11, animate: !STILL });
      }
    }

    _draw(codes, geometry) {
      const numbers = codes.map((code) => geometry.index.get(code)).filter((number) => number !== undefined);
      if (!numbers.length) return;
      const inside = new Set(numbers);
      this.marked = numbers.map((number) => geometry.codes[number]);
      const lines = geometry.lines((a, b, outer) => (outer ? inside.has(a) : inside.has(a) !== inside.has(b)));
      const paths = lines.map(({ arcs }) => this._path(arcs, geometry));
      const look = { pane: "cl-marque", renderer: (this._svg ||= L.svg({ pane: "cl-marque" })), interactive: false };
      this._outline = L.featureGroup([
        L.polyline(paths, { ...look, color: "#ffffff", weight: 7, opacity: 0.95 }),
        L.polyline(paths, { ...look, color: INK, weight: 3.2 }),
      ]).addTo(this.carte.map);
    }

    _path(arcs, geometry) {
      const { starts, xs, ys } = geometry;
      const path = [];
      for (const reference of arcs) {
        const arc = reference < 0 ? ~reference : reference;
        const [begin, end] = [starts[arc], starts[arc + 1] - 1];
        const piece = [];
        for (let i = begin; i <= end; i += 1) piece.push(toLatLng(xs[i], ys[i]));
        if (reference < 0) piece.reverse();
        path.push(...piece);
      }
      return path;
    }
  }

  window.CL.extras.push(new Points());
})();
