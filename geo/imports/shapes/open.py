"""Open a file of polygons by what it is, out of its zip if need be: GeoPackage, Shapefile, FlatGeobuf, GeoParquet here, GeoJSON and
KML in `text_formats`.

GDAL knows formats that fetch files from the network or run whatever they name. None of these is ever met: a file is copied
under a name of ours into a folder that holds nothing else, its first bytes must be those of the one format expected,
and GDAL must then say that it opened it as that format. GDAL's own network is shut besides.
"""

from __future__ import annotations

import lzma
import re
import shutil
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet
import pyogrio
import pyproj

from geo.errors import GeoInputError
from geo.files import (
    ARCHIVE,
    ERRORS,
    FileForm,
    defuse,
    foreign,
    generates,
    inspect,
    weigh,
)
from geo.french import listing
from geo.imports.exported import foreign_headers
from geo.imports.shapes.code_pages import decoder, encoding_of
from geo.imports.shapes.features import SHOWN, Features, features_of, text_of
from geo.imports.shapes.kml import read_kml
from geo.imports.shapes.text_formats import MOST_COLUMNS, MOST_FEATURES, read_geojson

ALL_FOLDERS = "(toutes les couches)"
SQLITE, FLATGEOBUF, PARQUET, SHAPEFILE = b"SQLite format 3\x00", b"fgb\x03", b"PAR1", b"\x00\x00\x27\x0a"
DRIVERS = {".gpkg": "GPKG", ".fgb": "FlatGeobuf", ".shp": "ESRI Shapefile"}
MOST_LAYERS = 500
MOST_BYTES = 400_000_000
_PRJ = 20_000
_CLOSED = {
    "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
}
SHAPE_PARTS = (".shp", ".dbf", ".shx", ".prj", ".cpg")
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, ValueError, RuntimeError, NotImplementedError, EOFError)
_CHUNK = 1 << 18


def open_features(path: Path, filename: str, folder: Path, layer: str | None = None) -> Features:
    """Return the features of a layer of a file of polygons, the most likely one when `layer` is None.

    `folder` is empty, private, and given up by the caller afterwards.

    Raises
    ------
    GeoInputError
        When the file is refused, is of another kind, or has no layer of that name; when the layer is empty.
    """
    asked = None if layer in ("", ALL_FOLDERS) else layer
    form = inspect(path, filename)
    if not form.spatial:
        raise GeoInputError(f"{filename} : ce n’est pas un fichier de contours.")
    found = _opened(path, form, filename, folder, asked)
    if found.layers and asked is not None and asked not in found.layers:
        raise GeoInputError(absent_layer(filename, asked, found.layers))
    if not found.layers and asked not in (None, found.name):
        raise GeoInputError(f"{filename} : pas de couche « {str(asked)[:60]} » ; ce fichier n’en contient qu’une.")
    if said := foreign_headers(map(str, found.table.columns)):
        raise GeoInputError(f"{filename} : {said}")
    if not len(found.shapes):
        raise GeoInputError(f"{filename} : la couche ne contient aucun objet.")
    if len(found.layers) < 2:
        return replace(found, layers=())
    if layer is not None:
        return found
    read = f"« {found.name} » est lue" if found.name else "elles sont lues ensemble"
    which = f"Le fichier contient {len(found.layers)} couches ({listing(found.layers, SHOWN)}) : {read}."
    return found.say("à savoir", "", which, "Choisissez-en une autre si ce n’est pas la bonne.")


def _opened(path: Path, form: FileForm, filename: str, folder: Path, layer: str | None) -> Features:
    """Give a file to the reader of its format; `layers` are those of the formats that may hold several."""
    if form.name == "shapefile":
        parts = _shapefile(path, form, filename, folder)
        return read_shapefile(parts, _new(folder / "lecture"), filename)
    source = _taken(path, form.member, folder, filename) if form.member else path
    if form.name in ("kml", "kmz"):
        return read_kml(source.read_bytes(), filename, layer)
    if form.name == "geojson":
        return read_geojson(source.read_bytes(), filename)
    with source.open("rb") as file:
        start = file.read(16)
    reading = _new(folder / "lecture")
    if start == SQLITE:
        return read_geopackage(source, reading, filename, layer)
    if start.startswith(FLATGEOBUF):
        return read_flatgeobuf(source, reading, filename)
    if start.startswith(PARQUET):
        return read_geoparquet(source, filename)
    raise GeoInputError(f"{filename} : le contenu n’est pas celui d’un fichier {form.name}.")


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _shapefile(path: Path, form: FileForm, filename: str, folder: Path) -> dict[str, Path]:
    """Take out the parts of a shapefile: the members that bear its name beside it."""
    stem = form.member[: -len(".shp")].lower()
    parts: dict[str, Path] = {}
    for member in weigh(path, ARCHIVE, filename):
        suffix = PurePosixPath(member.filename).suffix.lower()
        if suffix in SHAPE_PARTS and member.filename[: -len(suffix)].lower() == stem:
            parts[suffix] = _taken(path, member.filename, folder, filename)
    return parts


def _taken(path: Path, member: str, folder: Path, filename: str) -> Path:
    """Take one member out of a zip under a name of ours, counting what really comes out."""
    target = folder / f"membre{len(list(folder.iterdir()))}{PurePosixPath(member).suffix.lower()[:8]}"
    room = ARCHIVE.total_bytes
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as packed, target.open("wb") as file:
            while block := packed.read(_CHUNK):
                room -= len(block)
                if room < 0:
                    raise GeoInputError(f"{filename} : archive refusée, trop grosse une fois ouverte.")
                file.write(block)
    except GeoInputError:
        raise
    except (*_BROKEN, OSError, KeyError) as error:
        raise GeoInputError(f"{filename} : archive abîmée ou incomplète.") from error
    return target


def read_geopackage(path: Path, folder: Path, file: str, layer: str | None = None) -> Features:
    """Read a table of features of a GeoPackage, by default the one with the most areas.

    Views and tables that stand for other files are never opened.
    """
    copy = folder / "couche.gpkg"
    shutil.copyfile(path, copy)
    names = _tables(copy, file)
    if layer is not None and layer not in names:
        raise GeoInputError(absent_layer(file, layer, names))
    chosen = layer if layer is not None else max(names, key=lambda name: _areas(copy, file, name))
    if layer is None and "clsm" in names and foreign_headers(map(str, _info(copy, file, layer=chosen)["fields"])):
        chosen = "clsm"  # of our own export, where the communes are the larger layer
    return replace(_read(copy, file, layer=chosen), layers=tuple(names))


def absent_layer(file: str, layer: str, names: Sequence[str]) -> str:
    """Say that a file has no layer of that name."""
    return f"{file} : pas de couche « {layer[:60]} » ; le fichier contient {listing(names, 8)}."


def _areas(path: Path, file: str, layer: str) -> int:
    """Count the features of a layer that may be areas, to choose one."""
    info = _info(path, file, layer=layer)
    kind = str(info["geometry_type"] or "Unknown")
    return (
        int(info["features"]) if any(word in kind for word in ("Polygon", "Surface", "Unknown", "Collection")) else -1
    )


def _tables(path: Path, file: str) -> list[str]:
    """Name the tables of features of a private copy, as SQLite itself gives them; what it would run is taken out first."""
    try:
        with foreign(path) as base:
            schema = base.execute("SELECT type, name, lower(coalesce(sql, '')) FROM sqlite_master").fetchall()
        tables = {str(name): sql for kind, name, sql in schema if kind == "table"}
        _refuse_virtual(tables, file)
        defuse(path)
        with foreign(path) as base:
            made = next((name for name in tables if generates(base, name)), None)
            listed = base.execute("SELECT table_name FROM gpkg_contents WHERE lower(data_type) = 'features'")
            found = listed.fetchmany(MOST_LAYERS + 1)
    except ERRORS as error:
        raise GeoInputError(f"{file} : ce fichier SQLite n’est pas un GeoPackage lisible.") from error
    if len(found) > MOST_LAYERS:
        raise GeoInputError(f"{file} : plus de {MOST_LAYERS} couches ; n’en gardez que celle des territoires.")
    if made is not None:
        raise GeoInputError(
            f"{file} : GeoPackage refusé, la table « {made[:40]} » fabrique des colonnes à la lecture ; exportez vos couches "
            "dans un GeoPackage neuf."
        )
    names = [str(name) for (name,) in found if name in tables]
    if not names:
        hint = " (une vue ne suffit pas)" if found and any(kind == "view" for kind, _, _ in schema) else ""
        raise GeoInputError(f"{file} : le GeoPackage ne contient aucune couche de territoires{hint}.")
    return names


def _refuse_virtual(tables: Mapping[str, str], file: str) -> None:
    """Refuse a file with tables that stand for other data; the index that GeoPackage itself defines (rtree) is none."""
    for name, sql in tables.items():
        if sql.startswith("create virtual") and not re.search(r"using\s+\"?rtree", sql):
            raise GeoInputError(
                f"{file} : GeoPackage refusé, il contient des tables qui renvoient à d’autres données ({name[:40]}) ; "
                "exportez vos couches dans un GeoPackage neuf."
            )


def read_flatgeobuf(path: Path, folder: Path, file: str) -> Features:
    """Read a FlatGeobuf."""
    copy = folder / "couche.fgb"
    shutil.copyfile(path, copy)
    return _read(copy, file)


def read_shapefile(parts: Mapping[str, Path], folder: Path, file: str) -> Features:
    """Read a Shapefile from its parts, by suffix (.shp, .dbf, .shx, .prj, .cpg).

    The index (.shx) is made again when it lacks. Names are read in UTF-8 where they are valid so, in Windows-1252 otherwise.

    Raises
    ------
    GeoInputError
        When the .shp or the .dbf is absent, or cannot be read.
    """
    lacking = [suffix for suffix in (".shp", ".dbf") if suffix not in parts]
    if lacking:
        raise GeoInputError(missing_parts(file, lacking))
    if parts[".shp"].read_bytes()[:4] != SHAPEFILE:
        raise GeoInputError(f"{file} : le fichier .shp est abîmé ou n’en est pas un.")
    for suffix in (".shp", ".dbf", ".shx"):
        if suffix in parts:
            shutil.copyfile(parts[suffix], folder / f"couche{suffix}")
    notes = []
    if ".prj" in parts:
        text = parts[".prj"].read_bytes()[:_PRJ].decode("latin-1").encode("ascii", "replace")
        try:  # the reader stumbles on what is no projection
            pyproj.CRS.from_wkt(text.decode("ascii"))
            (folder / "couche.prj").write_bytes(text)
        except pyproj.exceptions.CRSError:
            notes.append("Partie .prj illisible, laissée de côté.")
    if ".shx" not in parts:
        (folder / "couche.shx").write_bytes(_index(parts[".shp"].read_bytes()))
        notes.append("Index .shx absent, refait.")
    encoding, said = encoding_of(folder / "couche.dbf", parts.get(".cpg"))
    return _read(folder / "couche.shp", file, encoding=encoding, notes=[*notes, *said])


def _index(shp: bytes) -> bytes:
    """Make the .shx of a .shp: the place and the length of each record, in words of two bytes (ESRI, 1998)."""
    entries = []
    at = 100
    while at + 8 <= len(shp):
        length = struct.unpack(">i", shp[at + 4 : at + 8])[0]
        if length < 2 or at + 8 + 2 * length > len(shp):
            break
        entries.append(struct.pack(">ii", at // 2, length))
        at += 8 + 2 * length
    size = struct.pack(">i", 50 + 4 * len(entries))
    return shp[:24] + size + shp[28:100] + b"".join(entries)


def missing_parts(file: str, lacking: Sequence[str]) -> str:
    """Say which parts of a Shapefile lack, and what to do."""
    one = "la partie" if len(lacking) == 1 else "les parties"
    return (
        f"{file} : il manque {one} {' et '.join(lacking)} du Shapefile ; placez dans un même .zip les fichiers .shp, .dbf, "
        ".shx et .prj qui portent le même nom."
    )


def _read(path: Path, file: str, *, layer: str | None = None, encoding: str | None = None,
          notes: Sequence[str] = ()) -> Features:  # fmt: skip
    info = _info(path, file, layer=layer, encoding=None if encoding is None else "ISO-8859-1")
    if info["features"] > MOST_FEATURES or len(info["fields"]) > MOST_COLUMNS:
        raise GeoInputError(_too_many(file))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # what GDAL warns of comes out as a feature without geometry, reported later
            asked = None if encoding is None else "ISO-8859-1"  # byte for byte: each text is decoded apart
            frame = gpd.read_file(path, layer=layer, engine="pyogrio", on_invalid="ignore", encoding=asked)
    except MemoryError:
        raise
    except Exception as error:  # a damaged file brings anything out of the reader, down to its own UnboundLocalError
        raise GeoInputError(_broken(file)) from error
    return _features(frame, layer or "", notes, file, decoder(encoding) if encoding else None)


def _info(path: Path, file: str, *, layer: str | None = None, encoding: str | None = None) -> dict[str, Any]:
    """Open a file without reading its features, and make sure that the format expected opened it."""
    pyogrio.set_gdal_config_options(_CLOSED)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            info: dict[str, Any] = pyogrio.read_info(path, layer=layer, encoding=encoding)
    except Exception as error:  # as in _read
        raise GeoInputError(_broken(file)) from error
    if info["driver"] != DRIVERS[path.suffix]:
        raise GeoInputError(f"{file} : le contenu n’est pas celui d’un fichier {path.suffix}.")
    return info


def _broken(file: str) -> str:
    return f"{file} : fichier illisible ou coupé ; exportez-le à nouveau."


def read_geoparquet(path: Path, file: str) -> Features:
    """Read a GeoParquet, once its announced size was weighed."""
    try:
        known = pyarrow.parquet.ParquetFile(path)
        meta = known.metadata
        size = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if meta.num_rows > MOST_FEATURES or meta.num_columns > MOST_COLUMNS or size > MOST_BYTES:
            raise GeoInputError(_too_many(file))
        if b"geo" not in (known.schema_arrow.metadata or {}):
            raise GeoInputError(
                f"{file} : ce Parquet ne contient pas de géométrie (GeoParquet attendu) ; exportez-le depuis votre logiciel de "
                "cartographie."
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = gpd.read_parquet(path)
    except (GeoInputError, MemoryError):
        raise
    except Exception as error:  # as above, of Arrow and of the metadata that a file invents
        raise GeoInputError(f"{file} : GeoParquet illisible ou coupé ; exportez-le à nouveau.") from error
    return _features(frame, "", (), file)


def _too_many(file: str) -> str:
    return (
        f"{file} : plus de {MOST_FEATURES} objets ou de {MOST_COLUMNS} colonnes ; ne gardez que les territoires voulus."
    )


def _features(
    frame: Any, layer: str, notes: Sequence[str], file: str, read: Callable[[str], tuple[str, bool]] | None = None
) -> Features:
    if not isinstance(frame, gpd.GeoDataFrame):
        raise GeoInputError(f"{file} : la couche « {layer} » n’a pas de géométrie.")
    geometry = frame.geometry
    columns: dict[str, list[str]] = {}
    mended: list[str] = []
    for at, name in enumerate(map(str, frame.columns)):  # by place: a .dbf may hold several columns of one name
        values = frame.iloc[:, at]
        if values.dtype == "geometry":
            continue
        texts = list(values.astype(object))
        if read is not None:
            name = read(name)[0]
            found = [read(v) if isinstance(v, str) else (v, False) for v in texts]
            mended += [f"objet {line}, colonne « {name} »" for line, (_, bad) in enumerate(found, 1) if bad]
            texts = [text for text, _ in found]
        columns[_fresh(name, columns)] = [text_of(v) for v in texts]
    if mended:
        notes = [*notes, f"Signes illisibles, lus au mieux ({listing(mended, SHOWN)}) ; le reste est intact."]
    table = pd.DataFrame(columns, index=range(len(frame)), dtype=str)
    return features_of(file, layer, table, list(geometry), crs=geometry.crs, notes=notes)


def _fresh(name: str, taken: Mapping[str, object]) -> str:
    """Return a name that no other column bears: « nom », « nom (2) »…"""
    number = 2
    found = name
    while found in taken:
        found, number = f"{name} ({number})", number + 1
    return found
