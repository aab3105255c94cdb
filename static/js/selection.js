/*
 * The communes chosen. A click takes effect here at once and goes to Python as the whole selection with a growing
 * number; an answer about an older number is dropped.
 *
 * A server that stops may take a click with it that it never answered. Its place is taken by another, which knows the address of
 * the page alone: its numbers begin again, and what it says is taken. If a click was on its way, and what that other one knows is what the
 * click was made on, the click is said again.
 */

const PATIENCE = 6000;
const LONGEST = 30_000;

export class Selection {
  /** Codes chosen, communes outside the scope included. */
  codes = /** @type {Set<string>} */ (new Set());
  /** Number of the last change, ours or Python's. */
  seq = 0;
  /** Answers dropped, for tests. */
  dropped = 0;

  /** Session of the server that spoke last. @type {string | undefined} */
  #life = undefined;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting = undefined;
  /** What Python said last: its codes in order, and their number. */
  #answer = { codes: "", seq: 0 };

  /**
   * Meet the session of the server that speaks; to be called before what it says is taken.
   * @param {string | undefined} life
   * @param {Iterable<string>} codes
   * @param {number} seq
   * @returns {boolean} whether a click is to be said again
   */
  meet(life, codes, seq) {
    const other = this.#life !== undefined && life !== this.#life;
    this.#life = life;
    if (!other) return false;
    const lost = this.seq > this.#answer.seq && inOrder(codes) === this.#answer.codes;
    this.seq = lost ? Math.max(this.seq, seq) + 1 : seq;
    return lost;
  }

  /**
   * Take the selection from Python, unless the user has clicked since Python last heard.
   * @param {Iterable<string>} codes
   * @param {number} seq
   * @returns {boolean} whether it was taken
   */
  take(codes, seq) {
    if (this.seq > seq) {
      this.dropped += 1;
      return false;
    }
    this.seq = seq;
    this.codes = new Set(codes);
    this.#answer = { codes: inOrder(this.codes), seq };
    return true;
  }

  /**
   * Put a commune in, or take it out.
   * @param {string} code
   * @returns {boolean} whether it is in now
   */
  toggle(code) {
    const inside = !this.codes.delete(code);
    if (inside) this.codes.add(code);
    this.seq += 1;
    return inside;
  }

  /**
   * Say a click again for as long as nothing answers it: its server may have stopped, and the page have found another one, which it
   * tells nothing by itself.
   * @param {() => void} say
   * @param {number} wait milliseconds
   */
  insist(say, wait = PATIENCE) {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => {
      if (this.seq <= this.#answer.seq) return;
      this.seq += 1;
      say();
      this.insist(say, Math.min(2 * wait, LONGEST));
    }, wait);
  }

  /** What Python is sent of it. */
  message() {
    return { sel: [...this.codes], n: this.seq };
  }
}

/** @param {Iterable<string>} codes */
const inOrder = (codes) => [...codes].sort().join(" ");
