"""Territories like one (EPCI, départements, régions), whose coverage is compared: « la région » is not the only yardstick."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.arrays import Floats, Rows
from geo.communes import Density
from geo.coverage import CoverageState, Scope
from geo.kept import kept_on_subject
from geo.layers import Crosswalk
from geo.shares import Share
from geo.similar.nearest import Likeness, nearest
from geo.similar.profile import SCALE, Members, profiles

# What a kind of territory is compared with, how many, and how several of them are called.
PEERS = {
    "epci": ("epci", 10, "EPCI"),
    "ept": ("epci", 10, "EPCI"),
    "departement": ("departement", 10, "départements"),
    "region": ("region", 5, "régions"),
}


@dataclass(frozen=True)
class Covered:
    """People covered by a CLSM in service out of all the people of a territory; `least` when more of them may be."""

    share: Share
    least: bool

    @property
    def text(self) -> str:
        """Write it with both sides: « au moins 12,3 % (25 sur 203) », « aucun connu, sur 203 »."""
        return self.share.known(least=self.least)


@dataclass(frozen=True)
class Peer:
    """A territory like another, with its people covered."""

    code: str
    name: str
    values: Floats
    covered: Covered
    likeness: Likeness


@dataclass(frozen=True)
class Peers:
    """The territories nearest to one (`mine`: its features), the coverage of it, and of all of them together."""

    name: str
    kind: str
    mine: Floats
    covered: Covered
    found: tuple[Peer, ...]
    together: Covered

    @property
    def sentence(self) -> str:
        """Say the coverage of the territory beside that of those like it, taken together, and how many of these have some."""
        full = sum(not p.covered.least and p.covered.share.part == p.covered.share.whole > 0 for p in self.found)
        some = sum(p.covered.share.part > 0 for p in self.found) - full
        rest = len(self.found) - full - some
        none = "sans CLSM connu" if any(p.covered.least for p in self.found) else "sans CLSM"
        counts = [f"{fr.number(n)} {word}" for n, word in ((full, "en entier"), (some, "en partie"), (rest, none)) if n]
        return fr.typeset(
            f"Habitants couverts, {self.name} : {self.covered.text}. Les {fr.number(len(self.found))} {self.kind} semblables ensemble : "
            f"{self.together.text} ; {fr.listing(counts)}."
        )


def similar_territories(scope: Scope, state: CoverageState) -> Peers | None:
    """Return the territories nearest to one, with their coverage; None for France, which has none, and for an empty territory."""
    if scope.kind not in PEERS or not len(scope.rows):
        return None
    column, most, kind = PEERS[scope.kind]
    codes, table = _table(state.crosswalk, state.density, column)
    mine = _mine(scope, state, codes, table)
    others = [i for i, code in enumerate(codes) if not (column == scope.kind and code == scope.code)]
    atlas = state.atlas
    names = {"epci": atlas.epci, "departement": atlas.departements, "region": atlas.regions}[column]["nom"]
    found, rows = [], []
    for one in nearest(mine, table[others], [codes[i] for i in others], most):
        code = codes[others[one.position]]
        rows.append(atlas.members(column, code))
        found.append(Peer(code, str(names[code]), table[others[one.position]], _covered(state, rows[-1]), one))
    together = _covered(state, np.concatenate(rows) if rows else np.empty(0, dtype=np.intp))
    return Peers(scope.name, kind, mine, _covered(state, scope.rows), tuple(found), together)


def nearest_bodies(
    crosswalk: Crosswalk, density: Density, rows: Rows, column: str = "epci", most: int = 10
) -> tuple[tuple[str, Likeness], ...]:
    """Return the territories of a kind (EPCI, départements, régions: a column of the communes) nearest to a set of communes, nearest
    first, with their codes; those that share a commune with it are left out."""
    codes, table = _table(crosswalk, density, column)
    atlas = crosswalk.atlas
    met = set(map(str, atlas.table[column].iloc[rows].dropna()))
    mine = _without_scale(profiles(crosswalk, density, Members.whole([rows], len(atlas.table))))[0]
    others = [i for i, code in enumerate(codes) if code not in met]
    found = nearest(mine, table[others], [codes[i] for i in others], most)
    return tuple((codes[others[one.position]], one) for one in found)


def _mine(scope: Scope, state: CoverageState, codes: tuple[str, ...], table: Floats) -> Floats:
    """Return the features of a territory: those of the table, unless it is compared with others of another kind."""
    if PEERS[scope.kind][0] == scope.kind and scope.code in codes:
        return table[codes.index(scope.code)]
    members = Members.whole([scope.rows], len(state.status))
    return _without_scale(profiles(state.crosswalk, state.density, members))[0]


@kept_on_subject
def _table(crosswalk: Crosswalk, density: Density, column: str) -> tuple[tuple[str, ...], Floats]:
    """Return the codes of every territory of a kind that has communes here, in order, and their features; kept with the data."""
    atlas = crosswalk.atlas
    codes = tuple(sorted(set(map(str, atlas.table[column].dropna()))))
    members = Members.whole((atlas.members(column, code) for code in codes), len(atlas.table))
    return codes, _without_scale(profiles(crosswalk, density, members))


def _without_scale(values: Floats) -> Floats:
    """Forget the scale: it is that of a CLSM, not of a territory."""
    values[:, SCALE] = np.nan
    return values


def _covered(state: CoverageState, rows: Rows) -> Covered:
    maybe = float(state.possible[rows].sum())
    return Covered(Share(state.people["couverts"], state.population, rows), maybe > 0)
