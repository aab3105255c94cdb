/*
 * The communes chosen. A click takes effect here at once and goes to Python as the whole selection with a growing
 * number; an answer about an older number is dropped.
 */

export class Selection {
  /** Codes chosen, communes outside the scope included. */
  codes = /** @type {Set<string>} */ (new Set());
  /** Number of the last change, ours or Python's. */
  seq = 0;
  /** Answers dropped, for tests. */
  dropped = 0;

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

  /** What Python is sent of it. */
  message() {
    return { sel: [...this.codes], n: this.seq };
  }
}
