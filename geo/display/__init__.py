"""Outlines for the maps: TopoJSON derived from the base, written once under static/geo.

It never draws. Start from `derive`, `up_to_date`, `DisplayIndex`.
"""

from geo.display.outlines import DisplayIndex, derive, scope_index, up_to_date, write_by_content, write_zone_index
from geo.display.topology import compact_json

__all__ = [
    "DisplayIndex",
    "compact_json",
    "derive",
    "scope_index",
    "up_to_date",
    "write_by_content",
    "write_zone_index",
]
