"""The FRR zoning beside the density grid, in the check of rural communes: counted, never judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.communes import Revitalisation
from geo.guidance.revitalisation import revitalisation_details
from geo.perimeters import PerimeterFacts
from tests.support.grid import check, draw, facts_of, plain

STATUSES = [
    "FRR socle",
    "FRR bénéficiaire",
    "FRR+",
    "Classée FRR partiellement",
    "FRR à La Réunion",
    "Non classée",
    "",
    "jamais vu",
]


def facts(codes: list[str], people: int = 10) -> PerimeterFacts:
    made = facts_of(draw([[people] * len(STATUSES)]), codes)
    zoning = Revitalisation(np.array(STATUSES, dtype=object), "liste France ruralités revitalisation (2025)")
    return replace(made, evidence=replace(made.evidence, revitalisation=zoning))


def every() -> list[str]:
    return [f"01{n:03d}" for n in range(1, len(STATUSES) + 1)]


def test_the_communes_of_a_perimeter_are_counted_by_status_and_the_unknown_apart() -> None:
    (said,) = revitalisation_details(facts(every()))
    assert plain(said) == (
        "Zonage FRR : 2 communes en zone France ruralités revitalisation (FRR), 1 commune en FRR+, 1 commune en FRR pour partie, "
        "1 commune en FRR, classement propre à La Réunion, 1 commune hors zonage et 2 communes au classement inconnu "
        "(liste France ruralités revitalisation (2025))."
    )


def test_without_the_list_nothing_is_said() -> None:
    assert revitalisation_details(facts_of(draw([[10, 10]]), ["01001"])) == ()


@pytest.mark.parametrize(("people", "codes"), [(10, every()), (10, every()[:2]), (5000, every())])
def test_the_rural_check_tells_it_whatever_it_decides_and_decides_the_same(people: int, codes: list[str]) -> None:
    known = facts(codes, people)
    without = replace(known, evidence=replace(known.evidence, revitalisation=None))
    said, before = check("rural", known), check("rural", without)
    assert said.details == (*before.details, *revitalisation_details(known))
    assert (said.outcome, said.sentence, said.figures) == (before.outcome, before.sentence, before.figures)
