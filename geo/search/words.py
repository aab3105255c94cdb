"""The words of a name as they are compared in a search; static/js/search/index.js says the same, and both are held to one file.

No accent, case, hyphen nor apostrophe; « saint » for « st »; « 12 » for « 12e ». Articles stay, and are not asked for.
"""

from __future__ import annotations

import re

from geo.french import fold

# Words that a name is found without: « la rochelle », « rochelle »; « val de marne », « val marne ».
ARTICLES = frozenset(["le", "la", "les", "l", "de", "du", "des", "d", "et", "a", "au", "aux", "en", "lez"])
SHORT = {"s": "sur", "sr": "sur", "ss": "sous", "nd": "notre dame"}
ORDINAL = re.compile(r"(\d{1,2})(?:er|ere|e|re|eme|ieme|nd|nde)", re.ASCII)


def words(text: str) -> list[str]:
    """Return the words of a text, in order."""
    found = fold(text).split()
    return [match[1] if (match := ORDINAL.fullmatch(word)) else word for word in found]


def asked(text: str) -> list[str]:
    """Return the words of what a person types: the last may be unfinished, so nothing is read into it."""
    found = words(text)
    return [w for word in found[:-1] for w in SHORT.get(word, word).split()] + found[-1:]


def bare(found: list[str], *, unfinished: bool = False) -> list[str]:
    """Leave the articles out, unless nothing else is left; `unfinished` keeps the last word, which may be the start of another."""
    last = len(found) - 1
    kept = [w for i, w in enumerate(found) if w not in ARTICLES or (unfinished and i == last)]
    return kept or found
