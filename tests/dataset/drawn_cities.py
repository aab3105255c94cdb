"""A drawn country with a city of twelve IRIS, for tests with hand answers.

Nine square communes of 1 km, numbered row by row. 01005, in the middle, is the city: 1 000 inhabitants in twelve IRIS of three rows of
four, 250 m by about 333 m. 01006, east of it, has two IRIS, one above the other. INSEE counts 50 people in each IRIS of the first row of the
city, 100 in the second and the third but for the last, where nobody lives (900 in all), so that 1 000 × 50 / 900 = 55.6 and
1 000 × 100 / 900 = 111.1.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo.communes import Atlas, Iris
from geo.dataset import Dataset
from geo.sources import Outcome, sync
from geo.sources.readers import READERS
from tests.support import real
from tests.support.reading import country, square

CITY, NEXT = "01005", "01006"
PIECES = [f"01005{100 + i:04d}" for i in range(1, 13)]
BESIDE = ["010060101", "010060102"]
COUNTED = [50.0] * 4 + [100.0] * 7 + [0.0]
PEOPLE = [56, 56, 56, 55, 111, 111, 111, 111, 111, 111, 111, 0]


@lru_cache(maxsize=1)
def drawn_city() -> tuple[Atlas, Iris]:
    """Return the country, and its IRIS as a synchronisation leaves them."""
    folder = Path(tempfile.mkdtemp(prefix="clsm-iris-"))
    atlas = country(folder, [[100, 200, 300], [400, 1000, 600], [700, 800, 900]])
    cells = {
        code: square(1000 + 250 * (i % 4), 1000 + 1000 / 3 * (i // 4), 250, 1000 / 3) for i, code in enumerate(PIECES)
    }
    cells |= {code: square(2000, 1000 + 500 * i, 1000, 500) for i, code in enumerate(BESIDE)}
    drawn = gpd.GeoDataFrame(
        {"code_iris": list(cells), "code_insee": [c[:5] for c in cells], "nom_iris": [f"Q{c[7:]}" for c in cells], "type_iris": "H"},
        geometry=list(cells.values()), crs=2154,
    )  # fmt: skip
    drawn.to_crs(4326).to_file(folder / "iris.gpkg", driver="GPKG")
    counts = zip([*PIECES, *BESIDE], [*COUNTED, 200.0, 400.0], strict=True)
    (folder / "iris.csv").write_text("IRIS;COM;P22_POP\n" + "".join(f"{c};{c[:5]};{p}\n" for c, p in counts))
    READERS["iris"].read([folder / "iris.gpkg", folder / "iris.csv"], folder / "out", atlas=atlas)
    table = pd.read_parquet(folder / "out" / "iris.parquet").set_index("iris")
    return atlas, Iris(table, pd.read_parquet(folder / "out" / "iris_voisins.parquet"), folder / "out", "2026")


NIORT = "79191"
QUARTERS = [f"79191{number:04d}" for number in (101, 102, 103, 201, 202, 203)]


@lru_cache(maxsize=1)
def niort() -> Iris:
    """Return six IRIS of the real Niort, cut by a grid that is ours; people counted are 1 000 to 6 000."""
    folder = Path(tempfile.mkdtemp(prefix="clsm-niort-"))
    READERS["iris"].read(niort_files(folder), folder / "out", atlas=real.atlas())
    table = pd.read_parquet(folder / "out" / "iris.parquet").set_index("iris")
    return Iris(table, pd.read_parquet(folder / "out" / "iris_voisins.parquet"), folder / "out", "2026")


@lru_cache(maxsize=1)
def with_niort() -> Dataset:
    """Return the embedded data as they are once the IRIS of Niort were received."""
    return replace(real.world(), iris=niort())


def niort_home(folder: Path) -> Path:
    """Return a data folder that has received the IRIS of `niort` as a synchronisation brings them."""
    mirror, home = folder / "mirror", folder / "home"
    mirror.mkdir(parents=True)
    niort_files(mirror)
    (result,) = sync(["iris"], mirror=str(mirror), home=home).results
    assert result.outcome is Outcome.UPDATED, result.reasons
    return home


def niort_files(folder: Path) -> list[Path]:
    """Write the files of the IRIS of Niort in the official forms; return outlines, then populations."""
    land = real.atlas().outlines().to_crs(2154)[NIORT]
    west, south, east, north = land.bounds
    wide, high = (east - west) / 3, (north - south) / 2
    cells = [shapely.box(west + wide * (i % 3), south + high * (i // 3), west + wide * (i % 3 + 1), south + high * (i // 3 + 1))
             for i in range(6)]  # fmt: skip
    frame = gpd.GeoDataFrame(
        {"code_iris": QUARTERS, "code_insee": NIORT, "nom_iris": [f"Quartier {i}" for i in range(1, 7)], "type_iris": "H"},
        geometry=[shapely.intersection(cell, land) for cell in cells], crs=2154,
    )  # fmt: skip
    frame.to_crs(4326).to_file(folder / "iris.gpkg", driver="GPKG")
    counted = "".join(f"{c};{NIORT};{1000 * i}\n" for i, c in enumerate(QUARTERS, 1))
    (folder / "iris.csv").write_text(f"IRIS;COM;P22_POP\n{counted}")
    return [folder / "iris.gpkg", folder / "iris.csv"]
