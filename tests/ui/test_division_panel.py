"""The panel « Diviser le département »: closed it computes nothing; open it divides, compares with one's own, opens scenarios."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from geo.scenarios import Scenario, Workbook
from tests.support import real
from tests.support.apptest import COVERAGE, open_page, ran, written
from tests.support.grid import plain
from ui import cache, reading_desk
from ui.coverage import link as coverage_link
from ui.division import desk, panel

pytestmark = pytest.mark.usefixtures("shared_caches")


def opened(scope: str = "dep-01", **state: object) -> AppTest:
    app = open_page(COVERAGE, territoire=scope)
    app.session_state[coverage_link.TAB] = coverage_link.TABS["prochains"]
    for key, value in state.items():
        app.session_state[key] = value
    return ran(app.run())


def captions(app: AppTest) -> str:
    return plain(" ".join(c.value for c in app.caption))


def test_a_closed_panel_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "ui.division.panel.board_of", lambda *_, **__: pytest.fail("a closed panel read the département")
    )
    app = opened()
    assert not [b for b in app.button if b.key == "division-lancer"]


def test_a_departement_is_divided_shown_and_opened_as_scenarios(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_desk, "QUICK_S", 60.0)
    app = opened(**{"division-ouvert": True})
    assert app.number_input(key="division-nombre-01").value == 3
    ran(app.button(key="division-lancer").click().run())
    text = plain(written(app))
    assert (
        "Ain (01), en 3 CLSM de 100 000 à 300 000 habitants : aucune intercommunalité coupée ; c’est le minimum."
        in text
    )
    assert "Autour" in text and "frontière commune" in captions(app)
    app.button(key="division-ouvrir").click().run()
    book: Workbook = app.session_state[cache.WORKBOOK]
    codes = [c for s in book.scenarios for c in s.codes]
    assert len(book.scenarios) == 3 and len(codes) == len(set(codes)) == 391


def test_ones_own_perimeters_are_compared_with_what_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    atlas = real.atlas()
    whole = [str(c) for c in atlas.codes[atlas.members("departement", "01")]]
    book = Workbook((Scenario("Ouest", frozenset(whole[:200])), Scenario("Est", frozenset(whole[200:]))))
    monkeypatch.setattr(reading_desk, "QUICK_S", 60.0)
    app = opened(**{"division-ouvert": True, cache.WORKBOOK: book, "division-nombre-01": 2, "division-plus": 450_000})
    ran(app.button(key="division-lancer").click().run())
    assert "Le vôtre en coupe" in captions(app) and "aucune coupure n’est inévitable" in captions(app)


def test_a_number_that_cannot_be_is_said_with_those_that_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_desk, "QUICK_S", 60.0)
    app = opened(**{"division-ouvert": True, "division-nombre-01": 20})
    ran(app.button(key="division-lancer").click().run())
    assert "donnez un nombre de 3 à 6" in plain(" ".join(i.value for i in app.info))


def test_another_territory_is_told_to_choose_a_departement() -> None:
    app = opened("france", **{"division-ouvert": True})
    assert any("Choisissez un département" in i.value for i in app.info)


def test_an_unforeseen_error_is_a_sentence_and_frees_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("ui.division.desk.divide", broken)
    job = desk.search(panel._board.__wrapped__("01", "communes", "epci"), panel.Terms(3, 1, 10**6))  # type: ignore[attr-defined]
    stop = type("Stop", (), {"is_set": lambda self: False})()
    for _ in range(2):
        with pytest.raises(Exception, match="n’a pas pu se faire"):
            job(lambda *_: None, stop)


def test_the_choice_that_risks_the_least_is_told_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("ui.coverage.loaders.regret.siting_regret", lambda *_: pytest.fail("a closed panel was computed"))
        opened("reg-75")
    app = opened("reg-75", **{"next-regret": True})
    assert "une fois tout connu" in plain(written(app)) and "c’est démontré" in plain(written(app))
    assert "La liste des CLSM qui changerait le plus ce choix" in captions(app)
