"""What the map of a perimeter says in full screen: inhabitants, the marker, what is met, the checks that just turned."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.guidance import in_brief
from geo.perimeters import Perimeter
from ui import frame, loaders, panels
from ui import map as maps
from ui.perimeter import judge


def glance(perimeter: Perimeter) -> maps.Glance:
    """Return what is read from afar of a perimeter; its facts and checks are those that the page has just computed."""
    undo, redo = bool(st.session_state[frame.HISTORY]), bool(st.session_state[frame.FUTURE])
    if not perimeter.communes:
        return maps.Glance(("Périmètre vide",), undo=undo, redo=redo)
    settings = frame.settings()
    found = panels.in_order(loaders.findings(perimeter, settings))
    turned = tuple(
        f"{turn.title}{fr.NBSP}: {turn.before[0]} → {turn.after[0]}"
        for turn in judge.turned(perimeter, settings, found)
    )
    return maps.Glance(in_brief(loaders.facts(perimeter), settings), turned, undo=undo, redo=redo)
