"""What a synchronisation is given and what it reports: readers of files, steps of a run, and what became of each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from geo.files import Received
from geo.sources.mirrors import Recognise
from geo.sources.readers import READERS, Reader, recognise
from geo.sources.versions import CurrentVersion


@dataclass(frozen=True)
class Readers:
    """How files are known and read; the project's own unless a test gives others."""

    recognise: Recognise = recognise
    by_kind: Mapping[str, Reader] = field(default_factory=lambda: READERS)


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
