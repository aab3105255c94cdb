"""Need: the indicators of a territory or a perimeter beside those of what is around it and of what is like it.

It computes no figure of its own: `geo.indicators` answers, `geo.similar` says what is alike. Start from `portrait`.
"""

from geo.needs.portrait import Beside, Line, Portrait, portrait
from geo.needs.tables import NO_INDICATOR, portrait_frame, portrait_headers, portrait_rows, side_by_side_rows
from geo.needs.verdict import Verdict, said_figure

__all__ = [
    "NO_INDICATOR",
    "Beside",
    "Line",
    "Portrait",
    "Verdict",
    "portrait",
    "portrait_frame",
    "portrait_headers",
    "portrait_rows",
    "said_figure",
    "side_by_side_rows",
]
