/*
 * One field to find a place by its name: a text, and under it the list of what it finds (the combobox pattern of the ARIA
 * guide). What is chosen goes back to Python as its id.
 *
 * The index is fetched when the field is first pointed at, once for the page, from addresses that its content gives. Streamlit
 * calls `show` again at each run: what is on screen stays, and what changed around it is taken in.
 *
 * Set-up puts these modules in one file (CL_WHOLE, see ui/setup/bundle.py); without it each is fetched under our own version.
 */

const own = new URL(import.meta.url);
const beside = (/** @type {string} */ name) => import(new URL(name + own.search, own).href);
/** @type {Promise<typeof import("./index.js")>} */
const indexModule = window.CL_WHOLE ? import("./index.js") : beside("index.js");
/** @type {Promise<typeof import("./lines.js")>} */
const lineModule = window.CL_WHOLE ? import("./lines.js") : beside("lines.js");
/** @type {Promise<typeof import("../decode.js")>} */
const decodeModule = window.CL_WHOLE ? import("../decode.js") : beside("../decode.js");

const FAILED = "La liste des noms n’a pas pu être chargée. Rechargez la page.";
const LOADING = "Chargement de la liste des noms…";
const STYLE_ID = "clsm-recherche-style";
const STYLE = `
.clsm-recherche {position:relative; font-size:1rem; color:#1d2a30;}
.clsm-recherche label {display:block; font-size:.875rem; margin:0 0 .25rem; line-height:1.6;}
.clsm-recherche .boite {position:relative; display:flex;}
.clsm-recherche input {width:100%; min-height:2.5rem; padding:.45rem 2.3rem .45rem .75rem; font:inherit; color:inherit;
  border:1px solid #8b9aa1; border-radius:.5rem; background:#fff; box-sizing:border-box; text-overflow:ellipsis;}
.clsm-recherche input:focus {outline:2px solid #0b6e75; outline-offset:1px; border-color:#0b6e75;}
.clsm-recherche input::placeholder {color:#5f6c73; opacity:1;}
.clsm-recherche button {position:absolute; right:.15rem; top:0; bottom:0; width:2.1rem; border:0; background:none; color:#3a474e;
  font:inherit; font-size:1.2rem; cursor:pointer; border-radius:.4rem;}
.clsm-recherche button:focus-visible {outline:2px solid #0b6e75;}
.clsm-recherche .feuille {position:fixed; inset:auto; margin:0; z-index:1000100; color:inherit; padding:.25rem; background:#fff; overflow:auto; box-sizing:border-box;
  border:1px solid #8b9aa1; border-radius:.5rem; box-shadow:0 6px 20px rgb(0 0 0 / 18%);}
.clsm-recherche .feuille[hidden] {display:none;}
.clsm-recherche ul {margin:0; padding:0; list-style:none;}
.clsm-recherche li {margin:0; padding:.4rem .6rem; border-radius:.35rem; cursor:pointer; line-height:1.3; min-height:24px;}
.clsm-recherche li small {display:block; color:#45555c; font-size:.84rem;}
.clsm-recherche li[aria-selected=true] {background:#dcecee; box-shadow:inset 3px 0 0 #0b6e75;}
.clsm-recherche .dit {margin:0; padding:.4rem .6rem; font-size:.9rem; color:#3a474e;}
.clsm-recherche .dit:empty {display:none;}
.clsm-recherche .vu {position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%); white-space:nowrap;}
`;
// Over the whole page, where no panel around cuts the list.
const ON_TOP = "showPopover" in HTMLElement.prototype;
const WIDEST = 560; // pixels of the list, where the field is narrower
const TALLEST = 420;
const EDGE = 8;

/** @typedef {import("./types.d.ts").Component} Component */
/** @typedef {import("./types.d.ts").FieldData} FieldData */
/** @typedef {import("./types.d.ts").Place} Place */

/** @type {Map<string, Promise<import("./index.js").Index>>} */
const indexes = new Map();
/** @type {WeakMap<Element, Field>} */
const fields = new WeakMap();
let fieldCount = 0;
let sent = Date.now(); // each choice has its own number, this page's and those before

/**
 * What Streamlit calls, at each run of the page.
 * @param {Component} component
 */
export function show(component) {
  const place = component.parentElement.querySelector(".clsm-recherche") ?? component.parentElement;
  let field = fields.get(place);
  if (!field) {
    field = new Field(/** @type {HTMLElement} */ (place));
    fields.set(place, field);
  }
  field.take(component);
}

/**
 * The index made of some files, fetched once for the page.
 * @param {readonly string[]} files
 */
function indexOf(files) {
  const key = files.join(" ");
  let index = indexes.get(key);
  if (!index) {
    index = Promise.all([indexModule, ...files.map(table)]).then(([{ openIndex }, communes, layers]) =>
      openIndex(communes, layers),
    );
    index.catch(() => indexes.delete(key));
    indexes.set(key, index);
  }
  return index;
}

/**
 * A table, kept compressed on the server: what travels is a third of it.
 * @param {string} url
 */
async function table(url) {
  const answer = await fetch(new URL(url, document.baseURI));
  if (!answer.ok || !answer.body) throw new Error(`${answer.status} ${url}`);
  return new Response(answer.body.pipeThrough(new DecompressionStream("gzip"))).json();
}

class Field {
  /** @type {import("./index.js").Index | null} */
  #index = null;
  /** @type {FieldData} */
  #data = { script: "", files: [], label: "", placeholder: "" };
  /** @type {Component["setTriggerValue"]} */
  #send = () => {};
  /** @type {Place[]} */
  #found = [];
  #active = -1;
  /** @type {Set<string> | undefined} the only ids that are offered */
  #only;
  /** Enter was pressed before the list came. */
  #waiting = false;
  /** The text is being typed, and is not the name of what is held. */
  #typing = false;
  #id = `clsm-recherche-${++fieldCount}`;

  /** @param {HTMLElement} place */
  constructor(place) {
    style();
    place.replaceChildren();
    place.classList.add("clsm-recherche");
    this.label = element(place, "label");
    this.box = element(place, "div", "boite");
    this.input = element(this.box, "input");
    this.clear = element(this.box, "button");
    this.sheet = element(place, "div", "feuille");
    this.said = element(this.sheet, "p", "dit");
    this.list = element(this.sheet, "ul");
    this.status = element(place, "p", "vu");
    this.#dress();
    this.#hear();
  }

  #dress() {
    const { input, list, clear, label, status, sheet } = this;
    const attributes = { type: "text", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": `${this.#id}-liste`, autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "search" }; // biome-ignore format: a table
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
    input.id = `${this.#id}-champ`;
    label.htmlFor = input.id;
    list.id = `${this.#id}-liste`;
    list.setAttribute("role", "listbox");
    list.hidden = true;
    if (ON_TOP) sheet.popover = "manual";
    else sheet.hidden = true;
    clear.type = "button";
    clear.textContent = "×";
    clear.hidden = true;
    status.setAttribute("role", "status");
  }

  #hear() {
    const { input, list, clear, sheet } = this;
    for (const name of ["focus", "pointerenter"]) input.addEventListener(name, () => this.#load());
    input.addEventListener("focus", () => input.select());
    input.addEventListener("input", () => {
      this.#typing = true;
      this.#waiting = false;
      this.#search();
    });
    input.addEventListener("keydown", (event) => this.#onKey(event));
    input.addEventListener("click", () => {
      if (list.hidden && this.#typing) this.#search();
    });
    input.addEventListener("blur", () => this.#leave());
    for (const name of ["pointerdown", "mousedown"]) sheet.addEventListener(name, (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const line = /** @type {Element} */ (event.target).closest("li");
      if (line) this.#choose([...list.children].indexOf(line));
    });
    clear.addEventListener("click", () => this.#empty());
    const heard = new AbortController();
    const moved = (/** @type {Event} */ event) => {
      if (!sheet.isConnected) heard.abort();
      else if (!(event.target instanceof Node && sheet.contains(event.target))) this.#put(); // the window is no node
    };
    for (const name of ["scroll", "resize"])
      window.addEventListener(name, moved, { capture: true, signal: heard.signal });
  }

  /** @param {Component} component */
  take({ data, setTriggerValue }) {
    const before = this.#data;
    this.#data = data;
    this.#send = setTriggerValue;
    this.label.textContent = data.label;
    this.list.setAttribute("aria-label", data.label);
    this.clear.setAttribute("aria-label", `Effacer : ${data.label}`);
    this.input.placeholder = data.placeholder;
    if (String(data.files) !== String(before.files)) this.#index = null;
    if (data.only !== before.only) decodeModule.then(({ unpackCodes }) => this.#offer(unpackCodes));
    if (!this.#typing && (data.held ?? "") !== this.input.value) this.input.value = data.held ?? "";
    this.clear.hidden = !this.input.value;
  }

  /** @param {typeof import("../decode.js").unpackCodes} unpackCodes */
  #offer(unpackCodes) {
    const { only } = this.#data;
    this.#only = only === undefined ? undefined : new Set(unpackCodes(only));
  }

  #load() {
    if (this.#index) return;
    const { files } = this.#data;
    Promise.all([indexOf(files), decodeModule])
      .then(([index, { unpackCodes }]) => {
        if (files !== this.#data.files && String(files) !== String(this.#data.files)) return;
        this.#index = index;
        this.#offer(unpackCodes);
        if (this.said.textContent === LOADING) this.#say("");
        if (this.#typing) this.#search();
      })
      .catch((error) => {
        console.warn(error);
        this.#say(FAILED);
      });
  }

  #search() {
    const text = this.input.value.trim();
    this.clear.hidden = !this.input.value;
    if (!text) return this.#close("");
    if (!this.#index) {
      this.#say(LOADING);
      return this.#load();
    }
    const { kinds, here, only } = this.#data;
    const answer = this.#index.search(text, { kinds, here, only: this.#only });
    const lines = answer.hits.length ? answer.hits : answer.near.map((place) => ({ place, note: "" }));
    this.#found = lines.map(({ place }) => place);
    if (answer.hits.length) this.#say("", counted(answer.hits.length, answer.total));
    else this.#say(nothing(text, this.#found.length, only !== undefined));
    return this.#draw(lines);
  }

  /**
   * @param {string} shown
   * @param {string} [heard]
   */
  #say(shown, heard = shown) {
    this.said.textContent = shown;
    this.status.textContent = heard;
    this.#put();
  }

  /** @param {{ place: Place, note: string }[]} lines */
  async #draw(lines) {
    const { detail } = await lineModule;
    if (!this.#index || lines.length !== this.#found.length) return;
    const { departements } = this.#index;
    this.list.replaceChildren(
      ...lines.map(({ place, note }, i) => {
        const line = document.createElement("li");
        line.id = `${this.#id}-${i}`;
        line.setAttribute("role", "option");
        line.append(place.name);
        element(line, "small").textContent = detail(place, departements, note);
        return line;
      }),
    );
    this.list.hidden = !lines.length;
    this.input.setAttribute("aria-expanded", String(lines.length > 0));
    this.#point(lines.length && this.#sure ? 0 : -1);
    this.#put();
    this.sheet.scrollTop = 0;
    if (this.#waiting) this.#choose(this.#active);
  }

  /** Whether what is listed was asked for, and is not only near it. */
  get #sure() {
    return !this.said.textContent;
  }

  /** @param {number} active */
  #point(active) {
    this.#active = active;
    for (const [i, line] of [...this.list.children].entries()) {
      line.setAttribute("aria-selected", String(i === active));
      if (i === active) line.scrollIntoView({ block: "nearest" });
    }
    if (active < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `${this.#id}-${active}`);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const last = this.#found.length - 1;
    const open = !this.list.hidden;
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) {
        this.#typing = true;
        return void this.#search();
      }
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = this.#active + step;
      this.#point(next > last ? 0 : next < 0 ? last : next);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (open) this.#choose(this.#active);
      else if (this.#typing && this.input.value.trim()) {
        this.#waiting = true;
        this.#search();
      } else if (this.#typing) this.#empty();
    } else if (event.key === "Escape" && this.#open) {
      event.preventDefault();
      event.stopPropagation(); // or a panel around would close with the list
      this.#close("");
    }
  }

  /** @param {number} number */
  #choose(number) {
    this.#waiting = false;
    const place = this.#found[number];
    if (!place) return;
    this.#typing = false;
    this.input.value = place.name;
    this.clear.hidden = false;
    this.#close(`${place.name} choisi`);
    sent += 1;
    this.#send("chosen", { id: place.id, n: sent });
  }

  #empty() {
    this.#typing = false;
    this.input.value = "";
    this.clear.hidden = true;
    this.#close("");
    this.input.focus();
    sent += 1;
    this.#send("chosen", { id: "", n: sent });
  }

  #leave() {
    this.#close("");
    if (this.#typing && !this.input.value.trim() && this.#data.held) {
      this.#typing = false;
      this.input.value = this.#data.held;
      this.clear.hidden = false;
    }
  }

  /** @param {string} heard */
  #close(heard) {
    this.list.hidden = true;
    this.list.replaceChildren();
    this.#found = [];
    this.#point(-1);
    this.input.setAttribute("aria-expanded", "false");
    this.#say("", heard);
  }

  get #open() {
    return ON_TOP ? this.sheet.matches(":popover-open") : !this.sheet.hidden;
  }

  /** @param {boolean} wanted */
  #unfold(wanted) {
    if (!ON_TOP) this.sheet.hidden = !wanted;
    else if (!wanted) this.sheet.hidePopover();
    else if (this.sheet.isConnected) this.sheet.showPopover();
  }

  /** Put the sheet under the field, or over it where there is more room, within the window. */
  #put() {
    const wanted = !this.list.hidden || Boolean(this.said.textContent);
    if (wanted !== this.#open) this.#unfold(wanted);
    if (!wanted) return;
    const at = this.box.getBoundingClientRect();
    const { clientWidth: wide, clientHeight: tall } = document.documentElement;
    const width = Math.min(Math.max(at.width, WIDEST), wide - 2 * EDGE);
    const [below, above] = [tall - at.bottom - EDGE, at.top - EDGE];
    const under = below >= Math.min(TALLEST, above);
    const { style: where } = this.sheet;
    where.width = `${width}px`;
    where.maxHeight = `${Math.max(120, Math.min(TALLEST, under ? below : above))}px`;
    // Where an ancestor is the frame of what is fixed, places are counted from there.
    where.left = "0px";
    where.top = "0px";
    const from = this.sheet.getBoundingClientRect();
    const left = Math.max(EDGE, Math.min(at.left, wide - width - EDGE));
    const top = under ? at.bottom + 2 : at.top - from.height - 2;
    where.left = `${left - from.left}px`;
    where.top = `${top - from.top}px`;
  }
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {HTMLElement} parent
 * @param {T} name
 * @param {string} [className]
 */
function element(parent, name, className) {
  const made = document.createElement(name);
  if (className) made.className = className;
  parent.append(made);
  return made;
}

function style() {
  if (document.getElementById(STYLE_ID)) return;
  const sheet = document.createElement("style");
  sheet.id = STYLE_ID;
  sheet.textContent = STYLE;
  document.head.append(sheet);
}

/**
 * @param {number} shown
 * @param {number} total
 */
function counted(shown, total) {
  if (total > shown)
    return `Les ${shown} premiers sur ${total.toLocaleString("fr-FR")} résultats ; précisez pour réduire la liste.`;
  return total === 1 ? "1 résultat." : `${total} résultats.`;
}

/**
 * @param {string} text
 * @param {number} near
 * @param {boolean} within
 */
function nothing(text, near, within) {
  const where = within ? " dans ce périmètre" : "";
  const looked = `Rien trouvé${where} pour «\u00a0${text}\u00a0».`;
  if (near) return `${looked} ${near > 1 ? "Noms les plus proches" : "Nom le plus proche"}\u00a0:`;
  return `${looked} Vérifiez l’orthographe, ou essayez le code postal.`;
}
