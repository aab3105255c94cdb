"""The panel « Budget » of the page Périmètre: what a CLSM here would cost a year, and who would bear what.

It computes nothing: `geo.budget` does. Start from `budget_panel`.
"""

from ui.budget.panel import BUDGET_STYLE, budget_panel

__all__ = ["BUDGET_STYLE", "budget_panel"]
