/*
 * The index that is searched, in the browser: the tables of geo/search/places.py opened, and the rules of geo/search/index.py,
 * which says what they are. tests/data/search.json holds both to the same answers.
 */

export const KINDS = [
  "france", "region", "departement", "ville", "commune", "arrondissement", "epci", "ept",
  "clsm", "cls", "secteurs-adultes", "secteurs-enfants", "cpts", "dac", "qpv", "ancien",
]; // biome-ignore format: as in geo/search/places.py
const DISPOSITIFS = new Set(["clsm", "cls", "secteurs-adultes", "secteurs-enfants", "cpts", "dac", "qpv"]);
export const MOST = 12;
const FORMER_SHARE = 20;
const NEAREST = 3;
const LAST = "\uffff"; // after any letter
const CODE = /^(?:\d{2,5}|2[ab]\d{0,3})$/;
const ORDINAL = /^(\d{1,2})(?:er|ere|e|re|eme|ieme|nd|nde)$/;
const ARTICLES = new Set("le la les l de du des d et a au aux en lez".split(" "));
const BAR_SOUS = /\bs\s?\/\s?s\b/gi; // « Fontenay s/s Bois »
const BAR = /(?:\bs)?\s?\/\s?/gi; // « Vitry s/ Seine », « Fontenay/Bois »
const SHORT = new Map([["sr", "sur"], ["ss", "sous"], ["nd", "notre dame"]]); // biome-ignore format: a table
const SAINT = new Map([["st", "saint"], ["ste", "sainte"]]); // biome-ignore format: a table
const LEADS = new Set(
  "cc ca cu clsm cls cpts dac secteur communaute communes agglomeration urbaine metropole".split(" "),
);
// How well a name fits, the best first; beside the number of a département, which may be one of its own (« Marseille 13 »),
// the first three come after these.
const [WHOLE, WHOLE_BARE, START, BESIDE] = [0, 1, 2, 3];
const [START_SHORT, WORDS, WORD_STARTS, OTHERWISE] = [6, 7, 8, 9];
const EXACT = [WHOLE, WHOLE_BARE, WHOLE + BESIDE, WHOLE_BARE + BESIDE];
const SMALL = ["ancien", "qpv"]; // of the same name as the start of a town's, they come after it
const MOST_WORDS = 6;

/** @typedef {import("./types.d.ts").Place} Place */
/** @typedef {import("./types.d.ts").CommuneTable} CommuneTable */
/** @typedef {import("./types.d.ts").Row} Row */
/** @typedef {{ place: Place, note: string }} Hit */
/** @typedef {{ hits: Hit[], total: number, near: Place[] }} Answer */
/** @typedef {{ kinds?: readonly string[], here?: readonly string[], only?: ReadonlySet<string>, most?: number }} Wanted */

// --- words --------------------------------------------------------------------------------------------------------

/** @param {string} text */
export function words(text) {
  const parts = /^[\x20-\x7e]*$/.test(text) ? text.toLowerCase().split(/[^a-z0-9]+/) : folded(text);
  const found = [];
  for (const word of parts)
    if (word) found.push(SAINT.get(word) ?? (word < "A" ? (ORDINAL.exec(word)?.[1] ?? word) : word));
  return found;
}

/** @param {string} text */
function folded(text) {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .replaceAll("œ", "oe")
    .replaceAll("æ", "ae")
    .replaceAll("ß", "ss")
    .split(/[^\p{L}\p{N}]+/u);
}

/**
 * The words of what a person types, in each way to read them: « s » and a bar are « sur », « sous » or nothing. The last word
 * may be unfinished, so nothing is read into it.
 * @param {string} text
 */
function asked(text) {
  const withBars = text.replace(BAR_SOUS, " sous ").replace(BAR, " s ");
  const found = words(withBars);
  if (!found.length) return [];
  const last = found.slice(-1);
  const head = found.slice(0, -1).flatMap((word) => (SHORT.get(word) ?? word).split(" "));
  if (!head.includes("s")) return [[...head, ...last]];
  const ways = ["sur", "sous"].map((way) => head.map((word) => (word === "s" ? way : word)));
  if (withBars !== text) ways.push(head.filter((word) => word !== "s"));
  return ways.map((way) => [...way, ...last]);
}

/**
 * @param {readonly string[]} found
 * @param {boolean} [unfinished] keep the last word, which may be the start of another
 */
function bare(found, unfinished = false) {
  const kept = found.filter((word, i) => !ARTICLES.has(word) || (unfinished && i === found.length - 1));
  return kept.length ? kept : [...found];
}

/** @param {readonly string[]} said */
function withoutLead(said) {
  let at = 0;
  while (at < said.length - 1 && (LEADS.has(said[at]) || ARTICLES.has(said[at]))) at += 1;
  return said.slice(at);
}

/** @param {readonly string[]} said */
function joined(said) {
  let text = "";
  for (let i = 0; i + 1 < said.length; i += 1)
    if (said[i] === "l" || said[i] === "d") text += ` ${said[i]}${said[i + 1]}`;
  return text;
}

// --- the index ----------------------------------------------------------------------------------------------------

export class Index {
  /** @type {string[]} */
  #full = [];
  /** @type {string[]} */
  #bare = [];
  /** @type {string[]} */
  #lines = [];
  /** @type {string[]} */
  #vocabulary = [];
  /** @type {number[][]} the places of each word */
  #heard = [];
  /** @type {Map<string, number>} */
  #byId = new Map();
  /** @type {Map<string, string>} */
  #owners = new Map();
  #letters;

  /**
   * @param {Place[]} places
   * @param {ReadonlyMap<string, string>} departements
   * @param {ReadonlyMap<string, string[]>} postal
   */
  constructor(places, departements, postal) {
    this.places = places;
    this.departements = departements;
    this.postal = postal;
    this.#letters = new Uint32Array(places.length);
    /** @type {Map<string, number[]>} */
    const heard = new Map();
    for (const [i, place] of places.entries()) {
      const said = words(place.name);
      const full = said.join(" ");
      const plain = bare(place.id.includes("/") ? withoutLead(said) : said).join(" ");
      const line = ` ${full} | ${place.also}${joined(said)}`;
      this.#full.push(full);
      this.#bare.push(plain);
      this.#lines.push(line);
      this.#letters[i] = lettersOf(plain);
      for (const word of line.split(" ")) hear(heard, word, i);
      if (place.kind !== "ancien" && !this.#byId.has(place.id)) this.#byId.set(place.id, i);
    }
    this.#vocabulary = [...heard.keys()].sort();
    this.#heard = this.#vocabulary.map((word) => heard.get(word) ?? []);
    for (const [code, name] of departements) this.#owners.set(bare(words(name)).join(" "), code);
    for (const code of departements.keys()) this.#owners.set(code.toLowerCase(), code);
  }

  /** @param {string} id */
  place(id) {
    const i = this.#byId.get(id);
    return i === undefined ? null : this.places[i];
  }

  /**
   * What a text finds; of places alike, those of the départements `here` come first, and `only` leaves but some ids.
   * @param {string} text
   * @param {Wanted} [wanted]
   * @returns {Answer}
   */
  search(text, { kinds = KINDS, here = [], only, most = MOST } = {}) {
    const queries = asked(text);
    const fits = (/** @type {number} */ i) =>
      kinds.includes(this.places[i].kind) && (!only || only.has(this.places[i].id));
    const { notes, tiers } = this.#found(queries, fits);
    const found = [...notes.keys(), ...this.#first(tiers, here, most)].slice(0, most);
    const hits = found.map((i) => ({ place: this.places[i], note: notes.get(i) ?? "" }));
    const near = hits.length || !queries.length ? [] : this.#near(queries, fits, here);
    return { hits, total: notes.size + tiers.size, near };
  }

  /**
   * What is found by a code, with the code, and what is found by name, with how well it fits.
   * @param {string[][]} queries
   * @param {(i: number) => boolean} fits
   */
  #found(queries, fits) {
    /** @type {Map<number, string>} */
    const notes = new Map();
    /** @type {Map<number, number>} */
    const tiers = new Map();
    for (const query of queries)
      for (const [i, note] of this.#numbered(query)) if (fits(i) && !notes.has(i)) notes.set(i, note);
    for (const query of queries)
      for (const [said, owner, number] of this.#readings(query))
        this.#matches(said, owner, number, (i, tier) => {
          if (fits(i) && !notes.has(i) && tier < (tiers.get(i) ?? OTHERWISE + 1)) tiers.set(i, tier);
        });
    return { notes, tiers };
  }

  /**
   * The first places of what was found: of thousands, all but a few are met once and left.
   * @param {ReadonlyMap<number, number>} tiers
   * @param {readonly string[]} here
   * @param {number} most
   */
  #first(tiers, here, most) {
    /** @type {[number[], number][]} */
    const best = [];
    for (const [i, tier] of tiers) {
      const last = best.length === most ? best[most - 1][0] : null;
      if (last && tier > last[0]) continue;
      const rank = this.#rank(i, tier, here);
      if (last && compared(rank, last) > 0) continue;
      let at = best.length === most ? most - 1 : best.length;
      while (at > 0 && compared(rank, best[at - 1][0]) < 0) {
        best[at] = best[at - 1];
        at -= 1;
      }
      best[at] = [rank, i];
    }
    return best.map(([, i]) => i);
  }

  /**
   * @param {number} i
   * @param {number} tier
   * @param {readonly string[]} here
   */
  #rank(i, tier, here) {
    const { kind, weight, departements } = this.places[i];
    const after = EXACT.includes(tier) && SMALL.includes(kind);
    const fit = after ? tier - (tier % BESIDE) + START : tier;
    const order = KINDS.indexOf(kind);
    const group = EXACT.includes(fit) ? order : Number(DISPOSITIFS.has(kind));
    const inside = here.length > 0 && departements.some((code) => here.includes(code));
    const share = after ? (kind === "qpv" ? Infinity : weight * FORMER_SHARE) : weight;
    return [fit, group, inside ? 0 : 1, -share, order, tier, i];
  }

  /**
   * @param {string[]} query
   * @returns {Generator<[string[], string, boolean]>}
   */
  *#readings(query) {
    yield [query, "", false];
    for (let cut = 1; cut < query.length; cut += 1) {
      const [start, end] = [query.slice(0, cut), query.slice(cut)];
      for (const [beside, name] of [
        [end, start],
        [start, end],
      ]) {
        const said = bare(beside).join(" ");
        const owner = this.#owners.get(said);
        if (owner) yield [name, owner, said === owner.toLowerCase()];
      }
    }
  }

  /**
   * @param {string[]} query
   * @param {string} owner
   * @param {boolean} number
   * @param {(i: number, tier: number) => void} take
   */
  #matches(query, owner, number, take) {
    const said = query.join(" ");
    const plain = bare(query).join(" ");
    const unfinished = bare(query, true);
    const start = unfinished.join(" ");
    this.#holding(unfinished, (i) => {
      const tier = this.#tier(i, said, plain, start, unfinished);
      const called = number && tier <= START;
      if (this.#inside(i, owner)) take(i, called ? tier + BESIDE : tier);
      else if (called && this.places[i].id === `dep-${owner}`) take(i, START + BESIDE); // « Val-de-Marne (94) »
    });
  }

  /**
   * Whether a place is in a département; the département itself is not.
   * @param {number} i
   * @param {string} owner
   */
  #inside(i, owner) {
    const { departements, kind } = this.places[i];
    return !owner || (departements.includes(owner) && kind !== "departement");
  }

  /**
   * @param {number} i
   * @param {string} said
   * @param {string} plain
   * @param {string} start
   * @param {readonly string[]} query
   */
  #tier(i, said, plain, start, query) {
    if (this.#full[i] === said) return WHOLE;
    if (this.#bare[i] === plain || this.#bare[i] === said) return WHOLE_BARE;
    if (this.#full[i].startsWith(said)) return START;
    if (this.#lines[i].includes(` | ${plain} |`)) return START; // what it is called as well: « MEL », « Grand Lyon »
    if (this.#bare[i].startsWith(start)) return this.places[i].id.includes("/") ? START_SHORT : START;
    const name = ` ${this.#full[i]} `;
    if (query.every((word) => name.includes(` ${word} `))) return WORDS;
    return query.every((word) => name.includes(` ${word}`)) ? WORD_STARTS : OTHERWISE;
  }

  /**
   * Visit the places of which every word asked starts a word.
   * @param {readonly string[]} query
   * @param {(i: number) => void} visit
   */
  #holding(query, visit) {
    const spans = query.map((word) => this.#span(word));
    const sizes = spans.map(([from, to]) => {
      let size = 0;
      for (let w = from; w < to; w += 1) size += this.#heard[w].length;
      return size;
    });
    const rarest = sizes.indexOf(Math.min(...sizes));
    const others = query.filter((_, k) => k !== rarest).map((word) => ` ${word}`);
    const [from, to] = spans[rarest];
    const seen = to - from > 1 ? new Set() : null;
    for (let w = from; w < to; w += 1)
      for (const i of this.#heard[w]) {
        if (seen?.has(i)) continue;
        seen?.add(i);
        if (others.every((other) => this.#lines[i].includes(other))) visit(i);
      }
  }

  /**
   * Which words of the vocabulary start so: from one, to before another.
   * @param {string} start
   * @returns {[number, number]}
   */
  #span(start) {
    return [this.#after(start), this.#after(start + LAST)];
  }

  /**
   * The first word of the vocabulary that is not before a text, by halves.
   * @param {string} text
   */
  #after(text) {
    let low = 0;
    let high = this.#vocabulary.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#vocabulary[middle] < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * What a code names, alone or beside a name that must be its own: « Niort (79191) ».
   * @param {readonly string[]} query
   */
  #numbered(query) {
    return query.flatMap((word) => {
      const others = query.filter((other) => other !== word).map((other) => ` ${other}`);
      if (others.length && word.length !== 5) return [];
      return this.#coded(word).filter(([i]) => others.every((other) => this.#lines[i].includes(other)));
    });
  }

  /**
   * What a number names: a département, communes by postal code, a commune by its INSEE code; or their starts.
   * @param {string} code
   * @returns {[number, string][]}
   */
  #coded(code) {
    if (!CODE.test(code)) return [];
    const upper = code.toUpperCase();
    /** @type {[number, string][]} */
    const found = [];
    const owner = this.#byId.get(`dep-${upper}`);
    if (owner !== undefined) found.push([owner, ""]);
    if (code.length < 3) return found;
    const whole = code.length === 5;
    const postal = whole ? [code] : [...this.postal.keys()].filter((key) => key.startsWith(code));
    const communes = postal.flatMap((key) =>
      (this.postal.get(key) ?? []).map((commune) => /** @type {const} */ ([commune, `code postal ${key}`])),
    );
    const insee = whole ? [upper] : [...this.#byId.keys()].filter((id) => id.startsWith(upper));
    found.push(...this.#byWeight(communes), ...this.#byWeight(insee.map((id) => [id, `code INSEE ${id}`])));
    return found;
  }

  /**
   * @param {readonly (readonly [string, string])[]} found
   * @returns {[number, string][]}
   */
  #byWeight(found) {
    /** @type {[number, string][]} */
    const known = [];
    for (const [id, note] of found) {
      const i = this.#byId.get(id);
      if (i !== undefined) known.push([i, note]);
    }
    const people = (/** @type {number} */ i) => this.places[i].people ?? 0;
    return known.sort((a, b) => people(b[0]) - people(a[0]) || a[0] - b[0]);
  }

  /**
   * The places whose name is one or two letters away, the nearest first; if none, those of all words but one.
   * @param {string[][]} queries
   * @param {(i: number) => boolean} fits
   * @param {readonly string[]} here
   */
  #near(queries, fits, here) {
    /** @type {Map<number, number[]>} */
    const best = new Map();
    for (const [said, owner] of queries.flatMap((query) => [...this.#readings(query)])) {
      const key = bare(said).join(" ");
      if (key.length < 3) continue;
      const most = key.length <= 4 ? 1 : 2;
      const letters = lettersOf(key);
      for (const [i, other] of this.#bare.entries()) {
        if (unlike(letters, this.#letters[i]) > 2 * most) continue;
        const far = distance(key, other, most);
        if (far > most || !fits(i) || !this.#inside(i, owner)) continue;
        const rank = [far, ...this.#rank(i, OTHERWISE, here)];
        const before = best.get(i);
        if (!before || compared(rank, before) < 0) best.set(i, rank);
      }
    }
    if (!best.size) this.#withoutAWord(queries[0], fits, best);
    const ordered = [...best.entries()].sort((a, b) => compared(a[1], b[1]));
    return ordered.slice(0, NEAREST).map(([i]) => this.places[i]);
  }

  /**
   * The largest town called by all words but one, or body, for each word: of « créteil ivry », one and the other.
   * @param {string[]} query
   * @param {(i: number) => boolean} fits
   * @param {Map<number, number[]>} best what is found is added
   */
  #withoutAWord(query, fits, best) {
    if (query.length < 2 || query.length > MOST_WORDS || query.some((word) => CODE.test(word))) return;
    for (const left of query.keys()) {
      const rest = bare(query.filter((_, k) => k !== left));
      if (rest.join(" ").length < 3) continue;
      /** @type {number[] | undefined} */
      let first;
      for (const [i, tier] of this.#found([rest], fits).tiers) {
        if (tier > START) continue;
        const size = this.#size(i);
        if (!first || compared(size, first) < 0) first = size;
      }
      if (first) best.set(first[3], first);
    }
  }

  /** @param {number} i */
  #size(i) {
    const { id, kind, weight } = this.places[i];
    return [Number(id.includes("/")), -weight, KINDS.indexOf(kind), i];
  }
}

/**
 * Write down once that a place is found by a word.
 * @param {Map<string, number[]>} heard
 * @param {string} word
 * @param {number} i
 */
function hear(heard, word, i) {
  if (!word) return;
  const places = heard.get(word);
  if (!places) heard.set(word, [i]);
  else if (places[places.length - 1] !== i) places.push(i);
}

/**
 * @param {readonly number[]} a
 * @param {readonly number[]} b
 */
function compared(a, b) {
  for (let i = 0; i < a.length && i < b.length; i += 1) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/**
 * The letters of a word, a bit each.
 * @param {string} word
 */
function lettersOf(word) {
  let bits = 0;
  for (let i = 0; i < word.length; i += 1) bits |= 1 << (word.charCodeAt(i) & 31);
  return bits;
}

/**
 * How many letters are in one word and not in the other: each change of a letter makes two of them at most.
 * @param {number} a
 * @param {number} b
 */
function unlike(a, b) {
  let bits = a ^ b;
  let count = 0;
  for (; bits; bits &= bits - 1) count += 1;
  return count;
}

/**
 * Levenshtein's distance of two words, or more than `most` where it is more.
 * @param {string} a
 * @param {string} b
 * @param {number} most
 */
function distance(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= b.length; j += 1) {
      const cost = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      next.push(cost);
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
    row = next;
  }
  return row[b.length];
}

// --- the tables opened --------------------------------------------------------------------------------------------

/**
 * @param {CommuneTable} communes
 * @param {{ places: Row[] }} [layers]
 */
export function openIndex(communes, layers = { places: [] }) {
  const cities = new Map(
    Object.entries(communes.cities).flatMap(([city, parts]) =>
      parts.map((part) => /** @type {const} */ ([part, city])),
    ),
  );
  const whole = new Map(communes.places.map((row) => [row[1], row[4] ?? 0]));
  const places = communes.places.map(opened);
  /** @type {Map<string, Place>} */
  const byCode = new Map(places.map((place) => [place.id, place]));
  // Not the order of the keys: an object gives those that read as numbers first.
  for (const [owner] of communes.departements) {
    const [names, tails, people] = communes.communes[owner];
    for (const [n, name] of names.split("\n").entries()) {
      const id = owner.slice(0, 2) + tails.slice(3 * n, 3 * n + 3);
      const city = cities.get(id);
      const kind = city ? "arrondissement" : "commune";
      const weight = city ? (whole.get(city) ?? 0) : people[n];
      const place = { id, kind, name, departements: [owner], people: people[n], also: "", note: "", weight };
      byCode.set(id, place);
      places.push(place);
    }
  }
  for (const [name, id, year, apart] of communes.former) {
    const now = byCode.get(id);
    if (!now) continue;
    const note = became(now.name, year, Boolean(apart));
    const weight = (now.people ?? 0) / FORMER_SHARE;
    places.push({ id, kind: "ancien", name, departements: now.departements, people: null, also: "", note, weight });
  }
  places.push(...layers.places.map(opened));
  return new Index(places, new Map(communes.departements), new Map(communes.postal.map(postal)));
}

/**
 * @param {string} now
 * @param {string} year
 * @param {boolean} apart
 */
function became(now, year, apart) {
  if (apart) return `réunie ${led("à", now)}${year ? ` en ${year}` : ""}`;
  return `ancien nom ${led("de", now)}${year ? `, jusqu’en ${year}` : ""}`;
}

/**
 * A name of commune after « à » or « de »: « au Havre », « des Lilas », « d’Évry » (geo.french, `at` and `of`).
 * @param {"à" | "de"} word
 * @param {string} name
 */
function led(word, name) {
  const [, article, rest] = /^(Le|Les) (.*)/.exec(name) ?? [];
  if (article) return `${word === "à" ? (article === "Le" ? "au" : "aux") : article === "Le" ? "du" : "des"} ${rest}`;
  return word === "de" && "aeiouy".includes(words(name)[0]?.[0] ?? "-") ? `d’${name}` : `${word} ${name}`;
}

/**
 * @param {Row} row
 * @returns {Place}
 */
function opened([kind, id, name, owners, people, also = "", note = ""]) {
  const departements = owners ? owners.split(" ") : [];
  return { id, kind: KINDS[kind], name, departements, people, also, note, weight: people ?? 0 };
}

/**
 * @param {string} line
 * @returns {[string, string[]]}
 */
function postal(line) {
  const [code, ...tails] = line.split(" ");
  return [code, tails.map((tail) => (tail.length === 3 ? code.slice(0, 2) + tail : tail))];
}
