/*
 * A double click is one click: the second one is not for what the first has brought under the pointer. Going back and
 * forth (st-key-historique) may be repeated.
 */

const BUTTONS = ":is([data-testid=stButton],[data-testid=stFormSubmitButton],[data-testid=stDownloadButton]) button";

document.addEventListener(
  "click",
  (event) => {
    const button = event.target instanceof Element ? event.target.closest(BUTTONS) : null;
    if (button && (event.detail === 2 || (event.detail > 2 && !button.closest(".st-key-historique")))) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  true,
);
