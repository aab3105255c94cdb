/*
 * The map as one picture: what is on its canvases and drawings, with a title, its legend, its scale and its source.
 */

const MARGIN = 16; // pixels
const RATIO = 2; // pixels of the picture for one of the screen: letters stay sharp in a document
const FONT = "Liberation Sans, Arial, Helvetica, sans-serif";
const INK = "#1d2a30";
const MUTED = "#55606a";
const LINE = 20;

/**
 * Draw the map as it is seen.
 * @param {HTMLElement} container the element of the map
 * @param {string} title
 * @returns {Promise<Blob>}
 */
export async function pictureOf(container, title) {
  const room = container.getBoundingClientRect();
  const measure = context(document.createElement("canvas"));
  const entries = legendOf(container, measure, room.width);
  const rows = 1 + Math.max(-1, ...entries.map((entry) => entry.row));
  const top = MARGIN + 30;
  const canvas = document.createElement("canvas");
  canvas.width = (room.width + 2 * MARGIN) * RATIO;
  canvas.height = (top + room.height + rows * LINE + 2 * LINE + MARGIN) * RATIO;
  const pen = context(canvas);
  pen.scale(RATIO, RATIO);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  write(pen, title, MARGIN, MARGIN + 16, 18, INK, "bold");
  pen.translate(MARGIN, top);
  await drawMap(pen, container, room);
  drawScale(pen, container, room);
  pen.translate(0, room.height + LINE);
  for (const { item, x, row, text, indent } of entries) {
    const sample = item.querySelector("canvas");
    if (sample) pen.drawImage(sample, x, row * LINE - 11, 22, 14);
    write(pen, text, x + indent, row * LINE, 13, INK);
  }
  const source = container.querySelector(".leaflet-control-attribution")?.textContent ?? "";
  const day = new Date().toLocaleDateString("fr-FR");
  write(pen, `${source.trim()} · ${day}`, 0, rows * LINE + 4, 11, MUTED);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}

/** @param {HTMLCanvasElement} canvas */
function context(canvas) {
  const found = canvas.getContext("2d");
  if (!found) throw new Error("no canvas");
  return found;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {string} colour
 */
function write(pen, text, x, y, size, colour, weight = "normal") {
  pen.font = `${weight} ${size}px ${FONT}`;
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}

/**
 * Lay the entries of the map's own legend out in lines.
 * @param {HTMLElement} container
 * @param {CanvasRenderingContext2D} measure
 * @param {number} width
 */
function legendOf(container, measure, width) {
  measure.font = `13px ${FONT}`;
  let [x, row] = [0, 0];
  return [...container.querySelectorAll(".cl-legende li")].map((item) => {
    const text = (item.textContent ?? "").trim();
    const alone = item.classList.contains("cl-couleurs"); // a line of its own
    const wide = 28 + measure.measureText(text).width + 18;
    if (x && x + wide > width) [x, row] = [0, row + 1];
    const entry = { item, text, x, row, indent: alone ? 0 : 28 };
    x += alone ? width : wide;
    return entry;
  });
}

/**
 * Draw canvases and drawings, the lowest pane first.
 * @param {CanvasRenderingContext2D} pen
 * @param {HTMLElement} container
 * @param {DOMRect} room
 */
async function drawMap(pen, container, room) {
  const height = (/** @type {Element} */ one) => {
    const pane = one.closest(".leaflet-pane:not(.leaflet-map-pane)");
    return pane ? Number.parseInt(getComputedStyle(pane).zIndex, 10) || 0 : 0;
  };
  const layers = [...container.querySelectorAll(".leaflet-map-pane canvas, .leaflet-map-pane svg")];
  layers.sort((a, b) => height(a) - height(b));
  const images = await Promise.all(layers.map(imageOf));
  pen.save();
  pen.beginPath();
  pen.rect(0, 0, room.width, room.height);
  pen.clip();
  pen.fillStyle = getComputedStyle(container).backgroundColor;
  pen.fillRect(0, 0, room.width, room.height);
  layers.forEach((layer, i) => {
    const image = images[i];
    const box = layer.getBoundingClientRect();
    if (image && box.width && box.height)
      pen.drawImage(image, box.left - room.left, box.top - room.top, box.width, box.height);
  });
  pen.restore();
  pen.strokeStyle = "#b9c4c9";
  pen.strokeRect(0, 0, room.width, room.height);
}

/**
 * What can be drawn of a canvas or of a drawing; null when there is nothing on it.
 * @param {Element} layer
 * @returns {Promise<CanvasImageSource | null>}
 */
async function imageOf(layer) {
  if (layer instanceof HTMLCanvasElement) return layer.width && layer.height ? layer : null;
  if (!layer.querySelector("path")) return null;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(layer))}`;
  try {
    await image.decode();
  } catch {
    return null;
  }
  return image;
}

/**
 * The scale bar of the map, as long as on screen.
 * @param {CanvasRenderingContext2D} pen
 * @param {HTMLElement} container
 * @param {DOMRect} room
 */
function drawScale(pen, container, room) {
  const bar = container.querySelector(".leaflet-control-scale-line");
  if (!bar) return;
  const [wide, text] = [bar.getBoundingClientRect().width, bar.textContent ?? ""];
  const [x, y] = [room.width - wide - 12, room.height - 10];
  pen.fillStyle = "rgba(255, 255, 255, 0.85)";
  pen.fillRect(x - 6, y - 20, wide + 12, 26);
  pen.fillStyle = INK;
  pen.fillRect(x, y - 2, wide, 3);
  write(pen, text, x + 2, y - 6, 12, INK);
}
