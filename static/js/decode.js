/*
 * What Python packs to send less, unpacked: codes, statuses, sentences. The other halves are in ui/map/codec.py (pack_codes,
 * paint_runs), ui/map/phrases.py (shortened) and ui/map/tooltips.py (Preview.payload).
 */

const BASE = 36;

/**
 * "62:041042;2A:004" holds 62041, 62042 and 2A004: three characters a commune.
 * @param {string | null | undefined} packed
 * @returns {string[]}
 */
export function unpackCodes(packed) {
  const codes = [];
  for (const group of packed ? packed.split(";") : []) {
    const [prefix, rest] = group.split(":");
    for (let i = 0; i < rest.length; i += 3) codes.push(prefix + rest.slice(i, i + 3));
  }
  return codes;
}

/**
 * "a3bc12": three communes of status 0, one of status 1, twelve of status 2, in the order of the scope; "_" is no
 * status, -1 here. Null when the runs do not make up the length.
 * @param {string} runs
 * @param {number} length communes of the scope
 * @returns {Int16Array | null}
 */
export function unpackRuns(runs, length) {
  const statuses = new Int16Array(length).fill(-1);
  let at = 0;
  for (const [, letter, count] of runs.matchAll(/([a-z_])(\d*)/g)) {
    const end = at + (count ? Number(count) : 1);
    if (end > length) return null;
    statuses.fill(letter === "_" ? -1 : Number.parseInt(letter, BASE) - 10, at, end);
    at = end;
  }
  return at === length ? statuses : null;
}

/**
 * "94028:2.5;94081:0" gives each commune its sentences, by their rank.
 * @param {string | null | undefined} packed
 * @returns {Map<string, number[]>}
 */
export function unpackRanks(packed) {
  const of = new Map();
  for (const entry of packed ? packed.split(";") : []) {
    const [code, ranks] = entry.split(":");
    of.set(code, ranks ? ranks.split(".").map(Number) : []);
  }
  return of;
}

/**
 * A sentence in full: "%a" is the first of the phrases, "%%" a percent sign.
 * @param {string} text
 * @param {readonly string[]} phrases as sent in the frame, once
 */
export function inFull(text, phrases) {
  return text.replace(/%([a-z%])/g, (_, sign) => (sign === "%" ? sign : (phrases[sign.charCodeAt(0) - 97] ?? "")));
}
