"""Base of the readers of official files: a kind, its forms, and one function that makes the products.

A reader either writes whole, checked products or raises with every problem it met; what it repaired or left out is reported
in the notes of its report, never done in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.communes import Atlas, embedded_atlas, read_code
from geo.errors import GeoInputError
from geo.files import UNREADABLE
from geo.french import count, listing
from geo.sources.readers.tables import Form, Source, find, missing_columns

REFUSED = -1
NATIONAL = 80  # a file that reaches as many of the 96 mainland départements is a national one
TOLERATED = 0.01
SHOWN = 12


@dataclass(frozen=True)
class ReadReport:
    """What came out of a reading.

    `rows` counts the rows of the first product; `vintage` is empty when the file does not say it; `departements` are
    those where the product is complete, so that an absence there means « none »; `files` names the products.
    """

    rows: int
    vintage: str
    departements: tuple[str, ...]
    notes: tuple[str, ...]
    files: tuple[str, ...]


Parse = Callable[[Sequence[Source], Path, Atlas], ReadReport]
Carry = Callable[[Path, Path], list[str]]


def no_order(source: Source) -> int:
    """Rank by size alone: among files of one form, the larger covers more."""
    return min(source.path.stat().st_size // 1000, 999_999)


@dataclass(frozen=True)
class Reader:
    """The reader of one kind of source; `several` when its files are read together.

    `carry` looks at the products of the version in use and at the new ones, puts into these what was known and no longer is,
    and says so; it raises GeoInputError when the new version would be less than the one in use. `outlined` tells that what is
    read depends on the outlines of the communes.
    """

    id: str
    forms: tuple[Form, ...]
    parse: Parse
    several: bool = False
    order: Callable[[Source], int] = no_order
    carry: Carry | None = None
    outlined: bool = False

    def recognises(self, path: Path) -> bool:
        """Tell whether a file is of this kind, perhaps to be refused."""
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


@dataclass
class Codes:
    """What became of the codes of a column: `code` per row, "" where the row is to be left out.

    `code` is a commune of today (Paris, Lyon and Marseille whole) or one of their arrondissements; `own` marks the rows
    whose code was not changed.
    """

    code: list[str] = field(default_factory=list)
    own: list[bool] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def codes_of_today(texts: Sequence[str], lines: Sequence[int], atlas: Atlas, *, file: str) -> Codes:
    """Read a column of codes.

    Codes of merged communes go to the commune of today; a lost leading zero is put back where the result is a known code;
    communes of the overseas collectivities, which have no outline here, are left out and counted.

    Raises
    ------
    GeoInputError
        When 1 % of the rows or more hold a code that leads nowhere.
    """
    result = Codes()
    known: dict[str, tuple[str, str, str]] = {}
    groups: dict[str, list[str]] = {kind: [] for kind in ("former", "zero", "no_outline")}
    bad: list[str] = []
    for text, line in zip(texts, lines, strict=True):
        if text not in known:
            known[text] = _today(text, atlas)
        code, kind, message = known[text]
        result.code.append(code)
        result.own.append(kind == "own")
        if kind in groups:
            groups[kind].append(message)
        elif kind == "bad":
            bad.append(f"{file}, ligne {line} : {message}")
    if bad and len(bad) >= TOLERATED * len(result.code):
        raise GeoInputError(refused(bad, file))
    result.notes += _notes(groups, file)
    if bad:
        result.notes.append(
            f"{file} : {count(len(bad), 'ligne laissée', 'lignes laissées')} de côté. {listing(bad, SHOWN)}"
        )
    return result


def refused(problems: Sequence[str], file: str) -> list[str]:
    """Cut a long list of problems: the first ones, then how many are left."""
    rest = len(problems) - 20
    return (
        [*problems[:20], f"{file} : … et {count(rest, 'autre ligne', 'autres lignes')} du même ordre."]
        if rest > 0
        else list(problems)
    )


def _today(text: str, atlas: Atlas) -> tuple[str, str, str]:
    """Return the code of today, what was done to get it, and its message."""
    reading = read_code(text.removesuffix(".0"), atlas)
    if reading.kind in ("atom", "city"):
        return reading.text, "own", ""
    if reading.kind == "former":
        current = atlas.former[reading.text][0]
        return current, "former", f"{reading.text} → {current}"
    if reading.kind == "no_outline":
        return "", "no_outline", reading.text
    if reading.text.isdigit() and len(reading.text) == 4:
        padded = read_code(reading.text.zfill(5), atlas)
        if padded.kind in ("atom", "city", "former"):
            current = atlas.former[padded.text][0] if padded.kind == "former" else padded.text
            return current, "zero", f"{reading.text} → {current}"
    return "", "bad", reading.message


def _notes(groups: dict[str, list[str]], file: str) -> Iterable[str]:
    former, zero, far = (list(dict.fromkeys(groups[kind])) for kind in ("former", "zero", "no_outline"))
    if former:
        moved = count(len(former), "ancien code de commune ramené", "anciens codes de communes ramenés")
        yield f"{file} : {moved} à la commune d’aujourd’hui ({listing(former, SHOWN)})."
    if zero:
        yield f"{file} : zéro de tête rétabli sur {count(len(zero), 'code')} ({listing(zero, 3)})."
    if far:
        yield (
            f"{file} : {count(len(far), 'commune')} des collectivités d’outre-mer, sans contour ici, "
            f"{'laissée' if len(far) < 2 else 'laissées'} de côté."
        )


def one_per_commune(frame: pd.DataFrame, columns: Sequence[str], *, file: str) -> tuple[pd.DataFrame, list[str]]:
    """Keep one row a code; `frame` has `code`, `own`, `line` and the `columns` that hold what is known of it.

    The row that bears today's code itself wins over those of communes merged into it; merged communes that disagree
    among themselves keep the first row, and a note says so.

    Raises
    ------
    GeoInputError
        When two rows bear the same code and differ.
    """
    notes: list[str] = []
    own = frame[frame["own"]]
    doubled = own[own.duplicated("code", keep=False)]
    clashes = doubled.drop_duplicates(["code", *columns])
    clashes = clashes[clashes.duplicated("code", keep=False)]
    if not clashes.empty:
        lines = clashes.groupby("code")["line"].agg(list)
        raise GeoInputError(
            refused([f"{file}, lignes {listing(map(str, at))} : {code} figure plusieurs fois, avec des valeurs "
                     "différentes ; gardez une seule ligne." for code, at in lines.items()], file)
        )  # fmt: skip
    if not doubled.empty:
        repeated = doubled["code"].nunique()
        notes.append(
            f"{file} : {count(repeated, 'code répété', 'codes répétés')} à l’identique, une seule ligne gardée."
        )
    ordered = frame.sort_values(["code", "own", "line"], ascending=[True, False, True], kind="stable")
    merged = ordered[~ordered["code"].isin(ordered.loc[ordered["own"], "code"])]
    mixed = merged.drop_duplicates(["code", *columns])
    mixed = mixed.loc[mixed.duplicated("code", keep=False), "code"].unique().tolist()
    if mixed:
        notes.append(
            f"{file} : {count(len(mixed), 'commune')} dont les anciennes communes diffèrent ; la première de la liste "
            f"est retenue ({listing(mixed, SHOWN)})."
        )
    return ordered.drop_duplicates("code").reset_index(drop=True), notes


def absent_communes(codes: Iterable[str], atlas: Atlas, *, file: str) -> list[str]:
    """Name the communes of today that a national list lacks; nothing for a list of a few départements."""
    table = atlas.table
    present = set(codes)
    held = table["commune"].isin(present) | table["code"].isin(present)
    if held.mean() < 0.9 or held.all():
        return []
    lacking = table.loc[~held, "commune"].unique().tolist()
    return [
        f"{file} : {count(len(lacking), 'commune')} d’aujourd’hui n’y figurent pas ({listing(map(atlas.label, lacking), 6)})."
    ]
