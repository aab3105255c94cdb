"""What a reading asks of the planner, and what the planner answered: a file is published once nothing is left to ask.

A reading never decides by contents alone: where it would have to, it makes a proposal, goes on with it so that the rest can be
seen, and asks. Each question (`Doubt`) has a key that depends on the shape of the file and on the text, not on the row nor on
the day, so that the answers given this month (`Answers`) hold for the file of next month.

Keys
----
``colonne/<role>``
    Which column plays a role; the answer is a header, "" for none.
``valeur/<role>/<folded text>``
    What a value of a column means: an état (« en service », « dissous »…), ABSENT, NAMED, ABOVE or REFUSED.
``ligne/<folded place>``
    What a row, or a name inside a list, speaks of: codes of communes separated by blanks, or ASIDE.
``feuille/<what>``
    What of the file is read: its sheets (names separated by « | »), hidden rows, code page, projection.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from geo.french import fold

DoubtKind = Literal["colonne", "valeur", "ligne", "feuille"]
DISSOLVED = "dissous"  # an état: the territory covers nothing any more
ABSENT = "aucun"  # a value that says that there is no territory here
NAMED = "nom"  # a value that is the name of a territory, whatever it looks like
ABOVE = "dessus"  # a blank that stands for the name of the row above
REFUSED = "refus"  # a blank, or a value, that is a fault: its rows are refused
ASIDE = "à part"  # a row that the planner sets aside on purpose
FILE_NAME = "*"  # in the place of a header: all of the file is one territory, of the name of the file
SHEET_NAME = "*feuille"  # in the place of a header: each sheet is a territory, of its own name
YES, NO = "oui", "non"
HIDDEN = "feuille/masquees"  # YES: hidden rows and sheets are read too
STRUCK = "feuille/barrees"  # YES: rows that are struck out are read too
YEARS = "feuille/annees"  # NO: of the rows of a territory, those of its last year only
SHEETS = "feuille/noms"
PROJECTION = "feuille/projection"  # « EPSG:2154 »
WHOLE_COMMUNES = "feuille/communes_entieres"  # YES: polygons are made of whole communes


@dataclass(frozen=True)
class Doubt:
    """One thing that the file leaves open.

    Parameters
    ----------
    kind, key
        What it is about, and what the answer is kept under (see the module).
    said
        The question or the fault, as a French sentence.
    value
        What the file holds: a header, a value as first written, the text of a place.
    proposal
        What the reading goes on with as long as nobody answers, among the values of `candidates`; "" when it goes on with nothing.
    rows
        Rows of the file (or features) that it concerns, as a spreadsheet numbers them.
    candidates
        Possible answers: (what is shown, the answer).
    atoms, departements
        For a row that is refused: the communes of today that it may speak of, and, when there are none, the départements that it
        may be in ("" nowhere known).
    zone
        Name of the territory of the row, "" when it has none.
    blocking
        Whether publication waits for an answer.
    """

    kind: DoubtKind
    key: str
    said: str
    value: str = ""
    proposal: str = ""
    rows: tuple[int, ...] = ()
    candidates: tuple[tuple[str, str], ...] = ()
    atoms: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()
    zone: str = ""
    blocking: bool = True


@dataclass(frozen=True)
class Answers:
    """What the planner settled: key of a doubt → answer.

    `shape` is that of the file for which this was answered; "" applies to any. Answers remembered of a file of another shape are
    not those of this one: `of_shape` then gives none.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    shape: str = ""

    @classmethod
    def of_columns(cls, roles: Mapping[str, str]) -> Answers:
        """Return the answers that give roles (keys of `geo.imports.ROLES`) their columns; "" takes a role away."""
        return cls({f"colonne/{role}": header for role, header in roles.items()})

    def settle(self, key: str, answer: str) -> Answers:
        """Return the answers with one more, or another in its place."""
        return replace(self, given={**self.given, key: answer})

    def forget(self, key: str) -> Answers:
        """Return the answers without one of them."""
        return replace(self, given={k: v for k, v in self.given.items() if k != key})

    def of_shape(self, shape: str) -> Answers:
        """Return these answers for a file of a shape, none when they are those of another."""
        return self if self.shape in ("", shape) else Answers(shape=shape)

    def get(self, key: str) -> str | None:
        """Return the answer kept under a key, None when there is none."""
        return self.given.get(key)

    def value(self, role: str, text: str) -> str | None:
        """Return what a value of the column of a role was settled to mean, None when it was not."""
        return self.given.get(value_key(role, text))

    @property
    def roles(self) -> Mapping[str, str]:
        """Role → header, for the roles that were settled."""
        return MappingProxyType({k.partition("/")[2]: v for k, v in self.given.items() if k.startswith("colonne/")})

    def to_json(self) -> str:
        """Write the answers as JSON, to be kept with an import."""
        return json.dumps({"forme": self.shape, "reponses": dict(self.given)}, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Answers:
        """Read answers that were kept; none where the text is not theirs any more."""
        try:
            held = json.loads(text)
            given, shape = held["reponses"], held["forme"]
            return cls({str(k): str(v) for k, v in given.items()}, str(shape))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return cls()


def value_key(role: str, text: str) -> str:
    """Return the key of the doubt about a value of the column of a role; blanks are « valeur/<role>/ »."""
    return f"valeur/{role}/{fold(text) or text.strip()}"[:200]


def shape_of(headers: Iterable[str]) -> str:
    """Return the shape of a file: its folded headers, in any order, which next month's file has too."""
    return "|".join(sorted({fold(header) for header in headers}))[:2000]
