/*
 * Who goes by keyboard keeps their place: when the button just pressed can be pressed no more (« Ajouter », « Annuler »), the
 * focus goes to the next one of its row that can, and not back to the top of the page.
 */

const ROW = '[data-testid="stHorizontalBlock"]';

/**
 * The button of the same row to go to: the first after it that can be pressed, else the last before it.
 * @param {HTMLButtonElement} button
 * @returns {HTMLButtonElement | undefined}
 */
export function nextOf(button) {
  for (let row = button.closest(ROW); row; row = row.parentElement?.closest(ROW) ?? null) {
    const all = [.../** @type {NodeListOf<HTMLButtonElement>} */ (row.querySelectorAll("button"))];
    const at = all.indexOf(button);
    const open = all.filter((one) => !one.disabled);
    const found = open.find((one) => all.indexOf(one) > at) ?? open.at(-1);
    if (found) return found;
  }
  return undefined;
}

/** @param {Document} page */
export function keepPlace(page) {
  /** @type {EventTarget | null} */
  let held = null;
  page.addEventListener("focusin", ({ target }) => {
    held = target;
  });
  page.addEventListener("pointerdown", ({ target }) => {
    if (!(held instanceof Node && target instanceof Node && held.contains(target))) held = null;
  });
  const lost = (/** @type {Element} */ button) => [null, page.body, button].includes(page.activeElement);
  new MutationObserver((changes) => {
    for (const { target } of changes)
      if (target === held && target instanceof HTMLButtonElement && target.disabled)
        requestAnimationFrame(() => lost(target) && nextOf(target)?.focus({ preventScroll: true }));
  }).observe(page.documentElement, { subtree: true, attributes: true, attributeFilter: ["disabled"] });
}

if (typeof document !== "undefined") keepPlace(document);
