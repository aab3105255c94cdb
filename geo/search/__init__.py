"""What has a name, found by its name: one index of communes, territories and dispositifs, and pasted lists read with it.

It never shows anything and knows no perimeter. Start from `open_index`, `Index`, `read_pasted`.
"""

from geo.search.index import Answer, Hit, Index, Place, open_index
from geo.search.lines import CALLED, detail, line
from geo.search.pasted import Choice, Pasted, PastedLine, read_pasted
from geo.search.places import DISPOSITIFS, KINDS, commune_table, layer_table

__all__ = [
    "CALLED",
    "DISPOSITIFS",
    "KINDS",
    "Answer",
    "Choice",
    "Hit",
    "Index",
    "Pasted",
    "PastedLine",
    "Place",
    "commune_table",
    "detail",
    "layer_table",
    "line",
    "open_index",
    "read_pasted",
]
