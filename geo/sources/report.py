"""Values of a synchronisation: the readers of files that it is given, the steps it reports, the result of each kind."""

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
    """The result of a kind."""

    UPDATED = "mis à jour"
    UNCHANGED = "inchangé"
    FAILED = "échec"
    ABSENT = "absent du miroir"
    BY_HAND = "sans adresse"


@dataclass(frozen=True)
class KindResult:
    """The result of a kind: why it failed (`reasons`), or the active version and what its reader noted."""

    kind: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    version: CurrentVersion | None = None
    unreachable: bool = False

    @property
    def good(self) -> bool:
        """Return whether the active version is what the source has."""
        return self.outcome in (Outcome.UPDATED, Outcome.UNCHANGED)


@dataclass(frozen=True)
class SyncReport:
    """The results, in the order asked for; `notices` are about files of the mirror."""

    results: tuple[KindResult, ...]
    notices: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Return whether nothing at all succeeded."""
        return not any(result.good for result in self.results)

    @property
    def offline(self) -> bool:
        """Return whether no server at all could be reached."""
        tried = [result for result in self.results if result.outcome is not Outcome.BY_HAND]
        return bool(tried) and all(result.unreachable for result in tried)


@dataclass(frozen=True)
class Step:
    """A moment of a run, for the caller who shows it: bytes received, files being read, or a kind done."""

    kind: str
    stage: Literal["téléchargement", "lecture", "fin"]
    received: Received | None = None
    result: KindResult | None = None


Progress = Callable[[Step], None]
