"""The shapes that a browser sends when one is drawn on the map (static/js/dessin.js), checked at the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ui.maps import Corner, whole_number

MAX_CORNERS = 200
MAX_RADIUS_M = 2_000_000


@dataclass(frozen=True)
class Shape:
    """What was drawn: the corners of a zone, or the centre of a circle and its radius; degrees (latitude first), metres."""

    corners: tuple[Corner, ...] = ()
    centre: Corner | None = None
    radius_m: float = 0.0


def read_shape(value: object) -> tuple[Shape, int] | None:
    """Return the shape the browser says was drawn, and its number, or None when the value is not one."""
    if not isinstance(value, Mapping) or set(value) != {"draw", "n"}:
        return None
    drawn, number = value["draw"], whole_number(value["n"])
    if number is None or not isinstance(drawn, Mapping):
        return None
    if set(drawn) == {"zone"} and isinstance(drawn["zone"], list) and 3 <= len(drawn["zone"]) <= MAX_CORNERS:
        corners = tuple(c for c in map(_corner, drawn["zone"]) if c)
        return (Shape(corners), number) if len(corners) == len(drawn["zone"]) else None
    if set(drawn) == {"centre", "rayon"}:
        centre, radius = _corner(drawn["centre"]), whole_number(drawn["rayon"])
        if centre and radius and radius <= MAX_RADIUS_M:
            return Shape(centre=centre, radius_m=float(radius)), number
    return None


def _corner(value: object) -> Corner | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    lat, lon = value
    if any(isinstance(v, bool) or not isinstance(v, int | float) for v in value):
        return None
    return (float(lat), float(lon)) if abs(lat) <= 90 and abs(lon) <= 180 else None
