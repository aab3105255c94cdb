"""Intercommunal bodies, sectors and CLS: how many of them CLSM cover in whole, in part, not at all, and how many people that makes.

A body of which one commune is covered is « en partie », never « couvert »: what matters is the people.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from geo.arrays import Bools, Floats
from geo.coverage.figures.figure import Figure
from geo.coverage.figures.ground import REMEDY_CLSM, Ground, inside, sentence
from geo.coverage.figures.parts import MOST_NAMED, Parts
from geo.coverage.state import CoverageState, incidence, weighted_incidence
from geo.coverage.status import Status
from geo.layers import Etat, Layer
from geo.shares import Share, shares_of

# Layer, its label, the noun of what is counted, whether a scope without any leaves the figure out.
BODIES = (
    ("epci", "EPCI couverts par un CLSM en service", "EPCI", False),
    ("ept", "EPT du Grand Paris couverts par un CLSM en service", "EPT", True),
    ("secteurs-adultes", "Secteurs adultes couverts par un CLSM en service", "secteurs adultes", False),
    ("secteurs-enfants", "Secteurs infanto-juvéniles couverts par un CLSM en service", "secteurs infanto-juvéniles", False),
    ("cls", "CLS couverts par un CLSM en service", "CLS", False),
)  # fmt: skip
ONE = {"secteurs adultes": "secteur adulte", "secteurs infanto-juvéniles": "secteur infanto-juvénile"}


def body_figures(ground: Ground) -> list[Figure]:
    """Return the figure of each kind of body, those that the scope cannot have left out."""
    return [figure for each in BODIES if (figure := _bodies(ground, *each)) is not None]


def _bodies(ground: Ground, layer_id: str, label: str, unit: str, silent: bool) -> Figure | None:
    layer = ground.state.crosswalk.layers.get(layer_id)
    if layer is None:
        return None
    met, touched = zones_with_clsm(layer, ground.state, ground.inside)
    if silent and not met.any():
        return None
    complete = ground.listed(layer_id)
    withheld = not complete and not met.any()
    parts, most = (None, 0) if withheld else _parts(layer, ground, met, touched)
    open_ended = ground.floor and parts is not None and parts.whole < parts.total
    reasons = [] if complete else [f"la liste des {long_name(layer)} n’est pas complète ici"]
    if ground.why and not withheld:  # where it is withheld, whatever is known of the CLSM changes nothing
        reasons.append(inside(ground.why))
    remedies = [] if complete else [f"Importez votre liste de {unit} (page Données)."]
    return Figure(
        id=layer_id,
        label=label,
        value=None if parts is None else float(parts.whole),
        total=None if parts is None else float(parts.total),
        most=float(most) if complete else None,
        unit=ONE.get(unit, unit) if parts is not None and parts.total == 1 else unit,
        year=layer.vintage,
        source=f"{layer.source}, {layer.vintage} ; CLSM : {ground.clsm_source}",
        at_least=(not complete or open_ended) and not withheld,
        total_complete=complete,
        reason=sentence(reasons),
        remedy=" ".join(remedies + ([REMEDY_CLSM] if ground.floor else [])) or None,
        parts=parts,
    )


def _parts(layer: Layer, ground: Ground, met: Bools, touched: Bools) -> tuple[Parts, int]:
    """Return the bodies met by how much of them is covered, and the most that could be covered in whole."""
    state, atoms = ground.state, ground.inside.astype(np.float64)
    rows = np.flatnonzero(met)
    held = csr_array(incidence(layer, len(state.status))[rows])
    size = held @ atoms
    whole = (held @ (atoms * state.is_covered)) == size
    maybe = (held @ (atoms * state.may_be)) > 0
    most = (held @ (atoms * (state.is_covered | state.may_be))) == size
    partly = touched[rows] & ~whole
    kinds = (whole, partly, ~whole & ~partly & ~maybe, ~whole & ~partly & maybe)
    weights = csr_array(csr_array(weighted_incidence(layer, state.population)[rows]).multiply(atoms[None, :]))
    people, covered = weights @ state.population, covered_or_unknown(state)
    lost = uncounted(layer, ground.inside)[rows]
    shares = np.where(lost, np.nan, shares_of(weights, covered, state.population))
    once = np.minimum(np.asarray(weights[~lost].sum(axis=0)).ravel(), 1.0)
    names, some = layer.zones["nom"].to_numpy(dtype=object)[rows], np.flatnonzero(partly)
    named = tuple((str(names[i]), float(shares[i])) for i in some) if 0 < len(some) <= MOST_NAMED else ()
    share = Share(np.where(once > 0, once * covered, 0.0), once * state.population, ground.inside)
    counts, inhabitants = tuple(int(k.sum()) for k in kinds), tuple(float(people[k].sum()) for k in kinds)
    least = bool((state.possible[once > 0] > 0).any())
    found = Parts(counts, inhabitants, share, int(lost.sum()), int((shares[some] < 0.5).sum()), named, least)
    return found, int(most.sum())


def uncounted(layer: Layer, inside: Bools) -> Bools:
    """Tell the zones that hold, inside a scope, a part of a commune whose people are not known: of them no share can be said."""
    members = layer.members
    lost = members["inhabitants"].isna().to_numpy() & ~members["whole"].to_numpy(dtype=bool)
    lost &= inside[members["row"].to_numpy(dtype=np.intp)]
    return np.bincount(members["zone"].to_numpy(dtype=np.intp)[lost], minlength=len(layer.zones)) > 0


def covered_or_unknown(state: CoverageState) -> Floats:
    """Return the people covered in each atom, NaN where a CLSM covers a part of it whose people are not known."""
    return np.where(state.people["partiels"] > 0, np.nan, state.people["couverts"])


def zones_with_clsm(layer: Layer, state: CoverageState, inside: Bools) -> tuple[Bools, Bools]:
    """Return, for each zone in service: whether it has an atom among `inside`, and whether a CLSM surely serves one of them.

    Where the zone and the CLSM each hold only a part of a commune, they may not meet: it does not count.
    """
    size = len(state.status)
    running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()
    served = state.is_covered | (state.status == Status.PARTIEL)
    every = incidence(layer, size)
    met = (every @ inside.astype(float)) > 0
    touched = (incidence(layer, size, parts=False) @ (inside & served).astype(float)) > 0
    touched |= (every @ (inside & state.is_covered).astype(float)) > 0
    return met & running, touched & running


def long_name(layer: Layer) -> str:
    """Return a layer's long name as it is written inside a sentence: « contrats locaux de santé », « EPCI »."""
    name = layer.long_name
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
