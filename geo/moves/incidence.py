"""Incidence tables: which commune belongs to which body, zone and class, as arrays computed once for all the moves.

Neighbours here know islands and legal exclaves: an island is tied to the nearest commune of its département, and a part
of an EPCI cut off from the rest to the nearest commune of that EPCI, so that neither counts as a hole in a territory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from geo.arrays import Bools, Floats, Ints, Rows
from geo.communes import Atlas, Density
from geo.kept import kept_on_subject
from geo.layers import DISPOSITIFS, CarePlaces, Crosswalk, Etat, Evidence, LayerId, Precision
from geo.perimeters import tied_neighbours

LAYERS = (*DISPOSITIFS, LayerId.ADULT_SECTORS, LayerId.CHILD_SECTORS, LayerId.QPV)


@dataclass(frozen=True, eq=False)
class IncidenceTables:
    """Arrays on which moves are measured. Read only; one for each set of data (`incidence_of`)."""

    evidence: Evidence

    @property
    def atlas(self) -> Atlas:
        """The communes."""
        return self.evidence.atlas

    @property
    def crosswalk(self) -> Crosswalk:
        """Every layer against the communes."""
        return self.evidence.crosswalk

    @cached_property
    def links(self) -> csr_array:
        """Neighbours with the ties of islands and legal exclaves."""
        return tied_neighbours(self.atlas)

    @cached_property
    def points(self) -> tuple[Floats, Ints]:
        """Inner point of each atom, in metres of its legal projection, and the EPSG code of that projection."""
        table = self.atlas.table
        return table[["x", "y"]].to_numpy(dtype=float), table["epsg"].to_numpy(dtype=np.intp)

    @cached_property
    def community_codes(self) -> list[str]:
        """Codes of the intercommunal bodies, by name then code: the first of equals is the one the facts put first."""
        owner, names = self.atlas.communities
        codes = sorted({str(c) for c in owner.dropna()})
        return sorted(codes, key=lambda c: (str(names.at[c, "nom"]), c))

    @cached_property
    def community(self) -> csr_array:
        """Atoms × intercommunal bodies, one where an atom belongs to the body."""
        return _one_hot(self.atlas.communities[0], self.community_codes)

    @cached_property
    def departement(self) -> csr_array:
        """Atoms × départements."""
        return _one_hot(self.atlas.table["departement"], sorted(set(self.atlas.table["departement"])))

    @cached_property
    def epci(self) -> csr_array:
        """Atoms × EPCI."""
        return _one_hot(self.atlas.table["epci"], list(self.atlas.epci.index))

    @cached_property
    def town_codes(self) -> list[str]:
        """Codes of communes, split cities as one, in code order."""
        return sorted(set(self.atlas.table["commune"]))

    @cached_property
    def town(self) -> csr_array:
        """Atoms × communes, split cities as one."""
        return _one_hot(self.atlas.table["commune"], self.town_codes)

    @cached_property
    def town_people(self) -> csr_array:
        """Atoms × communes, inhabitants."""
        return csr_array(self.town.multiply(self.atlas.population.astype(float)[:, None]))

    @cached_property
    def people(self) -> csr_array:
        """Atoms × intercommunal bodies, inhabitants."""
        return csr_array(self.community.multiply(self.atlas.population.astype(float)[:, None]))

    @cached_property
    def big(self) -> Floats:
        """Inhabitants of the whole commune (or split city) of each commune column."""
        return np.asarray(self.town_people.sum(axis=0), dtype=float)

    @cached_property
    def split(self) -> Bools:
        """Whether each commune column is a city of several arrondissements."""
        return np.asarray(self.town.sum(axis=0) > 1)

    @cached_property
    def depth(self) -> Ints:
        """Number of dispositifs in service on each atom, in whole or in part."""
        found = np.zeros(len(self.atlas.table), dtype=np.intp)
        for layer_id in DISPOSITIFS:
            layer = self.crosswalk.layers[layer_id]
            running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()
            rows = layer.members["row"].to_numpy(dtype=np.intp)
            mine = rows[running[layer.members["zone"].to_numpy(dtype=np.intp)]]
            found += np.bincount(mine, minlength=len(found))
        return found

    @cached_property
    def main_town(self) -> tuple[Ints, Floats, Ints]:
        """For each intercommunal body: its most populous commune, that commune's share of it, its number of communes."""
        owner, town = self.community.tocoo(), self.atlas.table["commune"]
        frame = pd.DataFrame({"body": owner.col, "town": town.to_numpy()[owner.row],
                              "people": self.atlas.population[owner.row]})  # fmt: skip
        grouped = frame.groupby(["body", "town"], sort=True)["people"].sum().reset_index()
        first = grouped.sort_values(["body", "people"], ascending=[True, False], kind="stable").groupby("body").first()
        first = first.reindex(range(len(self.community_codes)))
        place = {code: i for i, code in enumerate(self.town_codes)}
        totals = grouped.groupby("body")["people"].sum().reindex(first.index).to_numpy(dtype=float)
        counts = grouped.groupby("body").size().reindex(first.index).to_numpy(dtype=np.intp)
        share = np.divide(first["people"].to_numpy(dtype=float), totals, out=np.zeros(len(totals)), where=totals > 0)
        return np.array([place[t] for t in first["town"]], dtype=np.intp), share, counts

    @cached_property
    def features(self) -> Floats:
        """Atoms × plain sums, in the order of FEATURES."""
        atlas, resources = self.atlas, self.evidence.resources
        layers = self.crosswalk.layers
        departement = atlas.table["departement"]
        owned = atlas.communities[0].notna().to_numpy()
        rural = self.evidence.density.rural
        lacking = ~departement.isin(set.intersection(*(set(layers[i].extent) for i in DISPOSITIFS))).to_numpy()
        places = np.zeros(len(atlas.table))
        if resources is not None:
            np.add.at(places, resources.table["row"].to_numpy(dtype=np.intp), 1.0)
        unlisted = ~departement.isin(resources.extent if resources is not None else set()).to_numpy()
        columns = [
            np.ones(len(atlas.table)), atlas.population, atlas.table["area_m2"], rural & owned, rural, lacking, places, unlisted,
            *(~departement.isin(layers[i].extent).to_numpy() for i in LAYERS[len(DISPOSITIFS):]),
            *(_assigned(self.crosswalk, i) for i in (LayerId.ADULT_SECTORS, LayerId.CHILD_SECTORS)),
        ]  # fmt: skip
        return np.column_stack([np.asarray(c, dtype=float) for c in columns])

    @cached_property
    def body_rural(self) -> Floats:
        """Rural communes of each intercommunal body."""
        return np.asarray(self.community.T @ self.evidence.density.rural.astype(float))

    @cached_property
    def body_quarters(self) -> csr_array:
        """Intercommunal bodies × QPV, one where the body meets the quarter."""
        met = csr_array(self.community.T @ self.presence(LayerId.QPV))
        met.data[:] = 1.0
        return met

    @cached_property
    def body_unlisted(self) -> Bools:
        """Whether each intercommunal body touches a département where the list of QPV is not complete."""
        unlisted = self.features[:, FEATURES.index("qpv_unlisted")]
        return np.asarray(self.community.T @ unlisted) > 0

    def presence(self, layer: LayerId) -> csr_array:
        """Atoms × zones of a layer: one where the atom is in the zone, in whole or in part."""
        size, columns = self.crosswalk.zones, self.crosswalk.columns[layer]
        whole = self.crosswalk.matrix[:, size + columns.start : size + columns.stop]
        part = self.crosswalk.matrix[:, 2 * size + columns.start : 2 * size + columns.stop]
        return csr_array(whole + part)

    @cached_property
    def zone_columns(self) -> Ints:
        """Columns (in the zones of all layers) of the layers that checks look at."""
        spans = [np.arange(self.crosswalk.columns[i].start, self.crosswalk.columns[i].stop) for i in LAYERS]
        return np.concatenate(spans).astype(np.intp)

    @cached_property
    def zone_layer(self) -> npt.NDArray[np.int8]:
        """Layer of each of these columns, as its place in LAYERS."""
        sizes = [len(self.crosswalk.layers[i].zones) for i in LAYERS]
        return np.repeat(np.arange(len(LAYERS), dtype=np.int8), sizes)

    @cached_property
    def zone_ids(self) -> npt.NDArray[np.object_]:
        """Id of each of these columns in its layer."""
        return np.array([str(i) for name in LAYERS for i in self.crosswalk.layers[name].zones.index], dtype=object)

    @cached_property
    def zone_names(self) -> npt.NDArray[np.object_]:
        """Name of each of these columns."""
        return np.array([str(n) for name in LAYERS for n in self.crosswalk.layers[name].zones["nom"]], dtype=object)

    @cached_property
    def _members(self) -> dict[LayerId, tuple[list[str], Ints, Ints]]:
        """For each layer: names of the zones, zone and atom of each membership (whole ones; for QPV, all that are placed)."""
        found = {}
        for layer_id in LAYERS:
            layer = self.crosswalk.layers[layer_id]
            kept = layer.placed if layer_id == LayerId.QPV else layer.members[layer.members["whole"]]
            arrays = (kept["zone"].to_numpy(dtype=np.intp), kept["row"].to_numpy(dtype=np.intp))
            found[layer_id] = ([str(n) for n in layer.zones["nom"]], *arrays)
        return found

    def zones_near(self, layer: LayerId, rows: Rows) -> Iterator[tuple[str, Rows]]:
        """Yield the zones of a layer that some atoms meet: name, and the atoms wholly in it (those it touches for a QPV)."""
        names, zones, atoms = self._members[layer]
        mask = np.zeros(len(self.atlas.table), dtype=bool)
        mask[rows] = True
        for zone in np.unique(zones[mask[atoms]]).tolist():
            yield names[zone], np.unique(atoms[zones == zone])

    @cached_property
    def zone_known(self) -> dict[str, npt.NDArray[np.bool_]]:
        """State of knowledge of each zone: partly read, in one of its arrondissements, supposed, in service."""
        frames = [self.crosswalk.layers[i].zones for i in LAYERS]
        precision = np.concatenate([f["precision"].to_numpy(dtype=object) for f in frames])
        etat = np.concatenate([f["etat"].to_numpy(dtype=object) for f in frames])
        return {
            "vague": precision == Precision.PARTIELLE,
            "candidates": precision == Precision.VILLE,
            "supposed": precision == Precision.SUPPOSEE,
            "running": etat == Etat.EN_SERVICE,
        }

    @cached_property
    def unsized(self) -> csr_array:
        """Atoms × zones: one where a part of the atom, of unknown size, is in the zone."""
        atoms, places, start = [], [], 0
        for layer_id in LAYERS:
            layer = self.crosswalk.layers[layer_id]
            unknown = layer.members[~layer.members["whole"] & layer.members["inhabitants"].isna()]
            atoms.append(unknown["row"].to_numpy(dtype=np.intp))
            places.append(unknown["zone"].to_numpy(dtype=np.intp) + start)
            start += len(layer.zones)
        rows, columns = np.concatenate(atoms), np.concatenate(places)
        return csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(self.atlas.table), start))

    @cached_property
    def unsized_totals(self) -> Floats:
        """Number of communes of each zone of which a part of unknown size is in it."""
        return np.asarray(self.unsized.sum(axis=0), dtype=float).ravel()

    @cached_property
    def zone_population(self) -> Floats:
        """Published population of each zone (QPV); NaN where there is none."""
        return np.concatenate([self.crosswalk.layers[i].zones["population"].to_numpy(dtype=float) for i in LAYERS])


FEATURES = (
    "atoms", "population", "area_m2", "rural_owned", "rural", "lacking", "places", "unlisted",
    "adult_unlisted", "child_unlisted", "qpv_unlisted", "adult_assigned", "child_assigned",
)  # fmt: skip


def incidence_of(evidence: Evidence) -> IncidenceTables:
    """Return the incidence tables of some evidence, made once."""
    return _incidence(evidence.crosswalk, evidence.density, evidence.resources)


@kept_on_subject
def _incidence(crosswalk: Crosswalk, density: Density, resources: CarePlaces | None) -> IncidenceTables:
    return IncidenceTables(Evidence(crosswalk, density, resources))


def _one_hot(owner: pd.Series, codes: list[str]) -> csr_array:
    place = pd.Series(np.arange(len(codes)), index=codes)
    rows = np.flatnonzero(owner.notna().to_numpy())
    columns = place.loc[owner.iloc[rows]].to_numpy()
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(owner), len(codes)))


def _assigned(crosswalk: Crosswalk, layer: str) -> Bools:
    members = crosswalk.layers[layer].members
    found = np.zeros(len(crosswalk.atlas.table), dtype=bool)
    found[members.loc[members["whole"], "row"].to_numpy(dtype=np.intp)] = True
    return found
