"""The panel « Portrait de besoin », its table on Comparaison and its part of the files: nothing without an indicator, all of them with."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.communes import Atlas
from geo.comparison import Candidate, evaluate, scale_of
from geo.dataset import Dataset
from geo.exports import Export, make
from geo.exports.reimport import read_back
from geo.indicators import Grain, Indicators, Measure, Series, values_frame
from geo.needs import portrait
from geo.scenarios import Scenario
from tests.needs.made_up import drawn_world, made_up, ratio
from tests.support import real
from tests.support.apptest import COMPARISON, PERIMETER, open_page, ran, written
from tests.support.grid import draw, plain
from ui.cache import release
from ui.needs import bars
from ui.needs.panel import CHOSEN
from ui.perimeter import workbench

pytestmark = pytest.mark.usefixtures("fresh_caches")  # what the screen has is not what the register says
HOSTILE = "Séjours <b>& **soins**"
NAME, PANEL = "Portrait de besoin", "Besoins"


@lru_cache(maxsize=1)
def some(atlas: Atlas) -> Indicators:
    rates = values_frame(list(atlas.departements.index), rate=np.arange(len(atlas.departements), dtype=float))
    return Indicators(
        (
            made_up(atlas, ratio(secrecy=6), lambda people, row: people // (400 + row % 7 * 50)),
            Series(ratio("taux", HOSTILE, Grain.DEPARTEMENT, measure=Measure.RATE, counted="séjours"), rates),
            Series(ratio("rien", "Rien"), values_frame(["01001"], numerator=[9.0], denominator=[800.0])),
        )
    )


@pytest.fixture
def indicators(monkeypatch: pytest.MonkeyPatch) -> Indicators:
    found = some(real.atlas())
    monkeypatch.setattr(Dataset, "indicators", property(lambda world: found))
    return found


def test_with_no_indicator_the_panel_is_one_sentence_that_leads_to_the_data() -> None:
    app = open_page(PERIMETER, carte="dep-94", communes="94028,94046")
    ran(app.segmented_control(key=workbench.PANEL).set_value(PANEL).run())
    assert "Aucun indicateur de besoin" in written(app) and "page Données" in written(app)
    assert not [e for e in app.selectbox if e.key == CHOSEN]


def test_the_panel_says_each_indicator_and_what_is_unknown_once(
    indicators: Indicators, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(PERIMETER, carte="dep-94", communes="94028,94046")
    ran(app.segmented_control(key=workbench.PANEL).set_value(PANEL).run())
    said = written(app, "")
    assert "Décès par suicide, 2022 : 1,6 pour 1 000 habitants" in said and "du département (" in said
    assert "département : Val-de-Marne" in said and HOSTILE in said
    assert said.count("Rien") == 1 and "Inconnu ici : Rien." in said
    shown = [e.value for e in app.get("html") if "clsm-barres" in e.value and "<style>" not in e.value]
    assert len(shown) == 1 and "<b>& **" not in shown[0]
    assert not any("clsm-table" in e.value and "besoin" in e.value for e in app.get("html"))  # folded


def test_many_indicators_are_folded_after_the_first_and_cut_in_the_note(monkeypatch: pytest.MonkeyPatch) -> None:
    atlas = real.atlas()
    many = Indicators(
        tuple(made_up(atlas, ratio(f"i{n}", f"Indicateur {n}"), lambda people, row: people // 500) for n in range(15))
    )
    monkeypatch.setattr(Dataset, "indicators", property(lambda world: many))
    app = open_page(PERIMETER, carte="dep-94", communes="94028,94046")
    ran(app.segmented_control(key=workbench.PANEL).set_value(PANEL).run())
    said = written(app)
    assert "Indicateur 7, 2022" in said.replace("\n", "") and "Indicateur 8, 2022" not in said.replace("\n", "")
    assert any("7 autres indicateurs" in plain(e.label) for e in app.expander)
    (table,) = export().note().needs
    assert len(table.rows) == 12 and "Et 3 autres indicateurs, dans le classeur." in plain(table.note)


def test_a_closed_panel_computes_nothing(indicators: Indicators, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr("ui.needs.panel.portrait", lambda *_: asked.append(1))
    open_page(PERIMETER, carte="dep-94", communes="94028,94046")
    assert asked == []


def test_perimeters_side_by_side_have_their_needs_only_with_an_indicator(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Indicateur de besoin" not in written(open_page(COMPARISON, commune="94028"))
    release()
    found = some(real.atlas())
    monkeypatch.setattr(Dataset, "indicators", property(lambda world: found))
    said = written(open_page(COMPARISON, commune="94028"))
    assert "Indicateur de besoin" in said and "Décès par suicide" in said


def export() -> Export:
    world, codes = real.world(), frozenset(["94028", "94046"])
    scenario = Scenario("Créteil et Maisons-Alfort", codes)
    found = evaluate(Candidate("note", "Scénario", scenario.name, codes, scale_of(codes, world.atlas)), world)
    return Export(found, world, scenario, made_on=date(2026, 11, 26))


def test_files_gain_the_indicators_and_are_read_back(indicators: Indicators) -> None:
    made = export()
    sheet = pd.read_excel(BytesIO(make("xlsx", made)), sheet_name="Besoin", header=None, engine="calamine").astype(str)
    assert sheet.apply(lambda column: column.str.contains("Décès par suicide")).to_numpy().any()
    csv = make("csv", made)
    assert "besoin_suicides" in csv.decode("utf-8-sig")
    for kind in ("csv", "xlsx"):
        assert read_back(make(kind, made), made.world.atlas).workbook.scenario.codes == made.scenario.codes
    (table,) = made.note().needs
    assert table.caption == NAME and len(table.rows) == 2
    assert "Décès par suicide, 2022" in plain(table.note) and "Inconnu ici : Rien." in plain(table.note)
    assert make("pdf", made).startswith(b"%PDF") and make("docx", made)


def test_files_gain_nothing_without_an_indicator() -> None:
    made = export()
    assert "Besoin" not in pd.ExcelFile(BytesIO(make("xlsx", made)), engine="calamine").sheet_names
    assert "besoin_" not in make("csv", made).decode("utf-8-sig")
    assert made.note().needs == ()


# --- bars ---------------------------------------------------------------------------------------------------------------
def drawn_bars(figures: list[float], **change: Any) -> str:
    atlas = draw([[1000, 1000]])
    told = Series(ratio(**change), values_frame(atlas.codes, rate=figures, numerator=figures, denominator=1000.0))
    return bars(portrait(drawn_world(atlas, told), np.array([0]), "Ici").lines[0], "Ici")


def test_a_score_under_zero_and_an_unknown_figure_have_no_bar() -> None:
    assert drawn_bars([-1.5, 2.0], measure=Measure.RATE) == ""
    assert drawn_bars([np.nan, np.nan]) == ""
    found = drawn_bars([10.0, np.nan])
    assert found.count("<i ") == 1 and "connu en partie" in found  # the country lacks a commune: no bar stands for it


def test_a_bounded_figure_is_hatched_between_its_bounds() -> None:
    found = drawn_bars([3.0, 30.0], secrecy=6)
    assert "repeating-linear-gradient" in found and "1,0 à 5,0" in found
