"""The panel « Budget » of the page Périmètre: what a CLSM here would cost a year, and who would bear what.

It computes nothing: `geo.budget` does. Start from `budget_panel`.
"""

from ui.budget.panel import budget_panel

__all__ = ["budget_panel"]
