"""Lists of choices: one label for one thing, and the short list of the territories around one; columns of numbers, in French.

Streamlit knows a choice by its label: of two that read the same, it takes the last whichever is chosen. What is typed in a
list finds the labels that hold it and no other, and Enter takes one of them: `pick_one` and `pick_several` are its lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from geo import french as fr
from geo.coverage import Scope
from geo.exports import neutral

# Left to itself, the library finds labels that hold the letters anywhere in order, and Enter may take all of them.
WHOLE_WORDS = "contains"


def pick_one(label: str, options: Any, *, format_func: Callable[[Any], Any] = str, **shown: Any) -> Any:
    """Show a list that takes one thing; what is held and no longer offered has its own text."""
    shown = {"format_func": _always_said(format_func), "filter_mode": WHOLE_WORDS, **shown}
    return st.selectbox(label, options, **shown)


def pick_several(label: str, options: Any, *, format_func: Callable[[Any], Any] = str, **shown: Any) -> Any:
    """Show a list that takes several things; what is held and no longer offered has its own text."""
    shown = {"format_func": _always_said(format_func), "filter_mode": WHOLE_WORDS, "select_all": False, **shown}
    return st.multiselect(label, options, **shown)


def _always_said(format_func: Callable[[Any], Any]) -> Callable[[Any], str]:
    """Return a text for anything: the framework cannot keep a value whose text is None, which `labels.get` gives for one unknown."""

    def said(value: Any) -> str:
        text = format_func(value)
        return str(value) if text is None else str(text)

    return said


def labelled(labels: Mapping[Any, str]) -> Callable[[Any], str]:
    """Return how the choices of a bar of buttons are written; what is held and no longer offered has its own text."""
    return _always_said(labels.get)


def distinct(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels by id, with the id beside those that several things share."""
    often = Counter(labels.values())
    return {i: f"{label} ({i.rpartition('/')[2]})" if often[label] > 1 else label for i, label in labels.items()}


def scope_name(scope: Scope) -> str:
    """Return how a scope is listed; the number of a département says what it is, where there is little room."""
    kinds = {"region": "Région · ", "departement": "", "epci": "EPCI · ", "ept": "EPT · "}
    return "France entière" if scope.kind == "france" else f"{kinds[scope.kind]}{scope.name}"


def ladder(scope: Scope, every: Mapping[str, Scope]) -> list[str]:
    """Return the ids of the territories that hold a scope, the largest first, itself, and those just under it.

    France is followed by the régions, a région by its départements: a short list, where the rest is found by its name.
    """
    held, above = [scope.id], scope.above
    while above is not None:
        held.insert(0, above.id)
        above = above.above
    under = {"france": "region", "region": "departement"}.get(scope.kind)
    return held + [i for i, s in every.items() if s.kind == under and (scope.kind == "france" or _within(s, scope))]


def _within(scope: Scope, region: Scope) -> bool:
    rows = scope.rows
    return bool(len(rows)) and bool(scope.atlas.table["region"].iat[rows[0]] == region.code)


# --- numbers in French where a library writes them and not we -----------------------------------------------------------
# The grids write a number in the language of the browser: static/page/french.js has every browser speak French to them. They keep
# the number, so that a click on a title sorts by it; nothing here is text.
SEPARATORS = f",{fr.NARROW}"  # of a chart: the decimal sign, then what stands between thousands


def count_column(label: str | None = None, **shown: Any) -> ColumnConfig:
    """Return a column of whole numbers: « 1 234 »."""
    return st.column_config.NumberColumn(label, format="localized", step=1, **shown)


def decimal_column(label: str | None = None, **shown: Any) -> ColumnConfig:
    """Return a column of numbers with one decimal: « 69,2 », « 70,0 »."""
    return st.column_config.NumberColumn(label, format="localized", step=0.1, **shown)


def percent_column(label: str | None = None, **shown: Any) -> ColumnConfig:
    """Return a column of percents to the hundredth, as they are typed: « 33,33 »."""
    return st.column_config.NumberColumn(label, format="localized", step=0.01, min_value=0.0, max_value=100.0, **shown)


def share_column(label: str | None = None, **shown: Any) -> ColumnConfig:
    """Return a column of shares from 0 to 1, in whole percents: « 73 % »."""
    return st.column_config.NumberColumn(label, format="percent", step=0.01, **shown)


# --- grids ----------------------------------------------------------------------------------------------------------
def grid(table: Any, **shown: Any) -> Any:
    """Show a table as a grid. Its own « Télécharger en CSV » writes cells as they are: no text of them begins like a formula here."""
    return st.dataframe(harmless(pd.DataFrame(table)), **shown)


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without a text that a spreadsheet would run; the same one where there is none."""
    for name in table.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes]]:
        safe = table[name].map(neutral, na_action="ignore")
        if not safe.equals(table[name]):
            table = table.assign(**{name: safe})
    return table
