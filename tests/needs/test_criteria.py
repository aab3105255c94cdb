"""An indicator as a criterion of priorities: ranks by hand, unknown left out, exact intervals, directions, what was withdrawn."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from geo.coverage import PRIORITY_TERMS, Compared, Ranking, Weights, compared, explain, rank, scopes, stability
from geo.errors import GeoInputError
from geo.indicators import Direction, Indicators, Measure, Series
from geo.needs import criteria, held_weights, highest_first, with_needs
from tests.needs import CODES, country, series
from tests.support.grid import plain

ALONE = Weights(0, 0, 0, 0, needs=(("recours", 1.0, True),))


def order(told: Series, weights: Weights = ALONE, level: str = "commune") -> tuple[Compared, Weights]:
    state = country()
    things = criteria(Indicators((told,)), state.atlas)
    held = held_weights(weights, things)
    return with_needs(compared(level, scopes(state.atlas)["france"], state), level, held, things, state), held


def ranked(told: Series, weights: Weights = ALONE, level: str = "commune") -> Ranking:
    found, held = order(told, weights, level)
    return rank(found.table, held, found.closed, found.terms)


def test_the_greatest_need_has_all_the_points_and_the_least_none() -> None:
    table = ranked(series([9, 9, 9, 9, 10, 20, 30, 40, 50, 60, 70, 80])).table  # the first four are covered
    assert table.loc["02012", ["rang", "score"]].tolist() == [1.0, 100.0]
    assert table.at["01005", "score"] == 0.0
    assert table.at["02011", "score"] == pytest.approx(100 * 6 / 7)
    assert "01001" not in table.index


@pytest.mark.parametrize("shift", [-500.0, 0.0, 3.0])
def test_a_rate_of_any_sign_orders_by_rank_alone(shift: float) -> None:
    rates = [shift + v for v in (0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 1000)]
    table = ranked(series(rates, measure=Measure.RATE)).table
    assert table.at["02011", "score"] == pytest.approx(100 * 6 / 7)


def test_less_is_more_need_where_more_is_better_and_only_the_person_says_it_otherwise() -> None:
    numbers = [9, 9, 9, 9, 10, 20, 30, 40, 50, 60, 70, 80]
    better = series(numbers, direction=Direction.BETTER)
    assert (
        ranked(better).table["rang"].idxmin() == "01005"
    )  # what the link says of a direction does not change the indicator's own
    neither = series(numbers, direction=Direction.NEITHER)
    assert highest_first(neither.indicator) is None
    up, down = (ranked(neither, Weights(0, 0, 0, 0, needs=(("recours", 1.0, way),))) for way in (True, False))
    assert up.table["rang"].idxmin() == "02012"
    assert down.table["rang"].idxmin() == "01005"
    assert "sens choisi par vous" in up.terms[-1].meaning


def test_an_unknown_figure_leaves_the_score_and_its_weight_goes_to_the_others() -> None:
    told = series(["s", "s", "s", "s", None, 20, 30, 40, 50, 60, 70, 80], secrecy=3)
    found = ranked(told, Weights(1, 0, 0, 0, needs=(("recours", 3.0, True),)))
    row = found.table.loc["01005"]
    assert row["score"] == 100.0  # all eight have as many people: the rank of each is the first
    assert row["inconnu"] == "Passages aux urgences"
    assert np.isnan(row["besoin-recours"])
    assert "inconnu, hors du score : Passages aux urgences" in plain(explain(found, "01005"))
    assert "Passages aux urgences 75,0" in plain(explain(found, "02012"))
    assert any("Passages aux urgences : inconnu pour 1 des 8 territoires" in plain(text) for text in found.remarks)


def test_the_interval_of_a_rank_is_that_of_every_value_the_unknown_may_take() -> None:
    told = series([None, None, None, None, None, 20, 30, None, 50, 60, 70, 80])
    found, held = order(told, Weights(2, 0, 0, 0, needs=(("recours", 3.0, True),)))
    table = rank(found.table, held, found.closed, found.terms).table
    known = np.array([np.nan, 0.0, 1 / 5, np.nan, 2 / 5, 3 / 5, 4 / 5, 1.0])
    codes = CODES[4:]
    best, worst = dict.fromkeys(codes, 99), dict.fromkeys(codes, 0)
    for pair in product((0.0, 0.37, 1.0), repeat=2):
        values = known.copy()
        values[np.isnan(known)] = pair
        for code, value in zip(codes, values, strict=True):
            place = 1 + int((values > value + 1e-9).sum())
            best[code], worst[code] = min(best[code], place), max(worst[code], place)
    assert {code: (table.at[code, "au_mieux"], table.at[code, "au_pire"]) for code in codes} == {
        code: (best[code], worst[code]) for code in codes
    }


def test_an_indicator_known_nowhere_is_closed_and_says_so() -> None:
    told = series([1, 2, 3, 4, *[None] * 8])
    found = ranked(told, Weights(1, 0, 0, 0, needs=(("recours", 1.0, True),)))
    assert "besoin-recours" in found.closed
    assert "aucun chiffre connu et comparable à cette échelle" in plain(" ".join(found.remarks))
    assert found.table["score"].tolist() == [100.0] * 8


def test_a_withdrawn_indicator_leaves_the_weights_and_four_alone_are_as_before() -> None:
    state, told = country(), series(list(range(12)))
    things = criteria(Indicators((told,)), state.atlas)
    held = held_weights(Weights(1, 0, 0, 1, needs=(("parti", 2.0, True),)), things)
    assert held == Weights(1, 0, 0, 1)
    with pytest.raises(GeoInputError):
        held_weights(Weights(0, 0, 0, 0, needs=(("parti", 2.0, True),)), things)
    before = compared("commune", scopes(state.atlas)["france"], state)
    assert with_needs(before, "commune", Weights(), things, state) is before
    assert before.terms == PRIORITY_TERMS


def test_a_count_may_be_a_criterion_and_stability_draws_its_weight_too() -> None:
    told = series([9, 9, 9, 9, *range(8)], measure=Measure.COUNT, unit="")
    found, held = order(told)
    kept = stability(found.table, held, found.closed, found.terms, first=1, draws=200)
    assert kept.near_weights["02012"] == 1.0
    assert kept.any_weights.max() == 1.0


@pytest.mark.parametrize(("level", "codes"), [("epci", 3), ("departements", 2)])
def test_figures_of_a_larger_territory_are_those_of_the_whole_of_it(level: str, codes: int) -> None:
    numbers: list[Any] = [9, 9, 9, 10, 10, 10, 20, 20, 20, 40, 40, 40]
    found, _ = order(series(numbers), level=level)
    values = found.table["besoin-recours"]
    assert len(found.table[found.table["sans_clsm"] > 0]) == codes
    assert values.get("200000003", values.get("02")) == (20.0 if level == "epci" else 30.0)
