"""Choices keep what was chosen: one label for one thing, identifiers that no state changes."""

from __future__ import annotations

import ast

import pandas as pd
import pytest
import streamlit as st

from geo.comparison import candidates
from geo.comparison.candidates import scenario_id
from geo.paths import ROOT
from geo.scenarios import Scenario, Workbook
from tests.support import real
from tests.support.apptest import COMPARISON, PERIMETER, button, open_page, ran
from tests.ui.test_page_perimeter import press, show_panel
from ui import frame
from ui.choices import distinct, harmless, pick_one, pick_several, scope_name
from ui.comparison import link as comparison_link
from ui.coverage import loaders as coverage_loaders

pytestmark = pytest.mark.usefixtures("shared_caches")
LENS, ARRAS = "62498", "62041"


def test_every_list_finds_what_holds_the_words_and_takes_one_thing_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Left to itself, the library finds scattered letters, and Enter takes all that it finds: six communes for « Lens »."""
    scripts = {*(ROOT / "ui").glob("**/*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "dashboard.py"}
    for path in sorted(scripts - {ROOT / "ui" / "choices.py"}):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in ("selectbox", "multiselect"):
                given = {k.arg: getattr(k.value, "value", ...) for k in node.keywords}
                assert given.get("filter_mode", "fuzzy") is None, (
                    f"{path.name}:{node.lineno} ui.choices makes these lists"
                )
    given = {}
    monkeypatch.setattr(st, "selectbox", lambda label, options, **shown: given.update({label: shown}))
    monkeypatch.setattr(st, "multiselect", lambda label, options, **shown: given.update({label: shown}))
    pick_one("une", ["a"])
    pick_several("des", ["a"], format_func={"a": "A"}.get)
    assert given["une"]["filter_mode"] == given["des"]["filter_mode"] == "contains"
    assert given["des"]["select_all"] is False
    assert [given["des"]["format_func"](one) for one in ("a", "disparu")] == ["A", "disparu"]


def names(app) -> list[str]:
    return [s.name for s in app.session_state[frame.WORKBOOK].scenarios]


def rename(app, name: str):
    return ran(next(t for t in app.text_input if t.key.startswith("nom-")).set_value(name).run())


def two_scenarios():
    app = open_page(PERIMETER, carte="dep-62", communes=f"{ARRAS},{LENS}")
    show_panel(app, "Scénarios")
    return press(app, "Dupliquer")


def test_two_things_of_one_name_are_told_apart_by_their_ids() -> None:
    assert distinct({"a": "Un", "qpv/b": "Deux", "qpv/c": "Deux"}) == {
        "a": "Un", "qpv/b": "Deux (b)", "qpv/c": "Deux (c)",
    }  # fmt: skip


def test_no_two_territories_read_the_same() -> None:
    every = coverage_loaders.coverage_scopes()
    labels = distinct({i: scope_name(s) for i, s in every.items()})
    assert len(set(labels.values())) == len(every)
    assert [i for i, label in labels.items() if label.endswith(f"({i})")], "there are EPCI of the same name"


@pytest.mark.parametrize("then", ["Dupliquer", "Nouveau, vide", "Supprimer"])
def test_a_scenario_renamed_among_two_stays_on_screen(then: str) -> None:
    app = rename(two_scenarios(), "Tout autre nom")
    box = next(s for s in app.selectbox if s.key and s.key.startswith("scenario-"))
    assert (box.value, box.options) == ("Tout autre nom", ["Périmètre", "Tout autre nom"])
    app = press(app, then)
    assert ("Tout autre nom" in names(app)) is (then != "Supprimer")
    for panel in ("Ajuster", "Scénarios"):
        show_panel(app, panel)


def test_a_renamed_scenario_is_still_the_one_chosen_in_the_list() -> None:
    app = rename(two_scenarios(), "Autre")
    box = next(s for s in app.selectbox if s.key and s.key.startswith("scenario-"))
    app = ran(box.set_value("Périmètre").run())
    assert app.session_state[frame.WORKBOOK].scenario.name == "Périmètre"


@pytest.mark.parametrize("label", ["Dupliquer", "Nouveau, vide", "Supprimer", "Annuler"])
def test_a_second_click_before_the_page_follows_is_not_a_second_act(
    label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second click brings what the button was drawn with: the selection of before the first."""
    app = two_scenarios()
    drawn = app.session_state[frame.SEQUENCE]
    app = press(app, label)
    after = names(app)
    monkeypatch.setattr(frame, "still", lambda seen: frame.st.session_state[frame.SEQUENCE] == drawn)
    button(app, label).click().run()
    assert names(app) == after


def test_the_button_of_a_suggestion_is_that_of_its_move_and_not_of_its_rank() -> None:
    assert frame.move_key(["62041", "62498"]) == frame.move_key(["62498", "62041"]) != frame.move_key(["62041"])


def test_a_scenario_compared_is_known_by_its_name_whatever_its_place() -> None:
    one, two = Scenario("Un", frozenset({ARRAS, LENS})), Scenario("Deux", frozenset({LENS, "62510"}))
    ids = {c.name: c.id for c in candidates(real.crosswalk(), LENS, (one, two)) if c.kind == "Scénario"}
    assert ids == {c.name: c.id for c in candidates(real.crosswalk(), LENS, (two, one)) if c.kind == "Scénario"}
    assert ids["Un"] == scenario_id("Un")
    assert "," not in ids["Un"], "a link lists ids between commas"


def test_retaining_a_scenario_after_another_was_deleted_takes_the_one_on_screen() -> None:
    app = open_page(COMPARISON, commune=LENS)
    book = Workbook((Scenario("Un", frozenset({ARRAS, LENS})), Scenario("Deux", frozenset({LENS, "62510"}))))
    app.session_state[frame.WORKBOOK] = book
    app.session_state[comparison_link.choice_key(LENS)] = [scenario_id("Un"), scenario_id("Deux")]
    app = ran(app.run())
    kept = app.button(key=f"retenir-{scenario_id('Deux')}")
    app.session_state[frame.WORKBOOK] = book.delete(0)
    kept.click().run()
    assert app.session_state[frame.WORKBOOK].scenario.name == "Deux"


def test_no_text_of_a_grid_would_run_in_the_file_that_it_gives() -> None:
    """The framework writes that file in the browser, cell by cell as they are; a name comes from whoever imported a list."""
    names = ['=HYPERLINK("http://a")', " @SUM(A1)", "Niort", None, "L’Haÿ-les-Roses"]
    table = pd.DataFrame(
        {"nom": names, "part": [-1.5, None, 0.0, 1.0, 2.0], "ans": pd.array([-1, None, 3, 4, 5], dtype="Int64")}
    )
    shown = harmless(table)
    assert shown["nom"].fillna("").tolist() == [
        '\'=HYPERLINK("http://a")',
        "' @SUM(A1)",
        "Niort",
        "",
        "L’Haÿ-les-Roses",
    ]
    pd.testing.assert_frame_equal(shown[["part", "ans"]], table[["part", "ans"]])
    calm = table.iloc[2:]
    assert harmless(calm) is calm and harmless(pd.DataFrame([])).empty


def test_every_grid_is_shown_in_one_way() -> None:
    said = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "ui").rglob("*.py")
        if "st.dataframe(" in path.read_text("utf-8")
    }
    assert said == {"ui/choices.py"}
