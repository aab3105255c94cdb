"""Why a gap matters in need: three figures above the région's, by hand, and what is not compared."""

from __future__ import annotations

import numpy as np

from geo.indicators import Direction, Grain, Indicators, Measure
from geo.needs import reasons
from tests.needs import CODES, country, series
from tests.support.grid import plain

FIRST = [200 if i < 3 else 100 for i in range(12)]  # of 1 000: the first EPCI above its région (01: 150)
HERE = np.arange(3)


def test_the_three_furthest_above_are_said_and_the_others_are_counted() -> None:
    lower = [50 if i < 3 else 100 for i in range(12)]
    higher = [100 + 100 * step if i < 3 else 100 for i in range(12) for step in [2]]
    state = country()
    told = (
        series(FIRST, id="a", label="Le premier"),
        series(higher, id="b", label="Le plus loin", counted="b"),
        series(lower, id="c", label="Dessous", counted="c"),
        series(lower, id="d", label="Mieux vaut plus", counted="d", direction=Direction.BETTER),
        series(FIRST, id="e", label="Encore", counted="e"),
        series(FIRST, id="f", label="Ne dit rien", counted="f", direction=Direction.NEITHER),
        series([None] * 12, id="g", label="Inconnu", counted="g"),
        series(FIRST, id="h", label="Nombre", counted="h", measure=Measure.COUNT, unit=""),
    )
    found = reasons(Indicators(told), state.atlas, HERE)
    assert found is not None
    assert found.region == "Région R01"
    assert len(found.above) == 4
    assert len(found.shown) == 3
    assert plain(found.shown[0]).startswith("Le plus loin (2023) : 300")
    assert "région : 200" in plain(found.shown[0])
    assert not any(text.startswith(("Dessous", "Ne dit rien", "Inconnu", "Nombre")) for text in found.above)
    assert (found.not_above, found.not_compared) == (1, 3)
    assert plain(found.text) == (
        "Besoin plus grand que dans la région (Région R01) pour 4 des 5 indicateurs comparables ; 3 inconnus ou non comparés."
    )


def test_what_chance_explains_is_not_above_and_nothing_is_said_of_nothing() -> None:
    state = country()
    near = series([5 if i == 0 else 4 for i in range(12)])
    found = reasons(Indicators((near,)), state.atlas, HERE)
    assert found is not None
    assert found.above == ()
    assert "n’est pas plus grand" in plain(found.text)
    assert reasons(Indicators(), state.atlas, HERE) is None
    assert reasons(Indicators((near,)), state.atlas, HERE[:0]) is None
    assert reasons(Indicators((near,)), state.atlas, np.arange(6)) is None  # the whole région


def test_an_indicator_of_the_departement_is_not_compared_inside_it() -> None:
    state = country()
    told = series([10, 20], ["01", "02"], grain=Grain.DEPARTEMENT)
    found = reasons(Indicators((told,)), state.atlas, HERE)
    assert found is not None
    assert (found.above, found.not_above, found.not_compared) == ((), 0, 1)
    assert plain(found.text) == "Besoin : aucun indicateur ne se compare ici à celui de la région."
    assert len(CODES) == 12
