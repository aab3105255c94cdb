"""An entry: what one person wrote of one subject on one day, as a value that never changes.

A subject is a body that is asked (commune, EPCI, psychiatric sector, hospital), a function at the table that somebody fills, or the
view of the steering committee (COPIL) for or against one scale. An entry names by their ids those that it takes the place of (`over`):
whoever reads two files then knows what is an answer to what, without clocks. Texts hold no person: see `geo.persons`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from geo.errors import GeoInputError
from geo.persons import personal

REFERENCE_LENGTH, REMARK_LENGTH, NAME_LENGTH, VIEW_LENGTH, WHO_LENGTH, KEY_LENGTH = 60, 200, 120, 500, 60, 120
ID_LENGTH = 6  # hexadecimal digits; an id is compared with those of the same subject only
MOST_OVER = 60
COMMUNE, BODY, ADULT, CHILD, HOSPITAL, FUNCTION, COPIL = (
    "commune", "epci", "secteurs-adultes", "secteurs-enfants", "hopital", "fonction", "copil",
)  # fmt: skip
ASKED = (COMMUNE, BODY, ADULT, CHILD, HOSPITAL)  # whose agreement is asked
# How long a text may be, by the kind of the subject: a remark, the name of who fills a function, a view.
TEXT_LENGTHS: Mapping[str, int] = MappingProxyType(
    {**dict.fromkeys(ASKED, REMARK_LENGTH), FUNCTION: NAME_LENGTH, COPIL: VIEW_LENGTH}
)


class Status(StrEnum):
    """What a body answered; nothing said at first, which is not a refusal."""

    UNSAID = ""
    TO_ASK = "a-solliciter"
    ASKED = "sollicite"
    AGREED = "accord"
    DELIBERATED = "delibere"
    REFUSED = "refuse"


STATUS_LABELS: Mapping[Status, str] = MappingProxyType(
    {
        Status.TO_ASK: "à solliciter",
        Status.ASKED: "sollicité",
        Status.AGREED: "accord de principe",
        Status.DELIBERATED: "délibéré",
        Status.REFUSED: "refusé",
    }
)
ON_BOARD = (Status.AGREED, Status.DELIBERATED)
SCALES: Mapping[str, str] = MappingProxyType(
    {"communale": "Échelle communale", "intercommunale": "Échelle intercommunale", "secteur": "Échelle du secteur"}
)
SIDES: Mapping[str, str] = MappingProxyType({"pour": "Pour", "contre": "Contre"})


def copil_subject(scale: str, side: str) -> str:
    """Return the subject of the view of the steering committee for (« pour ») or against (« contre ») a scale."""
    return f"{COPIL}:{scale}:{side}"


@dataclass(frozen=True)
class Entry:
    """What was written of a subject.

    `subject` is its kind and its key (« commune:79191 »); `day` (ISO 8601, or "") and `reference` are those of the answer, such as a
    deliberation; `text` is a remark, a name or a view, as the kind has it; `who` is the label of its author, a service or a function
    ("" when unsigned); `noted` the day it was written; `over` the ids of the entries that it takes the place of.

    Raises
    ------
    GeoInputError
        When a text is too long, holds control characters or something personal, a day is none, or the kind or status is unknown.
    """

    subject: str
    status: Status = Status.UNSAID
    day: str = ""
    reference: str = ""
    text: str = ""
    who: str = ""
    noted: str = ""
    over: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what could be neither shown nor sent."""
        problems = [*_subject_problems(self.subject)]
        lengths = (
            ("La référence", self.reference, REFERENCE_LENGTH),
            (_text_name(self.kind), self.text, TEXT_LENGTHS.get(self.kind, REMARK_LENGTH)),
            ("Qui note", self.who, WHO_LENGTH),
        )
        for what, text, most in lengths:
            problems += _text_problems(what, text, most, lines=self.kind == COPIL and text is self.text)
        if self.status not in set(Status) or (self.status and self.kind not in ASKED):
            problems.append("Cette réponse n’existe pas ici.")
        if not _is_day(self.day) or not _is_day(self.noted):
            problems.append("Une date est un jour du calendrier, par exemple 26/11/2026.")
        if len(self.over) > MOST_OVER or not all(_is_id(one) for one in self.over):
            problems.append("Le suivi des réponses remplacées est illisible.")
        if problems:
            raise GeoInputError(problems)

    @property
    def kind(self) -> str:
        """The kind of its subject."""
        return self.subject.partition(":")[0]

    @property
    def key(self) -> str:
        """What tells its subject from others of the kind: a code, a name."""
        return self.subject.partition(":")[2]

    @property
    def said(self) -> tuple[str, ...]:
        """What it says, whoever wrote it and when."""
        return self.status, self.day, self.reference, self.text

    @property
    def empty(self) -> bool:
        """Whether it says nothing: what was written before is taken back."""
        return not any(self.said)

    @cached_property
    def id(self) -> str:
        """A short name that its content gives; two that say the same have one id."""
        content = [self.subject, *self.said, self.who, self.noted, sorted(self.over)]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:ID_LENGTH]

    @property
    def personal(self) -> str:
        """What of its texts is personal, in a sentence; "" for nothing."""
        return personal_of(self.text, self.reference, self.who)


def personal_of(*texts: str) -> str:
    """Say what some texts hold that is personal and what to write instead; "" when nothing is found."""
    return next((said for text in texts if (said := personal(text))), "")


def _text_name(kind: str) -> str:
    return {FUNCTION: "Le nom", COPIL: "Un avis"}.get(kind, "La remarque")


def _subject_problems(subject: str) -> list[str]:
    kind, _, key = subject.partition(":")
    copil = {copil_subject(scale, side) for scale in SCALES for side in SIDES}
    good = kind in TEXT_LENGTHS and key.strip() and len(key) <= KEY_LENGTH and key.isprintable()
    return [] if good and (kind != COPIL or subject in copil) else ["Cet interlocuteur n’existe pas ici."]


def _text_problems(what: str, text: str, most: int, *, lines: bool) -> list[str]:
    problems = []
    if len(text) > most:
        problems.append(f"{what} compte {len(text)} caractères ; {most} au plus.")
    allowed = "\u00a0\u202f\n" if lines else "\u00a0\u202f"
    if any(not c.isprintable() and c not in allowed for c in text):
        problems.append(f"{what} : des caractères invisibles s’y trouvent, retapez-la.")
    if not lines and text.lstrip().startswith(tuple("=+-@'|%")):
        problems.append(f"{what} commence par un signe ({text.lstrip()[0]}) qu’un tableur prendrait pour une formule.")
    return problems


def _is_day(text: str) -> bool:
    try:
        return text == "" or (date.fromisoformat(text).isoformat() == text and 1990 <= int(text[:4]) <= 2200)
    except ValueError:
        return False


def _is_id(text: str) -> bool:
    return len(text) == ID_LENGTH and set(text) <= set("0123456789abcdef")
