"""Travel inside a perimeter, as the crow flies between communes' inner points, and the mental health places around.

The data holds an inner point of each commune, not its town hall: distances are said to be between these points.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import Transformer
from scipy.spatial import ConvexHull, QhullError

from geo import french as fr
from geo.communes import short_name
from geo.layers import CarePlaces
from geo.perimeters.perimeter import PerimeterFacts

METHOD = "à vol d’oiseau, entre points intérieurs des communes (les mairies ne sont pas dans les données)"


@dataclass(frozen=True)
class Travel:
    """Distances in metres, None across legal projections; `ends` names the two communes farthest apart, `main` the point of the mean after « de »."""

    largest_m: float | None
    ends: tuple[str, str] | None
    mean_m: float | None
    main: str

    @property
    def sentence(self) -> str:
        """Say the distances and how they are measured."""
        if self.largest_m is None:
            return "Les distances ne sont pas mesurées d’un territoire d’outre-mer à un autre."
        if self.ends is None:
            return "Une seule commune : pas de distance entre communes."
        mean = ""
        if self.mean_m is not None:
            mean = f" ; en moyenne, un habitant vit à {fr.kilometres(self.mean_m)} {self.main}"
        return f"{fr.kilometres(self.largest_m)} entre {self.ends[0]} et {self.ends[1]}{mean}. Mesures {METHOD}."


def travel(facts: PerimeterFacts) -> Travel:
    """Measure travel inside a perimeter."""
    main = facts.main_point
    if facts.span_m is None or len(facts.rows) < 2:
        return Travel(facts.span_m, None, facts.mean_distance_m, main)
    points = facts.table[["x", "y"]].to_numpy(dtype=float)
    i, j = _farthest(points)
    names = facts.table["nom"].to_numpy(dtype=object)
    return Travel(facts.span_m, (short_name(str(names[i])), short_name(str(names[j]))), facts.mean_distance_m, main)


def _farthest(points: npt.NDArray[np.float64]) -> tuple[int, int]:
    """Return the two points farthest apart, by blocks: every pair of 35 000 points would not fit in memory."""
    kept = np.arange(len(points))
    if len(points) > 400:
        try:
            kept = ConvexHull(points).vertices
        except QhullError:
            kept = np.array([points.sum(axis=1).argmin(), points.sum(axis=1).argmax()])
    gaps = np.hypot(*(points[kept][:, None] - points[kept][None]).transpose(2, 0, 1))
    i, j = np.unravel_index(int(gaps.argmax()), gaps.shape)
    return int(kept[i]), int(kept[j])


@dataclass(frozen=True)
class NearestPlace:
    """A place outside the perimeter: its category, its name, its commune, its distance in metres to the main commune."""

    category: str
    name: str
    commune: str
    distance_m: float


@dataclass(frozen=True)
class Places:
    """Mental health places inside by category, and the nearest of each category outside; `complete` when the list covers
    the perimeter, `covered` when it says something of it; `known` False when there is no list at all."""

    known: bool
    complete: bool
    covered: bool
    inside: tuple[tuple[str, int], ...]
    nearest: tuple[NearestPlace, ...]
    source: str

    @property
    def sentence(self) -> str:
        """Say what is inside and what is nearest outside."""
        if not self.known:
            return "Les lieux de santé mentale ne sont pas dans les données : à établir avec le diagnostic local."
        total = sum(n for _, n in self.inside)
        listed = fr.listing(f"{name} : {fr.number(n)}" for name, n in self.inside)
        if not self.complete:
            seen = f" Connus : {listed}." if total else ""
            what = (
                "ne couvre pas tout le périmètre" if self.covered else "porte sur d’autres départements : inconnus ici"
            )
            return f"La liste des lieux de santé mentale ({self.source}) {what}.{seen}"
        near = fr.listing(
            (f"{p.category} {fr.at(p.commune)} ({fr.kilometres(p.distance_m)})" for p in self.nearest), most=6
        )
        outside = f" Les plus proches au dehors, parmi les lieux connus : {near}." if near else ""
        return f"Dans le périmètre : {listed or 'aucun lieu'}.{outside} Source : {self.source}."


def places(facts: PerimeterFacts) -> Places:
    """Count the places inside, and find the nearest outside of each category from the main commune's inner point."""
    found = facts.resources
    if found is None:
        return Places(False, False, False, (), (), "")
    complete = set(facts.departements) <= found.extent
    counts = found.inside(facts.rows)["categorie"].value_counts()
    return Places(
        known=True,
        complete=complete,
        covered=bool(set(facts.departements) & found.extent) or len(counts) > 0,
        inside=tuple((str(c), int(n)) for c, n in counts.items()),
        # Where the list stops short, the nearest place known may be far from the nearest there is.
        nearest=tuple(_nearest(facts, found)) if complete else (),
        source=f"{found.source}, {found.vintage}",
    )


def _nearest(facts: PerimeterFacts, found: CarePlaces) -> list[NearestPlace]:
    """Return the nearest place of each category, in the legal projection of the main commune."""
    mine = facts.table[facts.table["commune"] == facts.towns.index[0]]
    epsg = int(mine["epsg"].iat[0])
    homes = facts.atlas.table.iloc[found.table["row"].to_numpy(dtype=np.intp)]
    outside = ~np.isin(found.table["row"].to_numpy(), facts.rows) & (homes["epsg"] == epsg).to_numpy()
    table, homes = found.table[outside], homes[outside]
    if table.empty:
        return []
    x, y = _transformer(epsg).transform(table["lon"].to_numpy(dtype=float), table["lat"].to_numpy(dtype=float))
    # A place without coordinates is where its commune is.
    x = np.where(np.isfinite(x), x, homes["x"].to_numpy(dtype=float))
    y = np.where(np.isfinite(y), y, homes["y"].to_numpy(dtype=float))
    gaps = np.hypot(x - float(mine["x"].mean()), y - float(mine["y"].mean()))
    frame = table.assign(gap=gaps, commune=homes["nom"].to_numpy()).sort_values("gap", kind="stable")
    return [
        NearestPlace(str(r.categorie), str(r.nom), str(r.commune), float(r.gap))
        for r in frame.drop_duplicates("categorie").itertuples()
    ]


@lru_cache(maxsize=8)
def _transformer(epsg: int) -> Transformer:
    return Transformer.from_crs(4326, epsg, always_xy=True)
