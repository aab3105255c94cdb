"""Nobody computes a hidden figure from what is answered: every world that answers the same is tried, then 10 000 pairs of perimeters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.communes import Atlas
from geo.indicators import (
    Direction,
    Grain,
    Indicator,
    Indicators,
    Kind,
    Measure,
    Series,
    answers_over,
    things_of,
    values_frame,
)
from geo.indicators.levels import KNOWN, SECRET, Level, levels_of
from geo.indicators.secrecy import LEAST_HIDDEN, protected
from tests.support.grid import draw


def indicator(grain: Grain, secrecy: int, **change: Any) -> Indicator:
    known = {
        "measure": Measure.COUNT,
        "direction": Direction.WORSE,
        "unit": "",
        "source": "ARS",
        "year": "2025",
    } | change
    return Indicator(f"d-{grain.value}", "Décès", grain=grain, secrecy=secrecy, **known)


def totals(atlas: Atlas, numbers: Sequence[float], column: str) -> dict[str, float]:
    """Add up numbers of atoms over the territories of a column, as a producer does who knows them all."""
    codes = sorted(set(atlas.table[column].dropna()))
    return {str(code): float(np.asarray(numbers)[atlas.members(column, str(code))].sum()) for code in codes}


def published(atlas: Atlas, numbers: Sequence[float], columns: Iterable[str], secrecy: int) -> list[Series]:
    """Make the series that a producer publishes of true numbers, one a grain."""
    found = []
    for column in ("code", *columns):
        grain = Grain.COMMUNE if column == "code" else Grain(column)
        told = dict(zip(atlas.codes, numbers, strict=True)) if column == "code" else totals(atlas, numbers, column)
        found.append(Series(indicator(grain, secrecy), values_frame(told, numerator=list(told.values()))))
    return found


def shown(levels: Sequence[Level]) -> tuple[Any, ...]:
    """Return all that anybody can be told: the state and the figure of every unit of every grain."""
    return tuple(
        (int(state), None if state != KNOWN else float(number))
        for level in levels
        for state, number in zip(level.state, level.numerator, strict=True)
    )


@pytest.mark.parametrize(
    ("columns", "departements", "bodies"),
    [
        (("departement", "region"), ["01", "01", "01", "02", "02"], "AABBB"),
        (("epci", "departement"), ["01", "01", "01", "02", "02"], "AAABB"),
        (("epci", "departement", "region"), ["01", "01", "01", "01", "02"], "AAABB"),  # an EPCI astride
    ],
)
def test_in_all_the_worlds_that_answer_the_same_a_hidden_number_takes_every_value(
    columns: tuple[str, ...], departements: list[str], bodies: str
) -> None:
    """Five communes of 0, 1, 2 or 3; under 3 is hidden; a total may cover three hidden numbers, so that some are shown."""
    atlas = draw([[10] * 5], departement=[departements], epci=[list(bodies)])
    atlas.table["region"] = "R"
    bare = [levels_of(one, atlas)[0] for one in published(atlas, [3] * 5, columns, 3)]
    worlds = defaultdict(list)
    for numbers in product(range(4), repeat=5):
        true = [np.asarray(level.of.T @ np.array(numbers, dtype=float)) for level in bare]
        levels = [replace(level, numerator=number) for level, number in zip(bare, true, strict=True)]
        worlds[shown(protected(levels, least=3))].append(numbers)
    totals_over_hidden = [w for w in worlds if any(w[i][0] == SECRET for i in range(5)) and w[-1][0] == KNOWN]
    assert totals_over_hidden
    for same in worlds.values():
        for values in np.array(same).T:
            hidden = set(values.tolist()) & {1, 2}
            assert not hidden or hidden == {1, 2}


def ranges(atlas: Atlas, series: list[Series], sets: np.ndarray) -> dict[int, tuple[float, float]]:
    """Return what an attacker who has the answers of all these sets knows of each commune that is secret: the values it may have.

    Counts are found again as rate times people over the multiplier; secret numbers are known to be from 1 to the threshold − 1.
    """
    found = answers_over(Indicators(tuple(series)), atlas, [np.flatnonzero(one) for one in sets])[0]
    single = answers_over(Indicators(tuple(series)), atlas, [np.array([row]) for row in range(len(atlas.table))])[0]
    secrecy = found.indicator.secrecy
    known, secret = single.kind == Kind.EXACT, single.kind == Kind.BOUNDED
    equal = np.vstack([sets[found.kind == Kind.EXACT], np.eye(len(known))[known]])
    number = np.concatenate(
        [(found.exact * found.sums.denominator)[found.kind == Kind.EXACT], single.sums.numerator[known]]
    )
    bounded = found.kind == Kind.BOUNDED
    most, least = ((one * found.sums.all_denominator)[bounded] for one in (found.most, found.least))
    each = sets[bounded] @ np.where(known, single.sums.numerator, 0), sets[bounded] @ secret
    news = (most < each[0] + each[1] * (secrecy - 1) - 1e-7) | (
        least > each[0] + each[1] + 1e-7
    )  # else it tells nothing more
    above = np.vstack([sets[bounded][news], -sets[bounded][news]])
    limits = np.concatenate([most[news], -least[news]]) + 1e-7
    equal, first = np.unique(equal, axis=0, return_index=True)
    system = {"A_ub": above, "b_ub": limits, "A_eq": equal, "b_eq": number[first]}
    system = {name: one if len(one) else None for name, one in system.items()}
    bounds = [(1, secrecy - 1) if one else (0, None) for one in secret]
    unknown = {}
    for row in np.flatnonzero(secret):
        aim = np.zeros(len(known))
        aim[row] = 1
        low, high = (linprog(sign * aim, **system, bounds=bounds) for sign in (1, -1))
        assert low.status == high.status == 0
        unknown[int(row)] = (round(low.fun, 6), round(-high.fun, 6))
    return unknown


def country(numbers: list[float], width: int) -> tuple[Atlas, list[Series]]:
    """Draw a country of two départements whose EPCI are stretches of four communes, one of them astride, with ratios of 1 000."""
    size = len(numbers)
    rows = [list(range(i, i + width)) for i in range(0, size, width)]
    atlas = draw(
        [[1000] * width for _ in rows],
        departement=[["01" if i < size // 2 + 2 else "02" for i in line] for line in rows],
        epci=[[f"E{i // 4}" for i in line] for line in rows],
    )
    atlas.table["region"] = "R"
    place = {code: i for i, code in enumerate(sorted(atlas.codes, key=lambda code: int(code[2:])))}
    mine = [numbers[place[code]] for code in atlas.codes]
    change = {"measure": Measure.RATIO, "multiplier": 1.0}
    series = []
    for one, column in zip(
        published(atlas, mine, ("epci", "departement", "region"), 6),
        ("commune", "epci", "departement", "region"),
        strict=True,
    ):
        held = [max(len(atlas.members(column, str(code))), 1) * 1000.0 for code in one.values.index]
        series.append(Series(replace(one.indicator, **change), one.values.assign(denominator=held)))
    return atlas, series


def test_the_answers_of_10_000_pairs_of_perimeters_leave_every_hidden_number_all_its_values() -> None:
    random = np.random.default_rng(19)
    numbers = random.choice([0, 1, 2, 3, 4, 5, 8, 12, 30], 48, p=[0.1, 0.12, 0.1, 0.1, 0.1, 0.08, 0.15, 0.15, 0.1])
    atlas, series = country(numbers.astype(float).tolist(), 8)
    first = random.random((10_000, 48)) < random.random((10_000, 1))
    second = first.copy()
    moved = random.integers(0, 48, 10_000)
    second[np.arange(10_000), moved] ^= True  # one commune more or less
    wholes = [
        atlas.members(column, code) for column in ("epci", "departement", "region") for code in set(atlas.table[column])
    ]
    for pair, whole in enumerate(wholes * 100):  # a whole territory, then without some of its communes
        first[pair] = np.isin(np.arange(48), whole)
        second[pair] = first[pair] & (random.random(48) < 0.9)
    sets = np.vstack([first, second, first & second, first | second]).astype(float)
    found = ranges(atlas, series, sets[sets.any(axis=1)])
    assert len(found) == int(((numbers > 0) & (numbers < 6)).sum())
    assert set(found.values()) == {(1.0, 5.0)}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 6, 9, 40]), min_size=24, max_size=24), st.integers(0, 1000))
def test_on_any_drawn_country_hidden_numbers_keep_all_their_values(numbers: list[int], seed: int) -> None:
    atlas, series = country([float(one) for one in numbers], 6)
    sets = np.random.default_rng(seed).random((60, 24)) < 0.7
    wholes = [
        atlas.members(column, code) for column in ("epci", "departement", "region") for code in set(atlas.table[column])
    ]
    sets = np.vstack([sets, [np.isin(np.arange(24), whole) for whole in wholes]]).astype(float)
    assert set(ranges(atlas, series, sets).values()) <= {(1.0, 5.0)}


def test_a_total_with_one_hidden_commune_is_withheld_and_a_total_with_many_is_told() -> None:
    atlas, series = country([3.0, *[10.0] * 11, *[3.0] * 8, *[10.0] * 4], 6)
    rows = [atlas.members("departement", code) for code in ("01", "02")]
    first, second = answers_over(Indicators(tuple(series)), atlas, rows)[0].kind.tolist()
    assert LEAST_HIDDEN <= 8
    assert (first, second) == (Kind.BOUNDED, Kind.EXACT)


def test_a_rate_that_times_its_people_tells_a_hidden_number_is_withheld() -> None:
    atlas = draw([[1000, 1000]])
    counts = Series(indicator(Grain.COMMUNE, 6), values_frame(["01001", "01002"], numerator=[3.0, 30.0]))
    alone = replace(indicator(Grain.COMMUNE, 0, measure=Measure.RATE), id="taux")
    rates = Series(alone, values_frame(["01001", "01002"], rate=[0.003, 0.03]))
    _, found = answers_over(Indicators((counts, rates)), atlas, [np.array([0]), np.array([1])])
    assert found.kind.tolist() == [Kind.NOTHING, Kind.EXACT]


def test_a_rate_that_only_counts_the_same_word_is_withheld_over_few_hidden_numbers() -> None:
    atlas = draw([[1000] * 6], departement=[["01"] * 5 + ["02"]])
    counts = Series(indicator(Grain.COMMUNE, 6, counted="décès"), values_frame(atlas.codes, numerator=[3.0] * 6))
    alone = replace(
        indicator(Grain.DEPARTEMENT, 0, counted="décès", measure=Measure.RATE), id="taux", label="Mortalité"
    )
    rates = Series(alone, values_frame(["01", "02"], rate=[0.003, 0.03]))
    _, found = answers_over(Indicators((counts, rates)), atlas, [np.arange(5), np.array([5])])
    assert found.kind.tolist() == [Kind.EXACT, Kind.NOTHING]


def test_where_nothing_is_secret_every_total_is_told() -> None:
    atlas, series = country([10.0] * 24, 6)
    thing = things_of(Indicators(tuple(series)), atlas)[0]
    assert all((level.state == KNOWN).all() for level in thing.levels)


def test_a_rate_whose_own_people_tell_a_number_under_the_threshold_is_hidden() -> None:
    alone = indicator(Grain.COMMUNE, 6, measure=Measure.RATE, multiplier=1000.0)
    told = Series(alone, values_frame(["01001", "01002"], rate=[3.0, 3.0], denominator=[1000.0, 9000.0]))
    assert told.values["state"].tolist() == ["secret", "connu"]


@pytest.mark.parametrize("bodies", [4, 8])
def test_a_coarser_series_of_another_name_does_not_tell_a_hidden_number_of_one_that_adds_up_to_it(bodies: int) -> None:
    numbers = [40.0, 3.0, *[float(20 + at) for at in range(4 * bodies - 2)]]
    atlas = draw([[1000] * (4 * bodies)], departement=[[f"{1 + at // 4:02}" for at in range(4 * bodies)]])
    fine, coarse = published(atlas, numbers, ["departement"], 6)
    other = Series(replace(coarse.indicator, label="Nombre de suicides", source="Autre", secrecy=0), coarse.values)
    found = answers_over(
        Indicators((fine, other)), atlas, [atlas.members("departement", code) for code in ("01", "02")]
    )
    assert [one.indicator.label for one in found] == ["Décès", "Nombre de suicides"]
    assert found[1].kind.tolist() == [Kind.NOTHING, Kind.EXACT], "its 63 less the others is the 3 that is hidden"
    unlike = Series(other.indicator, coarse.values.assign(numerator=coarse.values["numerator"] + 50))
    kinds = answers_over(Indicators((fine, unlike)), atlas, [atlas.members("departement", "01")])[1].kind
    assert kinds.tolist() == [Kind.EXACT], "another thing tells nothing"
