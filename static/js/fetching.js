/*
 * Files by address. An address carries a version or a digest of its content, so a copy already here is as good as a new
 * one; a copy that cannot be read is asked for again.
 */

/**
 * @param {string} url
 * @returns {Promise<any>} what the JSON holds
 * @throws when the file does not come, or is not JSON, even from the server
 */
export async function fetchJson(url) {
  try {
    return await read(url, "force-cache");
  } catch {
    return read(url, "reload");
  }
}

/**
 * @param {string} url
 * @param {RequestCache} cache
 */
async function read(url, cache) {
  const answer = await fetch(url, { cache });
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return answer.json();
}

/** Files kept once fetched, by their address; a failure is not kept, so that it is tried again. */
export class Files {
  /** @type {Map<string, Promise<any>>} */
  #kept = new Map();

  /** @param {string} url */
  get(url) {
    let promise = this.#kept.get(url);
    if (!promise) {
      promise = fetchJson(url);
      this.#kept.set(url, promise);
      promise.catch(() => this.#kept.delete(url));
    }
    return promise;
  }
}
