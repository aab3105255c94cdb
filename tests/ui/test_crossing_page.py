"""Coverage crossed with need on the page Couverture: one sentence without an indicator; the map, the list, the criteria and the files with."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from geo import french as fr
from geo.coverage import CoverageView, Weights, coverage_state, gap_table, read_scope
from geo.dataset import Dataset
from geo.exports import Imprint, MapChoice
from geo.indicators import Direction, Grain, Indicators, Measure, Series, answers_over, values_frame
from geo.needs import CLASSES, Cover, Need
from tests.needs.made_up import made_up, ratio
from tests.support import real
from tests.support.apptest import COVERAGE, open_page, ran, written
from tests.support.grid import plain
from ui import map as maps
from ui.coverage import link as coverage_link
from ui.coverage import loaders as coverage_loaders
from ui.coverage import need_criteria
from ui.coverage import needs as coverage_needs

pytestmark = pytest.mark.usefixtures("fresh_caches")
HOSTILE = "Accès <b>& **soins**"
HERE = CoverageView(read_scope("dep-79", real.atlas()))


@lru_cache(maxsize=1)
def three_things() -> Indicators:
    """Return the same indicators to every test: what is said of the country's communes is computed once."""
    atlas = real.atlas()
    departements = list(atlas.departements.index)
    rates = values_frame(departements, rate=np.arange(len(departements), dtype=float))
    grey = replace(ratio("ages", HOSTILE, counted="âges"), direction=Direction.NEITHER)
    return Indicators(
        (
            made_up(atlas, ratio(), lambda people, row: people * (row % 13) // 1000),
            Series(ratio("taux", "Taux", Grain.DEPARTEMENT, measure=Measure.RATE, counted="taux"), rates),
            made_up(atlas, grey, lambda people, row: people * (row % 7) // 1000),
        )
    )


@pytest.fixture
def indicators(monkeypatch: pytest.MonkeyPatch) -> Indicators:
    found = three_things()
    monkeypatch.setattr(Dataset, "indicators", property(lambda world: found))
    return found


def captions(app) -> str:
    return plain("\n".join(c.value for c in app.caption)).replace("\\", "")


def list_of(app) -> pd.DataFrame:
    return next(d.value for d in app.dataframe if "chiffre" in d.value.columns)


def test_with_no_indicator_all_of_it_is_one_sentence_that_leads_to_the_data() -> None:
    app = open_page(COVERAGE, territoire="dep-79", onglet="besoins")
    assert "Aucun indicateur de besoin n’est encore là" in captions(app)
    assert not [s for s in app.selectbox if s.key == coverage_needs.PICK]
    assert coverage_needs.paint(HERE) is None
    app = open_page(COVERAGE, territoire="dep-79", onglet="priorites")
    assert not [s for s in app.multiselect if s.key == need_criteria.PICK]


def test_the_list_is_that_of_the_gaps_and_of_the_indicator_and_opens_perimetre(indicators: Indicators) -> None:
    app = open_page(COVERAGE, territoire="dep-79", onglet="besoins", croisement="suicides:commune")
    shown = list_of(app)
    found = coverage_loaders.crossed("suicides", "commune", HERE)
    expected = found.few_and_needy
    assert list(shown["nom"]) == list(expected["nom"])
    assert len(shown) > 5
    gaps = gap_table("commune", HERE.scope, coverage_state(real.crosswalk(), real.density()))
    assert (expected["sans_clsm"] == gaps.loc[expected.index, "sans_clsm"]).all()
    rows = [[real.atlas().row[code]] for code in expected.index]
    answered = answers_over(indicators, real.atlas(), [np.array(one) for one in rows])[0]
    assert np.array_equal(expected["valeur"].to_numpy(), answered.value)
    assert list(shown["chiffre"]) == [fr.number(value, 1) for value in answered.value]
    between = pd.DataFrame({"au_moins": [4.04, 4.2, 4.06], "au_plus": [4.16, 4.2, 4.14]})
    said = coverage_needs._figures(between, indicators.by_id["suicides"].indicator)
    assert said == ["4,0 à 4,2", "4,2", "4,0 à 4,2"], "bounds are never rounded into one figure"
    assert any("Dessiner depuis" in b.label for b in app.button)
    assert app.query_params["croisement"] in ("suicides:commune", ["suicides:commune"])


def test_the_map_has_one_class_a_commune_and_names_each_in_words(indicators: Indicators) -> None:
    paint = coverage_needs._paint("suicides", "commune", HERE)
    table = coverage_loaders.crossed("suicides", "commune", HERE).table
    drawn = [str(code) for code in real.atlas().codes[HERE.scope.rows]]
    assert paint.runs == maps.paint_runs(table.loc[drawn, "classe"].tolist())
    assert plain(paint.title) == "Couverture et Décès par suicide (2022), par commune"
    labels = [swatch.label for swatch in paint.palette]
    assert "sans CLSM connu, besoin élevé" in labels
    assert len(set(labels)) == len(CLASSES)
    coarse = coverage_needs._paint("taux", "departements", HERE)
    assert "par département" in plain(coarse.title)
    assert len(set(re.findall(r"[a-z]", coarse.runs))) == 1  # the whole département in one class


def test_an_indicator_that_says_no_need_has_no_list_and_its_name_is_escaped(indicators: Indicators) -> None:
    app = open_page(COVERAGE, territoire="dep-79", onglet="besoins", croisement="ages")
    assert "ne dit pas à lui seul un besoin" in captions(app)
    assert HOSTILE in written(app, "")
    assert not any("Accès <b>" in element.value for element in app.get("html"))


def test_the_help_of_a_column_is_text_whatever_the_source_is_called() -> None:
    """What is shown above a column is Markdown: a source that somebody typed would be a link."""
    found = SimpleNamespace(indicator=ratio("taux", HOSTILE), credit="Taux : [ici](https://a.example), 2023.")
    shown = coverage_needs._columns(found)["chiffre"]["help"]
    assert "[ici](" not in shown and plain(shown).replace("\\", "").replace("\u2060", "") == found.credit


def test_an_indicator_counts_in_the_order_term_by_term_and_the_link_carries_it(indicators: Indicators) -> None:
    app = open_page(COVERAGE, territoire="dep-79", onglet="priorites", besoins="suicides:5")
    text = written(app)
    assert "+ Décès par suicide" in text
    weights = Weights(needs=(("suicides", 5.0, True),))
    order = coverage_loaders.ordered("epci", HERE, weights.needs)
    assert order.terms[-1].label == "Décès par suicide"
    ran(app.slider(key=f"{need_criteria.PICK}-weight-suicides").set_value(2).run())
    assert app.query_params["besoins"] in ("suicides:2", ["suicides:2"])
    ran(app.multiselect(key=need_criteria.PICK).set_value([]).run())
    assert "besoins" not in app.query_params


def test_a_direction_that_an_indicator_lacks_is_asked_and_travels(indicators: Indicators) -> None:
    app = open_page(COVERAGE, territoire="dep-79", onglet="priorites", besoins="ages:1:bas")
    assert app.selectbox(key=f"{need_criteria.PICK}-way-ages").value is False
    ran(app.selectbox(key=f"{need_criteria.PICK}-way-ages").set_value(True).run())
    assert app.query_params["besoins"] in ("ages:1:haut", ["ages:1:haut"])


def test_an_indicator_without_a_direction_counts_only_once_somebody_chose_one(indicators: Indicators) -> None:
    app = open_page(COVERAGE, territoire="dep-79", onglet="priorites")
    ran(app.multiselect(key=need_criteria.PICK).set_value(["ages"]).run())
    way = app.selectbox(key=f"{need_criteria.PICK}-way-ages")
    assert way.value is None and "il ne compte qu’une fois son sens choisi" in captions(app)
    assert "besoins" not in app.query_params and "sens choisi par vous" not in written(app)
    ran(way.set_value(False).run())
    assert app.query_params["besoins"] in ("ages:1:bas", ["ages:1:bas"])


@pytest.mark.parametrize("text", ["parti:2", "suicides:9", "ages:1", "suicides", ":::,,", "suicides:2,parti:1"])
def test_what_a_link_says_of_a_withdrawn_indicator_is_passed_over_with_a_sentence(
    indicators: Indicators, text: str
) -> None:
    app = open_page(COVERAGE, territoire="dep-79", onglet="priorites", besoins=text, croisement="parti")
    said = " ".join(w.value for w in app.warning)
    assert "laissé hors des priorités" in said and "la carte montre la couverture seule" in said
    kept = app.session_state[coverage_link.NEED_TERMS]
    assert kept == ((("suicides", 2, True),) if text == "suicides:2,parti:1" else ())


def test_a_gap_chosen_says_why_in_need(indicators: Indicators) -> None:
    app = open_page(COVERAGE, territoire="dep-79", onglet="lacunes", niveau="epci", choix="200041317")
    assert re.search(
        r"indicateurs? comparables?|Le seul indicateur comparable|aucun indicateur ne se compare", written(app)
    )


def test_the_files_hold_the_crossing_and_the_printed_map_its_classes(indicators: Indicators) -> None:
    weights, crossed = Weights(needs=(("suicides", 2.0, True),)), ("suicides", "commune")
    body = coverage_loaders.coverage_file("xlsx", HERE, "epci", weights, None, Imprint("24/11/2026"), crossed)
    sheets = pd.read_excel(BytesIO(body), sheet_name=None, header=None, engine="calamine")
    names = " ".join(sheets)
    assert "besoin élevé" in names and "Couverture et besoin" in names
    assert "Décès par suicide (points)" in sheets["Priorités"].astype(str).to_string()
    svg = coverage_loaders.map_file(HERE, "svg", "a4", MapChoice(), date(2026, 11, 24), crossed).decode()
    assert "sans CLSM connu, besoin élevé" in plain(svg)
    assert "Décès par suicide" in plain(svg)
    used = {CLASSES[rank].need for rank in coverage_loaders.crossed(*crossed, HERE).table["classe"]}
    assert Need.HIGH in used
    assert Cover.NONE_KNOWN in {CLASSES[r].cover for r in coverage_loaders.crossed(*crossed, HERE).table["classe"]}
