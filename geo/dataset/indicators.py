"""Indicators of need as data of the dashboard: sets that somebody brought, over what synchronisations received; opened at first asking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from geo import register
from geo.communes import Atlas
from geo.dataset.official import best, read_file
from geo.errors import GeoInputError
from geo.indicators import Indicators, Series, on_today, read_series
from geo.sources import INDICATORS, INDICATORS_FILE, CurrentVersion

PASSED = "Ce jeu d’indicateurs n’est pas employé."


def open_indicators(
    home: Path | None, atlas: Atlas, notices: list[str], heads: Mapping[str, register.Head] | None = None
) -> Indicators:
    """Open the indicators: those brought first, then the synchronised ones that none of them replaces (same identifier).

    `atlas` is the communes with no city opened, in which former codes are read as those of today; `heads` is what the register
    has in use, read when None. What cannot be opened is passed over, and `notices` gets a sentence about it.
    """
    if heads is None:
        try:
            heads = register.heads(home)
        except GeoInputError as error:
            notices += [f"{problem} Les indicateurs importés ne sont pas employés." for problem in error.problems]
            heads = {}
    found: dict[str, Series] = {}
    for one in _imported(heads, notices, home):
        if one.id in found:
            notices.append(f"L’indicateur « {one.id} » est dans deux jeux importés ; le premier est employé.")
        found.setdefault(one.id, one)
    for one in synchronised_series(notices, home):
        found.setdefault(one.id, one)
    return Indicators(tuple(on_today(one, atlas) for one in found.values()))


def _imported(heads: Mapping[str, register.Head], notices: list[str], home: Path | None) -> Iterable[Series]:
    for head in heads.values():
        if not head.kind.startswith(register.NEEDS):
            continue
        if head.problem:
            notices.append(f"{head.problem} {PASSED}")
        if head.version is None:
            continue
        try:
            yield from register.read_needs(head.version, home)
        except GeoInputError as error:
            notices += [f"{problem} {PASSED}" for problem in error.problems]
        except Exception as error:  # values that nobody foresaw: one set less, the rest opens all the same
            damage = register.damage(head.version, f"contenu inattendu, {type(error).__name__}", home)
            notices.append(f"{damage} {PASSED}")


def synchronised_series(notices: list[str], home: Path | None = None) -> list[Series]:
    """Return the series that synchronisations received, of the best version of each source."""
    found: list[Series] = []
    for kind in (*INDICATORS, "iris"):
        received = best(kind, _series_of, notices, home)
        found += received[1] if received else ()
    return found


def _series_of(version: CurrentVersion) -> tuple[Series, ...]:
    """Return the series of a version; none of IRIS whose populations have no ages."""
    return read_series(read_file(version, INDICATORS_FILE)) if INDICATORS_FILE in version.manifest.files else ()


@dataclass(frozen=True, eq=False)
class LazyIndicators:
    """The indicators of a folder, opened at the first asking: opening the data costs nothing for them."""

    home: Path | None = None
    atlas: Atlas | None = None
    heads: Mapping[str, register.Head] = field(default_factory=dict)

    @cached_property
    def _opened(self) -> tuple[Indicators, tuple[str, ...]]:
        notices: list[str] = []
        if self.atlas is None:  # data drawn by hand
            return Indicators(), ()
        return open_indicators(self.home, self.atlas, notices, self.heads), tuple(notices)

    @property
    def indicators(self) -> Indicators:
        """All the indicators at hand."""
        return self._opened[0]

    @property
    def notices(self) -> tuple[str, ...]:
        """What could not be opened, in French."""
        return self._opened[1]
