import assert from "node:assert/strict";
import test from "node:test";
import { nextOf } from "../../static/page/focus.js";

/** A row of buttons, by « name » or « -name » for one that cannot be pressed, inside another row or none. */
function row(names, around = null) {
  const made = { parentElement: around && { closest: () => around }, querySelectorAll: () => made.all };
  made.all = names.map((name) => ({ name, disabled: name.startsWith("-"), closest: () => made }));
  if (around) around.all.push(...made.all);
  return made;
}

test("the focus goes to the next button of the row that can be pressed, else to the one before", () => {
  const { all } = row(["Annuler", "-Rétablir", "-Ajouter", "Retirer", "Partir de là"]);
  assert.equal(nextOf(all[2])?.name, "Retirer");
  assert.equal(nextOf(row(["Retirer", "Partir de là", "-Ajouter"]).all[2])?.name, "Partir de là");
});

test("where its row has none, it is that of the row around, and nothing where there is none", () => {
  const around = row(["Montrer"]);
  assert.equal(nextOf(row(["-Ajouter"], around).all[0])?.name, "Montrer");
  assert.equal(nextOf(row(["-Ajouter"]).all[0]), undefined);
});
