"""What makes two territories alike: people, communes, density classes, quarters, scale, for many sets of communes at once.

A feature that is not known of a set is NaN, never zero. Every set is a row of a sparse matrix against the atoms, so that the
profiles of all the EPCI, or of all the CLSM known, are a few sparse products.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from geo import french as fr
from geo.arrays import Floats, Rows
from geo.communes import Atlas, Density
from geo.kept import kept_on_subject
from geo.layers import Crosswalk, Layer, LayerId

SCALES = ("infracommunale", "communale", "intercommunale")


@dataclass(frozen=True)
class Feature:
    """A feature: what it is called, its weight, how it is measured before differences are taken, how it is written."""

    id: str
    label: str
    weight: float
    measured: Callable[[Floats], Floats]
    text: Callable[[float], str]
    nominal: bool = False


def _log(values: Floats) -> Floats:
    return np.log(np.maximum(values, 1.0))


def _same(values: Floats) -> Floats:
    return values


FEATURES = (
    Feature("habitants", "habitants", 1.0, _log, fr.number),
    Feature("communes", "communes", 1.0, _log, fr.number),
    Feature("dense", "habitants en commune urbaine dense", 0.5, _same, lambda v: fr.percent(v, 0)),
    Feature("rural", "habitants en commune rurale", 0.5, _same, lambda v: fr.percent(v, 0)),
    Feature("qpv", "quartiers prioritaires (QPV)", 0.5, np.log1p, fr.number),
    Feature("part_qpv", "habitants en QPV", 0.5, _same, fr.percent),
    Feature("echelle", "échelle", 1.0, _same, lambda v: SCALES[int(v)], nominal=True),
)
WEIGHTS = np.array([feature.weight for feature in FEATURES])
PEOPLE, SCALE = 0, len(FEATURES) - 1


@dataclass(frozen=True, eq=False)
class Members:
    """Sets of atoms: `held` (sets × atoms) is 1 where a set holds an atom or a part of it, `partly` where only a part.

    `inhabitants` (sets × atoms) gives the people of each part that has a figure, `unsized` is 1 where it has none.
    """

    held: csr_array
    partly: csr_array
    inhabitants: csr_array
    unsized: csr_array

    @classmethod
    def whole(cls, sets: Iterable[Rows], size: int) -> Members:
        """Return sets of whole atoms, among `size` atoms."""
        rows = list(sets)
        indices = np.concatenate(rows) if rows else np.empty(0, dtype=np.intp)
        bounds = np.concatenate([[0], np.cumsum([len(r) for r in rows])])
        held = csr_array((np.ones(len(indices)), indices, bounds), shape=(len(rows), size))
        none = csr_array(held.shape)
        return cls(held, none, none, none)

    @classmethod
    def zones(cls, layer: Layer, size: int) -> Members:
        """Return the zones of a layer as sets, in their order."""
        members = layer.members
        zone, row = members["zone"].to_numpy(), members["row"].to_numpy()
        part = ~members["whole"].to_numpy(dtype=bool)
        people = members["inhabitants"].to_numpy(dtype=float)

        def block(values: npt.NDArray[np.float64], chosen: npt.NDArray[np.bool_]) -> csr_array:
            return csr_array((values[chosen], (zone[chosen], row[chosen])), shape=(len(layer.zones), size))

        ones = np.ones(len(members))
        return cls(
            block(ones, np.ones(len(members), dtype=bool)),
            block(ones, part),
            block(people, part & np.isfinite(people)),
            block(ones, part & np.isnan(people)),
        )

    def of(self, positions: npt.NDArray[np.intp]) -> Members:
        """Return some of the sets."""
        return Members(*(csr_array(m[positions]) for m in (self.held, self.partly, self.inhabitants, self.unsized)))

    def rows(self, position: int) -> Rows:
        """Return the atoms that a set holds, in whole or in part, in order."""
        return np.sort(self.held.indices[self.held.indptr[position] : self.held.indptr[position + 1]]).astype(np.intp)


def profiles(crosswalk: Crosswalk, density: Density, members: Members) -> Floats:
    """Return the features of sets: sets × FEATURES, NaN where one is not known.

    People and density count the known part of a commune of which a set holds a part; where it has no figure, the people are
    unknown, and the density too unless every commune of the set is of one class. QPV are unknown where their list is not
    complete, where a set holds a part of a commune that has some, or lies in some of the arrondissements that one may be in.
    """
    atlas = crosswalk.atlas
    population = atlas.population.astype(np.float64)
    lost = _any(members.unsized, np.ones(len(population)))
    whole = csr_array(members.held - members.partly)
    found = np.full((members.held.shape[0], len(FEATURES)), np.nan)
    people = whole @ population + np.asarray(members.inhabitants.sum(axis=1)).ravel()
    found[:, PEOPLE] = np.where(lost, np.nan, people)
    found[:, 1] = towns = _towns(atlas, members.held)
    for column, level in ((2, 1), (3, 3)):
        mine = (density.level == level).astype(np.float64)
        part = whole @ (population * mine) + members.inhabitants @ mine
        share = np.divide(part, people, out=np.full(len(people), np.nan), where=people > 0)
        among = (members.held @ mine) / np.maximum(members.held.sum(axis=1), 1)
        found[:, column] = np.where(lost, np.where((among == 0) | (among == 1), among, np.nan), share)
    found[:, 4], quarters = _quarters(crosswalk, members)
    found[:, 5] = np.divide(quarters, people, out=np.full(len(people), np.nan), where=(people > 0) & ~lost)
    found[:, SCALE] = np.where(towns > 1, 2, np.where(_whole_town(atlas, whole), 1, 0))
    return found


def _any(matrix: csr_array, flags: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    return np.asarray(matrix @ flags > 0)


@kept_on_subject
def town_codes(atlas: Atlas) -> tuple[npt.NDArray[np.intp], tuple[str, ...]]:
    """Return the position of the town of each atom, and the codes of the towns."""
    codes, names = pd.factorize(atlas.table["commune"])
    return np.asarray(codes, dtype=np.intp), tuple(map(str, names))


@kept_on_subject
def _town_of(atlas: Atlas) -> tuple[csr_array, npt.NDArray[np.float64]]:
    """Return which town each atom is in (atoms × towns), and how many atoms each town has."""
    codes, _ = town_codes(atlas)
    found = csr_array((np.ones(len(codes)), (np.arange(len(codes)), codes)))
    return found, np.asarray(found.sum(axis=0)).ravel()


def _towns(atlas: Atlas, held: csr_array) -> Floats:
    met = csr_array(held @ _town_of(atlas)[0])
    met.eliminate_zeros()
    return np.diff(met.indptr).astype(np.float64)


def _whole_town(atlas: Atlas, whole: csr_array) -> npt.NDArray[np.bool_]:
    """Tell the sets that hold every atom of at least one town."""
    towns, sizes = _town_of(atlas)
    met = csr_array(whole @ towns)
    full = csr_array((met.data == sizes[met.indices], met.indices, met.indptr), shape=met.shape)
    return np.asarray(full.sum(axis=1) > 0).ravel()


@kept_on_subject
def _quarter_matrices(crosswalk: Crosswalk) -> tuple[csr_array, csr_array, csr_array, Floats]:
    """Return, quarters × atoms: which atoms each is in, its people known there, and where they are not known; then 1 for each
    atom where the list may lack some."""
    layer = crosswalk.layers[LayerId.QPV]
    members, size = layer.members, (len(layer.zones), len(crosswalk.atlas.table))
    place = (members["zone"].to_numpy(), members["row"].to_numpy())
    people = members["inhabitants"].to_numpy(dtype=float)
    return (
        csr_array((np.ones(len(members)), place), shape=size),
        csr_array((np.nan_to_num(people), place), shape=size),
        csr_array((np.isnan(people).astype(np.float64), place), shape=size),
        (~layer.complete_at(crosswalk.atlas)).astype(np.float64),
    )


def _quarters(crosswalk: Crosswalk, members: Members) -> tuple[Floats, Floats]:
    """Return the number of quarters that each set meets, and their people inside it."""
    layer = crosswalk.layers[LayerId.QPV]
    held, known, missing, unlisted_at = _quarter_matrices(crosswalk)
    sizes = np.asarray(held.sum(axis=1)).ravel()
    met = csr_array(members.held @ held.T)
    met.eliminate_zeros()
    inside = met.data == sizes[met.indices]
    vague = layer.candidates[met.indices] & ~inside
    cut = _any(members.partly, np.asarray(held.sum(axis=0)).ravel())
    unlisted = _any(members.held, unlisted_at)
    sets = np.repeat(np.arange(met.shape[0]), np.diff(met.indptr))
    lost = unlisted | cut | (np.bincount(sets, vague, minlength=met.shape[0]) > 0)
    whole = layer.zones["population"].to_numpy(dtype=float)[met.indices]
    # a quarter that lies whole in the set counts by its published people, one that the set cuts by those known of its part
    parts = csr_array(members.held @ known.T).multiply(_pattern(met)).tocsr()
    gaps = csr_array(members.held @ missing.T).multiply(_pattern(met)).tocsr()
    part = _aligned(parts, met) + np.where(_aligned(gaps, met) > 0, np.nan, 0.0)
    people = np.where(inside & np.isfinite(whole), whole, part)
    total = np.bincount(sets, people, minlength=met.shape[0])
    return np.where(lost, np.nan, np.diff(met.indptr)), np.where(lost, np.nan, total)


def _pattern(matrix: csr_array) -> csr_array:
    return csr_array((np.ones(len(matrix.data)), matrix.indices, matrix.indptr), shape=matrix.shape)


def _aligned(values: csr_array, pattern: csr_array) -> Floats:
    """Return the values at the places of a pattern, in its order; zero where there is none."""
    rows = np.repeat(np.arange(pattern.shape[0]), np.diff(pattern.indptr))
    return np.asarray(values[rows, pattern.indices], dtype=np.float64).ravel() if len(rows) else np.empty(0)
