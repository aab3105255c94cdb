"""What the map of a page will ask for, known from the address of the page: the server tells the browser at once (ui.server.hints).

Addresses are relative to a page, which is one level deep. Apart because it answers the server that starts, not
a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit_folium
from streamlit import runtime

from ui import loaders
from ui.map import build
from ui.map.scene import geometry_url

# The parameter of each page that names the territory of its map, and the one shown without it.
PAGES = {"Perimetre": ("carte", ""), "Couverture": ("territoire", "france")}
LARGEST_BYTES = 1_500_000  # larger outlines would take the line from what is needed first


def declare() -> None:
    """Make the component that shows a map known to the server: Streamlit does so by itself only when a page is what loads it."""
    runtime.get_instance().component_registry.register_component(streamlit_folium._component_func)


def frame_files() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the addresses of the scripts, and of the styles, of the frame of any map."""
    scripts, styles = build.assets()
    component = sorted(Path(streamlit_folium.__file__).parent.glob("frontend/build/static/js/main.*.js"))
    first = [f"./component/streamlit_folium.st_folium/static/js/{path.name}" for path in component]
    return (*first, *map(_from_page, scripts)), tuple(map(_from_page, styles))


def first_files(page: str, asked: Mapping[str, str]) -> list[str]:
    """Return the addresses of the outlines that a page shows first; none on a page without a map, or for an unknown territory."""
    name, usual = PAGES.get(page, ("", ""))
    scope = loaders.every_scope().get(asked.get(name, usual))
    if scope is None:
        return []
    address = geometry_url(scope)
    file = loaders.GEO / address.rpartition("/")[2]
    return [_from_page(address)] if file.is_file() and file.stat().st_size <= LARGEST_BYTES else []


def _from_page(address: str) -> str:
    return f"./{address.removeprefix('../../')}"
