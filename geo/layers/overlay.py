"""An imported layer over the layer in place: what steps aside, what stays.

The person who imports a list says in which départements it is complete. There, and only there, it has the last word: the facts of
the layer in place are kept everywhere else, so that a list of one région never loses another région's territories.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

import numpy as np
import pandas as pd

from geo.communes import Atlas
from geo.layers.diff import same_territories
from geo.layers.frames import MEMBER_COLUMNS, MEMBER_TYPES, estimated
from geo.layers.layer import Layer, Precision


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


def merged(base: Layer, brought: Layer, mode: Mode, atlas: Atlas) -> Layer:
    """Return `brought` together with what stays of `base`.

    A zone of `base` that `brought` holds too steps aside. With REPLACE, the zones of `base` lose their communes in the
    départements of `brought.extent`; one without any commune left goes, one that keeps some is « connue en partie ».
    """
    stays = np.ones(len(base.zones), dtype=bool)
    stays[list(same_territories(base, brought, atlas))] = False
    members = base.members
    zones = base.zones
    if mode is Mode.REPLACE and brought.extent:
        departements = atlas.table["departement"].to_numpy(dtype=object)[members["row"].to_numpy(dtype=np.intp)]
        inside = np.isin(departements.astype(str), sorted(brought.extent))
        had = np.bincount(members["zone"].to_numpy(dtype=np.intp), minlength=len(zones)) > 0
        left = np.bincount(members["zone"].to_numpy(dtype=np.intp)[~inside], minlength=len(zones)) > 0
        cut = np.bincount(members["zone"].to_numpy(dtype=np.intp)[inside], minlength=len(zones)) > 0
        stays &= np.where(had, left, ~zones["departement"].isin(brought.extent).to_numpy())
        members = members[~inside]
        zones = _trimmed(zones, cut & left)
    kept = zones[stays]
    position = np.cumsum(stays) - 1
    members = members[stays[members["zone"].to_numpy(dtype=np.intp)]]
    old = members.assign(zone=position[members["zone"].to_numpy(dtype=np.intp)])
    new = brought.members.assign(zone=brought.members["zone"] + len(kept))
    return replace(
        brought,
        name=base.name,
        long_name=base.long_name,
        source=f"{brought.source} ; ailleurs : {base.source}" if len(kept) else brought.source,
        vintage=f"{brought.vintage} ; ailleurs : {base.vintage}" if len(kept) else brought.vintage,
        remark=" ".join(filter(None, (brought.remark, base.remark if len(kept) else ""))),
        extent=base.extent | brought.extent,
        zones=_joined(kept, brought.zones),
        members=_stacked(old, new),
    )


def _trimmed(zones: pd.DataFrame, cut: np.ndarray) -> pd.DataFrame:
    if not cut.any():
        return zones
    zones = zones.copy()
    zones["precision"] = [Precision.PARTIELLE if c else p for p, c in zip(zones["precision"], cut, strict=True)]
    return zones


def _joined(kept: pd.DataFrame, brought: pd.DataFrame) -> pd.DataFrame:
    """Stack the zones, an id of `kept` that `brought` has taken for another territory being changed."""
    if kept.empty:
        return brought
    taken = set(brought.index)
    kept = kept.rename(index={zone: f"{zone}-en-place" for zone in kept.index if zone in taken})
    if brought.empty:
        return kept
    joined = pd.concat([kept, brought.reindex(columns=kept.columns)])
    joined.index.name = kept.index.name
    texts = [c for c in joined.columns if c not in ("etat", "precision", "population")]
    joined[texts] = joined[texts].fillna("").astype(str)
    return joined


def _stacked(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    parts = [frame.assign(estimated=estimated(frame))[list(MEMBER_COLUMNS)] for frame in (old, new)]
    return pd.concat(parts, ignore_index=True).astype(MEMBER_TYPES)
