"""An opened city above the marker, cut into groups of IRIS or along its sectors; hand answers on the drawn city of twelve IRIS.

The city has 1 000 inhabitants: four IRIS of 56, 56, 56, 55, seven of 111, one where nobody lives.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.dataset import Dataset, opened
from geo.guidance import Settings
from geo.moves import incidence_of
from geo.perimeters import count_pieces
from geo.suggest import Division, suggest
from tests.dataset.drawn_cities import CITY, NEXT, PIECES
from tests.dataset.test_opened import ATLAS, world
from tests.support.grid import layer, plain

UNKNOWN = {"secteurs-adultes": layer(ATLAS, "secteurs-adultes", {})}
OPEN, BARE = opened(world(), [CITY]), opened(world(**UNKNOWN), [CITY])
LIMIT = Settings(marker=400)


def ways(data: Dataset, codes: list[str], marker: int = 400) -> tuple[Division, ...]:
    return suggest(data.evidence, codes, Settings(marker=marker)).divisions


def test_a_city_above_the_marker_is_cut_along_its_sectors_where_they_are_known() -> None:
    (way,) = ways(OPEN, PIECES)
    assert way.title == "Par secteurs de psychiatrie adulte"
    assert [(p.name, p.population) for p in way.parts] == [("c (en partie)", 444), ("b (en partie)", 333), ("a (en partie)", 223)]  # fmt: skip


def test_without_sectors_the_iris_are_grouped_and_each_group_is_in_one_piece() -> None:
    (way,) = ways(BARE, PIECES)
    assert way.title == "Par groupes d’IRIS voisins"
    assert plain(way.manner) == (
        "Un découpage possible parmi d’autres : chaque IRIS reste entier ; les plus proches sont groupés jusqu’à approcher le repère "
        "d’environ 400 habitants."
    )
    assert sorted(code for p in way.parts for code in p.codes) == PIECES
    assert len(way.parts) == 3 and sum(p.population for p in way.parts) == 1_000
    assert max(p.population for p in way.parts) - min(p.population for p in way.parts) <= 111  # one IRIS
    ground = incidence_of(BARE.evidence)
    assert all(count_pieces(ground.links, ground.atlas.rows(p.codes)) == 1 for p in way.parts)


def test_a_group_is_named_by_the_city_its_number_of_iris_and_a_name_of_insee() -> None:
    for part in ways(BARE, PIECES)[0].parts:
        middle = {str(BARE.atlas.names[BARE.atlas.row[c]]).removeprefix("Bourg 5 – ") for c in part.codes}
        assert plain(part.name) in {f"Bourg 5 ({len(part.codes)} IRIS autour de {name})" for name in middle}


def test_with_other_communes_the_city_alone_is_taken_by_iris() -> None:
    codes = [*PIECES, "01004", "01002"]  # 400 and 200 beside the city
    (way,) = ways(BARE, codes)
    assert way.title == "Par groupes de communes et d’IRIS voisins"
    assert "chaque commune reste entière, sauf Bourg 5, dont chaque IRIS reste entier" in way.manner
    assert sorted(code for p in way.parts for code in p.codes) == sorted(codes)


def test_an_opened_city_below_the_marker_stays_whole_in_a_division() -> None:
    codes = [*PIECES, "01004", "01002", "01008", "01001"]
    (way,) = ways(BARE, codes, marker=1_050)
    assert way.title == "Par groupes de communes voisines"
    assert any(set(PIECES) <= p.codes for p in way.parts)


def test_below_the_marker_nothing_is_cut() -> None:
    assert ways(BARE, PIECES, marker=1_000) == ()


@pytest.mark.parametrize(("known", "said"), [(True, "ouvrez-la en IRIS pour la découper"), (False, "ne peut pas être découpée ici")])  # fmt: skip
def test_a_city_in_one_piece_says_whether_it_can_be_opened(known: bool, said: str) -> None:
    data = world(**UNKNOWN) if known else replace(world(**UNKNOWN), iris=None)
    (text,) = suggest(data.evidence, [CITY], LIMIT).uncut
    assert said in plain(text) and "Bourg 5 (1 000 habitants)" in plain(text)
    assert suggest(data.evidence, [CITY, NEXT], Settings(marker=1_001)).uncut == ()
