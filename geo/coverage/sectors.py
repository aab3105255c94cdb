"""Sectors of psychiatry as a partition of a territory: who is in none or in two, and how much of each sector has a CLSM.

The same for adult and child sectors. People with and without a CLSM are two bounds where coverage is not known; a sector that takes
a part of unknown size of a commune has no number of people at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from geo import french as fr
from geo.arrays import Rows
from geo.communes import Atlas, pieces_text, places
from geo.coverage.figures.bodies import uncounted
from geo.coverage.scope import Scope
from geo.coverage.state import CoverageState, incidence, weighted_incidence
from geo.guidance import hospital_of
from geo.layers import Etat, LayerId, Precision, partition_faults

SECTOR_LEVELS = {LayerId.ADULT_SECTORS: "Secteurs adultes", LayerId.CHILD_SECTORS: "Secteurs infanto-juvéniles"}
MOST_NAMED = 12
SECTOR_TITLES = {
    "code": "Code",
    "nom": "Secteur",
    "hopital": "Hôpital",
    "communes": "Communes ici",
    "population": "Habitants ici",
    "clsm": "CLSM en service connus",
    "avec_min": "Dans un CLSM, au moins",
    "avec_max": "Dans un CLSM, au plus",
    "sans_min": "Sans CLSM, au moins",
    "sans_max": "Sans CLSM, au plus",
    "couverture": "Couverture",
    "source": "Source",
}


class SectorCover(IntEnum):
    """How much of a sector has a CLSM."""

    WHOLE = 0
    PART = 1
    NONE = 2
    UNKNOWN = 3


COVER_LABELS = {
    SectorCover.WHOLE: "tout le secteur est dans un CLSM",
    SectorCover.PART: "une partie du secteur est dans un CLSM",
    SectorCover.NONE: "aucun CLSM dans le secteur",
    SectorCover.UNKNOWN: "aucun CLSM connu, liste incomplète",
}


@dataclass(frozen=True, eq=False)
class SectorView:
    """The sectors of one kind in a scope.

    `table` is indexed by id, in the columns of SECTOR_TITLES (people are NaN where they are not known). `listed` counts the atoms where
    the list of sectors is complete, `nowhere` and `several` (rows) are those among them in no sector, or in several. `cover` gives for
    each atom of the scope the SectorCover of its sector, −1 where none is known, −2 where several share it.
    """

    layer_id: LayerId
    table: pd.DataFrame
    listed: int
    atoms: int
    nowhere: Rows
    several: Rows
    cover: npt.NDArray[np.int8]

    def sentence(self, atlas: Atlas) -> str:
        """Say whether the list partitions where it is stated complete, and the communes at fault with their people."""
        one = SECTOR_LEVELS[self.layer_id].lower()
        if not self.listed:
            return f"La liste des {one} n’est dite complète nulle part ici : rien ne peut être vérifié, et une absence reste inconnue."
        where = (
            "ici"
            if self.listed == self.atoms
            else f"pour {fr.count(self.listed, 'commune')} sur {fr.number(self.atoms)}"
        )
        lines = [f"La liste des {one} est dite complète {where}."]
        faults = [(self.nowhere, "dans aucun secteur"), (self.several, "dans plusieurs secteurs")]
        for rows, what in faults:
            if len(rows):
                people = int(atlas.population[rows].sum())
                names = fr.listing(places(atlas, rows), MOST_NAMED)
                lines.append(f"{pieces_text(atlas, rows)} {what}, {fr.inhabitants(people)} : {names}.")
        if len(lines) == 1:
            lines.append("Chaque commune y est dans un secteur et un seul.")
        return " ".join(lines)

    @property
    def without(self) -> pd.DataFrame:
        """The sectors without any CLSM, or without any known."""
        return self.table[self.table["clsm"] == 0]


def sector_view(layer_id: LayerId, scope: Scope, state: CoverageState) -> SectorView:
    """Return the sectors of one kind that a scope meets, those with the most people surely without CLSM first."""
    layer, inside = state.crosswalk.layers[layer_id], scope.mask
    held = incidence(layer, len(state.status))
    met = np.flatnonzero((held @ inside.astype(np.float64)) > 0)
    here = csr_array(held[met].multiply(inside[None, :].astype(np.float64)))
    weights = csr_array(weighted_incidence(layer, state.population)[met].multiply(inside[None, :].astype(np.float64)))
    people, covered = weights @ state.population, weights @ state.people["couverts"]
    most = np.minimum(covered + weights @ state.possible, people)
    lost = uncounted(layer, inside)[met] | layer.zones["precision"].eq(Precision.INCONNUE).to_numpy()[met]
    clsm = _clsm_met(here, state)
    covers = _covers(here, state, clsm)
    zones = layer.zones.iloc[met]
    table = pd.DataFrame(
        {
            "nom": zones["nom"].to_numpy(dtype=object),
            "hopital": [hospital_of(zone) for _, zone in zones.iterrows()],
            "communes": np.asarray(here.sum(axis=1)).ravel().astype(np.int64),
            **{
                name: np.where(lost, np.nan, values)
                for name, values in (
                    ("population", people), ("avec_min", covered), ("avec_max", most),
                    ("sans_min", people - most), ("sans_max", people - covered),
                )
            },
            "clsm": clsm,
            "couverture": [COVER_LABELS[c] for c in covers],
            "source": [str(text) or layer.source for text in zones["source_titre"]],
        },
        index=pd.Index(zones.index.astype(str), name="code"),
    )[[name for name in SECTOR_TITLES if name != "code"]]  # fmt: skip
    among = layer.complete_at(state.atlas) & inside
    faults = partition_faults(layer, state.atlas, among)
    order = np.lexsort([np.arange(len(met)), -np.nan_to_num(table["population"]), -np.nan_to_num(table["sans_max"])])
    return SectorView(
        layer_id, table.iloc[order], int(among.sum()), int(inside.sum()), faults.nowhere, faults.several,
        _cover_of(here, np.array(covers, dtype=np.int8), scope.rows),
    )  # fmt: skip


def _clsm_met(here: csr_array, state: CoverageState) -> npt.NDArray[np.int64]:
    """Count, for each sector, the CLSM in service that surely hold some of its communes."""
    clsm = state.crosswalk.layers[LayerId.CLSM]
    running = (clsm.zones["etat"] == Etat.EN_SERVICE).to_numpy() & ~state.left_out & ~clsm.candidates
    meets = csr_array(here @ incidence(clsm, len(state.status)).T.tocsr())
    return np.asarray(((meets > 0).multiply(running[None, :])).sum(axis=1)).ravel().astype(np.int64)


def _covers(here: csr_array, state: CoverageState, clsm: npt.NDArray[np.int64]) -> list[SectorCover]:
    size = np.asarray(here.sum(axis=1)).ravel()
    whole = (here @ state.is_covered.astype(np.float64)) == size
    maybe = (here @ state.may_be.astype(np.float64)) > 0
    found = np.where(
        whole,
        SectorCover.WHOLE,
        np.where(clsm > 0, SectorCover.PART, np.where(maybe, SectorCover.UNKNOWN, SectorCover.NONE)),
    )
    return [SectorCover(int(value)) for value in found]


def _cover_of(here: csr_array, covers: npt.NDArray[np.int8], rows: Rows) -> npt.NDArray[np.int8]:
    """Return the cover of the sector of each atom of the scope."""
    if not len(covers):
        return np.full(len(rows), -1, dtype=np.int8)
    count = np.asarray((here > 0).sum(axis=0)).ravel()[rows]
    only = np.asarray((here > 0).astype(np.float64).T @ covers.astype(np.float64)).ravel()[rows]
    return np.where(count == 0, -1, np.where(count > 1, -2, only)).astype(np.int8)
