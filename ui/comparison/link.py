"""The address of the page Comparaison: commune, perimeters chosen, reference, and the scenarios they need.

A link reopens the same comparison.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from geo.communes import name_of
from geo.comparison import MOST_COMPARED
from geo.scenarios import Opened, Workbook
from ui import frame, loaders
from ui.address import COMPLETE_PART, Address, Part, RefusedError, packed, unpacked
from ui.passage import WayBack

FILE = "pages/3_Comparaison.py"
COMMUNE = "compare-commune"  # code of the commune the candidates come from
REFERENCE = "compare-reference"
LONGEST = 400  # characters of a list of candidates
LONGEST_ID = 80


def choice_key(commune: str) -> str:
    """Return the session key of the perimeters chosen for a commune."""
    return f"compare-choice-{commune}"


def start() -> None:
    """Give the commune its first value: the most populous of the perimeter at hand; none where there is no perimeter."""
    atlas = loaders.atlas()
    held = st.session_state.get(COMMUNE)
    if held not in atlas.row and held not in atlas.parts:
        st.session_state.pop(COMMUNE, None)
    if COMMUNE not in st.session_state and frame.selection():
        rows = atlas.rows({code[:5] for code in frame.selection()})  # an IRIS begins with the code of its commune
        st.session_state[COMMUNE] = str(atlas.codes[max(rows, key=lambda r: int(atlas.population[r]))])


def _commune(text: str) -> str:
    if text not in loaders.atlas().row and text not in loaders.atlas().parts:
        raise RefusedError(f"Lien : commune « {text[:12]} » inconnue ; cherchez-la par son nom.")
    return text


def _choose(ids: tuple[str, ...]) -> tuple[str, ...]:
    if COMMUNE in st.session_state:
        st.session_state[choice_key(st.session_state[COMMUNE])] = ids
    return ()


def _hold(opened: Opened) -> tuple[str, ...]:
    """Hold the scenarios of the link; those of the session are kept before them when there are any of its own."""
    mine = frame.workbook()
    theirs = opened.workbook
    if (theirs.scenarios, theirs.settings, theirs.opened) != (mine.scenarios, mine.settings, mine.opened):
        frame.hold(opened.workbook)
    return opened.notices


def _compared() -> frame.Compared:
    """Return the comparison on screen."""
    return st.session_state[frame.COMPARED]


def _packed() -> str:
    """Return the scenarios, only when one of them is compared, figures rest on a claim, or the settings are not the guide's."""
    workbook = frame.workbook()
    mine = any(c.kind == "Scénario" for c in _compared().chosen)
    needed = mine or bool(workbook.claims) or workbook.settings != Workbook().settings
    return packed(workbook) if needed and workbook != Workbook() else ""


ADDRESS = Address(
    "Comparaison",
    (
        Part("commune", COMMUNE, _commune, lambda: _compared().commune),
        Part(
            "choix",
            _choose,
            lambda text: tuple(text[:LONGEST].split(","))[:MOST_COMPARED],
            lambda: ",".join(c.id for c in _compared().chosen),
        ),
        Part("reference", REFERENCE, lambda text: text[:LONGEST_ID], lambda: _compared().reference),
        Part("lien", _hold, unpacked, _packed),
        COMPLETE_PART,
    ),
)


def way_back() -> WayBack:
    """Return how to come back to the comparison on screen; the scenarios are those of the session, whatever becomes of them."""
    query = tuple((name, text) for name, text in ADDRESS.query().items() if name != "lien")
    return WayBack(FILE, ADDRESS.page, f"Comparaison ({name_of(_compared().commune, loaders.atlas())})", query)


def clean(chosen: Sequence[str], offered: Sequence[str]) -> tuple[list[str], list[str]]:
    """Separate the ids chosen into those offered and those that are not."""
    known = [i for i in dict.fromkeys(chosen) if i in offered]
    return known, [i for i in dict.fromkeys(chosen) if i not in offered]
