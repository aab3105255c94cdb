"""France with its fifty largest cities opened into IRIS, beside France as it is: what a click and its previews cost, and the memory.

The IRIS are drawn for the bench: each city is cut into squares of about 2 500 inhabitants by a grid on its outline, so that no official file is
needed. Baseline, in the same run: the same perimeters on the dataset with nothing opened.

Times are of the processor, as the machine may have other work. The two datasets are measured in turns, call after call: a ratio is the median of
those of each turn, with the interval that this median lies in 19 times in 20.
"""

from __future__ import annotations

import gc
import math
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

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
from geo.suggest import preview, single_moves

CITIES = 50
TURNS = 80  # calls of each, in turns
PEOPLE = 2_500  # of an IRIS, more or less
PERIMETERS = (("Val-de-Marne", "94028", 20), ("Pas-de-Calais", "62498", 300), ("Deux-Sèvres", "79191", 60))


def drawn_iris(atlas: Atlas, folder: Path) -> tuple[Iris, list[str]]:
    """Return IRIS made for the largest cities, through the reader of the official files, and the codes of these."""
    table = atlas.table
    largest = table.sort_values("population", ascending=False, kind="stable")["code"].head(CITIES).tolist()
    land = atlas.outlines()
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


def in_turns(plain: Callable[[], object], fine: Callable[[], object], turns: int = TURNS) -> tuple[float, ...]:
    """Return the processor milliseconds of a call on the one and on the other (medians), the median ratio of the two calls of a turn, and between
    which ratios that median lies 19 times in 20."""
    calls = (plain, fine)
    for call in calls * 3:
        call()
    spent: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    gc.disable()
    for turn in range(turns):
        for which in (0, 1) if turn % 2 else (1, 0):  # neither always follows the other
            start = process_time()
            calls[which]()
            spent[which].append(1e3 * (process_time() - start))
    gc.enable()
    ratios = sorted(after / before for before, after in zip(*spent, strict=True))
    reach = math.ceil(0.98 * math.sqrt(turns))  # places of a median's interval of 95 %
    return median(spent[0]), median(spent[1]), median(ratios), ratios[turns // 2 - reach], ratios[turns // 2 + reach]


def tell(what: str, plain: Callable[[], object], fine: Callable[[], object]) -> None:
    """Print what a call costs on both."""
    before, after, ratio, low, high = in_turns(plain, fine)
    print(f"  {what}: {before:.2f} ms, opened {after:.2f} ms, ratio {ratio:.3f} ({low:.3f} to {high:.3f})")


def measure(title: str, world: Dataset, fine: Dataset, centre: str, number: int) -> None:
    """Print what a perimeter costs on both: one without any opened city, then one that has some, whole."""
    atlas = world.atlas
    near = [str(c) for c in atlas.codes[nearest(atlas, atlas.row[centre], number)]]
    codes = frozenset(c for c in near if c in fine.atlas.row)
    perimeter = Perimeter(codes, title, atlas.year)  # type: ignore[arg-type]
    print(f"{title}, {len(codes)} communes, none of them opened")
    tell("click to figures", *(lambda d=d: run_checks(d.facts(perimeter)) for d in (world, fine)))
    tried = [len(single_moves(incidence_of(d.evidence), codes)[0]) for d in (world, fine)]
    tell(
        f"previews of {tried[0]} moves, opened {tried[1]}",
        *(lambda d=d: preview(d.evidence, codes) for d in (world, fine)),
    )
    cut = [c for c in near if c not in fine.atlas.row]
    if not cut:
        return
    inside = frozenset(p for c in near for p in fine.atlas.parts.get(c, (c,)))
    whole, spread = (Perimeter(c, title, atlas.year) for c in (frozenset(near), inside))  # type: ignore[arg-type]
    print(f"{title}, with {len(cut)} of the cities whole: {len(near)} communes, or {len(inside)} pieces")
    tell("click to figures", lambda: run_checks(world.facts(whole)), lambda: run_checks(fine.facts(spread)))
