"""« Emporter la carte » on the pages: closed at first, then a file made when asked for, and what the two « Copier » carry."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from geo.exports import MapChoice
from geo.scenarios import Scenario
from tests.support.apptest import COVERAGE, PERIMETER, open_page, ran
from ui.map.take_away import copy_buttons
from ui.perimeter import take_map

pytestmark = pytest.mark.usefixtures("fresh_caches")


def _copies(app: AppTest) -> list[str]:
    return [h.value for h in app.get("html") if "data-copier-image" in h.value]


def _opened(app: AppTest, key: str) -> AppTest:
    app.session_state[f"{key}-ouvrir"] = True
    return ran(app.run())


def _download(app: AppTest) -> Any:
    return next(d for d in app.get("download_button") if d.label == "Télécharger la carte")


@pytest.mark.parametrize(
    ("page", "key", "query", "title"),
    [
        (PERIMETER, "carte-perimetre", {"communes": "79191", "carte": "dep-79"}, "Niort"),
        (COVERAGE, "carte-couverture", {"territoire": "dep-79"}, "Couverture par les CLSM\u00a0: Deux-Sèvres (79)"),
    ],
)
def test_nothing_is_made_before_it_is_opened_then_file_link_and_picture_are_offered(
    page: str, key: str, query: dict[str, str], title: str
) -> None:
    app = open_page(page, **query)
    assert not _copies(app)
    assert not [d for d in app.get("download_button") if d.label == "Télécharger la carte"]
    copies = _copies(_opened(app, key))
    assert len(copies) == 1 and f'data-copier-image="{title}"' in copies[0]
    assert (
        f"<code>/{'Perimetre?carte=dep-79&amp;lien=' if page == PERIMETER else 'Couverture?territoire=dep-79'}"
        in copies[0]
    )
    assert _download(app).label


def test_an_empty_perimeter_has_no_map_to_take_away() -> None:
    app = open_page(PERIMETER, carte="dep-79")
    app = _opened(app, "carte-perimetre")
    assert not _copies(app)
    assert any("Choisissez d’abord une commune" in c.value for c in app.caption)


def test_hostile_titles_and_links_are_dead_letters() -> None:
    made = copy_buttons('/x?"><script>', '"><img onerror=x>')
    assert "<script" not in made and "<img" not in made


def test_the_file_is_that_of_the_core_with_the_lines_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str, MapChoice, str]] = []

    def record(_: object, kind: str, paper: str, choice: MapChoice, *, title: str) -> bytes:
        asked.append((kind, paper, choice, title))
        return b""

    monkeypatch.setattr(take_map, "perimeter_map", record)
    file = take_map._file(Scenario("Niort et autour", frozenset({"79191"})), ("epci", "qpv"))
    assert file is not None
    file.make("svg", "a3", False)
    assert file.stem == "clsm-carte-niort-et-autour"
    assert asked == [("svg", "a3", MapChoice(("epci",), quarters=True), "Niort et autour")]
