import assert from "node:assert/strict";
import test from "node:test";
import { french, speakFrench } from "../../static/page/french.js";

test("Streamlit's own words are French, and what they hold is kept", () => {
  assert.equal(french("No results"), "Aucun résultat");
  assert.equal(french("  Select all "), "  Tout choisir ");
  assert.equal(french("Help for Carte"), "Aide : Carte");
  assert.equal(french("Standard deviation"), "Écart type");
  assert.equal(french("text/html files are not allowed."), "Ce genre de fichier n’est pas lu ici.");
  for (const status of [429, 503]) {
    assert.match(french(`Request failed with status code ${status}`), /reçoit déjà beaucoup de fichiers/);
  }
  assert.equal(french("Press Enter to apply"), "Entrée pour valider");
  assert.equal(french("Press Ctrl+Enter to apply"), "Ctrl + Entrée pour valider");
  assert.equal(french("Press ⌘+Enter to submit form"), "⌘ + Entrée pour valider");
  assert.equal(french("Select 6 matches"), "Choisir les 6 réponses");
  assert.equal(french("Remove EPT · Grand Paris Sud Est Avenir"), "Retirer EPT · Grand Paris Sud Est Avenir");
  assert.equal(french("400MB per file"), "400 Mo au plus par fichier");
  assert.equal(
    french("You can only select up to 1 option. Remove an option first."),
    "1 choix au plus : retirez-en un d’abord.",
  );
});

test("what is not Streamlit's is left alone, dollars and names of objects included", () => {
  for (const text of ["", " ", "Niort", "constructor", "Les résultats", "upload", "x".repeat(500)]) {
    assert.equal(french(text), undefined, text);
  }
  assert.equal(french("Help for $1 & $&"), "Aide : $1 & $&");
});

test("what is French already does not change again", () => {
  for (const text of ["No results", "Help for Carte", "Search: table"]) assert.equal(french(french(text)), undefined);
});

test("a browser that speaks English writes numbers in French to the grids", () => {
  const browser = /** @type {Navigator} */ (/** @type {unknown} */ ({ language: "en-US", languages: ["en-US", "en"] }));
  speakFrench(browser);
  assert.equal(new Intl.NumberFormat(browser.languages, { minimumFractionDigits: 1 }).format(1234.5), "1\u202f234,5");
  assert.equal(browser.language, "fr-FR");
});
