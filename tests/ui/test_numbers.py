"""Numbers are French on every page: each column of each grid, each axis and tooltip of each chart, each text of ours.

The grids themselves are drawn in a browser: tests/journeys/test_journey_numbers.py reads what they show.
"""

from __future__ import annotations

import ast
import json
import re

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geo.paths import ROOT
from tests.support.apptest import COMPARISON, COVERAGE, DATA, METHOD, PERIMETER, open_page, written
from ui.choices import SEPARATORS

pytestmark = pytest.mark.usefixtures("shared_caches")
FRENCH = {"localized", "percent"}
POINT = re.compile(
    r"(?<![\w.,/:-])\d+\.\d+(?![\w.-]*/|[.\d]|\w)"
)  # « 69.2 », and neither 1.2.3 nor a part of an address
SIGNS = re.compile(r"\b(?:clsm|qpv|epci|cpts|finess)\b")
PAGES = (
    (None, {}),
    (COVERAGE, {"territoire": "dep-62", "choix": "200069482"}),
    (COVERAGE, {"territoire": "dep-62", "onglet": "priorites"}),
    (COVERAGE, {"territoire": "dep-62", "onglet": "prochains"}),
    (COVERAGE, {"territoire": "dep-62", "onglet": "enquetes"}),
    (COVERAGE, {"territoire": "dep-62", "onglet": "clsm"}),
    (PERIMETER, {"communes": "62498,62041"}),
    (COMPARISON, {"commune": "62498"}),
    (DATA, {}),
    (METHOD, {}),
)


def _grids(app: AppTest) -> None:
    for grid in app.dataframe:
        columns = json.loads(grid.proto.columns or "{}")
        for name in grid.value.columns:
            if not pd.api.types.is_numeric_dtype(grid.value[name]) or pd.api.types.is_bool_dtype(grid.value[name]):
                continue
            shown = columns.get(str(name), {}).get("type_config", {})
            assert shown.get("format") in FRENCH and "step" in shown, f"{name} is written as the library likes"


def _charts(app: AppTest) -> int:
    charts = app.get("plotly_chart")
    for chart in charts:
        drawn = json.loads(chart.proto.spec)
        text = json.dumps(drawn.get("data", []))
        if re.search(r"%\{[xy]:", text) or "tickformat" in json.dumps(drawn["layout"]):
            assert drawn["layout"].get("separators") == SEPARATORS
    return len(charts)


@pytest.mark.parametrize(("page", "query"), PAGES)
def test_numbers_and_capitals_are_french_on_every_page(page: str | None, query: dict[str, str]) -> None:
    app = open_page(page, **query)
    _grids(app)
    assert _charts(app) or query.get("onglet") != "enquetes"
    labels = [
        w.label
        for kind in ("selectbox", "multiselect", "number_input", "slider", "button", "checkbox")
        for w in app.get(kind)
    ]
    texts = re.sub(r"Licence Ouverte 2\.0", "", written(app))
    said = "\n".join([texts, *labels, *(c.value for c in app.caption), *(e.label for e in app.expander)])
    assert [found.group() for found in POINT.finditer(said)] == []
    assert [found.group() for found in SIGNS.finditer(said)] == []


def test_no_page_makes_a_column_of_numbers_by_itself() -> None:
    for path in sorted([*(ROOT / "ui").glob("**/*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "dashboard.py"]):
        if path == ROOT / "ui" / "choices.py":
            continue
        names = {
            node.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Attribute)
        }
        assert not names & {"NumberColumn", "ProgressColumn"}, f"{path.name}: ui.choices makes these"
