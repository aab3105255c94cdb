"""What the page Comparaison computes: the figures side by side, and the small maps, kept by `ui.cache`."""

from __future__ import annotations

from geo.comparison import Candidate, SideBySide, side_by_side
from geo.guidance import Settings
from ui import loaders
from ui.cache import keyed_on_data


@keyed_on_data(max_entries=64)
def comparison(chosen: tuple[Candidate, ...], settings: Settings, reference: int) -> SideBySide:
    """Return perimeters side by side; read only."""
    return side_by_side(chosen, loaders.world(), settings, reference=reference)


@keyed_on_data(max_entries=64, spinner="Dessin des cartes…")
def small_maps(chosen: tuple[Candidate, ...]) -> tuple[tuple[str, str], ...]:
    """Return a small map of each perimeter, all on one frame: (SVG, alternative text)."""
    from geo.exports import frame_of, main_projection, small_map

    every = [loaders.facts(c.perimeter(loaders.atlas())) for c in chosen]
    epsg = main_projection(loaders.atlas(), every[0].rows)
    frame = frame_of(loaders.atlas(), [f.rows for f in every], epsg)
    drawn = [small_map(f, frame, epsg) for f in every]
    return tuple((d.svg, d.alt) for d in drawn)
