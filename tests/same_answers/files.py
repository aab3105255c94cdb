"""Files to bring in for `tests.same_answers`: one small layer of the Deux-Sèvres, in every form, always the same bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from tests.support.table_files import ods_bytes, ods_rows, zip_bytes

TERRITORIES = {
    "Niort et alentours": ("79191", "79081", "79005"),
    "Le Thouarsais": ("79329", "79196"),
    "=Gâtine; « à voir »": ("79202", "79080"),
}
LONG_AGO = datetime(2000, 1, 1)
DRIVERS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "gpkg": ("GPKG", {}),
    "fgb": ("FlatGeobuf", {}),
    "geojson": ("GeoJSON", {}),
    "kml": ("KML", {}),
    "shp": ("ESRI Shapefile", {"DBF_DATE_LAST_UPDATE": "2000-01-01", "encoding": "UTF-8"}),
}


def table() -> pd.DataFrame:
    """Return the layer as rows, with one row that cannot be taken."""
    rows = [(name, code, "en service") for name, codes in TERRITORIES.items() for code in codes]
    return pd.DataFrame([*rows, ("Perdu", "99999", "projet")], columns=["CLSM", "Code INSEE", "Etat"])


def polygons(base: Path) -> gpd.GeoDataFrame:
    """Return the layer as polygons: its communes put together, one of them moved aside."""
    communes = gpd.read_parquet(base / "communes.parquet", columns=["code", "geometry"]).set_index("code").geometry
    shapes = [communes.loc[list(codes)].union_all() for codes in TERRITORIES.values()]
    frame = gpd.GeoDataFrame({"nom": list(TERRITORIES)}, geometry=shapes, crs=4326).to_crs(2154)
    frame.geometry = [*frame.geometry[:2], frame.geometry[2].buffer(800.0)]
    return frame


def write(path: Path, base: Path) -> None:
    """Write the layer in the form that the name of the file says; `base` is the folder of the communes."""
    form = path.suffix[1:]
    if form in ("csv", "tsv"):
        path.write_text(table().to_csv(index=False, sep=";" if form == "csv" else "\t"), encoding="utf-8")
    elif form == "xlsx":
        with pd.ExcelWriter(path, engine="xlsxwriter") as book:
            book.book.set_properties({"created": LONG_AGO})
            table().to_excel(book, index=False, sheet_name="couche")
    elif form == "ods":
        path.write_bytes(ods_bytes(ods_rows([list(table().columns), *table().to_numpy().tolist()])))
    elif form == "parquet":
        polygons(base).to_parquet(path)
    elif form == "kmz":
        write(path.with_suffix(".kml"), base)
        path.write_bytes(zip_bytes({"doc.kml": path.with_suffix(".kml").read_bytes()}))
    elif form == "zip":
        folder = path.parent / "shp"
        folder.mkdir()
        write(folder / "couche.shp", base)
        path.write_bytes(zip_bytes({part.name: part.read_bytes() for part in sorted(folder.iterdir())}))
    else:
        driver, options = DRIVERS[form]
        frame = polygons(base)
        frame = frame if form in ("gpkg", "shp") else frame.to_crs(4326)
        frame.to_file(path, driver=driver, engine="pyogrio", **options)
        if form == "gpkg":
            _undate(path)


def _undate(path: Path) -> None:
    """Take the clock out of a GeoPackage, and how often it was written."""
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("UPDATE gpkg_contents SET last_change = '2000-01-01T00:00:00.000Z'")
    made = bytearray(path.read_bytes())
    made[24:28] = made[92:96] = (1).to_bytes(4, "big")
    path.write_bytes(made)
