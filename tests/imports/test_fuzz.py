"""A short run of the fuzz, the same inputs every time; `python -m tests.fuzz` makes as many as one has minutes for."""

from __future__ import annotations

import pytest

from tests.fuzz.__main__ import run
from tests.fuzz.families import FAMILIES, case

SEED, INPUTS = 1, 6 * len(FAMILIES)


def test_an_input_is_the_same_every_time() -> None:
    for number in range(len(FAMILIES)):
        assert case(SEED, number).data == case(SEED, number).data


@pytest.mark.timeout(900)
def test_some_inputs_of_each_family_give_a_sentence_or_a_good_reading() -> None:
    outcome = run(SEED, seconds=1e9, most=INPUTS, patience=250)
    assert outcome.findings == []
    assert {family for family, _ in outcome.counts} == set(FAMILIES)
    assert outcome.total == INPUTS
