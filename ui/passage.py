"""From a line of a table to a perimeter, and back: what is opened on Périmètre is a scenario of its own, so that nothing drawn is
lost, and the page says where it comes from until somebody goes back there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import streamlit as st

from geo import french as fr
from geo.coverage import Start
from geo.errors import GeoInputError
from geo.scenarios import NAME_LENGTH, Scenario, in_communes
from ui import address, frame, html, loaders

PERIMETER = "pages/2_Perimetre.py"
WAY_BACK = "way-back"  # where the perimeter on screen comes from (`WayBack`), None when nowhere
RETURNED = "way-back-taken"  # True until the page that somebody comes back to opens


@dataclass(frozen=True)
class WayBack:
    """The page that a perimeter was opened from: its file and its name in addresses, what to call the place there, and what its
    address carried then."""

    file: str
    page: str
    words: str
    query: tuple[tuple[str, str], ...] = ()


def offer(name: str, offered: Iterable[Start], back: WayBack, *, key: str) -> None:
    """Offer to draw from a line named so; each start is a button that says how many communes it takes."""
    with st.container(horizontal=True, gap="small"):
        for i, start in enumerate(offered):
            pressed = st.button(
                fr.typeset(f"Dessiner depuis {start.words}"),
                key=f"{key}-{i}",
                icon=":material/draw:",
                help=fr.typeset(f"Ouvre {html.literal(name)} sur la page Périmètre, dans un scénario à part."),
            )
            if pressed:
                open_scenario(name, start, back)
                st.switch_page(PERIMETER)


def open_scenario(name: str, start: Start, back: WayBack) -> None:
    """Make a scenario of these communes the one on screen, framed: a new one, unless one has them already or nothing is drawn yet."""
    book = frame.workbook()
    fresh = Scenario(_title(name), start.codes)
    atlas = loaders.opened_atlas()
    alike = [at for at, s in enumerate(book.scenarios) if in_communes(s.codes, atlas) == start.codes]
    try:
        frame.hold(book.select(alike[0]) if alike else book.open(fresh))
    except GeoInputError:  # as many scenarios as there may be: « Annuler » brings back what was in this one
        frame.start_from(start.codes)
        frame.say("Il y a déjà autant de scénarios que possible : celui à l’écran est remplacé, « Annuler » le rend.")
    st.session_state[frame.START] = frame.selection()
    st.session_state[frame.TARGET] = ""
    _show_whole(start.codes)
    st.session_state[WAY_BACK] = back


def open_scenarios(named: Sequence[tuple[str, frozenset[str]]], back: WayBack) -> bool:
    """Make a scenario of each of some perimeters, the first on screen; False, and nothing changed, when there is no room for them."""
    book, atlas = frame.workbook(), loaders.opened_atlas()
    first = None
    try:
        for name, codes in named:
            alike = [at for at, s in enumerate(book.scenarios) if in_communes(s.codes, atlas) == codes]
            book = book.select(alike[0]) if alike else book.open(Scenario(_title(name), codes))
            first = book.current if first is None else first
    except GeoInputError:
        return False
    frame.hold(book.select(first or 0))
    st.session_state[frame.START] = frame.selection()
    st.session_state[frame.TARGET] = ""
    _show_whole(named[0][1])
    st.session_state[WAY_BACK] = back
    return True


def _title(name: str) -> str:
    said = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return fr.shortened(said, NAME_LENGTH)


def _show_whole(codes: frozenset[str]) -> None:
    """Have the map of Périmètre show communes whole: their département, or their région when they are of several."""
    atlas = loaders.atlas()
    here = atlas.table.iloc[atlas.rows(codes)]
    several = here["departement"].nunique() > 1 and here["region"].nunique() == 1
    if several:
        st.session_state[frame.PERIMETER_SCOPE] = f"reg-{here['region'].iat[0]}"
    else:
        frame.show_map_of(codes)


def way_back() -> None:
    """Offer to go back where the perimeter comes from; the place is held even when there is nothing to offer, so that what is
    below it on the page stays where it is."""
    with st.container():
        back: WayBack | None = st.session_state.get(WAY_BACK)
        if back and st.button(
            fr.typeset(f"Revenir à {html.literal(back.words)}"),
            key="way-back-button",
            icon=":material/arrow_back:",
            type="tertiary",
        ):
            st.session_state[RETURNED] = True
            address.forget(back.page)
            st.switch_page(back.file, query_params=dict(back.query))


def arrived() -> bool:
    """Tell a page whether somebody has just come back to it; by whatever way it was opened, there is no way back to it any more."""
    st.session_state[WAY_BACK] = None
    return bool(st.session_state.pop(RETURNED, False))
