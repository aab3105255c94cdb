"""Import of a national layer of 800 polygons against geopandas.overlay: time, and memory at its highest.

Three drawings of the same 800 groups of communes of the mainland: their exact outlines, the same simplified at 150 m, and
800 cells that cut communes anywhere. The baseline reads the file and overlays it on the communes; ours is the crosswalk
alone, then the whole import (check and mend, gather, bring to communes, draw the result). Each runs in a process of its own.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import geopandas as gpd
import numpy as np
import shapely

from geo.communes import Atlas
from geo.communes.atlas import load_atlas
from geo.imports import cross, read_import

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


@dataclass(frozen=True)
class Result:
    """Seconds on the clock and of processor, megabytes at the highest, and what came out."""

    seconds: float
    processor: float
    megabytes: float
    words: str


def whole_import(path: Path, atlas: Atlas) -> str:
    """Import a file, all of it."""
    draft = read_import(path, path.name, "clsm", atlas=atlas)
    whole = int(draft.members["whole"].sum())
    return f"{len(draft.zones)} zones, {whole:,} whole communes, {len(draft.members) - whole:,} parts"


def crosswalk(path: Path, atlas: Atlas) -> str:
    """Read the file and bring its polygons to communes, without checks or drawing."""
    zones = gpd.read_file(path)
    found = cross(zones.geometry.to_numpy(), atlas, crs=2154)
    return f"{int(found.members['whole'].sum()):,} whole communes, {int((~found.members['whole']).sum()):,} parts"


def overlay(path: Path, atlas: Atlas) -> str:
    """Read the file and overlay it on the communes."""
    zones = gpd.read_file(path)
    land = atlas.outlines()[(atlas.table["epsg"] == 2154).to_numpy()].to_crs(2154)
    pieces = gpd.overlay(land.to_frame("geometry").reset_index(), zones, how="intersection")
    share = pieces.area.to_numpy() / land.area.loc[pieces["code"]].to_numpy()
    return f"{len(pieces):,} pieces, {int((share < 0.01).sum()):,} of them slivers under 1 %"


def measured(job: Callable[[Path, Atlas], str], path: Path) -> Result:
    """Run a job in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_in_child, (job, path))


def _in_child(job: Callable[[Path, Atlas], str], path: Path) -> Result:
    atlas = load_atlas()
    start, busy = perf_counter(), process_time()
    words = job(path, atlas)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Result(perf_counter() - start, process_time() - busy, memory, words)


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        for name, path in drawings(load_atlas(), Path(folder)).items():
            print(f"{ZONES} polygons of the mainland, {name} ({path.stat().st_size / 1e6:.1f} MB)")
            base = measured(overlay, path)
            print(f"  overlay    {_line(base)}")
            for title, job in (("crosswalk", crosswalk), ("import", whole_import)):
                mine = measured(job, path)
                print(f"  {title:<10} {_line(mine)}")
                ratio = f"{base.seconds / mine.seconds:.2f} times the {title} on the clock"
                print(f"    overlay takes {ratio}, {base.processor / mine.processor:.2f} times its processor time")


def _line(result: Result) -> str:
    return f"{result.seconds:6.1f} s, {result.processor:5.1f} s of processor, {result.megabytes:5.0f} MB at most: {result.words}"


if __name__ == "__main__":
    main()
