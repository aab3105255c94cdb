"""The charts of the page Couverture: what they show, what they say in words, and nothing hostile in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.coverage import MARKER
from tests.support.grid import plain
from ui.coverage import charts
from ui.coverage import survey as survey_view

SIZES = pd.DataFrame({"nom": ["A", "<b>B</b>", "C", "D"], "habitants": [50_000.0, 300_000.0, np.nan, 200_000.0]})
CURVE = pd.DataFrame(
    {"nom": ["A", "B", "C"], "habitants": [600.0, 300.0, 100.0], "ajout": [600.0, 300.0, 0.0], "cumul": [600.0, 900.0, 900.0]}
)  # fmt: skip
GAPS = pd.DataFrame(
    {
        "nom": ["A", "B", "C", "D"],
        "population": [1000.0, 2000.0, 500.0, 0.0],
        "sans_clsm": [1000.0, 0.0, 500.0, 0.0],
        "qpv_sans_clsm": [100.0, 0.0, 200.0, np.nan],
        "part_qpv_sans_clsm": [0.1, np.nan, 0.4, np.nan],
    },
    index=["1", "2", "3", "4"],
)


def test_sizes_go_from_the_largest_and_only_what_is_over_the_marker_is_hatched() -> None:
    chart = charts.clsm_sizes(SIZES, MARKER)
    upto, over = chart.data
    assert (list(upto.y), list(over.y)) == ([200_000, 200_000, 50_000], [100_000, 0, 0])
    assert (upto.marker.pattern.shape, over.marker.pattern.shape) == (None, "/")
    assert plain(upto.hovertext[0]) == plain(over.hovertext[0]) == "&lt;b&gt;B&lt;/b&gt;<br>300 000 habitants"
    assert list(chart.layout.xaxis.ticktext) == ["&lt;b&gt;B&lt;/b&gt;", "D", "A"]
    text = plain(survey_view.sizes_summary(SIZES.dropna()))
    assert text.startswith("3 CLSM : 1 au-dessus du repère d’environ 200 000 habitants ; médiane 200 000 habitants")


def test_the_curve_starts_at_nought_and_is_a_share_of_the_territory() -> None:
    (line,) = charts.covered_curve(CURVE, 1800.0).data
    assert list(line.x) == [0, 1, 2, 3]
    assert [round(y, 6) for y in line.y] == [0, round(600 / 18, 6), 50, 50]
    text = plain(survey_view.curve_summary(CURVE, 1800.0))
    assert "50 % (900 sur 1 800) des habitants" in text
    assert "dans le plus grand" in text
    assert "Le seul CLSM connu" in plain(survey_view.curve_summary(CURVE.head(1), 1800.0))


def test_the_scatter_keeps_what_has_a_gap_and_known_quarters() -> None:
    rows = charts.scatter_rows(GAPS)
    assert list(rows.index) == ["1", "3"]
    (marks,) = charts.qpv_scatter(rows).data
    assert list(marks.x) == [1000, 500]
    assert list(marks.y) == [10, 40]
    text = plain(survey_view.scatter_summary(rows, "epci"))
    assert "La plus forte part en QPV de ceux qui sont sans CLSM : C, 40 %" in text
    assert "le plus grand manque : A, 1 000 habitants, dont 10 % (100) en QPV" in text


def test_charts_write_french_numbers_and_do_not_move_by_accident() -> None:
    for chart in (
        charts.clsm_sizes(SIZES, MARKER),
        charts.covered_curve(CURVE, 1800.0),
        charts.qpv_scatter(charts.scatter_rows(GAPS)),
    ):
        assert chart.layout.separators == ",\u202f"
        assert chart.layout.xaxis.fixedrange
        assert chart.layout.yaxis.fixedrange
        assert chart.layout.xaxis.title.text
        assert chart.layout.yaxis.title.text
