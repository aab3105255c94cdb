"""geo.french beside Babel (CLDR data): same groups, same decimals, same rounding.

What ours says more: « inconnu » for what is not a number, a true minus sign, never « -0 », no « ,0 » after a percentage, and
ten megabytes less.
"""

from __future__ import annotations

import math

import pytest
from babel.numbers import format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from geo import french as fr

EIGHTHS = st.integers(-(10**10), 10**10).map(lambda n: n / 8)  # exact in binary: both round the same number


def spaces(text: str) -> str:
    """Reduce the blanks of both to one, and their minus signs."""
    return text.replace("\u202f", " ").replace("\u00a0", " ").replace(fr.MINUS, "-")


def never_minus_zero(text: str) -> str:
    return text if any(c in "123456789" for c in text) else text.removeprefix("-")


@given(st.integers(-(10**12), 10**12))
def test_whole_numbers(value: int) -> None:
    assert spaces(fr.number(value)) == spaces(format_decimal(value, locale="fr"))


@given(EIGHTHS, st.integers(0, 3))
def test_decimals(value: float, decimals: int) -> None:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    theirs = format_decimal(value, format=pattern, locale="fr")
    assert spaces(fr.number(value, decimals)) == never_minus_zero(spaces(theirs))


@given(st.integers(0, 800).map(lambda n: n / 8))
def test_percentages(value: float) -> None:
    theirs = spaces(format_percent(value, format="#,##0.0 %", locale="fr"))
    assert spaces(fr.percent(value)) == theirs.replace(",0 %", " %")


def test_thousands_are_separated_by_the_same_blank() -> None:
    assert fr.number(236_710) == format_decimal(236_710, locale="fr") == "236\u202f710"


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_only_ours_says_what_is_unknown(value: float) -> None:
    assert fr.number(value) == fr.percent(value) == "inconnu"
