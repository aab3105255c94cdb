/*
 * How a place is listed: « Niort · commune · Deux-Sèvres · 59 854 habitants ». geo/search/index.py writes the same.
 */

const NUMBER = new Intl.NumberFormat("fr-FR");
export const CALLED = new Map([
  ["france", "tout le pays"],
  ["region", "région"],
  ["departement", "département"],
  ["ville", "ville entière"],
  ["commune", "commune"],
  ["arrondissement", "arrondissement"],
  ["epci", "EPCI"],
  ["ept", "EPT"],
  ["clsm", "CLSM"],
  ["cls", "CLS"],
  ["secteurs-adultes", "secteur de psychiatrie adulte"],
  ["secteurs-enfants", "secteur infanto-juvénile"],
  ["cpts", "CPTS"],
  ["dac", "DAC"],
  ["qpv", "QPV"],
]);
const MOST_NAMED = 2;

/**
 * What stands beside the name of a place: what it is, where, how many people, by which code it was found.
 * @param {import("./types.d.ts").Place} place
 * @param {ReadonlyMap<string, string>} departements
 * @param {string} [note]
 */
export function detail(place, departements, note = "") {
  const parts = [place.kind === "ancien" ? place.note : (CALLED.get(place.kind) ?? "")];
  if (place.kind !== "ancien" && place.note) parts[0] += ` (${place.note})`;
  if (place.kind === "departement") parts[0] += ` ${place.departements[0]}`;
  else parts.push(where(place, departements));
  if (place.kind !== "ancien") parts.push(inhabitants(place.people));
  parts.push(note);
  return parts.filter(Boolean).join(" · ");
}

/**
 * @param {import("./types.d.ts").Place} place
 * @param {ReadonlyMap<string, string>} departements
 */
function where(place, departements) {
  const names = place.departements.map((code) => departements.get(code) ?? code);
  if (names.length <= MOST_NAMED) return names.join(" et ");
  return `${names.length}\u00a0départements`;
}

/** @param {number | null} people */
function inhabitants(people) {
  if (people === null) return "habitants\u00a0: inconnu";
  return `${NUMBER.format(people)}\u00a0${people < 2 ? "habitant" : "habitants"}`;
}
