"""Small files made to hold or to end whoever reads them, by kind; `FILES` names each with what makes it."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from tests.support.table_files import ods_bytes, xlsx_bytes, zip_bytes

SQUARE = [[2.4, 48.7], [2.5, 48.7], [2.5, 48.8], [2.4, 48.8], [2.4, 48.7]]
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT "


def geojson(*rings: object, kind: str = "Polygon", properties: object = None) -> bytes:
    """Return a FeatureCollection of one feature."""
    shape = {"type": kind, "coordinates": list(rings)}
    feature = {"type": "Feature", "properties": properties or {"nom": "A"}, "geometry": shape}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


# --- workbooks --------------------------------------------------------------------------------------------------
def packed(members: Mapping[str, str]) -> bytes:
    """Return a zip of texts, as tightly packed as can be."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return made.getvalue()


def workbook(sheet: str, shared: str = "") -> bytes:
    """Return a workbook around the XML of a sheet and of the shared texts."""
    base = zipfile.ZipFile(io.BytesIO(xlsx_bytes({"F": [["CLSM", "INSEE"], ["Nord", "94028"]]})))
    members = {name: base.read(name).decode() for name in base.namelist()}
    members["xl/worksheets/sheet1.xml"] = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{sheet}</sheetData></worksheet>"
    )
    if shared:
        members["xl/sharedStrings.xml"] = (
            f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{shared}</sst>'
        )
    return packed(members)


def shared_text() -> bytes:
    """One text of 50 000 letters in 40 000 cells."""
    rows = "".join(f'<row r="{r}"><c r="A{r}" t="s"><v>0</v></c></row>' for r in range(1, 40_001))
    return workbook(rows, f"<si><t>{'bc' * 25_000}</t></si>")


def far_cells() -> bytes:
    """Two cells at the ends of a sheet."""
    return workbook('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def entity_workbook() -> bytes:
    """A sheet that declares entities within entities."""
    lines = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))
    made = zipfile.ZipFile(io.BytesIO(workbook('<row r="1"><c r="A1" t="str"><v>&e9;</v></c></row>')))
    members = {name: made.read(name).decode() for name in made.namelist()}
    head = f'<!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{lines}]>'
    members["xl/worksheets/sheet1.xml"] = head + members["xl/worksheets/sheet1.xml"]
    return packed(members)


def merged_cells() -> bytes:
    """A thousand merged ranges, each over all the rows."""
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>94028</v></c></row>' for r in range(1, 5_001))
    ranges = "".join(f'<mergeCell ref="A1:A{5_000 - i % 9}"/>' for i in range(1_000))
    made = zipfile.ZipFile(io.BytesIO(workbook(rows)))
    members = {name: made.read(name).decode() for name in made.namelist()}
    end = "</sheetData>"
    members["xl/worksheets/sheet1.xml"] = members["xl/worksheets/sheet1.xml"].replace(
        end, f'{end}<mergeCells count="1000">{ranges}</mergeCells>'
    )
    return packed(members)


def ods_repeated(text: str, *, columns: int, rows: int, nested: bool = False) -> bytes:
    """One cell, repeated along and down."""
    cell = (
        f'<table:table-cell table:number-columns-repeated="{columns}" office:value-type="string"><text:p>{text}</text:p>'
        "</table:table-cell>"
    )
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    if nested:
        row = (
            f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell><table:table>{row}</table:table>'
            f"</table:table-cell></table:table-row>{row}"
        )
    return ods_bytes(row)


# --- polygons ---------------------------------------------------------------------------------------------------
def comb(teeth: int = 4_000) -> bytes:
    """Thin teeth across a hundred kilometres."""
    left = 2 + np.arange(teeth) * (0.9 / teeth)
    tips = np.empty((2 * teeth, 2))
    tips[0::2] = np.column_stack([left, np.full(teeth, 48.0)])
    tips[1::2] = np.column_stack([left + 0.36 / teeth, np.full(teeth, 49.0)])
    ring = [*tips.tolist(), [3.0, 47.9], [2.0, 47.9]]
    return geojson([*ring, ring[0]])


def scribble(points: int, *, wide: float = 0.9) -> bytes:
    """Sides that cross one another everywhere."""
    ring = (np.random.default_rng(5).random((points, 2)) * wide + [2.0, 48.0]).tolist()
    return geojson([*ring, ring[0]])


def star(points: int = 2_001) -> bytes:
    """A star polygon within one commune: each side crosses all the others."""
    turn = np.arange(points) * (points // 2) * 2 * np.pi / points
    ring = np.column_stack([2.45 + 0.005 * np.cos(turn), 48.78 + 0.005 * np.sin(turn)]).tolist()
    return geojson([*ring, ring[0]])


def overlapping(count: int = 3_000) -> bytes:
    """Squares on one another in one shape."""
    steps = np.random.default_rng(5).random((count, 2)) * 0.05
    parts = [[[[x + dx, y + dy] for x, y in SQUARE]] for dx, dy in steps.tolist()]
    return geojson(*parts, kind="MultiPolygon")


def holes(count: int = 30_000) -> bytes:
    """A polygon with many small holes."""
    side = int(count**0.5)
    step = 0.9 / side
    rings = [[[2.0, 48.0], [3.0, 48.0], [3.0, 49.0], [2.0, 49.0], [2.0, 48.0]]]
    for i in range(side):
        for j in range(side):
            x, y = 2.01 + i * step, 48.01 + j * step
            rings.append([[x, y], [x, y + step / 2], [x + step / 2, y + step / 2], [x + step / 2, y], [x, y]])
    return geojson(*rings)


def many(count: int) -> bytes:
    """As many small squares, each a territory."""
    part = '{{"type":"Feature","properties":{{"nom":"T{0}"}},"geometry":{{"type":"Polygon","coordinates":[[[2,48],[2.001,48],[2.001,48.001],[2,48]]]}}}}'
    return ('{"type":"FeatureCollection","features":[' + ",".join(part.format(i) for i in range(count)) + "]}").encode()


def far_hole(value: float) -> bytes:
    """A hole with a point that is nowhere."""
    return geojson(SQUARE, [[2.41, 48.71], [2.42, value], [2.42, 48.72], [2.41, 48.71]])


def kml(inside: str, head: str = "") -> bytes:
    """Return a KML around places."""
    return f'<?xml version="1.0"?>{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inside}</Document></kml>'.encode()


def kml_columns() -> bytes:
    """A new column in each place."""
    place = (
        '<Placemark><name>A</name><ExtendedData><Data name="c{0}"><value>1</value></Data></ExtendedData></Placemark>'
    )
    return kml("".join(place.format(i) for i in range(5_000)))


def kml_entities() -> bytes:
    """Entities within entities."""
    lines = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))
    return kml("<Placemark><name>&e9;</name></Placemark>", f'<!DOCTYPE k [<!ENTITY e0 "aaaaaaaaaa">{lines}]>')


# --- formats of GDAL, Arrow and SQLite --------------------------------------------------------------------------
def frame(rows: int = 2) -> gpd.GeoDataFrame:
    """Return a layer of squares."""
    return gpd.GeoDataFrame(
        {"nom": [f"T{i}" for i in range(rows)]}, geometry=[shapely.Polygon(SQUARE)] * rows, crs=4326
    )


def written(suffix: str, made: gpd.GeoDataFrame | None = None) -> bytes:
    """Return the bytes of a layer in a format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        (frame() if made is None else made).to_file(path)
        return path.read_bytes()


def flatgeobuf_of_billions() -> bytes:
    """A FlatGeobuf that announces four billion features."""
    content = written(".fgb", frame(7))
    at = content.index(struct.pack("<Q", 7))
    return content[:at] + struct.pack("<Q", 4_000_000_000) + content[at + 8 :]


def shapefile(**changes: Callable[[bytes], bytes]) -> bytes:
    """Return a zipped Shapefile with parts changed, by suffix; « frame » aside."""
    with tempfile.TemporaryDirectory() as folder:
        frame().to_file(Path(folder) / "a.shp")
        parts = {p.name: p.read_bytes() for p in Path(folder).iterdir()}
    return zip_bytes({name: changes.get(name[2:], bytes)(body) for name, body in parts.items() if name[2:] != "cpg"})


def long_records(shp: bytes) -> bytes:
    """Say that each record is as long as can be."""
    return shp[:104] + struct.pack(">i", 0x7FFFFFF0) + shp[108:]


def many_points(shp: bytes) -> bytes:
    """Say that the first shape has two billion points."""
    return shp[:148] + struct.pack("<ii", 1, 0x7FFFFFF0) + shp[156:]


def many_rows(dbf: bytes) -> bytes:
    """Say that the table has four billion rows."""
    return dbf[:4] + struct.pack("<I", 0xFFFFFFF0) + dbf[8:]


def twin_columns(dbf: bytes) -> bytes:
    """Add a column of the same name as the first."""
    head = dbf[:8] + struct.pack("<HH", 32 + 64 + 1, 1 + 160) + dbf[12:32]
    field = dbf[32:48] + bytes([80]) + dbf[49:64]
    return head + field + field + b"\r" + (b" " + b"A".ljust(80) + b"B".ljust(80)) * 2 + b"\x1a"


def geopackage(*statements: str) -> bytes:
    """Return a GeoPackage changed by SQL."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        frame().to_file(path, layer="clsm")
        with closing(sqlite3.connect(path)) as base:
            for statement in statements:
                base.execute(statement)
            base.commit()
        return path.read_bytes()


def endless_view(name: str, columns: str) -> bytes:
    """A table of GeoPackage that is an endless view."""
    return geopackage(f"DROP TABLE IF EXISTS {name}", f"CREATE VIEW {name} AS {ENDLESS}{columns} FROM c")


def geoparquet_dictionary(rows: int = 20_000, length: int = 200_000) -> bytes:
    """One long text, shared by all the rows of a column."""
    plain = io.BytesIO()
    frame().to_parquet(plain)
    table = pq.read_table(io.BytesIO(plain.getvalue()))
    text = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int32)), pa.array(["b" * length]))
    shape = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(rows, dtype=np.int32)), pa.array([shapely.Polygon(SQUARE).wkb])
    )
    made = pa.table({"nom": text, "geometry": shape}).replace_schema_metadata({b"geo": table.schema.metadata[b"geo"]})
    out = io.BytesIO()
    pq.write_table(made, out, compression="zstd")
    return out.getvalue()


def parquet_columns(count: int = 3_000) -> bytes:
    """More columns than a layer has."""
    made = frame()
    wide = pd.DataFrame({f"c{i}": [i, i] for i in range(count)})
    out = io.BytesIO()
    gpd.GeoDataFrame(pd.concat([made, wide], axis=1), geometry="geometry", crs=4326).to_parquet(out)
    return out.getvalue()


FILES: Mapping[str, Callable[[], bytes]] = {
    "texte-partage.xlsx": shared_text,
    "loin.xlsx": far_cells,
    "entites.xlsx": entity_workbook,
    "fusions.xlsx": merged_cells,
    "repete-long.ods": lambda: ods_repeated("b" * 200_000, columns=100, rows=1_000),
    "repete-colonnes.ods": lambda: ods_repeated("b", columns=900_000_000, rows=1),
    "repete-lignes.ods": lambda: ods_repeated("b", columns=1, rows=999_999_999),
    "repete-dedans.ods": lambda: ods_repeated("b" * 20_000, columns=1_000, rows=1_000, nested=True),
    "profond.geojson": lambda: b'{"type":"FeatureCollection","features":[' + b"[" * 200_000 + b"]" * 200_000 + b"]}",
    "profond-attribut.geojson": lambda: geojson(SQUARE).replace(b'"A"', b"[" * 900 + b"]" * 900),
    "nombres.geojson": lambda: b'{"type":"FeatureCollection","features":[' + b"0," * 300_000 + b"0]}",
    "nombres-ailleurs.geojson": lambda: b'{"type":"FeatureCollection","x":[' + b"[]," * 9_000_000 + b'0],"features":[]}',
    "long-nombre.geojson": lambda: geojson(SQUARE).replace(b"48.8", b"9" * 100_000),
    "trou-loin.geojson": lambda: far_hole(1e20),
    "trou-hors.geojson": lambda: far_hole(90_000.0),
    "trou-infini.geojson": lambda: far_hole(1.7e308),
    "peigne.geojson": comb,
    "gribouillis.geojson": lambda: scribble(500),
    "gribouillis-serre.geojson": lambda: scribble(3_000, wide=0.01),
    "etoile.geojson": star,
    "superposes.geojson": overlapping,
    "trous.geojson": holes,
    "carres.geojson": lambda: many(30_000),
    "gonfle.zip": lambda: packed({"a.geojson": '{"type":"FeatureCollection","features":[' + "0," * 9_000_000 + "0]}"}),
    "gonfle-csv.zip": lambda: packed({"a.csv": "CLSM;INSEE\n" + "b" * 90_000_000}),
    "colonnes.kml": kml_columns,
    "entites.kml": kml_entities,
    "profond.kml": lambda: kml("<Folder>" * 100_000 + "</Folder>" * 100_000),
    "milliards.fgb": flatgeobuf_of_billions,
    "longs.zip": lambda: shapefile(shp=long_records),
    "points.zip": lambda: shapefile(shp=many_points),
    "lignes.zip": lambda: shapefile(dbf=many_rows),
    "sans-index.zip": lambda: shapefile(shx=lambda shx: shx[:100] + b"\xff" * 16),
    "vue-contenu.gpkg": lambda: endless_view("gpkg_contents", "'clsm' AS table_name, 'features' AS data_type"),
    "vue-geometrie.gpkg": lambda: endless_view("gpkg_geometry_columns", "'clsm' AS table_name, 'geom' AS column_name"),
    "vue-reperes.gpkg": lambda: endless_view("gpkg_spatial_ref_sys", "x AS srs_id, 'x' AS srs_name"),
    "vue-extensions.gpkg": lambda: endless_view("gpkg_extensions", "'clsm' AS table_name, 'x' AS column_name"),
    "vue-nombre.gpkg": lambda: endless_view("gpkg_ogr_contents", "'clsm' AS table_name, x AS feature_count"),
    "vue-couche.gpkg": lambda: endless_view("clsm", "x AS fid, 'A' AS nom, NULL AS geom"),
    "fabriquee.gpkg": lambda: geopackage(
        "ALTER TABLE clsm ADD COLUMN gros TEXT GENERATED ALWAYS AS (hex(zeroblob(300000000))) VIRTUAL"
    ),
    "virtuelle.gpkg": lambda: geopackage("CREATE VIRTUAL TABLE autre USING fts4(x)"),
    "couches.gpkg": lambda: geopackage(
        f"INSERT INTO gpkg_contents (table_name, data_type, identifier) {ENDLESS}'t' || x, 'features', 't' || x FROM c "
        "LIMIT 5000"
    ),
    "dictionnaire.parquet": geoparquet_dictionary,
    "colonnes.parquet": parquet_columns,
    "ligne.csv": lambda: b"CLSM;INSEE\n" + b"b" * 60_000_000,
    "guillemet.csv": lambda: b'CLSM;INSEE\n"' + b"Nord;94028\n" * 2_000_000,
    "cellules.csv": lambda: b"CLSM;INSEE\n" + (b";" * 15_000 + b"\n") * 2_000,
    "colonnes.csv": lambda: b";" * 30_000_000,
    "listes.csv": lambda: b"CLSM;communes\n" + b"Nord;" + b"Saint-Martin, " * 60_000 + b"\n",
}  # fmt: skip
# These hold data too: what is crafted in them is left aside, and the rest is read.
GOOD: Mapping[str, Callable[[], bytes]] = {
    "triggers.gpkg": lambda: geopackage(
        f"CREATE VIEW autre AS {ENDLESS}x FROM c",
        "CREATE TRIGGER t AFTER INSERT ON clsm BEGIN INSERT INTO clsm (nom) SELECT x FROM autre; END",
    ),
    "jumelles.zip": lambda: shapefile(dbf=twin_columns),
}  # fmt: skip
