"""Coverage crossed with an indicator: hand answers on a drawn country, the nine classes and what is in none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geo.communes import approximate_density
from geo.coverage import CoverageState, coverage_state, gap_table, scopes
from geo.indicators import (
    Direction,
    Grain,
    Indicators,
    Measure,
    Series,
    answers_over,
)
from geo.needs import (
    CLASSES,
    Cover,
    Crossing,
    Need,
    classes_of_atoms,
    cross_label,
    crossable,
    crossing,
    levels_of_crossing,
    map_level,
)
from tests.needs import BODIES, CODES, EPCI, country, series
from tests.support.grid import crosswalk, draw, plain, zone


def cross(state: CoverageState, told: Series, level: str = "commune", scope: str = "france") -> Crossing:
    thing = crossable(Indicators((told,)), state.atlas)[told.id]
    return crossing(thing, level, scopes(state.atlas)[scope], state)


def thirteen_bodies(numbers: list[Any]) -> Crossing:
    """Cross numbers of fourteen communes, 1 000 inhabitants each, by EPCI: twelve of one commune, the last of two."""
    bodies = [f"2000000{min(i, 12):02d}" for i in range(14)]
    atlas = draw([[1000] * 14], epci=[bodies], departement=[["01"] * 14])
    codes = [str(code) for code in atlas.codes]
    zones = {"epci": {body: zone(*(c for c, b in zip(codes, bodies, strict=True) if b == body)) for body in bodies}}
    state = coverage_state(crosswalk(atlas, zones), approximate_density(atlas))
    return cross(state, series(numbers, codes, secrecy=5), "epci")


def words(found: Crossing, code: str) -> str:
    return cross_label(CLASSES[found.table.at[code, "classe"]], found.indicator.direction)


RISING = list(range(1, 13))


def test_each_commune_falls_in_one_of_nine_classes_by_what_is_known_and_by_thirds() -> None:
    found = cross(country(), series(RISING))
    assert words(found, "01001") == "couvert, besoin faible"
    assert words(found, "01005") == "sans CLSM connu, besoin moyen"
    assert words(found, "02012") == "sans CLSM connu, besoin élevé"
    assert found.table["need"].value_counts().to_dict() == {Need.LOW: 4, Need.MIDDLE: 4, Need.HIGH: 4}
    assert "besoin faible jusqu’à 4,7, besoin élevé au-delà de 8,3 ; tiers des 12 communes d’ici" in plain(found.cuts)
    assert found.left_out == ""


def test_no_clsm_is_said_only_where_the_list_is_complete() -> None:
    found = cross(country(complete=("02",)), series(RISING))
    assert words(found, "02012") == "sans CLSM (liste complète), besoin élevé"
    assert words(found, "01005") == "sans CLSM connu, besoin moyen"


def test_a_smaller_figure_is_the_greater_need_when_more_is_better() -> None:
    found = cross(country(), series(RISING, direction=Direction.BETTER))
    assert words(found, "01001") == "couvert, besoin élevé"
    assert words(found, "02012") == "sans CLSM connu, besoin faible"
    assert found.table["need"].value_counts().to_dict() == {Need.LOW: 4, Need.MIDDLE: 4, Need.HIGH: 4}


def test_an_indicator_that_says_no_need_is_never_called_one() -> None:
    found = cross(country(), series([*RISING[:-1], None], direction=Direction.NEITHER))
    said = {words(found, code) for code in CODES} | {found.cuts, found.left_out}
    assert not any("besoin" in text for text in said)
    assert words(found, "02011") == "sans CLSM connu, chiffre élevé"
    assert found.few_and_needy.empty


def test_what_is_unknown_or_secret_is_in_none_of_the_nine() -> None:
    found = cross(country(), series(["s", None, *RISING[2:]], secrecy=3))
    assert words(found, "01001") == "besoin sous le secret"
    assert words(found, "01002") == "besoin inconnu"
    assert np.isnan(found.table.loc[["01001", "01002"], "valeur"]).all()
    assert plain(found.left_out) == "Hors des neuf classes : besoin inconnu pour 1 et besoin sous le secret pour 1."
    small = cross(country(), series(RISING, least=2000))
    assert set(small.table["need"]) == {Need.NOT_COMPARED}
    assert "trop peu de chiffres" in small.cuts


def test_equal_figures_are_one_class_the_middle_one_when_all_are_equal() -> None:
    assert set(cross(country(), series([5] * 12)).table["need"]) == {Need.MIDDLE}
    tied = cross(country(), series([0] * 8 + [7] * 4)).table["need"]
    assert tied.to_list().count(Need.LOW) == 8
    assert tied.to_list().count(Need.HIGH) == 4


@pytest.mark.parametrize(
    ("figures", "direction", "said"),
    [([1, 2] + [5] * 10, Direction.WORSE, "besoin moyen à 5,0, le plus grand chiffre, besoin faible au-dessous ;"),
     ([9, 8] + [5] * 10, Direction.BETTER, "besoin moyen à 5,0, le plus petit chiffre, besoin faible au-dessus ;")],
)  # fmt: skip
def test_the_greatest_need_shared_by_most_is_never_called_small(
    figures: list[int], direction: Direction, said: str
) -> None:
    found = cross(country(), series(figures, direction=direction))
    need = found.table["need"]
    assert need[CODES[2:]].eq(Need.MIDDLE).all() and need[CODES[:2]].eq(Need.LOW).all()
    assert said in plain(found.cuts)


def test_fewer_than_nine_territories_take_the_thirds_of_the_country() -> None:
    found = cross(country(), series(RISING), scope="dep-02")
    assert "12 communes de France" in plain(found.cuts)
    assert words(found, "02012") == "sans CLSM connu, besoin élevé"


def test_a_coarser_indicator_colours_whole_territories_and_says_so() -> None:
    told = series([1, 2, 3, 4], BODIES, grain=Grain.EPCI, least=0)
    state = country()
    thing = crossable(Indicators((told,)), state.atlas)[told.id]
    assert map_level(thing) == "epci"
    found = crossing(thing, "epci", scopes(state.atlas)["france"], state)
    assert "par EPCI" in found.title
    drawn = classes_of_atoms(found, state)
    assert drawn.tolist() == [found.table.at[EPCI[0][i], "classe"] for i in range(12)]
    there = crossing(thing, "epci", scopes(state.atlas)["dep-02"], state)
    assert (classes_of_atoms(there, state)[:6] == -1).all()


def test_a_rate_alone_is_crossed_at_its_own_grain_only_and_a_count_at_none() -> None:
    state = country()
    every = (
        series(RISING, id="taux", measure=Measure.RATE), series(RISING, id="effectif", measure=Measure.COUNT, unit=""),
        series(RISING, id="rapport"),
    )  # fmt: skip
    things = crossable(Indicators(every), state.atlas)
    assert list(things) == ["taux", "rapport"]
    assert levels_of_crossing(things["taux"]) == ["commune"]
    assert levels_of_crossing(things["rapport"]) == ["commune", "epci", "ept", "departements", "regions"]


def test_the_list_holds_who_is_little_covered_and_in_great_need_the_most_people_first() -> None:
    numbers = [9, 9, 9, 20, 1, 1, 30, 1, 1, 40, 1, 1]
    found = cross(country(), series(numbers))
    assert list(found.few_and_needy.index) == ["02010", "02007"]  # 01001 to 01004 are covered
    assert cross(country(), series(numbers), "epci").few_and_needy.empty  # fewer than nine EPCI: no classes


@pytest.mark.parametrize("level", ["commune", "epci", "departements"])
def test_its_figures_are_those_of_the_gaps_and_of_the_indicator_itself(level: str) -> None:
    state, told = country(), series([3, "s", *RISING[2:]], secrecy=5)
    scope = scopes(state.atlas)["france"]
    table = cross(state, told, level).table
    gaps = gap_table(level, scope, state)
    for column in ("population", "couverts", "sans_clsm", "part_couverte", "non_couverts", "inconnus"):
        assert table[column].equals(gaps[column])
    column = {"commune": "code", "epci": "epci", "departements": "departement"}[level]
    rows = [np.flatnonzero((state.atlas.table[column] == code).to_numpy()) for code in table.index]
    answered = answers_over(Indicators((told,)), state.atlas, rows)[0]
    assert np.array_equal(table["valeur"].to_numpy(), answered.value, equal_nan=True)


def test_a_territory_with_a_secret_commune_has_the_class_that_holds_both_its_bounds() -> None:
    """Twelve bodies of one commune, and one of two whose second is hidden: from 1 to 4 more, out of 2 000."""
    clear = thirteen_bodies([*range(10, 130, 10), 300, "s"])
    last = clear.table.loc["200000012"]
    assert np.isnan(last["valeur"])
    assert [last["au_moins"], last["au_plus"]] == pytest.approx([301 / 2, 304 / 2])
    assert last["need"] == Need.HIGH
    assert "entre deux bornes pour 1" in plain(clear.cuts)
    across = thirteen_bodies([*range(10, 130, 10), 158, "s"])  # from 79.5 to 81, and its middle is the upper cut
    assert across.table.loc["200000012"]["need"] == Need.SECRET
    assert "besoin sous le secret pour 1" in plain(across.left_out)


def test_a_figure_hidden_alone_gives_no_class() -> None:
    state = country()
    told = series([1, 2, *RISING[2:]], secrecy=3)
    found = cross(state, told)
    assert found.table.loc[["01001", "01002"], "need"].tolist() == [Need.SECRET, Need.SECRET]
    assert (found.table.loc[found.table["valeur"].isna(), "need"] > Need.HIGH).all()
    assert set(found.table["cover"]) <= set(Cover)
