"""What became of the communes: since when a code is no more, communes re-created, names borne before, postal codes.

Read from three files of the base (see data/README.md). What they do not tell stays unsaid: a date is "" when unknown.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from geo.communes import Atlas
from geo.kept import kept_on_subject

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


@dataclass(frozen=True)
class Recreated:
    """Communes carved again out of one: `source` still exists (smaller), `codes` are again communes since `since`."""

    source: str
    name: str
    codes: tuple[str, ...]
    since: str


@dataclass(frozen=True, eq=False)
class History:
    """The years behind the codes of today.

    `since`: former code → ISO day, or year, from which it is no commune any more. `recreated`: code of the commune that was
    split again → what was carved out. `old_names`: (name as published, code of the commune of today, day or year of the
    change). `postal`: postal code → codes of communes or arrondissements.
    """

    since: Mapping[str, str]
    recreated: Mapping[str, Recreated]
    old_names: tuple[tuple[str, str, str], ...]
    postal: Mapping[str, tuple[str, ...]]


@kept_on_subject
def history(atlas: Atlas) -> History:
    """Return the history that goes with an atlas; an empty one where its files are absent."""
    return read_history(atlas.path)


@lru_cache(maxsize=2)
def read_history(path: Path) -> History:
    """Read the history of a base; files that are absent leave their part empty."""
    since = {r["ancien"]: r["depuis"] for r in _rows(path / "anciens_codes.csv") if r.get("depuis")}
    split: dict[str, Recreated] = {}
    for r in _rows(path / "communes_recreees.csv"):
        codes = split[r["issue_de"]].codes if r["issue_de"] in split else ()
        split[r["issue_de"]] = Recreated(r["issue_de"], r["nom_avant"], (*codes, r["code"]), r["depuis"])
    postal: dict[str, tuple[str, ...]] = {}
    for r in _rows(path / "codes_postaux.csv"):
        postal[r["code_postal"]] = tuple(r["communes"].split())
    names = tuple((r["nom"], r["code"], r["depuis"]) for r in _rows(path / "anciens_noms.csv"))
    return History(MappingProxyType(since), MappingProxyType(split), names, MappingProxyType(postal))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def say_date(date: str) -> str:
    """Write a day in French (« le 1er janvier 2025 »), or the year of the first list where a code is missing."""
    parts = date.split("-")
    if len(parts) != 3:
        return f"le code officiel de {date}"
    day = "1er" if parts[2] == "01" else str(int(parts[2]))
    return f"le {day} {MONTHS[int(parts[1]) - 1]} {parts[0]}"
