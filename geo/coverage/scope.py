"""Territories whose coverage is counted: France, a région, a département, an EPCI or an EPT."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.arrays import Rows
from geo.communes import Atlas
from geo.errors import GeoInputError

PREFIXES = {"region": "reg", "departement": "dep", "epci": "epci", "ept": "ept"}


@dataclass(frozen=True)
class Scope:
    """A territory to look at: France, a région, a département, an EPCI or an EPT (`kind` names it)."""

    kind: str
    code: str
    name: str

    @property
    def id(self) -> str:
        """Name of the scope in links and files: france, reg-32, dep-94, epci-200041317, ept-200058006."""
        return "france" if self.kind == "france" else f"{PREFIXES[self.kind]}-{self.code}"


def scopes(atlas: Atlas) -> dict[str, Scope]:
    """Return every scope by id: France, then the régions, then the départements, each by name or code."""
    found = [Scope("france", "", "France")]
    regions = atlas.regions[atlas.regions.index.isin(atlas.table["region"].unique())]
    found += [
        Scope("region", str(c), str(n)) for c, n in sorted(regions["nom"].items(), key=lambda item: fr.fold(item[1]))
    ]
    found += [Scope("departement", str(c), f"{n} ({c})") for c, n in atlas.departements["nom"].items()]
    return {scope.id: scope for scope in found}


def local_scopes(atlas: Atlas) -> dict[str, Scope]:
    """Return the EPCI and the EPT as scopes, by id, in the order of their names."""
    found = [
        Scope(kind, str(code), str(name))
        for kind, table in (("epci", atlas.epci), ("ept", atlas.ept))
        for code, name in table["nom"].items()
    ]
    return {scope.id: scope for scope in sorted(found, key=lambda s: (fr.fold(s.name), s.code))}


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
            return Scope(name, code, str(table.at[code, "nom"]))
    raise GeoInputError(
        f"{text} : territoire inconnu ; donnez « france », un département (94, 2A), une région (reg-32) "
        "ou le code SIREN d’un EPCI ou d’un EPT (epci-200041317)."
    )


def scope_above(scope: Scope, atlas: Atlas) -> Scope | None:
    """Return the territory to compare a scope with: that of most of its inhabitants, one level up; None above France.

    An EPCI or an EPT is compared with a département, a département with its région, a région with France.
    """
    if scope.kind == "france":
        return None
    if scope.kind == "region":
        return Scope("france", "", "France")
    column = "region" if scope.kind == "departement" else "departement"
    here = atlas.table.iloc[scope_rows(scope, atlas)]
    people = here.groupby(column)["population"].sum()
    return scopes(atlas)[f"{PREFIXES[column]}-{people.idxmax()}"]


def scope_rows(scope: Scope, atlas: Atlas) -> Rows:
    """Return the rows of the atoms of a scope."""
    if scope.kind == "france":
        return np.arange(len(atlas.table), dtype=np.intp)
    return atlas.members(scope.kind, scope.code)


def in_scope(code: str, scope: Scope, atlas: Atlas) -> bool:
    """Tell whether an atom of today lies in a scope."""
    if code not in atlas.row:
        return False
    return scope.kind == "france" or bool(atlas.table[scope.kind].iat[atlas.row[code]] == scope.code)
