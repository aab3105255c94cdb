"""The QPV of a territory: how many a CLSM surely serves, and for how many the inhabitants are known.

Kept apart from `figures` because the tables of gaps withhold the same sums by the same rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo import french as fr
from geo.arrays import Bools, Rows
from geo.coverage.state import CoverageState, incidence
from geo.layers import LayerId, populations_suffice


@dataclass(frozen=True, eq=False)
class QuarterCount:
    """The QPV that some atoms meet, as masks over the zones of the layer.

    `served`: all its communes among these atoms are covered. `partly`: some of them are, not all. `doubtful`: it lies in one or several arrondissements of a city,
    unknown which, of which only some are covered. `possible`: none of its communes is surely left out by CLSM. `counted`: its
    inhabitants among these atoms are known. `years`: those of the populations published. `shared`: one at least lies in several
    communes, its inhabitants being shared out by area.
    """

    met: Bools
    served: Bools
    partly: Bools
    doubtful: Bools
    possible: Bools
    counted: Bools
    years: str
    shared: bool

    @property
    def known(self) -> int:
        """Number of quarters met whose inhabitants are known."""
        return int((self.met & self.counted).sum())

    @property
    def total(self) -> int:
        """Number of quarters met."""
        return int(self.met.sum())

    def beside(self, apart: str) -> str:
        """Say what the number of QPV leaves out (`apart`), how many are covered in part, for how many the inhabitants are known."""
        known = "aucun d’entre eux" if not self.known else f"{fr.number(self.known)} d’entre eux"
        people = f" ; habitants connus pour {known}" if self.known < self.total else ""
        if people and self.total == 1:
            people = " ; habitants inconnus"
        partly = int(self.partly.sum())
        some = f" ; {fr.count(partly, 'autre couvert', 'autres couverts')} en partie" if partly else ""
        return f"{f', {apart}' if apart else ''}{some}{people}"


def count_quarters(state: CoverageState, rows: Rows) -> QuarterCount:
    """Count the QPV of some atoms; one cut by their border is judged on its communes inside."""
    layer = state.crosswalk.layers[LayerId.QPV]
    inside = np.zeros(len(state.status), dtype=bool)
    inside[rows] = True
    held = incidence(layer, len(state.status))
    met = (held @ inside.astype(float)) > 0
    lacking = (held @ (inside & ~state.is_covered).astype(float)) > 0
    left_out = (held @ (inside & ~state.is_covered & ~state.may_be).astype(float)) > 0
    covered = (held @ (inside & state.is_covered).astype(float)) > 0
    unknown = layer.members["inhabitants"].isna().to_numpy() & inside[layer.members["row"].to_numpy(dtype=np.intp)]
    counted = np.ones(len(layer.zones), dtype=bool)
    counted[layer.members["zone"].to_numpy(dtype=np.intp)[unknown]] = False
    several = np.bincount(layer.members["zone"].to_numpy(), minlength=len(layer.zones)) > 1
    return QuarterCount(
        met=met,
        served=met & ~lacking,
        partly=covered & lacking & ~layer.candidates,
        doubtful=layer.candidates & lacking & covered,
        possible=met & ~left_out,
        counted=counted,
        years="/".join(sorted({y for y in layer.zones["annee"].to_numpy()[met] if y})),
        shared=bool((several & met).any()),
    )


def populations_known(state: CoverageState, held: csr_array) -> npt.NDArray[np.bool_]:
    """Return, for each territory (territories × atoms), whether enough populations of its QPV are known to be summed."""
    layer = state.crosswalk.layers[LayerId.QPV]
    lost = np.zeros(len(layer.zones), dtype=bool)
    lost[layer.members["zone"].to_numpy(dtype=np.intp)[layer.members["inhabitants"].isna().to_numpy()]] = True
    met = csr_array(held @ incidence(layer, len(state.status)).T.tocsr())
    met.eliminate_zeros()
    met.data[:] = 1.0
    total = np.diff(met.indptr)
    known = np.asarray(met @ (~lost).astype(np.float64))
    return np.array([populations_suffice(int(k), int(t)) for k, t in zip(known, total, strict=True)], dtype=bool)
