/*
 * « Montrer » on the map and « Copier le lien », from the page around it, and the map from the keyboard.
 *
 * A button of the page that carries data-montrer (codes, packed) brings these communes to the middle and outlines
 * them, without asking the server. On the map itself, when it has the focus, the arrows move it (Leaflet), and Enter
 * or the space bar takes the commune at its centre, in or out. The paragraph that tells the state is made a polite live
 * region here, because its place stays while its text is replaced: that is what screen readers listen to.
 */
(function () {
  "use strict";

  const CL = window.CL;
  const { STILL, unpackCodes } = window.CLOutils;
  const MARGIN = 0.35; // of the size of what is shown, left around it
  const CLOSEST = 12;
  const SHOWN_MS = 12000;
  const COPIED_MS = 4000;

  class Montrer {
    attach(carte) {
      if (carte.mode !== "select") return;
      this.map = carte.map;
      this._onKeys();
      try {
        const page = window.parent.document;
        const heard = new AbortController();
        page.addEventListener("click", (event) => this._onPage(event), { signal: heard.signal });
        window.addEventListener("pagehide", () => heard.abort());
      } catch {
        // a page of another origin: its buttons do nothing, and the texts beside them say the same
      }
    }

    apply(state) {
      if (this._seq !== undefined && state.seq !== this._seq) this._clear();
      this._seq = state.seq;
      this._listen();
    }

    _listen() {
      try {
        const text = window.parent.document.querySelector(".clsm-etat");
        const place = text && (text.closest("[data-testid=stHtml]") || text.parentElement);
        if (!place || place.getAttribute("aria-live")) return;
        place.setAttribute("aria-live", "polite");
        place.setAttribute("aria-atomic", "true");
      } catch {
        // a page of another origin: the paragraph is read where it stands
      }
    }

    /** « Copier le lien »: put the text in the clipboard, or at least select it where the browser forbids that. */
    async _copy(button) {
      const source = button.ownerDocument.querySelector(button.dataset.copier);
      if (!source) return;
      const label = button.dataset.label || button.textContent;
      button.dataset.label = label;
      setTimeout(() => { button.textContent = label; }, COPIED_MS);
      try {
        await window.parent.navigator.clipboard.writeText(source.textContent.trim());
        button.textContent = "Lien copié";
      } catch {
        button.ownerDocument.getSelection().selectAllChildren(source);
        button.textContent = "Lien sélectionné : copiez-le";
      }
    }

    _onPage(event) {
      const copier = event.target.closest && event.target.closest("[data-copier]");
      if (copier) this._copy(copier);
      const button = event.target.closest && event.target.closest("[data-montrer]");
      if (!button || !window.frameElement || !window.frameElement.isConnected) return;
      event.preventDefault();
      const shown = this.show(unpackCodes(button.dataset.montrer));
      if (shown) window.frameElement.scrollIntoView({ block: "nearest", behavior: STILL ? "auto" : "smooth" });
      CL._say(shown ? null : "Ces communes ne sont pas sur la carte affichée : choisissez une carte plus large.");
    }

    /** Bring communes to the middle and outline them; false when the scope holds none of them. */
    show(codes) {
      const { geometry, layer } = CL;
      const numbers = codes.map((code) => geometry && geometry.index.get(code)).filter((n) => n !== undefined);
      this._clear();
      if (!numbers.length) return false;
      const [west, north, east, south] = geometry.boxAround(numbers);
      const corner = (x, y) => L.CRS.EPSG3857.pointToLatLng(L.point(x, y), 0);
      const bounds = L.latLngBounds(corner(west, north), corner(east, south)).pad(MARGIN);
      this.map.fitBounds(bounds, { maxZoom: CLOSEST, animate: !STILL });
      const wanted = new Set(numbers);
      const lines = geometry.lines((a, b, outer) => (outer ? wanted.has(a) : wanted.has(a) !== wanted.has(b)));
      this._mark = { id: "montrer", zones: [], of: [], lines, color: "#d4006a", dash: [], weight: 4 };
      layer.overlays = [...CL._shown, this._mark];
      layer.refresh("zones");
      this._timer = setTimeout(() => this._clear(), SHOWN_MS);
      return true;
    }

    _clear() {
      clearTimeout(this._timer);
      if (!this._mark || !CL.layer) return;
      this._mark = null;
      CL.layer.overlays = CL._shown;
      CL.layer.refresh("zones");
    }

    // --- the map from the keyboard --------------------------------------------------------------------------

    _onKeys() {
      const container = this.map.getContainer();
      const centre = () => CL._numberAt(this.map.getCenter());
      const look = () => {
        if (document.activeElement !== container || !this._byKeys) return;
        CL._hover(centre(), this.map.getCenter());
      };
      container.addEventListener("keydown", (event) => {
        if (event.target !== container) return;
        if (event.key.startsWith("Arrow")) {
          this._byKeys = true;
          return;
        }
        if ((event.key !== "Enter" && event.key !== " ") || CL.extras.some((e) => e.takes && e.takes(event))) return;
        event.preventDefault();
        const number = centre();
        if (number < 0 || CL._zooming) return;
        this._byKeys = true;
        CL._toggle(number);
        look();
      });
      container.addEventListener("pointermove", () => { this._byKeys = false; });
      this.map.on("moveend", look);
    }
  }

  CL.montrer = new Montrer();
  CL.extras.push(CL.montrer);
})();
