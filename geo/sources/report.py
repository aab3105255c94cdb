"""What a synchronisation is told of and tells: readers of files, steps of a run, and what became of each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

from geo.files import Received
from geo.sources.mirrors import Recognise
from geo.sources.versions import CurrentVersion


class Report(Protocol):
    """What a reader says of what it wrote."""

    @property
    def rows(self) -> int:
        """Count the rows of the main product."""

    @property
    def vintage(self) -> str:
        """Return the year or date that the files tell, perhaps empty."""

    @property
    def departements(self) -> tuple[str, ...]:
        """Return where the product is complete."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what was repaired or left out, in French."""

    @property
    def files(self) -> tuple[str, ...]:
        """Return the names of the files written."""


class Reader(Protocol):
    """What reads the files of one kind."""

    @property
    def several(self) -> bool:
        """Tell whether files of the kind are read together."""

    def rank(self, path: Path) -> int:
        """Return which of several files is preferred: the highest."""

    def read(self, files: Sequence[Path], destination: Path) -> Report:
        """Read files and write the products into an empty folder."""


@dataclass(frozen=True)
class Readers:
    """How files are known and read; the project's own unless a test brings others."""

    recognise: Recognise
    by_kind: Mapping[str, Reader]


def own_readers() -> Readers:
    """Return the project's readers; they bring pandas along, hence not at import."""
    from geo.sources.readers import READERS, recognise

    return Readers(recognise, READERS)


class Outcome(StrEnum):
    """What became of a kind."""

    UPDATED = "mis à jour"
    UNCHANGED = "inchangé"
    FAILED = "échec"
    ABSENT = "absent du miroir"
    BY_HAND = "sans adresse"


@dataclass(frozen=True)
class KindResult:
    """What became of a kind: why it failed (`reasons`), or the version in use and what its reader noted."""

    kind: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    version: CurrentVersion | None = None
    unreachable: bool = False

    @property
    def good(self) -> bool:
        """Tell whether what is in use is what the source has."""
        return self.outcome in (Outcome.UPDATED, Outcome.UNCHANGED)


@dataclass(frozen=True)
class SyncReport:
    """What became of each kind, in the order asked for; `notices` are about files of the mirror."""

    results: tuple[KindResult, ...]
    notices: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Tell whether nothing at all succeeded."""
        return not any(result.good for result in self.results)

    @property
    def offline(self) -> bool:
        """Tell whether no server at all could be reached."""
        tried = [result for result in self.results if result.outcome is not Outcome.BY_HAND]
        return bool(tried) and all(result.unreachable for result in tried)


@dataclass(frozen=True)
class Step:
    """A moment of a run, for whoever shows it: bytes received, files being read, or a kind done."""

    kind: str
    stage: Literal["téléchargement", "lecture", "fin"]
    received: Received | None = None
    result: KindResult | None = None


Progress = Callable[[Step], None]
