"""The caches of the page Comparaison: the figures side by side, and the small maps; keyed as those of `ui.loaders`."""

from __future__ import annotations

import streamlit as st

from geo.candidates import Candidate
from geo.compare import SideBySide, side_by_side
from geo.findings import Settings
from ui import loaders


@st.cache_resource(max_entries=64, show_spinner=False)
def _comparison(used: str, chosen: tuple[Candidate, ...], settings: Settings, reference: int) -> SideBySide:
    return side_by_side(chosen, loaders.world(), settings, reference=reference)


def comparison(chosen: tuple[Candidate, ...], settings: Settings, reference: int) -> SideBySide:
    """Return perimeters side by side; read only."""
    return _comparison(loaders.token(), chosen, settings, reference)


@st.cache_data(max_entries=64, show_spinner="Dessin des cartes…")
def _small_maps(used: str, chosen: tuple[Candidate, ...]) -> tuple[tuple[str, str], ...]:
    from geo.perimeter_map import frame_of, main_projection, small_map

    every = [loaders.facts(c.perimeter(loaders.atlas())) for c in chosen]
    epsg = main_projection(loaders.atlas(), every[0].rows)
    frame = frame_of(loaders.atlas(), [f.rows for f in every], epsg)
    drawn = [small_map(f, frame, epsg) for f in every]
    return tuple((d.svg, d.alt) for d in drawn)


def small_maps(chosen: tuple[Candidate, ...]) -> tuple[tuple[str, str], ...]:
    """Return a small map of each perimeter, all on one frame: (SVG, alternative text)."""
    return _small_maps(loaders.token(), chosen)
