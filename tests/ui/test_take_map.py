"""« Emporter la carte » on the pages: closed at first, then a file made when asked for, and what the two « Copier » carry."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from geo.exports import MapChoice
from geo.scenarios import Scenario
from tests.support.apptest import COVERAGE, PERIMETER, open_page, ran
from ui.map.files import copy_buttons
from ui.perimeter import note
from ui.perimeter.workbench import PANEL

pytestmark = pytest.mark.usefixtures("shared_caches")


def _copies(app: AppTest) -> list[str]:
    return [h.value for h in app.get("html") if "data-copier-image" in h.value]


def _download(app: AppTest) -> Any:
    return next(d for d in app.get("download_button") if d.label == "Télécharger la carte")


def test_nothing_is_made_before_it_is_opened_then_file_link_and_picture_are_offered() -> None:
    app = open_page(COVERAGE, territoire="dep-79")
    assert not _copies(app)
    assert not [d for d in app.get("download_button") if d.label == "Télécharger la carte"]
    app.session_state["carte-couverture-ouvrir"] = True
    ran(app.run())
    (copies,) = _copies(app)
    assert 'data-copier-image="Couverture par les CLSM\u00a0: Deux-Sèvres (79)"' in copies
    assert "<code>/Couverture?territoire=dep-79" in copies
    assert _download(app).label


def test_the_map_of_a_perimeter_is_among_its_files() -> None:
    app = open_page(PERIMETER, communes="79191", carte="dep-79")
    assert not _copies(app)
    app.session_state[PANEL] = "Note et fichiers"
    ran(app.run())
    (copies,) = _copies(app)
    assert 'data-copier-image="Niort"' in copies and "<code>/Perimetre?carte=dep-79&amp;lien=" in copies
    assert _download(app).label


def test_hostile_titles_and_links_are_dead_letters() -> None:
    made = copy_buttons('/x?"><script>', '"><img onerror=x>')
    assert "<script" not in made and "<img" not in made


def test_the_file_is_that_of_the_core_with_the_lines_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str, MapChoice, str]] = []

    def record(_: object, kind: str, paper: str, choice: MapChoice, *, title: str) -> bytes:
        asked.append((kind, paper, choice, title))
        return b""

    monkeypatch.setattr(note, "perimeter_map", record)
    file = note.map_file(Scenario("Niort et autour", frozenset({"79191"})), ("epci", "qpv"))
    file.make("svg", "a3", False)
    assert file.stem == "clsm-carte-niort-et-autour"
    assert asked == [("svg", "a3", MapChoice(("epci",), quarters=True), "Niort et autour")]
