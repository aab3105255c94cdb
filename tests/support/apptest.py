"""The pages through Streamlit's own test client: opened by their address, run to their end, read as text.

The map is a component that this client does not run (tests/journeys drive it in a browser), and the client does not poll as
a browser does: `settled` waits for the files that a page reads beside itself.
"""

from __future__ import annotations

import json
import threading
from html.parser import HTMLParser
from typing import Any

import streamlit as st
from streamlit.testing.v1 import AppTest

from geo.french import number
from geo.paths import ROOT
from tests.support import real
from tests.support.browser import PATIENCE_S
from tests.support.grid import plain
from ui import frame

HOME = str(ROOT / "dashboard.py")
COVERAGE, PERIMETER, COMPARISON = "pages/1_Couverture.py", "pages/2_Perimetre.py", "pages/3_Comparaison.py"
DATA, METHOD = "pages/4_Donnees.py", "pages/5_Methode.py"


def forget_caches() -> None:
    """Empty all that pages have cached."""
    st.cache_data.clear()
    st.cache_resource.clear()


def open_page(page: str | None = None, **query: str) -> AppTest:
    """Start at the home page, as everyone does, or go straight to a page's address."""
    app = AppTest.from_file(HOME, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    if page:
        app.switch_page(page)
    return ran(app.run())


def ran(app: AppTest) -> AppTest:
    """Check that a run ended without a failure."""
    assert [e.message for e in app.exception] == []
    assert [e.value for e in app.error] == []
    return app


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def written(app: AppTest, between: str = "\n") -> str:
    """Return all the texts of our own HTML, one a line or as asked, with ordinary blanks."""
    reader = _Texts()
    for element in app.get("html"):
        if "<style>" not in element.value:
            reader.feed(element.value + "\n")
    return plain(between.join(reader.texts))


def chosen(app: AppTest) -> set[str]:
    """Return the communes of the perimeter being drawn."""
    return set(app.session_state[frame.WORKBOOK].codes)


def people(codes: set[str]) -> str:
    """Return how many people live in communes, as a page writes it."""
    atlas = real.atlas()
    return plain(number(int(atlas.population[atlas.rows(codes)].sum())))


def button(app: AppTest, label: str) -> Any:
    """Return the first button of a label."""
    return next(b for b in app.button if b.label == label)


def pills(app: AppTest, key: str) -> Any:
    """Return the pills whose key begins so."""
    return next(p for p in app.pills if p.key.startswith(key))


# --- files read beside the page -----------------------------------------------------------------------------------
def readings() -> list[threading.Thread]:
    """Return the threads that follow a reading."""
    return [thread for thread in threading.enumerate() if thread.name == "clsm-lecture"]


def settled(app: AppTest) -> AppTest:
    """Run the page again once the file that it reads is read."""
    while any(str(button.key).startswith("annuler-") for button in app.button):
        for thread in readings():
            thread.join(PATIENCE_S)
            assert not thread.is_alive()
        app.run()
    return app


# --- the search field ---------------------------------------------------------------------------------------------
def find(app: AppTest, key: str, identifier: str) -> AppTest:
    """Choose a place in a search field, as its script in the browser does: this client runs none."""
    field = next(e for e in app.get("bidi_component") if e.key == key)
    states = app._tree.get_widget_states()
    sent = states.widgets.add()
    sent.id = f"$$STREAMLIT_INTERNAL_KEY_{field.proto.id}__events"
    _SENT[0] += 1
    sent.json_trigger_value = json.dumps([{"event": "chosen", "value": {"id": identifier, "n": _SENT[0]}}])
    return ran(app._run(states))


def field(app: AppTest, key: str) -> dict[str, Any]:
    """Return what a search field is given."""
    return json.loads(next(e for e in app.get("bidi_component") if e.key == key).proto.json)


_SENT = [0]
