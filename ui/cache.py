"""The caches of the screen, all of them: what is computed from the active data, and leaves with it.

A function marked `keyed_on_data` is computed once for given arguments, for all sessions; those who ask meanwhile wait for that
one answer. When the data changes (a publication, a synchronisation), everything computed from the former data is dropped
at once and its memory given back: nothing stale is shown, and nothing of a former dataset adds up.

What a person claims beside the data (geo.claims) is part of what an answer is kept for: two sessions that claim otherwise never
share one. `stated=False` is for what no claim changes. The cities that a session opens into IRIS (`cities`) are an argument of
what they change, as the départements declared complete are.

What is kept elsewhere does not come from the data: the process of the synchronisation, once a server (ui/server/background.py),
the desk of a session, which leaves with it (ui/reading_desk.py), the addresses of our scripts (ui/map/build.py, ui/search.py).
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from geo import dataset
from geo.claims import NO_CLAIMS, Claims
from ui.server import ALSO, Figure, be_frugal, give_back

P = ParamSpec("P")
R = TypeVar("R")
LOOK_AGAIN_S = 3.0
WORKBOOK = "workbook"  # session key: scenarios, settings, claims: all that a link carries (geo.scenarios)
COMPLETE = "complete"  # session key: départements declared complete, codes in order
Cities = tuple[str, ...]  # communes opened into IRIS, codes in order
_UNDER: ContextVar[Claims | None] = ContextVar("claims", default=None)
_OPENED: ContextVar[Cities | None] = ContextVar("cities", default=None)
_KEPT: list[Callable[[], None]] = []  # how to empty each cache
_MADE: dict[str, int] = {}  # cache → answers computed since it was last emptied
BOUNDS: dict[str, int | None] = {}  # cache → the entries that it holds at most; None when the data alone bound it
_NOTICE = threading.Lock()
_seen: list[str] = []  # the token of the data that the caches hold, if any
be_frugal()  # before anything is loaded


@st.cache_data(ttl=LOOK_AGAIN_S, show_spinner=False)
def token() -> str:
    """Return what changes when the active data changes; the first to see a change drops what the caches hold."""
    found = dataset.token()
    with _NOTICE:
        if _seen and _seen[-1] != found:
            release()
        _seen[:] = [found]
    return found


def look_again() -> None:
    """Have the next question be answered by the data active then: to be called when it has just been changed."""
    token.clear()


def claims() -> Claims:
    """Return what this session claims beside the data: that of its workbook, or that named by `under`; none outside a session."""
    named = _UNDER.get()
    if named is not None:
        return named
    book = st.session_state.get(WORKBOOK) if get_script_run_ctx(suppress_warning=True) else None
    return NO_CLAIMS if book is None else book.claims


def cities() -> Cities:
    """Return the cities that this session opens into IRIS: those of its workbook, or those named by `under`; none outside a session."""
    named = _OPENED.get()
    if named is not None:
        return named
    book = st.session_state.get(WORKBOOK) if get_script_run_ctx(suppress_warning=True) else None
    return () if book is None or not book.opened else tuple(sorted(book.opened))


@contextmanager
def under(named: Claims, opened: Iterable[str] = ()) -> Iterator[None]:
    """Have what follows rest on these claims and these opened cities: a file that is made outside the run that drew its button, a
    perimeter of before."""
    marks = _UNDER.set(named), _OPENED.set(tuple(sorted(opened)))
    try:
        yield
    finally:
        _UNDER.reset(marks[0])
        _OPENED.reset(marks[1])


def keyed_on_data(
    *,
    max_entries: int | None = None,
    spinner: str | bool = False,
    stated: bool = True,
    still: Callable[[Any], bool] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep what a function answers for as long as the active data stays; `spinner` is shown to who waits for it.

    `stated` tells whether what persons claim may change the answer, and `still` whether an answer kept holds (a file that it names
    may be gone): one that does not is computed again.

    Every argument is part of the key, and what is returned is shared by all sessions: read only.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        name = f"{function.__module__.removeprefix('ui.')}.{function.__name__}"
        BOUNDS[name] = max_entries

        @functools.wraps(function)  # gives Streamlit the name and the source that tell this cache from the others
        def computed(used: str, /, *args: Any, **kwargs: Any) -> R:
            _MADE[name] = _MADE.get(name, 0) + 1
            return function(*args, **kwargs)

        kept = st.cache_resource(max_entries=max_entries, show_spinner=spinner)(computed)
        _KEPT.append(kept.clear)

        @functools.wraps(function)
        def asked(*args: P.args, **kwargs: P.kwargs) -> R:
            used = token()
            key = f"{used}|{claims().digest}" if stated else used
            answer = kept(key, *args, **kwargs)
            if still is not None and not still(answer):
                kept.clear(key, *args, **kwargs)  # the other answers hold
                answer = kept(key, *args, **kwargs)
            if _seen != [used]:  # the data changed meanwhile: the caller has the answer, nobody else will
                kept.clear()
            return answer

        return asked

    return decorate


def release() -> None:
    """Empty every cache of the former data, and give its memory back to the system.

    A run under way keeps what it holds until its end.
    """
    for empty in _KEPT:
        empty()
    _MADE.clear()
    give_back()


def entries() -> dict[str, int]:
    """Return how many answers each cache holds at most now, those that hold one or more, the largest first."""
    held = {name: made if (most := BOUNDS[name]) is None else min(made, most) for name, made in list(_MADE.items())}
    return dict(sorted(held.items(), key=lambda one: -one[1]))


def _counted() -> list[Figure]:
    meaning = "Answers that a cache holds, at most."
    return [(f'clsm_cache_entries{{cache="{name}"}}', "gauge", meaning, many) for name, many in entries().items()]


ALSO.append(_counted)


# --- what the user declares, one thing on every page, carried by links ------------------------------------------------
def declared_complete() -> tuple[str, ...]:
    """Return the départements where the user states that the list of CLSM is complete; none outside a session."""
    held = st.session_state.get(COMPLETE, ())
    return held if isinstance(held, tuple) else ()
