/*
 * The buttons of the map as one toolbar: one stop of the Tab key for all of them, and the arrows inside.
 */

const NEXT = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 });

/**
 * The place that a key leads to, or -1.
 * @param {string} key
 * @param {number} from
 * @param {number} count
 */
export function placeAfter(key, from, count) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return key in NEXT ? (from + NEXT[key] + count) % count : -1;
}

/** @param {L.Map} map once all its buttons are there */
export function makeToolbar(map) {
  const bar = /** @type {HTMLElement | null} */ (map.getContainer().querySelector(".leaflet-top.leaflet-left"));
  const buttons = /** @type {HTMLElement[]} */ ([...(bar?.querySelectorAll("a[role=button]") ?? [])]);
  if (!bar || !buttons.length) return;
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Outils de la carte");
  bar.setAttribute("aria-orientation", "vertical");
  const hold = (/** @type {HTMLElement} */ held) => {
    for (const button of buttons) button.tabIndex = button === held ? 0 : -1;
  };
  hold(buttons[0]);
  bar.addEventListener("focusin", ({ target }) => {
    const held = buttons.find((button) => button === target);
    if (held) hold(held);
  });
  bar.addEventListener("keydown", (event) => {
    const from = buttons.indexOf(/** @type {HTMLElement} */ (event.target));
    if (from < 0) return;
    if (event.key === " ") {
      event.preventDefault();
      buttons[from].click();
      return;
    }
    const to = placeAfter(event.key, from, buttons.length);
    if (to < 0) return;
    event.preventDefault();
    buttons[to].focus();
  });
}
