"""France with its fifty largest cities opened into IRIS, beside France as it is: what a click and its previews cost, and the memory.

The IRIS are drawn for the bench: each city is cut into squares of about 2 500 inhabitants by a grid on its outline, so that no official file is
needed. Baseline, in the same run: the same perimeters on the dataset with nothing opened.
"""

from __future__ import annotations

import gc
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import geopandas as gpd
import numpy as np
import pandas as pd
import psutil
import shapely

from bench.crosswalk import best_of, nearest
from geo.communes import Atlas, Iris
from geo.dataset import Dataset, open_dataset, opened
from geo.guidance import run_checks
from geo.moves import incidence_of
from geo.perimeters import Perimeter
from geo.sources.readers import READERS
from geo.suggest import preview

CITIES = 50
PEOPLE = 2_500  # of an IRIS, more or less
PERIMETERS = (("Val-de-Marne", "94028", 20), ("Pas-de-Calais", "62498", 300), ("Deux-Sèvres", "79191", 60))


def drawn_iris(atlas: Atlas, folder: Path) -> tuple[Iris, list[str]]:
    """Return IRIS made for the largest cities, through the reader of the official files, and the codes of these."""
    table = atlas.table
    largest = table.sort_values("population", ascending=False, kind="stable")["code"].head(CITIES).tolist()
    land = atlas.outlines().geometry
    frames = []
    for code in largest:
        row = atlas.row[code]
        shape = gpd.GeoSeries([land[code]], crs=4326).to_crs(int(table["epsg"].iat[row])).iat[0]
        side = np.sqrt(shape.area / max(2.0, table["population"].iat[row] / PEOPLE))
        west, south, east, north = shape.bounds
        grid = [
            shapely.box(x, y, x + side, y + side)
            for x in np.arange(west, east, side)
            for y in np.arange(south, north, side)
        ]
        parts = [p for p in (shapely.intersection(cell, shape) for cell in grid) if p.area > 0.2 * side * side]
        codes = [f"{code}{100 + i:04d}" for i in range(len(parts))]
        frame = gpd.GeoDataFrame({"code_iris": codes, "code_insee": code, "nom_iris": codes, "type_iris": "H"}, geometry=parts,
                                 crs=int(table["epsg"].iat[row]))  # fmt: skip
        frames.append(frame.to_crs(4326))
    whole = pd.concat(frames, ignore_index=True)
    whole.to_file(folder / "iris.gpkg", driver="GPKG")
    chance = np.random.default_rng(1).uniform(1_000, 4_000, len(whole))
    counts = pd.DataFrame({"IRIS": whole["code_iris"], "COM": whole["code_insee"], "P22_POP": chance})
    counts.to_csv(folder / "iris.csv", sep=";", index=False)
    READERS["iris"].read([folder / "iris.gpkg", folder / "iris.csv"], folder / "out", atlas=atlas)
    made = pd.read_parquet(folder / "out" / "iris.parquet").set_index("iris")
    pairs = pd.read_parquet(folder / "out" / "iris_voisins.parquet")
    return Iris(made, pairs, folder / "out", "2026"), [c for c in largest if c in set(made["commune"])]


def resident_mb() -> float:
    """Return the memory of this process, in megabytes."""
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6


def main() -> None:
    """Print the ratios."""
    world = open_dataset()
    with tempfile.TemporaryDirectory(prefix="clsm-bench-") as name:
        start = perf_counter()
        iris, cities = drawn_iris(world.atlas, Path(name))
        print(f"IRIS drawn and read: {len(iris.table)} in {len(cities)} cities, {perf_counter() - start:.1f} s")
        world = replace(world, iris=iris)
        incidence_of(world.evidence)
        before = resident_mb()
        start = perf_counter()
        fine = opened(world, cities)
        took = perf_counter() - start
        incidence_of(fine.evidence)
        size = f"{len(fine.atlas.table):,} atoms for {len(world.atlas.table):,}"
        print(
            f"fifty cities opened in {took:.2f} s, {size}; memory of the second dataset: {resident_mb() - before:.0f} MB"
        )
        one = best_of(lambda: opened(world, cities[:1]), 3)
        print(f"one city opened in {one:.2f} s")
        for title, centre, number in PERIMETERS:
            measure(title, world, fine, centre, number)


def measure(title: str, world: Dataset, fine: Dataset, centre: str, number: int) -> None:
    """Print what a perimeter without any opened city costs on both, and its ratios."""
    atlas = world.atlas
    near = [str(c) for c in atlas.codes[nearest(atlas, atlas.row[centre], number)]]
    codes = frozenset(c for c in near if c in fine.atlas.row)
    perimeter = Perimeter(codes, title, atlas.year)  # type: ignore[arg-type]
    costs = {
        data: (best_of(lambda d=data: run_checks(d.facts(perimeter)), 7), best_of(lambda d=data: preview(d.evidence, codes), 7))
        for data in (world, fine)
    }  # fmt: skip
    (click, previews), (click_fine, previews_fine) = costs[world], costs[fine]
    print(
        f"{title}, {len(codes)} communes: click to figures {click * 1e3:.1f} ms, opened {click_fine * 1e3:.1f} ms, ratio "
        f"{click_fine / click:.2f}; previews {previews * 1e3:.1f} ms, opened {previews_fine * 1e3:.1f} ms, ratio {previews_fine / previews:.2f}"
    )
    cut = [c for c in near if c not in fine.atlas.row]
    if cut:
        whole = Perimeter(frozenset(near), title, atlas.year)  # type: ignore[arg-type]
        inside = frozenset(p for c in near for p in fine.atlas.parts.get(c, (c,)))
        spread = Perimeter(inside, title, atlas.year)  # type: ignore[arg-type]
        plain, pieces = (
            best_of(lambda: run_checks(world.facts(whole)), 5),
            best_of(lambda: run_checks(fine.facts(spread)), 5),
        )
        print(
            f"  with {len(cut)} of the cities in it: {plain * 1e3:.1f} ms, by {len(inside)} pieces {pieces * 1e3:.1f} ms, ratio {pieces / plain:.2f}"
        )
