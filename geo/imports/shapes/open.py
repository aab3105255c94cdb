"""Open a file of polygons by what it is: take out of its zip what is needed, and give it to the reader of its format."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from geo.errors import GeoInputError
from geo.files import ARCHIVE, FileForm, inspect, weigh
from geo.imports.shapes.gdal import (
    FLATGEOBUF,
    PARQUET,
    SQLITE,
    absent_layer,
    read_flatgeobuf,
    read_geopackage,
    read_geoparquet,
    read_shapefile,
)
from geo.imports.shapes.raw import RawLayer
from geo.imports.shapes.text_formats import read_geojson, read_kml

SHAPE_PARTS = (".shp", ".dbf", ".shx", ".prj", ".cpg")
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, ValueError, RuntimeError, NotImplementedError, EOFError)
_CHUNK = 1 << 18


def open_layer(path: Path, filename: str, folder: Path, layer: str | None = None) -> tuple[RawLayer, list[str]]:
    """Return a layer of a file of polygons, and the names of all the layers it holds when it holds several.

    `folder` is empty, private, and given up by the caller afterwards.

    Raises
    ------
    GeoInputError
        When the file is refused, is of another kind, or has no layer of that name.
    """
    form = inspect(path, filename)
    if not form.spatial:
        raise GeoInputError(f"{filename} : ce n’est pas un fichier de contours.")
    if form.name == "shapefile":
        parts = _shapefile(path, form, filename, folder)
        return _single(read_shapefile(parts, _new(folder / "lecture"), filename), filename, layer)
    source = _taken(path, form.member, folder, filename) if form.member else path
    if form.name in ("kml", "kmz"):
        found, names = read_kml(source.read_bytes(), filename, layer)
        if layer is not None and layer not in names:
            raise GeoInputError(absent_layer(filename, layer, names))
        return found, names if len(names) > 1 else []
    if form.name == "geojson":
        return _single(read_geojson(source.read_bytes(), filename), filename, layer)
    with source.open("rb") as file:
        start = file.read(16)
    reading = _new(folder / "lecture")
    if start == SQLITE:
        found, names = read_geopackage(source, reading, filename, layer)
        return found, names if len(names) > 1 else []
    if start.startswith(FLATGEOBUF):
        return _single(read_flatgeobuf(source, reading, filename), filename, layer)
    if start.startswith(PARQUET):
        return _single(read_geoparquet(source, filename), filename, layer)
    raise GeoInputError(f"{filename} : le contenu n’est pas celui d’un fichier {form.name}.")


def _single(found: RawLayer, filename: str, layer: str | None) -> tuple[RawLayer, list[str]]:
    if layer not in (None, "", found.name):
        raise GeoInputError(f"{filename} : pas de couche « {layer[:60]} » ; ce fichier n’en contient qu’une.")
    return found, []


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
