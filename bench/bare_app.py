"""What the framework takes by itself: a title and a map of streamlit-folium with nothing on it. No page with such a map comes sooner."""

from __future__ import annotations

import folium
import streamlit as st
from streamlit_folium import st_folium

from ui.map.build import static_url


class LocalMap(folium.Map):
    """A folium map whose Leaflet comes from static/vendor."""

    default_js = (("leaflet", static_url("vendor/leaflet/leaflet.js")),)
    default_css = (("leaflet_css", static_url("vendor/leaflet/leaflet.css")),)


st.title("Rien sur la carte")
st_folium(LocalMap(tiles=None, location=(50.5, 2.5), zoom_start=9), key="carte-nue", returned_objects=[], height=600)
