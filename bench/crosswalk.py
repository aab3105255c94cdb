"""The crosswalk against geopandas.overlay, on the real layers."""

from __future__ import annotations

from time import perf_counter

import geopandas as gpd
import numpy as np
import shapely

from geo.arrays import Rows
from geo.communes import Atlas
from geo.communes.atlas import load_atlas
from geo.layers import Crosswalk, build_crosswalk, load_layers

PERIMETER = 300
MANY = 10_000
MANY_SIZE = 70


def nearest(atlas: Atlas, centre: int, size: int) -> Rows:
    """Return the rows of the communes nearest to one of the mainland: a perimeter in one piece or so."""
    mainland = np.flatnonzero((atlas.table["epsg"] == 2154).to_numpy())
    points = atlas.table[["x", "y"]].to_numpy()
    distance = np.hypot(*(points[mainland] - points[centre]).T)
    return np.sort(mainland[np.argsort(distance)[:size]])


def best_of(call, repeat: int) -> float:
    """Return the least time of several calls, in seconds."""
    times = []
    for _ in range(repeat):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return min(times)


def polygons(crosswalk: Crosswalk) -> list[gpd.GeoDataFrame]:
    """Return each layer's zones of the mainland as polygons in Lambert-93: what the baseline is given, ready."""
    atlas = crosswalk.atlas
    mainland = (atlas.table["epsg"] == 2154).to_numpy()
    shapes = atlas.outlines()[mainland].to_crs(2154)
    place = np.full(len(atlas.table), -1)
    place[mainland] = np.arange(mainland.sum())
    geometry = shapely.set_precision(shapes.to_numpy(), 0.01)
    frames = []
    for layer in crosswalk.layers.values():
        whole = layer.members[layer.members["whole"] & mainland[layer.members["row"]]]
        zones = whole.groupby("zone")["row"].apply(lambda rows: shapely.union_all(geometry[place[rows.to_numpy()]]))
        if len(zones):
            frames.append(gpd.GeoDataFrame({"zone": zones.index}, geometry=list(zones), crs=2154))
    return frames


def main() -> None:
    """Print the ratios."""
    start = perf_counter()
    atlas = load_atlas()
    layers = load_layers(atlas)
    loaded = perf_counter() - start
    start = perf_counter()
    crosswalk = build_crosswalk(atlas, layers)
    built = perf_counter() - start
    print(
        f"atlas and layers loaded in {loaded:.2f} s; crosswalk of {crosswalk.zones} zones built in {built * 1e3:.0f} ms"
    )

    rows = nearest(atlas, atlas.row["63113"], PERIMETER)
    ours = best_of(lambda: crosswalk.product(rows), 200)
    readable = best_of(lambda: crosswalk.overlaps(rows), 20)
    frames = polygons(crosswalk)
    shape = atlas.outlines().iloc[rows].to_crs(2154).union_all()
    mine = gpd.GeoDataFrame({"p": [0]}, geometry=[shape], crs=2154)
    baseline = best_of(lambda: [gpd.overlay(mine, frame, how="intersection") for frame in frames], 2)
    print(
        f"one perimeter of {PERIMETER} communes, all layers: product {ours * 1e6:.0f} us, named overlaps {readable * 1e3:.1f} ms"
    )
    print(f"  geopandas.overlay of the same layers: {baseline * 1e3:.0f} ms = {baseline / ours:,.0f} times the product")

    random = np.random.default_rng(1)
    mainland = np.flatnonzero((atlas.table["epsg"] == 2154).to_numpy())
    points = atlas.table[["x", "y"]].to_numpy()[mainland]
    from scipy.spatial import cKDTree

    _, near = cKDTree(points).query(points[random.integers(0, len(points), MANY)], k=MANY_SIZE)
    sets = [np.sort(mainland[row]) for row in near]
    many = best_of(lambda: crosswalk.products(sets), 3)
    print(
        f"{MANY:,} perimeters of {MANY_SIZE} communes: {many:.2f} s; one by one: {many / MANY / ours:.2f} times the single product each"
    )


if __name__ == "__main__":
    main()
