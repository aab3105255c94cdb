"""The display geometry of the active data: made by whoever needs it, or ahead of new outlines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from geo.communes import open_communes
from geo.dataset.dataset import Dataset, open_dataset
from geo.dataset.opened import NO_IRIS
from geo.errors import GeoInputError


def derive_maps(destination: Path, opened: Dataset, *, force: bool = False) -> None:
    """Make the display geometry of the active data in `destination`, unless it is there (or `force`)."""
    from geo.display import derive, up_to_date  # with GeoPandas, which no figure waits for

    people = opened.atlas.population if "populations" in opened.synchronised else None
    if force or not up_to_date(destination, people=people, outlines=opened.atlas.path):
        derive(destination, people=people, outlines=opened.atlas.path)


def prepare_maps(destination: Path, outlines: Path) -> None:
    """Make ready the display geometry that new outlines will need, while the former is still shown."""
    from geo.display import derive

    opened = open_dataset()
    people = opened.atlas.population if "populations" in opened.synchronised else None
    derive(destination, people=people, outlines=outlines, ahead=True, progress=lambda _: None)


def city_map(destination: Path, world: Dataset, city: str) -> str:
    """Write the outlines of the IRIS of a city, for the maps, in `destination`; return the file's name, which its content gives.

    `world` has no city opened: the file is the same whatever else is.

    Raises
    ------
    GeoInputError
        When the city cannot be opened.
    """
    from geo.display import City, city_topojson, write_by_content

    if world.iris is None:
        raise GeoInputError(NO_IRIS)
    atlas = open_communes(world.atlas, world.iris, [city]).atlas
    codes = list(atlas.opened[city])
    rows = [atlas.row[code] for code in codes]
    names, people = ([column[r] for r in rows] for column in (atlas.names, atlas.population))
    given = City(city, str(atlas.villes.at[city, "nom"]), codes, names, people)
    drawn = atlas.pieces_drawn().loc[codes].to_numpy()
    around, anchors = _around(world, city)
    text = city_topojson(given, drawn, around, anchors)
    return write_by_content(destination, f"iris-{city}", text)


def _around(world: Dataset, city: str) -> tuple[dict[str, shapely.Geometry], npt.NDArray[np.object_]]:
    """Return the outlines next to a city (EPSG:4326) by code, those of its IRIS for a commune that can be opened; then the city and the
    communes beside it, whole."""

    atlas = world.atlas
    row, links = atlas.row[city], atlas.neighbours
    shapes = atlas.outlines(np.array([row, *links.indices[links.indptr[row] : links.indptr[row + 1]]]))
    known = world.iris.known if world.iris else frozenset()
    cut = [str(code) for code in shapes.index[1:] if code in known]
    plain = shapes.drop([city, *cut])
    found: dict[str, shapely.Geometry] = dict(zip(plain.index, plain, strict=True))
    if cut and world.iris:
        pieces = open_communes(atlas, world.iris, cut).atlas.pieces_drawn()
        found |= {str(code): shape for code, shape in pieces.items()}
    return found, shapes.to_numpy()
