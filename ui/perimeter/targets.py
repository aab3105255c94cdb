"""Targets, searched and moved in or out of a perimeter in one move: a commune, or a whole territory or dispositif.

A target is a text: the code of a commune or of a whole city, or « layer/zone ». Its communes are those wholly inside, or for a QPV those it
touches; what is only partly inside is named and left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from geo.layers import Precision, zone_members
from ui import loaders

LAYERS = ("epci", "ept", "secteurs-adultes", "secteurs-enfants", "clsm", "cls", "cpts", "dac", "qpv")
SHORT = {
    "epci": "EPCI", "ept": "EPT", "secteurs-adultes": "Secteur adulte", "secteurs-enfants": "Secteur enfants",
    "clsm": "CLSM", "cls": "CLS", "cpts": "CPTS", "dac": "DAC", "qpv": "QPV",
}  # fmt: skip


@dataclass(frozen=True)
class Target:
    """One thing to add or take out: how it is called, its communes, those only partly inside (left out)."""

    id: str
    label: str
    codes: frozenset[str]
    partly: tuple[str, ...] = ()

    @property
    def zone(self) -> bool:
        """Whether it is a territory or a whole city, and not one commune."""
        return "/" in self.id or len(self.codes) > 1


def resolve(target_id: str) -> Target | None:
    """Return a target from its id, or None when nothing of today goes by it."""
    atlas, layers = loaders.atlas(), loaders.crosswalk().layers
    if target_id in atlas.row:
        return Target(target_id, atlas.label(target_id), frozenset([target_id]))
    if target_id in atlas.parts:
        return Target(target_id, label(target_id), frozenset(atlas.parts[target_id]))
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
        whole = ", ville entière" if target_id in loaders.atlas().parts else ""
        return f"{loaders.atlas().label(target_id)}{whole}"
    return f"{SHORT[layer_id]} · {loaders.crosswalk().layers[layer_id].zones.at[zone, 'nom']}"
