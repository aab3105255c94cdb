"""France ruralités revitalisation (FRR): the official zoning of rural communes, where its list was synchronised.

Nothing stands in for it: without the list, or for a commune that it does not name, the status is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.arrays import Rows

# The statuses of the official list, gathered as they are shown; FRR+ is a reinforced FRR.
GROUPS: Mapping[str, str] = {
    "FRR socle": "frr",
    "FRR bénéficiaire": "frr",
    "FRR+": "frr_plus",
    "Classée FRR partiellement": "partielle",
    "FRR bénéficiaire partiellement": "partielle",
    "FRR à La Réunion": "reunion",
    "Non classée": "non_classee",
}


@dataclass(frozen=True, eq=False)
class Revitalisation:
    """The FRR status of each atom in row order, one of the keys of GROUPS, "" where the list says nothing; and its source."""

    status: npt.NDArray[np.object_]
    source: str

    def count(self, rows: Rows) -> dict[str, int]:
        """Return how many of some atoms are in each group of GROUPS, and how many are unknown (`inconnu`)."""
        found = [GROUPS.get(str(status), "inconnu") for status in self.status[rows]]
        return {group: found.count(group) for group in (*dict.fromkeys(GROUPS.values()), "inconnu")}
