"""IRIS: the second grain of the atlas. A commune is opened into its IRIS as Paris is into arrondissements.

The municipal population of a commune is shared out after the populations of its IRIS, to the inhabitant; whatever the commune
belongs to, its IRIS belong to. No figure of another territory moves, and the order in which cities are opened is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from geo.arrays import Rows
from geo.communes.atlas import ATTRIBUTES, Atlas
from geo.errors import GeoInputError
from geo.french import count

SHAPE_OF_IRIS = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{7}")
SHARED_OUT = "répartition d’après les IRIS"


@dataclass(frozen=True, eq=False)
class Iris:
    """The IRIS of the communes that have several.

    `table` is indexed by IRIS code in code order, with commune (code of an atom), nom, population (estimated by INSEE, NaN when
    unknown), area_m2, x, y, lon, lat. `pairs` (a, b) are neighbours: two IRIS, or an IRIS and an atom. `folder` holds their
    outlines, `vintage` is their year.
    """

    table: pd.DataFrame
    pairs: pd.DataFrame
    folder: Path
    vintage: str = ""

    @cached_property
    def of(self) -> Mapping[str, tuple[str, ...]]:
        """IRIS of each commune that has several, in code order."""
        return {str(commune): tuple(map(str, codes)) for commune, codes in self.table.groupby("commune").groups.items()}

    @cached_property
    def known(self) -> frozenset[str]:
        """The communes that can be opened: the people of every IRIS are known, and there are some."""
        people = self.table["population"]
        grouped = pd.DataFrame({"sum": people, "lacking": people.isna()}).groupby(self.table["commune"]).sum()
        return frozenset(map(str, grouped.index[(grouped["lacking"] == 0) & (grouped["sum"] > 0)]))

    def refusal(self, code: str, atlas: Atlas) -> str:
        """Say why a commune cannot be opened; "" when it can, or is opened already."""
        if code in atlas.opened:
            return ""
        if code not in atlas.row:
            return f"{code} : ce n’est pas une commune d’aujourd’hui."
        if code not in self.of:
            return f"{atlas.label(code)} : elle ne compte qu’un IRIS, ou aucun n’est connu ; elle reste entière."
        if code not in self.known:
            return f"{atlas.label(code)} : les habitants de ses IRIS ne sont pas connus ; elle ne peut être ouverte."
        return ""

    def shares(self, code: str) -> pd.Series:
        """Return the part of the people of a commune that each of its IRIS has; they sum to 1."""
        people = self.table.loc[list(self.of[code]), "population"]
        return people / people.sum()


def in_words(codes: Iterable[str], what: str = "") -> str:
    """Write how many communes these are, IRIS apart: « 3 communes », « 2 communes et 4 IRIS », « 4 IRIS ».

    `what` is said of them, in the feminine: « ajoutée » gives « 2 communes ajoutées », « 2 communes et 4 IRIS ajoutés ».
    """
    some = list(codes)
    fine = sum(map(bool, map(SHAPE_OF_IRIS.fullmatch, some)))
    plain = len(some) - fine
    if not fine:
        return count(plain, f"commune {what}".strip(), f"communes {what}s" if what else "communes")
    said = [count(plain, "commune")] if plain else []
    tail = f" {what.removesuffix('e')}{'s' if len(some) > 1 else ''}" if what else ""
    return " et ".join([*said, count(fine, "IRIS", "IRIS")]) + tail


@dataclass(frozen=True, eq=False)
class Opening:
    """An atlas with some communes opened: `origin` gives, for each of its rows, the row of before."""

    atlas: Atlas
    origin: Rows


def shared_out(people: int, weights: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Share inhabitants after weights, in whole numbers that sum exactly: the largest remainders get one more, the first when equal."""
    exact = people * weights / weights.sum()
    found = np.floor(exact).astype(np.int64)
    left = int(people - found.sum())
    if left:
        order = np.argsort(-(exact - found), kind="stable")
        found[order[:left]] += 1
    return found


def open_communes(atlas: Atlas, iris: Iris, codes: Iterable[str]) -> Opening:
    """Return the atlas where some atoms are replaced by their IRIS; a city opened already stays so.

    Raises
    ------
    GeoInputError
        With one sentence for each code that is no atom, or cannot be opened.
    """
    wanted = sorted({str(code) for code in codes} - set(atlas.opened))
    problems = [said for code in wanted if (said := iris.refusal(code, atlas))]
    if problems:
        raise GeoInputError(problems)
    if not wanted:
        return Opening(atlas, np.arange(len(atlas.table), dtype=np.intp))
    pieces = [_pieces(atlas, iris, code) for code in wanted]
    gone = atlas.rows(wanted)
    stays = np.setdiff1d(np.arange(len(atlas.table)), gone)
    kept = atlas.table.iloc[stays].assign(origin=stays)
    table = pd.concat([kept, *pieces], ignore_index=True).sort_values("code", ignore_index=True, kind="stable")
    origin = table.pop("origin").to_numpy(dtype=np.intp)
    opened = {**atlas.opened, **{code: iris.of[code] for code in wanted}}
    whole = atlas.table.iloc[gone].set_index("code")
    cities = pd.concat([atlas.villes, whole[[c for c in atlas.villes.columns if c in whole]]])
    cities.index.name = "code"
    made = replace(
        atlas,
        table=pd.DataFrame(
            {name: table[name] for name in atlas.table.columns}
        ),  # made anew, in whole blocks: rows are taken faster
        villes=cities,
        neighbours=_neighbours(atlas, iris, table, origin),
        manifest={**atlas.manifest, "iris": f"{SHARED_OUT} ({iris.vintage})" if iris.vintage else SHARED_OUT},
        opened=opened,
        pieces=iris.folder,
    )
    return Opening(made, origin)


def _pieces(atlas: Atlas, iris: Iris, code: str) -> pd.DataFrame:
    """Return the rows that take the place of a commune's."""
    row = atlas.row[code]
    commune = atlas.table.iloc[row]
    mine = iris.table.loc[list(iris.of[code])]
    rows = {name: [commune[name]] * len(mine) for name in ATTRIBUTES}
    frame = pd.DataFrame(rows).assign(
        code=list(mine.index),
        nom=[f"{commune['nom']} – {name}" for name in mine["nom"]],
        niveau="iris",
        population=shared_out(int(commune["population"]), mine["population"].to_numpy(dtype=float)),
        origin=row,
        **{name: mine[name].to_numpy() for name in ("area_m2", "x", "y", "lon", "lat")},
    )
    frame["area_m2"] *= float(commune["area_m2"]) / float(
        frame["area_m2"].sum()
    )  # the area of the commune stays what it was
    return frame


def _neighbours(atlas: Atlas, iris: Iris, table: pd.DataFrame, origin: Rows) -> csr_array:
    """Return the neighbours of the opened atlas: those of before that stay, and those of the IRIS with whoever is an atom now."""
    codes, size = table["code"].tolist(), len(table)
    row = dict(zip(codes, range(size), strict=True))
    stays = np.array([code in atlas.row for code in codes], dtype=bool)
    now = np.full(len(atlas.table), -1, dtype=np.intp)
    now[origin[stays]] = np.flatnonzero(stays)
    links = atlas.neighbours.tocoo()
    kept = (now[links.row] >= 0) & (now[links.col] >= 0)
    pairs = zip(iris.pairs["a"].tolist(), iris.pairs["b"].tolist(), strict=True)
    found = [(row[a], row[b]) for a, b in pairs if a in row and b in row]
    a, b = np.array(found, dtype=np.intp).reshape(-1, 2).T
    first, second = np.concatenate([now[links.row[kept]], a, b]), np.concatenate([now[links.col[kept]], b, a])
    made = csr_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(size, size))
    made.sum_duplicates()
    made.data[:] = 1
    return made
