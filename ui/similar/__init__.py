"""What is like a perimeter or a territory, shown: CLSM known side by side at one scale, territories whose coverage compares.

It computes nothing: `geo.similar` does. Start from `clsm_panel` (page Périmètre) and `territories` (page Couverture).
"""

from ui.similar.panel import SIMILAR_STYLE, clsm_panel, territories

__all__ = ["SIMILAR_STYLE", "clsm_panel", "territories"]
