"""The readers of official files: what a file is, told by its columns, and one reader for each kind.

A file is never judged by its name. `recognise` looks at its beginning only; a kind that is recognised may still be refused
by its reader (a repealed zoning, households instead of people), and then `Reader.rank` is negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from geo.sources.readers.base import Reader
from geo.sources.readers.carreaux import CARREAUX
from geo.sources.readers.communes import EPCI, EPT, POPULATIONS
from geo.sources.readers.contours import CONTOURS
from geo.sources.readers.cpts import CPTS
from geo.sources.readers.densite import DENSITE
from geo.sources.readers.frr import FRR
from geo.sources.readers.qpv import QPV
from geo.sources.readers.ressources import RESSOURCES

# In the order in which a file is tried: the kinds with the most particular columns first.
READERS: Mapping[str, Reader] = MappingProxyType(
    {r.id: r for r in (QPV, DENSITE, RESSOURCES, CPTS, FRR, EPCI, EPT, POPULATIONS, CARREAUX, CONTOURS)}
)


def recognise(path: Path) -> str | None:
    """Return the kind of source that a file holds, or None; only its beginning is read."""
    if not path.is_file():
        return None
    return next((kind for kind, reader in READERS.items() if reader.recognises(path)), None)
