"""The readers of official files: what a file is, seen by its columns, and one reader for each kind.

A file is never judged by its name. `recognise` looks at its beginning only; a kind that is recognised may still be refused
by its reader (a repealed zoning, households instead of people), and then `Reader.rank` is negative.

A new source is one module here (its forms, its `parse`, and READERS, what it reads), one line in MODULES, its test and its
entry in `data/sources.toml`. `base` and `tables` hold what readers share; start from `frr`, the smallest.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from geo.sources.readers.base import Reader, ReadReport

__all__ = ["READERS", "ReadReport", "Reader", "recognise"]

# In the order in which a file is tried: those with the most particular columns first.
MODULES = (
    "iris",
    "indicators",
    "qpv",
    "densite",
    "ressources",
    "cpts",
    "frr",
    "passage",
    "communes",
    "carreaux",
    "contours",
    "indicators.quarters",
)
READERS: Mapping[str, Reader] = MappingProxyType(
    {reader.id: reader for name in MODULES for reader in import_module(f"{__name__}.{name}").READERS}
)


def recognise(path: Path) -> str | None:
    """Return the kind of source that a file holds, or None; only its beginning is read."""
    if not path.is_file():
        return None
    return next((kind for kind, reader in READERS.items() if reader.recognises(path)), None)
