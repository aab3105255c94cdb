"""What rules and figures rest on: who belongs to what, which communes are rural, where care places are; nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from geo.communes import Atlas
from geo.crosswalk import Crosswalk
from geo.density import Density
from geo.resources import Resources


@dataclass(frozen=True, eq=False)
class Evidence:
    """The communes with every layer, their density class, and the care places (None where no list is known)."""

    crosswalk: Crosswalk
    density: Density
    resources: Resources | None = None

    @property
    def atlas(self) -> Atlas:
        """The communes."""
        return self.crosswalk.atlas
