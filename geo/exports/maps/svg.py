"""Maps to print, as SVG: areas with colours and hatches, lines, points, legend, scale bar, north, attribution, alternative text.

It knows nothing of the domain. Shapes come in metres, in the legal projection that each panel names, so that the scale bar
is true; they are simplified to what paper can show, and written as whole numbers of twentieths of a millimetre, to stay
small. Colours alone never carry a meaning: every class can have a hatch, and the legend names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.exports.maps.svg_furniture import (
    MUTED,
    UNIT,
    escape,
    north_arrow,
    pattern,
    scale_bar,
    scale_bar_box,
    text_at,
    text_width_mm,
    units,
    wrapped,
)
from geo.exports.maps.svg_names import Box, MapText, place_names
from geo.geometry import dissolved

if TYPE_CHECKING:
    import geopandas as gpd

TOLERANCE_MM = 0.12  # smallest detail kept
SMALLEST_MM2 = 0.06  # smaller pieces are left out, except the largest of an area
FONT = "Liberation Sans, DejaVu Sans, Arial, Helvetica, sans-serif"
HATCHES = ("diagonale", "inverse", "croise", "points", "horizontale", "verticale")
LEAST_IN_THE_WAY_MM = 0.8  # a smaller dot may lie under a name
INSETS_SCALE = "Chaque encart a sa propre échelle."
Shapes = npt.NDArray[np.object_]
Bounds = tuple[float, float, float, float]  # west, south, east, north, in metres


@dataclass(frozen=True)
class Style:
    """How a layer is drawn. `hatch` is one of HATCHES, in `hatch_colour`; widths in millimetres; `radius_mm` for points."""

    fill: str | None = None
    hatch: str | None = None
    hatch_colour: str = "#1d2a30"
    stroke: str | None = "#ffffff"
    width_mm: float = 0.1
    dash_mm: tuple[float, ...] = ()
    radius_mm: float = 0.9


@dataclass(frozen=True, eq=False)
class MapLayer:
    """Shapes (metres) drawn alike; `label` puts the layer in the legend."""

    shapes: Shapes
    style: Style
    label: str = ""


@dataclass(frozen=True, eq=False)
class Panel:
    """Layers in one projection, the first drawn first; `bounds` in metres, those of the layers by default.

    `texts` are the names to write, the most important first: each is written if it finds room. `filled` widens the bounds until they fill the room that the map has on paper; `source` is that of
    what only this panel shows.
    """

    layers: Sequence[MapLayer]
    epsg: int
    name: str = ""
    texts: Sequence[MapText] = ()
    bounds: Bounds | None = None
    filled: bool = False
    source: str = ""


@dataclass(frozen=True)
class SvgMap:
    """A map ready to be placed: its text, its alternative text, its size on paper."""

    svg: str
    alt: str
    width_mm: float
    height_mm: float


def project(shapes: gpd.GeoSeries, epsg: int) -> Shapes:
    """Project outlines to metres in a legal projection."""
    return np.asarray(shapes.to_crs(epsg).to_numpy(), dtype=object)


def simplify(shapes: Shapes, tolerance_m: float) -> Shapes:
    """Simplify areas that tile (communes), keeping the borders they share."""
    return np.asarray(shapely.coverage_simplify(shapes, tolerance_m), dtype=object)


def classes(
    shapes: Shapes,
    category: Sequence[Any] | npt.NDArray[Any],
    styles: Mapping[Any, tuple[str, Style]],
    *,
    merged: bool = False,
) -> list[MapLayer]:
    """Make one layer a category of areas that tile, in the order of `styles`; `merged` drops the borders inside a category.

    Categories that no area has make no layer.
    """
    kinds = np.asarray(category)
    layers = []
    for value, (label, style) in styles.items():
        mine = shapes[kinds == value]
        if len(mine):
            layers.append(MapLayer(np.array([dissolved(mine)], dtype=object) if merged else mine, style, label))
    return layers


def tolerance(bounds: Iterable[float], width_mm: float, height_mm: float) -> float:
    """Return the detail, in metres, that a map of this size can show."""
    return TOLERANCE_MM * _metres_per_mm(tuple(bounds), width_mm, height_mm)  # type: ignore[arg-type]


def svg_map(
    panels: Sequence[Panel],
    *,
    alt: str,
    attribution: str,
    title: str = "",
    width_mm: float = 174.0,
    height_mm: float = 110.0,
    inset_mm: float = 24.0,
    legend: bool = True,
) -> SvgMap:
    """Draw panels: the first large, with scale bar and north, the others small at its left, each on its own scale.

    `height_mm` is that of the map itself; the legend and the attribution come below it.

    Raises
    ------
    ValueError
        When there is no panel, no alternative text, or nothing to draw in the first panel.
    """
    if not panels or not alt.strip():
        raise ValueError("a map needs a panel and an alternative text")
    parts = [draw_panels(panels, 0.0, 0.0, width_mm, height_mm, inset_mm)]
    bottom = height_mm + 2
    if legend:
        text, bottom = draw_legend(panels, bottom, width_mm)
        parts.append(text)
    notes = [attribution] + ([INSETS_SCALE] if panels[1:] else [])
    for line in wrapped(" ".join(notes), width_mm, 2.1):
        bottom += 3.0
        parts.append(text_at(0, bottom - 0.6, line, 2.1, colour=MUTED))
    height = bottom + 0.6
    return whole_map(panels, "".join(parts), alt=alt, title=title, width_mm=width_mm, height_mm=height)


def whole_map(
    panels: Sequence[Panel], drawn: str, *, alt: str, title: str, width_mm: float, height_mm: float
) -> SvgMap:
    """Return what was drawn of some panels as one picture, with the hatches it uses, its title and its alternative text."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{_mm(width_mm)}mm" height="{_mm(height_mm)}mm" '
        f'viewBox="0 0 {units(width_mm)} {units(height_mm)}" font-family="{FONT}">'
        f"<title>{escape(title or alt)}</title><desc>{escape(alt)}</desc>"
        f"<defs>{_patterns(panels)}</defs>{drawn}</svg>"
    )
    return SvgMap(svg, alt, width_mm, height_mm)


def draw_panels(
    panels: Sequence[Panel], left: float, top: float, width: float, height: float, inset: float, *,
    north: bool = True, below: bool = False,
) -> str:  # fmt: skip
    """Draw the first panel in a box of the paper, and the others as squares of `inset` millimetres at its left, or below it."""
    insets = panels[1:]
    beside, under = (inset + 2, 0.0) if insets and not below else (0.0, inset + 6 if insets else 0.0)
    parts = [draw_panel(panels[0], left + beside, top, width - beside, height - under, number=0, north=north)]
    size = min(inset, (width + 2) / max(len(insets), 1) - 2 if below else (height - 2) / max(len(insets), 1) - 5)
    for i, panel in enumerate(insets):
        x, y = (left + i * (size + 2), top + height - size - 4) if below else (left, top + i * (size + 5.0))
        parts.append(_inset(panel, x, y, size if below else inset, size, number=i + 1))
    return "".join(parts)


def _mm(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _bounds(panel: Panel) -> Bounds:
    if panel.bounds:
        return panel.bounds
    boxes = np.vstack(
        [shapely.bounds(layer.shapes) for layer in panel.layers if len(layer.shapes)] or [np.empty((0, 4))]
    )
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        raise ValueError("nothing to draw")
    return tuple(float(v) for v in (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)))  # type: ignore[return-value]


def _metres_per_mm(bounds: Bounds, width_mm: float, height_mm: float) -> float:
    west, south, east, north = bounds
    return max((east - west) / (width_mm - 2), (north - south) / (height_mm - 2), 1e-6)


@dataclass(frozen=True)
class _Frame:
    """From metres to drawing units."""

    west: float
    north: float
    scale: float  # metres a millimetre
    left: float
    top: float

    def to_mm(self, xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x = self.left + (xy[:, 0] - self.west) / self.scale
        y = self.top + (self.north - xy[:, 1]) / self.scale
        return np.column_stack([x, y])

    def to_units(self, xy: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        return np.rint(self.to_mm(xy) * UNIT).astype(np.int64)


def draw_panel(
    panel: Panel, left: float, top: float, width: float, height: float, *, number: int, north: bool = True
) -> str:
    """Draw a panel in a box of the paper (millimetres); the first one (`number` 0) has the scale bar, and the north if wanted."""
    bounds = _filling(_bounds(panel), width / height) if panel.filled else _bounds(panel)
    scale = _metres_per_mm(bounds, width, height)
    frame = _Frame(
        bounds[0],
        bounds[3],
        scale,
        left + (width - (bounds[2] - bounds[0]) / scale) / 2,
        top + (height - (bounds[3] - bounds[1]) / scale) / 2,
    )
    drawn = "".join(_layer(layer, frame, number) for layer in panel.layers)
    taken = [scale_bar_box(scale, left, top, width, height), (left + width - 10, top, left + width, top + 13 * north)]
    texts = _names(panel, frame, (left, top, left + width, top + height), () if number else taken)
    clip = f'<clipPath id="c{number}"><rect x="{units(left)}" y="{units(top)}" width="{units(width)}" height="{units(height)}"/></clipPath>'
    body = f'{clip}<g clip-path="url(#c{number})">{drawn}{texts}</g>'
    if number:
        return body
    body += scale_bar(scale, left, top, width, height)
    if not north:
        return body
    centre = ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    return body + north_arrow(panel.epsg, centre, left + width - 6, top + 1)


def _filling(bounds: Bounds, ratio: float) -> Bounds:
    """Widen bounds about their middle to a ratio of width to height."""
    west, south, east, north = bounds
    wide, high = max(east - west, (north - south) * ratio), max(north - south, (east - west) / ratio)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _names(panel: Panel, frame: _Frame, room: Box, taken: Sequence[Box]) -> str:
    """Write the names that find room, out of the way of the dots of the map."""
    if not panel.texts:
        return ""
    at = frame.to_mm(np.array([(text.x, text.y) for text in panel.texts], dtype=float))
    dots = [box for layer in panel.layers for box in _dot_boxes(layer, frame)]
    placed = place_names(panel.texts, at, room, taken=[*taken, *dots])
    return "".join(p.svg for p in reversed(placed))  # the most important above


def _dot_boxes(layer: MapLayer, frame: _Frame) -> list[Box]:
    radius = layer.style.radius_mm
    if radius < LEAST_IN_THE_WAY_MM:
        return []
    points = layer.shapes[shapely.get_type_id(layer.shapes) == 0]
    return [
        (x - radius, y - radius, x + radius, y + radius)
        for x, y in frame.to_mm(shapely.get_coordinates(points)).tolist()
    ]


def _inset(panel: Panel, left: float, top: float, width: float, height: float, *, number: int) -> str:
    box = f'<rect x="{units(left)}" y="{units(top + 3.2)}" width="{units(width)}" height="{units(height)}" fill="none" stroke="#c9d2d6" stroke-width="2"/>'
    name = text_at(left, top + 2.4, panel.name, 2.2)
    return name + box + draw_panel(panel, left + 0.5, top + 3.7, width - 1, height - 1, number=number)


def _layer(layer: MapLayer, frame: _Frame, number: int) -> str:
    style = layer.style
    shapes = layer.shapes[~(shapely.is_missing(layer.shapes) | shapely.is_empty(layer.shapes))]
    kinds = shapely.get_type_id(shapes)
    dots = kinds == 0
    found = "".join(_dot(point, style, frame) for point in shapes[dots])
    path = _path(shapes[~dots], frame)
    if not path:
        return found
    stroke = _stroke(style)
    area = np.isin(kinds[~dots], (3, 6)).any()
    if not area:
        return found + f'<path d="{path}" fill="none"{stroke}/>'
    fill = style.fill or "none"
    made = (
        f'<path d="{path}" fill="{fill}" fill-rule="evenodd"{"" if style.hatch else stroke} stroke-linejoin="round"/>'
    )
    if style.hatch:  # the hatch above the colour, the border above both
        made += (
            f'<path d="{path}" fill="url(#{_pattern_id(style)})" fill-rule="evenodd"{stroke} stroke-linejoin="round"/>'
        )
    return found + made


def _stroke(style: Style) -> str:
    if not style.stroke:
        return ""
    dash = f' stroke-dasharray="{" ".join(str(units(d)) for d in style.dash_mm)}"' if style.dash_mm else ""
    return f' stroke="{style.stroke}" stroke-width="{style.width_mm * UNIT:.3g}"{dash}'


def _dot(point: Any, style: Style, frame: _Frame) -> str:
    x, y = frame.to_units(np.array([[point.x, point.y]]))[0]
    fill = style.fill or "#ffffff"
    return f'<circle cx="{x}" cy="{y}" r="{style.radius_mm * UNIT:.3g}" fill="{fill}"{_stroke(style)}/>'


def _path(shapes: Shapes, frame: _Frame) -> str:
    """Write lines and areas as one path of small steps; what paper cannot show is left out."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    polygon = shapely.get_type_id(parts) == 3
    size = shapely.area(parts) / frame.scale**2
    largest = np.zeros(len(shapes))
    np.maximum.at(largest, owner, size)
    kept = ~polygon | (size >= SMALLEST_MM2) | (size >= largest[owner])
    pieces: list[str] = []
    for part, is_area in zip(parts[kept], polygon[kept], strict=True):
        rings = [part.exterior, *part.interiors] if is_area else [part]
        pieces += [_steps(frame.to_units(shapely.get_coordinates(r)), closed=bool(is_area)) for r in rings]
    return "".join(pieces)


def _steps(points: npt.NDArray[np.int64], *, closed: bool) -> str:
    moved = np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1)]
    points = points[moved]
    if closed and len(points) > 1:
        points = points[:-1] if (points[0] == points[-1]).all() else points
    if len(points) < 2:
        return ""
    steps = np.diff(points, axis=0).tolist()
    text = "".join(f"{dx} {dy} " if dy >= 0 else f"{dx}{dy} " for dx, dy in steps)
    return f"M{points[0, 0]} {points[0, 1]}l{text.rstrip()}{'z' if closed else ''}"


def draw_legend(panels: Sequence[Panel], top: float, width: float, left: float = 0.0) -> tuple[str, float]:
    """Lay the legend out in lines; an entry said twice is shown once. Return it, and where it ends."""
    entries: dict[str, MapLayer] = {}
    for layer in (layer for panel in panels for layer in panel.layers):
        if layer.label:
            entries.setdefault(layer.label, layer)
    x, y, made = left, top, []
    for label, layer in entries.items():
        needed = 7.5 + text_width_mm(label, 2.5) + 4
        if x > left and x + needed > left + width:
            x, y = left, y + 4.4
        made.append(_swatch(layer, x, y) + text_at(x + 7.2, y + 2.6, label, 2.5))
        x += needed
    return "".join(made), (y + 5.0 if made else top)


def _swatch(layer: MapLayer, x: float, y: float) -> str:
    style = layer.style
    kinds = set(shapely.get_type_id(layer.shapes).tolist()) - {-1}
    if kinds <= {0}:
        return f'<circle cx="{units(x + 3)}" cy="{units(y + 1.7)}" r="{style.radius_mm * UNIT:.3g}" fill="{style.fill or "#ffffff"}"{_stroke(style)}/>'
    if not style.fill and not style.hatch:
        return f'<path d="M{units(x)} {units(y + 1.7)}h{units(6)}" fill="none"{_stroke(style)}/>'
    box = f'x="{units(x)}" y="{units(y)}" width="{units(6)}" height="{units(3.4)}"'
    made = f'<rect {box} fill="{style.fill or "#ffffff"}" stroke="{MUTED}" stroke-width="2"/>'
    return made + (f'<rect {box} fill="url(#{_pattern_id(style)})"/>' if style.hatch else "")


def _pattern_id(style: Style) -> str:
    return f"h-{style.hatch}-{style.hatch_colour.lstrip('#')}"


def _patterns(panels: Sequence[Panel]) -> str:
    used = {_pattern_id(s): s for panel in panels for layer in panel.layers if (s := layer.style).hatch}
    return "".join(pattern(name, str(style.hatch), style.hatch_colour) for name, style in sorted(used.items()))
