"""The crosswalk: inhabitants of each commune inside each zone, one sparse matrix for all the layers.

A perimeter is a row vector; its overlap with every zone of every layer is one sparse product. Zones are made of whole
communes by their codes, so the product is exact; a commune that belongs to a zone only in part counts apart, never
as a whole and never as zero. No geometry is met here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, hstack

from geo.arrays import Rows
from geo.communes import Atlas
from geo.layers.frames import estimated
from geo.layers.layer import Etat, Layer, LayerId, Precision


class Relation(StrEnum):
    """How a perimeter and a zone lie on one another."""

    IDENTIQUE = "identique"
    INCLUS = "périmètre inclus dans la zone"
    CONTIENT = "zone incluse dans le périmètre"
    PARTIEL = "recoupement partiel"
    A_PRECISER = "à préciser"


@dataclass(frozen=True)
class Overlap:
    """What a perimeter shares with one zone.

    `population` is the number of inhabitants surely in common (those of communes wholly in the zone, or the published
    population of a QPV), with the estimated part of communes that the zone cuts, None when no figure is known. `partial`
    counts the communes of the perimeter of which only a part is in the zone, `sized` those of them whose part has a
    figure. `estimated` marks people shared by area or by squares: a QPV cut by the perimeter, a commune cut by a zone. Shares run from 0 to 1 and are None where the denominator is not known.
    """

    layer: str
    id: str
    name: str
    etat: Etat
    precision: Precision
    communes: int
    partial: int
    population: float | None
    zone_communes: int
    zone_population: float | None
    share_of_perimeter: float | None
    share_of_zone: float | None
    relation: Relation
    estimated: bool = False
    sized: int = 0

    @property
    def unsized(self) -> int:
        """Communes only partly in the zone whose part has no figure; the published figure of a QPV stands for all of it."""
        return 0 if self.layer == LayerId.QPV else self.partial - self.sized

    @property
    def somewhere(self) -> bool:
        """Whether the zone lies in one or several arrondissements of a city that the perimeter cuts, unknown which."""
        return self.precision is Precision.VILLE and self.relation is Relation.A_PRECISER

    @property
    def hedge(self) -> str:
        """Word to put before the people in common: « au moins », « environ », or nothing when the figure is exact."""
        return "au moins " if self.unsized else "environ " if self.estimated else ""


class _Zone(NamedTuple):
    """The part of an overlap that depends on the zone alone: read once from the tables of pandas, too slow to be read at each click."""

    layer: str
    id: str
    name: str
    etat: Etat
    precision: Precision
    population: float


@dataclass(frozen=True, eq=False)
class Crosswalk:
    """Every layer against the atoms.

    `matrix` has one row an atom and three blocks of columns, each as long as the zones of all layers: inhabitants in
    the zone (NaN is kept out and counted as partial), whole memberships, partial memberships. `columns` gives each layer's
    slice of the zones. `unsized` (atoms × zones) marks the partial memberships that have no figure; `guessed` the zones whose other parts were shared out by area or squares, not
    counted by IRIS.
    """

    atlas: Atlas
    layers: Mapping[str, Layer]
    matrix: csr_array
    columns: dict[str, slice]
    totals: npt.NDArray[np.float64]
    unsized: csr_array
    guessed: npt.NDArray[np.bool_]

    @property
    def zones(self) -> int:
        """Number of zones of all the layers."""
        return self.totals.shape[1]

    @cached_property
    def unsized_totals(self) -> npt.NDArray[np.float64]:
        """Number of communes of each zone of which a part of unknown size is in it."""
        return np.asarray(self.unsized.sum(axis=0)).ravel()

    @cached_property
    def _zones(self) -> list[_Zone]:
        """The zones of all the layers, in the order of the columns."""
        found: list[_Zone] = []
        for layer_id in self.columns:
            zones = self.layers[layer_id].zones
            people = zones["population"] if "population" in zones else [np.nan] * len(zones)
            columns = (zones.index, zones["nom"], zones["etat"], zones["precision"], people)
            found += [
                _Zone(layer_id, str(i), str(name), Etat(etat), Precision(precision), float(population))
                for i, name, etat, precision, population in zip(*columns, strict=True)
            ]
        return found

    def as_stated(self, layer_id: str, departements: Iterable[str]) -> Crosswalk:
        """Return the crosswalk as somebody reads it who states where the list of a layer is complete (`Layer.as_stated`)."""
        layer = self.layers[layer_id]
        read = layer.as_stated(departements)
        return self if read is layer else replace(self, layers={**self.layers, layer_id: read})

    def product(self, rows: Rows) -> npt.NDArray[np.float64]:
        """Return, for every zone of every layer: inhabitants, whole communes, partial communes (3 × zones)."""
        return np.asarray(self.matrix[rows].sum(axis=0)).reshape(3, -1)

    def products(self, perimeters: Iterable[Rows]) -> csr_array:
        """Return the products of many perimeters at once: perimeters × (3 × zones), sparse."""
        sets = list(perimeters)
        indptr = np.concatenate([[0], np.cumsum([len(s) for s in sets])])
        indices = np.concatenate(sets) if sets else np.empty(0, dtype=np.intp)
        ones = np.ones(len(indices), dtype=np.float64)
        chosen = csr_array((ones, indices, indptr), shape=(len(sets), self.matrix.shape[0]))
        return csr_array(chosen @ self.matrix)

    def overlaps(self, rows: Rows, layers: Iterable[str] | None = None) -> dict[str, tuple[Overlap, ...]]:
        """Return, layer by layer (all, or those named), the zones that a perimeter meets, most inhabitants in common first."""
        met = self.product(rows)
        unsized = np.asarray(self.unsized[rows].sum(axis=0)).ravel()
        people = float(self.atlas.population[rows].sum())
        found: dict[str, tuple[Overlap, ...]] = {}
        for layer_id in self.columns if layers is None else layers:
            columns = self.columns[layer_id]
            hits = np.flatnonzero((met[1] + met[2])[columns]) + columns.start
            each = (self._overlap(int(z), met[:, z], people, len(rows), int(unsized[z])) for z in hits)
            found[layer_id] = tuple(sorted(each, key=lambda o: (-(o.population or 0), o.name)))
        return found

    def _overlap(self, column: int, met: npt.NDArray[np.float64], people: float, size: int, unsized: int) -> Overlap:
        zone = self._zones[column]
        counts = (int(met[1]), int(met[2]), int(self.totals[1, column]), int(self.totals[2, column]))
        quarter = zone.layer == LayerId.QPV
        sized = counts[1] - unsized
        people_in_common = float(met[0]) if counts[0] or sized else None
        common = _quarter_population(zone, met, counts) if quarter else people_in_common
        whole = self._zone_population(zone, column, quarter=quarter)
        return Overlap(
            layer=zone.layer,
            id=zone.id,
            name=zone.name,
            etat=zone.etat,
            precision=zone.precision,
            communes=counts[0],
            partial=counts[1],
            population=common,
            zone_communes=counts[2] + counts[3],
            zone_population=whole,
            share_of_perimeter=None if common is None or not people else common / people,
            share_of_zone=None if common is None or not whole else common / whole,
            relation=_relation(counts, size, zone.precision, quarter=quarter),
            estimated=common is not None
            and (counts[1] < counts[3] if quarter else sized > 0 and bool(self.guessed[column])),
            sized=sized,
        )

    def _zone_population(self, zone: _Zone, column: int, *, quarter: bool) -> float | None:
        if quarter:
            return None if np.isnan(zone.population) else zone.population
        known = zone.precision != Precision.PARTIELLE and not self.unsized_totals[column]
        return float(self.totals[0, column]) if known else None


def _quarter_population(zone: _Zone, met: npt.NDArray[np.float64], counts: tuple[int, int, int, int]) -> float | None:
    """Inhabitants of a QPV inside the perimeter: known when every commune it lies in is inside."""
    if counts[1] == counts[3]:
        return None if np.isnan(zone.population) else zone.population
    return float(met[0]) or None


def _relation(counts: tuple[int, int, int, int], size: int, precision: Precision, *, quarter: bool) -> Relation:
    whole, partial, zone_whole, zone_partial = counts
    if quarter:
        cut = Relation.A_PRECISER if precision is Precision.VILLE else Relation.PARTIEL
        return Relation.CONTIENT if partial == zone_partial else cut
    if precision is Precision.PARTIELLE:
        return Relation.A_PRECISER
    covers_zone = whole == zone_whole and partial == zone_partial
    if whole == size:
        return Relation.IDENTIQUE if covers_zone else Relation.INCLUS
    return Relation.CONTIENT if covers_zone else Relation.PARTIEL


def build_crosswalk(atlas: Atlas, layers: Mapping[str, Layer]) -> Crosswalk:
    """Build the matrix of every layer from the codes of their communes; a few milliseconds a layer."""
    columns: dict[str, slice] = {}
    blocks: list[list[csr_array]] = [[], [], [], []]
    guessed = [np.zeros(0, dtype=bool)]
    start = 0
    for layer_id, layer in layers.items():
        size = len(layer.zones)
        columns[layer_id] = slice(start, start + size)
        start += size
        guessed.append(_guessed(layer))
        for block, values in zip(blocks, _entries(layer), strict=True):
            place = (layer.members["row"].to_numpy(), layer.members["zone"].to_numpy())
            matrix = csr_array((values, place), shape=(len(atlas.table), size))
            matrix.eliminate_zeros()
            block.append(matrix)
    matrix = csr_array(hstack([m for block in blocks[:3] for m in block], format="csr"))
    unsized = csr_array(hstack(blocks[3], format="csr"))
    totals = np.asarray(matrix.sum(axis=0)).reshape(3, -1)
    return Crosswalk(atlas, layers, matrix, columns, totals, unsized, np.concatenate(guessed))


def _guessed(layer: Layer) -> npt.NDArray[np.bool_]:
    """Return the zones some of whose parts were shared out; without IRIS, every part that has a figure was."""
    if layer.fine is None:
        return np.ones(len(layer.zones), dtype=bool)
    cut = estimated(layer.members) & ~layer.members["whole"].to_numpy(dtype=bool)
    return np.bincount(layer.members["zone"].to_numpy(dtype=np.intp)[cut], minlength=len(layer.zones)) > 0


def _entries(layer: Layer) -> tuple[npt.NDArray[np.float64], ...]:
    whole = layer.members["whole"].to_numpy(dtype=np.float64)
    inhabitants = layer.members["inhabitants"].to_numpy(dtype=np.float64)
    unknown = np.isnan(inhabitants)
    return np.where(unknown, 0.0, inhabitants), whole, 1.0 - whole, (1.0 - whole) * unknown
