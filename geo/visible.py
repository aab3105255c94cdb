"""Texts from elsewhere, made fit to be shown: what would act on a screen instead of being read on it is written out."""

from __future__ import annotations

import re
import unicodedata

# Controls but tabulation and line end (C0, delete, C1: what makes escape sequences), marks that turn the direction of a text
# round (bidi), halves of a pair (surrogates, which no output can encode).
_ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
)  # letters and signs by their class, of which nothing is drawn
_LINE_END = re.compile("[\t\n\x0b-\x0d\x85\u2028\u2029]+")


def blank(text: str) -> bool:
    """Tell whether nothing of a text would be seen: spaces of any kind, controls, marks without width."""
    return all(c in _UNSEEN or unicodedata.category(c)[0] in "ZC" for c in text)


def visible(text: str) -> str:
    """Return a text whose control characters are written as escapes: « \\u001b[31m »; line ends and tabulations stay.

    The escapes are those of JSON: a JSON document says the same after as before.
    """
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    """Return a text that cannot begin a new line either: ends of lines become spaces."""
    return visible(_LINE_END.sub(" ", text))


def printable(text: str, *, lines: bool = False) -> str:
    """Return a text for a document: without the control signs that XML refuses nor those that turn its direction round; ends of
    lines stay when `lines`."""
    return "".join(c for c in text if c.isprintable() or c in "\u00a0\u202f\u200b" or (lines and c == "\n"))
