"""Indicators on sets of communes: hand answers on a drawn country, for counts, rates, secrecy, finer and coarser grains."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geo.communes import Atlas
from geo.indicators import (
    Direction,
    Grain,
    Indicator,
    Indicators,
    Kind,
    Measure,
    Series,
    SetAnswers,
    State,
    answers_over,
    on_today,
    values_frame,
)
from tests.support.grid import draw

# 01001 01002 01003 | 02004: départements 01 and 02; EPCI A: 01001, 01002; B: 01003, 02004
EPCI = [["200000001", "200000001", "200000002", "200000002"]]
DEPARTEMENTS = [["01", "01", "01", "02"]]
SUICIDES = Indicator(
    "suicides", "Décès par suicide", Measure.RATIO, Grain.COMMUNE, Direction.WORSE, "pour 1 000 habitants",
    "CépiDc", "2022", counted="décès", among="habitants", multiplier=1000,
)  # fmt: skip


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return draw([[1000, 2000, 3000, 4000]], epci=EPCI, departement=DEPARTEMENTS)


def series(known: dict[str, Any], *, among: dict[str, float] | None = None, **change: Any) -> Series:
    """Make a series of figures by code: a number, « s », or None."""
    indicator = replace(SUICIDES, **change)
    figures = [value if isinstance(value, int | float) else np.nan for value in known.values()]
    states = [State.SECRET if value == "s" else State.KNOWN for value in known.values()]
    which = "rate" if indicator.measure is Measure.RATE else "numerator"
    denominators = [among.get(code, np.nan) for code in known] if among else np.nan
    return Series(indicator, values_frame(known, state=states, denominator=denominators, **{which: figures}))


def ask(atlas: Atlas, *given: Series, sets: list[list[str]]) -> SetAnswers:
    return answers_over(Indicators(given), atlas, [atlas.rows(one) for one in sets])[0]


PEOPLE = {"01001": 1000.0, "01002": 2000.0, "01003": 3000.0, "02004": 4000.0}


def test_a_rate_is_computed_again_from_sums_and_never_averaged(atlas: Atlas) -> None:
    told = series({"01001": 10, "01002": 2, "01003": 0, "02004": 8}, among=PEOPLE)
    found = ask(atlas, told, sets=[["01001", "01002"], ["01001"], ["01001", "01002", "01003", "02004"]])
    assert found.kind.tolist() == [Kind.EXACT] * 3
    assert found.value.tolist() == [4.0, 10.0, 2.0]  # 12 of 3 000, not the mean of 10 and 1
    assert found.sums.numerator.tolist() == [12.0, 10.0, 20.0]
    assert found.sums.denominator.tolist() == [3000.0, 1000.0, 10_000.0]


def test_a_unit_not_told_is_no_zero_and_leaves_what_is_known_with_its_people(atlas: Atlas) -> None:
    told = series({"01001": 10, "01002": None}, among=PEOPLE)
    found = ask(atlas, told, sets=[["01001", "01002"], ["01002"], ["01001", "02004"]])
    assert found.kind.tolist() == [Kind.PARTIAL, Kind.NOTHING, Kind.PARTIAL]
    assert np.isnan(found.value).all()
    assert found.sums.known_people.tolist() == [1000.0, 0.0, 1000.0]
    assert found.sums.people.tolist() == [3000.0, 2000.0, 5000.0]


def test_secret_numbers_give_an_interval(atlas: Atlas) -> None:
    told = series({"01001": 10, "01002": "s", "01003": "s", "02004": 8}, among=PEOPLE, secrecy=6)
    found = ask(atlas, told, sets=[["01001", "01002", "01003"], ["01002"], ["01001"]])
    assert found.kind.tolist() == [Kind.BOUNDED, Kind.BOUNDED, Kind.EXACT]
    assert found.least.tolist() == [2.0, 0.5, 10.0]  # 12 of 6 000, 1 of 2 000
    assert found.most.tolist() == [pytest.approx(20 / 6), 2.5, 10.0]


def test_a_secret_of_unknown_threshold_bounds_nothing_above(atlas: Atlas) -> None:
    told = series({"01001": 10, "01002": "s"}, among=PEOPLE)
    found = ask(atlas, told, sets=[["01001", "01002"], ["01002"]])
    assert found.kind.tolist() == [Kind.BOUNDED, Kind.NOTHING]
    assert found.least[0] == pytest.approx(10 / 3)
    assert np.isnan(found.most[0])


def test_a_grain_coarser_than_the_set_says_nothing_of_its_own(atlas: Atlas) -> None:
    told = series({"01": 60, "02": 8}, among={"01": 6000.0, "02": 4000.0}, grain=Grain.DEPARTEMENT)
    found = ask(atlas, told, sets=[["01001"], ["01001", "01002", "01003"], ["01003", "02004"]])
    assert found.kind.tolist() == [Kind.INSIDE, Kind.EXACT, Kind.INSIDE]
    assert found.value[1] == 10.0


def test_a_rate_alone_is_that_of_its_own_territory_only(atlas: Atlas) -> None:
    told = series({"01001": 5.0, "01002": 7.0}, measure=Measure.RATE)
    found = ask(atlas, told, sets=[["01001"], ["01001", "01002"], ["01003"]])
    assert found.kind.tolist() == [Kind.EXACT, Kind.SEVERAL, Kind.NOTHING]
    assert found.value[0] == 5.0


def test_the_finest_grain_that_is_exact_answers(atlas: Atlas) -> None:
    fine = series({"01001": 10, "01002": None, "01003": 5, "02004": 8}, among=PEOPLE, id="fine")
    coarse = series({"01": 60, "02": 8}, among={"01": 6000.0, "02": 4000.0}, grain=Grain.DEPARTEMENT)
    found = ask(atlas, fine, coarse, sets=[["01001"], ["01001", "01002", "01003"], ["01001", "01002"]])
    assert found.at.tolist() == [0, 1, 0]
    assert found.kind.tolist() == [Kind.EXACT, Kind.EXACT, Kind.PARTIAL]


def test_a_denominator_under_what_its_producer_asks_is_not_compared(atlas: Atlas) -> None:
    told = series({"01001": 10, "01002": 2}, among=PEOPLE, least=2500)
    found = ask(atlas, told, sets=[["01001"], ["01001", "01002"]])
    assert found.small.tolist() == [True, False]
    assert np.isnan(found.value[0])
    assert found.exact[0] == 10.0
    assert found.value[1] == 4.0


def test_a_city_is_told_whole_or_by_arrondissements() -> None:
    city = [["69123", "69123", None]]
    atlas = draw([[100, 200, 300]], city=city, departement="69")
    whole = series({"69123": 30, "69003": 6}, among={"69123": 300.0, "69003": 300.0})
    found = ask(atlas, whole, sets=[["69001", "69002"], ["69001"], ["69001", "69002", "69003"]])
    assert found.kind.tolist() == [Kind.EXACT, Kind.INSIDE, Kind.EXACT]
    assert found.value[2] == 60.0
    both = series({"69123": 30, "69001": "s", "69002": 20, "69003": 6}, secrecy=6, measure=Measure.COUNT)
    found = ask(atlas, both, sets=[["69001", "69002"], ["69001"], ["69001", "69002", "69003"]])
    assert found.kind.tolist() == [
        Kind.BOUNDED,
        Kind.BOUNDED,
        Kind.BOUNDED,
    ]  # the city minus 20 would tell the hidden one


def test_communes_merged_since_add_up_and_only_whole() -> None:
    atlas = draw([[100, 200]], former={"01009": ("01001", "Ancienne")})
    told = series({"01001": 3, "01009": 4, "01002": 1}, among={"01001": 60.0, "01009": 40.0, "01002": 200.0})
    found = ask(atlas, told, sets=[["01001"], ["01001", "01002"]])
    assert found.value.tolist() == [70.0, pytest.approx(8000 / 300)]
    half = series({"01001": 3, "01009": None}, among={"01001": 60.0})
    found = ask(atlas, half, sets=[["01001"]])
    assert found.kind.tolist() == [Kind.PARTIAL]
    assert found.sums.known_people.tolist() == [0.0]
    alone = series({"01001": 3.0, "01009": 4.0}, measure=Measure.RATE)
    assert ask(atlas, alone, sets=[["01001"]]).kind.tolist() == [Kind.SEVERAL]


def test_ept_and_the_metropole_that_holds_them_are_both_told() -> None:
    ept = [["E1", "E2", None]]
    atlas = draw([[100, 200, 300]], epci="200054781", ept=ept, departement="75")
    told = series({"200054781": 60, "E1": 5, "E2": 15}, measure=Measure.COUNT, grain=Grain.EPCI)
    sets = [["75001"], ["75001", "75002"], ["75001", "75002", "75003"], ["75003"]]
    found = ask(atlas, told, sets=sets)
    assert found.kind.tolist() == [
        Kind.EXACT,
        Kind.EXACT,
        Kind.EXACT,
        Kind.INSIDE,
    ]  # 60 − 20 is Paris: nothing is hidden here
    assert found.value.tolist()[:3] == [5.0, 20.0, 60.0]


def test_a_commune_without_inhabitants_takes_nothing_from_the_sum_of_the_others() -> None:
    atlas = draw([[1000, 0, 0]])
    told = series({"01001": 10, "01002": None}, among={"01001": 1000.0, "01002": 0.0})
    found = ask(atlas, told, sets=[["01001", "01002", "01003"], ["01002"]])
    assert found.kind.tolist() == [Kind.EXACT, Kind.EXACT]
    assert found.value[0] == 10.0
    assert np.isnan(found.value[1])


def test_two_series_of_one_grain_are_two_things_even_under_one_name(atlas: Atlas) -> None:
    women = series({"01001": 10}, among=PEOPLE, id="femmes")
    men = series({"01001": 30}, among=PEOPLE, id="hommes")
    found = answers_over(Indicators((women, men)), atlas, [np.array([0])])
    assert [one.value[0] for one in found] == [10.0, 30.0]


def test_a_merged_commune_with_a_secret_part_is_unknown_unless_the_other_parts_are_zero() -> None:
    atlas = draw([[100, 200]], former={"01009": ("01001", "Ancienne"), "01008": ("01002", "Autre")})
    told = series({"01001": 50, "01009": "s", "01002": 0, "01008": "s"}, measure=Measure.COUNT, secrecy=6)
    states = on_today(told, atlas).values["state"]
    assert states.to_dict() == {"01001": State.ABSENT, "01002": State.SECRET}  # 51 to 55 is no number under 6
