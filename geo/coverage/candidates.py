"""Possible CLSM among which the next ones are chosen: zones of a layer, communes, or perimeters given as codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from geo.communes import atoms_from_codes
from geo.coverage.gaps import GAP_LEVELS
from geo.coverage.scope import Scope
from geo.coverage.state import CoverageState, incidence
from geo.errors import GeoInputError
from geo.layers import Etat

CANDIDATE_KINDS: Mapping[str, str] = {**GAP_LEVELS, "libre": "Périmètres donnés"}


@dataclass(frozen=True)
class SitingCandidate:
    """A possible CLSM: whole atoms (rows, in order), and their inhabitants.

    `partial` counts the atoms that its zone holds only in part: they are left out, and said to be.
    """

    code: str
    name: str
    rows: tuple[int, ...]
    population: float
    partial: int = 0


def siting_candidates(kind: str, scope: Scope, state: CoverageState) -> tuple[SitingCandidate, ...]:
    """Return the zones of a layer that the scope meets, as possible CLSM: their whole communes, inside the scope or not.

    Zones in service only, for CLS. Communes partly in a zone are left out. The kind « commune » gives the communes of the
    scope, each arrondissement by itself.
    """
    if kind == "commune":
        atlas = state.atlas
        return tuple(
            SitingCandidate(str(atlas.codes[r]), str(atlas.names[r]), (r,), float(state.population[r]))
            for r in scope.rows.tolist()
        )
    layer = state.crosswalk.layers[kind]
    whole = incidence(layer, len(state.status), parts=False)
    inside = scope.mask.astype(np.float64)
    running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()
    met = np.flatnonzero(((whole @ inside) > 0) & running)
    people = whole @ state.population
    cut = np.bincount(layer.members["zone"][~layer.members["whole"]].to_numpy(), minlength=len(layer.zones))
    whole.sort_indices()
    names, codes = layer.zones["nom"].to_numpy(), layer.zones.index.to_numpy()
    return tuple(
        SitingCandidate(
            str(codes[z]), str(names[z]),
            tuple(whole.indices[whole.indptr[z] : whole.indptr[z + 1]].tolist()), float(people[z]), int(cut[z]),
        )
        for z in met
    )  # fmt: skip


def own_candidates(sets: Mapping[str, Iterable[str]], state: CoverageState) -> tuple[SitingCandidate, ...]:
    """Return perimeters given as codes, by name, as possible CLSM.

    Raises
    ------
    GeoInputError
        One line for each code that is not understood, or each empty perimeter.
    """
    found, problems = [], []
    for name, codes in sets.items():
        try:
            rows = state.atlas.rows(atoms_from_codes(codes, state.atlas))
        except GeoInputError as error:
            problems += [f"{name} : {problem}" for problem in error.problems]
            continue
        if not len(rows):
            problems.append(f"{name} : aucune commune ; retirez ce périmètre ou donnez ses codes.")
            continue
        found.append(SitingCandidate(name, name, tuple(rows.tolist()), float(state.population[rows].sum())))
    if problems:
        raise GeoInputError(problems)
    return tuple(found)
