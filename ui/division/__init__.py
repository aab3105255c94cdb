"""The panel « Diviser le département », shown by Couverture: the search runs beside the page and ends with whoever looks at it.

It computes no figure: `geo.divide` does. Start from `division_panel`.
"""

from ui.division.panel import division_panel

__all__ = ["division_panel"]
