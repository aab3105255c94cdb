"""A map on a whole page, A4 or A3, to be put on a wall: title, map, legend, scale, limits, sources.

The page knows nothing of the domain: it is given a title, sentences, and what draws the panels for the room that is left
for them. The same drawing as for a note (`geo.exports.maps.svg`), on more paper.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from geo.exports.maps.svg import INSETS_SCALE, Bounds, Panel, SvgMap, draw_legend, draw_panels, whole_map
from geo.exports.maps.svg_furniture import INK, MUTED, text_at, text_width_mm, units, wrapped

PAPERS = {"a4": (297.0, 210.0), "a3": (420.0, 297.0)}  # millimetres, the long side first
MARGIN_MM = 10.0
LEGEND_MM = 22.0  # what the foot of a page is expected to take when the panels are prepared
FRAME = "#b9c4c9"
Panels = Callable[["Paper"], Sequence[Panel]]


@dataclass(frozen=True)
class Paper:
    """A page: its size in millimetres, and how much larger than on an A4 its texts are."""

    width_mm: float
    height_mm: float
    larger: float = 1.0

    @property
    def standing(self) -> bool:
        """Whether it is higher than wide."""
        return self.height_mm > self.width_mm

    @property
    def inset_mm(self) -> float:
        """The side of the squares for what lies far away: in a row below the map of a page that stands, else beside it."""
        return (34.0 if self.standing else 26.0) * self.larger

    def room_beside(self, insets: int) -> tuple[float, float]:
        """About the width and height that the map has when as many insets lie beside it or below it."""
        taken = self.inset_mm + 4 if insets else 0.0
        wide, high = self.width_mm - 2 * MARGIN_MM, self.height_mm - 2 * MARGIN_MM - 18.0 * self.larger - LEGEND_MM
        return (wide, high - taken) if self.standing else (wide - taken, high)


def paper_of(name: str, bounds: Bounds, insets: int = 0) -> Paper:
    """Return a page of PAPERS, turned as fits what is to be drawn."""
    long, short = PAPERS[name]
    larger = 1.0 if name == "a4" else 1.3
    wide, high = bounds[2] - bounds[0], bounds[3] - bounds[1]
    lying, standing = Paper(long, short, larger), Paper(short, long, larger)

    def scale(paper: Paper) -> float:
        room = paper.room_beside(insets)
        return max(wide / room[0], high / room[1])

    return lying if scale(lying) <= scale(standing) else standing


@dataclass(frozen=True)
class Words:
    """What a page says around its map: `limit` is what the map does not say, `sources` a sentence a source, `made` the day."""

    title: str
    subtitle: str
    alt: str
    limit: str
    sources: Sequence[str]
    made: str = ""


def map_page(panels_for: Panels, paper: Paper, words: Words) -> SvgMap:
    """Lay a map out on a page; `panels_for` draws the panels for it."""
    panels = panels_for(paper)
    left, width = MARGIN_MM, paper.width_mm - 2 * MARGIN_MM
    head, top = _head(words, paper, left, width)
    _, legend_end = draw_legend(panels, 0.0, width, left)
    lines = _foot_lines(words, panels, width)
    foot = legend_end + sum(size * 1.42 for _, size, _ in lines) + 4.5
    height = paper.height_mm - MARGIN_MM - foot - top
    drawn = draw_panels(panels, left, top, width, height, paper.inset_mm, north=False, below=paper.standing)
    frame = f'<rect x="{units(left)}" y="{units(top)}" width="{units(width)}" height="{units(height)}" fill="none" stroke="{FRAME}" stroke-width="4"/>'
    legend, y = draw_legend(panels, top + height + 2.5, width, left)
    parts = [_ground(paper), head, drawn, "" if len(panels) > 1 else frame, legend]
    y += 1.5
    for text, size, colour in lines:
        y += size * 1.42
        parts.append(text_at(left, y, text, size, colour=colour))
    return whole_map(
        panels, "".join(parts), alt=words.alt, title=words.title, width_mm=paper.width_mm, height_mm=paper.height_mm
    )


def _ground(paper: Paper) -> str:
    return f'<rect width="{units(paper.width_mm)}" height="{units(paper.height_mm)}" fill="#ffffff"/>'


def _head(words: Words, paper: Paper, left: float, width: float) -> tuple[str, float]:
    """Write title and subtitle; return them, and where the map begins."""
    size, y, parts = 6.4 * paper.larger, MARGIN_MM, []
    while text_width_mm(words.title, size) > 1.9 * width and size > 3.5:
        size *= 0.9
    for line in wrapped(words.title, width, size):
        y += size
        parts.append(text_at(left, y, line, size, bold=True))
    small = 3.1 * paper.larger
    for line in wrapped(words.subtitle, width, small):
        y += small * 1.5
        parts.append(text_at(left, y, line, small, colour=MUTED))
    return "".join(parts), y + 3.5


def _foot_lines(words: Words, panels: Sequence[Panel], width: float) -> list[tuple[str, float, str]]:
    """Return the lines below the legend, each with its size and colour: the limit first, then sources and day."""
    lines = [(line, 2.5, INK) for line in wrapped(words.limit, width, 2.5)]
    beside = [panel.source for panel in panels if panel.source] + ([INSETS_SCALE] if len(panels) > 1 else [])
    said = " ".join([*words.sources, *beside, words.made])
    return lines + [(line, 2.1, MUTED) for line in wrapped(said, width, 2.1)]
