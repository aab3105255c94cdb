/*
 * What the blocks above and under a page are: Streamlit makes them, and gives them no role.
 */

/** @type {ReadonlyArray<readonly [string, string, string]>} class, role, label */
const BLOCKS = [
  ["st-key-menu", "navigation", "Pages"],
  ["st-key-pied", "contentinfo", "Données en service"],
];

function give() {
  for (const [name, role, label] of BLOCKS) {
    const block = document.querySelector(`.${name}:not([role])`);
    block?.setAttribute("role", role);
    block?.setAttribute("aria-label", label);
  }
}

new MutationObserver(give).observe(document.documentElement, { childList: true, subtree: true });
