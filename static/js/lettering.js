/*
 * Names written on a canvas: how wide, in which letters, and clear of the buttons that lie over the map.
 */

const FAMILY = '"Source Sans Pro", "Source Sans", system-ui, -apple-system, "Segoe UI", sans-serif';
const HALO = "rgba(255, 255, 255, 0.92)";

/**
 * @param {number} size
 * @param {number} weight
 */
export const fontOf = (size, weight) => `${weight} ${size}px ${FAMILY}`;

/**
 * How wide a text is on a canvas.
 * @param {CanvasRenderingContext2D} context
 */
export const widthOn = (context) => (/** @type {string} */ font, /** @type {string} */ text) => {
  context.font = font;
  return context.measureText(text).width;
};

/**
 * @param {CanvasRenderingContext2D} context
 * @param {readonly import("./labels.js").Label[]} labels
 */
export function drawLabels(context, labels) {
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const { text, x, y, size, weight, colour, dot } of labels) {
    context.font = fontOf(size, weight);
    context.strokeStyle = HALO;
    context.lineWidth = 3.5;
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    if (dot !== null) {
      context.beginPath();
      context.arc(x, dot, 2.2, 0, 2 * Math.PI);
      context.stroke();
      context.fill();
    }
    context.fillText(text, x, y);
  }
}

/**
 * Boxes of the buttons, the legend and the scale that lie over a map, where no name could be read.
 * @param {HTMLElement} container
 * @param {number} dx where the window begins on the canvas
 * @param {number} dy
 */
export function buttonsOver(container, dx, dy) {
  const { left, top } = container.getBoundingClientRect();
  return [...container.querySelectorAll(".leaflet-control")].map((control) => {
    const box = control.getBoundingClientRect();
    return [box.left - left + dx, box.top - top + dy, box.right - left + dx, box.bottom - top + dy];
  });
}

/**
 * Name what is in sight: the choice first, then the zones in front, then the largest; return the names drawn.
 * @param {CanvasRenderingContext2D} context
 * @param {import("./layer.js").CommuneLayer} layer
 * @param {{ pen: import("./pen.js").Pen, visible: ReturnType<import("./pen.js").Pen["visible"]>,
 *   size: L.Point, outlines: readonly import("./types.d.ts").Outline[], quiet: import("./types.d.ts").ZoneFile | null, padding: number }} seen
 *   `padding` is drawn beyond the window on each side, as a share of it; `size` is that of the canvas
 * @param {HTMLElement} frame
 */
export function nameLayer(context, layer, { pen, visible, size, outlines, quiet, padding }, frame) {
  const [x, y] = [size.x, size.y].map((length) => (length * padding) / (1 + 2 * padding));
  const front = outlines.findLast((outline) => "of" in outline);
  const names = layer.labels.choose(widthOn(context), pen, visible, [x, y, size.x - x, size.y - y], {
    selected: layer.selected,
    front: /** @type {import("./types.d.ts").ShownOverlay | undefined} */ (front),
    quiet,
    around: layer.around,
    buttons: buttonsOver(frame, x, y),
  });
  drawLabels(context, names);
  return names;
}
