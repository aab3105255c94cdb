"""Import of a national layer of 800 polygons against geopandas.overlay: time, and memory at its highest.

Three drawings of the same 800 groups of communes of the mainland: their exact outlines, the same simplified at 150 m, and
800 cells that cut communes anywhere. Ours is the whole import (open the file, check and mend, bring to communes, draw the
result); the baseline reads the same file and overlays it on the communes. Each runs in a process of its own.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import geopandas as gpd
import numpy as np
import shapely

from geo.communes import Atlas, load_atlas
from geo.import_draft import ImportDraft, read_import

ZONES = 800
SIMPLIFIED_M = 150.0


def groups(atlas: Atlas) -> gpd.GeoDataFrame:
    """Return the outlines (Lambert-93) of 800 groups of neighbouring communes of the mainland."""
    mainland = (atlas.table["epsg"] == 2154).to_numpy()
    land = atlas.outlines()[mainland].to_crs(2154)
    order = land.geometry.reset_index(drop=True).hilbert_distance().argsort().to_numpy()
    group = np.empty(len(land), dtype=int)
    for number, places in enumerate(np.array_split(order, ZONES)):
        group[places] = number
    zones = [shapely.union_all(land.geometry.to_numpy()[group == number], grid_size=0.01) for number in range(ZONES)]
    return gpd.GeoDataFrame({"nom": [f"Territoire {n}" for n in range(ZONES)]}, geometry=zones, crs=2154)


def drawings(atlas: Atlas, folder: Path) -> dict[str, Path]:
    """Write the three drawings."""
    exact = groups(atlas)
    coarse = exact.assign(geometry=shapely.make_valid(shapely.simplify(exact.geometry.to_numpy(), SIMPLIFIED_M)))
    # Cells around the centres of the groups, kept to the land: they follow no border of commune but the coast.
    centres = exact.geometry.centroid
    cells = gpd.GeoDataFrame(geometry=centres.voronoi_polygons(), crs=2154)
    outline = shapely.union_all(shapely.simplify(exact.geometry.to_numpy(), 500.0))
    cells["geometry"] = shapely.intersection(cells.geometry.to_numpy(), outline)
    cells["nom"] = [f"Cellule {n}" for n in range(len(cells))]
    paths = {}
    for name, frame in (
        ("exact outlines", exact),
        (f"simplified at {SIMPLIFIED_M:.0f} m", coarse),
        ("cutting communes", cells),
    ):
        paths[name] = folder / f"{name.replace(' ', '-')}.gpkg"
        frame.to_file(paths[name])
    return paths


def ours(path: Path) -> tuple[float, str]:
    """Import a file; return the seconds and what came out."""
    atlas = load_atlas()
    start = perf_counter()
    draft = read_import(path, path.name, "clsm", atlas=atlas)
    return perf_counter() - start, _described(draft)


def _described(draft: ImportDraft) -> str:
    whole = int(draft.members["whole"].sum())
    return f"{len(draft.zones)} zones, {whole:,} whole communes, {len(draft.members) - whole:,} parts"


def baseline(path: Path) -> tuple[float, str]:
    """Read the file and overlay it on the communes."""
    atlas = load_atlas()
    start = perf_counter()
    zones = gpd.read_file(path)
    land = atlas.outlines()[(atlas.table["epsg"] == 2154).to_numpy()].to_crs(2154)
    pieces = gpd.overlay(land.reset_index(), zones, how="intersection")
    share = pieces.area / land.area.loc[pieces["code"]].to_numpy()
    return perf_counter() - start, f"{len(pieces):,} pieces, {int((share < 0.01).sum()):,} of them slivers under 1 %"


def measured(job: Callable[[Path], tuple[float, str]], path: Path) -> tuple[float, float, str]:
    """Run a job in a fresh process; return seconds, megabytes at the highest, and its words."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_in_child, (job, path))


def _in_child(job: Callable[[Path], tuple[float, str]], path: Path) -> tuple[float, float, str]:
    seconds, words = job(path)
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, words


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        for name, path in drawings(load_atlas(), Path(folder)).items():
            print(f"{ZONES} polygons of the mainland, {name} ({path.stat().st_size / 1e6:.1f} MB)")
            mine, other = measured(ours, path), measured(baseline, path)
            print(f"  import  {mine[0]:6.1f} s, {mine[1]:6.0f} MB at the highest: {mine[2]}")
            print(f"  overlay {other[0]:6.1f} s, {other[1]:6.0f} MB at the highest: {other[2]}")
            print(
                f"  overlay alone takes {other[0] / mine[0]:.2f} times the import, and {other[1] / mine[1]:.2f} times its memory"
            )


if __name__ == "__main__":
    main()
