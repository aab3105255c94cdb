"""The words of what is typed and of names: which are read as others, which are left out, in what ways a text may be read."""

from __future__ import annotations

import re
from itertools import pairwise

from geo.french import fold

# Words that a name is found without: « la rochelle », « rochelle »; « val de marne », « val marne ».
ARTICLES = frozenset(["le", "la", "les", "l", "de", "du", "des", "d", "et", "a", "au", "aux", "en", "lez"])
SHORT = {"sr": "sur", "ss": "sous", "nd": "notre dame"}
BAR_SOUS = re.compile(r"\bs\s?/\s?s\b", re.IGNORECASE)  # « Fontenay s/s Bois »
BAR = re.compile(r"(?:\bs)?\s?/\s?", re.IGNORECASE)  # « Vitry s/ Seine », « Fontenay/Bois »
ORDINAL = re.compile(r"(\d{1,2})(?:er|ere|e|re|eme|ieme|nd|nde)", re.ASCII)
# Words that the name of a zone begins with, and that nobody has to type.
LEADS = frozenset(
    [
        "cc", "ca", "cu", "clsm", "cls", "cpts", "dac", "secteur", "communaute", "communes", "agglomeration", "urbaine", "metropole",
    ]
)  # fmt: skip


def words(text: str) -> list[str]:
    """Return the words of a text, in order."""
    found = fold(text).split()
    return [match[1] if (match := ORDINAL.fullmatch(word)) else word for word in found]


def asked(text: str) -> list[list[str]]:
    """Return the words of what a person types, in each way to read them: « s » and a bar are « sur », « sous » or nothing.

    The last word may be unfinished, so nothing is read into it.
    """
    with_bars = BAR.sub(" s ", BAR_SOUS.sub(" sous ", text))
    found = words(with_bars)
    if not found:
        return []
    head = [w for word in found[:-1] for w in SHORT.get(word, word).split()]
    if "s" not in head:
        return [head + found[-1:]]
    ways = [[way if word == "s" else word for word in head] for way in ("sur", "sous")]
    if with_bars != text:
        ways.append([word for word in head if word != "s"])
    return [way + found[-1:] for way in ways]


def bare(found: list[str], *, unfinished: bool = False) -> list[str]:
    """Leave the articles out, unless nothing else is left; `unfinished` keeps the last word, which may be the start of another."""
    last = len(found) - 1
    kept = [w for i, w in enumerate(found) if w not in ARTICLES or (unfinished and i == last)]
    return kept or found


def without_lead(said: list[str]) -> list[str]:
    """Leave out what the name of a zone begins with, unless nothing else is left."""
    kept = list(said)
    while len(kept) > 1 and (kept[0] in LEADS or kept[0] in ARTICLES):
        kept.pop(0)
    return kept


def joined(said: list[str]) -> str:
    """Return the words that an apostrophe cuts, written without it: « lhay », « dor »."""
    return "".join(f" {a}{b}" for a, b in pairwise(said) if a in ("l", "d"))
