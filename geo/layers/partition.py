"""Whether the zones of a layer partition some communes: which are in no zone, and which in several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.arrays import Bools, Rows
from geo.communes import Atlas
from geo.layers.layer import Layer


@dataclass(frozen=True, eq=False)
class PartitionFaults:
    """The atoms (rows, in order) that are in no zone, and those that are in several."""

    nowhere: Rows
    several: Rows

    @property
    def sound(self) -> bool:
        """Whether each atom is held once."""
        return not len(self.nowhere) and not len(self.several)


def partition_faults(layer: Layer, atlas: Atlas, among: Bools) -> PartitionFaults:
    """Return what keeps a layer from holding each atom of `among` (a mask) once.

    A commune that zones share in parts is held; one that a zone holds whole beside another is in several.
    """
    members = layer.placed
    rows, whole = members["row"].to_numpy(dtype=np.intp), members["whole"].to_numpy(dtype=bool)
    held = np.bincount(rows, minlength=len(atlas.table))
    twice = (held > 1) & (np.bincount(rows[whole], minlength=len(atlas.table)) > 0)
    return PartitionFaults(np.flatnonzero(among & (held == 0)), np.flatnonzero(among & twice))
