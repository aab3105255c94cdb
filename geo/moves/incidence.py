"""Incidence tables: which commune belongs to which body, zone and class, as arrays computed once for all the moves.

Neighbours here know islands and legal exclaves: an island is tied to the nearest commune of its département, and a part
of an EPCI cut off from the rest to the nearest commune of that EPCI, so that neither counts as a hole in a territory.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from geo.arrays import Bools, Floats, Ints
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
    def unites(self) -> Bools:
        """Whether each of these is a body that unites communes: Paris stands for itself."""
        known = {*self.atlas.epci.index, *self.atlas.ept.index}
        return np.array([code in known for code in self.community_codes], dtype=bool)

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
        level, rural = self.evidence.density.level, self.evidence.density.rural
        lacking = ~np.logical_and.reduce([layers[i].complete_at(atlas) for i in DISPOSITIFS])
        places = np.zeros(len(atlas.table))
        if resources is not None:
            np.add.at(places, resources.table["row"].to_numpy(dtype=np.intp), 1.0)
        unlisted = ~departement.isin(resources.extent if resources is not None else set()).to_numpy()
        columns = [
            np.ones(len(atlas.table)), atlas.population, atlas.table["area_m2"], rural, rural * atlas.population,
            (level == 1) * atlas.population, lacking, places, unlisted, *self._quarter_people,
            *(~layers[i].complete_at(atlas) for i in LAYERS[len(DISPOSITIFS):]),
            *(_assigned(self.crosswalk, i) for i in (LayerId.ADULT_SECTORS, LayerId.CHILD_SECTORS)),
        ]  # fmt: skip
        return np.column_stack([np.asarray(c, dtype=float) for c in columns])

    def feature(self, name: str) -> Floats:
        """Return one plain sum of FEATURES, atom by atom."""
        return self.features[:, FEATURES.index(name)]

    @property
    def _quarter_people(self) -> tuple[Floats, Floats]:
        """Inhabitants of QPV in each atom, and number of quarters of which it holds a part of unknown size."""
        members, size = self.crosswalk.layers[LayerId.QPV].members, len(self.atlas.table)
        rows, people = members["row"].to_numpy(dtype=np.intp), members["inhabitants"].to_numpy(dtype=float)
        known = ~np.isnan(people)
        return (
            np.bincount(rows[known], weights=people[known], minlength=size).astype(float),
            np.bincount(rows[~known], minlength=size).astype(float),
        )

    @cached_property
    def body_of(self) -> Ints:
        """Intercommunal body of each atom, as its place in `community_codes`; −1 where there is none."""
        found = np.full(len(self.atlas.table), -1, dtype=np.intp)
        owner = self.community.tocoo()
        found[owner.row] = owner.col
        return found

    @cached_property
    def body_atoms(self) -> Floats:
        """Number of atoms of each intercommunal body."""
        return np.asarray(self.community.sum(axis=0), dtype=float)

    @cached_property
    def body_population(self) -> Floats:
        """Inhabitants of each intercommunal body."""
        return np.asarray(self.people.sum(axis=0), dtype=float)

    @cached_property
    def quarters(self) -> csr_array:
        """Atoms × QPV, one where the atom is in the quarter, in whole or in part."""
        return self.presence(LayerId.QPV)

    @cached_property
    def town_of(self) -> Ints:
        """Commune of each atom (a split city is one), as its place in `town_codes`."""
        return np.searchsorted(self.town_codes, self.atlas.table["commune"].to_numpy(dtype=str)).astype(np.intp)

    @cached_property
    def quarter_atoms(self) -> Floats:
        """Number of atoms that each QPV meets."""
        return np.asarray(self.quarters.sum(axis=0), dtype=float)

    @cached_property
    def quarter_ids(self) -> npt.NDArray[np.object_]:
        """Id of each QPV."""
        return self.zone_ids[self.zone_layer == LAYERS.index(LayerId.QPV)]

    @cached_property
    def quarter_candidates(self) -> Bools:
        """Whether each QPV lies in one or several arrondissements of its city, unknown which."""
        return self.zone_known["candidates"][self.zone_layer == LAYERS.index(LayerId.QPV)]

    @cached_property
    def quarter_home(self) -> Ints:
        """Commune that holds all of each QPV, as its place in `town_codes` (a split city is one); −1 for one astride two."""
        atoms, quarters = self.quarters.nonzero()
        towns = self.town_of[atoms]
        first = np.full(self.quarters.shape[1], len(self.town_codes), dtype=np.intp)
        last = np.full(self.quarters.shape[1], -1, dtype=np.intp)
        np.minimum.at(first, quarters, towns)
        np.maximum.at(last, quarters, towns)
        return np.where(first == last, first, -1)

    @cached_property
    def body_quarters(self) -> csr_array:
        """Intercommunal bodies × QPV, one where the body meets the quarter."""
        met = csr_array(self.community.T @ self.quarters)
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
    "atoms", "population", "area_m2", "rural", "rural_people", "dense_people", "lacking", "places", "unlisted",
    "qpv_people", "qpv_unsized",
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
