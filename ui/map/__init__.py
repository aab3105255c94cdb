"""The map: what is sent to the browser, by address or with a click, and what comes back, checked at the door.

No geometry travels through Streamlit, and no text of the data is trusted. Read it as `from ui import map as maps`; start from
`draw`, `selection_state`, `coverage_state`, `status_paint`, `read_selection`.
"""

from ui.map.build import (
    METROPOLE,
    Focus,
    Overlay,
    Paint,
    Point,
    Swatch,
    coverage_map,
    coverage_state,
    points_map,
    points_state,
    selection_map,
    selection_state,
    static_url,
)
from ui.map.codec import pack_codes, paint_runs
from ui.map.events import Shape, read_click, read_selection, read_shape
from ui.map.overlays import Mark, extents, over, places_url, quarters_url
from ui.map.scene import (
    LINE_LABELS,
    LINES,
    MARK_LABELS,
    PALE,
    PALETTE,
    SELECTED,
    backdrop,
    bounds,
    draw,
    focus,
    geometry_url,
    ground,
    known_lines,
    look_at,
    overlay,
    status_paint,
)
from ui.map.tooltips import Preview, previewed

__all__ = [
    "LINES",
    "LINE_LABELS",
    "MARK_LABELS",
    "METROPOLE",
    "PALE",
    "PALETTE",
    "SELECTED",
    "Focus",
    "Mark",
    "Overlay",
    "Paint",
    "Point",
    "Preview",
    "Shape",
    "Swatch",
    "backdrop",
    "bounds",
    "coverage_map",
    "coverage_state",
    "draw",
    "extents",
    "focus",
    "geometry_url",
    "ground",
    "known_lines",
    "look_at",
    "over",
    "overlay",
    "pack_codes",
    "paint_runs",
    "places_url",
    "points_map",
    "points_state",
    "previewed",
    "quarters_url",
    "read_click",
    "read_selection",
    "read_shape",
    "selection_map",
    "selection_state",
    "static_url",
    "status_paint",
]
