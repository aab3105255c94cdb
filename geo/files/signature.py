"""Look at a file from outside before anything opens it: what it is by its content, and whether it may do harm.

The same door for tables and polygons. A name proves nothing: « secteurs.csv » may be a workbook, « carte.kmz » a bomb.
Nothing is unpacked here, and only the beginning of the file is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from geo.errors import GeoInputError
from geo.files.archives import Ceilings, read_member, weigh
from geo.files.sniff import encoding_of_start
from geo.french import listing, megabytes

FormName = Literal[
    "texte", "xlsx", "xls", "ods", "geojson", "geopackage", "kml", "kmz", "shapefile", "flatgeobuf", "geoparquet"
]
SPATIAL = frozenset({"geojson", "geopackage", "kml", "kmz", "shapefile", "flatgeobuf", "geoparquet"})
READ = "CSV, XLSX, ODS, GeoJSON, GeoPackage, shapefile dans un zip, KML, KMZ, FlatGeobuf, GeoParquet"
HEAD = 65_536
MAX_BYTES = 200_000_000
ARCHIVE = Ceilings(members=2_000, total_bytes=400_000_000, ratio=200.0)
WORKBOOK = Ceilings(members=2_000, total_bytes=400_000_000, ratio=200.0)
# First bytes of what people send by mistake, and what to say to them.
OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "c’est un PDF ; copiez sa liste de communes dans un tableur, ou collez-la dans la page Périmètre"),
    (b"\x89PNG", "c’est une image ; il faut un tableau ou un fichier géographique"),
    (b"\xff\xd8\xff", "c’est une image ; il faut un tableau ou un fichier géographique"),
    (b"GIF8", "c’est une image ; il faut un tableau ou un fichier géographique"),
    (b"7z\xbc\xaf\x27\x1c", "c’est une archive 7z ; décompressez-la, puis donnez le fichier qui en sort (ou un zip)"),
    (b"Rar!", "c’est une archive RAR ; décompressez-la, puis donnez le fichier qui en sort (ou un zip)"),
    (b"\x1f\x8b", "c’est une archive gzip ; décompressez-la, puis donnez le fichier qui en sort"),
    (b"\x00\x00\x27\x0a", "un shapefile est fait de plusieurs fichiers ; mettez .shp, .dbf, .shx et .prj dans un zip"),
)
OLE = b"\xd0\xcf\x11\xe0"
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_BY_SUFFIX: dict[str, FormName] = {
    ".shp": "shapefile", ".kml": "kml", ".gpkg": "geopackage", ".geojson": "geojson", ".fgb": "flatgeobuf",
    ".parquet": "geoparquet", ".json": "geojson", ".csv": "texte", ".tsv": "texte", ".txt": "texte", ".xlsx": "xlsx",
    ".ods": "ods", ".xls": "xls",
}  # fmt: skip


@dataclass(frozen=True)
class FileForm:
    """What a file is. `member` names the document to read inside a zip ("" when the file is the document itself)."""

    name: FormName
    member: str = ""

    @property
    def spatial(self) -> bool:
        """Whether it holds polygons rather than a table."""
        return self.name in SPATIAL


def inspect(path: Path, filename: str = "") -> FileForm:
    """Say what a file is, from its first bytes and, for a zip, the names of its members.

    Raises
    ------
    GeoInputError
        When the file is absent, empty, too heavy, of a form that is not read, or an archive that could do harm.
    """
    name = filename or path.name
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(HEAD)
    except OSError as error:
        raise GeoInputError(f"{name} : fichier introuvable ou illisible.") from error
    if not size:
        raise GeoInputError(f"{name} : le fichier est vide.")
    if size > MAX_BYTES:
        raise GeoInputError(too_heavy(name, size))
    for magic, message in OTHERS:
        if start.startswith(magic):
            raise GeoInputError(f"{name} : {message}.")
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(path, name)
    if start.startswith(OLE):
        return _ole(path, name)
    if start.startswith(b"SQLite format 3\x00"):
        return FileForm("geopackage")
    if start.startswith(b"fgb"):
        return FileForm("flatgeobuf")
    if start.startswith(b"PAR1"):
        return FileForm("geoparquet")
    return FileForm(_text(start, name))


def too_heavy(name: str, size: int, ceiling: int = MAX_BYTES) -> str:
    """Say that a file is past the ceiling."""
    return (
        f"{name} : le fichier pèse {megabytes(size)}, au-delà de {megabytes(ceiling)} ; retirez-en les colonnes et les "
        "lignes inutiles, ou simplifiez ses contours."
    )


def _ole(path: Path, name: str) -> FileForm:
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise GeoInputError(f"{name} : le classeur est protégé par un mot de passe ; enregistrez-le sans mot de passe.")
    if "WordDocument".encode("utf-16-le") in content:
        raise GeoInputError(f"{name} : c’est un document Word ; copiez son tableau dans un tableur.")
    return FileForm("xls")


def _zip(path: Path, name: str) -> FileForm:
    names = [m.filename for m in weigh(path, ARCHIVE, name)]
    if "[Content_Types].xml" in names:
        weigh(path, WORKBOOK, name)
        if any(n.startswith("xl/") for n in names):
            return FileForm("xlsx")
        raise GeoInputError(f"{name} : c’est un document Word ou PowerPoint ; copiez son tableau dans un tableur.")
    if "mimetype" in names and "content.xml" in names:
        weigh(path, WORKBOOK, name)
        if b"spreadsheet" in read_member(path, "mimetype", 200, name):
            return FileForm("ods")
        raise GeoInputError(f"{name} : c’est un document texte ; copiez son tableau dans un tableur.")
    return _in_zip(names, name)


def _in_zip(names: Sequence[str], name: str) -> FileForm:
    """Choose what to read in a plain zip: outlines before tables, and never one of several at random."""
    seen = [n for n in names if not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(n).parts)]
    for suffix, form in _BY_SUFFIX.items():
        found = [n for n in seen if n.lower().endswith(suffix)]
        if form == "kml" and "doc.kml" in {PurePosixPath(n).name.lower() for n in found}:
            return FileForm("kmz", next(n for n in found if PurePosixPath(n).name.lower() == "doc.kml"))
        if len(found) > 1:
            raise GeoInputError(
                f"{name} : le zip contient plusieurs fichiers à lire ({listing(found, 6)}) ; n’en gardez qu’un."
            )
        if found:
            return FileForm("kmz" if form == "kml" else form, found[0])
    raise GeoInputError(
        f"{name} : le zip ne contient aucun fichier à lire ({listing(seen, 6) or 'il est vide'}). Formats lus : {READ}."
    )


def _text(start: bytes, name: str) -> FormName:
    encoding = encoding_of_start(start)
    if encoding is None and len(_CONTROL.findall(start)) > 0.05 * len(start):
        raise GeoInputError(f"{name} : ce n’est ni un tableau ni un fichier géographique connu. Formats lus : {READ}.")
    text = start.decode(encoding or "latin-1", errors="ignore").lstrip("\ufeff \t\r\n\0\x1e")
    if not text:
        raise GeoInputError(f"{name} : le fichier ne contient que des blancs.")
    low = text[:4_000].lower()
    if text.startswith("{") or (text.startswith("[") and '"' in text[:200]):
        if any(word in text for word in ('"Feature', '"coordinates"', '"geometries"')):
            return "geojson"
        raise GeoInputError(f"{name} : ce JSON n’est pas un GeoJSON. Formats lus : {READ}.")
    if text.startswith("<"):
        if "<kml" in low or ":kml" in low or "earth/kml" in low or "opengis.net/kml" in low:
            return "kml"
        if "<html" in low or "<table" in low or "<!doctype html" in low:
            raise GeoInputError(f"{name} : c’est une page web ; ouvrez-la dans un tableur et enregistrez-la en XLSX.")
        raise GeoInputError(f"{name} : ce fichier XML n’est pas un KML. Formats lus : {READ}.")
    return "texte"
