/*
 * The room that names have on a map: none over another.
 */

/** Boxes already taken, and whether one more stays clear of them and whole in the window. */
export class Room {
  /** @type {(readonly number[])[]} */
  #taken;

  /**
   * @param {readonly number[]} window left, top, right, bottom of what is seen of the canvas
   * @param {readonly number[][]} taken what is covered already
   */
  constructor(window, taken) {
    this.window = window;
    this.#taken = [...taken];
  }

  /**
   * @param {number} x centre
   * @param {number} y centre
   * @param {number} width
   * @param {number} height
   */
  take(x, y, width, height) {
    const box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
    const [left, top, right, bottom] = this.window;
    if (box[0] < left || box[1] < top || box[2] > right || box[3] > bottom) return false;
    if (this.#taken.some((t) => t[0] < box[2] && t[2] > box[0] && t[1] < box[3] && t[3] > box[1])) return false;
    this.#taken.push(box);
    return true;
  }
}
