"""The line that asks what the perimeter is for: to create a CLSM, to enlarge one, to merge several. It stops nobody.

What is chosen stays with the scenario. A click sends this line again: it is kept short. The CLSM offered are those that the perimeter meets or touches, those of the map while
it is empty, and those already named.
"""

from __future__ import annotations

import streamlit as st

from geo.coverage import Scope
from geo.guidance import MOST_CLSM, Intent, Project, clsm_held, clsm_near
from geo.layers import LayerId
from geo.perimeters import Perimeter
from ui import frame, loaders
from ui.cache import Cities, cities, keyed_on_data
from ui.choices import distinct, labelled, pick_several

SHORT = {Intent.CREATE: "Je crée", Intent.ENLARGE: "J’élargis", Intent.MERGE: "Je fusionne"}


def ask(perimeter: Perimeter, scope: Scope) -> None:
    """Ask what the perimeter is for, on one line; and which CLSM, once it is about some."""
    workbook = frame.workbook()
    project, at = workbook.scenario.project, workbook.current
    key = f"projet-{at}{project.intent[:1]}"
    st.session_state.setdefault(key, project.intent if project.intent in SHORT else None)
    st.segmented_control(
        "Projet",
        list(SHORT),
        format_func=labelled(SHORT),
        key=key,
        on_change=_intend,
        args=(key, at, perimeter),
        label_visibility="collapsed",
    )
    if project.intent in (Intent.ENLARGE, Intent.MERGE):
        _which(perimeter, scope, project, at)


def _which(perimeter: Perimeter, scope: Scope, project: Project, at: int) -> None:
    zones = loaders.opened_crosswalk().layers[LayerId.CLSM].zones
    offered = dict.fromkeys([*_near(perimeter, scope), *project.clsm])
    labels = distinct(
        {i: str(zones.at[i, "nom"]) if i in zones.index else "CLSM absent des données d’ici" for i in offered}
    )
    key = f"projet-clsm-{frame.move_key([str(at), project.intent, *project.clsm])}"
    pick_several(
        "CLSM concernés",
        list(labels),
        default=list(project.clsm),
        format_func=labels.get,
        max_selections=1 if project.intent is Intent.ENLARGE else MOST_CLSM,
        key=key,
        on_change=_name,
        args=(key, at),
        placeholder="Lequel ?" if project.intent is Intent.ENLARGE else "Lesquels ?",
        label_visibility="collapsed",
        help="Ceux que le périmètre touche ou voisine. La liste des CLSM n’est pas complète : le vôtre peut y manquer.",
    )


def _near(perimeter: Perimeter, scope: Scope) -> tuple[str, ...]:
    """Return the CLSM that the perimeter meets, then those it touches; those of the map while it is empty."""
    return _found_near(perimeter, scope, cities())


@keyed_on_data(max_entries=64)
def _found_near(perimeter: Perimeter, scope: Scope, wanted: Cities) -> tuple[str, ...]:
    crosswalk = loaders.opened_world(wanted).crosswalk
    atlas = crosswalk.atlas
    rows = atlas.rows(perimeter.communes) if perimeter.communes else scope.on(atlas).rows
    return clsm_near(crosswalk, rows)


def _intend(key: str, at: int, perimeter: Perimeter) -> None:
    """Hold the intent; the CLSM that the perimeter holds whole are named at once, when there is no doubt which."""
    intent = st.session_state.get(key) or Intent.UNSAID
    held = clsm_held(loaders.facts(perimeter)) if perimeter.communes else ()
    sure = (intent is Intent.ENLARGE and len(held) == 1) or (intent is Intent.MERGE and 1 < len(held) <= MOST_CLSM)
    frame.attempt(lambda book: book.with_project(Project.of(intent, held if sure else ()), at))


def _name(key: str, at: int) -> None:
    intent = frame.workbook().scenarios[at].project.intent
    frame.attempt(lambda book: book.with_project(Project.of(intent, st.session_state.get(key) or ()), at))
