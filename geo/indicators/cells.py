"""A cell of a table of figures: a number as people write it, a secret, an unknown, or something that cannot be read; never a zero for want of better."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from geo.communes import BLANKS
from geo.french import fold


class CellKind(StrEnum):
    """What a cell is."""

    NUMBER = "chiffre"
    BLANK = "vide"
    SECRET = "secret"  # nosec B105: a word of statistics
    UNKNOWN = "inconnu"
    UNREADABLE = "illisible"


@dataclass(frozen=True)
class Cell:
    """A cell read: its kind and, where there is one, its number. `percent` tells that it was written with « % », `under` is the
    threshold that a hidden figure is written under (« < 6 » gives 6, « ≤ 5 » too), `most` the greatest number that it may be by what is
    written (5, and 20 for « 10-20 »); both are 0 when none is written."""

    kind: CellKind
    number: float = float("nan")
    percent: bool = False
    under: int = 0
    mended: bool = False
    most: int = 0


SECRETS = frozenset(
    {
        "s",
        "ss",
        "secret",
        "secret statistique",
        "secret stat",
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
_UNDER = re.compile(r"(<\s*=|≤|<|moins de|inf\.? [àa]|inf[ée]rieur [àa]|au plus)\s*(\d{1,6})", re.IGNORECASE)
_RANGE = re.compile(r"\d{1,6}\s*(?:[-–]|à|a|et)\s*\d{1,6}", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]")
_GROUPED = re.compile(r"[-+−]?\d{1,3}(?:[\s\u00a0\u202f\u2009'’]\d{3})+(?:[.,]\d+)?")
_PLAIN = re.compile(r"[-+−]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d{1,3})?")
_BOTH = re.compile(r"[-+−]?\d{1,3}(?:([.,])\d{3})+(?:([.,])\d+)?")
_SEVERAL = re.compile(r"[-+−]?\d{1,3}(?:\.\d{3}){2,}|[-+−]?\d{1,3}(?:,\d{3}){2,}")  # « 12.345.678 »
_ONE_GROUP = re.compile(r"[-+−]?[1-9]\d{0,2}[.,]\d{3}")  # « 1.234 », which is 1 234 or 1,234
_DECIMAL = re.compile(
    r"[-+−]?(?:\d*[.,](?:\d{1,2}|\d{4,})|(?:0\d*|\d{4,})?[.,]\d{3})(?:[eE][-+]?\d{1,3})?"
)  # « 987,5 », « 0,125 »


@dataclass(frozen=True)
class Marks:
    """What a point and a comma before three digits mean in a column (« 1.234 »): those of `groups` part thousands, those of `unsure` may
    do either, and the others come before decimals."""

    groups: str = ""
    unsure: str = ""


ALONE, ALONE_AND_WHOLE = Marks(), Marks(groups=".,")  # of a cell that has no column to tell


def marks_of(texts: Iterable[str], *, whole: bool = False, text: bool = True) -> Marks:
    """Tell what points and commas mean in a column, by the numbers of it that leave no doubt: « 987,5 » has decimals after a comma, so that
    « 1.234 » beside it is more than a thousand.

    Where none tells, they part thousands in a column of whole things (`whole`) and come before decimals elsewhere. In a workbook (`text`
    False) numbers have a point whatever its texts have: one sign tells nothing of the other, and is unsure beside it.
    """
    decimal, group = set[str](), set[str]()
    for body in {one.strip(BLANKS).rstrip("%‰€").strip(BLANKS) for one in texts}:
        if (both := _BOTH.fullmatch(body)) and both[2] and both[2] != both[1]:
            group.add(both[1])
            decimal.add(both[2])
        elif _SEVERAL.fullmatch(body):
            group.add("." if "." in body else ",")
        elif (found := _GROUPED.fullmatch(body) or _DECIMAL.fullmatch(body)) and (mark := re.search("[.,]", found[0])):
            decimal.add(mark[0])
    groups = unsure = ""
    for sign, other in (".,", ",."):
        if sign in decimal:
            unsure += sign if sign in group or (text and other in decimal) else ""
        elif sign in group or (other in decimal and text):
            groups += sign
        elif other in decimal:
            unsure += sign
        elif whole and text:
            groups += sign
    return Marks(groups, unsure)


def read_cell(text: str, *, whole: bool = False, marks: Marks | None = None) -> Cell:
    """Read a cell; `marks` are those of its column, `whole` tells without them that it counts people or things."""
    bare = text.strip(BLANKS)
    if not bare:
        return Cell(CellKind.BLANK)
    if match := _UNDER.fullmatch(bare):
        inclusive = match[1].replace(" ", "") in ("<=", "≤") or match[1].lower() == "au plus"
        under = int(match[2]) + inclusive
        return Cell(CellKind.SECRET, under=under, most=under - 1)
    if _ERRORS.fullmatch(bare) or _DASHES.fullmatch(bare):
        return Cell(CellKind.UNKNOWN)
    word = fold(bare)
    if word in SECRETS:
        return Cell(CellKind.SECRET)
    if word.startswith("n a ") and not any(
        sign.isdigit() for sign in word
    ):  # « N/A - secret statistique », « N/A - division par zéro »
        return Cell(CellKind.SECRET if "secret" in word else CellKind.UNKNOWN)
    if word in UNKNOWNS:
        return Cell(CellKind.UNKNOWN)
    if _RANGE.fullmatch(bare) and not _GROUPED.fullmatch(bare):
        return Cell(CellKind.SECRET, most=max(map(int, re.findall(r"\d+", bare))))
    return _number(bare, marks or (ALONE_AND_WHOLE if whole else ALONE))


def _number(bare: str, marks: Marks) -> Cell:
    percent = bare.endswith("%")
    body = bare.rstrip("%‰€").strip(BLANKS)
    mended = body != bare
    if _GROUPED.fullmatch(body):
        body, mended = _SPACES.sub("", body).replace("'", "").replace("’", ""), True
    both = _BOTH.fullmatch(body)
    if both and both[2] and both[2] != both[1]:  # « 1.234,5 », « 1,234.5 »
        body, mended = body.replace(both[1], ""), True
    elif _SEVERAL.fullmatch(body) or (is_one_group(body) and (body[-4] in marks.groups)):
        body, mended = re.sub("[.,]", "", body), True
    elif is_one_group(body) and body[-4] in marks.unsure:
        return Cell(CellKind.UNREADABLE)
    if not _PLAIN.fullmatch(body):
        return Cell(CellKind.UNREADABLE)
    mended = mended or "," in body
    number = float(body.replace(",", ".").replace("−", "-"))
    return Cell(CellKind.NUMBER, number, percent, mended=mended) if abs(number) < 1e15 else Cell(CellKind.UNREADABLE)


def is_one_group(body: str) -> bool:
    """Tell whether a number may be more than a thousand or have three decimals: « 1.234 », not « 0.234 » nor « 1234.567 »."""
    return bool(_ONE_GROUP.fullmatch(body))


def read_cells(texts: Iterable[str], *, whole: bool = False, text: bool = True) -> list[Cell]:
    """Read the cells of a column; as `marks_of` and `read_cell`."""
    every = list(texts)
    marks = marks_of(every, whole=whole, text=text)
    known = {one: read_cell(one, marks=marks) for one in set(every)}
    return [known[one] for one in every]
