"""The official outlines that a synchronisation reads against: those in use once its own are settled."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from geo.communes import Atlas, embedded_atlas, with_outlines
from geo.errors import GeoInputError
from geo.sources.versions import CurrentVersion, kept

OUTLINES = "contours"
WHOLE = ("communes.parquet", "voisins.parquet")  # what a version has when it draws every commune


def whole_outlines(version: CurrentVersion) -> bool:
    """Tell whether a version of the outlines draws every commune, so that it can take the place of the base's."""
    return all(name in version.manifest.files for name in WHOLE)


@dataclass
class Outlines:
    """The outlines of a run, loaded when the first kind asks for them; `settled` once the run's own are in, or are not to come."""

    settled: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _found: tuple[str, Atlas | None] | None = None

    def given(self, home: Path | None) -> tuple[str, Atlas | None]:
        """Return the version in use and the communes with its outlines; "" and None for those of the base."""
        self.settled.wait()
        with self._lock:
            if self._found is None:
                self._found = _in_use(home)
            return self._found


def _in_use(home: Path | None) -> tuple[str, Atlas | None]:
    for version in kept(OUTLINES, home)[0]:
        if whole_outlines(version):
            try:
                return version.version, with_outlines(embedded_atlas(), version.path)
            except GeoInputError:
                continue
    return "", None
