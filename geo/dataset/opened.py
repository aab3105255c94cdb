"""The dataset with some cities opened into IRIS: communes, layers, density and care places at the second grain.

It is made from the dataset with no city opened, whatever was opened before: so the order of openings is nothing, and closing is
taking the former dataset again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from geo.communes import Atlas, Density, Opening, Revitalisation, open_communes
from geo.dataset import official
from geo.dataset.dataset import Dataset
from geo.errors import GeoInputError
from geo.files import DamagedError
from geo.layers import CarePlaces, Layer, LayerId, build_crosswalk, fine_frame, opened_layer, project

NO_IRIS = "Les IRIS ne sont pas ici : demandez-les d’abord sur la page Données, ou par une synchronisation des IRIS."


def opened(world: Dataset, codes: Iterable[str]) -> Dataset:
    """Return the dataset with some communes opened into IRIS; a city of arrondissements has all of them opened.

    Raises
    ------
    GeoInputError
        When the IRIS were never received, or a commune cannot be opened: one sentence each.
    """
    atlas = world.atlas
    codes = tuple(codes)
    wanted = sorted(
        {atom for code in codes for atom in atlas.parts.get(code, (code,))}
        - {p for city in atlas.opened.values() for p in city}
    )
    if not wanted:
        return world
    if world.before is not None:  # what was laid over it is laid again, over the IRIS
        made = opened(world.before, codes)
        return (
            made.with_claims(world.claims) if world.claims is not world.before.claims else made.as_stated(world.stated)
        )
    if world.iris is None:
        raise GeoInputError(NO_IRIS)
    opening = open_communes(atlas, world.iris, wanted)
    layers = {
        layer_id: opened_layer(layer, opening, _quarters(world, layer, opening) if layer_id == LayerId.QPV else None)
        for layer_id, layer in world.crosswalk.layers.items()
    }
    density = Density(world.density.level[opening.origin], world.density.source, world.density.estimated)
    frr = world.revitalisation
    return replace(
        world,
        crosswalk=build_crosswalk(opening.atlas, layers),
        density=density,
        resources=_places(world.resources, opening) if world.resources else None,
        revitalisation=Revitalisation(frr.status[opening.origin], frr.source) if frr else None,
    )


def can_open(world: Dataset, codes: Iterable[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return which communes can be opened here, and a sentence for each that cannot."""
    asked = sorted(set(codes))
    if world.iris is None:
        return frozenset(), (NO_IRIS,) if asked else ()
    problems = {code: world.iris.refusal(code, world.atlas) for code in asked}
    return frozenset(code for code in asked if not problems[code]), tuple(said for said in problems.values() if said)


def opening_of(world: Dataset) -> Callable[[frozenset[str]], tuple[Atlas, tuple[str, ...]]]:
    """Return what opens the cities of a link or a file, those that can be, and says why the others stay whole."""

    def opening(codes: frozenset[str]) -> tuple[Atlas, tuple[str, ...]]:
        good, said = can_open(world, codes)
        if world.iris is None or not good:
            return world.atlas, said
        return open_communes(world.atlas, world.iris, good).atlas, said

    return opening


def _quarters(world: Dataset, layer: Layer, opening: Opening) -> pd.DataFrame | None:
    """Share the people that each quarter has in an opened commune between its IRIS: by its outline, weighed by their people.

    None when no outline is known; a quarter without outline, or drawn where nobody lives, is not in the answer.
    """
    version = world.sources.get(LayerId.QPV)
    if version is None or LayerId.QPV in world.imported:
        return None
    try:
        drawn = official.outlines(version)
    except DamagedError:
        return None
    atlas, before = opening.atlas, world.atlas
    cities = {before.row[code]: code for code in atlas.opened if code in before.row}
    members = layer.members[layer.members["row"].isin(cities)]
    land = atlas.pieces_drawn()
    zones, pieces, shares = list[int](), list[str](), list[float]()
    for zone, row in zip(members["zone"], members["row"], strict=True):
        shape = drawn.get(str(layer.zones.index[zone]))
        if shape is None:
            continue
        iris = list(atlas.opened[cities[row]])
        epsg = int(before.table["epsg"].iat[row])
        ground = shapely.make_valid(project(land.loc[iris].to_numpy(), epsg))
        common = shapely.area(
            shapely.intersection(ground, shapely.make_valid(project(np.array([shape], dtype=object), epsg))[0])
        )
        weight = common / shapely.area(ground) * atlas.population[[atlas.row[code] for code in iris]]
        if not weight.sum() > 0:
            continue
        met = weight > 0
        zones += [int(zone)] * int(met.sum())
        pieces += [code for code, yes in zip(iris, met, strict=True) if yes]
        shares += (weight[met] / weight.sum()).tolist()
    return fine_frame(zones, pieces, shares)


def _places(places: CarePlaces, opening: Opening) -> CarePlaces:
    """Move the places of opened communes to the IRIS that their point is in, the nearest when it is in none; a place without
    coordinates goes to the middle of the commune."""
    atlas, table = opening.atlas, places.table
    row_of = np.full(int(opening.origin.max()) + 1, -1, dtype=np.intp)
    row_of[opening.origin] = np.arange(len(opening.origin))
    moved = table.assign(row=row_of[table["row"].to_numpy(dtype=np.intp)])
    inside = table["code"].isin(atlas.opened)
    if inside.any():
        land = atlas.pieces_drawn()
        for code, group in table[inside].groupby("code"):
            iris = list(atlas.opened[str(code)])
            here = atlas.table.iloc[[atlas.row[i] for i in iris]]
            lon, lat = (group[c].fillna(here[c].mean()).to_numpy(dtype=float) for c in ("lon", "lat"))
            at = shapely.STRtree(land.loc[iris].to_numpy()).nearest(shapely.points(lon, lat))
            moved.loc[group.index, "code"] = [iris[i] for i in at]
            moved.loc[group.index, "row"] = [atlas.row[iris[i]] for i in at]
    return replace(places, table=moved)
