/*
 * Draw a shape on the map: the communes whose inner point it holds join the perimeter.
 *
 * Two modes, each a button of the map. « Zone »: a click lays a corner, a click on the first one, a double click or
 * Enter closes. « Cercle »: press at the centre and let go on the edge, or two clicks. Escape gives up, Backspace takes
 * the last corner back. Only the shape goes to Python, which decides by the same rule as a circle asked for by name.
 */
(function () {
  "use strict";

  const CL = window.CL;
  const CLOSE_PX = 12;
  const MOST_CORNERS = 200;
  const LOOK = { color: "#0f2a5c", weight: 2.5, fillColor: "#1f4e9c", fillOpacity: 0.15, interactive: false };
  const TEXTS = {
    zone: "Dessiner une zone : ses communes rejoignent le périmètre",
    cercle: "Dessiner un cercle : ses communes rejoignent le périmètre",
    zoneHelp: "Posez les coins un à un. Fermez par un clic sur le premier coin, un double clic ou Entrée. Échap : renoncer.",
    cercleHelp: "Un clic au centre, un second sur le bord. Échap : renoncer.",
  };
  const ICONS = {
    zone: "M2.5 5.5 9 2l4.5 5-3 6.5-6-1.5z",
    cercle: "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM8 7.4v1.2M7.4 8h1.2",
  };

  class Dessin {
    attach(carte) {
      if (carte.mode !== "select") return;
      this.map = carte.map;
      this.kind = null;
      this.corners = [];
      this.buttons = {};
      const bar = L.Control.extend({ onAdd: () => this._bar() });
      new bar({ position: "topleft" }).addTo(this.map);
      this.map.on("mousemove", (event) => this._onMove(event));
      this.map.on("dblclick", () => this.kind === "zone" && this._finish());
      document.addEventListener("keydown", (event) => this._onKey(event));
    }

    _bar() {
      const bar = L.DomUtil.create("div", "leaflet-bar leaflet-control");
      for (const kind of ["zone", "cercle"]) {
        const button = L.DomUtil.create("a", "cl-dessin", bar);
        Object.assign(button, { href: "#", title: TEXTS[kind] });
        button.setAttribute("role", "button");
        button.setAttribute("aria-label", TEXTS[kind]);
        button.setAttribute("aria-pressed", "false");
        const icon = button.appendChild(L.SVG.create("svg"));
        icon.setAttribute("viewBox", "0 0 16 16");
        icon.setAttribute("aria-hidden", "true");
        icon.appendChild(L.SVG.create("path")).setAttribute("d", ICONS[kind]);
        L.DomEvent.disableClickPropagation(bar).on(button, "click", (event) => {
          L.DomEvent.stop(event);
          if (this.kind === kind) this.stop();
          else this.start(kind);
        });
        this.buttons[kind] = button;
      }
      return bar;
    }

    start(kind) {
      this.stop();
      this.kind = kind;
      this.buttons[kind].setAttribute("aria-pressed", "true");
      this.map.getContainer().classList.add("cl-dessine");
      CL._say(TEXTS[`${kind}Help`]);
      CL._hover(-1);
      this.map.getContainer().focus({ preventScroll: true });
    }

    stop() {
      if (!this.kind) return;
      this.buttons[this.kind].setAttribute("aria-pressed", "false");
      this.map.getContainer().classList.remove("cl-dessine");
      this.kind = null;
      this.corners = [];
      if (this.shape) this.shape.remove();
      this.shape = null;
      CL._say(null);
    }

    /** Take the click away from the communes while a shape is being drawn. */
    takes(event) {
      if (!this.kind) return false;
      const latlng = event.latlng || (this.map && this.map.getCenter()); // Enter and the space bar lay the centre
      if (event.type === "keydown") return true;
      this._lay(latlng);
      return true;
    }

    _lay(latlng) {
      const first = this.corners[0];
      const near = (other) => this._pixel(other).distanceTo(this._pixel(latlng)) < CLOSE_PX;
      if (this.kind === "zone") {
        if (this.corners.length > 2 && near(first)) return this._finish();
        const last = this.corners[this.corners.length - 1];
        if (last && this._pixel(last).distanceTo(this._pixel(latlng)) < 3) return undefined; // a double click
        if (this.corners.length < MOST_CORNERS) this.corners.push(latlng);
        return this._draw(latlng);
      }
      this.corners.push(latlng);
      return this.corners.length === 2 ? this._finish() : this._draw(latlng);
    }

    _pixel(latlng) {
      return this.map.latLngToContainerPoint(latlng);
    }

    _onMove(event) {
      if (this.kind && this.corners.length) this._draw(event.latlng);
    }

    _onKey(event) {
      if (!this.kind) return;
      if (event.key === "Escape") this.stop();
      else if (event.key === "Backspace") {
        this.corners.pop();
        this._draw(this.map.getCenter());
      } else if (event.key === " " && event.target === this.map.getContainer()) this._lay(this.map.getCenter());
      else if (event.key === "Enter" && event.target === this.map.getContainer()) {
        if (this.kind === "zone") this._finish();
        else this._lay(this.map.getCenter());
      } else return;
      event.preventDefault();
    }

    _draw(pointer) {
      if (this.shape) this.shape.remove();
      this.shape = null;
      if (!this.corners.length) return;
      const renderer = (this._svg ||= L.svg());
      this.shape =
        this.kind === "zone"
          ? L.polygon([...this.corners, pointer], { ...LOOK, renderer })
          : L.circle(this.corners[0], { ...LOOK, renderer, radius: this.corners[0].distanceTo(pointer) });
      this.shape.addTo(this.map);
    }

    _finish() {
      const round = ({ lat, lng }) => [Number(lat.toFixed(5)), Number(lng.toFixed(5))];
      const { kind, corners } = this;
      const radius = kind === "cercle" && corners.length === 2 ? Math.round(corners[0].distanceTo(corners[1])) : 0;
      this.stop();
      if (kind === "zone" ? corners.length < 3 : radius < 1) return;
      CL.seq += 1;
      const shape = kind === "zone" ? { zone: corners.map(round) } : { centre: round(corners[0]), rayon: radius };
      CL._send({ draw: shape, n: CL.seq });
    }
  }

  CL.dessin = new Dessin();
  CL.extras.push(CL.dessin);
})();
