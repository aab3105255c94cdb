"""Whose inhabitants are covered, commune by commune: the arrays that every figure, gap and priority of coverage adds up.

The people of a commune fall in five shares that add up to its inhabitants: covered, partly covered (how many is not
known), in project, not covered, unknown. « Sans CLSM » gathers the last two: no CLSM and no project is known there, which
is a proven gap only where the list of CLSM is complete. One sparse product sums everything over the zones of a layer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from geo.arrays import Bools, Floats, Rows
from geo.communes import Atlas, Density
from geo.coverage.manner import (
    NOTHING_ASIDE,
    Aside,
    Doubt,
    Manner,
    covered_with_doubt,
    manner_text,
    set_aside,
    source_years,
    zone_doubts,
)
from geo.coverage.situation import Situations, situations
from geo.coverage.status import COVERED, Status, commune_status
from geo.kept import kept_on_subject
from geo.layers import Crosswalk, Etat, Layer, LayerId


@dataclass(frozen=True, eq=False)
class CoverageState:
    """The state of every atom, in row order. Arrays are never edited; `with_clsm` makes a new state.

    `status` is that of `geo.coverage`; `complete` holds the départements where the user states that the list of CLSM is
    complete; `aside` says which facts the user sets aside.
    """

    crosswalk: Crosswalk
    density: Density
    status: npt.NDArray[np.int8]
    complete: frozenset[str] = frozenset()
    aside: Aside = NOTHING_ASIDE

    @property
    def atlas(self) -> Atlas:
        """The communes."""
        return self.crosswalk.atlas

    @cached_property
    def population(self) -> Floats:
        """Inhabitants of each atom."""
        return self.atlas.population.astype(np.float64)

    @cached_property
    def is_covered(self) -> Bools:
        """Whether a CLSM in service holds the whole atom, supposed perimeters included."""
        return np.isin(self.status, COVERED)

    @cached_property
    def is_without(self) -> Bools:
        """Whether neither a CLSM nor a project is known on the atom."""
        return self.status >= Status.NON_COUVERT

    @cached_property
    def estimated_part(self) -> Floats:
        """Inhabitants of partly covered atoms that are estimated to be covered; 0 elsewhere, NaN where no figure is known.

        Parts of a commune in several CLSM add up, up to the inhabitants of the commune.
        """
        clsm = self.crosswalk.layers[LayerId.CLSM]
        part = (
            ~clsm.members["whole"] & (clsm.zones["etat"].to_numpy()[clsm.members["zone"]] == Etat.EN_SERVICE)
        ).to_numpy()
        part = part & ~self.left_out[clsm.members["zone"].to_numpy(dtype=np.intp)]
        rows = clsm.members["row"].to_numpy()[part]
        people = clsm.members["inhabitants"].to_numpy(dtype=float)[part]
        known = np.bincount(rows, np.nan_to_num(people), minlength=len(self.status))
        unknown = np.bincount(rows, np.isnan(people), minlength=len(self.status)) > 0
        found = np.where(unknown & (known == 0), np.nan, np.minimum(known, self.population))
        return np.where(self.status == Status.PARTIEL, found, 0.0)

    @cached_property
    def people(self) -> dict[str, Floats]:
        """Inhabitants by share; the five add up to `population`.

        Where the covered part of a commune is estimated, it counts as covered and the rest as not covered (or unknown, where
        the list of CLSM is not complete); where it is not known, the whole commune is in `partiels`.
        """
        part = self.estimated_part
        partly = self.status == Status.PARTIEL
        rest = np.where(partly & np.isfinite(part), self.population - np.nan_to_num(part), 0.0)

        def of(value: Status) -> Floats:
            return np.where(self.status == value, self.population, 0.0)

        return {
            "couverts": np.where(self.is_covered, self.population, np.nan_to_num(part)),
            "partiels": np.where(partly & np.isnan(part), self.population, 0.0),
            "projet": of(Status.PROJET),
            "non_couverts": of(Status.NON_COUVERT) + np.where(self._listed, rest, 0.0),
            "inconnus": of(Status.INCONNU) + np.where(self._listed, 0.0, rest),
        }

    @cached_property
    def left_out(self) -> Bools:
        """The zones of CLSM whose facts the user sets aside."""
        return set_aside(self.crosswalk.layers[LayerId.CLSM], self.atlas.year, self.aside)

    @cached_property
    def uncovered_by_choice(self) -> Bools:
        """Whether the only CLSM and projects known on each atom are facts set aside."""
        clsm = self.crosswalk.layers[LayerId.CLSM]
        named = np.zeros(len(self.status), dtype=bool)
        named[clsm.members["row"].to_numpy()[self.left_out[clsm.members["zone"].to_numpy(dtype=np.intp)]]] = True
        return named & (self.status == Status.INCONNU)

    @cached_property
    def to_confirm(self) -> Bools:
        """Whether each atom in project is in a CLSM that is only to be confirmed: it may be in service."""
        clsm = self.crosswalk.layers[LayerId.CLSM]
        zone = clsm.members["zone"].to_numpy(dtype=np.intp)
        asked = (clsm.zones["etat"] == Etat.A_CONFIRMER).to_numpy()[zone] & ~self.left_out[zone]
        named = np.zeros(len(self.status), dtype=bool)
        named[clsm.members["row"].to_numpy()[asked]] = True
        return named & (self.status == Status.PROJET)

    @cached_property
    def _listed(self) -> Bools:
        """Whether the list of CLSM and the communes of each are known to be complete in the département of each atom."""
        return self.lies_in(self.crosswalk.layers[LayerId.CLSM].complete(self.complete))

    @cached_property
    def maybe_begun(self) -> Bools:
        """Whether each atom in project may be in a CLSM in service all the same, as nobody answers for the list there: projects of
        years ago have begun since, or another CLSM is there. Those to be confirmed are apart."""
        return (self.status == Status.PROJET) & ~self._listed & ~self.to_confirm

    @cached_property
    def may_be(self) -> Bools:
        """Whether a CLSM that is not known may hold each atom, or more of it than is known."""
        return np.isin(self.status, (Status.PARTIEL, Status.INCONNU)) | self.to_confirm | self.maybe_begun

    @cached_property
    def possible(self) -> Floats:
        """Inhabitants of each atom who may be covered without our knowing: what separates a figure from its upper bound."""
        people = self.people
        return people["inconnus"] + people["partiels"] + np.where(self.may_be, people["projet"], 0.0)

    @cached_property
    def doubtful(self) -> dict[Doubt, Bools]:
        """For each doubt, the covered atoms of which no fact is free of it."""
        return covered_with_doubt(self.crosswalk.layers[LayerId.CLSM], self.is_covered, self.left_out, self._doubts)

    @cached_property
    def situations(self) -> Situations:
        """The situation of each atom in words."""
        return situations(self.crosswalk, self.status, self.doubtful[Doubt.EXTENSION], self.complete, self.aside)

    @cached_property
    def _doubts(self) -> dict[Doubt, Bools]:
        return zone_doubts(self.crosswalk.layers[LayerId.CLSM], self.atlas.year, self.aside.years)

    def manners(self, rows: Rows) -> tuple[Manner, ...]:
        """Return how the people covered among some atoms are known, where it is open to doubt; a person may count in several."""
        clsm = self.crosswalk.layers[LayerId.CLSM]
        stated, found = source_years(clsm), []
        zone, row = (clsm.members[c].to_numpy(dtype=np.intp) for c in ("zone", "row"))
        for doubt, atoms in self.doubtful.items():
            mine = rows[atoms[rows]]
            people = float(self.population[mine].sum())
            if people:
                zones = np.unique(zone[np.isin(row, mine) & self._doubts[doubt][zone] & ~self.left_out[zone]])
                found.append(Manner(doubt, people, manner_text(doubt, people, stated.iloc[zones], self.aside.years)))
        return tuple(found)

    @cached_property
    def without(self) -> Floats:
        """Inhabitants of each atom for whom neither a CLSM nor a project is known."""
        return self.people["non_couverts"] + self.people["inconnus"]

    @cached_property
    def qpv(self) -> Floats:
        """Inhabitants of QPV known in each atom (their own census year)."""
        return _sum_by_row(self.crosswalk.layers[LayerId.QPV], len(self.status))

    @cached_property
    def qpv_unknown(self) -> npt.NDArray[np.int64]:
        """Number of quarters of each atom whose inhabitants are not known there; one across two atoms counts in both."""
        members = self.crosswalk.layers[LayerId.QPV].members
        lost = members["inhabitants"].isna().to_numpy()
        return np.bincount(members["row"].to_numpy()[lost], minlength=len(self.status))

    @cached_property
    def rural(self) -> Floats:
        """Inhabitants of the atoms classed as rural, 0 elsewhere."""
        return np.where(self.density.rural, self.population, 0.0)

    @cached_property
    def _departements(self) -> tuple[npt.NDArray[np.intp], tuple[str, ...]]:
        codes, names = pd.factorize(self.atlas.table["departement"], sort=True)
        return np.asarray(codes, dtype=np.intp), tuple(str(name) for name in names)

    @property
    def departement_names(self) -> tuple[str, ...]:
        """Codes of the départements, in order."""
        return self._departements[1]

    @property
    def departement_codes(self) -> npt.NDArray[np.intp]:
        """Position in `departement_names` of the département of each atom."""
        return self._departements[0]

    def lies_in(self, departements: Collection[str]) -> Bools:
        """Tell the atoms of some départements."""
        return np.array([name in departements for name in self.departement_names], dtype=bool)[self.departement_codes]

    def departements(self, rows: Rows) -> list[str]:
        """Return the départements of some atoms, in code order."""
        codes, names = self._departements
        return [names[i] for i in np.flatnonzero(np.bincount(codes[rows], minlength=len(names)))]

    def known_here(self, layer_id: str, rows: Rows) -> bool:
        """Whether the list of a layer is complete in the département of every one of these atoms."""
        layer = self.crosswalk.layers[layer_id]
        extent = layer.complete(self.complete if layer_id == LayerId.CLSM else ())
        if set(self.departements(rows)) <= extent:
            return True
        return bool(layer.listed) and bool(layer.complete_at(self.atlas)[rows].all())  # listed commune by commune

    def with_clsm(self, rows: Rows) -> CoverageState:
        """Return the state as it would be with one more CLSM in service on some whole atoms."""
        status = self.status.copy()
        status[rows] = np.where(self.is_covered[rows], status[rows], np.int8(Status.COUVERT))
        return replace(self, status=status)


def coverage_state(
    crosswalk: Crosswalk, density: Density, *, complete: Iterable[str] = (), aside: Aside = NOTHING_ASIDE
) -> CoverageState:
    """Compute the state of every atom; `complete` and `aside` as in `geo.coverage.status.commune_status`."""
    held = frozenset(complete)
    return CoverageState(
        crosswalk,
        density,
        commune_status(crosswalk.atlas, crosswalk.layers[LayerId.CLSM], complete=held, aside=aside),
        held,
        aside,
    )


def _sum_by_row(layer: Layer, size: int) -> Floats:
    people = np.nan_to_num(layer.members["inhabitants"].to_numpy(dtype=float))
    return np.bincount(layer.members["row"].to_numpy(), people, minlength=size).astype(np.float64)


@kept_on_subject
def incidence(layer: Layer, size: int, *, parts: bool = True) -> csr_array:
    """Return which atoms each zone holds: zones × atoms, 1 for a whole atom.

    An atom partly in a zone counts for the share of its inhabitants that is known to be in it (`inhabitants` of the member
    over those of the atom must be applied by the caller); here it is 1 when `parts` is true and left out otherwise. Kept on the
    layer: read only.
    """
    members = layer.members if parts else layer.members[layer.members["whole"]]
    place = (members["zone"].to_numpy(), members["row"].to_numpy())
    return csr_array((np.ones(len(members)), place), shape=(len(layer.zones), size))


def weighted_incidence(layer: Layer, population: Floats) -> csr_array:
    """Return the share of each atom's inhabitants inside each zone: zones × atoms.

    1 for a whole atom; for a part, its inhabitants over those of the atom when they are known, else nothing.
    """
    members = layer.members
    rows = members["row"].to_numpy()
    inside = members["inhabitants"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(population[rows] > 0, inside / population[rows], 0.0)
    share = np.where(members["whole"].to_numpy(), 1.0, np.clip(np.nan_to_num(share), 0.0, 1.0))
    matrix = csr_array((share, (members["zone"].to_numpy(), rows)), shape=(len(layer.zones), len(population)))
    matrix.eliminate_zeros()
    return matrix
