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

  class Apercu {
    apply(state) {
      const sent = state.preview;
      this.seq = state.seq;
      this.texts = sent ? (sent.texts || []).map(full) : [];
      this.of = unpack(sent && sent.of);
      this.locked = new Set(sent && sent.locked ? window.CLOutils.unpackCodes(sent.locked) : []);
      this.people = sent ? sent.people : null;
      // The commune under the pointer is told anew, now that the answer is there.
      if (CL.layer && CL.layer.hovered >= 0 && CL.tip.isOpen()) CL.tip.setContent(CL._describe(CL.layer.hovered));
    }

    /** A locked commune takes no click: its tooltip says why. */
    takes(event) {
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
