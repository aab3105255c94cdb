"""Open any published file and look at its beginning: csv, xlsx, ods, parquet, GeoJSON, GeoPackage, alone, in a gz or in a zip.

Nothing here knows what a file is about, nor trusts its name: the form is read in the first bytes, the separator and the
encoding in the first lines. An archive is never unpacked on disk, and no more than MAX_BYTES of it is ever unpacked.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from python_calamine import CalamineError

from geo.errors import GeoInputError
from geo.files.foreign_sqlite import foreign, generates
from geo.files.sniff import as_text, decode, open_workbook, separator_of

Shape = Literal["table", "features", "gazetteer", "finess"]
MAX_BYTES = 1_500_000_000
HEAD_BYTES = 4_000_000
HEAD_ROWS = 30
UNREADABLE = (
    OSError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    csv.Error,
    pa.ArrowInvalid,
    CalamineError,
    UnicodeError,
    shapely.errors.GEOSException,
    sqlite3.Error,
)
SQLITE = b"SQLite format 3\0"
MOST_LAYERS = 50
MEMBERS = (".csv", ".txt", ".tsv", ".json", ".geojson", ".parquet", ".xlsx", ".xls", ".ods")


@dataclass(frozen=True)
class Part:
    """One document: a whole file, what a gz holds, or one member of a zip."""

    path: Path
    packing: Literal["", "gz", "zip"] = ""
    member: str = ""

    @property
    def name(self) -> str:
        """How a message names it."""
        return f"{self.path.name} ({self.member})" if self.member else self.path.name

    def head(self, size: int) -> bytes:
        """Return its first bytes."""
        if self.packing == "zip":
            with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as member:
                return member.read(size)
        with gzip.open(self.path) if self.packing else self.path.open("rb") as stream:
            return stream.read(size)

    def whole(self) -> Path | io.BytesIO:
        """Return what the libraries read: the path when the file is bare, else its content.

        Raises
        ------
        GeoInputError
            When more than MAX_BYTES come out of the packing.
        """
        if not self.packing:
            return self.path
        content = self.head(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise GeoInputError(f"{self.name} : le contenu décompressé est démesuré ; le fichier n’est pas lu.")
        return io.BytesIO(content)


@dataclass(frozen=True)
class Peek:
    """The beginning of a document: first rows as texts (for features: names, then first values), and raw beginning.

    `encoding` and `separator` are those of a text; `sheet` names the sheet of a workbook, or the layer of a GeoPackage.
    """

    part: Part
    shape: Shape
    rows: tuple[tuple[str, ...], ...]
    text: str = ""
    sheet: str = ""
    separator: str = ","
    encoding: str = "utf-8"


def peek(path: Path) -> tuple[Peek, ...]:
    """Look at the beginning of every table or collection that a file holds; nothing when it is none of the known forms."""
    state = path.stat()
    return _peek(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=64)
def _peek(path: Path, size: int, changed: int) -> tuple[Peek, ...]:
    try:
        return tuple(found for part in _parts(path) for found in _peek_part(part))
    except (*UNREADABLE, ValueError, RuntimeError):
        return ()


def _parts(path: Path) -> Iterator[Part]:
    with path.open("rb") as stream:
        start = stream.read(4)
    if start[:2] == b"\x1f\x8b":
        yield Part(path, "gz")
    elif start == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
        if any(m.filename in ("[Content_Types].xml", "mimetype", "content.xml") for m in members):
            yield Part(path)
        else:
            for member in members:
                if member.filename.lower().endswith(MEMBERS) and member.file_size <= MAX_BYTES:
                    yield Part(path, "zip", member.filename)
    elif start:
        yield Part(path)


def _peek_part(part: Part) -> Iterator[Peek]:
    start = part.head(HEAD_BYTES if part.packing == "zip" else 65536)
    if start[:4] == b"PAR1":
        yield _peek_parquet(part)
    elif start.startswith(SQLITE) and not part.packing:
        yield from _peek_geopackage(part)
    elif start[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        yield from _peek_workbook(part)
    elif start.lstrip(codecs.BOM_UTF8 + b" \r\n\t")[:1] == b"{":
        yield from _peek_json(part)
    elif start and b"\0" not in start[:4096]:
        yield _peek_text(part, start)


def _peek_parquet(part: Part) -> Peek:
    source = pq.ParquetFile(part.whole())
    schema = source.schema_arrow
    outlines = b"geo" in (schema.metadata or {}) or "geometry" in schema.names
    columns = [name for name in schema.names if name != "geometry"]
    first = next(source.iter_batches(batch_size=HEAD_ROWS, columns=columns), None)
    records = first.to_pylist() if first is not None else []
    rows = [tuple(columns), *(tuple(as_text(r[c]) for c in columns) for r in records)]
    return Peek(part, "features" if outlines else "table", tuple(rows), text=" ".join(map(" ".join, rows[:3])))


def _peek_workbook(part: Part) -> Iterator[Peek]:
    with open_workbook(part.whole()) as book:
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=HEAD_ROWS)
            for name in book.sheet_names
        }
    for name, rows in sheets.items():
        if rows:
            texts = tuple(tuple(as_text(cell) for cell in row) for row in rows)
            yield Peek(part, "table", texts, text="\n".join(" ".join(row) for row in texts), sheet=name)


def _peek_geopackage(part: Part) -> Iterator[Peek]:
    """Look at the layers of surfaces of a GeoPackage: real tables alone, whose columns are all stored."""
    with foreign(part.path) as base:
        surfaces = base.execute(
            "SELECT table_name, column_name FROM gpkg_geometry_columns WHERE upper(geometry_type_name) "
            "IN ('POLYGON', 'MULTIPOLYGON', 'SURFACE', 'MULTISURFACE', 'CURVEPOLYGON', 'GEOMETRY')"
        ).fetchmany(MOST_LAYERS)
        tables = {name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for layer, shape in surfaces:
            if layer not in tables or generates(base, layer):
                continue
            quoted = str(layer).replace('"', '""')
            columns = [row[1] for row in base.execute(f'PRAGMA table_info("{quoted}")') if row[1] != shape]
            listed = ", ".join('"{}"'.format(c.replace('"', '""')) for c in columns)
            found = base.execute(f'SELECT {listed} FROM "{quoted}" LIMIT {HEAD_ROWS}').fetchall() if columns else []
            rows = (tuple(columns), *(tuple(as_text(value) for value in row) for row in found))
            yield Peek(part, "features", rows, text=" ".join(map(" ".join, rows[:3])), sheet=str(layer))


def _peek_json(part: Part) -> Iterator[Peek]:
    text = part.head(HEAD_BYTES).decode("utf-8-sig", errors="replace")
    if re.search(r'"qpvs"\s*:', text[:20_000]):
        codes = re.findall(r'"code"\s*:\s*"([^"]+)"', text)[:HEAD_ROWS]
        yield Peek(part, "gazetteer", (("code",), *((code,) for code in codes)), text=text[:20_000])
    elif re.search(r'"type"\s*:\s*"FeatureCollection"', text):
        records = list(islice(_properties(text), HEAD_ROWS))
        names = tuple(dict.fromkeys(name for record in records for name in record))
        rows = tuple(tuple(as_text(record.get(n)) for n in names) for record in records)
        shown = "\n".join(" ".join(row) for row in (names, *rows))
        yield Peek(part, "features", (names, *rows), text=text[:20_000] + shown)


def _properties(text: str) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder()
    first = re.search(r'"type"\s*:\s*"Feature"', text)
    start = first.start() if first else len(text)
    before = text.rfind("{", 0, start)
    for match in re.finditer(r'"properties"\s*:\s*(?=\{)', text[max(before, 0) :] if first else ""):
        try:
            found, _ = decoder.raw_decode(text, max(before, 0) + match.end())
        except ValueError:
            return
        yield found


def _peek_text(part: Part, start: bytes) -> Peek:
    text, encoding = decode(start, cut=True)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = separator_of(text)
    shape: Shape = "finess" if re.match(r"(?i)finess;etalab", first) else "table"
    rows = islice(csv.reader(io.StringIO(text, newline=None), delimiter=separator), HEAD_ROWS)
    return Peek(
        part, shape, tuple(tuple(row) for row in rows), text=text[:20_000], separator=separator, encoding=encoding
    )
