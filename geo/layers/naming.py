"""The id of a zone that has none: made of its layer, its département and its name, so that one name gives one id."""

from __future__ import annotations

import re

from geo.french import fold

_SECTOR = re.compile(r"(?:\d\d|2[ab]|97\d)[gi]\d\d")


def zone_id(kind: str, departement: str, name: str) -> str:
    """Make the id of a zone that has none: clsm-94-creteil. The same name in the same département gives the same id."""
    words = fold(name).split()
    sector = next((w for w in words if _SECTOR.fullmatch(w)), "")
    if kind.startswith("secteurs"):
        if sector and len(words) <= 2:
            return f"sect-{sector}"
        words = words[1:] if len(words) > 1 and words[0] in ("secteur", "secteurs") else words
    elif words and words[0] == kind:
        words = words[1:]
        while len(words) > 1 and words[0] in ("de", "du", "des", "d", "la", "le", "les", "l"):
            words = words[1:]
    prefix = "sect" if kind.startswith("secteurs") else kind
    return "-".join(part for part in (prefix, departement.lower(), *words) if part)[:100]
