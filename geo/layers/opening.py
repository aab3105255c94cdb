"""A layer on an atlas where cities were opened into IRIS: whole memberships go down to every piece, parts to the pieces they hold.

What a list knows at the grain of IRIS is kept beside its members (`Layer.fine`), whatever is opened. A part of a city of which
nothing finer is known is a part of unknown size of each of its pieces: never a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from geo.communes import Atlas, Iris, Opening, shared_out
from geo.layers.frames import MEMBER_COLUMNS, MEMBER_TYPES, estimated, members_frame
from geo.layers.layer import Layer, LayerId, Precision

WHOLE = 1 - 1e-9  # of an IRIS


def fine_frame(zone: Iterable[int], iris: Iterable[str], share: Iterable[float]) -> pd.DataFrame:
    """Build the frame of what is known of zones at the grain of IRIS: `zone` (its position), `iris` (code), `share` of the IRIS that
    is in the zone (1 when whole, NaN when a part of unknown size is)."""
    columns = {"zone": list(zone), "iris": list(iris), "share": list(share)}
    return pd.DataFrame(columns).astype({"zone": np.intp, "iris": str, "share": float})


def coarse_members(fine: pd.DataFrame, iris: Iris, people: dict[str, int], row: dict[str, int]) -> pd.DataFrame:
    """Return the members that a list of IRIS makes while its cities are not opened: a commune is whole when all its IRIS are, else it is
    a part whose people are those of its IRIS.

    Parameters
    ----------
    fine
        What `fine_frame` builds.
    people
        Inhabitants of each IRIS, as `piece_people` shares them out; a city that is absent has a part of unknown size.
    row
        Row of each atom.
    """
    table = fine.assign(commune=fine["iris"].map(iris.table["commune"]), people=fine["iris"].map(people).astype(float))
    table["inside"] = table["people"] * table["share"]
    grouped = table.groupby(["zone", "commune"], sort=False)
    found = grouped.agg(
        size=("iris", "size"), least=("share", lambda s: s.min(skipna=False)),
        inside=("inside", lambda s: s.sum(skipna=False)), lowest=("share", "min"),
    ).reset_index()  # fmt: skip
    full = found["commune"].map({code: len(pieces) for code, pieces in iris.of.items()})
    whole = (found["size"] == full) & (found["least"] >= WHOLE)
    cut = ~(found["least"] >= WHOLE)
    return members_frame(found["zone"], found["commune"].map(row), whole, found["inside"], cut)


def piece_people(iris: Iris, atlas: Atlas, communes: Iterable[str]) -> dict[str, int]:
    """Return the inhabitants of the IRIS of communes, as opening them would share them out; nothing for those that cannot be opened."""
    people: dict[str, int] = {}
    for code in sorted(set(communes) & iris.known & set(atlas.row)):
        weights = iris.table.loc[list(iris.of[code]), "population"].to_numpy(dtype=float)
        shares = shared_out(int(atlas.population[atlas.row[code]]), weights)
        people |= dict(zip(iris.of[code], map(int, shares), strict=True))
    return people


def settled_by_iris(layer: Layer, iris: Iris | None, atlas: Atlas) -> Layer:
    """Return a layer whose parts of communes known by IRIS have their people: a commune of which every IRIS is inside is whole.

    Without the IRIS, or where a code is not one of theirs, the part stays of unknown size.
    """
    if layer.fine is None or iris is None:
        return layer
    owner = layer.fine["iris"].map(iris.table["commune"])
    by_prefix = layer.fine["iris"].str.slice(0, 5).where(owner.isna(), owner)
    unknown = set(zip(layer.fine.loc[owner.isna(), "zone"], by_prefix[owner.isna()], strict=True))
    good = [pair not in unknown for pair in zip(layer.fine["zone"], by_prefix, strict=True)]
    fine = layer.fine[good]
    if fine.empty:
        return layer
    coarse = coarse_members(fine, iris, piece_people(iris, atlas, set(owner.dropna())), atlas.row).set_index(
        ["zone", "row"]
    )
    members = layer.members.assign(estimated=estimated(layer.members)).reset_index(drop=True)
    keys = list(zip(members["zone"], members["row"], strict=True))
    told = np.array([key in coarse.index for key in keys], dtype=bool) & ~members["whole"].to_numpy(dtype=bool)
    for name in ("whole", "inhabitants", "estimated"):
        values = members[name].to_numpy().copy()
        values[told] = coarse.loc[[k for k, yes in zip(keys, told, strict=True) if yes], name].to_numpy()
        members[name] = values
    return replace(layer, members=members[list(MEMBER_COLUMNS)].astype(MEMBER_TYPES))


def opened_layer(layer: Layer, opening: Opening, fine: pd.DataFrame | None = None) -> Layer:
    """Return a layer on the opened atlas.

    `fine` is what is known of its zones at the grain of IRIS, its own unless given. For quarters (QPV) its shares are those of the
    people that a quarter has in the commune; they are parts of each IRIS, whatever their size.
    """
    atlas, origin = opening.atlas, opening.origin
    known = layer.fine if fine is None else fine
    order = np.argsort(origin, kind="stable")
    counts = np.bincount(origin, minlength=int(origin.max()) + 1)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    row = layer.members["row"].to_numpy(dtype=np.intp)
    each = counts[row]
    which = np.repeat(np.arange(len(row)), each)
    within = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    members = (
        layer.members.assign(estimated=estimated(layer.members), was=layer.members["inhabitants"])
        .iloc[which]
        .reset_index(drop=True)
    )
    members["row"] = order[starts[row[which]] + within]
    split = each[which] > 1
    if not split.any():
        return replace(layer, members=members[list(MEMBER_COLUMNS)].astype(MEMBER_TYPES))
    people = atlas.population[members["row"].to_numpy(dtype=np.intp)].astype(float)
    whole = members["whole"].to_numpy(dtype=bool)
    members.loc[split & whole, "inhabitants"] = people[split & whole]
    members.loc[split & ~whole, ["inhabitants", "estimated"]] = (np.nan, False)
    settled = _settled(members, split & ~whole, known, layer, opening)
    zones = layer.zones if layer.id != LayerId.QPV else _somewhere(layer, members, split, known)
    return replace(layer, members=settled[list(MEMBER_COLUMNS)].astype(MEMBER_TYPES), zones=zones)


def _settled(
    members: pd.DataFrame, parts: np.ndarray, known: pd.DataFrame | None, layer: Layer, opening: Opening
) -> pd.DataFrame:
    """Settle the parts of opened cities by what is known at their grain: pieces in, pieces out, pieces cut."""
    if known is None or known.empty or not parts.any():
        return members
    atlas = opening.atlas
    share = dict(zip(zip(known["zone"], known["iris"], strict=True), known["share"], strict=True))
    city_of = {iris: city for city, pieces in atlas.opened.items() for iris in pieces}
    told = {(zone, city_of[iris]) for zone, iris in share if iris in city_of}
    told -= {
        (zone, iris[:5]) for zone, iris in share if iris not in city_of
    }  # a code that is nobody's: nothing is sure there
    keep = np.ones(len(members), dtype=bool)
    for at in np.flatnonzero(parts):
        zone, row = int(members["zone"].iat[at]), int(members["row"].iat[at])
        code = str(atlas.codes[row])
        if (zone, city_of[code]) not in told:
            continue
        part = share.get((zone, code), 0.0)
        if part == 0:
            keep[at] = False
            continue
        quarter = layer.id == LayerId.QPV
        members.at[at, "whole"] = bool(part >= WHOLE) and not quarter
        members.at[at, "inhabitants"] = (
            float(members["was"].iat[at]) * part if quarter else part * atlas.population[row]
        )
        members.at[at, "estimated"] = quarter or not part >= WHOLE
    return members[keep]


def _somewhere(layer: Layer, members: pd.DataFrame, split: np.ndarray, known: pd.DataFrame | None) -> pd.DataFrame:
    """Return the zones, those that lie in one opened city alone and of which nothing finer is known being somewhere in it."""
    told = set() if known is None else set(known["zone"])
    owners = layer.members.groupby("zone")["row"].size()
    met = set(members.loc[split, "zone"]) - told
    lost = [zone for zone in met if owners[zone] == 1]
    if not lost:
        return layer.zones
    zones = layer.zones.copy()
    zones.iloc[lost, zones.columns.get_loc("precision")] = Precision.VILLE
    return zones
