"""What the map says in full screen: figures from afar, checks that just turned, a step back or forth asked from the map."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from geo.guidance import Settings, in_brief
from tests.support.grid import draw, facts_of, plain


def test_figures_read_from_afar_never_make_the_unknown_a_zero() -> None:
    facts = facts_of(draw([[100, 90_000], [300, 400]]), ["01001", "01002"])
    people, share, met = (plain(text) for text in in_brief(facts, Settings()))
    assert people == "90 100 habitants"
    assert share == "45 % du repère"
    assert met == "2 communes · secteurs inconnus · QPV inconnus"


@pytest.mark.usefixtures("fresh_caches")
def test_the_map_says_what_a_move_turned_as_the_page_does() -> None:
    def page() -> None:
        import streamlit as st

        from ui import frame
        from ui.perimeter.workbench import glance

        for key, value in frame.DEFAULTS.items():
            st.session_state.setdefault(key, value)
        said = [glance(frame.perimeter())]
        for codes in (["94028", "94033"], ["94028", "94033", "94068", "94081"], ["94028", "94033"], []):
            frame.choose(codes)
            said.append(glance(frame.perimeter()))
        frame.undo(st.session_state[frame.SEQUENCE])
        st.session_state["said"] = [*said, glance(frame.perimeter())]

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    empty, first, larger, back, nothing, undone = app.session_state["said"]
    assert (empty.figures, empty.undo) == (("Périmètre vide",), False)
    assert plain(first.figures[0]).endswith("habitants")
    assert (first.turned, first.undo) == ((), True), "nothing was shown before"
    assert larger.turned, "320 000 inhabitants are no longer about 200 000"
    titles = [text.split("\u00a0:")[0] for text in larger.turned]
    assert {text.split("\u00a0:")[0] for text in back.turned} == set(titles), "the way back turns the same ones"
    assert back.figures == first.figures == undone.figures
    assert nothing.figures == ("Périmètre vide",)
    assert undone.redo


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

    app = AppTest.from_function(page).run()
    assert not app.exception
    both = ["94028", "94033"]
    assert app.session_state["shown"] == [
        (["94028"], 1), (both, 2), (both, 2), (["94028"], 3), (["94028"], 3), (both, 4),
    ]  # fmt: skip
