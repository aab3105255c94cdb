/*
 * « Copier le lien » and « Copier l’image », from the page around the map.
 *
 * A button that carries data-copier names, by a selector, the text it copies; one that carries data-copier-image copies
 * the map as it is seen, under that title. What became of it is said in the live region beside the button, or on the
 * button where there is none. A browser that refuses (page without a secure address) has the text selected, or the picture
 * downloaded.
 */

import { pictureOf } from "./picture.js";

const SAID_MS = 6000;

export class Carry {
  /** @param {import("./map.js").CommuneMap} owner */
  constructor(owner) {
    this.owner = owner;
    try {
      const heard = new AbortController();
      window.parent.document.addEventListener("click", (event) => this.#onPage(event), { signal: heard.signal });
      window.addEventListener("pagehide", () => heard.abort());
    } catch {
      // a page of another origin: its buttons do nothing
    }
  }

  /** @param {MouseEvent} event */
  #onPage(event) {
    if (!window.frameElement?.isConnected) return;
    const pressed = (/** @type {string} */ buttons) =>
      /** @type {HTMLElement | null | undefined} */ (/** @type {Element} */ (event.target).closest?.(buttons));
    const forText = pressed("[data-copier]");
    if (forText) copyText(forText);
    const forImage = pressed("[data-copier-image]");
    if (forImage) this.#copyImage(forImage);
  }

  /** @param {HTMLElement} button */
  async #copyImage(button) {
    const title = button.dataset.copierImage ?? "";
    const picture = pictureOf(this.owner.map.getContainer(), title);
    say(button, "Préparation de l’image…");
    try {
      await copyPicture(picture);
      say(button, "Image copiée");
    } catch {
      await download(button, picture, title);
    }
  }
}

/**
 * Say what became of a press: in the live region beside the button, else on the button itself for a while.
 * @param {HTMLElement} button
 * @param {string} text
 */
function say(button, text) {
  const region = button.parentElement?.querySelector("[role=status]");
  if (region) {
    region.textContent = text;
    return;
  }
  const label = button.dataset.label || button.textContent || "";
  button.dataset.label = label;
  button.textContent = text;
  setTimeout(() => {
    button.textContent = label;
  }, SAID_MS);
}

/** @param {HTMLElement} button names its text by data-copier, a selector */
async function copyText(button) {
  const page = button.ownerDocument;
  const source = page.querySelector(button.dataset.copier ?? "");
  if (!source) return;
  try {
    await window.parent.navigator.clipboard.writeText((source.textContent ?? "").trim());
    say(button, "Lien copié");
  } catch {
    page.getSelection()?.selectAllChildren(source);
    say(button, "Lien sélectionné : copiez-le");
  }
}

/**
 * Put a picture in the clipboard of the page, which was pressed: a browser refuses it to any other.
 * @param {Promise<Blob>} picture given before it is ready, so that the press is not forgotten meanwhile
 */
async function copyPicture(picture) {
  const { navigator, ClipboardItem } = /** @type {Window & typeof globalThis} */ (window.parent);
  await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
}

/**
 * Have the picture downloaded instead.
 * @param {HTMLElement} button
 * @param {Promise<Blob>} picture
 * @param {string} title
 */
async function download(button, picture, title) {
  try {
    const address = URL.createObjectURL(await picture);
    const link = document.createElement("a");
    Object.assign(link, { href: address, download: `${title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60)}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), SAID_MS);
    say(button, "Copie refusée par le navigateur : image téléchargée");
  } catch {
    say(button, "L’image n’a pas pu être faite : téléchargez la carte.");
  }
}
