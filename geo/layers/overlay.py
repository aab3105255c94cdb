"""An imported layer laid over the layer in place: what is superseded, what stays.

The person who imports a list says in which départements it is complete. There, and only there, it has the last word: the facts of
the layer in place are kept everywhere else, so that a list of one région never loses another région's territories.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

import numpy as np
import pandas as pd

from geo.communes import Atlas
from geo.french import fold
from geo.layers.diff import same_territories
from geo.layers.frames import MEMBER_COLUMNS, MEMBER_TYPES, estimated
from geo.layers.layer import Declared, Layer, Precision, departement_of_place


class Mode(StrEnum):
    """How an imported layer meets the one in place."""

    REPLACE = "remplace"
    ADD = "complète"


MODE_MEANINGS = {
    Mode.REPLACE: "Dans les départements où vous la dites complète, votre liste remplace tout ; ailleurs, elle s’ajoute.",
    Mode.ADD: "Votre liste s’ajoute partout à celle en place, sans rien en retirer, sauf les territoires qu’elle redit.",
}


class Over(StrEnum):
    """What an imported layer is laid over."""

    IN_USE = "la couche en service"
    ORIGIN = "la couche d’origine"


OVER_MEANINGS = {
    Over.IN_USE: "Ce que d’autres ont déjà importé reste, là où votre liste ne dit rien.",
    Over.ORIGIN: "Les imports précédents ne comptent plus ; ils restent dans les versions gardées.",
}


def merged(base: Layer, imported: Layer, mode: Mode, atlas: Atlas) -> Layer:
    """Return `imported` together with what stays of `base`.

    A zone of `base` that `imported` has too is superseded. With REPLACE, the zones of `base` lose their communes in the
    départements where `imported` was stated to be complete; one without any commune left goes, one that keeps some is « connue
    en partie ». There, what was stated or left unsettled before is forgotten; a list brought again (by its key) takes the place
    of what it left unsettled, anywhere. What `imported` says to be dissolved goes, whatever the mode.
    """
    stated = imported.extent.union(*(one.departements for one in imported.declared))
    stays = np.ones(len(base.zones), dtype=bool)
    stays[list(same_territories(base, imported, atlas))] = False
    stays &= ~_ended(base, imported)
    members = base.members
    zones = base.zones
    if mode is Mode.REPLACE and stated:
        departements = atlas.table["departement"].to_numpy(dtype=object)[members["row"].to_numpy(dtype=np.intp)]
        inside = np.isin(departements.astype(str), sorted(stated))
        had = np.bincount(members["zone"].to_numpy(dtype=np.intp), minlength=len(zones)) > 0
        left = np.bincount(members["zone"].to_numpy(dtype=np.intp)[~inside], minlength=len(zones)) > 0
        cut = np.bincount(members["zone"].to_numpy(dtype=np.intp)[inside], minlength=len(zones)) > 0
        stays &= np.where(had, left, ~zones["departement"].isin(stated).to_numpy())
        members = members[~inside]
        zones = _trimmed(zones, cut & left)
    kept = zones[stays]
    position = np.cumsum(stays) - 1
    members = members[stays[members["zone"].to_numpy(dtype=np.intp)]]
    old = members.assign(zone=position[members["zone"].to_numpy(dtype=np.intp)])
    new = imported.members.assign(zone=imported.members["zone"] + len(kept))
    unsettled = _unsettled(base, imported, stated)
    return replace(
        imported,
        name=base.name,
        long_name=base.long_name,
        source=f"{imported.source} ; ailleurs : {base.source}" if len(kept) else imported.source,
        vintage=f"{imported.vintage} ; ailleurs : {base.vintage}" if len(kept) else imported.vintage,
        remark=" ".join(filter(None, (imported.remark, base.remark if len(kept) else ""))),
        extent=(base.extent - stated) | imported.extent,
        former=base.former,
        declared=(*_declared(base, stated), *imported.declared),
        unsettled=unsettled,
        ended=frozenset(),
        zones=_joined(kept, imported.zones),
        members=_stacked(old, new),
        fine=_fine(base, imported, stays, stated if mode is Mode.REPLACE else frozenset()),
    ).held_back()


def _fine(base: Layer, imported: Layer, stays: np.ndarray, stated: frozenset[str]) -> pd.DataFrame | None:
    """Stack what is known of both inside communes, as their members are."""
    parts = []
    if base.fine is not None:
        inside = base.fine["iris"].map(lambda code: departement_of_place(code[:5]) in stated).to_numpy(dtype=bool)
        old = base.fine[stays[base.fine["zone"].to_numpy(dtype=np.intp)] & ~inside]
        parts.append(old.assign(zone=(np.cumsum(stays) - 1)[old["zone"].to_numpy(dtype=np.intp)]))
    if imported.fine is not None:
        parts.append(imported.fine.assign(zone=imported.fine["zone"] + int(stays.sum())))
    return pd.concat(parts, ignore_index=True) if parts else None


def _ended(base: Layer, imported: Layer) -> np.ndarray:
    """Return the zones of `base` that `imported` names as dissolved; of several of one name, those of its own départements."""
    if not imported.ended:
        return np.zeros(len(base.zones), dtype=bool)
    names = base.zones["nom"].map(lambda name: fold(str(name)))
    alone = ~names.duplicated(keep=False)
    here = base.zones["departement"].isin(set(imported.zones["departement"]) - {""})
    return (names.isin(imported.ended) & (alone | here)).to_numpy(dtype=bool)


def _declared(base: Layer, stated: frozenset[str]) -> Iterator[Declared]:
    """Yield the statements of before, where nobody has stated anything since."""
    for one in base.declared:
        if left := one.departements - stated:
            yield replace(one, departements=left)


def _unsettled(base: Layer, imported: Layer, stated: frozenset[str]) -> dict[str, frozenset[str]]:
    """Return what is still to be settled, list by list, once `imported` is in."""
    before = {
        key: frozenset(place for place in places if departement_of_place(place) not in stated)
        for key, places in base.unsettled.items()
    }
    found = {**before, **imported.unsettled}
    return {key: places for key, places in found.items() if places}


def _trimmed(zones: pd.DataFrame, cut: np.ndarray) -> pd.DataFrame:
    if not cut.any():
        return zones
    zones = zones.copy()
    zones["precision"] = [Precision.PARTIELLE if c else p for p, c in zip(zones["precision"], cut, strict=True)]
    return zones


def _joined(kept: pd.DataFrame, imported: pd.DataFrame) -> pd.DataFrame:
    """Stack the zones, an id of `kept` that `imported` has taken for another territory being changed."""
    if kept.empty:
        return imported
    taken = set(imported.index)
    kept = kept.rename(index={zone: f"{zone}-en-place" for zone in kept.index if zone in taken})
    if imported.empty:
        return kept
    joined = pd.concat([kept, imported.reindex(columns=kept.columns)])
    joined.index.name = kept.index.name
    texts = [c for c in joined.columns if c not in ("etat", "precision", "population")]
    joined[texts] = joined[texts].fillna("").astype(str)
    return joined


def _stacked(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    parts = [frame.assign(estimated=estimated(frame))[list(MEMBER_COLUMNS)] for frame in (old, new)]
    return pd.concat(parts, ignore_index=True).astype(MEMBER_TYPES)
