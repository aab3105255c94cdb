"""Files of scenarios through the panel of the page Périmètre: read beside the page, like every file that comes from outside."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from geo.scenarios import Scenario, Workbook, to_file
from tests.support import real
from tests.support.apptest import PERIMETER, open_page, ran, settled
from ui import frame
from ui.perimeter import workbench

pytestmark = pytest.mark.usefixtures("fresh_caches")


def panel() -> AppTest:
    app = open_page(PERIMETER, communes="62041")
    app.session_state[workbench.PANEL] = "Scénarios"
    return ran(app.run())


def upload(app: AppTest, body: bytes) -> AppTest:
    return settled(app.file_uploader[0].set_value(("autre.json", body, "application/json")).run())


def test_the_scenarios_of_a_file_are_added_and_the_field_is_a_new_one() -> None:
    app = panel()
    body = to_file(Workbook((Scenario("Du fichier", frozenset({"94028"})),)), real.atlas())
    app = ran(upload(app, body))
    assert [s.name for s in app.session_state[frame.WORKBOOK].scenarios][-1] == "Du fichier"
    assert app.file_uploader[0].value is None
    assert "scénario ouvert" in " ".join(toast.value for toast in app.toast)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"[" * 1_000_000, "pas du JSON lisible"),
        (b'{"type":"perimetres-clsm","version":' + b"9" * 100_000 + b"}", "pas du JSON lisible"),
        (b"{}", "il y manque sa marque"),
    ],
)
def test_a_file_that_makes_no_sense_gives_a_sentence_that_names_it(body: bytes, said: str) -> None:
    app = upload(panel(), body)
    assert [e.message for e in app.exception] == []
    assert said in app.error[0].value and "autre.json" in app.error[0].value
