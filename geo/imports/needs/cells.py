"""A cell of a table of figures: a number as people write it, a secret, an unknown, or something that cannot be read; never a zero for want of better."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from geo.communes import BLANKS
from geo.french import fold


class Kind(StrEnum):
    """What a cell is."""

    NUMBER = "chiffre"
    BLANK = "vide"
    SECRET = "secret"  # nosec B105: a word of statistics
    UNKNOWN = "inconnu"
    UNREADABLE = "illisible"


@dataclass(frozen=True)
class Cell:
    """A cell read: its kind and, where there is one, its number. `percent` tells that it was written with « % », `under` is the
    threshold that a hidden figure is written under (« < 6 » gives 6, « ≤ 5 » too), 0 when none is written."""

    kind: Kind
    number: float = float("nan")
    percent: bool = False
    under: int = 0
    mended: bool = False


SECRETS = frozenset(
    {
        "s",
        "ss",
        "secret",
        "secret statistique",
        "donnee secrete",
        "c",
        "confidentiel",
        "donnee confidentielle",
        "masque",
    }
)
UNKNOWNS = frozenset({
    "nd", "n d", "ns", "n s", "nc", "n c", "na", "n a", "nr", "n r", "nan", "null", "none", "x", "non disponible", "non renseigne",
    "non significatif", "non communique", "non concerne", "indisponible", "inconnu", "inconnue", "non connu", "donnee manquante",
    "div 0", "ref", "value", "valeur", "nom", "name", "num", "nombre", "null nul",
})  # fmt: skip
_ERRORS = re.compile(r"#\S+")  # what a spreadsheet writes in the place of a result: #N/A, #DIV/0!, #REF!
_DASHES = re.compile(r"[-–—−.…*/]+")
_UNDER = re.compile(r"(<\s*=|≤|<|moins de|inferieur a|inférieur à|au plus)\s*(\d{1,6})", re.IGNORECASE)
_RANGE = re.compile(r"\d{1,6}\s*(?:[-–]|à|a|et)\s*\d{1,6}", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]")
_GROUPED = re.compile(r"[-+−]?\d{1,3}(?:[\s\u00a0\u202f\u2009'’]\d{3})+(?:[.,]\d+)?")
_PLAIN = re.compile(r"[-+−]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d{1,3})?")
_BOTH = re.compile(r"[-+−]?\d{1,3}(?:([.,])\d{3})+(?:([.,])\d+)?")
THOUSANDS = re.compile(r"[-+−]?\d{1,3}(?:[.,]\d{3})+")  # « 1.234 », which is 1 234 or 1,234


def read_cell(text: str, *, whole: bool = False) -> Cell:
    """Read a cell.

    `whole` tells that its column counts people or things: « 1.234 » is then one thousand and more.
    """
    bare = text.strip(BLANKS)
    if not bare:
        return Cell(Kind.BLANK)
    if match := _UNDER.fullmatch(bare):
        inclusive = match[1].replace(" ", "") in ("<=", "≤") or match[1].lower() == "au plus"
        return Cell(Kind.SECRET, under=int(match[2]) + inclusive)
    if _ERRORS.fullmatch(bare) or _DASHES.fullmatch(bare):
        return Cell(Kind.UNKNOWN)
    word = fold(bare)
    if word in SECRETS:
        return Cell(Kind.SECRET)
    if word in UNKNOWNS:
        return Cell(Kind.UNKNOWN)
    if _RANGE.fullmatch(bare) and not _GROUPED.fullmatch(bare):
        return Cell(Kind.SECRET)
    return _number(bare, whole)


def _number(bare: str, whole: bool) -> Cell:
    percent = bare.endswith("%")
    body = bare.rstrip("%‰€").strip(BLANKS)
    mended = body != bare
    if _GROUPED.fullmatch(body):
        body, mended = _SPACES.sub("", body).replace("'", "").replace("’", ""), True
    both = _BOTH.fullmatch(body)
    if both and both[2] and both[2] != both[1]:  # « 1.234,5 », « 1,234.5 »
        body, mended = body.replace(both[1], ""), True
    elif THOUSANDS.fullmatch(body) and (whole or len(re.findall("[.,]", body)) > 1):
        body, mended = re.sub("[.,]", "", body), True
    if not _PLAIN.fullmatch(body):
        return Cell(Kind.UNREADABLE)
    mended = mended or "," in body
    number = float(body.replace(",", ".").replace("−", "-"))
    return Cell(Kind.NUMBER, number, percent, mended=mended) if abs(number) < 1e15 else Cell(Kind.UNREADABLE)


def read_column(texts: Iterable[str], *, whole: bool = False) -> list[Cell]:
    """Read the cells of a column; as `read_cell`."""
    known: dict[str, Cell] = {}
    return [known[text] if text in known else known.setdefault(text, read_cell(text, whole=whole)) for text in texts]
