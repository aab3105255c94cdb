"""A share of people: both sides over one set, or it cannot be built."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geo.shares import Share, shares_of, tabled
from tests.support.grid import plain

PEOPLE = np.array([100.0, 200.0, 300.0, 400.0])


def test_a_share_is_the_people_of_a_set_inside_another() -> None:
    share = Share.within(PEOPLE, np.array([1]), np.array([1, 2]), "habitants")
    assert (share.part, share.whole, share.value) == (200, 500, 0.4)
    assert plain(share.text) == "40 % (200 sur 500)"


def test_a_part_outside_the_whole_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="taken inside one set"):
        Share.within(PEOPLE, np.array([0, 1]), np.array([1, 2]))


def test_two_measures_of_other_members_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="same members"):
        Share(PEOPLE[:2], PEOPLE, np.array([0]))
    with pytest.raises(ValueError, match="mask"):
        Share(PEOPLE, PEOPLE, np.array([True, False]))


def test_two_numbers_make_no_share() -> None:
    with pytest.raises((ValueError, TypeError)):
        Share(38_333.0, 1_195_234.0, "habitants")  # type: ignore[arg-type]


def test_a_set_counts_each_member_once() -> None:
    with pytest.raises(ValueError, match="once"):
        Share.within(PEOPLE, np.array([1]), np.array([1, 1, 2]))


def test_what_is_not_known_of_a_member_makes_the_share_unknown_and_outside_it_nothing() -> None:
    quarters = np.array([10.0, np.nan, 30.0, 0.0])
    assert Share(quarters, PEOPLE, np.array([0, 1])).percent == "inconnu"
    assert Share(quarters, PEOPLE, np.array([0, 2])).value == 0.1


def test_measures_counted_unlike_make_no_share_above_the_whole() -> None:
    assert Share(np.array([120.0, 0, 0, 0]), PEOPLE, np.array([0, 1])).value is None


def test_nobody_is_without_object_not_zero() -> None:
    share = Share.within(np.zeros(4), np.array([0]), np.array([0, 1]))
    assert share.value is None and share.percent == "sans objet"


def test_shares_of_many_sets_are_those_of_each() -> None:
    held = csr_array(np.array([[1.0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 0], [1, 0, 1, 0]]))
    quarters = np.array([10.0, np.nan, 30.0, 40.0])
    found = shares_of(held, quarters, PEOPLE)
    each = [Share(quarters, PEOPLE, np.flatnonzero(row)).value for row in held.toarray()]
    assert [None if np.isnan(v) else v for v in found] == each == [None, 0.1, None, 0.1]


@given(
    st.lists(
        st.tuples(st.integers(0, 9_000), st.booleans(), st.booleans()),
        min_size=1,
        max_size=8,
    )
)
def test_a_share_lies_between_zero_and_one(members: list[tuple[int, bool, bool]]) -> None:
    people = np.array([n for n, _, _ in members], dtype=float)
    whole = np.array([w for _, w, _ in members])
    part = whole & np.array([p for _, _, p in members])
    share = Share.within(people, part, whole)
    assert share.value is None or 0.0 <= share.value <= 1.0
    assert share.part <= share.whole == people[whole].sum()


def test_a_column_of_percents_says_neither_none_nor_whole_of_what_is_nearly_so() -> None:
    shares = np.array([0.0, 1e-6, 0.1234, 0.99999, 1.0, np.nan])
    np.testing.assert_allclose(tabled(shares), [0.0, 0.1, 12.3, 99.9, 100.0, np.nan])
    np.testing.assert_allclose(tabled(shares, 0), [0.0, 1.0, 12.0, 99.0, 100.0, np.nan])
