"""« Emporter la carte » of the page Périmètre: what is drawn, on a page; nothing here holds the data."""

from __future__ import annotations

import streamlit as st

from geo.exports import MAP_LINES, MapChoice, file_name, perimeter_map, title_of
from geo.scenarios import Scenario
from ui import frame, loaders
from ui import map as maps
from ui.perimeter.link import ADDRESS


@st.fragment
def take_map(lines: tuple[str, ...]) -> None:
    """Show the button; it runs by itself, when it is opened, on the perimeter of that moment: a click costs nothing more."""
    maps.take_away("carte-perimetre", lambda: _file(frame.workbook().scenario, lines), ADDRESS.url)


def _file(scenario: Scenario, lines: tuple[str, ...]) -> maps.MapFile | None:
    if not scenario.codes:
        return None
    title = title_of(scenario.name, scenario.codes, loaders.atlas())
    outlined = tuple(i for i in lines if i in MAP_LINES)

    def make(kind: str, paper: str, rivers: bool) -> bytes:
        choice = MapChoice(outlined, "qpv" in lines, rivers)
        facts = loaders.facts(scenario.perimeter(loaders.atlas()))
        return perimeter_map(facts, kind, paper, choice, title=title)

    return maps.MapFile(file_name(f"carte {title}", "x").removesuffix(".x"), title, make)
