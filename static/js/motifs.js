/*
 * Fills with a motif, for a status that must not rest on its colour alone. One motif a status, named in ui/map/build.py
 * (MOTIFS). Tiles are as fine as the screen, for a thin stroke to stay thin.
 */

const SIDE = 8; // pixels
const WIDE_SIDE = 14; // of a motif that must stay quiet
const FINE = 2; // pixels of a tile in one of the map

/** @typedef {CanvasRenderingContext2D} Pen */

/** @type {Record<string, (pen: Pen, colour: string) => void>} */
export const MOTIFS = {
  oblique: (pen, colour) => {
    plain(pen, "#ffffff");
    strokes(pen, colour, 3, 1);
  },
  points: (pen, colour) => {
    plain(pen, colour);
    pen.fillStyle = "#5f4200";
    for (const at of [1, 5]) pen.fillRect(at, at, 2, 2);
  },
  lignes: (pen, colour) => {
    plain(pen, colour);
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 3, SIDE, 2);
  },
  fines: (pen, colour) => {
    plain(pen, colour, WIDE_SIDE);
    strokes(pen, "#b5705e", 0.6, -1, WIDE_SIDE);
  },
  bandes: (pen, colour) => {
    plain(pen, colour);
    pen.fillStyle = inkOver(colour);
    pen.fillRect(0, 3, SIDE, 1);
  },
  semis: (pen, colour) => {
    plain(pen, colour);
    pen.fillStyle = inkOver(colour);
    for (const at of [1, 5]) pen.fillRect(at, at, 1.6, 1.6);
  },
  traits: (pen, colour) => {
    plain(pen, colour, WIDE_SIDE);
    strokes(pen, inkOver(colour), 1, -1, WIDE_SIDE);
  },
};

/**
 * The ink of a motif that lies over any colour: white over dark, black over pale.
 * @param {string} colour #rrggbb
 */
export function inkOver(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  return 0.299 * red + 0.587 * green + 0.114 * blue < 0.5 ? "#ffffff" : "#1d2a30";
}

/**
 * What fills a commune of this status.
 * @param {Pen} context
 * @param {import("./types.d.ts").Swatch} swatch
 * @returns {string | CanvasPattern}
 */
export function fillOf(context, { fill, hatch, motif }) {
  if (!hatch) return fill;
  const tile = document.createElement("canvas");
  const side = motif === "fines" || motif === "traits" ? WIDE_SIDE : SIDE;
  tile.width = side * FINE;
  tile.height = side * FINE;
  const pen = tile.getContext("2d");
  if (!pen) return fill;
  pen.scale(FINE, FINE);
  (MOTIFS[motif ?? "oblique"] ?? MOTIFS.oblique)(pen, fill);
  const pattern = context.createPattern(tile, "repeat");
  pattern?.setTransform(new DOMMatrix().scale(1 / FINE));
  return pattern ?? fill;
}

/**
 * @param {Pen} pen
 * @param {string} colour
 * @param {number} [side]
 */
function plain(pen, colour, side = SIDE) {
  pen.fillStyle = colour;
  pen.fillRect(0, 0, side, side);
}

/**
 * @param {Pen} pen
 * @param {string} colour
 * @param {number} width
 * @param {1 | -1} direction
 * @param {number} [side]
 */
function strokes(pen, colour, width, direction, side = SIDE) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  for (const shift of [-side, 0, side]) {
    pen.beginPath();
    pen.moveTo(shift - 2, direction > 0 ? side + 2 : -2);
    pen.lineTo(shift + side + 2, direction > 0 ? -2 : side + 2);
    pen.stroke();
  }
}
