"""Territories whose coverage is counted: France, a région, a département, an EPCI or an EPT."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import InitVar, dataclass, field

import numpy as np

from geo import french as fr
from geo.arrays import Bools, Rows
from geo.communes import Atlas
from geo.coverage.manner import NOTHING_ASIDE, Aside
from geo.errors import GeoInputError
from geo.kept import kept_on_subject

PREFIXES = {"region": "reg", "departement": "dep", "epci": "epci", "ept": "ept"}


@dataclass(frozen=True)
class Scope:
    """A territory to look at: France, a région, a département, an EPCI or an EPT (`kind` names it).

    Two scopes of one kind and code are the same. A scope holds no communes: `communes` returns them, and is asked each time,
    so that a scope kept for long neither holds a former dataset nor answers from it.
    """

    kind: str
    code: str
    name: str = field(compare=False)
    communes: InitVar[Callable[[], Atlas]]

    def __post_init__(self, communes: Callable[[], Atlas]) -> None:
        """Keep where the communes come from out of the fields: what is hashed, compared and printed is the territory."""
        vars(self)["_communes"] = communes

    @property
    def id(self) -> str:
        """Name of the scope in links and files: france, reg-32, dep-94, epci-200041317, ept-200058006."""
        return "france" if self.kind == "france" else f"{PREFIXES[self.kind]}-{self.code}"

    @property
    def atlas(self) -> Atlas:
        """The communes that the scope is a part of."""
        found: Atlas = vars(self)["_communes"]()
        return found

    @property
    def rows(self) -> Rows:
        """Rows of the atoms of the scope, in order; read only."""
        if self.kind == "france":
            return np.arange(len(self.atlas.table), dtype=np.intp)
        return self.atlas.members(self.kind, self.code)

    @property
    def mask(self) -> Bools:
        """Whether each atom of the country is in the scope."""
        inside = np.zeros(len(self.atlas.table), dtype=bool)
        inside[self.rows] = True
        return inside

    @property
    def departements(self) -> tuple[str, ...]:
        """Codes of the départements that the scope meets, in order."""
        return _departements_met(self.atlas, self.kind, self.code)

    @property
    def above(self) -> Scope | None:
        """The territory to compare with: that of most of its inhabitants, one level up; None above France.

        An EPCI or an EPT is compared with a département, a département with its région, a région with France.
        """
        if self.kind == "france":
            return None
        return Scope(*_above(self.atlas, self.kind, self.code), vars(self)["_communes"])

    def holds(self, code: str) -> bool:
        """Whether an atom of today lies in the scope."""
        atlas = self.atlas
        if code not in atlas.row:
            return False
        return self.kind == "france" or bool(atlas.table[self.kind].iat[atlas.row[code]] == self.code)

    def outside(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Return those of some atoms of today that do not lie in the scope, in code order."""
        if self.kind == "france":
            return ()
        rows = self.atlas.rows(codes)
        out = rows[(self.atlas.table[self.kind].iloc[rows] != self.code).to_numpy()]
        return tuple(str(code) for code in self.atlas.codes[out])

    def on(self, atlas: Atlas) -> Scope:
        """Return the same territory on these communes, which it then holds: for one computation on one dataset."""
        return Scope(self.kind, self.code, self.name, lambda: atlas)


@dataclass(frozen=True)
class CoverageView:
    """What a reading of coverage is about: a territory, and where the user states that the list of CLSM is complete.

    `complete` holds codes of départements, in order; `aside` says which facts the user sets aside.
    """

    scope: Scope
    complete: tuple[str, ...] = ()
    aside: Aside = NOTHING_ASIDE


def scopes(atlas: Atlas, *, follow: Callable[[], Atlas] | None = None) -> dict[str, Scope]:
    """Return every scope by id: France, then the régions, then the départements, each by name or code.

    They are scopes of `atlas`, unless `follow` returns the communes to answer from at any time, as a screen does whose data
    may change.
    """
    communes = follow or (lambda: atlas)
    found = (Scope(kind, code, name, communes) for kind, code, name in _territories(atlas))
    return {scope.id: scope for scope in found}


def local_scopes(atlas: Atlas, *, follow: Callable[[], Atlas] | None = None) -> dict[str, Scope]:
    """Return the EPCI and the EPT as scopes, by id, in the order of their names; `follow` as in `scopes`."""
    communes = follow or (lambda: atlas)
    found = (Scope(kind, code, name, communes) for kind, code, name in _local_territories(atlas))
    return {scope.id: scope for scope in found}


# --- what is asked at each run of a page: computed once for some communes; kind, code and name of each ----------------
@kept_on_subject
def _territories(atlas: Atlas) -> tuple[tuple[str, str, str], ...]:
    regions = atlas.regions[atlas.regions.index.isin(atlas.table["region"].unique())]
    ordered = sorted(regions["nom"].items(), key=lambda item: fr.order(item[1]))
    return (
        ("france", "", "France"),
        *(("region", str(c), str(n)) for c, n in ordered),
        *(("departement", str(c), f"{n} ({c})") for c, n in atlas.departements["nom"].items()),
    )


@kept_on_subject
def _local_territories(atlas: Atlas) -> tuple[tuple[str, str, str], ...]:
    found = [
        (kind, str(code), str(name))
        for kind, table in (("epci", atlas.epci), ("ept", atlas.ept))
        for code, name in table["nom"].items()
    ]
    return tuple(sorted(found, key=lambda one: (fr.order(one[2]), one[1])))


@kept_on_subject
def _above(atlas: Atlas, kind: str, code: str) -> tuple[str, str, str]:
    column, above = "france", ""
    if kind != "region":
        column = "region" if kind == "departement" else "departement"
        rows = atlas.members(kind, code)
        above = str(atlas.table.iloc[rows].groupby(column)["population"].sum().idxmax())
    return next(one for one in _territories(atlas) if one[:2] == (column, above))


@kept_on_subject
def _departements_met(atlas: Atlas, kind: str, code: str) -> tuple[str, ...]:
    met = atlas.table["departement"]
    return tuple(sorted(set(met if kind == "france" else met.iloc[atlas.members(kind, code)])))


def read_scope(text: str, atlas: Atlas) -> Scope:
    """Find a scope by id, or by a bare code of département, EPCI or EPT, or « france ».

    Raises
    ------
    GeoInputError
        When nothing matches.
    """
    every, key = scopes(atlas), text.strip()
    kind, _, code = key.rpartition("-")
    for candidate in (key.lower(), f"{kind.lower()}-{code.upper()}", f"dep-{key.upper()}", f"dep-{key.zfill(2)}"):
        if candidate in every:
            return every[candidate]
    for name, table in (("epci", atlas.epci), ("ept", atlas.ept)):
        if kind.lower() in ("", name) and code in table.index:
            return Scope(name, code, str(table.at[code, "nom"]), lambda: atlas)
    raise GeoInputError(
        f"{text} : territoire inconnu ; donnez « france », un département (94, 2A), une région (reg-32) "
        "ou le code SIREN d’un EPCI ou d’un EPT (epci-200041317)."
    )
