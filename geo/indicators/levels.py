"""The units of a series laid on the atoms of the atlas: a level. Units of a level never overlap, and every atom that has a
territory of that grain has one, known or not.

A unit holds one atom (a commune), many (a département, an opened city) or is one of several in an atom (IRIS of a commune that
is not opened, communes of before a merger). Series that tell a city and its arrondissements, or the Métropole du Grand Paris and its EPT,
have two levels: the finest and the coarsest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo.arrays import Bools, Floats
from geo.communes import Atlas, Iris, name_of
from geo.french import of
from geo.indicators.indicator import Grain, Indicator, Measure
from geo.indicators.series import VALUE_COLUMNS, Series, State
from geo.kept import kept_on_subject

KNOWN, SECRET, ABSENT = 0, 1, 2
_STATES = {State.KNOWN: KNOWN, State.SECRET: SECRET, State.ABSENT: ABSENT}
REST = " (reste)"  # of a code: the part of a territory that no finer one tells
Homes = dict[tuple[int, ...], list[str]]


@dataclass(frozen=True, eq=False)
class Level:
    """Units of one series, in code order, as arrays: `of` is atoms × units, ones; figures are NaN unless the state is KNOWN
    (denominators of hidden units are kept). `people` are the inhabitants of the atoms whose every unit is known."""

    indicator: Indicator
    atlas: Atlas
    codes: tuple[str, ...]
    of: csr_array
    numerator: Floats
    denominator: Floats
    rate: Floats
    low: Floats
    high: Floats
    state: npt.NDArray[np.int8]

    @cached_property
    def size(self) -> Floats:
        """Number of atoms of each unit."""
        return np.asarray(self.of.sum(axis=0), dtype=float)

    @cached_property
    def people(self) -> Floats:
        """Inhabitants of the atoms of each unit whose every unit is known, told once: of several units in an atom, on the first."""
        known = csr_array(self.of @ (self.state == KNOWN).astype(float)[:, None]).toarray().ravel()
        several = np.diff(self.of.indptr)
        first = (
            self.of.indices[np.minimum(self.of.indptr[:-1], max(self.of.nnz - 1, 0))] if self.of.nnz else np.empty(0)
        )
        told = (several > 0) & (known == several)
        weights = self.atlas.population[told].astype(float)
        return np.bincount(first[told].astype(np.intp), weights=weights, minlength=len(self.codes)).astype(float)

    @cached_property
    def homeless(self) -> Floats:
        """One for each atom that has no unit at all (an island without EPCI)."""
        return (np.diff(self.of.indptr) == 0).astype(float)

    def hiding(self, units: Bools, state: int) -> Level:
        """Return it with some units hidden."""
        if not units.any():
            return self
        numerator, rate, low, high = (
            np.where(units, np.nan, one) for one in (self.numerator, self.rate, self.low, self.high)
        )
        states = np.where(units, state, self.state).astype(np.int8)
        return replace(self, numerator=numerator, rate=rate, low=low, high=high, state=states)

    def name(self, unit: int) -> str:
        """Name of a unit."""
        return unit_name(self.atlas, self.indicator.grain, self.codes[unit])


def unit_name(atlas: Atlas, grain: Grain, code: str) -> str:
    """Name a territory of a grain; its code when nothing here names it."""
    if code.endswith(REST):
        return f"reste {of(unit_name(atlas, grain, code.removesuffix(REST)))}"
    tables = {
        Grain.EPCI: (atlas.epci, atlas.ept),
        Grain.DEPARTEMENT: (atlas.departements,),
        Grain.REGION: (atlas.regions,),
    }
    for table in tables.get(grain, ()):
        if code in table.index:
            return str(table.at[code, "nom"])
    if code in atlas.row or code in atlas.villes.index:
        return name_of(code, atlas)
    if code in atlas.former:
        return atlas.former[code][1]
    return f"IRIS {code} ({name_of(code[:5], atlas)})" if grain is Grain.IRIS and code[:5] in atlas.row else code


def levels_of(series: Series, atlas: Atlas, iris: Iris | None = None) -> tuple[Level, ...]:
    """Lay a series on the atoms: one level, or the finest and the coarsest when some of its territories hold others.

    `iris` tells which IRIS a commune has, so that one that is not in the series is missed.
    """
    laid = _laid(atlas, series.indicator.grain, tuple(map(str, series.values.index)), iris)
    return tuple(_level(series, atlas, codes, of) for codes, of in laid)


@kept_on_subject
def _laid(
    atlas: Atlas, grain: Grain, told: tuple[str, ...], iris: Iris | None
) -> tuple[tuple[tuple[str, ...], csr_array], ...]:
    """Return the codes of each level and atoms × units: the series of one table have the same."""
    homes = defaultdict[tuple[int, ...], list[str]](list)
    for code in told:
        if rows := _atoms(atlas, grain, code):
            homes[rows].append(code)
    if iris is not None and grain is Grain.IRIS:
        _miss_iris(homes, iris, atlas)
    fine, coarse = _apart(homes, finest=True), _apart(homes, finest=False)
    chosen = [fine] if fine.keys() == coarse.keys() else [fine, coarse]
    return tuple(_matrix(_filled(one, atlas, grain, set(told)), len(atlas.table)) for one in chosen)


def _atoms(atlas: Atlas, grain: Grain, code: str) -> tuple[int, ...]:
    """Return the rows of the atoms that a code of this grain lies on; none when it is no territory of today."""
    if grain in (Grain.DEPARTEMENT, Grain.REGION):
        rows = atlas.members(grain.value, code)
        return tuple((rows if len(rows) else atlas.members(grain.value, code.zfill(2))).tolist())
    if grain is Grain.EPCI:
        found = next((rows for c in ("epci", "ept", "commune") if len(rows := atlas.members(c, code))), ())
        return tuple(map(int, found))
    if code in atlas.row:
        return (atlas.row[code],)
    town = code[:5] if grain is Grain.IRIS else code
    if grain is Grain.COMMUNE and town not in atlas.parts and town in atlas.former:
        town = atlas.former[town][0]
    if town in atlas.row:
        return (atlas.row[town],)
    if grain is Grain.COMMUNE and town in atlas.parts:
        pieces = atlas.opened.get(town) or atlas.codes[atlas.members("commune", town)]
        return tuple(sorted(atlas.row[piece] for piece in pieces))
    return ()


def _miss_iris(homes: Homes, iris: Iris, atlas: Atlas) -> None:
    """Add the IRIS that the series lacks in the communes of which it tells some, or none."""
    for commune, codes in iris.of.items():
        if commune in atlas.row:
            told = homes.get((atlas.row[commune],), [])
            homes[atlas.row[commune],] = sorted({*told, *codes})


def _apart(homes: Mapping[tuple[int, ...], list[str]], *, finest: bool) -> Homes:
    """Keep homes that do not overlap, the smallest first or the largest first."""
    taken, kept = set[int](), {}
    for home in sorted(homes, key=lambda rows: (len(rows) if finest else -len(rows), rows)):
        if taken.isdisjoint(home):
            taken.update(home)
            kept[home] = homes[home]
    return kept


def _filled(homes: Homes, atlas: Atlas, grain: Grain, told: set[str]) -> Homes:
    """Add, for the atoms that no home holds, the territories of that grain that are not told: without a figure, even when what is
    left of a territory has the code of the whole."""
    left = np.ones(len(atlas.table), dtype=bool)
    left[[row for home in homes for row in home]] = False
    rows = np.flatnonzero(left)
    names: Iterable[object]
    if grain is Grain.EPCI:
        names = atlas.table["ept"].fillna(atlas.table["epci"]).iloc[rows]
    elif grain in (Grain.DEPARTEMENT, Grain.REGION):
        names = atlas.table[grain.value].iloc[rows]
    else:
        names = [code[:5] if grain is Grain.COMMUNE else code for code in atlas.codes[rows]]
    found = defaultdict[str, list[int]](list)
    for row, name in zip(rows.tolist(), names, strict=True):
        if isinstance(name, str):
            found[name].append(row)
    return homes | {tuple(mine): [code + REST if code in told else code] for code, mine in found.items()}


def _matrix(homes: Homes, atoms: int) -> tuple[tuple[str, ...], csr_array]:
    pairs = sorted((code, home) for home, codes in homes.items() for code in codes)
    sizes = np.array([len(home) for _, home in pairs], dtype=np.intp)
    rows = np.array([row for _, home in pairs for row in home], dtype=np.intp)
    units = np.repeat(np.arange(len(pairs)), sizes)
    return tuple(code for code, _ in pairs), csr_array((np.ones(len(rows)), (rows, units)), shape=(atoms, len(pairs)))


def _level(series: Series, atlas: Atlas, codes: tuple[str, ...], of: csr_array) -> Level:
    values = series.values.reindex(list(codes))
    state = np.array([_STATES.get(one, ABSENT) for one in values["state"]], dtype=np.int8)
    figures = {name: values[name].to_numpy(dtype=float) for name in VALUE_COLUMNS[:-1]}
    if series.indicator.measure is Measure.RATIO:  # nobody lives there: nothing to add, on either side
        people = np.asarray(of.T @ atlas.population.astype(float), dtype=float)
        bare = (figures["denominator"] == 0) | (np.isnan(figures["denominator"]) & (people == 0))
        bare &= (state == ABSENT) & (np.diff(of.tocsc().indptr) > 0)
        state[bare] = KNOWN
        for name in ("numerator", "denominator"):
            figures[name] = np.where(bare, 0.0, figures[name])
    return Level(series.indicator, atlas, codes, of, state=state, **figures)
