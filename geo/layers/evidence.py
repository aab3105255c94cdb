"""Evidence, the data that rules and figures take: layers, density, and mental health places (CMP, hospitals and the like).

Embedded data has none. They come with a synchronisation (FINESS); patients' and carers' associations and mutual help groups
(GEM) are in no official file, and are said to be missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import Rows
from geo.communes import Atlas, Density, Iris, Revitalisation
from geo.layers.crosswalk import Crosswalk

NOT_LISTED = "GEM, associations d’usagers et de proches (dans aucun fichier officiel)"


@dataclass(frozen=True, eq=False)
class CarePlaces:
    """Places by atom: `table` has id, nom, categorie, row (in the atlas), lon, lat; complete in the départements of `extent`."""

    table: pd.DataFrame
    extent: frozenset[str]
    source: str
    vintage: str

    def inside(self, rows: Rows) -> pd.DataFrame:
        """Return the places of some atoms."""
        return self.table[np.isin(self.table["row"].to_numpy(), rows)]


@dataclass(frozen=True)
class LocalActor:
    """A body that no official file lists and that a person names (a GEM, an association): `kind` one of `geo.claims`, the codes of
    its communes, and whose word it is (« d’après Mme X, le 26/11/2026 »)."""

    kind: str
    name: str
    codes: frozenset[str]
    said: str


@dataclass(frozen=True, eq=False)
class Evidence:
    """The communes with every layer, their density class, the care places and the FRR zoning (None where no list is known), and
    the bodies that persons name. `iris` are what cities can be opened into, None until they were synchronised."""

    crosswalk: Crosswalk
    density: Density
    resources: CarePlaces | None = None
    revitalisation: Revitalisation | None = None
    actors: tuple[LocalActor, ...] = ()
    iris: Iris | None = None

    @property
    def atlas(self) -> Atlas:
        """The communes."""
        return self.crosswalk.atlas
