"""Coverage status by CLSM, commune by commune, and what a scope holds of each.

A commune is « couverte » when a CLSM in service holds it whole; supposed perimeters, parts of communes and projects are
kept apart. Where the list of CLSM is not complete, a commune without one is « inconnu », never « non couvert », unless the
user states that the list is complete in its département.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo import french as fr
from geo.arrays import Bools, Rows
from geo.communes import Atlas
from geo.coverage.manner import NOTHING_ASIDE, Aside, Doubt, covered_with_doubt, set_aside, zone_doubts
from geo.coverage.scope import Scope
from geo.layers import Crosswalk, Etat, Layer, LayerId, Precision


class Status(IntEnum):
    """State of a commune; when several hold, the first in this order wins."""

    COUVERT = 0
    SUPPOSE = 1
    PARTIEL = 2
    PROJET = 3
    NON_COUVERT = 4
    INCONNU = 5


STATUS_LABELS = {
    Status.COUVERT: "couvert",
    Status.SUPPOSE: "couvert, périmètre supposé",
    Status.PARTIEL: "couvert en partie",
    Status.PROJET: "projet",
    Status.NON_COUVERT: "non couvert",
    Status.INCONNU: "inconnu",
}
STATUS_MEANINGS = {
    Status.COUVERT: "un CLSM cité en service couvre toute la commune",
    Status.SUPPOSE: "un CLSM est cité, mais ses communes sont déduites de son nom",
    Status.PARTIEL: "un CLSM ne couvre qu’une partie de la commune",
    Status.PROJET: "un CLSM est annoncé, en projet ou à confirmer",
    Status.NON_COUVERT: "la liste des CLSM est complète ici, et aucun ne couvre la commune",
    Status.INCONNU: "aucun CLSM connu, mais la liste, ou la composition d’un CLSM, n’est pas complète ici",
}
COVERED = (Status.COUVERT, Status.SUPPOSE)


def commune_status(
    atlas: Atlas, clsm: Layer, *, complete: Iterable[str] = (), aside: Aside = NOTHING_ASIDE
) -> npt.NDArray[np.int8]:
    """Return the status of every atom, in row order.

    `complete` adds départements where the user states that the list of CLSM is complete; one where rows of the list are still
    to be settled, or where the communes of a CLSM are not all known, is complete for nobody. What only facts set aside cover is
    unknown, even there.
    """
    known = atlas.table["departement"].isin(clsm.complete(complete)).to_numpy()
    status = np.where(known, Status.NON_COUVERT, Status.INCONNU).astype(np.int8)
    etat = clsm.zones["etat"].to_numpy(dtype=object)[clsm.members["zone"]]
    precision = clsm.zones["precision"].to_numpy(dtype=object)[clsm.members["zone"]]
    running = etat == Etat.EN_SERVICE
    supposed = precision == Precision.SUPPOSEE
    whole, rows = clsm.members["whole"].to_numpy(), clsm.members["row"].to_numpy()
    left_out = set_aside(clsm, atlas.year, aside)[clsm.members["zone"].to_numpy(dtype=np.intp)]
    status[rows[left_out]] = Status.INCONNU
    for value, chosen in (
        (Status.PROJET, ~running),
        (Status.PARTIEL, running & ~whole),
        (Status.SUPPOSE, running & whole & supposed),
        (Status.COUVERT, running & whole & ~supposed),
    ):
        status[rows[chosen & ~left_out]] = value
    return status


@dataclass(frozen=True, eq=False)
class Coverage:
    """Coverage of a scope: figures by status, and the CLSM known there.

    `complete` and `aside` are what the user declared complete and set aside, as in `commune_status`.
    """

    scope: Scope
    crosswalk: Crosswalk
    status: npt.NDArray[np.int8]
    aside: Aside = NOTHING_ASIDE
    complete: frozenset[str] = frozenset()

    @cached_property
    def extended(self) -> Bools:
        """Whether each atom of the country is covered only by extension to the communes of an EPCI."""
        layer, today = self.crosswalk.layers[LayerId.CLSM], self.crosswalk.atlas.year
        doubts = {Doubt.EXTENSION: zone_doubts(layer, today, self.aside.years)[Doubt.EXTENSION]}
        covered = np.isin(self.status, COVERED)
        return covered_with_doubt(layer, covered, set_aside(layer, today, self.aside), doubts)[Doubt.EXTENSION]

    @cached_property
    def rows(self) -> Rows:
        """Rows of the scope."""
        return self.scope.rows

    def known_everywhere(self, layer_id: str) -> bool:
        """Whether an absence from a layer means « none » on the whole scope, by its list or by what the user declares."""
        declared = self.complete if layer_id == LayerId.CLSM else frozenset()
        return set(self.scope.departements) <= self.crosswalk.layers[layer_id].complete(declared)

    @cached_property
    def by_status(self) -> pd.DataFrame:
        """Communes (atoms) and inhabitants in each status, in the order of Status; unknown statuses count 0."""
        atlas = self.crosswalk.atlas
        frame = pd.DataFrame({"status": self.status[self.rows], "population": atlas.population[self.rows]})
        grouped = frame.groupby("status")["population"].agg(communes="size", population="sum")
        return grouped.reindex(list(Status), fill_value=0)

    @property
    def communes(self) -> int:
        """Communes of the scope, a split city counting for one."""
        return int(self.crosswalk.atlas.table["commune"].iloc[self.rows].nunique())

    @property
    def population(self) -> int:
        """Inhabitants of the scope."""
        return int(self.by_status["population"].sum())

    @property
    def population_year(self) -> str:
        """Reference year of the scope's populations."""
        return self.crosswalk.atlas.population_year_of(self.scope.departements)

    @property
    def covered(self) -> int:
        """Inhabitants of communes wholly in a CLSM in service, supposed perimeters included."""
        return int(self.by_status.loc[list(COVERED), "population"].sum())

    @property
    def partly_covered(self) -> float | None:
        """Inhabitants, an estimate, of the covered part of the communes covered in part.

        None when the size of such a part is not known; 0 when there is no such commune. Parts that overlap never count
        for more than their commune.
        """
        layer, atlas = self.crosswalk.layers[LayerId.CLSM], self.crosswalk.atlas
        partly = np.zeros(len(atlas.table), dtype=bool)
        partly[self.rows] = self.status[self.rows] == Status.PARTIEL
        running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()[layer.members["zone"].to_numpy(dtype=np.intp)]
        parts = layer.members[running & partly[layer.members["row"].to_numpy(dtype=np.intp)]]
        if parts["inhabitants"].isna().any():
            return None
        people = parts.groupby("row")["inhabitants"].sum()
        return float(np.minimum(people.to_numpy(), atlas.population[people.index.to_numpy(dtype=np.intp)]).sum())

    def clsm(self) -> pd.DataFrame:
        """Return the CLSM known in the scope, those whose communes are unknown included (by their département).

        `habitants` are those of their communes here, with the estimated part of communes that they cut (`estimation`).
        """
        layer = self.crosswalk.layers[LayerId.CLSM]
        inside = layer.members[np.isin(layer.members["row"], self.rows)]
        unlocated = layer.zones["precision"] == Precision.INCONNUE
        chosen = set(layer.zones.index[inside["zone"].unique()])
        chosen |= set(layer.zones.index[unlocated & layer.zones["departement"].isin(self.scope.departements)])
        table = layer.zones[layer.zones.index.isin(chosen)].copy()
        known = inside[inside["inhabitants"].notna()]
        people = known.groupby("zone")["inhabitants"].sum().round()
        estimated = set(layer.zones.index[known.loc[~known["whole"], "zone"].unique()])
        position = pd.Series(np.arange(len(layer.zones)), index=layer.zones.index)
        table["communes"] = position[table.index].map(inside.groupby("zone").size()).fillna(0).astype(int)
        table["habitants"] = position[table.index].map(people)
        table["estimation"] = table.index.isin(estimated)
        return table


def coverage(
    scope: Scope, crosswalk: Crosswalk, *, complete: Iterable[str] = (), aside: Aside = NOTHING_ASIDE
) -> Coverage:
    """Compute the coverage of a scope; `complete` and `aside` as in `commune_status`."""
    scope, declared = scope.on(crosswalk.atlas), frozenset(complete)  # of one dataset, however long they are kept
    return Coverage(
        scope,
        crosswalk,
        commune_status(crosswalk.atlas, crosswalk.layers[LayerId.CLSM], complete=declared, aside=aside),
        aside,
        declared,
    )


@dataclass(frozen=True)
class ClsmMarker:
    """Where to draw one CLSM: the mean of its communes' inner points weighted by inhabitants (EPSG:4326)."""

    id: str
    name: str
    departement: str
    status: Status
    detail: str
    population: int
    lon: float
    lat: float


def clsm_places(crosswalk: Crosswalk) -> tuple[ClsmMarker, ...]:
    """Return the CLSM of which some communes are known, by name; `population` counts what is known to be inside."""
    layer, atlas = crosswalk.layers[LayerId.CLSM], crosswalk.atlas
    places = []
    for zone, members in layer.members.groupby("zone"):
        rows = members["row"].to_numpy()
        weights = atlas.population[rows] + 1.0  # a commune without inhabitants still has a place
        lon, lat = (float(np.average(atlas.table[c].to_numpy()[rows], weights=weights)) for c in ("lon", "lat"))
        info = layer.zones.iloc[int(str(zone))]
        precision, etat = Precision(info["precision"]), Etat(info["etat"])
        partly = precision is Precision.PARTIELLE or not members["whole"].all()
        status = _place_status(etat, precision, partly=partly)
        notes = [str(etat)]
        if precision in (Precision.SUPPOSEE, Precision.PARTIELLE):
            notes.append(f"composition {precision}")
        population = int(members["inhabitants"].sum())
        place = ClsmMarker(
            str(info.name), str(info["nom"]), str(info["departement"]), status, ", ".join(notes), population, lon, lat
        )
        places.append(place)
    return tuple(sorted(places, key=lambda p: fr.order(p.name)))


def _place_status(etat: Etat, precision: Precision, *, partly: bool) -> Status:
    if etat is not Etat.EN_SERVICE:
        return Status.PROJET
    if precision is Precision.SUPPOSEE:
        return Status.SUPPOSE
    return Status.PARTIEL if partly else Status.COUVERT
