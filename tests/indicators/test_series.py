"""The figures of an indicator: hidden under their threshold, absent where nothing is told, the same after a file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo.errors import GeoInputError
from geo.indicators import (
    Direction,
    Grain,
    Indicator,
    Indicators,
    Measure,
    Series,
    State,
    read_series,
    values_frame,
    write_series,
)

SUICIDES = Indicator(
    "suicides", "Décès par suicide", Measure.RATIO, Grain.DEPARTEMENT, Direction.WORSE, "pour 100 000 habitants",
    "CépiDc", "2022", counted="décès", among="habitants", multiplier=100_000, secrecy=6,
)  # fmt: skip


def _series() -> Series:
    values = values_frame(
        ["62", "59", "02", "08"],
        numerator=[30.0, 5.0, 0.0, 12.0],
        denominator=[200_000.0, 90_000.0, 50_000.0, float("nan")],
    )
    return Series(SUICIDES, values)


def test_a_number_under_the_threshold_is_hidden_when_the_series_is_made() -> None:
    row = _series().values.loc["59"]
    assert row["state"] == State.SECRET
    assert pd.isna(row["numerator"])


def test_zero_is_no_secret_and_a_ratio_without_denominator_is_unknown() -> None:
    values = _series().values
    assert values.loc["02", "numerator"] == 0
    assert values.loc["02", "state"] == State.KNOWN
    assert values.loc["08", "state"] == State.ABSENT
    assert pd.isna(values.loc["08", "numerator"])


def test_series_come_back_from_their_file(tmp_path: Path) -> None:
    rate = Indicator("fdep", "Défavorisation", Measure.RATE, Grain.COMMUNE, Direction.WORSE, "", "CépiDc", "2015")
    scores = Series(rate, values_frame(["01001"], rate=[0.5]))
    write_series([_series(), scores], tmp_path / "i.parquet")
    first, second = read_series(tmp_path / "i.parquet")
    assert first.indicator == SUICIDES
    assert second.indicator == rate
    pd.testing.assert_frame_equal(first.values, _series().values)
    pd.testing.assert_frame_equal(second.values, scores.values)


def test_a_file_that_holds_no_indicator_is_refused(tmp_path: Path) -> None:
    pd.DataFrame({"code": ["1"]}).to_parquet(tmp_path / "i.parquet")
    with pytest.raises(GeoInputError, match="pas d’indicateurs"):
        read_series(tmp_path / "i.parquet")


def test_a_territory_has_one_value_and_an_identifier_one_series() -> None:
    with pytest.raises(GeoInputError, match="62"):
        values_frame(["62", "62"], numerator=[1, 2])
    with pytest.raises(ValueError, match="once"):
        Indicators((_series(), _series()))
    assert Indicators((_series(),)).by_id["suicides"].indicator is SUICIDES


def test_an_indicator_needs_a_name_a_source_and_a_year() -> None:
    with pytest.raises(GeoInputError) as refused:
        Indicator("Un Nom", "", Measure.COUNT, Grain.COMMUNE, Direction.NEITHER, "", "", "")
    assert "identifiant" in str(refused.value)
    assert "source" in str(refused.value)
