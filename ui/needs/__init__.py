"""The panel « Besoins » of the page Périmètre: the indicators here, around and in what is alike.

It computes nothing: `geo.needs` does. Start from `needs_panel`, `compared_table`.
"""

from ui.needs.bars import bars
from ui.needs.panel import compared_table, needs_panel

__all__ = ["bars", "compared_table", "needs_panel"]
