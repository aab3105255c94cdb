"""The classes of the map of two variables: what is known of coverage by need, each a colour, a motif and words.

Orange, grey and blue say the coverage, pale to dark the need: the hues are told apart by who does not see red, green or blue, and
the lightness by everybody. Where a grey print mixes the hues, the motif says the coverage: plain, lines, dots. What is unknown is
white under a motif, and is none of the nine. Held by a test that simulates the three colour blindnesses and the grey.

Apart from the figures because the screen and the printed maps draw the same classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from geo.indicators import Direction


class Cover(IntEnum):
    """What is known of the coverage of a territory, by the inhabitants of CLSM in service."""

    NONE = 0  # no CLSM, and the list of CLSM is complete
    NONE_KNOWN = 1  # no CLSM known, in a list that is not complete
    PART = 2
    ALL = 3
    UNKNOWN = 4


class Need(IntEnum):
    """Where the figure of a territory falls among those compared, its direction taken into account; or why it falls nowhere."""

    LOW = 0
    MIDDLE = 1
    HIGH = 2
    UNKNOWN = 3
    SECRET = 4
    NOT_COMPARED = 5  # a denominator under what its producer asks, or a figure of another grain


@dataclass(frozen=True)
class CrossClass:
    """A class: its fill (#rrggbb), the motif over it ("" for none; ui.map and geo.exports draw it), and what it holds."""

    cover: Cover
    need: Need
    fill: str
    motif: str = ""


_FILLS = {
    Cover.NONE: ("#ffd9a0", "#e8842f", "#8a2a00"),
    Cover.NONE_KNOWN: ("#ffd9a0", "#e8842f", "#8a2a00"),
    Cover.PART: ("#e8e5ec", "#a09ca6", "#4c4852"),
    Cover.ALL: ("#aadcf5", "#3f9fcf", "#004c78"),
}
_MOTIFS = {Cover.NONE: "traits", Cover.NONE_KNOWN: "", Cover.PART: "bandes", Cover.ALL: "semis"}
_LEVELS = (Need.LOW, Need.MIDDLE, Need.HIGH)
# In the order of legends: coverage from none to all, need from high to low, then what is in none of the nine.
CLASSES: tuple[CrossClass, ...] = (
    *(CrossClass(cover, need, fills[need], _MOTIFS[cover]) for cover, fills in _FILLS.items() for need in reversed(_LEVELS)),
    CrossClass(Cover.UNKNOWN, Need.UNKNOWN, "#4d575d", "oblique"),
    CrossClass(Cover.PART, Need.UNKNOWN, "#c3ccd1", "oblique"),
    CrossClass(Cover.PART, Need.SECRET, "#8c7aa8", "oblique"),
    CrossClass(Cover.PART, Need.NOT_COMPARED, "#ffffff", "points"),
)  # fmt: skip
_RANK = {(one.cover, one.need): rank for rank, one in enumerate(CLASSES)}
_APART = {one.need: rank for rank, one in enumerate(CLASSES) if one.need > Need.HIGH and one.cover is not Cover.UNKNOWN}
COVER_WORDS = {
    Cover.NONE: "sans CLSM (liste complète)",
    Cover.NONE_KNOWN: "sans CLSM connu",
    Cover.PART: "couvert en partie",
    Cover.ALL: "couvert",
    Cover.UNKNOWN: "couverture inconnue",
}
_NEED_WORDS = {
    Need.LOW: ("besoin faible", "chiffre bas"),
    Need.MIDDLE: ("besoin moyen", "chiffre moyen"),
    Need.HIGH: ("besoin élevé", "chiffre élevé"),
    Need.UNKNOWN: ("besoin inconnu", "chiffre inconnu"),
    Need.SECRET: ("besoin sous le secret", "chiffre sous le secret"),
    Need.NOT_COMPARED: ("besoin non comparé", "chiffre non comparé"),
}


def rank_of(cover: Cover, need: Need) -> int:
    """Return the rank in CLASSES: what is not known of the need comes before what is not known of the coverage."""
    if need > Need.HIGH:
        return _APART[need]
    return _RANK.get((cover, need), _RANK[(Cover.UNKNOWN, Need.UNKNOWN)])


def cover_words(cover: Cover) -> str:
    """Write what is known of the coverage: « sans CLSM connu »."""
    return COVER_WORDS[cover]


def need_words(need: Need, direction: Direction) -> str:
    """Write a class of need; an indicator that says no need by itself has « élevé » and « bas », and no « besoin »."""
    return _NEED_WORDS[need][direction is Direction.NEITHER]


def cross_label(one: CrossClass, direction: Direction) -> str:
    """Name a class: « sans CLSM connu, besoin élevé »."""
    if one.cover is Cover.UNKNOWN:
        return COVER_WORDS[one.cover]
    words = need_words(one.need, direction)
    return words if one.need > Need.HIGH else f"{COVER_WORDS[one.cover]}, {words}"
