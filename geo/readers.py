"""The readers of official files: what a file is, told by its columns, and one reader for each kind.

A file is never judged by its name. `recognise` looks at its beginning only; a kind that is recognised may still be refused
by its reader (a repealed zoning, households instead of people), and then `Reader.rank` is negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from geo.readers_base import Reader, ReadReport
from geo.readers_carreaux import CARREAUX
from geo.readers_communes import EPCI, EPT, POPULATIONS
from geo.readers_contours import CONTOURS
from geo.readers_cpts import CPTS
from geo.readers_densite import DENSITE
from geo.readers_frr import FRR
from geo.readers_qpv import QPV
from geo.readers_ressources import RESSOURCES

__all__ = ["READERS", "ReadReport", "Reader", "recognise"]

# In the order in which a file is tried: the kinds with the most particular columns first.
READERS: Mapping[str, Reader] = MappingProxyType(
    {r.id: r for r in (QPV, DENSITE, RESSOURCES, CPTS, FRR, EPCI, EPT, POPULATIONS, CARREAUX, CONTOURS)}
)


def recognise(path: Path) -> str | None:
    """Return the kind of source that a file holds, or None; only its beginning is read."""
    if not path.is_file():
        return None
    return next((kind for kind, reader in READERS.items() if reader.recognises(path)), None)
