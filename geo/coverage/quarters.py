"""The QPV of a territory: how many a CLSM surely serves, and for how many the inhabitants are known.

Kept apart from `figures` because the tables of gaps withhold the same sums by the same rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo.arrays import Bools, Rows
from geo.coverage.state import CoverageState, incidence
from geo.layers import populations_suffice


@dataclass(frozen=True, eq=False)
class QuarterCount:
    """The QPV that some atoms meet, as masks over the zones of the layer.

    `served`: all its communes among these atoms are covered. `doubtful`: it lies in one or several arrondissements of a city,
    unknown which, of which only some are covered. `possible`: none of its communes is surely left out by CLSM. `counted`: its
    inhabitants among these atoms are known.
    """

    met: Bools
    served: Bools
    doubtful: Bools
    possible: Bools
    counted: Bools

    @property
    def known(self) -> int:
        """Number of quarters met whose inhabitants are known."""
        return int((self.met & self.counted).sum())

    @property
    def total(self) -> int:
        """Number of quarters met."""
        return int(self.met.sum())


def count_quarters(board: CoverageState, rows: Rows) -> QuarterCount:
    """Count the QPV of some atoms; one cut by their border is judged on its communes inside."""
    layer = board.crosswalk.layers["qpv"]
    inside = np.zeros(len(board.status), dtype=bool)
    inside[rows] = True
    held = incidence(layer, len(board.status))
    met = (held @ inside.astype(float)) > 0
    lacking = (held @ (inside & ~board.is_covered).astype(float)) > 0
    left_out = (held @ (inside & ~board.is_covered & ~board.may_be).astype(float)) > 0
    covered = (held @ (inside & board.is_covered).astype(float)) > 0
    unknown = layer.members["inhabitants"].isna().to_numpy() & inside[layer.members["row"].to_numpy(dtype=np.intp)]
    counted = np.ones(len(layer.zones), dtype=bool)
    counted[layer.members["zone"].to_numpy(dtype=np.intp)[unknown]] = False
    return QuarterCount(met, met & ~lacking, layer.candidates & lacking & covered, met & ~left_out, counted)


def populations_known(board: CoverageState, held: csr_array) -> npt.NDArray[np.bool_]:
    """Tell, for each territory (territories × atoms), whether enough populations of its QPV are known to be summed."""
    layer = board.crosswalk.layers["qpv"]
    lost = np.zeros(len(layer.zones), dtype=bool)
    lost[layer.members["zone"].to_numpy(dtype=np.intp)[layer.members["inhabitants"].isna().to_numpy()]] = True
    met = csr_array(held @ incidence(layer, len(board.status)).T.tocsr())
    met.eliminate_zeros()
    met.data[:] = 1.0
    total = np.diff(met.indptr)
    known = np.asarray(met @ (~lost).astype(np.float64))
    return np.array([populations_suffice(int(k), int(t)) for k, t in zip(known, total, strict=True)], dtype=bool)
