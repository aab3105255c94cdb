"""What lists offer, and how one is searched: one label for one thing, territories by their name, communes by text.

Streamlit knows a choice by its label: of two that read the same, it takes the last whichever is chosen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from geo.coverage import Scope

MOST_OPTIONS = 6_000  # offered in one list; past that, a name is asked first


def distinct(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels by id, with the id beside those that several things share."""
    often = Counter(labels.values())
    return {i: f"{label} ({i.rpartition('/')[2]})" if often[label] > 1 else label for i, label in labels.items()}


def scope_name(scope: Scope) -> str:
    """Return how a scope is listed."""
    kinds = {"region": "Région", "departement": "Département", "epci": "EPCI", "ept": "EPT"}
    return "France entière" if scope.kind == "france" else f"{kinds[scope.kind]} · {scope.name}"


@dataclass(frozen=True)
class Search:
    """A field that finds by text what is too long for one list: `find` returns id to label, `nothing` is said otherwise."""

    find: Callable[[str], Mapping[str, str]]
    label: str
    key: str
    placeholder: str
    nothing: str

    def ask(self) -> Mapping[str, str]:
        """Ask for a text, and return what it finds."""
        query = st.text_input(self.label, key=self.key, placeholder=self.placeholder)
        found = self.find(query) if query else {}
        if query and not found:
            st.caption(self.nothing)
        return found


def pick_by_name(
    offered: Mapping[str, str],
    search: Search,
    *,
    label: str,
    key: str,
    on_change: Callable[[], None],
    placeholder: str,
) -> None:
    """Offer a choice by its name (id to label); what is too long for one list, or empty, is searched by a text first."""
    if not offered or len(offered) > MOST_OPTIONS:
        offered = search.ask()
    if offered:
        st.selectbox(
            label,
            list(offered),
            index=None,
            format_func=offered.get,
            key=key,
            on_change=on_change,
            placeholder=placeholder,
        )
