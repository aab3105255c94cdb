"""Acts: what a button does for good, decided on the state that was on screen and done once.

Streamlit may stop a run in the middle, at any word said to the page or to the session, when another click comes: what was
done is then forgotten and done again. An act therefore names the state it was decided on (its token), and here, in one
place, what was done is written down in the same breath as it is done, with what there is to say of it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import streamlit as st

from geo.errors import GeoInputError
from ui import html

ACTS = "acts"


@dataclass
class Acts:
    """What this session did: the one value of the session that is changed in place, so that no stop comes between."""

    done: set[tuple[Hashable, ...]] = field(default_factory=set)
    said: list[tuple[bool, str]] = field(default_factory=list)  # shown once


def _acts() -> Acts:
    if ACTS not in st.session_state:
        st.session_state[ACTS] = Acts()
    return st.session_state[ACTS]


def once(token: tuple[Hashable, ...], act: Callable[[], str | None]) -> None:
    """Do what was decided on a state, unless it is done; `act` returns what to say, if anything, or raises what prevents it.

    `act` must touch neither the page nor the session before it is done. What was refused may be tried again.
    """
    acts = _acts()
    if token in acts.done:
        return
    try:
        said = act()
    except GeoInputError as error:
        acts.said += [(False, problem) for problem in error.problems]
        return
    acts.done.add(token)
    acts.said += [(True, said)] if said else []


def done(token: tuple[Hashable, ...]) -> bool:
    """Tell whether an act was done in this session."""
    return token in _acts().done


def count(kind: str) -> int:
    """Return how many acts of a kind (the first word of their token) were done."""
    return sum(token[0] == kind for token in _acts().done)


def show() -> None:
    """Say once what the last acts did, or what prevented them."""
    acts = _acts()
    for ok, text in acts.said:
        (st.success if ok else st.error)(html.literal(text))
    acts.said.clear()
