"""Concentration in one town: its share of QPV inhabitants and of mental health places, only where their lists are complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.arrays import Rows
from geo.layers import LayerId
from geo.perimeters import PerimeterFacts


@dataclass(frozen=True)
class Concentration:
    """So much of a whole lies in the town; `key` names it among figures, `estimated` marks QPV shared by area."""

    what: str
    key: str
    part: int
    whole: int
    estimated: bool = False


def concentrations(facts: PerimeterFacts, rows: Rows, town: str) -> tuple[Concentration, ...]:
    """Return what lies in a town among some atoms: QPV inhabitants and places, each only where its list is complete and there
    is something to share out."""
    table = facts.atlas.table.iloc[rows]
    departements = set(table["departement"])
    mine = rows[(table["commune"] == town).to_numpy()]
    found = []
    layer = facts.crosswalk.layers[LayerId.QPV]
    if departements <= layer.extent:
        members = layer.members
        near = members[np.isin(members["row"].to_numpy(), rows)]
        if len(near) and not near["inhabitants"].isna().any():
            inside = near[np.isin(near["row"].to_numpy(), mine)]
            astride = members.loc[members["zone"].isin(near["zone"]), "zone"].duplicated().any()
            pair = (round(inside["inhabitants"].sum()), round(near["inhabitants"].sum()))
            found.append(Concentration("habitants des QPV", "qpv", *pair, estimated=bool(astride)))
    places = facts.resources
    if places is not None and departements <= places.extent:
        whole = len(places.inside(rows))
        if whole:
            found.append(Concentration("lieux de santé mentale", "lieux", len(places.inside(mine)), whole))
    return tuple(c for c in found if c.whole)


def concentration_text(found: Sequence[Concentration]) -> str:
    """Write what lies in the town, to follow its share of inhabitants in a sentence; empty when nothing is known."""
    parts = (f"{fr.ratio(c.part, c.whole)}{' (estimation)' if c.estimated else ''} des {c.what}" for c in found)
    text = fr.listing(parts)
    return f", {text}" if text else ""


def concentration_figures(found: Sequence[Concentration]) -> dict[str, object]:
    """Return what lies in the town and in all, under the key of each."""
    return {c.key: {"dans_la_ville": c.part, "total": c.whole} for c in found}
