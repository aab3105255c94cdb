"""The panels « Budget » and « CLSM comparables », and the territories like one: what is chosen is kept, what is closed is not computed."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from geo.budget import NO_BUDGET, WHOLE, Budget, Funder, Key, budget_rows, costed
from geo.scenarios import unpack
from tests.support import real
from tests.support.apptest import COVERAGE, PERIMETER, open_page, ran, written
from tests.support.grid import draw, facts_of, plain
from ui import frame
from ui.budget import choices
from ui.budget.panel import csv
from ui.perimeter import workbench

GRID = draw([[1000, 2000, 3000]])


def shown(name: str, codes: str = "94028,94046") -> AppTest:
    app = open_page(PERIMETER, carte="dep-94", communes=codes)
    return ran(app.segmented_control(key=workbench.PANEL).set_value(name).run())


def field(app: AppTest, kind: str, start: str):
    return next(e for e in getattr(app, kind) if (e.key or "").startswith(start))


def kept(app: AppTest) -> Budget:
    return app.session_state[frame.WORKBOOK].scenario.budget


# --- budget -----------------------------------------------------------------------------------------------------------
def test_nothing_is_counted_until_a_time_is_chosen() -> None:
    app = shown("Budget")
    assert "Budget inconnu : choisissez d’abord le temps de coordination." in written(app)
    assert "120 000" not in written(app) and kept(app) == NO_BUDGET


def test_a_budget_is_chosen_shared_told_to_a_town_and_travels_in_the_link() -> None:
    app = shown("Budget")
    ran(field(app, "selectbox", "budget-etp").set_value(50).run())
    ran(field(app, "multiselect", "budget-financeurs").set_value([Funder.COMMUNES, Funder.HOSPITAL, Funder.ARS]).run())
    assert kept(app) == Budget(50, funders=(Funder.COMMUNES, Funder.HOSPITAL, Funder.ARS))
    said = written(app)
    assert "Pour 0,5 ETP : au moins 30 000 € par an" in said and "10 000 €" in said
    assert "Votre commune, Créteil : au moins" in said and "2,5 jours par semaine" in said
    link = unpack("".join(app.query_params["lien"]), real.atlas()).workbook
    assert link.scenario.budget == kept(app)


def test_shares_of_ones_own_start_alike_and_a_wrong_sum_is_said() -> None:
    app = shown("Budget")
    ran(field(app, "selectbox", "budget-etp").set_value(100).run())
    ran(field(app, "multiselect", "budget-financeurs").set_value([Funder.COMMUNES, Funder.ARS]).run())
    ran(field(app, "segmented_control", "budget-parts").set_value(choices.OWN).run())
    assert dict(kept(app).percents) == {"communes": 5_000, "ars": 5_000}
    ran(field(app, "number_input", "budget-part-ars").set_value(40).run())
    assert any("90 %, il manque 10 %" in plain(w.value.replace("\\", "")) for w in app.warning)
    assert "Votre commune" not in written(app)


def test_an_amount_that_is_emptied_is_unknown_again_and_zero_is_a_zero() -> None:
    app = shown("Budget")
    ran(field(app, "number_input", "budget-projets").set_value(4_000).run())
    ran(field(app, "number_input", "budget-logistique").set_value(0).run())
    assert kept(app).running == (("logistique", 0), ("projets", 4_000))
    ran(field(app, "number_input", "budget-projets").set_value(None).run())
    assert kept(app).running == (("logistique", 0),)


def test_a_key_of_ones_own_starts_from_the_people_and_forgets_the_communes_that_left() -> None:
    facts = facts_of(GRID, ["01001", "01002", "01003"])
    start = choices.by_people(Budget(50, funders=(Funder.COMMUNES,)), facts)
    assert dict(start.town_percents) == {"01001": 1_667, "01002": 3_333, "01003": 5_000}
    assert start.key is Key.CUSTOM and sum(v for _, v in start.town_percents) == WHOLE
    moved = choices.edited(start, ["01001", "01002"], {0: {choices.SHARE: 66.67}})
    assert dict(moved.town_percents) == {"01001": 6_667, "01002": 3_333}


def test_the_file_is_safe_in_a_spreadsheet_and_adds_up() -> None:
    facts = facts_of(GRID, ["01001", "01002", "01003"])
    budget = Budget(50, funders=(Funder.COMMUNES,))
    lines = csv(budget_rows(budget, costed(budget, facts))).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Section;Ligne;Euros par an") and "inconnu" in lines[2]
    paid = [line.split(";")[2] for line in lines if "Bourg" in line]
    assert sum(float(p.replace(",", ".")) for p in paid) == 30_000
    hostile = costed(budget, facts_of(draw([[10]]), ["01001"]))
    assert "\n=" not in csv(budget_rows(budget, hostile)).decode("utf-8-sig")


@pytest.mark.parametrize("name", ["Repères", "Scénarios", "Budget"])
def test_a_closed_panel_computes_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("ui.similar.panel.similar_clsm", lambda *_: asked.append("clsm"))
    monkeypatch.setattr("ui.similar.panel.silhouettes", lambda *_: asked.append("formes"))
    if name != "Budget":
        monkeypatch.setattr("ui.budget.panel.costed", lambda *_: asked.append("budget"))
    shown(name)
    assert not asked


# --- what is alike ----------------------------------------------------------------------------------------------------
def test_clsm_alike_are_drawn_counted_and_sourced() -> None:
    app = shown("CLSM comparables")
    said = written(app)
    assert "CLSM connus en service" in said and "Votre périmètre" in said and "même échelle" in said
    assert sum(e.value.count("data:image/svg+xml") for e in app.get("html")) == 12  # one's own, ten CLSM, the scale bar
    assert "Écart" in said and "150 196" in said


@pytest.mark.parametrize("territory", ["epci-200041317", "dep-94", "reg-32", "ept-200058006"])
def test_territories_alike_are_shown_on_the_page_of_coverage(territory: str) -> None:
    app = open_page(COVERAGE, territoire=territory, onglet="enquetes")
    said = written(app)
    assert "semblables ensemble" in said and "Les territoires comparables ensemble" in said


def test_france_is_compared_with_nothing() -> None:
    assert "semblables ensemble" not in written(open_page(COVERAGE, territoire="france", onglet="enquetes"))
