"""The state of the page Comparaison in its address: commune, perimeters chosen, reference, and the scenarios they need.

A link reopens the same comparison. Each part is checked on entry; what is not understood is said and left at its default.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from geo.comparison import MOST_COMPARED, Candidate
from geo.errors import GeoInputError
from geo.scenarios import Workbook, unpack, vintage_of
from ui import frame, html, loaders
from ui.perimeter import link as perimeter_link

COMMUNE = "compare-commune"  # code of the commune the candidates come from
DEPARTEMENT = "compare-departement"
REFERENCE = "compare-reference"
READ = "compare-link-read"
FIRST = "94028"  # where nothing tells better
NAMES = ("commune", "choix", "reference", "lien")
LONGEST = 400  # characters of a list of candidates


def choice_key(commune: str) -> str:
    """Return the session key of the perimeters chosen for a commune."""
    return f"compare-choice-{commune}"


def start() -> None:
    """Give commune and département their first value: the most populous commune of the perimeter at hand."""
    atlas = loaders.atlas()
    if COMMUNE not in st.session_state:
        rows = atlas.rows(frame.selection())
        chosen = max(rows, key=lambda r: int(atlas.population[r]), default=atlas.row.get(FIRST, 0))
        set_commune(str(atlas.codes[chosen]))


def set_commune(code: str) -> None:
    """Start from a commune, an arrondissement or a split city."""
    atlas = loaders.atlas()
    first = code if code in atlas.row else atlas.parts[code][0]
    st.session_state[DEPARTEMENT] = str(atlas.table["departement"].iat[atlas.row[first]])
    st.session_state[COMMUNE] = code


def read() -> tuple[str, ...]:
    """Take the state that the page's address carries, once; return what could not be understood or has changed."""
    given = {name: st.query_params.get(name, "") for name in NAMES}
    signature = "|".join(given.values())
    if not any(given.values()) or signature == st.session_state.get(READ):
        return ()
    st.session_state[READ] = signature
    said: list[str] = []
    atlas = loaders.atlas()
    if given["commune"] in atlas.row or given["commune"] in atlas.parts:
        set_commune(given["commune"])
    elif given["commune"]:
        said.append(f"Lien : commune « {given['commune'][:12]} » inconnue ; choisissez-la dans la liste.")
    if given["lien"]:
        said += _take_scenarios(given["lien"])
    if given["choix"] and COMMUNE in st.session_state:
        st.session_state[choice_key(st.session_state[COMMUNE])] = tuple(given["choix"][:LONGEST].split(","))[
            :MOST_COMPARED
        ]
    if given["reference"]:
        st.session_state[REFERENCE] = given["reference"][:80]
    return tuple(html.literal(text) for text in said)


def _take_scenarios(text: str) -> list[str]:
    """Hold the scenarios of the link; those of the session are kept before them when there are any of its own."""
    try:
        opened = unpack(text, loaders.atlas(), vintage_of(loaders.world()))
        mine = frame.workbook()
        if opened.workbook.scenarios != mine.scenarios or opened.workbook.settings != mine.settings:
            frame.hold(opened.workbook)
    except GeoInputError as error:
        return list(error.problems)
    return list(opened.notices)


def write(chosen: Sequence[Candidate], reference: str) -> None:
    """Put the state in the page's address; the scenarios only when one of them is compared."""
    wanted = {
        "commune": str(st.session_state[COMMUNE]),
        "choix": ",".join(c.id for c in chosen),
        "reference": reference,
    }
    changed = frame.workbook() != Workbook()
    if changed and (any(c.kind == "Scénario" for c in chosen) or frame.workbook().settings != Workbook().settings):
        wanted["lien"] = perimeter_link.packed(frame.workbook())
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
    st.session_state[READ] = "|".join(wanted.get(name, "") for name in NAMES)


def clean(chosen: Sequence[str], offered: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part the ids chosen into those offered and those that are not."""
    known = [i for i in dict.fromkeys(chosen) if i in offered]
    return known, [i for i in dict.fromkeys(chosen) if i not in offered]
