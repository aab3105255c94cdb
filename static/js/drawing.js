/*
 * What each canvas of the layer shows (see layer.js).
 */

import { fillOf } from "./motifs.js";

const INK = "#1d2a30";
const LAND = "#eef3f4";
const BORDER = "#a9bac0";
const DEPARTEMENT = "#6d828a";
const CASING = "#ffffff"; // under the line in front
const BEHIND = { width: 1.3, alpha: 0.7 };
const SELECTED = { fill: "rgba(31, 78, 156, 0.62)", inner: "rgba(255, 255, 255, 0.8)", outline: "#0f2a5c" };

/**
 * @typedef {CanvasRenderingContext2D} Context
 * @typedef {import("./pen.js").Pen} Pen
 * @typedef {ReturnType<Pen["visible"]>} Visible
 * @typedef {import("./layer.js").CommuneLayer} Layer
 */

/**
 * Lines are thinner where communes are small, or nothing else would be seen of them.
 * @param {number} width of a commune, in pixels
 */
export const thicknessAt = (width) => Math.min(1, Math.max(0.4, width / 20));

/**
 * @param {Context} context
 * @param {Pen} pen
 * @param {Visible} visible
 * @param {Layer} layer
 */
export function drawGround(context, pen, visible, layer) {
  /** @type {Map<number, number[]>} */
  const groups = new Map();
  for (const number of visible.numbers) {
    const status = layer.statusOf(number);
    const group = groups.get(status);
    if (group) group.push(number);
    else groups.set(status, [number]);
  }
  for (const [status, numbers] of groups) {
    const swatch = layer.palette[status];
    context.fillStyle = swatch ? fillOf(context, swatch) : LAND;
    pen.fill(context, numbers);
  }
  // Commune borders fade out as communes become a few pixels wide; départements always show.
  if (visible.width > 4) {
    context.strokeStyle = BORDER;
    context.lineWidth = visible.width > 14 ? 0.8 : 0.4;
    const { sides } = pen.geometry;
    pen.strokeArcs(context, (arc) => visible.is[sides[2 * arc]] || visible.is[sides[2 * arc + 1]]);
  }
  context.strokeStyle = DEPARTEMENT;
  context.lineWidth = visible.width > 14 ? 1.4 : 0.8;
  pen.strokeLines(context, pen.geometry.departementLines());
}

/**
 * A tinted fill and a thick dark edge: it reads without colours, over any colours, and over zones.
 * @param {Context} ground
 * @param {Context} top
 * @param {Pen} pen
 * @param {Visible} visible
 * @param {Uint8Array} selected 1 for each commune chosen
 * @param {boolean} [filled] tinted; outlined only where the colours of the communes are what is shown
 */
export function drawSelection(ground, top, pen, visible, selected, filled = true) {
  const chosen = visible.numbers.filter((number) => selected[number]);
  if (!chosen.length) return;
  if (filled) {
    ground.fillStyle = SELECTED.fill;
    pen.fill(ground, chosen);
  }
  const { sides } = pen.geometry;
  const is = (/** @type {number} */ number) => number >= 0 && selected[number] === 1;
  const inner = (/** @type {number} */ arc) => is(sides[2 * arc]) && is(sides[2 * arc + 1]);
  const outer = (/** @type {number} */ arc) => is(sides[2 * arc]) !== is(sides[2 * arc + 1]);
  const thickness = thicknessAt(visible.width);
  /** @type {[Context, (arc: number) => boolean, string, number][]} */
  const strokes = [
    [ground, inner, SELECTED.inner, 0.8],
    [ground, outer, "rgba(255, 255, 255, 0.9)", 5.5],
    [top, outer, SELECTED.outline, 3],
  ];
  for (const [context, keep, colour, width] of strokes) {
    context.strokeStyle = colour;
    context.lineWidth = width * thickness;
    pen.strokeArcs(context, keep);
  }
}

/**
 * Draw a line by its look: whole, over a casing that sets it off from any fill; or behind, thin and pale.
 * @param {Context} context
 * @param {() => void} stroke lays the path and strokes it
 * @param {import("./types.d.ts").LineLook} look
 * @param {number} [thickness]
 */
export function drawLine(
  context,
  stroke,
  { color, dash, weight, core, casing = CASING, behind = false },
  thickness = 1,
) {
  const width = behind ? BEHIND.width : Math.max(1.5, weight * thickness);
  const dashes = (/** @type {readonly number[]} */ lengths) => {
    context.lineCap = lengths.includes(0) ? "round" : "butt"; // a round cap makes a dot of no length, and a dash longer
    context.setLineDash(lengths.map((length) => length * Math.max(0.5, thickness)));
  };
  /** @type {(colour: string, wide: number) => void} */
  const draw = (colour, wide) => {
    context.strokeStyle = colour;
    context.lineWidth = wide;
    stroke();
  };
  if (!behind) draw(casing, width + Math.max(1.6, 2.4 * thickness));
  context.globalAlpha = behind ? BEHIND.alpha : 1;
  dashes(dash);
  draw(color, width);
  if (core && !behind) {
    dashes(core);
    draw(CASING, width * 0.38);
  }
  context.globalAlpha = 1;
  context.lineCap = "round";
  context.setLineDash([]);
}

/**
 * @param {Context} context
 * @param {Pen} pen
 * @param {number} thickness
 * @param {readonly import("./types.d.ts").Outline[]} outlines the one in front last
 */
export function drawZones(context, pen, thickness, outlines) {
  for (const outline of outlines) drawLine(context, () => pen.strokeLines(context, outline.lines), outline, thickness);
}

/**
 * @param {Context} context
 * @param {Pen} pen
 * @param {Layer} layer
 */
export function drawHover(context, pen, layer) {
  for (const [number, width] of [
    [layer.focused, 4],
    [layer.hovered, 2],
  ]) {
    if (number < 0) continue;
    context.beginPath();
    pen.trace(context, number);
    context.strokeStyle = "#ffffff";
    context.lineWidth = width + 3;
    context.stroke();
    context.strokeStyle = INK;
    context.lineWidth = width;
    context.stroke();
  }
}

/**
 * Give canvases a size in pixels of the screen, and what all their lines share.
 * @param {readonly Context[]} contexts
 * @param {L.Point} size
 */
export function resizeCanvases(contexts, size) {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  for (const context of contexts) {
    const canvas = context.canvas;
    const [width, height] = [Math.round(size.x * ratio), Math.round(size.y * ratio)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.lineJoin = "round";
    context.lineCap = "round";
  }
}

/**
 * Stretch what is drawn while a zoom is under way (same computation as Leaflet's own renderers).
 * @param {L.Map} map
 * @param {HTMLElement} box
 * @param {{ centre: L.LatLng, zoom: number }} drawn
 * @param {number} padding drawn beyond the window on each side
 * @param {L.LatLng} centre
 * @param {number} zoom
 */
export function stretch(map, box, drawn, padding, centre, zoom) {
  const scale = map.getZoomScale(zoom, drawn.zoom);
  const size = map.getSize();
  // Where the map's pane will have its origin once the zoom is over.
  const origin = map
    .project(centre, zoom)
    .subtract(size.divideBy(2))
    .add(L.DomUtil.getPosition(map.getPane("mapPane") ?? box))
    .round();
  const corner = size
    .multiplyBy(0.5 + padding)
    .multiplyBy(-scale)
    .add(map.project(drawn.centre, zoom))
    .subtract(origin);
  if (L.Browser.any3d) L.DomUtil.setTransform(box, corner, scale);
  else L.DomUtil.setPosition(box, corner);
}
