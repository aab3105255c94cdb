"""Rural or urban: the INSEE density grid when it is there, else an approximation that says so.

The grid (7 levels, grouped in 3) is built by INSEE on 1 km squares of people; the embedded base has none. Until it
is synchronised, three classes are read from inhabitants per km² of the whole commune. The two thresholds are the round
values that agree best with the grid of 2025, measured over its 34 875 communes (AGREEMENT; tests/communes/test_density.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.communes.atlas import Atlas

DENSE_PER_KM2 = 1500.0
RURAL_BELOW_PER_KM2 = 250.0
# Agreement of the approximation with the INSEE grid of 2025, for the three classes and for « rural or not »:
# shares of communes, then of inhabitants.
AGREEMENT = {"classes": (0.9325, 0.8341), "rural": (0.9429, 0.9148)}
LABELS = {1: "urbain dense", 2: "urbain intermédiaire", 3: "rural"}


@dataclass(frozen=True, eq=False)
class Density:
    """The class of each atom: `level` is 1 dense urban, 2 intermediate, 3 rural, in row order."""

    level: npt.NDArray[np.int8]
    source: str
    estimated: bool

    @property
    def rural(self) -> npt.NDArray[np.bool_]:
        """Whether each atom is rural."""
        return self.level == 3


def approximate_density(atlas: Atlas) -> Density:
    """Sort every atom by inhabitants per km² of its whole area; an estimate, and marked as one.

    Arrondissements take the class of their whole city.
    """
    table = atlas.table
    city = table.groupby("commune")[["population", "area_m2"]].transform("sum")
    per_km2 = (city["population"] / (city["area_m2"] / 1e6)).to_numpy(dtype=float)
    level = np.where(per_km2 >= DENSE_PER_KM2, 1, np.where(per_km2 >= RURAL_BELOW_PER_KM2, 2, 3)).astype(np.int8)
    return Density(level, "approximation par la densité de la commune (habitants par km²)", estimated=True)
