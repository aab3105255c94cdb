"""French writing of numbers, dates and lists, for every sentence that the core writes.

Thousands are separated by a narrow no-break space, decimals by a comma, units by a no-break space, as the
typographic rules of the Imprimerie nationale have it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from geo.paths import DATA

NARROW = "\u202f"
NBSP = "\u00a0"
MINUS = "\u2212"
# Decimals that a percentage takes rather than say none, or all, of what is only nearly so: enough for one person of France.
FINER = 6

_DIGITS = re.compile(r"\d+")
_APART = re.compile(r"[\W_]+")  # what is no letter nor figure
_SAINT = {"st": "saint", "ste": "sainte"}
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip

# What a name starts with, and how « de » is said before it; the first that fits counts.
_OF = (
    ("Secteur ", "du secteur "), ("Le ", "du "), ("Les ", "des "),
    *((kind, f"du {kind}") for kind in ("CLS ", "CLSM ", "CISM ", "Conseil ", "DAC ", "PETR ", "Bassin ", "Pays ", "Territoire ", "Grand ")),
    *((kind, f"de la {kind}") for kind in ("CA ", "CC ", "CU ", "CPTS ", "Métropole ", "Communauté ")),
)  # fmt: skip


def number(value: float, decimals: int = 0) -> str:
    """Write a number, for instance 236 710 or 12,5; a value that is not finite is written « inconnu »."""
    if not math.isfinite(value):
        return "inconnu"
    text = f"{value:,.{decimals}f}"
    if float(text.replace(",", "")) == 0:  # never « -0 »
        text = text.removeprefix("-")
    return text.replace(",", NARROW).replace(".", ",").replace("-", MINUS)


def count(value: float, one: str, many: str | None = None) -> str:
    """Write a number with its noun: « 1 commune », « 12 communes »; French plural starts at two."""
    return f"{number(value)}{NBSP}{noun(value, one, many)}"


def noun(value: float, one: str, many: str | None = None) -> str:
    """Return the noun that goes with a number: « commune » with 0 and 1, « communes » from two on."""
    return one if number(value) in ("0", "1", f"{MINUS}1") else (many or one + "s")


def inhabitants(value: float) -> str:
    """Write a number of people: « 236 710 habitants »."""
    return count(value, "habitant")


def percent(share: float, decimals: int = 1) -> str:
    """Write a share (0 to 1) as a percentage: « 12,5 % »; a trailing « ,0 » is dropped.

    What is neither none nor whole is written with as many decimals more as it takes (`decimals_for`): « 0,04 % », « 99,97 % », never « 0 % »
    nor « 100 % ».
    """
    if not math.isfinite(share):
        return "inconnu"
    shown = decimals_for(share * 100, decimals, whole=100.0)
    return number(share * 100, shown).removesuffix(",0") + NBSP + "%"


def decimals_for(value: float, decimals: int, *, whole: float = math.inf) -> int:
    """Return how many decimals a number takes so that it is not written as zero, nor as the whole, while it is between; FINER more at most."""
    finer = range(decimals, decimals + FINER + 1) if 0 < value < whole else ()
    return next((d for d in finer if 0 < round(value, d) < whole), decimals)


def ratio(part: float, whole: float) -> str:
    """Write a percentage with its numerator and its denominator: « 12,5 % (25 sur 200) »."""
    if not whole:
        return f"{number(part)} sur {number(whole)}"
    return f"{percent(part / whole)} ({number(part)} sur {number(whole)})"


def kilometres(metres: float) -> str:
    """Write a distance given in metres, in kilometres."""
    return f"{_short(metres / 1000, below=10)}{NBSP}km"


def square_kilometres(square_metres: float) -> str:
    """Write an area given in square metres, in square kilometres."""
    return f"{_short(square_metres / 1e6, below=100)}{NBSP}km²"


def _short(value: float, *, below: float) -> str:
    """Write one decimal for small values, none when it is zero or the value is large."""
    return number(value, 1 if round(value, 1) < below else 0).removesuffix(",0")


def euros(value: float) -> str:
    """Write an amount: « 60 000 € »."""
    return f"{number(value)}{NBSP}€"


def day(text: str) -> str:
    """Write the day of an ISO 8601 moment: 24/11/2026; « jour inconnu » when it is none."""
    try:
        return f"{datetime.fromisoformat(text):%d/%m/%Y}"
    except ValueError:
        return "jour inconnu"


def ordinal(value: int) -> str:
    """Write a rank, short and masculine: « 1er », « 2e »."""
    return "1er" if value == 1 else f"{value}e"


def long_date(on: date) -> str:
    """Write a date in full: « 1er mars 2026 »."""
    return f"{on.day if on.day > 1 else ordinal(1)} {_MONTHS[on.month - 1]} {on.year}"


def on_this_clock(text: str) -> str:
    """Return an ISO 8601 moment as the clock of this machine tells it, whichever machine wrote it; as it is without a zone, or when it
    is none."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone().isoformat(timespec="seconds") if at.tzinfo else text
    except (ValueError, OverflowError, OSError):  # no moment, or of a year that no clock has
        return text


def moment(text: str) -> str:
    """Write the day and time of an ISO 8601 moment: « 24/11/2026 à 09:05 », without the time when it is unknown."""
    time = text[11:16]
    return f"{day(text)} à {time}" if time else day(text)


def listing(items: Iterable[str], most: int | None = None) -> str:
    """Join names: « A, B et C »; past `most`, « A, B et 3 autres »."""
    names = list(items)
    if most is not None and len(names) > most:
        rest = len(names) - most
        return ", ".join(names[:most]) + f" et {count(rest, 'autre')}"
    if len(names) <= 1:
        return "".join(names)
    return ", ".join(names[:-1]) + " et " + names[-1]


def of(name: str) -> str:
    """Put « de » before the name of a place or of a territory: « d’Ajaccio », « du Havre », « du secteur 94G10 ».

    Names in « H » keep « de » unless they are communes whose « h » is mute (« d’Hyères », « de Houdan »): letters do not tell.
    """
    for start, said in _OF:
        if name.startswith(start):
            return said + name[len(start) :]
    vowel = fold(name[:1])[:1] in tuple("aeiouy") or (name.startswith("H") and name in _mute())
    return f"d’{name}" if vowel else f"de {name}"


@lru_cache(maxsize=1)
def _mute() -> frozenset[str]:
    """Return the communes in « H » that take « d’ », after the official geographic code (INSEE, kind of name 1; data/README.md)."""
    path = DATA / "h_muets.txt"
    return frozenset(path.read_text(encoding="utf-8").split("\n")) if path.is_file() else frozenset()


def agree(name: str, one: str, many: str) -> str:
    """Return the verb that goes with the name of a place: « Niort réunit », « Les Abymes réunissent »."""
    return many if name.startswith("Les ") else one


def the(name: str) -> str:
    """Put its article before the name of a body or a zone that takes one: « la CC du Diois », « le secteur 94G10 », « Plaine Commune »."""
    if name.startswith("Secteur "):
        return f"le secteur {name.removeprefix('Secteur ')}"
    if name.startswith(("CLS ", "CLSM ", "CISM ", "DAC ")):
        return f"le {name}"
    return f"la {name}" if of(name).startswith("de la ") else name


def upper(text: str) -> str:
    """Begin a text with a capital."""
    return text[:1].upper() + text[1:]


def at(name: str) -> str:
    """Put « à » before the name of a commune: « à Lille », « au Havre », « aux Lilas »."""
    for article, said in (("Le ", "au "), ("Les ", "aux ")):
        if name.startswith(article):
            return said + name[len(article) :]
    return f"à {name}"


def typeset(text: str) -> str:
    """Keep French double punctuation with its word: no-break spaces before « : ; ? ! » and inside guillemets."""
    for sign in ":;?!»":
        text = text.replace(f" {sign}", NBSP + sign)
    return text.replace("« ", "«" + NBSP)


def fold(text: str) -> str:
    """Reduce a name to what is compared in a search: no accent, no case, no punctuation, « saint » for « st »."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    if not plain.isascii():
        expanded = plain.replace("œ", "oe").replace("æ", "ae")
        plain = "".join(c for c in expanded if not unicodedata.combining(c))
    return " ".join(_SAINT.get(word, word) for word in _APART.sub(" ", plain).split())


def order(name: str) -> str:
    """Return what names are sorted by, as in a French index: accents and case do not count, and 2e comes before 10e."""
    return _DIGITS.sub(lambda found: found.group().zfill(8), fold(name))


def shortened(text: str, most: int) -> str:
    """Cut a text that is longer than `most` characters, at a blank where there is one near, and show that it goes on: never a
    date without its last figure."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    at = max(kept.rfind(blank) for blank in (" ", NBSP, NARROW))
    return f"{(kept[:at] if at > most // 2 else kept).rstrip(' ,;:')}…"


def megabytes(size: float) -> str:
    """Write a number of bytes: « 12,3 Mo », « 540 ko », « 12 octets »."""
    if size < 1000:
        return count(size, "octet")
    kilo = size < 1e6
    value = size / (1e3 if kilo else 1e6)
    return f"{number(value, 0 if kilo or value >= 100 else 1)}{NBSP}{'ko' if kilo else 'Mo'}"
