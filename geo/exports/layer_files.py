"""A version of a layer exported in the form of its import: a row for each commune in tables, a polygon for each territory in maps.

A table that is read again gives the same
layer; polygons are those that came in, or else the communes of each territory put together.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.communes import Atlas, name_of
from geo.coverage import Scope
from geo.exports.formats import Sheet, csv_bytes, workbook
from geo.geometry import WGS84
from geo.layers import ETATS, PRECISIONS, Layer, Precision
from geo.register import Version

ETAT_WORDS: Mapping[str, str] = {str(etat): word for word, etat in reversed(ETATS.items())}
METHOD_WORDS: Mapping[str, str] = {str(precision): word for word, precision in PRECISIONS.items()}
FACT_COLUMNS = (
    "id", "nom", "type", "territoire", "code_commune", "nom_commune", "part_commune", "code_epci", "nom_epci", "departement",
    "annee", "etat", "methode", "annee_source", "source_titre", "source_url", "status", "note",
)  # fmt: skip
SPREADSHEET = ("xlsx", "xlsm", "xls", "ods")
COLUMNS = (
    "nom", "id", "etat", "code_commune", "nom_commune", "part_commune", "territoire", "departement", "annee",
    "annee_source", "population", "precision", "source_titre", "source_url", "note",
)  # fmt: skip
DRIVERS = {"gpkg": "GPKG", "fgb": "FlatGeobuf", "kml": "KML"}


@dataclass(frozen=True)
class Export:
    """A file to download."""

    name: str
    body: bytes
    mime: str


SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRITTEN = {
    **dict.fromkeys(("csv", "tsv", "txt"), ("csv", "text/csv")),
    **dict.fromkeys(SPREADSHEET, ("xlsx", SHEET)),
    **dict.fromkeys(("geojson", "json"), ("geojson", "application/geo+json")),
    **dict.fromkeys(("parquet", "geoparquet"), ("parquet", "application/octet-stream")),
    "zip": ("zip", "application/zip"),
    "gpkg": ("gpkg", "application/geopackage+sqlite3"),
    "fgb": ("fgb", "application/octet-stream"),
    **dict.fromkeys(("kml", "kmz"), ("kml", "application/vnd.google-earth.kml+xml")),
}


def name_and_mime(version: Version) -> tuple[str, str]:
    """Return the name and type of the file that `export` writes."""
    suffix, mime = WRITTEN.get(version.origin.form, WRITTEN["csv"])
    return f"{version.kind}-version-{version.number}.{suffix}", mime


def export(version: Version, layer: Layer, shapes: gpd.GeoDataFrame | None, atlas: Atlas) -> Export:
    """Return a version in the form of the file it came from; `layer` is that of the version alone.

    A form that cannot be written gives the nearest: XLSX for ODS and XLS, KML for KMZ.
    """
    name, mime = name_and_mime(version)
    form = Path(name).suffix[1:]
    if form == "csv":
        return Export(name, csv_bytes(rows(layer, atlas)), mime)
    if form == "xlsx":
        return Export(name, workbook([Sheet("couche", rows(layer, atlas))]), mime)
    frame = polygons(layer, shapes, atlas)
    if form == "geojson":
        return Export(name, frame.to_json(ensure_ascii=False).encode(), mime)
    if form == "parquet":
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
        return Export(name, buffer.getvalue(), mime)
    if form == "zip":
        return Export(name, _zipped_shapefile(frame, version.kind), mime)
    return Export(name, _written(frame, name, DRIVERS[form]), mime)


def rows(layer: Layer, atlas: Atlas) -> pd.DataFrame:
    """Return a row for each territory and commune, all text; a territory without commune has one row."""
    names = layer.zones.rename_axis("id").reset_index()
    names["zone"] = np.arange(len(names))
    members = layer.members.sort_values(["zone", "row"])
    codes = atlas.codes[members["row"].to_numpy(dtype=np.intp)]
    communes = pd.DataFrame(
        {
            "zone": members["zone"].to_numpy(),
            "code_commune": codes,
            "nom_commune": [name_of(str(code), atlas) for code in codes],
            "part_commune": np.where(members["whole"], "entière", "partielle"),
        }
    )
    frame = names.merge(communes, on="zone", how="left")
    frame["population"] = ["" if pd.isna(people) else str(round(float(people))) for people in frame["population"]]
    return frame[list(COLUMNS)].fillna("").astype(str)


def polygons(layer: Layer, shapes: gpd.GeoDataFrame | None, atlas: Atlas) -> gpd.GeoDataFrame:
    """Return a polygon for each territory that has one: as it came, or its communes put together."""
    table = layer.zones.rename_axis("id").reset_index()
    for column in ("etat", "precision"):
        table[column] = table[column].astype(str)
    if shapes is None:
        outlines = atlas.outlines(layer.members["row"].to_numpy(dtype=np.intp))
        members = gpd.GeoDataFrame({"zone": layer.members["zone"].to_numpy()}, geometry=outlines.to_numpy(), crs=WGS84)
        found = members.dissolve("zone").geometry.reindex(range(len(table)))
    else:
        found = shapes.geometry.reindex(table["id"])
    frame = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(found.to_numpy(), crs=WGS84))
    return frame[frame.geometry.notna()]


def _written(frame: gpd.GeoDataFrame, name: str, driver: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        layer = Path(name).stem.replace("-", "_")  # as a KML must be named
        frame.to_file(path, layer=layer, driver=driver, engine="pyogrio")
        return path.read_bytes()


def _zipped_shapefile(frame: gpd.GeoDataFrame, kind: str) -> bytes:
    short: Callable[[str], str] = lambda name: name if name == "geometry" else name[:10]  # noqa: E731
    buffer = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        slim = frame[["id", "nom", "etat", "annee", "note", "geometry"]].rename(columns=short)
        slim.to_file(Path(folder) / f"{kind}.shp", engine="pyogrio", encoding="UTF-8")
        for part in sorted(Path(folder).iterdir()):
            archive.write(part, part.name)
    return buffer.getvalue()


def fact_rows(layer: Layer, scope: Scope, atlas: Atlas) -> pd.DataFrame:
    """Return the zones of a layer that the scope meets, one row a zone and commune, as the data door reads them."""
    met = set(layer.members["zone"].to_numpy()[scope.mask[layer.members["row"].to_numpy()]])
    unlocated = (layer.zones["precision"] == Precision.INCONNUE).to_numpy()
    lost = unlocated & layer.zones["departement"].isin(scope.departements).to_numpy()
    position = np.array(sorted(met | set(np.flatnonzero(lost))), dtype=np.intp)
    members = layer.members[layer.members["zone"].isin(position)].sort_values(["zone", "row"], kind="stable")
    nowhere = pd.DataFrame({"zone": [z for z in position if z not in met], "row": -1, "whole": True})
    listed = pd.concat([members[["zone", "row", "whole"]], nowhere]) if len(nowhere) else members
    zone = layer.zones.iloc[listed["zone"].to_numpy(dtype=np.intp)]
    row = listed["row"].to_numpy(dtype=np.intp)
    somewhere = row >= 0
    towns = atlas.table.iloc[np.where(somewhere, row, 0)]

    def pick(column: str) -> npt.NDArray[np.object_]:
        return np.where(somewhere, towns[column].fillna("").to_numpy(dtype=object), "")

    epci = pick("epci")
    frame = pd.DataFrame(
        {
            "id": zone.index.to_numpy(dtype=object), "nom": zone["nom"].to_numpy(dtype=object), "type": layer.name,
            "territoire": zone["territoire"].to_numpy(dtype=object), "code_commune": pick("code"), "nom_commune": pick("nom"),
            "part_commune": np.where(listed["whole"], "entiere", "partielle"), "code_epci": epci,
            "nom_epci": [atlas.epci["nom"].get(code, "") for code in epci],
            "departement": np.where(somewhere, pick("departement"), zone["departement"].to_numpy(dtype=object)),
            "annee": zone["annee"].to_numpy(dtype=object),
            "etat": [ETAT_WORDS.get(str(e), "a_confirmer") for e in zone["etat"]],
            "methode": [METHOD_WORDS.get(str(p), "liste_lue") for p in zone["precision"]],
            "annee_source": zone["annee_source"].to_numpy(dtype=object),
            "source_titre": zone["source_titre"].to_numpy(dtype=object), "source_url": zone["source_url"].to_numpy(dtype=object),
            "status": zone["status"].to_numpy(dtype=object), "note": zone["note"].to_numpy(dtype=object),
        },
        columns=list(FACT_COLUMNS),
    )  # fmt: skip
    return frame.reset_index(drop=True)
