/*
 * Names on the map: the biggest first, none over another, more of them as one comes nearer.
 *
 * What is asked for first is placed first: the communes of the perimeter; where communes are small, the largest towns and the
 * seats of départements, the départements, the zones; then the other communes by inhabitants, and what lies around. Names are drawn on a canvas of their own (layer.js), from what the
 * geometry holds already; text of the data is drawn as text, and can do no more.
 */

import { fontOf } from "./lettering.js";
import { Room } from "./room.js";

const INK = "#1d2a30";
const CHOSEN = "#0f2a5c";
const AROUND = "#5d7078";
const QUIET = "#4f4d94"; // zones that no outline shows
const LARGE = { country: 100_000, region: 50_000 }; // inhabitants of a town that is named before all others
const REGION = 14; // départements at most in a région
const ROOM_PX2 = 8_000; // of window for one name: a calm map, whatever its size
const MOST = 140;
const TRIED = 700; // candidates whose place is looked for, the biggest ones
const NEAR = 60; // width of a commune, in pixels, from which names may stand close
const ZONE_SHIFTS = [0, 20, -20, 40]; // pixels: the commune in the middle of a zone has a name too
const SMALL = 16; // width of a commune under which zones are named before communes

/**
 * @typedef {import("./geometry.js").Geometry} Geometry
 * @typedef {import("./pen.js").Pen} Pen
 * @typedef {ReturnType<Pen["visible"]>} Visible
 * @typedef {{ text: string, x: number, y: number, size: number, weight: number, colour: string, dot: number | null }} Label
 *   `dot` is where the place itself is, above or under its name, when the name is wider than the place
 * @typedef {{ text: string, number: number, width: number, color: string }} ZoneName
 */

/** The three cities drawn by arrondissements, and the codes of theirs; from afar they are one name, as those opened into IRIS. */
const CITIES = /** @type {const} */ ([
  ["Paris", /^751\d\d$/],
  ["Lyon", /^6938\d$/],
  ["Marseille", /^132\d\d$/],
]);

/** @param {number} people */
const sizeOf = (people) => (people >= 100_000 ? 16 : people >= 20_000 ? 14.5 : 13);

export class Labels {
  /** @type {Map<number, { x: number, y: number, width: number } | null>} */
  #anchors = new Map();
  /** @type {number[] | null} communes from the most populated to the least */
  #order = null;
  /** @type {Map<number, { text: string, people: number, numbers: readonly number[] } | null> | null} */
  #cities = null;
  /** @type {WeakMap<object, ZoneName[]>} */
  #zones = new WeakMap();
  /** @type {Map<string, number>} */
  #widths = new Map();

  /** @param {Geometry} geometry */
  constructor(geometry) {
    this.geometry = geometry;
  }

  /** The arrondissement or IRIS that stands for its city from afar, and what it then says; the others of the city say nothing. */
  get cities() {
    const { codes, populations } = this.geometry;
    if (this.#cities) return this.#cities;
    /** @type {Map<number, { text: string, people: number, numbers: readonly number[] } | null>} */
    const found = new Map();
    /** @type {[string, number[]][]} */
    const cities = CITIES.map(([text, pattern]) => [
      text,
      codes.flatMap((code, number) => (pattern.test(code) ? [number] : [])),
    ]);
    for (const { name, numbers } of this.geometry.cities.values()) cities.push([name, [...numbers]]);
    for (const [text, numbers] of cities) {
      const people = numbers.reduce((sum, number) => sum + (populations[number] ?? 0), 0);
      numbers.sort((a, b) => (populations[b] ?? 0) - (populations[a] ?? 0));
      numbers.forEach((number, rank) => {
        found.set(number, rank ? null : { text, people, numbers });
      });
    }
    this.#cities = found;
    return found;
  }

  get order() {
    const { populations, count } = this.geometry;
    const people = (/** @type {number} */ number) => this.cities.get(number)?.people ?? populations[number] ?? -1;
    this.#order ??= Array.from({ length: count }, (_, number) => number).sort((a, b) => people(b) - people(a) || a - b);
    return this.#order;
  }

  /** @param {number} number */
  #acrossOf(number) {
    return this.geometry.boxes[4 * number + 2] - this.geometry.boxes[4 * number];
  }

  /**
   * Where the name of a commune goes, in pixels at zoom 0, or null for one without any land.
   * @param {number} number
   */
  anchor(number) {
    let found = this.#anchors.get(number);
    if (found === undefined) {
      found = this.geometry.insidePoint(number);
      this.#anchors.set(number, found);
    }
    return found;
  }

  /**
   * Names of the zones drawn over the communes, each at a commune in its middle.
   * @param {import("./types.d.ts").ZoneFile & { color: string }} overlay
   */
  zonesOf(overlay) {
    const kept = this.#zones.get(overlay.of);
    if (kept) return kept;
    const { boxes } = this.geometry;
    /** @type {number[][]} */
    const members = overlay.zones.map(() => []);
    overlay.of.forEach((ranks, number) => {
      for (const rank of ranks) members[rank]?.push(number);
    });
    const middle = (/** @type {number} */ k, /** @type {number} */ axis) =>
      (boxes[4 * k + axis] + boxes[4 * k + axis + 2]) / 2;
    const found = members.flatMap((numbers, rank) => {
      const box = this.geometry.boxAround(numbers);
      if (!box) return [];
      const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
      const away = (/** @type {number} */ k) => Math.hypot(middle(k, 0) - x, middle(k, 1) - y);
      const number = numbers.reduce((best, k) => (away(k) < away(best) ? k : best));
      return [{ text: String(overlay.zones[rank][1]), number, width: box[2] - box[0], color: overlay.color }];
    });
    found.sort((a, b) => b.width - a.width);
    this.#zones.set(overlay.of, found);
    return found;
  }

  /**
   * Choose the names that can be read together, and where each goes.
   * @param {(font: string, text: string) => number} measure width of a text in pixels
   * @param {Pen} pen
   * @param {Visible} visible
   * @param {readonly number[]} window left, top, right, bottom of what is seen of the canvas
   * @param {{
   *   selected: Uint8Array,
   *   front?: (import("./types.d.ts").ZoneFile & { color: string }) | null,
   *   quiet?: import("./types.d.ts").ZoneFile | null,
   *   around?: import("./around.js").Around | null,
   *   buttons?: readonly number[][],
   * }} what `front`: the zones outlined; `quiet`: those named where communes are small, when none is outlined; `buttons`: left,
   *   top, right, bottom of what covers the map
   * @returns {Label[]}
   */
  choose(measure, pen, visible, window, { selected, front = null, quiet = null, around = null, buttons = [] }) {
    const { geometry } = this;
    const room = new Room(window, buttons);
    const area = (window[2] - window[0]) * (window[3] - window[1]);
    const tight = visible.width > NEAR;
    const most = Math.min(MOST, Math.round(area / (tight ? ROOM_PX2 / 2 : ROOM_PX2)));
    /** @type {Label[]} */
    const labels = [];
    const width = (/** @type {Label} */ { text, size: px, weight }) => this.#width(measure, text, px, weight);

    const margin = tight ? 4 : 12;
    /**
     * @param {Labels} where
     * @param {number} number
     * @param {Omit<Label, "x" | "y" | "dot">} look
     * @param {{ within?: number, shifts?: readonly number[] }} [options] `within`: width in pixels that the name must fit
     *   in; `shifts`: how far above or below it may stand
     */
    const place = (where, number, look, { within = Number.POSITIVE_INFINITY, shifts = [0] } = {}) => {
      const at = where.anchor(number);
      if (!at) return;
      /** @type {Label} */
      const label = { ...look, x: at.x * pen.scale - pen.origin.x, y: at.y * pen.scale - pen.origin.y, dot: null };
      const wide = width(label);
      if (wide > within) return;
      if (!Number.isFinite(within) && wide > at.width * pen.scale * 1.3) {
        label.dot = label.y;
        label.y -= look.size * 0.75;
      }
      const shift = shifts.find((dy) => room.take(label.x, label.y + dy, wide + margin, look.size + 4 + margin / 2));
      if (shift !== undefined) labels.push({ ...label, y: label.y + shift });
    };
    const small = visible.width < SMALL;
    const zones = () => {
      const until = small ? labels.length + most / 3 : most;
      const named = front ?? (quiet && small ? { ...quiet, color: QUIET } : null);
      for (const { text, number, width: across, color } of named ? this.zonesOf(named) : []) {
        if (labels.length >= until) return;
        const options = { within: across * pen.scale * (small ? 2.2 : 1.4), shifts: ZONE_SHIFTS };
        place(this, number, { text, size: 13, weight: 600, colour: color }, options);
      }
    };
    /** @type {(chosen: boolean, candidates?: readonly number[]) => void} */
    const communes = (chosen, candidates = this.order) => {
      let tried = 0;
      for (const number of candidates) {
        if (!visible.is[number]) continue;
        const city = this.#acrossOf(number) * pen.scale < NEAR ? this.cities.get(number) : undefined;
        const piece = geometry.codes[number].length > 5; // of an opened city, whose name alone says where it is from afar
        const taken = piece && city ? city.numbers.some((each) => selected[each]) : selected[number] === 1;
        if (taken !== chosen || (city === null && (!chosen || piece))) continue;
        tried += 1;
        if (labels.length >= most || tried > TRIED) return;
        const people = city?.people ?? geometry.populations[number] ?? 0;
        const weight = chosen || people >= 20_000 ? 600 : 400;
        place(this, number, {
          text: ((!chosen || piece) && city?.text) || geometry.places[number],
          size: sizeOf(people),
          weight,
          colour: chosen ? CHOSEN : INK,
        });
      }
    };
    const departements = (/** @type {boolean} */ own) => {
      const { boxes, codes, names } = around?.geometry ?? { boxes: [], codes: [], names: [] };
      for (const number of codes.keys()) {
        if (around?.own.has(codes[number]) !== own) continue;
        const across = own ? (boxes[4 * number + 2] - boxes[4 * number]) * pen.scale : Number.POSITIVE_INFINITY;
        const options = own ? { within: across * 1.2, shifts: ZONE_SHIFTS } : {};
        if (around)
          place(around.labels, number, { text: names[number], size: 13, weight: 600, colour: AROUND }, options);
      }
    };
    communes(true);
    if (small) {
      communes(false, this.#firstOf(around));
      if (around && around.own.size > 1) departements(true);
      zones();
    }
    const named = new Set(labels.map(({ text }) => text));
    communes(
      false,
      this.order.filter((number) => !named.has(geometry.places[number])),
    );
    if (!small) zones();
    departements(false);
    return labels;
  }

  /**
   * The largest towns, then the seats of départements.
   * @param {import("./around.js").Around | null} around
   */
  #firstOf(around) {
    const { populations, index } = this.geometry;
    const people = (/** @type {number} */ number) => this.cities.get(number)?.people ?? populations[number] ?? 0;
    const seats = (around?.geometry.seats ?? []).flatMap((code) => index.get(code) ?? []);
    const least = (around?.own.size ?? 0) > REGION ? LARGE.country : LARGE.region;
    const large = this.order.filter((number) => people(number) >= least);
    return [...new Set([...large, ...seats.sort((a, b) => people(b) - people(a))])];
  }

  /**
   * @param {(font: string, text: string) => number} measure
   * @param {string} text
   * @param {number} size
   * @param {number} weight
   */
  #width(measure, text, size, weight) {
    const font = fontOf(size, weight);
    const key = `${font}|${text}`;
    let found = this.#widths.get(key);
    if (found === undefined) {
      found = measure(font, text);
      this.#widths.set(key, found);
    }
    return found;
  }
}
