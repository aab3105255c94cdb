"""The territories that an order compares, and the criteria that are closed to it because nothing complete is known of them.

The Métropole du Grand Paris gives way to its EPT among the EPCI, so that nobody is counted twice and one body does not stand for
5 million people; Paris, which is in no EPT, stands for itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo import french as fr
from geo.coverage.gaps import gap_table
from geo.coverage.scope import Scope
from geo.coverage.state import CoverageState, incidence
from geo.layers import Etat, LayerId

GRAND_PARIS = "200054781"
PARIS = "75"
SPLIT = "La Métropole du Grand Paris laisse la place à ses EPT et à Paris : personne n’y compte deux fois."


@dataclass(frozen=True, eq=False)
class Compared:
    """What an order compares: a gap table, the terms closed to it (why, by id), and what to know of the list (may be empty)."""

    table: pd.DataFrame
    closed: dict[str, str]
    remark: str = ""


def compared(level: str, scope: Scope, state: CoverageState) -> Compared:
    """Return the territories of a level to put in order in a scope, with the terms that cannot be used there."""
    table, remark = gap_table(level, scope, state), ""
    if level == "epci" and GRAND_PARIS in table.index:
        parts = [table.drop(GRAND_PARIS), gap_table("ept", scope, state)]
        parts += [paris] if len(paris := _paris(scope, state)) else []
        table, remark = pd.concat([part for part in parts if len(part)]), SPLIT
    return Compared(table, closed_terms(table, scope, state), remark)


def _paris(scope: Scope, state: CoverageState) -> pd.DataFrame:
    """Return the gaps of Paris as one territory, in the scope; empty when the scope does not meet it."""
    if PARIS not in scope.departements:
        return pd.DataFrame()
    table = gap_table("departements", scope, state)
    return table.loc[[PARIS]]


def closed_terms(table: pd.DataFrame, scope: Scope, state: CoverageState) -> dict[str, str]:
    """Return the terms to leave out everywhere, with the reason: their list is complete in no département of the scope.

    A term that is known of every territory is never closed, and neither is one of which some département is known whole; QPV
    need one that has some, since « no QPV » alone ranks nothing.
    """
    closed = {}
    if not table["cls_connu"].all() and not _whole(LayerId.CLS, scope, state):
        closed["cls"] = (
            f"CLS en place : la liste des CLS n’est complète dans aucun département d’ici ({_known_cls(scope, state)})."
        )
    if not table["qpv_connu"].all() and not _whole(LayerId.QPV, scope, state):
        closed["qpv"] = (
            f"QPV : leurs habitants ne sont connus en entier dans aucun département d’ici qui en a ({_known_qpv(scope, state)})."
        )
    return {name: fr.typeset(text) for name, text in closed.items()}


def _whole(layer_id: LayerId, scope: Scope, state: CoverageState) -> bool:
    """Whether the part of some département inside the scope is known whole; for QPV, and has some."""
    rows = scope.rows
    codes = state.departement_codes[rows]
    for code in np.unique(codes):
        inside = rows[codes == code]
        if not state.known_here(layer_id, inside):
            continue
        if layer_id != LayerId.QPV or (not state.qpv_unknown[inside].any() and state.qpv[inside].any()):
            return True
    return False


def _known_cls(scope: Scope, state: CoverageState) -> str:
    layer = state.crosswalk.layers[LayerId.CLS]
    met = (incidence(layer, len(state.status)) @ scope.mask.astype(float)) > 0
    return fr.count(int((met & (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()).sum()), "connu", "connus")


def _known_qpv(scope: Scope, state: CoverageState) -> str:
    layer = state.crosswalk.layers[LayerId.QPV]
    members = layer.members[scope.mask[layer.members["row"].to_numpy()]]
    met, lost = members["zone"].nunique(), members.loc[members["inhabitants"].isna(), "zone"].nunique()
    return f"population connue pour {fr.number(met - lost)} sur {fr.count(met, 'QPV', 'QPV')} connus"
