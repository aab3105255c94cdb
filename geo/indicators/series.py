"""The figures of an indicator, one row a territory of its grain, each known, secret or absent; and several of them together."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geo.errors import GeoInputError
from geo.indicators.indicator import Indicator, Measure

VALUE_COLUMNS = ("numerator", "denominator", "rate", "low", "high", "state")
_KEY = b"clsm_indicators"


class State(StrEnum):
    """What is known of a figure; an absent row is `ABSENT` too."""

    KNOWN = "connu"
    SECRET = "secret"  # nosec B105: a word of statistics
    ABSENT = "inconnu"


def values_frame(
    codes: Iterable[object],
    *,
    numerator: Any = np.nan,
    denominator: Any = np.nan,
    rate: Any = np.nan,
    low: Any = np.nan,
    high: Any = np.nan,
    state: Any = State.KNOWN,
) -> pd.DataFrame:
    """Build the figures of a series: VALUE_COLUMNS, indexed by the code of the territory, in code order.

    `low` and `high` bound the rate as its producer publishes them. What is not told is NaN.

    Raises
    ------
    GeoInputError
        When a code comes twice.
    """
    columns = dict(zip(VALUE_COLUMNS, (numerator, denominator, rate, low, high, state), strict=True))
    index = pd.Index([str(code) for code in codes], name="code", dtype=object)
    frame = pd.DataFrame({name: getattr(v, "to_numpy", lambda v=v: v)() for name, v in columns.items()}, index=index)
    frame = frame.astype(dict.fromkeys(VALUE_COLUMNS[:-1], float) | {"state": object})
    if not index.is_unique:
        twice = index[index.duplicated()].unique()[:5]
        raise GeoInputError(f"Le même territoire a deux valeurs : {', '.join(twice)}.")
    return frame.sort_index()


@dataclass(frozen=True, eq=False)
class Series:
    """The figures of one indicator: `values` has VALUE_COLUMNS, indexed by the codes of its grain.

    A figure under the threshold of the indicator is hidden as soon as the series is made, so that nothing downstream can show it
    nor add it up: its state is `SECRET` and its numerator, rate and bounds are NaN.
    """

    indicator: Indicator
    values: pd.DataFrame

    def __post_init__(self) -> None:
        """Hide what may not be shown, and call absent what has no figure."""
        values = self.values.copy()
        numerator = values["numerator"]
        if self.indicator.measure is Measure.RATE:  # a rate and its people tell the number as well
            implied = values["rate"] * values["denominator"] / self.indicator.multiplier
            numerator = numerator.fillna(implied.round())
        under = (numerator > 0) & (numerator < self.indicator.secrecy)
        state = values["state"].astype(object).where(~under, State.SECRET)
        figure = "rate" if self.indicator.measure is Measure.RATE else "numerator"
        missing = values[figure].isna()
        if self.indicator.measure is Measure.RATIO:
            missing |= ~(values["denominator"] > 0)
        state = state.where(~(missing & (state == State.KNOWN)), State.ABSENT)
        hidden = state != State.KNOWN
        values.loc[hidden, ["numerator", "rate", "low", "high"]] = np.nan
        values["state"] = state
        object.__setattr__(self, "values", values)

    @property
    def id(self) -> str:
        """Identifier of the indicator."""
        return self.indicator.id


@dataclass(frozen=True, eq=False)
class Indicators:
    """All the indicators at hand, in the order they are shown; an identifier is there once."""

    series: tuple[Series, ...] = ()

    def __post_init__(self) -> None:
        """Refuse two indicators under one identifier.

        Raises
        ------
        ValueError
            When an identifier comes twice.
        """
        if len(self.by_id) != len(self.series):
            raise ValueError("an indicator is there once")

    @cached_property
    def by_id(self) -> dict[str, Series]:
        """Each series by its identifier."""
        return {series.id: series for series in self.series}

    def __iter__(self) -> Iterator[Series]:
        """Go through the series."""
        return iter(self.series)

    def __len__(self) -> int:
        """Count the series."""
        return len(self.series)


def write_series(series: Iterable[Series], path: Path) -> None:
    """Write series into one Parquet file, their indicators in its metadata, in the same bytes for the same series."""
    path.write_bytes(series_bytes(series))


def series_bytes(series: Iterable[Series]) -> bytes:
    """Return what `write_series` writes."""
    every = list(series)
    frames = [one.values.reset_index().assign(indicator=one.id) for one in every]
    table = (
        pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["code", *VALUE_COLUMNS, "indicator"])
    )
    table["state"] = table["state"].astype(str)
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    records = json.dumps([one.indicator.as_record() for one in every], ensure_ascii=False, sort_keys=True)
    body = io.BytesIO()
    pq.write_table(arrow.replace_schema_metadata({_KEY: records.encode()}), body, compression="zstd")
    return body.getvalue()


def read_series(source: Path | bytes) -> tuple[Series, ...]:
    """Read what `write_series` wrote, from its file or its bytes.

    Raises
    ------
    GeoInputError
        When the file holds no indicators, or is damaged.
    """
    try:
        arrow = pq.read_table(io.BytesIO(source) if isinstance(source, bytes) else source)
        records = json.loads((arrow.schema.metadata or {})[_KEY])
        table = arrow.to_pandas().set_index("code")
        indicators = [Indicator.from_record(record) for record in records]
        by_id = dict(tuple(table.groupby("indicator", sort=False)))
        empty = table.iloc[:0]
        return tuple(Series(one, _typed(by_id.get(one.id, empty)[list(VALUE_COLUMNS)])) for one in indicators)
    except (OSError, KeyError, ValueError, TypeError, pa.ArrowException) as error:
        name = "indicateurs.parquet" if isinstance(source, bytes) else source.name
        raise GeoInputError(f"{name} : ce fichier ne contient pas d’indicateurs lisibles.") from error


def _typed(values: pd.DataFrame) -> pd.DataFrame:
    values = values.set_axis(pd.Index(values.index.astype(object), name="code"))
    return values.assign(state=pd.Series([State(text) for text in values["state"]], index=values.index, dtype=object))
