"""The address of a page: read once when it changes, written after each move.

A page lists its parts (`Part`): the name in the address, where its value is held, how it is read and written. Every text is
checked on entry: what is not understood is said in a sentence and left at its default, the rest is kept. Perimeters travel
as one packed text (geo.scenarios.pack), the same on every page.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any
from urllib.parse import quote, urlsplit

import streamlit as st

from geo import french as fr
from geo.dataset import opening_of
from geo.errors import GeoInputError
from geo.scenarios import Opened, Workbook, pack, unpack, vintage_of
from ui import html, loaders
from ui.cache import COMPLETE, declared_complete, keyed_on_data

LONGEST = 60  # characters of a refused value that are shown
NOTHING = object()  # no value at all; None may be one


class RefusedError(GeoInputError):
    """A text that is not understood; `kept` is what is understood of it, if anything."""

    def __init__(self, problems: str | Iterable[str], kept: object = NOTHING) -> None:
        super().__init__(problems)
        self.kept = kept


def refused(name: str, text: str, instead: str, kept: object = NOTHING) -> RefusedError:
    """Return the refusal of a value: the sentence names it, then says what is shown instead."""
    shown = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    return RefusedError(f"Lien : {name} « {shown} » non reconnu. {instead}", kept)


@dataclass(frozen=True)
class Part:
    """One name of an address.

    `parse` turns its text into a value, or raises `GeoInputError`. The value is held under the session key `keep`, under
    several (a sequence of as many values), or by a function, which returns what there is to say. `text` writes what is
    held today; "" leaves the name out.
    """

    name: str
    keep: str | tuple[str, ...] | Callable[[Any], Iterable[str]]
    parse: Callable[[str], Any]
    text: Callable[[], str]

    def hold(self, value: Any) -> list[str]:
        """Hold a value; return what there is to say of it."""
        if callable(self.keep):
            return list(self.keep(value))
        keys, values = (self.keep, value) if isinstance(self.keep, tuple) else ((self.keep,), (value,))
        for key, one in zip(keys, values, strict=True):
            st.session_state[key] = one
        return []


@dataclass(frozen=True)
class Reading:
    """What an address gave: the names read, what could not be understood, what changed since it was made (as Markdown)."""

    names: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Address:
    """The address of a page: its parts in the order in which they are read and written; `most`: messages shown at most."""

    page: str
    parts: tuple[Part, ...]
    most: int | None = None

    def read(self) -> Reading:
        """Take what the page's address carries, when it is not what was last read or written there."""
        names = {part.name for part in self.parts}
        carried = {name: text for name in st.query_params if (text := st.query_params[name])}
        given = {name: text for name, text in carried.items() if name in names}
        if not carried or _signature(carried) == st.session_state.get(self._key):
            return Reading()
        st.session_state[self._key] = _signature(carried)
        problems = [_unknown(name, names) for name in carried if name not in names]
        notices: list[str] = []
        for part in self.parts:
            if part.name in given:
                try:
                    value = part.parse(given[part.name])
                except GeoInputError as error:
                    problems += error.problems
                    value = getattr(error, "kept", NOTHING)
                if value is not NOTHING:
                    notices += part.hold(value)
        return Reading(frozenset(given), self._shown(problems), self._shown(notices))

    def write(self) -> None:
        """Put the state in the page's address."""
        wanted = self.query()
        if st.query_params.to_dict() != wanted:
            st.query_params.from_dict(wanted)
        st.session_state[self._key] = _signature(wanted)

    def query(self) -> dict[str, str]:
        """Return the state as the address carries it."""
        return {part.name: text for part in self.parts if (text := part.text())}

    def url(self, query: Mapping[str, str] | None = None) -> str:
        """Return the whole address that reopens a state on this page: that of today, or the one given.

        It begins with the public address where one is set (`CLSM_ADDRESS`), else with the one that the browser is at.
        """
        here = urlsplit(st.context.url or "")
        folder = here.path.rstrip("/").rpartition("/")[0]
        base = public_address() or (f"{here.scheme}://{here.netloc}{folder}" if here.netloc else "")
        state = self.query() if query is None else query
        words = "&".join(f"{name}={quote(text, safe='')}" for name, text in state.items())
        return f"{base}/{self.page}?{words}"

    @property
    def _key(self) -> str:
        """The session key of the address last read or written."""
        return _key(self.page)

    def _shown(self, texts: list[str]) -> tuple[str, ...]:
        shown = [html.literal(text) for text in texts[: self.most]]
        if self.most is not None and len(texts) > self.most:
            shown.append(f"Et {fr.count(len(texts) - self.most, 'autre message', 'autres messages')}.")
        return tuple(shown)


def public_address() -> str:
    """Return the address at which others reach this dashboard, as its host set it (`CLSM_ADDRESS`); "" when none, or none that opens."""
    given = os.environ.get("CLSM_ADDRESS", "").strip().rstrip("/")
    try:
        parts = urlsplit(given)
        opens = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
    except ValueError:
        return ""
    return given if opens and given.isprintable() and " " not in given else ""


def _unknown(name: str, names: Iterable[str]) -> str:
    """Say that a page knows nothing of a name, and which one may have been meant."""
    shown = name if len(name) <= LONGEST else name[:LONGEST] + "…"
    near = get_close_matches(name[:LONGEST], sorted(names), n=1, cutoff=0.7)
    meant = f" Peut-être « {near[0]} » ?" if near else ""
    return f"Lien : « {shown} » n’est pas un nom que cette page connaît ; il est ignoré.{meant}"


def _key(page: str) -> str:
    return f"address-{page}"


def forget(page: str) -> None:
    """Have a page take its address when it opens next, even if it is the one it wrote last: somebody comes back to it."""
    st.session_state.pop(_key(page), None)


def _signature(query: Mapping[str, str]) -> str:
    return repr(sorted(query.items()))


# --- what the user declares, in an address -----------------------------------------------------------------------
def _read_complete(text: str) -> tuple[str, ...]:
    names = text.split(",")
    known = tuple(sorted({n for n in names if n in loaders.atlas().departements.index}))
    if len(known) < len(set(names)):
        instead = "Les départements reconnus sont déclarés complets, les autres sont ignorés."
        raise refused("complet", text, instead, known)
    return known


COMPLETE_PART = Part("complet", COMPLETE, _read_complete, lambda: ",".join(declared_complete()))


# --- perimeters in an address -------------------------------------------------------------------------------------
@keyed_on_data(max_entries=256, stated=False)
def packed(workbook: Workbook) -> str:
    """Return a workbook as the text of a link, with the vintage of the active data."""
    return pack(replace(workbook, vintage=vintage_of(loaders.official())), loaders.atlas_of(workbook.opened))


def unpacked(text: str) -> Opened:
    """Return the workbook that the text of a link carries, on the active data.

    Raises
    ------
    GeoInputError
        When the text is not that of a link.
    """
    world = loaders.official()
    return unpack(text, world.atlas, vintage_of(world), opening_of(world))
