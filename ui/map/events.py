"""The events of the maps, checked at the door: what is chosen, what is clicked, a shape drawn (static/js/)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ui.map.codec import CODE, Corner

MAX_COMMUNES = 40_000  # more than there are
MAX_NUMBER = 2**53 - 1  # what JavaScript counts exactly
CLICKED = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,119}", re.ASCII)
MAX_CORNERS = 200
MAX_RADIUS_M = 2_000_000


@dataclass(frozen=True)
class Shape:
    """What was drawn: the corners of a zone, or the centre of a circle and its radius; degrees (latitude first), metres."""

    corners: tuple[Corner, ...] = ()
    centre: Corner | None = None
    radius_m: float = 0.0


def whole_number(value: object) -> int | None:
    """Return a whole number that the browser sent, or None when it is not one it can count."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_NUMBER:
        return None
    return value


def read_selection(value: object) -> tuple[list[str], int] | None:
    """Return the selection the browser sent and its number, or None when the value is not one.

    Codes come in the order they were chosen, once each; whether they exist is for the caller to check. Take the
    selection only if its number is greater than the one last held: otherwise it is late.
    """
    if not isinstance(value, Mapping) or set(value) != {"sel", "n"}:
        return None
    codes, number = value["sel"], whole_number(value["n"])
    if number is None or not isinstance(codes, list) or len(codes) > MAX_COMMUNES:
        return None
    if not all(isinstance(code, str) and CODE.fullmatch(code) for code in codes):
        return None
    return list(dict.fromkeys(codes)), number


def read_click(value: object) -> tuple[str, int] | None:
    """Return the commune or mark the browser says was clicked, and the click's number (ever growing), or None."""
    if not isinstance(value, Mapping) or set(value) != {"click", "n"}:
        return None
    clicked, number = value["click"], whole_number(value["n"])
    if number is None or not isinstance(clicked, str) or not CLICKED.fullmatch(clicked):
        return None
    return clicked, number


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


def read_step(value: object) -> tuple[Literal["undo", "redo"], int] | None:
    """Return whether the browser asks to undo or to do again, and the number of the selection it is asked from, or None."""
    if not isinstance(value, Mapping) or set(value) != {"step", "n"}:
        return None
    step, number = value["step"], whole_number(value["n"])
    if number is None:
        return None
    return ("undo", number) if step == "undo" else ("redo", number) if step == "redo" else None


def _corner(value: object) -> Corner | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    lat, lon = value
    if any(isinstance(v, bool) or not isinstance(v, int | float) for v in value):
        return None
    return (float(lat), float(lon)) if abs(lat) <= 90 and abs(lon) <= 180 else None
