"""Names on a printed map: placed one after the other, the most important first, none over another nor over what is in its way.

Places and sizes are in millimetres of paper. A name that finds no room near its place is left out: a map that says less is
better than one that cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.exports.maps.svg_furniture import INK, UNIT, escape, text_width_mm, units

Box = tuple[float, float, float, float]  # left, top, right, bottom, in millimetres
ASCENT, DESCENT = 0.74, 0.22  # of the size of a text, above and below its baseline
DOT_MM = 1.5  # what a name keeps from the point it names, when it cannot lie on it
SPACED = 0.14  # of the size, between the letters of a name that is spaced out
HALO_MM = 0.75


@dataclass(frozen=True)
class MapText:
    """A name written on the map, near a place in metres; `spaced` for the name of a territory rather than of a place.

    `gap_mm` is the least distance that it keeps from those written before it. `halo` lightens what is under the letters; a PDF then holds
    them as outlines, a hundred times heavier than letters.
    """

    x: float
    y: float
    text: str
    size_mm: float = 2.4
    colour: str = INK
    bold: bool = False
    spaced: bool = False
    gap_mm: float = 0.5
    halo: bool = True

    @property
    def width_mm(self) -> float:
        """About how wide it is on paper."""
        wide = text_width_mm(self.text, self.size_mm) * (1.06 if self.bold else 1.0)
        return wide + (SPACED * self.size_mm * len(self.text) if self.spaced else 0.0)


@dataclass(frozen=True)
class Placed:
    """A name and where it lies: the middle of its baseline, in millimetres of paper."""

    text: MapText
    x: float
    y: float

    @property
    def box(self) -> Box:
        """The room it takes."""
        half, size = self.text.width_mm / 2, self.text.size_mm
        return self.x - half, self.y - ASCENT * size, self.x + half, self.y + DESCENT * size

    @property
    def svg(self) -> str:
        """The name as SVG, with a white edge where it has a halo; its signs are dead letters."""
        text = self.text
        look = ' font-weight="bold"' if text.bold else ""
        look += f' letter-spacing="{SPACED * text.size_mm * UNIT:.3g}"' if text.spaced else ""
        edge = (
            f' stroke="#ffffff" stroke-width="{HALO_MM * UNIT:.3g}" stroke-opacity="0.85" paint-order="stroke" stroke-linejoin="round"'
            if text.halo
            else ""
        )
        return (
            f'<text class="nom" x="{units(self.x)}" y="{units(self.y)}" font-size="{text.size_mm * UNIT:.3g}" '
            f'text-anchor="middle" fill="{text.colour}"{look}{edge}>{escape(text.text)}</text>'
        )


def place_names(
    texts: Sequence[MapText],
    at: npt.NDArray[np.float64],
    room: Box,
    *,
    taken: Iterable[Box] = (),
    most: int | None = None,
) -> list[Placed]:
    """Place names in order at the places `at` (millimetres, one line a name), all within `room` and out of the boxes `taken`.

    A text already placed elsewhere is not placed again.
    """
    barred, boxes = np.array(list(taken), dtype=float).reshape(-1, 4), np.empty((0, 4))
    placed: list[Placed] = []
    said: set[str] = set()
    for text, (x, y) in zip(texts, at.tolist(), strict=True):
        if (most is not None and len(placed) >= most) or text.text in said:
            continue
        found = next(
            (
                p
                for p in _tries(text, x, y)
                if _within(p.box, room) and _free(p.box, barred, 0.0) and _free(p.box, boxes, text.gap_mm)
            ),
            None,
        )
        if found is not None:
            placed.append(found)
            said.add(text.text)
            boxes = np.vstack([boxes, found.box])
    return placed


def _tries(text: MapText, x: float, y: float) -> Iterable[Placed]:
    """Yield where a name may lie: on its place, above it, below it, at its right, at its left; a spaced one may go further."""
    size, half = text.size_mm, text.width_mm / 2
    middle = y + (ASCENT - DESCENT) / 2 * size
    yield Placed(text, x, middle)
    steps = [(0.0, -DOT_MM - size / 2), (0.0, DOT_MM + size / 2), (half + DOT_MM, 0.0), (-half - DOT_MM, 0.0)]
    if text.spaced:
        steps = [(dx, dy) for far in (4.0, 8.0, 14.0, 22.0) for dx, dy in
                 ((0, -far), (0, far), (far, 0), (-far, 0), (far, far), (-far, far), (far, -far), (-far, -far))]  # fmt: skip
    for dx, dy in steps:
        yield Placed(text, x + dx, middle + dy)


def _within(box: Box, room: Box) -> bool:
    return box[0] > room[0] + 0.6 and box[1] > room[1] + 0.6 and box[2] < room[2] - 0.6 and box[3] < room[3] - 0.6


def _free(box: Box, boxes: npt.NDArray[np.float64], gap: float) -> bool:
    left, top, right, bottom = box
    over = (boxes[:, 0] < right + gap) & (boxes[:, 2] > left - gap)
    over &= (boxes[:, 1] < bottom + gap / 2) & (boxes[:, 3] > top - gap / 2)
    return not over.any()
