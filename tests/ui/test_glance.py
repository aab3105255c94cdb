"""What the map says in full screen: figures from afar, checks that just turned, a step back or forth asked from the map."""

from __future__ import annotations

import pytest

from geo.guidance import Settings, in_brief
from tests.support.apptest import PERIMETER, open_page
from tests.support.grid import draw, facts_of, plain
from ui import frame
from ui.perimeter import glance as glance_view

CRETEIL, FONTENAY, SAINT_MAUR, VITRY = "94028", "94033", "94068", "94081"


def test_figures_read_from_afar_never_make_the_unknown_a_zero() -> None:
    facts = facts_of(draw([[100, 90_000], [300, 400]]), ["01001", "01002"])
    people, share, met = (plain(text) for text in in_brief(facts, Settings()))
    assert people == "90 100 habitants"
    assert share == "45 % du repère"
    assert met == "2 communes · secteurs inconnus · QPV inconnus"


def test_only_the_checks_whose_badge_changed_have_turned() -> None:
    before = (("Taille", "favorable"), ("QPV", "à discuter"), ("Élus", "pour information"))
    after = (("Taille", "à discuter"), ("QPV", "à discuter"), ("Nouveau", "favorable"))
    assert [plain(text) for text in glance_view.turns(before, after)] == ["Taille : favorable → à discuter"]
    assert glance_view.turns(after, after) == ()


@pytest.mark.usefixtures("fresh_caches")
def test_a_move_says_what_it_turned_until_the_next_one() -> None:
    app = open_page(PERIMETER, communes=f"{CRETEIL},{FONTENAY}", carte="dep-94")
    seen = app.session_state[glance_view.SEEN]
    assert seen.turned == (), "nothing was there before"
    held = app.session_state[frame.WORKBOOK]
    app.session_state[frame.WORKBOOK] = held.replace_codes([CRETEIL, FONTENAY, SAINT_MAUR, VITRY])
    app.run()
    larger = app.session_state[glance_view.SEEN]
    changed = {title for (title, badge) in larger.badges if dict(seen.badges)[title] != badge}
    assert changed, "323 000 inhabitants are no longer about 200 000"
    assert {plain(text).split(" : ")[0] for text in larger.turned} == {plain(title) for title in changed}
    app.run()
    assert app.session_state[glance_view.SEEN].turned == larger.turned, "until something else changes"
    app.session_state[frame.WORKBOOK] = held
    app.run()
    back = app.session_state[glance_view.SEEN]
    assert back.badges == seen.badges
    assert {text.split("\u00a0:")[0] for text in back.turned} == changed


@pytest.mark.usefixtures("fresh_caches")
def test_a_step_asked_on_the_map_is_taken_once_and_only_from_what_is_on_screen() -> None:
    def page() -> None:
        import streamlit as st

        from ui import frame
        from ui.perimeter import choices

        for key, value in frame.DEFAULTS.items():
            st.session_state.setdefault(key, value)
        st.session_state.setdefault("shown", [])
        for sent in (
            {"sel": ["94028"], "n": 1},
            {"sel": ["94028", "94033"], "n": 2},
            {"step": "undo", "n": 1},  # late: a click came since
            {"step": "undo", "n": 2},
            {"step": "undo", "n": 2},  # the same again
            {"step": "redo", "n": 3},
        ):
            st.session_state["map"] = sent
            choices.take("map")
            st.session_state["shown"].append((sorted(frame.selection()), st.session_state[frame.SEQUENCE]))

    from streamlit.testing.v1 import AppTest

    app = AppTest.from_function(page).run()
    assert not app.exception
    both = ["94028", "94033"]
    assert app.session_state["shown"] == [
        (["94028"], 1), (both, 2), (both, 2), (["94028"], 3), (["94028"], 3), (both, 4),
    ]  # fmt: skip
