"""What every reader of official files is: a kind, its forms, and one function that makes the products.

A reader either writes whole, checked products or raises with every problem it met; what it repaired or left out is told
in the notes of its report, never done in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.communes import Atlas, embedded_atlas
from geo.errors import GeoInputError
from geo.french import listing
from geo.readers_files import UNREADABLE
from geo.readers_tables import Form, Source, find, missing_columns

REFUSED = -1
NATIONAL = 80  # a file that reaches as many of the 96 mainland départements is a national one


@dataclass(frozen=True)
class ReadReport:
    """What came out of a reading.

    `rows` counts the rows of the first product; `vintage` is empty when the file does not tell it; `departements` are
    those where the product is complete, so that an absence there means « none »; `files` names the products.
    """

    rows: int
    vintage: str
    departements: tuple[str, ...]
    notes: tuple[str, ...]
    files: tuple[str, ...]


Parse = Callable[[Sequence[Source], Path, Atlas], ReadReport]


def no_order(source: Source) -> int:
    """Rank by size alone: among files of one form, the larger covers more."""
    return min(source.path.stat().st_size // 1000, 999_999)


@dataclass(frozen=True)
class Reader:
    """The reader of one kind of source; `several` when its files are read together."""

    id: str
    forms: tuple[Form, ...]
    parse: Parse
    several: bool = False
    order: Callable[[Source], int] = no_order

    def recognises(self, path: Path) -> bool:
        """Tell whether a file is of this kind, be it to refuse it."""
        return bool(find(path, self.forms))

    def rank(self, path: Path) -> int:
        """Rank a file among those of its kind, the preferred highest; negative when `read` would refuse it."""
        sources = find(path, self.forms)
        return max((REFUSED if s.form.refusal else self.order(s) for s in sources), default=REFUSED)

    def read(self, files: Sequence[Path], destination: Path, *, atlas: Atlas | None = None) -> ReadReport:
        """Read files of this kind and write the products into `destination`, an empty folder.

        Raises
        ------
        GeoInputError
            With every problem found, each in French with its file, its row and its remedy; nothing is then written. A
            file of a repealed kind is refused when it comes alone, noted and left out when another one is there.
        """
        sources: list[Source] = []
        problems: list[str] = []
        refusals: list[str] = []
        for path in files:
            found = find(path, self.forms)
            if not found:
                problems.append(missing_columns(path, self.forms))
            refusals += [f"{s.name} : {s.form.refusal}" for s in found if s.form.refusal]
            sources += [s for s in found if not s.form.refusal]
        if problems or not sources:
            raise GeoInputError(dict.fromkeys([*problems, *refusals]) or f"Aucun fichier à lire ({self.id}).")
        sources, unused = self._chosen(sources)
        try:
            report = self.parse(sources, destination, atlas or embedded_atlas())
        except UNREADABLE as error:
            names = listing(dict.fromkeys(s.name for s in sources))
            raise GeoInputError(f"{names} : fichier illisible ou coupé ; téléchargez-le à nouveau.") from error
        notes = tuple(dict.fromkeys((*refusals, *unused, *report.notes)))
        return ReadReport(report.rows, report.vintage, report.departements, notes, report.files)

    def _chosen(self, sources: list[Source]) -> tuple[list[Source], list[str]]:
        """Keep the preferred file where one is enough."""
        if self.several or len({s.path for s in sources}) == 1:
            return sources, []
        best = max(sources, key=self.order).path
        left = dict.fromkeys(s.path.name for s in sources if s.path != best)
        return [s for s in sources if s.path == best], [
            f"{n} : non utilisé, {best.name} lui est préféré." for n in left
        ]


def write(frame: pd.DataFrame | gpd.GeoDataFrame, destination: Path, name: str) -> str:
    """Write one product and return the name of its file."""
    destination.mkdir(parents=True, exist_ok=True)
    frame.reset_index(drop=True).to_parquet(destination / name, compression="zstd", index=False)
    return name


def present(codes: Iterable[str], atlas: Atlas) -> tuple[str, ...]:
    """Return the départements of codes of today."""
    owner = departement_of(atlas)
    return tuple(sorted({owner[code] for code in codes if code in owner}))


def covered(codes: Iterable[str], atlas: Atlas) -> tuple[str, ...]:
    """Return the départements where a list without rows means « none »: those it has, all the mainland when it is national."""
    found = set(present(codes, atlas))
    mainland = {str(d) for d in atlas.departements.index if len(str(d)) == 2}
    return tuple(sorted(found | mainland if len(found & mainland) >= NATIONAL else found))


def departement_of(atlas: Atlas) -> dict[str, str]:
    """Return the département of every atom and split city."""
    atoms = dict(zip(atlas.table["code"], atlas.table["departement"], strict=True))
    return atoms | dict(zip(atlas.villes.index, atlas.villes["departement"], strict=True))


def vintage(sources: Iterable[Source]) -> str:
    """Return the newest year that the titles and headers of the files name, or ""."""
    return max((year for source in sources for year in source.years()), default="")
