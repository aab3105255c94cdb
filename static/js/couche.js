/*
 * The drawing of one scope on the map: five canvases moved together.
 *
 * From below: "fond" holds fills and borders, "selection" the fill of the chosen communes, "zones" the outlines of
 * zones, "contour" the edge of the choice, "survol" the commune under the pointer. A click or a hover redraws its
 * own and leaves the others. One layer for all communes, and not one per commune, keeps 34 917 of them light.
 */
(function () {
  "use strict";

  const PADDING = 0.2; // drawn beyond the window on each side, so that a short pan shows no blank
  const BATCH = 32; // communes filled at once: one by one is slow, and one path for all of France takes seconds
  const INK = "#1d2a30";
  const LAND = "#eef3f4";
  const BORDER = "#a9bac0";
  const DEPARTEMENT = "#6d828a";
  const SELECTED = { fill: "rgba(31, 78, 156, 0.62)", inner: "rgba(255, 255, 255, 0.8)", outline: "#0f2a5c" };
  const LAYERS = ["fond", "selection", "zones", "contour", "survol"];

  /** Lines are thinner where communes are small, or nothing else would be seen of them. */
  const thicknessAt = (width) => Math.min(1, Math.max(0.4, width / 20));

  /** A fill with a motif, for a status that must not rest on its colour alone. */
  function hatched(context, colour, motif) {
    const tile = document.createElement("canvas");
    tile.width = 8;
    tile.height = 8;
    const pen = tile.getContext("2d");
    (MOTIFS[motif] || MOTIFS.oblique)(pen, colour);
    return context.createPattern(tile, "repeat");
  }

  function strokes(pen, colour, width, direction) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    for (const shift of [-8, 0, 8]) {
      pen.beginPath();
      pen.moveTo(shift - 2, direction > 0 ? 10 : -2);
      pen.lineTo(shift + 10, direction > 0 ? -2 : 10);
      pen.stroke();
    }
  }

  function plain(pen, colour) {
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 8, 8);
  }

  // One motif a status, the same as in the legend (ui/coverage_style.py).
  const MOTIFS = {
    oblique: (pen, colour) => {
      plain(pen, "#ffffff");
      strokes(pen, colour, 3, 1);
    },
    points: (pen, colour) => {
      plain(pen, colour);
      pen.fillStyle = "#5f4200";
      for (const [x, y] of [[1, 1], [5, 5]]) pen.fillRect(x, y, 2, 2);
    },
    lignes: (pen, colour) => {
      plain(pen, colour);
      pen.fillStyle = "#ffffff";
      pen.fillRect(0, 3, 8, 2);
    },
    croix: (pen, colour) => {
      plain(pen, colour);
      strokes(pen, "#ffffff", 1, 1);
      strokes(pen, "#ffffff", 1, -1);
    },
  };

  const Couche = L.Layer.extend({
    initialize(geometry) {
      this.geometry = geometry;
      this.status = null; // one palette number per commune
      this.palette = [];
      this.selected = new Uint8Array(geometry.count);
      this.overlays = []; // {lines, color, dash, weight}
      this.hovered = -1;
      this.focused = -1;
      this._dirty = new Set();
    },

    onAdd(map) {
      this._box = L.DomUtil.create("div", "cl-couche leaflet-zoom-animated", this.getPane());
      this._contexts = {};
      for (const name of LAYERS) {
        const canvas = L.DomUtil.create("canvas", "", this._box);
        canvas.setAttribute("aria-hidden", "true");
        this._contexts[name] = canvas.getContext("2d");
      }
      this._update();
    },

    onRemove() {
      cancelAnimationFrame(this._frame);
      this._frame = null;
      this._box.remove();
    },

    getEvents() {
      return {
        viewreset: this._update,
        moveend: this._update,
        resize: this._update,
        zoom: this._onZoom,
        zoomanim: this._onZoomAnim,
      };
    },

    /** Ask for some canvases to be drawn again before the next frame. */
    refresh(...names) {
      for (const name of names) this._dirty.add(name);
      if (this._frame || !this._map) return;
      this._frame = requestAnimationFrame(() => {
        this._frame = null;
        this._draw();
      });
    },

    _onZoom() {
      this._follow(this._map.getCenter(), this._map.getZoom());
    },

    _onZoomAnim(event) {
      this._follow(event.center, event.zoom);
    },

    /** Stretch what is drawn while a zoom is under way (same computation as Leaflet's own renderers). */
    _follow(centre, zoom) {
      const map = this._map;
      const scale = map.getZoomScale(zoom, this._zoom);
      const half = map.getSize().multiplyBy(0.5 + PADDING);
      const corner = half
        .multiplyBy(-scale)
        .add(map.project(this._centre, zoom))
        .subtract(map._getNewPixelOrigin(centre, zoom));
      if (L.Browser.any3d) L.DomUtil.setTransform(this._box, corner, scale);
      else L.DomUtil.setPosition(this._box, corner);
    },

    _update() {
      const map = this._map;
      if (map._animatingZoom && this._zoom !== undefined) return;
      const size = map.getSize();
      const corner = map.containerPointToLayerPoint(size.multiplyBy(-PADDING)).round();
      this._centre = map.getCenter();
      this._zoom = map.getZoom();
      this._size = size.multiplyBy(1 + 2 * PADDING).round();
      this._origin = map.getPixelOrigin().add(corner);
      L.DomUtil.setTransform(this._box, corner, 1);
      this._dirty = new Set(LAYERS);
      this._resizeCanvases();
      this._draw();
    },

    _resizeCanvases() {
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      for (const context of Object.values(this._contexts)) {
        const canvas = context.canvas;
        const [width, height] = [Math.round(this._size.x * ratio), Math.round(this._size.y * ratio)];
        if (canvas.width !== width || canvas.height !== height) {
          canvas.width = width;
          canvas.height = height;
          canvas.style.width = `${this._size.x}px`;
          canvas.style.height = `${this._size.y}px`;
        }
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        context.lineJoin = "round";
        context.lineCap = "round";
      }
    },

    _draw() {
      if (!this._map || !this._size.x || !this._size.y) return;
      this._arcs = this.geometry.atZoom(this._zoom);
      if (this._dirty.has("fond")) this._drawGround();
      if (this._dirty.has("selection")) this._drawSelection();
      if (this._dirty.has("zones")) this._drawZones();
      if (this._dirty.has("survol")) this._drawHover();
      this._dirty.clear();
      this.fire("drawn");
    },

    _cleared(name) {
      const context = this._contexts[name];
      context.setLineDash([]);
      context.clearRect(0, 0, this._size.x, this._size.y);
      return context;
    },

    _drawGround() {
      const context = this._cleared("fond");
      const visible = this._visible();
      const groups = new Map();
      for (const number of visible.numbers) {
        const status = this.status ? this.status[number] : -1;
        if (!groups.has(status)) groups.set(status, []);
        groups.get(status).push(number);
      }
      for (const [status, numbers] of groups) {
        const swatch = this.palette[status];
        const flat = swatch ? swatch.fill : LAND;
        context.fillStyle = swatch && swatch.hatch ? hatched(context, flat, swatch.motif) : flat;
        this._fill(context, numbers);
      }
      this._drawBorders(context, visible);
    },

    /** Commune borders fade out as communes become a few pixels wide; départements always show. */
    _drawBorders(context, visible) {
      if (visible.width > 4) {
        context.strokeStyle = BORDER;
        context.lineWidth = visible.width > 14 ? 0.8 : 0.4;
        const { sides } = this.geometry;
        this._strokeArcs(context, (arc) => visible.is[sides[2 * arc]] || visible.is[sides[2 * arc + 1]]);
      }
      context.strokeStyle = DEPARTEMENT;
      context.lineWidth = visible.width > 14 ? 1.4 : 0.8;
      this._strokeLines(context, this.geometry.departementLines());
    },

    /** A tinted fill and a thick dark edge: it reads without colours, over any colours, and over zones. */
    _drawSelection() {
      const [ground, top] = [this._cleared("selection"), this._cleared("contour")];
      const visible = this._visible();
      const chosen = visible.numbers.filter((number) => this.selected[number]);
      if (!chosen.length) return;
      ground.fillStyle = SELECTED.fill;
      this._fill(ground, chosen);
      const { sides } = this.geometry;
      const is = (number) => number >= 0 && this.selected[number] === 1;
      const inner = (arc) => is(sides[2 * arc]) && is(sides[2 * arc + 1]);
      const outer = (arc) => is(sides[2 * arc]) !== is(sides[2 * arc + 1]);
      const thickness = thicknessAt(visible.width);
      for (const [context, keep, colour, width] of [
        [ground, inner, SELECTED.inner, 0.8],
        [ground, outer, "rgba(255, 255, 255, 0.9)", 5.5],
        [top, outer, SELECTED.outline, 3],
      ]) {
        context.strokeStyle = colour;
        context.lineWidth = width * thickness;
        this._strokeArcs(context, keep);
      }
    },

    _drawZones() {
      const context = this._cleared("zones");
      const thickness = thicknessAt(this._visible().width);
      for (const overlay of this.overlays) this._drawOverlay(context, overlay, thickness);
    },

    _drawOverlay(context, overlay, thickness) {
      const weight = Math.max(0.8, overlay.weight * thickness);
      context.strokeStyle = "rgba(255, 255, 255, 0.75)";
      context.lineWidth = weight + 2 * thickness;
      this._strokeLines(context, overlay.lines);
      context.setLineDash((overlay.dash || []).map((length) => length * Math.max(0.5, thickness)));
      context.strokeStyle = overlay.color;
      context.lineWidth = weight;
      this._strokeLines(context, overlay.lines);
      context.setLineDash([]);
    },

    _drawHover() {
      const context = this._cleared("survol");
      for (const [number, width] of [[this.focused, 4], [this.hovered, 2]]) {
        if (number < 0) continue;
        context.beginPath();
        this._trace(context, number);
        context.strokeStyle = "#ffffff";
        context.lineWidth = width + 3;
        context.stroke();
        context.strokeStyle = INK;
        context.lineWidth = width;
        context.stroke();
      }
    },

    /** The window, padding included, as a box in pixels at zoom 0: west, north, east, south. */
    _window() {
      const scale = 2 ** this._zoom;
      const end = this._origin.add(this._size);
      return [this._origin.x / scale, this._origin.y / scale, end.x / scale, end.y / scale];
    },

    /** Communes whose box meets the window, and how wide one is on screen, as a rule. */
    _visible() {
      const { boxes, count } = this.geometry;
      const [west, north, east, south] = this._window();
      const is = new Uint8Array(count);
      const numbers = [];
      let area = 0;
      for (let number = 0; number < count; number += 1) {
        const k = 4 * number;
        if (boxes[k] > east || boxes[k + 2] < west || boxes[k + 1] > south || boxes[k + 3] < north) continue;
        is[number] = 1;
        numbers.push(number);
        area += (boxes[k + 2] - boxes[k]) * (boxes[k + 3] - boxes[k + 1]);
      }
      return { is, numbers, width: Math.sqrt(area / Math.max(numbers.length, 1)) * 2 ** this._zoom };
    },

    _fill(context, numbers) {
      for (let from = 0; from < numbers.length; from += BATCH) {
        context.beginPath();
        for (const number of numbers.slice(from, from + BATCH)) this._trace(context, number);
        context.fill("evenodd");
      }
    },

    _trace(context, number) {
      for (const ring of this.geometry.rings[number]) {
        ring.forEach((reference, rank) => this._followArc(context, reference, rank === 0));
        context.closePath();
      }
    },

    /** Add one arc to the path, backwards when its reference is negative; `first` lifts the pen. */
    _followArc(context, reference, first) {
      const { starts, xs, ys } = this._arcs;
      const [ox, oy] = [this._origin.x, this._origin.y];
      const arc = reference < 0 ? ~reference : reference;
      const step = reference < 0 ? -1 : 1;
      const begin = reference < 0 ? starts[arc + 1] - 1 : starts[arc];
      const end = reference < 0 ? starts[arc] - 1 : starts[arc + 1];
      if (first) context.moveTo(xs[begin] - ox, ys[begin] - oy);
      for (let i = begin + step; i !== end; i += step) context.lineTo(xs[i] - ox, ys[i] - oy);
    },

    _strokeArcs(context, keep) {
      context.beginPath();
      const count = this._arcs.starts.length - 1;
      for (let arc = 0; arc < count; arc += 1) if (keep(arc)) this._followArc(context, arc, true);
      context.stroke();
    },

    _strokeLines(context, lines) {
      const [west, north, east, south] = this._window();
      const near = lines.filter(({ box }) => box[0] <= east && box[2] >= west && box[1] <= south && box[3] >= north);
      for (let from = 0; from < near.length; from += BATCH) {
        context.beginPath();
        for (const { arcs } of near.slice(from, from + BATCH)) {
          arcs.forEach((reference, rank) => this._followArc(context, reference, rank === 0));
        }
        context.stroke();
      }
    },
  });

  window.CLCouche = Couche;
})();
