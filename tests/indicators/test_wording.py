"""What is said of an indicator on a set of communes: each case by its exact words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geo.communes import Atlas
from geo.indicators import Grain, Indicators, Measure, Series, State, answer, answers_over, values_frame
from tests.needs.made_up import ratio
from tests.support.grid import draw, plain

RATE = {"measure": Measure.RATE, "unit": "pour 100 000"}


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return draw([[1000, 2000, 3000, 4000]], departement=[["01", "01", "01", "02"]])


def say(atlas: Atlas, codes: str, told: dict[str, Any], **change: Any) -> str:
    one = ratio(**change)
    which = "rate" if one.measure is Measure.RATE else "numerator"
    figures = [value if isinstance(value, float) else np.nan for value in told.values()]
    states = [State.SECRET if value == "s" else State.KNOWN for value in told.values()]
    values = values_frame(told, state=states, denominator=1000.0, **{which: figures})
    rows = atlas.rows([f"{'02' if code == '4' else '01'}00{code}" for code in codes])
    return plain(answer(answers_over(Indicators((Series(one, values),)), atlas, [rows])[0], 0).text)


@pytest.mark.parametrize(
    ("codes", "told", "change", "said"),
    [
        ("12", {"01001": 3.0, "01002": 5.0}, {}, "4,0 pour 1 000 habitants (8 décès sur 2 000 habitants)"),
        ("12", {"01001": 3.0, "01002": 5.0}, {"measure": Measure.COUNT}, "8 décès"),
        ("12", {"01001": 9.0}, {}, "au moins 9 décès (connu pour 1 commune sur 2, 33,3 % des habitants : 9,0 pour 1 000 habitants parmi eux)"),
        ("12", {"01001": 9.0, "01002": "s"}, {"secrecy": 6}, "entre 5,0 et 7,0 pour 1 000 habitants (de 10 à 14 décès sur 2 000 habitants ; 1 territoire sous le secret)"),
        ("12", {"01001": 9.0, "01002": "s"}, {"measure": Measure.COUNT}, "au moins 9 décès (1 territoire sous le secret)"),
        ("1", {"01001": "s"}, {}, "inconnu (1 territoire sous le secret)"),
        ("3", {"01001": 9.0}, {}, "inconnu"),
        ("1", {"01": 15.2}, {"grain": Grain.DEPARTEMENT, **RATE},
         "département : Département 01, 15,2 pour 100 000 (la source compte par département, et ne dit rien de plus fin)"),
        ("34", {"01": 15.2, "02": 7.0}, {"grain": Grain.DEPARTEMENT, **RATE},
         "départements : Département 01, 15,2 ; Département 02, 7,0 pour 100 000 (la source compte par département, et ne dit rien de plus fin)"),
        ("123", {"01": 15.2}, {"grain": Grain.DEPARTEMENT, **RATE}, "15,2 pour 100 000"),
        ("12", {"01001": 9.0, "01002": 5.0}, RATE, "non calculable : un taux ne s’additionne pas (communes : Bourg 1, 9,0 ; Bourg 2, 5,0 pour 100 000)"),
        ("1234", {f"0{1 + (n > 3)}00{n}": 1.0 for n in range(1, 5)}, RATE, "non calculable : un taux ne s’additionne pas (4 communes, à chacun le sien)"),
        ("1", {"01001": 9.0}, {"least": 5000}, "9,0 pour 1 000 habitants (9 décès sur 1 000 habitants ; non comparé : la source demande au moins 5 000 habitants)"),
    ],
)  # fmt: skip
def test_each_case_has_its_words(
    atlas: Atlas, codes: str, told: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    assert say(atlas, codes, told, **change) == said


@pytest.mark.parametrize(
    ("people", "among", "multiplier", "unit", "said"),
    [(1, 3_000, 100.0, "%", "0,03 % (1 décès sur 3 000 habitants)"), (2_999, 3_000, 100.0, "%", "99,97 % (2 999 décès sur 3 000 habitants)"),
     (3_000, 3_000, 100.0, "%", "100,0 % (3 000 décès sur 3 000 habitants)"), (0, 3_000, 100.0, "%", "0,0 % (0 décès sur 3 000 habitants)"),
     (1, 25_000, 1000.0, "pour 1 000", "0,04 pour 1 000 (1 décès sur 25 000 habitants)")],
)  # fmt: skip
def test_a_rate_is_not_written_as_none_or_all_of_what_is_nearly_so(
    atlas: Atlas, people: float, among: float, multiplier: float, unit: str, said: str
) -> None:
    values = values_frame(["01001"], numerator=[float(people)], denominator=[float(among)])
    told = Series(ratio(multiplier=multiplier, unit=unit), values)
    assert plain(answer(answers_over(Indicators((told,)), atlas, [np.array([0])])[0], 0).text) == said


def test_a_rate_alone_says_the_bounds_of_its_producer(atlas: Atlas) -> None:
    values = values_frame(["01001"], rate=[9.0], low=[8.0], high=[10.5])
    found = answers_over(Indicators((Series(ratio(**RATE), values),)), atlas, [np.array([0])])[0]
    assert plain(answer(found, 0).text) == "9,0 pour 100 000 (de 8,0 à 10,5 selon la source)"
