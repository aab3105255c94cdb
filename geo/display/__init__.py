"""Outlines for the maps: TopoJSON derived from the base, written once under static/geo; and the line of each layer.

It never draws. Start from `derive`, `up_to_date`, `DisplayIndex`; from `city_topojson` for a city opened into IRIS; from `LINES` for the colour and the line of each boundary.
"""

from geo.display.outlines import DisplayIndex, derive, scope_index, up_to_date
from geo.display.pieces import City, city_topojson
from geo.display.styles import LINES, LineStyle
from geo.display.topology import compact_json
from geo.display.written import in_place, write_by_content, write_zone_index

__all__ = [
    "LINES",
    "City",
    "DisplayIndex",
    "LineStyle",
    "city_topojson",
    "compact_json",
    "derive",
    "in_place",
    "scope_index",
    "up_to_date",
    "write_by_content",
    "write_zone_index",
]
