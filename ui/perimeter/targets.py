"""What can be searched and moved in or out of a perimeter in one move: a commune, or a whole territory or dispositif.

A target is a text: the code of a commune, or « layer/zone ». Its communes are those wholly inside, or for a QPV those it
touches; what is only partly inside is named and left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from geo import french as fr
from geo.communes import search
from geo.coverage import Scope
from geo.layers import Precision, find_zones, zone_members
from ui import loaders
from ui.cache import keyed_on_data
from ui.choices import distinct

LAYERS = ("epci", "ept", "secteurs-adultes", "secteurs-enfants", "clsm", "cls", "cpts", "qpv")
SHORT = {
    "epci": "EPCI", "ept": "EPT", "secteurs-adultes": "Secteur adulte", "secteurs-enfants": "Secteur enfants",
    "clsm": "CLSM", "cls": "CLS", "cpts": "CPTS", "qpv": "QPV",
}  # fmt: skip
MOST_FOUND = 12


@dataclass(frozen=True)
class Target:
    """One thing to add or take out: how it is called, its communes, those only partly inside (left out)."""

    id: str
    label: str
    codes: frozenset[str]
    partly: tuple[str, ...] = ()

    @property
    def zone(self) -> bool:
        """Whether it is a territory and not one commune."""
        return "/" in self.id


def resolve(target_id: str) -> Target | None:
    """Return a target from its id, or None when nothing of today goes by it."""
    atlas, layers = loaders.atlas(), loaders.crosswalk().layers
    if target_id in atlas.row:
        return Target(target_id, atlas.label(target_id), frozenset([target_id]))
    layer_id, _, zone = target_id.partition("/")
    if layer_id not in LAYERS or zone not in layers[layer_id].zones.index:
        return None
    if layers[layer_id].zones.at[zone, "precision"] == Precision.VILLE:
        return None  # a quarter whose arrondissement is not known: nothing to add or take out
    whole, partial = zone_members(layers[layer_id], zone)
    taken = {*whole, *partial} if layer_id == "qpv" else set(whole)
    codes = frozenset(str(atlas.codes[r]) for r in taken)
    partly = () if layer_id == "qpv" else tuple(str(atlas.names[r]) for r in partial)
    return Target(target_id, label(target_id), codes, partly)


def label(target_id: str) -> str:
    """Return how a target is listed."""
    layer_id, sign, zone = target_id.partition("/")
    if not sign:
        return loaders.atlas().label(target_id)
    return f"{SHORT[layer_id]} · {loaders.crosswalk().layers[layer_id].zones.at[zone, 'nom']}"


@keyed_on_data(max_entries=32)
def offered(scope: Scope) -> dict[str, str]:
    """Return every target of a scope, communes first: id to label."""
    crosswalk = loaders.crosswalk()
    atlas = crosswalk.atlas
    rows = scope.rows
    found = {str(atlas.codes[r]): atlas.label(str(atlas.codes[r])) for r in rows}
    met = crosswalk.product(rows)
    for layer_id in LAYERS:
        columns = crosswalk.columns[layer_id]
        inside = met[1][columns] > 0 if layer_id != "qpv" else (met[1] + met[2])[columns] > 0
        inside &= ~crosswalk.layers[layer_id].candidates
        names = crosswalk.layers[layer_id].zones["nom"][inside].sort_values()
        found.update({f"{layer_id}/{zone}": f"{SHORT[layer_id]} · {name}" for zone, name in names.items()})
    return distinct(found)


def searched(query: str) -> dict[str, str]:
    """Return the targets of the whole of France that a text names: communes and zones, the nearest first."""
    atlas = loaders.atlas()
    found = {c: atlas.label(c) for c in search(query, atlas, limit=MOST_FOUND) if c in atlas.row}
    for zone in _zones_named(query):
        found[zone] = label(zone)
        if len(found) >= 2 * MOST_FOUND:
            break
    return distinct(found)


def _zones_named(query: str) -> Iterator[str]:
    key, layers = fr.fold(query), loaders.crosswalk().layers
    if len(key) < 3:
        return
    for layer_id in LAYERS:
        layer = layers[layer_id]
        exact = {zone for _, zone in find_zones([layer], query)}
        named = layer.zones["nom"][~layer.candidates]
        near = (str(z) for z, name in named.items() if z in exact or key in fr.fold(str(name)))
        for rank, zone in enumerate(near):
            if rank < 3:
                yield f"{layer_id}/{zone}"
