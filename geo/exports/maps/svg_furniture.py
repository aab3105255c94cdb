"""The furniture of a printed map: scale bar, north, texts, hatches. Sizes are in millimetres, written in drawing units."""

from __future__ import annotations

import math
from xml.sax.saxutils import escape as escape_markup

from geo import french as fr
from geo.geometry import WGS84
from geo.visible import one_line

UNIT = 20  # drawing units a millimetre
INK, MUTED = "#1d2a30", "#55606a"


def escape(text: str) -> str:
    """Return a text of unknown origin as it may stand in XML, on one line: its signs are dead letters, none acts on its neighbours."""
    return escape_markup(one_line(text))


def units(mm: float) -> int:
    """Write millimetres as drawing units."""
    return round(mm * UNIT)


def text_at(
    x: float, y: float, text: str, size: float, *, colour: str = INK, anchor: str = "start", bold: bool = False
) -> str:
    """Write a text whose baseline starts (or is centred, `anchor`) at a place in millimetres; its signs are dead letters."""
    placed = ("" if anchor == "start" else f' text-anchor="{anchor}"') + (' font-weight="bold"' if bold else "")
    return f'<text x="{units(x)}" y="{units(y)}" font-size="{size * UNIT:.3g}" fill="{colour}"{placed}>{escape(text)}</text>'


def bar_length_m(metres_per_mm: float, width_mm: float) -> float:
    """Return the round length of a scale bar, a quarter of the map at most: 1, 2 or 5 times a power of ten."""
    most = metres_per_mm * width_mm / 4
    power = 10 ** math.floor(math.log10(most))
    return max(step * power for step in (1, 2, 5) if step * power <= most)


def scale_bar(scale: float, left: float, top: float, width: float, height: float) -> str:
    """Draw the scale bar at the bottom right of a map; `scale` is the metres a millimetre stands for."""
    length = bar_length_m(scale, width)
    mm = length / scale
    label = fr.kilometres(length) if length >= 1000 else f"{fr.number(length)}{fr.NBSP}m"
    x, y = left + width - mm - 6, top + height - 1.5
    half = mm / 2
    return (
        f'<g><rect x="{units(x - 1)}" y="{units(y - 4.6)}" width="{units(mm + 2)}" height="{units(5.6)}" fill="#ffffff" fill-opacity="0.85"/>'
        f'<rect x="{units(x)}" y="{units(y - 1)}" width="{units(half)}" height="{units(1)}" fill="{INK}"/>'
        f'<rect x="{units(x + half)}" y="{units(y - 1)}" width="{units(half)}" height="{units(1)}" fill="#ffffff" stroke="{INK}" stroke-width="3"/>'
        f"{text_at(x + half, y - 1.8, label, 2.3, anchor='middle')}</g>"
    )


def scale_bar_box(
    scale: float, left: float, top: float, width: float, height: float
) -> tuple[float, float, float, float]:
    """Return the room that the scale bar takes: left, top, right, bottom, in millimetres."""
    x, y = left + width - bar_length_m(scale, width) / scale - 6, top + height - 1.5
    return x - 1, y - 4.6, left + width, y + 1.5


def convergence(epsg: int, x: float, y: float) -> float:
    """Return the angle in degrees, clockwise, from the top of the map to true north at a place in metres."""
    from pyproj import Transformer

    there = Transformer.from_crs(epsg, WGS84, always_xy=True)
    back = Transformer.from_crs(WGS84, epsg, always_xy=True)
    lon, lat = there.transform(x, y)
    east, north = back.transform(lon, lat + 0.01)
    return math.degrees(math.atan2(east - x, north - y))


def north_arrow(epsg: int, centre: tuple[float, float], x: float, y: float) -> str:
    """Draw the arrow of true north, with the angle it has at the centre of the map (metres)."""
    angle = convergence(epsg, *centre)
    cx, cy = x, y + 5
    tip, foot = f"{units(cx)},{units(cy - 4)}", f"{units(cx)},{units(cy + 1.8)}"
    right, left = f"{units(cx + 1.6)},{units(cy + 3)}", f"{units(cx - 1.6)},{units(cy + 3)}"
    return (
        f'<g transform="rotate({angle:.1f} {units(cx)} {units(cy)})">'
        f'<polygon points="{tip} {right} {foot}" fill="{INK}"/>'
        f'<polygon points="{tip} {left} {foot}" fill="#ffffff" stroke="{INK}" stroke-width="3"/></g>'
        f"{text_at(cx, cy + 6.4, 'N', 2.6, anchor='middle')}"
    )


# Widths of signs, in parts of the size of a text, in the fonts named first (Liberation Sans, Arial, Helvetica).
_WIDTHS = {
    **dict.fromkeys("ijl’'|", 0.24), **dict.fromkeys("ftI.,:;!/·()-[] \u00a0\u202f", 0.31), **dict.fromkeys("rîï", 0.35),
    **dict.fromkeys("cksvxyzçJ", 0.5), **dict.fromkeys("mwM", 0.83), **dict.fromkeys("W%œ", 0.95),
    **dict.fromkeys("TFLZ", 0.61), **dict.fromkeys("ABEKPSVXYÉÈÊÀÂ", 0.67), **dict.fromkeys("CDHNRUwÇ", 0.73), **dict.fromkeys("GOQÔ&—", 0.78),
}  # fmt: skip
_OTHERS = 0.56
_MARGIN = 1.06  # what other fonts need besides


def text_width_mm(text: str, size_mm: float) -> float:
    """Return about how wide a text is; a little more than most fonts need."""
    return _MARGIN * size_mm * sum(_WIDTHS.get(sign, _OTHERS) for sign in text)


def pattern(name: str, hatch: str, colour: str) -> str:
    """Write the definition of a hatch."""
    lines = {
        "diagonale": "M-10 10L10-10M0 40L40 0M30 50L50 30",
        "inverse": "M-10 30L10 50M0 0L40 40M30-10L50 10",
        "croise": "M0 40L40 0M0 0L40 40",
        "horizontale": "M0 20H40",
        "verticale": "M20 0V40",
    }
    if hatch == "points":
        drawn = f'<circle cx="10" cy="10" r="5" fill="{colour}"/><circle cx="30" cy="30" r="5" fill="{colour}"/>'
    else:
        drawn = f'<path d="{lines[hatch]}" stroke="{colour}" stroke-width="5" fill="none"/>'
    return f'<pattern id="{name}" width="40" height="40" patternUnits="userSpaceOnUse">{drawn}</pattern>'


def wrapped(text: str, width_mm: float, size_mm: float) -> list[str]:
    """Cut a text into lines that fit a width."""
    lines: list[str] = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width_mm(longer, size_mm) > width_mm:
            lines.append(word)
        else:
            lines[-1] = longer
    return [line for line in lines if line]
