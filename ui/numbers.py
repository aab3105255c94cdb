"""Numbers in French where a library writes them and not we: columns of the grids, axes and tooltips of the charts.

The grids write a number in the language of the browser: static/page/french.js has every browser speak French to them. They keep
the number, so that a click on a title sorts by it; nothing here is text.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from geo import french as fr

SEPARATORS = f",{fr.NARROW}"  # of a chart: the decimal sign, then what stands between thousands


def count(label: str | None = None, **shown: Any) -> object:
    """Return a column of whole numbers: « 1 234 »."""
    return st.column_config.NumberColumn(label, format="localized", step=1, **shown)


def decimal(label: str | None = None, **shown: Any) -> object:
    """Return a column of numbers with one decimal: « 69,2 », « 70,0 »."""
    return st.column_config.NumberColumn(label, format="localized", step=0.1, **shown)


def share(label: str | None = None, **shown: Any) -> object:
    """Return a column of shares from 0 to 1, in whole percents: « 73 % »."""
    return st.column_config.NumberColumn(label, format="percent", step=0.01, **shown)
