"""Suggestions on an opened city: hand answers on the drawn city of twelve IRIS that three sectors cut (`tests/dataset/drawn_cities.py`)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.communes import pieces_text, places
from geo.dataset import Dataset, opened
from geo.guidance.sector_shares import sectors_cut
from geo.layers import LayerId
from geo.perimeters import Perimeter
from geo.suggest import Kind, Suggestion, suggest, tried_near
from tests.dataset.drawn_cities import BESIDE, CITY, NEXT, PIECES
from tests.dataset.test_opened import ATLAS, sectors, world
from tests.support.grid import layer, plain

OPEN = opened(world(), [CITY])
BOTH = opened(world(), [CITY, NEXT])
REST = ["01008", "01009"]  # what sector C has outside the city
CHILD = {"secteurs-enfants": replace(sectors(), id=LayerId.CHILD_SECTORS)}


def of_kind(data: Dataset, codes: list[str], kind: Kind) -> list[Suggestion]:
    return [s for s in suggest(data.evidence, codes).add if s.kind is kind]


def test_a_sector_is_completed_by_iris_and_by_communes() -> None:
    # A: the first row of the city (56, 56, 56, 55) and 01002 (200); one IRIS is inside.
    (one,) = of_kind(OPEN, PIECES[:1], Kind.SECTOR)
    assert plain(one.effect.move.label) == "Compléter le secteur a (1 commune et 3 IRIS de Bourg 5)"
    assert one.effect.move.added == {"01002", *PIECES[1:4]}
    assert one.effect.people == 367
    assert "complète a ; habitants des secteurs rencontrés laissés dehors : 367 → 0" in plain(
        " ; ".join(one.words.pros)
    )


def test_the_rest_of_a_city_in_a_sector_is_said_in_one_number() -> None:
    # C: 111 × 4 + 0 in the last IRIS of the city, with 01008 and 01009 (1 700), which are inside.
    (one,) = of_kind(OPEN, REST, Kind.SECTOR)
    assert plain(one.effect.move.label) == "Compléter le secteur c (5 IRIS de Bourg 5)"
    assert (one.effect.people, one.effect.move.added) == (444, frozenset(PIECES[7:]))
    assert not any(code in text for text in (*one.words.pros, *one.words.cons) for code in PIECES)


def test_a_sector_of_which_a_part_has_no_known_size_is_not_completed() -> None:
    vague = sectors()
    data = opened(world(**{"secteurs-adultes": replace(vague, fine=None, members=vague.members.assign(inhabitants=float("nan")))}), [CITY])  # fmt: skip
    assert of_kind(data, PIECES[:1], Kind.SECTOR) == []


def test_a_sector_that_cuts_a_city_not_opened_is_not_completed() -> None:
    assert of_kind(world(), ["01002"], Kind.SECTOR) == []


def test_a_child_sector_is_completed_too_and_weighs_as_an_adult_one() -> None:
    data = opened(world(**CHILD), [CITY])
    none = opened(world(**CHILD, **{"secteurs-adultes": layer(ATLAS, "secteurs-adultes", {})}), [CITY])
    (one,) = of_kind(none, REST, Kind.CHILD_SECTOR)
    assert plain(one.effect.move.label) == "Compléter le secteur c (5 IRIS de Bourg 5)"
    said = plain(" ; ".join(one.words.pros))
    assert "complète c ; habitants des secteurs infanto-juvéniles rencontrés laissés dehors : 444 → 0" in said
    # The same communes are one gesture, under the name of the adult sector, that gains on both.
    (both,) = (s for s in suggest(data.evidence, REST).add if s.effect.move.added == frozenset(PIECES[7:]))
    assert both.kind is Kind.SECTOR and "infanto-juvéniles" in plain(" ; ".join(both.words.pros))


def test_the_check_of_sectors_names_what_completes_them_in_one_number() -> None:
    (cut,) = sectors_cut(OPEN.facts(Perimeter.of(["01001"], OPEN.atlas)))
    assert plain(cut.sentence) == (
        "b : 23,1 % (100 sur 433) de ses habitants dans le périmètre ; 3 IRIS de Bourg 5 (+ 333 habitants) le complètent."
    )


@pytest.mark.parametrize(
    ("codes", "said", "named"),
    [
        (["01001", "01002"], "2 communes", ["Bourg 1", "Bourg 2"]),
        (PIECES, "1 commune", ["Bourg 5"]),
        ([*PIECES, *BESIDE], "2 communes", ["Bourg 5", "Bourg 6"]),
        (["01001", *PIECES[:4]], "1 commune et 4 IRIS de Bourg 5", ["Bourg 1", "4 IRIS de Bourg 5"]),
        ([PIECES[0], BESIDE[1]], "1 IRIS de Bourg 5 et 1 IRIS de Bourg 6", ["Bourg 5 – Q01", "Bourg 6 – Q02"]),
    ],
)
def test_pieces_are_said_in_words(codes: list[str], said: str, named: list[str]) -> None:
    rows = BOTH.atlas.rows(codes)
    assert plain(pieces_text(BOTH.atlas, rows)) == said
    assert [plain(name) for name in places(BOTH.atlas, rows)] == named


def test_the_groups_tried_around_a_part_of_a_city_are_said_in_pieces() -> None:
    facts = OPEN.facts(Perimeter.of(PIECES[:1], OPEN.atlas))
    labels = {plain(tried.label) for tried in tried_near(facts)}
    assert "Ajouter le reste d’a (1 commune et 3 IRIS de Bourg 5)" in labels
