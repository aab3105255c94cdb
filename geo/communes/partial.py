"""Communes of which a text means a part only: « Fontenay (en partie) », « une partie de Vincennes », « Créteil (quartier du Mont-Mesly) ».

Only words that surely say it count; a name that holds such a word is a name.
"""

from __future__ import annotations

import re

from geo.communes.atlas import Atlas
from geo.communes.names import find_name

LONGEST_PART = 200  # characters of a text that may say it
_SIDE = r"(?:nord|sud|est|ouest|centre|centrale?|haute?|basse?|rurale?|urbaine?)(?:[\s-](?:est|ouest|nord|sud))?"
_SIZE = r"(?:grande|majeure|petite|bonne)"
_ONLY = r"(?:\s(?:seulement|uniquement))?"
_PART = (
    rf"(?:(?:seulement|uniquement)\s)?(?:(?:en|pour|une|la|sa)\s){{0,2}}(?:{_SIZE}\s)?parties?(?:\sconcernées?|\s{_SIDE})?(?:\sde\s(?:la\s)?(?:commune|ville))?{_ONLY}"
    rf"|partiel(?:le(?:ment|s)?|s)?{_ONLY}|p\.?\s?p\.?"
)
_INSIDE = re.compile(  # between brackets, where less is enough
    rf"(?:{_PART}|p\.?|parties?\s(?!(?:de|du|des|prenante|intégrante)\b).*|(?:(?:seulement|uniquement|le|les|l['’]|du|des|aux?|sur)\s?){{0,3}}(?:quartiers?|hameaux?|lieux?[\s-]dits?|rive\s(?:droite|gauche))\b.*)",
    re.IGNORECASE,
)
_OF_INSIDE = re.compile(r"(?:secteurs?|cantons?|dont|y\scompris|qpv|iris)\b", re.IGNORECASE)
_ALONE = re.compile(rf"[(\[]?(?:{_PART})[)\]]?", re.IGNORECASE)
_BRACKETS = re.compile(r"\s?[(\[]([^()\[\]]*)[)\]]")
_PIECES = re.compile(r"\s?[,;:/]\s?|\s[-–—]\s")
_AFTER = re.compile(
    rf"(?P<name>.*?[^\s:,;(–—-])(?:\s?[:,;–—-]\s?|\s)(?:(?:seulement|uniquement)\s)?(?:(?:en|pour)\s(?:{_SIZE}\s)?partie|partiellement|partiel(?:le)?|p\.\s?p\.?|[(]?parties?(?:\s{_SIDE})?[)]?){_ONLY}",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"(?:(?:seulement|uniquement)\s)?(?:(?:(?:une|la|les|des)\s)?(?:{_SIZE}\s)?parties?(?:\s{_SIDE})?\s(?P<of>de\s|d['’]\s?|du\s|des\s)|(?:(?:en|pour)\s(?:{_SIZE}\s)?partie|partiellement)\s?[:,]?\s?)"
    r"(?:(?:la\s)?(?:commune|ville)\s(?:de\s|d['’]\s?|du\s|des\s))?(?P<name>\S.*)",
    re.IGNORECASE,
)
_EACH = re.compile(r"(?:des|les)?\s?parties\b", re.IGNORECASE)


def in_part(text: str, atlas: Atlas) -> str:
    """Return what a text names when it says that only a part of it is meant, "" when it does not say so.

    A département or a code written with the name stays: « Vincennes (94, en partie) » is « Vincennes (94) ».
    """
    shown = " ".join(text.split())
    if not shown or len(text) > LONGEST_PART or shown.count("(") != shown.count(")"):
        return ""
    named = _without_brackets(shown)
    for pattern in (_AFTER, _BEFORE):
        if not named and (match := pattern.fullmatch(shown)):
            named = match["name"]
    named = named.strip(" ,;:–—-")
    if named.count("(") != named.count(")") or find_name(shown, atlas).codes:
        return ""
    return named


def only_says_part(text: str) -> bool:
    """Tell whether a text says « en partie », and names nothing: it is about what stands before it."""
    return len(text) <= LONGEST_PART and bool(_ALONE.fullmatch(" ".join(text.split())))


def is_aside(inside: str) -> bool:
    """Tell whether what is between brackets says that a part only is meant, or speaks of what is inside: it is no item of a list."""
    return bool(_OF_INSIDE.match(inside.strip())) or any(
        _INSIDE.fullmatch(piece) for piece in _PIECES.split(" ".join(inside.split()))
    )


def also_in_part(before: str, text: str) -> bool:
    """Tell whether « partie de A » speaks too of what « et » joins to it: « partie de A et de B », « parties de A et B »."""
    shown = " ".join(before.split())
    match = _BEFORE.fullmatch(shown)
    return bool(match and match["of"]) and (
        bool(_EACH.match(shown)) or bool(re.match(r"\s*(?:de\s|d['’]|du\s|des\s)", text, re.IGNORECASE))
    )


def _without_brackets(shown: str) -> str:
    """Return a text without the brackets that say that a part is meant, "" when none says so."""
    found = False

    def kept(match: re.Match[str]) -> str:
        nonlocal found
        pieces = _PIECES.split(match[1])
        rest = [piece for piece in pieces if not _INSIDE.fullmatch(piece.strip())]
        if len(rest) == len(pieces):
            return match[0]
        found = True
        return f" ({', '.join(rest)})" if any(piece.strip() for piece in rest) else ""

    named = _BRACKETS.sub(kept, shown)
    return " ".join(named.split()) if found else ""
