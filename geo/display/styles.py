"""How the boundaries of each layer are drawn, on the screen and on paper: a colour and a line of its own each.

The line alone names the layer, for who does not tell the colours, and on a grey print. Colours stand out on white by 4.5
to 1; over the dark fills of a map it is the white casing under a line that does (technique C40 of WCAG 2.2).
"""

from __future__ import annotations

from dataclasses import dataclass

MM_PER_PX = 0.19  # a line as heavy on paper as on a screen


@dataclass(frozen=True)
class LineStyle:
    """A line: colour (#rrggbb); lengths of strokes and gaps, and width, in pixels of a screen.

    An empty `dash` is a full line, a stroke of no length a round dot (which wants round caps). `core` is the dash of a white line within, which makes a
    double line of it; None for a line that has none.
    """

    colour: str
    dash: tuple[float, ...] = ()
    width: float = 2.0
    core: tuple[float, ...] | None = None

    @property
    def width_mm(self) -> float:
        """Width on paper, in millimetres."""
        return round(self.width * MM_PER_PX, 2)

    @property
    def dash_mm(self) -> tuple[float, ...]:
        """Strokes and gaps on paper, in millimetres."""
        return tuple(round(length * MM_PER_PX, 2) for length in self.dash)


# By the id of the layer, in the order in which they are offered.
LINES = {
    "epci": LineStyle("#3b3a98", width=2.2),  # full
    "ept": LineStyle("#8a3fb0", width=4.0, core=()),  # double
    "secteurs-adultes": LineStyle("#b0126b", dash=(13, 6), width=2.6),  # long dashes
    "secteurs-enfants": LineStyle("#8c2d04", dash=(8, 6), width=4.0, core=()),  # double dashes
    "clsm": LineStyle("#073b3a", width=4.2, core=(5, 6)),  # full, with a white thread
    "cls": LineStyle("#0a6ab0", dash=(11, 6, 0, 6), width=2.6),  # dash, dot
    "cpts": LineStyle("#4a6a00", dash=(5, 5), width=2.6),  # short dashes
    "dac": LineStyle("#7a4b00", dash=(11, 6, 0, 6, 0, 6), width=2.6),  # dash, dot, dot
    "qpv": LineStyle("#c01f1a", dash=(0, 6), width=3.2),  # dots
}
