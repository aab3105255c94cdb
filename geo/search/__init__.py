"""What has a name, found by its name: one index of communes, territories and dispositifs, and pasted lists read with it.

It never shows anything and knows no perimeter. Start from `open_index`, `Index`, `read_pasted`.
"""

from geo.search.index import Answer, Hit, Index, Place, line, open_index
from geo.search.pasted import INSEE, POSTAL, Choice, Pasted, PastedLine, read_pasted
from geo.search.places import DISPOSITIFS, KINDS, commune_table, layer_table

__all__ = [
    "DISPOSITIFS",
    "INSEE",
    "KINDS",
    "POSTAL",
    "Answer",
    "Choice",
    "Hit",
    "Index",
    "Pasted",
    "PastedLine",
    "Place",
    "commune_table",
    "layer_table",
    "line",
    "open_index",
    "read_pasted",
]
