/*
 * What one more click would change, said in the tooltip before it is made.
 *
 * Python sends, with the state, a compact preview for the communes of the perimeter and around it: the inhabitants of
 * the perimeter, sentences once each, and which sentences go with which commune. For any other commune the browser
 * says at least the inhabitants, which it can count by itself.
 */
(function () {
  "use strict";

  const CL = window.CL;
  const { NUMBER, line } = window.CLOutils;

  // In the order of PHRASES in ui/previews.py.
  const PHRASES = [
    "fait entrer ", "fait sortir ", "complète ", "coupe ", "Secteur ", "QPV laissés dehors\u00a0: ", "QPV entiers\u00a0: ",
    "intercommunalités\u00a0: ", "morceaux\u00a0: ", " → ", "à discuter", "point de vigilance", "favorable", "non évaluable",
  ];
  const full = (text) => text.replace(/%([a-z%])/g, (_, sign) => (sign === "%" ? sign : PHRASES[sign.charCodeAt(0) - 97] || ""));

  /** "94028:2.5;94081:0" gives each commune its sentences, by their rank. */
  function unpack(packed) {
    const of = new Map();
    for (const entry of packed ? packed.split(";") : []) {
      const [code, ranks] = entry.split(":");
      of.set(code, ranks ? ranks.split(".").map(Number) : []);
    }
    return of;
  }

  const HOLD_MS = 450;
  const STILL_PX = 8;

  class Apercu {
    attach(carte) {
      const node = carte.map.getContainer();
      node.addEventListener("pointerdown", (event) => this._press(event));
      node.addEventListener("pointermove", (event) => {
        if (this.from && Math.hypot(event.clientX - this.from.x, event.clientY - this.from.y) > STILL_PX) this._release();
      });
      for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, () => this._release());
      carte.map.on("contextmenu", () => {}); // the browser's own menu would cover what is told
    }

    /** A finger cannot hover: held on a commune, it is told what the commune would change, and chooses nothing. */
    _press(event) {
      this._release();
      this.finger = event.pointerType !== "mouse";
      this.held = this.told = false;
      if (!this.finger || !event.isPrimary || (CL.dessin && CL.dessin.kind)) return;
      this.from = { x: event.clientX, y: event.clientY };
      this.timer = setTimeout(() => {
        const latlng = CL.map.mouseEventToLatLng(event);
        const number = CL.mode === "points" ? -1 : CL._numberAt(latlng);
        if (number < 0) return;
        this.held = this.told = true;
        CL._hover(number, latlng);
      }, HOLD_MS);
    }

    _release() {
      clearTimeout(this.timer);
      this.from = null;
    }

    apply(state) {
      const sent = state.preview;
      this.seq = state.seq;
      this.texts = sent ? (sent.texts || []).map(full) : [];
      this.of = unpack(sent && sent.of);
      this.locked = new Set(sent && sent.locked ? window.CLOutils.unpackCodes(sent.locked) : []);
      this.people = sent ? sent.people : null;
      // The commune under the pointer is told anew, now that the answer is there.
      if (CL.layer && CL.layer.hovered >= 0 && CL.tip.isOpen()) CL._tell(CL.layer.hovered);
    }

    /** The end of a held finger is no click, and a locked commune takes none: its tooltip says why. */
    takes(event) {
      if (this.held && event.originalEvent) {
        this.held = false;
        return true;
      }
      if (!this.locked || !this.locked.size || (CL.dessin && CL.dessin.kind)) return false;
      const latlng = event.latlng || CL.map.getCenter();
      const number = CL._numberAt(latlng);
      if (number < 0 || !this.locked.has(CL.geometry.codes[number])) return false;
      CL._hover(number, latlng);
      return true;
    }

    describe(node, number) {
      if (CL.mode !== "select" || this.people === null || this.people === undefined) return;
      const code = CL.geometry.codes[number];
      const inside = CL.codes.has(code);
      if (this.locked.has(code)) line(node, "Verrouillée : elle reste dans le périmètre.", "cl-apercu");
      if (this.finger && !this.told) return; // a mere tap: the name is enough, the rest would hide what it chose
      if (CL.seq !== this.seq) return; // the server has not answered the last click yet: say nothing that may be false
      const people = CL.geometry.populations[number];
      if (!CL.codes.size || !Number.isFinite(people)) return;
      const after = this.people + (inside ? -people : people);
      line(node, `${inside ? "La retirer" : "L’ajouter"}\u00a0: ${NUMBER.format(after)}\u00a0habitants`, "cl-apercu");
      for (const rank of this.of.get(code) || []) if (this.texts[rank]) line(node, this.texts[rank], "cl-effet");
    }
  }

  CL.extras.push(new Apercu());
})();
