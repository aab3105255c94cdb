"""A city opened into IRIS, and closed again: where it is offered, and what the act does to the workbook.

It decides nothing of what can be opened: geo.dataset does. Start from `tool` (beside the map), `offer` (a commune that was searched).
"""

from ui.grain.cities import offer, tool

__all__ = ["offer", "tool"]
