"""Files that are read, of each form and from the nasty ones of the tests: what mutations start from."""

from __future__ import annotations

import io
import random
import tempfile
import zipfile
from functools import lru_cache
from pathlib import Path

from tests.files import nasty_tables
from tests.support.table_files import csv_bytes, ods_bytes, ods_rows, xlsx_bytes

NASTY = nasty_tables.FOLDER.parent
ROWS = [["CLSM", "Code INSEE", "Commune", "État", "Année"], ["Nord", "94028", "Créteil", "en service", "2020"],
        ["Nord", "94033", "Fontenay-sous-Bois", "projet", ""], ["Sud", "01004", "Ambérieu-en-Bugey", "", "2019"]]  # fmt: skip


@lru_cache(maxsize=1)
def good_tables() -> dict[str, bytes]:
    """Return tables of each form, good and nasty."""
    return {
        "liste.csv": csv_bytes(ROWS),
        "tabulations.tsv": csv_bytes(ROWS, sep="\t", encoding="utf-16"),
        "classeur.xlsx": xlsx_bytes({"Liste": ROWS, "Autre": [["x"]]}, [(1, 0, 2, 0)]),
        "feuille.ods": ods_bytes(ods_rows(ROWS)),
        "liste.zip": zipped({"liste.csv": csv_bytes(ROWS)}),
        **{name: body for name, body in nasty_tables.files().items() if len(body) < 100_000},
    }


@lru_cache(maxsize=1)
def good_shapes() -> dict[str, bytes]:
    """Return polygons of each form, good and nasty."""
    import geopandas as gpd
    import shapely

    frame = gpd.GeoDataFrame(
        {"nom": ["Nord", "Sud"], "id": ["n", "s"], "etat": ["en service", "projet"], "annee": [2020, 2021]},
        geometry=[shapely.box(2.44, 48.77, 2.48, 48.80), shapely.box(5.3, 45.9, 5.4, 46.0).union(shapely.box(5.5, 45.9, 5.6, 46))],
        crs=4326,
    )  # fmt: skip
    found: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, driver in (("a.gpkg", "GPKG"), ("a.fgb", "FlatGeobuf"), ("a.kml", "KML"), ("a.geojson", "GeoJSON")):
            frame.to_file(Path(folder) / name, driver=driver, engine="pyogrio")
            found[name] = (Path(folder) / name).read_bytes()
        (Path(folder) / "shp").mkdir()
        frame.to_file(Path(folder) / "shp" / "a.shp", engine="pyogrio")
        found["a.zip"] = zipped({p.name: p.read_bytes() for p in sorted((Path(folder) / "shp").iterdir())})
        found["a.kmz"] = zipped({"doc.kml": found["a.kml"]})
        frame.to_parquet(Path(folder) / "a.parquet")
        found["a.parquet"] = (Path(folder) / "a.parquet").read_bytes()
    return found | {
        p.name: p.read_bytes() for p in sorted(NASTY.iterdir()) if p.is_file() and p.stat().st_size < 200_000
    }


def one_of(every: dict[str, bytes], good: int, rng: random.Random) -> tuple[str, bytes]:
    """Choose a file: most of the time one of the first, which are good."""
    listed = list(every.items())
    return rng.choice(listed[:good] if rng.random() < 0.7 else listed[good:])


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(zipfile.ZipInfo(name), body)
    return out.getvalue()
