"""Values of the register: a version, the statement made of it, the file it came from, the active version, the moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from geo.errors import GeoInputError
from geo.french import day
from geo.layers import Etat, Mode, Over

NEEDS = "indicateurs:"  # how the kind of a set of indicators begins: it has nothing in its place before it is brought


class ConflictError(GeoInputError):
    """Somebody published or withdrew a version since the person looked."""


class State(StrEnum):
    """The state of a version."""

    DRAFT = "brouillon"
    PUBLISHED = "publiée"
    RETIRED = "retirée"


@dataclass(frozen=True)
class Statement:
    """The statement of the person who imports a layer.

    `date` is that of the facts, as text; `extent` the départements where the layer is complete, and `until` the last day that
    this holds (ISO 8601, "" for no end); `accepted` what was pointed out of that completeness and accepted, in words; `etat`
    the state given to territories for which the file states none.
    """

    source: str
    date: str
    who: str
    extent: frozenset[str] = frozenset()
    etat: Etat = Etat.EN_SERVICE
    mode: Mode = Mode.REPLACE
    over: Over = Over.IN_USE
    remark: str = ""
    until: str = ""
    accepted: tuple[str, ...] = ()

    def lapsed(self, today: dt.date | None = None) -> bool:
        """Tell whether the list is no longer stated complete: its last day is past."""
        return bool(self.until) and (today or dt.date.today()).isoformat() > self.until


@dataclass(frozen=True)
class Settled:
    """What was settled of a list while it was read, kept with its version.

    `list_key` names the list and `departements` says where it lies, so that next month's file of the same one is known;
    `answers` is what the person settled, as the reading writes it; `unsettled` holds the places that rows still to be settled
    may speak of, `ended` the names of territories that it says to be dissolved (both as in `geo.layers.Layer`).
    """

    list_key: str = ""
    answers: str = ""
    departements: frozenset[str] = frozenset()
    unsettled: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Origin:
    """The file a version came from; `form` is its extension (csv, xlsx, geojson…)."""

    name: str
    sha256: str
    bytes: int
    form: str


@dataclass(frozen=True)
class Version:
    """A version kept. `created` is ISO 8601 with its zone; `changes` is `Difference.summary()` at the time of keeping.

    `under` is the id of the version that it is laid over, None when that is the layer in place before any import. `faults`
    names, in French, what of its row in the register can no longer be read.
    """

    id: int
    kind: str
    number: int
    state: State
    created: str
    statement: Statement
    origin: Origin
    changes: Mapping[str, Any]
    zones: int
    communes: int
    content: str
    under: int | None = None
    faults: tuple[str, ...] = ()
    settled: Settled = Settled()

    @property
    def vintage(self) -> str:
        """Return the date of the facts, or when they were imported."""
        return self.statement.date or f"sans date, importé le {day(self.created)}"


@dataclass(frozen=True)
class Head:
    """The active version of a kind, None for the layer in place before imports; `revision` grows at each move.

    `problem` says, in French, what of it can no longer be read.
    """

    kind: str
    revision: int
    version: Version | None
    problem: str = ""

    @property
    def number(self) -> int | None:
        """The number of the active version, None for the layer in place before imports."""
        return self.version.number if self.version else None


@dataclass(frozen=True)
class Event:
    """A publication or a withdrawal: when, by whom, to which version (None: the layer in place before imports).

    `lost` states that the register no longer knows the version; `person` is what an identity provider knows them by ("" unknown).
    """

    kind: str
    revision: int
    number: int | None
    who: str
    at: str
    lost: bool = False
    person: str = ""
