"""A perimeter: a set of communes that a CLSM covers or could cover, and the facts about it.

A perimeter is never edited: adding a commune gives a new one. Facts are computed once, on demand, and every check
and page reads them from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse.csgraph import connected_components
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.distance import pdist

from geo import french as fr
from geo.arrays import Rows
from geo.communes import Atlas, CommuneCode, Density, atoms_from_codes, name_of, parts_named, short_name, sizes
from geo.errors import GeoInputError
from geo.kept import kept_on_subject
from geo.layers import CarePlaces, Crosswalk, Evidence, Layer, Overlap, Precision, by_declaration, zone_members

# The exact diameter looks at every pair; past this many communes the convex hull of the points gives the same answer faster.
HULL_FROM = 400


@dataclass(frozen=True)
class Perimeter:
    """A set of atoms of one year. Hashable, so it can key a cache; order and name do not change its facts."""

    communes: frozenset[CommuneCode]
    name: str = "Périmètre"
    year: int = 2026

    @classmethod
    def of(cls, codes: Iterable[str], atlas: Atlas, name: str = "Périmètre") -> Perimeter:
        """Make a perimeter from codes of today; whole cities become arrondissements.

        Raises
        ------
        GeoInputError
            One line for each code that is old, malformed or unknown.
        """
        atoms = atoms_from_codes(codes, atlas)
        return cls(frozenset(CommuneCode(a) for a in atoms), name, atlas.year)

    def add(self, *codes: str) -> Perimeter:
        """Return a perimeter with these atoms as well."""
        return replace(self, communes=self.communes | {CommuneCode(c) for c in codes})

    def without(self, *codes: str) -> Perimeter:
        """Return a perimeter without these atoms."""
        return replace(self, communes=self.communes - {CommuneCode(c) for c in codes})

    def toggle(self, code: str) -> Perimeter:
        """Return a perimeter with this atom if it lacked it, without it otherwise."""
        return self.without(code) if code in self.communes else self.add(code)


def perimeter_of_zone(layer: Layer, zone_id: str, atlas: Atlas) -> tuple[Perimeter, tuple[str, ...]]:
    """Make the perimeter of a zone of a layer, with what the user must know of it.

    Communes only partly in the zone are left out and named in the second value.

    Raises
    ------
    GeoInputError
        When no whole commune of the zone is known.
    """
    whole, partial = zone_members(layer, zone_id)
    zone = layer.zones.loc[zone_id]
    if not whole:
        raise GeoInputError(
            f"{zone['nom']} : ses communes ne sont pas connues en entier ici ; choisissez-les une à une."
        )
    notices = []
    if partial:
        names = ", ".join(atlas.label(str(atlas.codes[r])) for r in partial)
        notices.append(f"Laissées de côté, car concernées en partie seulement : {names}.")
    if zone["precision"] in (Precision.PARTIELLE, Precision.SUPPOSEE):
        notices.append(f"Composition {zone['precision']} : à vérifier auprès de la source.")
    communes = frozenset(CommuneCode(str(atlas.codes[r])) for r in whole)
    return Perimeter(communes, str(zone["nom"]), atlas.year), tuple(notices)


@dataclass(frozen=True)
class TerritoryPart:
    """How much of an intercommunal body a perimeter holds.

    `atoms` counts arrondissements one by one; `communes` counts a split city as one commune.
    """

    code: str
    name: str
    atoms: int
    atoms_total: int
    communes: int
    communes_total: int
    population: int
    population_total: int

    @property
    def whole(self) -> bool:
        """Whether every commune of the territory is in the perimeter."""
        return self.atoms == self.atoms_total


@dataclass(frozen=True, eq=False)
class PerimeterFacts:
    """Everything the checks and pages need to know of a perimeter that is not empty."""

    perimeter: Perimeter
    evidence: Evidence

    @property
    def atlas(self) -> Atlas:
        """The communes the facts are counted on."""
        return self.evidence.atlas

    @property
    def crosswalk(self) -> Crosswalk:
        """Every layer against the communes."""
        return self.evidence.crosswalk

    @property
    def density(self) -> Density:
        """Density class of each commune."""
        return self.evidence.density

    @property
    def resources(self) -> CarePlaces | None:
        """Mental health places; None where no list is known."""
        return self.evidence.resources

    @cached_property
    def rows(self) -> Rows:
        """Rows of the perimeter's atoms, in code order."""
        if not self.perimeter.communes:
            raise GeoInputError("Le périmètre est vide : choisissez au moins une commune.")
        return self.atlas.rows(self.perimeter.communes)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Attributes of the perimeter's atoms."""
        return self.atlas.table.iloc[self.rows]

    @cached_property
    def population(self) -> int:
        """Inhabitants (municipal population)."""
        return int(self.atlas.population[self.rows].sum())

    @cached_property
    def area_m2(self) -> float:
        """Area in square metres, in each commune's legal projection."""
        return float(self.table["area_m2"].sum())

    @property
    def population_year(self) -> str:
        """Reference year of the perimeter's populations."""
        return self.atlas.population_year_of(self.departements)

    @cached_property
    def overlaps(self) -> dict[str, tuple[Overlap, ...]]:
        """Zones met, layer by layer."""
        return self.crosswalk.overlaps(self.rows)

    @cached_property
    def departements(self) -> tuple[str, ...]:
        """Départements touched."""
        return tuple(sorted(set(self.table["departement"])))

    @cached_property
    def epci(self) -> tuple[TerritoryPart, ...]:
        """EPCI touched, the most inhabitants first."""
        return self._parts("epci", self.atlas.epci)

    @cached_property
    def communities(self) -> tuple[TerritoryPart, ...]:
        """Intercommunal bodies at the scale where neighbours work together, the most inhabitants first.

        The EPCI; inside the Métropole du Grand Paris, where politique de la ville and local health belong to the EPT, the
        EPT, and Paris for itself.
        """
        return self._parts("community", self.atlas.communities[1])

    @property
    def bodies(self) -> tuple[TerritoryPart, ...]:
        """The same, those that unite communes: not Paris, which stands for itself in `communities`."""
        atlas = self.atlas
        return tuple(p for p in self.communities if p.code in atlas.epci.index or p.code in atlas.ept.index)

    def _parts(self, column: str, names: pd.DataFrame) -> tuple[TerritoryPart, ...]:
        everyone = self.atlas.communities[0] if column == "community" else self.atlas.table[column]
        mine = everyone.iloc[self.rows]
        parts = []
        for code in sorted(set(mine.dropna())):
            inside = self.rows[(mine == code).to_numpy()]
            parts.append(
                self._part(str(code), str(names.at[code, "nom"]), inside, self.atlas.members(column, str(code)))
            )
        return tuple(sorted(parts, key=lambda p: (-p.population, p.name)))

    def _part(self, code: str, name: str, inside: Rows, members: Rows) -> TerritoryPart:
        people, towns = self.atlas.population, _towns(self.atlas)
        return TerritoryPart(
            code=code,
            name=name,
            atoms=len(inside),
            atoms_total=len(members),
            communes=len(set(towns[inside])),
            communes_total=len(set(towns[members])),
            population=int(people[inside].sum()),
            population_total=int(people[members].sum()),
        )

    @cached_property
    def towns(self) -> pd.Series:
        """Inhabitants by commune, the arrondissements of a city added up; the most populous first."""
        return self.table.groupby("commune")["population"].sum().sort_values(ascending=False, kind="stable")

    def town_name(self, code: str) -> str:
        """Name of a commune or of a split city."""
        return name_of(code, self.atlas)

    @cached_property
    def made_of(self) -> tuple[tuple[str, int], ...]:
        """What it is made of, by name, with inhabitants, the most populous first: communes, the arrondissements of a city taken in part."""
        return parts_named(self.atlas, self.perimeter.communes)

    @property
    def made_of_text(self) -> str:
        """What these parts are: « communes », « communes et arrondissements »."""
        if {word for _, word in self.sizes} <= {"commune", "communes"}:
            return "communes"
        whole = [
            len(self.atlas.members("commune", str(town))) == n
            for town, n in self.table["commune"].value_counts().items()
        ]
        if all(whole):
            return "communes"
        words = {"commune": "communes", "arrondissement": "arrondissements", "iris": "IRIS"}
        levels = {"commune"} if any(whole) else set[str]()
        return fr.listing(word for level, word in words.items() if level in levels | set(self.table["niveau"]))

    @property
    def size_text(self) -> str:
        """How many communes, arrondissements and IRIS where cities are split: « 2 communes », « 1 commune et 3 IRIS »."""
        return fr.listing(f"{fr.number(n)}{fr.NBSP}{word}" for n, word in self.sizes)

    @cached_property
    def sizes(self) -> tuple[tuple[int, str], ...]:
        """The same apart: how many, and the word for them."""
        return sizes(self.atlas, self.rows)

    @property
    def of_size(self) -> str:
        """The same after « de », read aloud: « de 2 communes », « d’une commune et 3 IRIS », « d’un arrondissement »."""
        first, _, rest = self.size_text.partition(fr.NBSP)
        if first != "1":
            return f"de {self.size_text}"
        return f"d’{'une' if rest.startswith('commune') else 'un'} {rest}"

    @property
    def main_point(self) -> str:
        """From where `mean_distance_m` is measured, after « de »: « du Havre », « de Paris 18e », « du centre des 2 arrondissements de Lyon »."""
        town = str(self.towns.index[0])
        atoms = self.table["nom"][(self.table["commune"] == town).to_numpy()]
        if len(atoms) == 1:
            return fr.of(short_name(str(atoms.iloc[0])))
        if len(atoms) == len(self.atlas.members("commune", town)):
            return f"du centre {fr.of(self.town_name(town))}"
        return f"du centre des {self.atlas.pieces_word(town, len(atoms))} {fr.of(self.town_name(town))}"

    @cached_property
    def pieces(self) -> int:
        """Number of separate pieces; communes that share a border are in one piece."""
        inside = self.atlas.neighbours[self.rows][:, self.rows]
        return int(connected_components(inside, directed=False)[0])

    @cached_property
    def span_m(self) -> float | None:
        """Largest distance between two communes' inner points, in metres; None across legal projections."""
        if self.table["epsg"].nunique() > 1:
            return None
        points = self.table[["x", "y"]].to_numpy(dtype=float)
        if len(points) < 2:
            return 0.0
        return float(pdist(_outer(points)).max())

    @cached_property
    def mean_distance_m(self) -> float | None:
        """Mean distance to the most populous commune weighted by inhabitants, in metres."""
        if self.table["epsg"].nunique() > 1 or not self.population:
            return None
        points = self.table[["x", "y"]].to_numpy(dtype=float)
        weights = self.table["population"].to_numpy(dtype=float)
        main = (self.table["commune"] == self.towns.index[0]).to_numpy()
        town = np.average(points[main], axis=0, weights=weights[main])
        return float(np.average(np.hypot(*(points - town).T), weights=weights))

    @cached_property
    def classes(self) -> pd.DataFrame:
        """Communes and inhabitants in each density class (index 1 dense, 2 intermediate, 3 rural)."""
        level, people = self.density.level[self.rows], self.atlas.population[self.rows]
        counts = np.bincount(level, minlength=4)[1:4], np.bincount(level, weights=people, minlength=4)[1:4]
        index = pd.Index([1, 2, 3], name="level")
        return pd.DataFrame(np.column_stack(counts).astype(np.int64), index, ["communes", "population"])

    def known_everywhere(self, layer_id: str) -> bool:
        """Whether an absence from a layer means « none » on the whole perimeter."""
        layer = self.crosswalk.layers[layer_id]
        return set(self.departements) <= layer.extent or (
            bool(layer.listed) and bool(layer.complete_at(self.atlas)[self.rows].all())
        )

    def by_whose_word(self, layer_id: str) -> str:
        """Return what follows « complète » or « aucun » where that rests on the reader's declaration; empty where it does not."""
        stated = self.crosswalk.layers[layer_id].stated
        here = [d for d in self.departements if d in stated]
        return by_declaration(fr.listing(here)) if self.known_everywhere(layer_id) else ""

    def assigned_everywhere(self, layer_id: str) -> bool:
        """Whether every commune is wholly in a zone of the layer whose composition is known."""
        members = self.crosswalk.layers[layer_id].members
        whole = members.loc[members["whole"], "row"]
        return bool(np.isin(self.rows, whole.to_numpy()).all())


@kept_on_subject
def _towns(atlas: Atlas) -> npt.NDArray[np.object_]:
    """Return the commune of each atom, as plain texts: reading them from the table costs milliseconds each time."""
    return atlas.table["commune"].to_numpy(dtype=object)


def _outer(points: np.ndarray) -> npt.NDArray[np.object_]:
    if len(points) < HULL_FROM:
        return points
    try:
        return points[ConvexHull(points).vertices]
    except QhullError:  # all points on one line
        return points
