"""« Je connais mes secteurs », widget by widget: state, judge, disagree, send, take back."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo.claims import Claim, Claims
from geo.dataset import open_dataset
from geo.imports import Review
from geo.scenarios import Scenario, Workbook, pack
from tests.support import real
from tests.support.apptest import COVERAGE, DATA, PERIMETER, button, find, open_page, ran, written
from tests.support.grid import plain
from ui import cache as data_cache
from ui import claims, frame
from ui.perimeter import choices, workbench

pytestmark = pytest.mark.usefixtures("shared_caches")
NIORT, AIFFRES, CHAURAY = "79191", "79003", "79081"


def panel(app: AppTest, name: str) -> AppTest:
    app.session_state[workbench.PANEL] = name
    return ran(app.run())


def opened(*codes: str) -> AppTest:
    return panel(open_page(PERIMETER, communes=",".join(codes), carte="dep-79"), "Secteurs")


def state(app: AppTest, name: str, *, hospital: str = "CH de Niort", who: str = "Marie Dupont") -> AppTest:
    app.text_input(key=claims.TITLE).input(name)
    app.text_input(key=claims.WHO).input(who)
    app.run()
    app.text_input(key=claims.HOSPITAL).input(hospital).run()
    return ran(app)


def press(app: AppTest, key: str) -> AppTest:
    return ran(app.button(key=key).click().run())


def mark(app: AppTest, *codes: str) -> AppTest:
    """Mark communes as clicks on the map do: every gesture goes through the same door."""
    for code in codes:
        find(app, choices.FIELD, code)
        ran(button(app, "Ajouter").click().run())
    return app


def test_two_sectors_are_stated_by_click_and_the_rest_and_everything_answers() -> None:
    app = opened(NIORT, AIFFRES, CHAURAY)
    assert "Aucun secteur de psychiatrie adulte n’est connu" in written(panel(app, "Repères"))
    ran(button(app, "Je connais mes secteurs").click().run())
    state(app, "79g1")
    press(app, "claim-mark")
    mark(app, NIORT)
    assert app.session_state[frame.WORKBOOK].codes == {NIORT, AIFFRES, CHAURAY}, "the perimeter is not touched"
    press(app, "claim-save")
    state(app, "79G02")
    press(app, "claim-rest")
    press(app, "claim-save")
    held = {c.name: c.pieces for c in app.session_state[frame.WORKBOOK].claims}
    assert held == {"79G01": {NIORT}, "79G02": {AIFFRES, CHAURAY}}
    press(app, "marquage-fin")
    assert "2 secteurs adultes à inviter : Secteur 79G01 (d’après Marie Dupont) et" in written(panel(app, "Repères"))
    table = written(panel(app, "Autour de la table"))
    assert "Secteur 79G01 (d’après Marie Dupont)" in table
    assert "CH de Niort" in table


def test_the_letter_of_the_code_chooses_the_kind() -> None:
    app = state(opened(NIORT), "79i1")
    press(app, "claim-perimeter")
    press(app, "claim-save")
    (held,) = app.session_state[frame.WORKBOOK].claims
    assert (held.kind, held.name, held.pieces) == ("secteurs-enfants", "79I01", {NIORT})


def test_what_is_refused_is_said_and_what_was_typed_stays() -> None:
    app = state(opened(NIORT), "79G01", who="")
    press(app, "claim-save")
    assert not app.session_state[frame.WORKBOOK].claims
    assert {t.value.replace("\\", "") for t in app.toast} == {
        "Dites qui vous êtes : une déclaration a un auteur.",
        "Marquez au moins une commune : au clic, par une liste ou par son nom.",
    }
    assert app.text_input(key=claims.TITLE).value == "79G01"


def disputed() -> Workbook:
    one = Claim.of("secteurs-adultes", "79G01", "Ana", pieces=frozenset({NIORT}))
    other = Claim.of("secteurs-adultes", "79G02", "Bob", pieces=frozenset({NIORT}))
    return Workbook((Scenario("Niort", frozenset({NIORT})),), claims=Claims((one, other)))


def test_a_link_brings_claims_with_their_authors_and_one_is_followed_on_purpose() -> None:
    app = open_page(PERIMETER, lien=pack(disputed(), real.atlas()), carte="dep-79")
    assert "2 déclarations locales, d’après Ana et Bob, comptent dans les chiffres" in plain(app.info[0].value)
    panel(app, "Secteurs")
    (said,) = [w.value for w in app.warning]
    assert "Rien n’est retenu : part inconnue de chacun." in plain(said).replace("\\", "")
    follow = next(b for b in app.button if b.label.startswith("Suivre Secteur 79G01"))
    ran(follow.click().run())
    (said,) = [w.value for w in app.warning]
    assert "Est retenu : Secteur 79G01, d’après Ana" in plain(said).replace("\\", "")
    assert "Un seul secteur adulte : Secteur 79G01 (d’après Ana)" in written(panel(app, "Repères"))


def test_two_sessions_never_share_what_one_claims() -> None:
    book = Workbook((Scenario("Niort", frozenset({NIORT})),), claims=Claims(disputed().claims.items[:1]))
    stated = open_page(PERIMETER, lien=pack(book, real.atlas()), carte="dep-79")
    other = open_page(PERIMETER, communes=NIORT, carte="dep-79")
    assert "d’après Ana" in written(stated)
    assert "d’après Ana" not in written(other)
    panel(stated, "Secteurs")
    ran(next(b for b in stated.button if b.label == "Retirer" and b.key.startswith("claim-drop")).click().run())
    assert "d’après Ana" not in written(panel(stated, "Repères"))


@pytest.mark.usefixtures("fresh_caches", "collected_at_once")
def test_what_one_knows_is_stated_from_a_list_and_published_on_the_data_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path))
    app = open_page(DATA)
    app.text_input(key=claims.TITLE).input("79G01")
    app.text_input(key=claims.WHO).input("Marie Dupont")
    app.text_area(key=claims.LIST).input("Niort, Aiffres").run()
    press(app, "claim-read")
    assert "2 communes marquées" in plain(" ".join(c.value for c in app.caption))
    press(app, "claim-save")
    assert "d’après vous, le" in written(app)
    ran(app.toggle(key="claims-review-secteurs-adultes").set_value(True).run())
    reviewed = [weakref.ref(one) for one in gc.get_objects() if isinstance(one, Review)]
    data_cache.release()  # somebody publishes while this session waits
    assert reviewed and [one() for one in reviewed] == [None] * len(reviewed)
    press(app, "claims-keep-True")
    assert any("vos déclarations sont en service" in s.value for s in app.success)
    layer = open_dataset(tmp_path).crosswalk.layers["secteurs-adultes"]
    assert "sect-79g01" in layer.zones.index


def test_a_name_that_several_bear_is_said_and_not_guessed() -> None:
    app = open_page(DATA)
    app.text_area(key=claims.LIST).input("Saint-Denis").run()
    app.button(key="claim-read").click().run()
    assert not app.session_state[claims.LISTED]
    assert any("Saint-Denis" in i.value for i in app.info)


def test_a_gem_is_stated_as_a_sector_is_and_sits_at_the_table() -> None:
    app = opened(NIORT)
    ran(app.selectbox(key=claims.KIND).select("gem").run())
    app.text_input(key=claims.TITLE).input("GEM La Bouée")
    app.text_input(key=claims.WHO).input("Marie Dupont").run()
    press(app, "claim-perimeter")
    press(app, "claim-save")
    assert "GEM La Bouée" in written(panel(app, "Autour de la table"))


def test_the_list_to_ask_for_is_one_click_away() -> None:
    app = opened(NIORT)
    app.session_state["claim-request"] = True
    ran(app.run())
    assert any("Deux-Sèvres (79)" in c.value for c in app.code)
    assert {b.label for b in app.get("download_button")} >= {"Tableau à remplir (XLSX)", "Tableau à remplir (CSV)"}


def test_the_sectors_of_a_departement_are_read_on_the_coverage_page() -> None:
    app = open_page(COVERAGE, territoire="dep-94", onglet="secteurs")
    said = written(app)
    assert "est dite complète" in said
    assert "\naucun connu\n0 à " in said, "no CLSM is known there, on a list that is not complete: no zero"
    assert {b.label for b in app.get("download_button")} >= {
        "Secteurs sans CLSM connu (CSV)",
        "Tous les secteurs (CSV)",
    }


def test_the_link_of_the_coverage_page_carries_what_is_stated_and_reopens_with_it() -> None:
    held = Claims((Claim.of("cls", "CLS du Niortais", "Marie Dupont", pieces=frozenset({NIORT})),))
    first = open_page(COVERAGE, territoire="dep-79")
    assert "declarations" not in first.query_params, "nothing stated: the address of before"
    first.session_state[frame.WORKBOOK] = Workbook(claims=held)
    ran(first.run())
    text = first.query_params["declarations"]
    again = open_page(COVERAGE, territoire="dep-79", declarations=text if isinstance(text, str) else text[0])
    assert again.session_state[frame.WORKBOOK].claims == held
    said = plain(" ".join(info.value for info in again.info))
    assert "1 déclaration locale, d’après Marie Dupont, compte dans les chiffres" in said


def test_a_statement_cut_in_the_link_of_the_coverage_page_gets_a_sentence() -> None:
    text = pack(Workbook(claims=Claims((Claim.of("cls", "CLS", "Ana", pieces=frozenset({NIORT})),))), real.atlas())
    app = open_page(COVERAGE, territoire="dep-79", declarations=text[:-4])
    assert not app.session_state[frame.WORKBOOK].claims
    assert any("lien" in warning.value.casefold() for warning in app.warning)


def test_undo_takes_back_the_claims_that_a_colleagues_file_brought_and_no_other() -> None:
    """They count in every figure: what one claims oneself, before the file or since, outlives the undoing."""
    mine = Claim.of("secteurs-adultes", "79G01", "Ana", pieces=frozenset({NIORT}), day="2026-01-01")
    theirs = Claim.of("secteurs-adultes", "79G02", "Bob", pieces=frozenset({AIFFRES}))
    newer = Claim.of("secteurs-adultes", "79G01", "Ana", pieces=frozenset({NIORT, CHAURAY}), day="2026-02-01")
    since = Claim.of("cls", "CLS d’ici", "Ana", pieces=frozenset({NIORT}))
    before = Workbook((Scenario("Niort", frozenset({NIORT})),), claims=Claims((mine,)))
    opened = before.merge(Workbook((Scenario("Reçu", frozenset({AIFFRES})),), claims=Claims((theirs, newer))))
    assert set(opened.claims) == {newer, theirs}
    step, now = frame.Step.between(before, opened), opened.with_claim(since)
    now = replace(now, claims=now.claims.following(theirs))
    back = step.back_from(now)
    assert (back.scenarios, set(back.claims)) == (before.scenarios, {mine, since})
    again = step.other_way(now).back_from(back)
    assert (again.scenarios, {c.name for c in again.claims}) == (opened.scenarios, {"79G01", "79G02", "CLS d’ici"})
    assert newer in set(again.claims) and mine not in set(again.claims)
