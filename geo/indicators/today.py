"""Figures by codes of before, as figures of the communes of today: merged communes add up where that means something.

Apart because an import and the opening of the data read codes by the same rule, years apart.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.communes import Atlas
from geo.indicators.indicator import Grain, Measure
from geo.indicators.series import VALUE_COLUMNS, Series, State, values_frame


def code_of_today(code: str, atlas: Atlas) -> str:
    """Return the commune (or city of arrondissements) of today that a code leads to; the code itself where there is none."""
    if code in atlas.row or code in atlas.parts:
        return code
    return atlas.former[code][0] if code in atlas.former else code


def on_today(series: Series, atlas: Atlas) -> Series:
    """Return a series with each commune under its code of today; the same one when nothing changes.

    Communes merged since are one: counts, and numerators with their denominators, are added when all of them are known; a secret one
    with nothing else is a secret sum, with others an unknown one, as one unknown is. Rates alone are never averaged: the merged commune has one
    only if all had the same. The codes of other grains are left as they are.
    """
    if series.indicator.grain is not Grain.COMMUNE:
        return series
    codes = series.values.index.to_numpy(dtype=object)
    if all(code in atlas.row or code in atlas.parts for code in codes):
        return series
    today = pd.Index([code_of_today(code, atlas) for code in codes], name="code", dtype=object)
    if not today.is_unique:
        return Series(series.indicator, merged_rows(series.values.set_axis(today), series.indicator.measure))
    return Series(series.indicator, series.values.set_axis(today).sort_index())


def merged_rows(values: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """Return figures (VALUE_COLUMNS by code, a code several times) with one row a code, as `on_today` says."""
    alone = ~values.index.duplicated(keep=False)
    made = [_merged(rows, measure).rename(code) for code, rows in values[~alone].groupby(level=0)]
    every = pd.concat([values[alone], pd.DataFrame(made)]) if made else values
    columns = {name: every[name].to_numpy() for name in VALUE_COLUMNS}
    return values_frame(every.index, **columns)


def _merged(rows: pd.DataFrame, measure: Measure) -> pd.Series:
    states = set(rows["state"])
    state = next((s for s in (State.SECRET, State.ABSENT) if s in states), State.KNOWN)
    made = dict.fromkeys(VALUE_COLUMNS, np.nan) | {"denominator": rows["denominator"].sum(skipna=False)}
    if measure is Measure.RATE:
        rate = rows["rate"].iloc[0]
        same = state == State.KNOWN and bool((rows["rate"] == rate).all())
        made |= {"rate": rate if same else np.nan, "denominator": np.nan}
        state = State.KNOWN if same else State.SECRET if state == State.SECRET else State.ABSENT
    elif state == State.SECRET and (len(rows) > 1 and not _one_secret(rows)):
        state = State.ABSENT  # the sum is not bounded by the threshold: it is no secret number, but an unknown one
    elif state == State.KNOWN:
        made["numerator"] = rows["numerator"].sum(skipna=False)
    return pd.Series(made | {"state": state}, dtype=object)


def _one_secret(rows: pd.DataFrame) -> bool:
    """Whether a single one is secret and the others are known to be zero: the sum is then that secret number."""
    secret = rows["state"] == State.SECRET
    return bool(secret.sum() == 1 and (rows.loc[~secret, "numerator"] == 0).all())
