"""Lists of choices: one label for one thing, and the short list of the territories around one.

Streamlit knows a choice by its label: of two that read the same, it takes the last whichever is chosen. What is typed in a
list finds the labels that hold it and no other, and Enter takes one of them: `pick_one` and `pick_several` are its lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial

import streamlit as st

from geo.coverage import Scope

# Left to itself, the library finds labels that hold the letters anywhere in order, and Enter may take all of them.
pick_one = partial(st.selectbox, filter_mode="contains")
pick_several = partial(st.multiselect, filter_mode="contains", select_all=False)


def distinct(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels by id, with the id beside those that several things share."""
    often = Counter(labels.values())
    return {i: f"{label} ({i.rpartition('/')[2]})" if often[label] > 1 else label for i, label in labels.items()}


def scope_name(scope: Scope) -> str:
    """Return how a scope is listed."""
    kinds = {"region": "Région", "departement": "Département", "epci": "EPCI", "ept": "EPT"}
    return "France entière" if scope.kind == "france" else f"{kinds[scope.kind]} · {scope.name}"


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
