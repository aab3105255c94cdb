import assert from "node:assert/strict";
import test from "node:test";
import { Files, fetchJson } from "../../static/js/fetching.js";

/**
 * Answer in turn with each of these, and note what was asked.
 * @param {import("node:test").TestContext} t
 * @param {...(object | Error)} answers
 */
function serve(t, ...answers) {
  const asked = [];
  t.mock.method(globalThis, "fetch", async (url, { cache }) => {
    asked.push(`${url} ${cache}`);
    const answer = answers[asked.length - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return asked;
}

const good = (value) => ({ ok: true, json: async () => value });
const broken = { ok: true, json: async () => JSON.parse("{") };

test("a copy already here is good enough", async (t) => {
  const asked = serve(t, good({ a: 1 }));
  assert.deepEqual(await fetchJson("x.json"), { a: 1 });
  assert.deepEqual(asked, ["x.json force-cache"]);
});

test("a copy that cannot be read, or an answer that fails, is asked for again", async (t) => {
  for (const first of [broken, { ok: false, status: 404 }, new TypeError("offline")]) {
    const asked = serve(t, first, good([2]));
    assert.deepEqual(await fetchJson("x.json"), [2]);
    assert.deepEqual(asked, ["x.json force-cache", "x.json reload"]);
    t.mock.restoreAll();
  }
});

test("a file that does not come either time is an error that names it", async (t) => {
  serve(t, { ok: false, status: 404 }, { ok: false, status: 500 });
  await assert.rejects(fetchJson("x.json"), /500 x\.json/);
});

test("a file is kept once fetched, and a failure is not", async (t) => {
  const asked = serve(t, broken, broken, good("here"));
  const files = new Files();
  await assert.rejects(files.get("x.json"));
  assert.equal(await files.get("x.json"), "here");
  assert.equal(await files.get("x.json"), "here");
  assert.equal(asked.length, 3);
});
