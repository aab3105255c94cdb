"""The address of the page Périmètre: the map shown (`carte`) and a workbook (`lien`).

A workbook is perimeters, names, notes, settings, vintage (geo.scenarios). A list of codes written by hand
(`communes=94028,94081`) is read too.
"""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.communes import read_code, split_codes
from geo.errors import GeoInputError
from geo.scenarios import Opened, Workbook
from ui import frame, loaders
from ui.address import COMPLETE_PART, Address, Part, Reading, RefusedError, packed, unpacked

MOST_PROBLEMS = 5  # shown of a bad link
MOST_TYPED = 800  # codes read in an address written by hand


def read_address() -> Reading:
    """Take the state that the page's address carries, when it is not the one last written there."""
    found = ADDRESS.read()
    if found.names and not found.names & {"lien", "communes"} and frame.selection():
        frame.choose(())  # « retour » of the browser, to the address of an empty perimeter
    if found.names and "carte" not in found.names and frame.selection():
        frame.show_map_of(frame.selection())
    return found


def _scope(text: str) -> str:
    if text not in loaders.every_scope():
        raise RefusedError(f"Carte « {text[:20]} » inconnue : cherchez-la par son nom.")
    return text


def _opened(text: str) -> Opened:
    try:
        return unpacked(text)
    except GeoInputError as error:
        raise RefusedError([*error.problems, "Le périmètre affiché reste celui d’avant."]) from error


def _open(opened: Opened) -> tuple[str, ...]:
    frame.hold(opened.workbook)
    st.session_state[frame.START] = opened.workbook.codes
    return opened.notices


def _codes(text: str) -> frozenset[str]:
    if st.query_params.get("lien"):
        return frozenset()
    typed = split_codes(text)
    readings = [read_code(code, loaders.atlas()) for code in typed[:MOST_TYPED]]
    codes = frozenset(atom for r in readings if r.kind in ("atom", "city") for atom in r.atoms)
    wrong = [r.message for r in readings if r.kind not in ("atom", "city")]
    if len(typed) > MOST_TYPED:
        wrong.insert(
            0,
            f"L’adresse donne {fr.count(len(typed), 'code')} : les {MOST_TYPED} premiers seulement sont pris. Collez la liste entière.",
        )
    if wrong:
        raise RefusedError(wrong, codes)
    return codes


def _start(codes: frozenset[str]) -> tuple[str, ...]:
    if codes:
        frame.start_from(codes)
    return ()


def _packed() -> str:
    return packed(frame.workbook()) if frame.workbook() != Workbook() else ""


ADDRESS = Address(
    "Perimetre",
    (
        Part("carte", frame.PERIMETER_SCOPE, _scope, lambda: str(st.session_state[frame.PERIMETER_SCOPE])),
        Part("lien", _open, _opened, _packed),
        COMPLETE_PART,
        Part("communes", _start, _codes, str),  # never written
    ),
    MOST_PROBLEMS,
)
