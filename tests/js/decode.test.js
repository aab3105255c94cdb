import assert from "node:assert/strict";
import test from "node:test";
import { inFull, unpackCodes, unpackRanks, unpackRuns } from "../../static/js/decode.js";

test("codes take three characters each after what they share", () => {
  assert.deepEqual(unpackCodes("62:041042;2A:004;97:101"), ["62041", "62042", "2A004", "97101"]);
  for (const nothing of ["", null, undefined]) assert.deepEqual(unpackCodes(nothing), []);
});

test("runs give a status to each commune, in order", () => {
  assert.deepEqual([...(unpackRuns("a3bc2", 6) ?? [])], [0, 0, 0, 1, 2, 2]);
  assert.deepEqual([...(unpackRuns("_2z", 3) ?? [])], [-1, -1, 25]);
  assert.deepEqual([...(unpackRuns("", 0) ?? [])], []);
  assert.equal(unpackRuns("a34917", 34_917)?.length, 34_917);
});

test("runs of another scope are no colours", () => {
  assert.equal(unpackRuns("a3", 2), null);
  assert.equal(unpackRuns("a3", 4), null);
  assert.equal(unpackRuns("", 1), null);
});

test("ranks of sentences are read for each commune", () => {
  assert.deepEqual(
    [...unpackRanks("94028:2.5;94081:0;94001:")],
    [
      ["94028", [2, 5]],
      ["94081", [0]],
      ["94001", []],
    ],
  );
  assert.equal(unpackRanks("").size + unpackRanks(undefined).size, 0);
});

test("a sentence is written in full, its own percent signs kept", () => {
  const phrases = ["fait entrer ", "fait sortir ", "complète ", "coupe ", "le secteur "];
  assert.equal(inFull("%c%e94G10", phrases), "complète le secteur 94G10");
  assert.equal(inFull("5 %% de %%a", phrases), "5 % de %a");
  assert.equal(inFull("%z", phrases), "");
});
