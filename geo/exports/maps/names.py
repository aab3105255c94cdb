"""Which names a map may carry, the most important first: communes and whole cities, départements. Where they fit is another matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Bools, Rows
from geo.communes import Atlas
from geo.communes import short_name as said_name
from geo.exports.maps.svg import Bounds, Shapes
from geo.exports.maps.svg_furniture import INK
from geo.exports.maps.svg_names import MapText
from geo.visible import one_line

GREY, PALE_GREY = "#6d7a82", "#8d999f"
LARGE, MIDDLE = 50_000, 10_000  # inhabitants, of names written larger
NEIGHBOURS_FEW = 200.0  # metres a millimetre: past it, few names around
SEEN_MM2 = 40.0  # a neighbour of which less is seen is not named
WHOLE_CITY = 250.0  # metres a millimetre: past it, the arrondissements of a city are one name


def town_names(
    atlas: Atlas,
    rows: Rows,
    *,
    metres_per_mm: float,
    colour: str | None = None,
    bold: bool = False,
    larger: float = 1.0,
    most: int = 600,
    gap_mm: float = 0.5,
) -> list[MapText]:
    """Return the names of some atoms, the most populous first; at small scales a split city is one name, at its middle."""
    table = atlas.table.iloc[rows][["nom", "commune", "niveau", "population", "x", "y"]]
    towns = pd.DataFrame(
        {"name": [short_name(str(n)) for n in table["nom"]], "people": table["population"].to_numpy(),
         "x": table["x"].to_numpy(), "y": table["y"].to_numpy()}
    )  # fmt: skip
    split = (table["niveau"] == "arrondissement").to_numpy()
    if metres_per_mm > WHOLE_CITY and split.any():
        towns = pd.concat([towns[~split], _cities(atlas, table[split])])
    towns = towns.nlargest(most, "people")
    return [
        MapText(float(x), float(y), one_line(name), _size(people) * larger, colour or INK, bold, gap_mm=gap_mm)
        for name, people, x, y in zip(towns["name"], towns["people"], towns["x"], towns["y"], strict=True)
    ]


def short_name(name: str) -> str:
    """Return the name of an atom as a map writes it."""
    return one_line(said_name(name))


def _cities(atlas: Atlas, parts: pd.DataFrame) -> pd.DataFrame:
    whole = parts.groupby("commune").agg(people=("population", "sum"), x=("x", "mean"), y=("y", "mean"))
    names = [str(atlas.villes.at[code, "nom"]) if code in atlas.villes.index else str(code) for code in whole.index]
    return whole.assign(name=names).reset_index(drop=True)


def _size(people: float) -> float:
    return 3.0 if people >= LARGE else 2.6 if people >= MIDDLE else 2.2


def with_surroundings(
    own: Sequence[MapText], atlas: Atlas, rows: Rows, shapes: Shapes, inside: Bools, bounds: Bounds, *,
    metres_per_mm: float, larger: float = 1.0, own_too: bool = True,
) -> list[MapText]:  # fmt: skip
    """Add to the names of what a map shows those of the départements and of the neighbours in sight, in grey.

    `rows` are the atoms in sight or nearly, drawn as `shapes`; `inside` tells those that the map is about, whose départements
    are named when `own_too`; where there is one département only, it is not named. At small scales the
    départements come first: they are what one finds one's way by.
    """
    x, y = (atlas.table[axis].to_numpy()[rows] for axis in ("x", "y"))
    seen = (x > bounds[0]) & (x < bounds[2]) & (y > bounds[1]) & (y < bounds[3])
    several = atlas.table["departement"].iloc[rows[seen]].nunique() > 1
    wide = departement_names(atlas, rows[seen if own_too else seen & ~inside], larger=larger) if several else []
    beside = _neighbours(atlas, rows[~inside], shapes[~inside], bounds, metres_per_mm, larger)
    return [*wide, *own, *beside] if metres_per_mm > NEIGHBOURS_FEW else [*own, *wide, *beside]


def _neighbours(
    atlas: Atlas, rows: Rows, shapes: Shapes, bounds: Bounds, metres_per_mm: float, larger: float
) -> list[MapText]:
    """Return the names of the neighbours, the most populous first, each in the middle of what is seen of it.

    At small scales they keep their distance: they help to find one's way, and no more.
    """
    far = metres_per_mm > NEIGHBOURS_FEW
    texts = town_names(
        atlas, rows, metres_per_mm=metres_per_mm, colour=GREY, larger=0.9 * larger, most=len(rows), gap_mm=5.0 if far else 0.8
    )  # fmt: skip
    if far:
        return texts
    seen = shapely.clip_by_rect(shapes, *bounds)
    large = shapely.area(seen) > SEEN_MM2 * metres_per_mm**2
    middle = shapely.point_on_surface(seen)
    places = {
        short_name(str(n)): p
        for n, p, kept in zip(atlas.names[rows], middle, large, strict=True) if kept
    }  # fmt: skip
    return [replace(t, x=places[t.text].x, y=places[t.text].y) for t in texts if t.text in places]


def departement_names(atlas: Atlas, rows: Rows, *, larger: float = 1.0) -> list[MapText]:
    """Return the names of the départements of some atoms, in spaced capitals, each in the middle of those atoms."""
    table = atlas.table.iloc[rows]
    found = table.groupby("departement").agg(x=("x", "median"), y=("y", "median"), communes=("code", "size"))
    found = found.sort_values("communes", ascending=False)
    return [
        MapText(x, y, one_line(str(atlas.departements.at[code, "nom"])).upper(), 2.9 * larger, PALE_GREY, spaced=True)
        for code, x, y in zip(found.index, found["x"], found["y"], strict=True)
    ]


def metres_per_mm(bounds: Sequence[float], width_mm: float, height_mm: float) -> float:
    """Return how many metres a millimetre of a map stands for."""
    return float(np.max([(bounds[2] - bounds[0]) / width_mm, (bounds[3] - bounds[1]) / height_mm, 1e-6]))
