"""What the tests of the readers share: the mirror, small files, workbooks made by hand, a drawn country."""

from __future__ import annotations

import dataclasses
import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.communes import Atlas
from geo.paths import ROOT
from geo.sources.readers import READERS
from geo.sources.readers.base import ReadReport
from tests.support.grid import draw

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "readers"
MIRROR = Path(os.environ.get("CLSM_MIRROR") or ROOT / ".." / "shared" / "data" / "mirror")


def mirrored(name: str) -> Path:
    """Return a file of the mirror, or skip the test, saying which file is absent."""
    path = MIRROR / name
    if not path.exists():
        pytest.skip(f"fichier absent du miroir : {name} (CLSM_MIRROR donne son dossier)")
    return path


def read(kind: str, *files: Path, into: Path, atlas: Atlas | None = None) -> ReadReport:
    """Read files with the reader of a kind."""
    return READERS[kind].read(list(files), into, atlas=atlas)


def product(folder: Path, name: str) -> pd.DataFrame:
    """Return a product, indexed by its first column."""
    frame = pd.read_parquet(folder / f"{name}.parquet")
    return frame.set_index(frame.columns[0])


def text_file(folder: Path, text: str, *, name: str = "fichier.csv", encoding: str = "utf-8") -> Path:
    """Write a small file."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[str | float | None]]]) -> Path:
    """Write an xlsx by hand; a float is a number cell, as a spreadsheet makes of a code."""
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    number = range(1, len(sheets) + 1)
    with zipfile.ZipFile(path, "w") as archive:
        parts = "".join(
            f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{kinds}.worksheet+xml"/>' for i in number
        )
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
            f'package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>{parts}</Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        names = "".join(f'<sheet name="{escape(n)}" sheetId="{i}" r:id="r{i}"/>' for i, n in enumerate(sheets, 1))
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{names}</sheets></workbook>'
        )
        links = "".join(
            f'<Relationship Id="r{i}" Type="{office}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in number
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships">{links}</Relationships>'
        )
        for i, rows in enumerate(sheets.values(), 1):
            lines = "".join(_row(r, row) for r, row in enumerate(rows, 1))
            archive.writestr(
                f"xl/worksheets/sheet{i}.xml", f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>'
            )
    return path


def _row(number: int, cells: Sequence[str | float | None]) -> str:
    texts = []
    for i, cell in enumerate(cells):
        place = f'r="{chr(65 + i)}{number}"'
        if isinstance(cell, float | int):
            texts.append(f"<c {place}><v>{cell}</v></c>")
        elif cell is not None:
            texts.append(f'<c {place} t="inlineStr"><is><t>{escape(cell)}</t></is></c>')
    return f'<row r="{number}">{"".join(texts)}</row>'


def ods(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """Write an OpenDocument sheet by hand."""
    spaces = "".join(f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = "".join(
        "<table:table-row>" + "".join(cell.format(escape(c)) for c in row) + "</table:table-row>" for row in rows
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f'<office:document-content{spaces}><office:body><office:spreadsheet><table:table table:name="Feuille1">{lines}'
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
            'manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
    return path


def country(folder: Path, people: Sequence[Sequence[int]], **options: object) -> Atlas:
    """Draw a country of square communes of 1 km with outlines: the cell of row i and column j is at (j, i) km."""
    atlas = draw(people, **options)  # type: ignore[arg-type]
    squares = [square(x - 700_500, 6_599_500 - y) for x, y in zip(atlas.table["x"], atlas.table["y"], strict=True)]
    frame = gpd.GeoDataFrame({"code": atlas.table["code"]}, geometry=squares, crs=2154).to_crs(4326)
    points = frame.geometry.to_crs(2154).centroid.to_crs(4326)
    frame.to_parquet(folder / "communes.parquet")
    table = atlas.table.assign(lon=points.x.to_numpy(), lat=points.y.to_numpy())
    return dataclasses.replace(atlas, table=table, path=folder)


def square(east: float, south: float, width: float = 1000.0, height: float = 1000.0) -> shapely.Geometry:
    """Draw a rectangle in Lambert-93; (east, south) in metres from the top left cell, south counted downwards."""
    west, top = 700_000 + east, 6_600_000 - south
    # A long edge is cut up, so that the projection bends a drawn outline and a drawn quarter alike.
    return shapely.segmentize(shapely.box(west, top - height, west + width, top), 50.0)


def drawn(shape: shapely.Geometry) -> shapely.Geometry:
    """Bring a drawn shape to longitudes and latitudes."""
    return gpd.GeoSeries([shape], crs=2154).to_crs(4326).iat[0]
