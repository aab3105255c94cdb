"""The panel « Dossier pour le conseil »: nothing made before it is asked for, one button for all, each document alone."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from geo.dossier import PIECES, Dossier
from geo.scenarios import Workbook, pack
from tests.support import real
from tests.support.apptest import PERIMETER, open_page, ran, written
from ui.dossier import panel
from ui.perimeter import note as note_view
from ui.perimeter.workbench import PANEL

pytestmark = pytest.mark.usefixtures("shared_caches")
READY = "Télécharger le dossier"


def opened(**query: str) -> AppTest:
    app = open_page(PERIMETER, **(query or {"communes": "62498", "carte": "dep-62"}))
    app.session_state[PANEL] = "Note et fichiers"
    return ran(app.run())


def downloads(app: AppTest) -> list[str]:
    return [d.label for d in app.get("download_button")]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Dossier]:
    found: list[Dossier] = []

    def make(dossier: Dossier, progress: Any) -> bytes:
        found.append(dossier)
        progress("Note", 0, 1)
        return b"PK"

    monkeypatch.setattr(panel, "make_archive", make)
    return found


def test_the_panel_makes_nothing_until_the_button_then_offers_the_archive(made: list[Dossier]) -> None:
    app = opened()
    assert "Dossier pour le conseil" in written(app)
    assert not made
    assert not [d for d in downloads(app) if d.startswith(READY)]
    ran(app.button(key="dossier-faire").click().run())
    (dossier,) = made
    assert dossier.name == "Lens"
    assert [d for d in downloads(app) if d.startswith(READY)] == ["Télécharger le dossier (2\u00a0octets)"]


def unfolded(part: str) -> AppTest:
    app = opened()
    app.session_state[part] = True
    return ran(app.run())


def test_what_is_said_is_printed_and_what_changes_withdraws_the_archive(made: list[Dossier]) -> None:
    app = unfolded("dossier-su")
    ran(app.text_input(key="dossier-council").set_value("Conseil municipal de Lens").run())
    ran(app.button(key="dossier-faire").click().run())
    assert made[0].wishes.council == "Conseil municipal de Lens"
    ran(app.text_input(key="dossier-session").set_value("12 mars 2027").run())
    assert not [d for d in downloads(app) if d.startswith(READY)]
    assert panel.MADE not in app.session_state


def test_the_remark_goes_into_the_file_only_when_it_is_ticked(made: list[Dossier]) -> None:
    book = Workbook().replace_codes({"62498"}).note("À taire.")
    app = opened(lien=pack(book, real.atlas()), carte="dep-62")
    ran(app.button(key="dossier-faire").click().run())
    assert made[0].printed.scenario.note == ""
    ran(app.checkbox(key=note_view.REMARK).check().run())
    ran(app.button(key="dossier-faire").click().run())
    assert made[1].printed.scenario.note == "À taire."


def test_each_document_is_offered_alone() -> None:
    assert "Télécharger ce document" not in downloads(opened()), "nothing of a folded part is sent"
    app = unfolded("dossier-a-part")
    offered = app.selectbox(key="dossier-document")
    assert len(offered.options) == len(PIECES)
    assert "Télécharger ce document" in downloads(app)


def test_the_button_makes_the_whole_archive() -> None:
    app = opened()
    ran(app.button(key="dossier-faire").click().run())
    *_, made = app.session_state[panel.MADE]
    with zipfile.ZipFile(io.BytesIO(made.content())) as archive:
        assert {p.path for p in PIECES} <= set(archive.namelist())
