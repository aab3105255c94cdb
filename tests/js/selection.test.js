import assert from "node:assert/strict";
import test from "node:test";
import { Selection } from "../../static/js/selection.js";

const answered = (codes, seq, life = "a") => {
  const selection = new Selection();
  selection.meet(life, codes, seq);
  selection.take(codes, seq);
  return selection;
};

test("an answer about an older number is dropped, and a new page takes what it is told", () => {
  const selection = answered(["1"], 3);
  selection.toggle("2");
  assert.equal(selection.meet("a", ["1"], 3), false);
  assert.equal(selection.take(["1"], 3), false);
  assert.deepEqual(selection.message(), { sel: ["1", "2"], n: 4 });
});

test("a click that a stopped server never answered is said again to the next, under a number that is new to it", () => {
  const selection = answered(["1"], 7);
  selection.toggle("2");
  assert.equal(selection.meet("b", ["1"], 0), true);
  assert.deepEqual(selection.message(), { sel: ["1", "2"], n: 9 });
  assert.equal(selection.take(["1"], 0), false);
  assert.equal(selection.meet("b", ["1", "2"], 9), false);
  assert.equal(selection.take(["2", "1"], 9), true);
});

test("with nothing on its way, the next server is believed, and so are its numbers", () => {
  const selection = answered(["1", "2"], 7);
  assert.equal(selection.meet("b", ["2", "1"], 0), false);
  assert.equal(selection.take(["2", "1"], 0), true);
  assert.equal(selection.take(["3"], 1), true);
  assert.deepEqual(selection.message(), { sel: ["3"], n: 1 });
});

test("a click made on something else than what the next server knows is let go", () => {
  const selection = answered(["1", "2"], 7); // communes marked for a claim, or another scenario
  selection.toggle("3");
  assert.equal(selection.meet("b", ["9"], 2), false);
  assert.equal(selection.take(["9"], 2), true);
  assert.deepEqual(selection.message(), { sel: ["9"], n: 2 });
});

test("a click is said again until it is answered, each time under a new number", async () => {
  const selection = answered(["1"], 3);
  selection.toggle("2");
  const said = [];
  const told = new Promise((done) => {
    selection.insist(() => {
      said.push(selection.message().n);
      if (said.length < 3) return;
      selection.take(["1", "2"], selection.seq);
      setTimeout(done, 40);
    }, 1);
  });
  await told;
  assert.deepEqual(said, [5, 6, 7]);
});
