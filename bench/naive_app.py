"""The baseline of the benches: the page one writes first with streamlit-folium, with the same communes as ours.

The outlines are embedded in the map, the style depends on the selection, and every click draws the map again. It is
given its chances: the shapes of our own display files and not the heavier base, read once for all sessions, one
returned object, a callback that spares a second run, and Leaflet served by the machine. `carte` in the address names
the scope.
"""

from __future__ import annotations

import folium
import geopandas as gpd
import streamlit as st
from streamlit_folium import st_folium

from bench import NAIVE_SELECTED
from geo.display import scope_index
from ui.map.build import static_url
from ui.setup.vendor import ROOT

MAP = "carte-naive"
CHOSEN = "chosen"
PLAIN = "#eef3f4"
GEO = ROOT / "static" / "geo"


class LocalMap(folium.Map):
    """A folium map whose Leaflet comes from static/vendor."""

    default_js = (("leaflet", static_url("vendor/leaflet/leaflet.js")),)
    default_css = (("leaflet_css", static_url("vendor/leaflet/leaflet.css")),)


@st.cache_resource
def communes(scope: str) -> gpd.GeoDataFrame:
    """Return code, population and outline of the communes of a scope, as the display files hold them."""
    return gpd.read_file(GEO / scope_index(GEO).scopes[scope].file)[["c", "p", "geometry"]].set_crs(4326)


def toggle() -> None:
    """Add the commune last clicked, or take it out."""
    drawn = (st.session_state[MAP] or {}).get("last_active_drawing")
    if drawn:
        st.session_state[CHOSEN] = st.session_state[CHOSEN] ^ {drawn["properties"]["c"]}


st.set_page_config(layout="wide")
st.session_state.setdefault(CHOSEN, frozenset())
chosen = st.session_state[CHOSEN]
scope = st.query_params.get("carte", "dep-62")
shown = communes(scope)
west, south, east, north = scope_index(GEO).scopes[scope].bbox  # as our page shows it: France without overseas
left, right = st.columns([11, 9])
with left:
    board = LocalMap(tiles=None)
    folium.GeoJson(
        shown,
        style_function=lambda feature: {
            "fillColor": NAIVE_SELECTED if feature["properties"]["c"] in chosen else PLAIN,
            "fillOpacity": 0.8,
            "color": "#a9bac0",
            "weight": 0.8,
        },
    ).add_to(board)
    board.fit_bounds([[south, west], [north, east]])
    st_folium(
        board,
        key=MAP,
        height=560,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        on_change=toggle,
    )
right.metric("Habitants", f"{shown['p'][shown['c'].isin(chosen)].sum():,}")
