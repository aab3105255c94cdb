"""Files people download: CSV, workbook, GeoJSON, GeoPackage. They know nothing of the domain.

Codes stay texts with their zeros, an unknown value is an empty cell and never 0, and no text that came from data can
become a formula. The same content gives the same bytes: dates inside the files are fixed.
"""

from __future__ import annotations

import io
import json
import math
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo import french as fr
from geo.geometry import WGS84

if TYPE_CHECKING:
    import geopandas as gpd

FIXED_DATE = datetime(2000, 1, 1, tzinfo=UTC)
SOURCES = "Sources"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MOST_CHARACTERS = 32_767  # of a cell
NUMBER_FORMATS = {"entier": "#,##0", "decimal": "#,##0.0", "part": "0.0%", "coordonnee": "0.000000"}
NUMBER_FORMATS |= {f"part-{n}": f"0.{'0' * n}%" for n in range(2, 2 + fr.FINER)}
WIDEST = 60


def neutral(value: object) -> object:
    """Return a value that a spreadsheet will not run: a text that begins like a formula gets an apostrophe.

    Numbers are returned as they are: a negative number is no formula.
    """
    if isinstance(value, str) and value.lstrip(" \u00a0\u202f").startswith(DANGEROUS):
        return "'" + value
    return value


def original(value: str) -> str:
    """Undo `neutral` on a text read back from a file."""
    rest = value.removeprefix("'")
    return rest if neutral(rest) == value else value


def csv_bytes(frame: pd.DataFrame, *, unknown: str = "") -> bytes:
    """Write a table as French spreadsheets read it: UTF-8 with its mark, semicolons, decimal commas; no index.

    Booleans are « oui » and « non », what is unknown is `unknown`, empty by default. `geometry` is left out.
    """
    table = _plain(frame)
    safe = table.apply(lambda column: column if _is_number(column) else column.map(neutral))
    safe.columns = [str(neutral(str(c))) for c in safe.columns]
    text = safe.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n", na_rep=unknown)
    return b"\xef\xbb\xbf" + str(text).encode("utf-8")


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table of a workbook.

    `titles` gives columns the name a reader sees (their own by default); `formats` gives them a kind of NUMBER_FORMATS
    (`part` for a share from 0 to 1) where the type is not enough; `notes` are lines written under the table; `unknown` is
    what a cell says of a number that is not known (empty by default).
    """

    name: str
    frame: pd.DataFrame
    titles: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    unknown: str = ""


def sources_sheet(rows: Iterable[tuple[str, str, str, str]], notes: Iterable[str] = ()) -> Sheet:
    """Make the sheet of sources: (what, source, year, remark) a row."""
    frame = pd.DataFrame(list(rows), columns=["Donnée", "Source", "Millésime", "Remarque"])
    return Sheet(SOURCES, frame, notes=tuple(notes))


def workbook(sheets: Sequence[Sheet], *, title: str = "") -> bytes:
    """Write an XLSX, one sheet a table: header frozen and filtered, widths, numbers as numbers, the rest as text.

    No cell is ever a formula or a link: texts are written as texts whatever they begin with.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": FIXED_DATE.replace(tzinfo=None), "author": "Tableau de bord CLSM"})
    formats = {kind: book.add_format({"num_format": code}) for kind, code in NUMBER_FORMATS.items()}
    formats["texte"] = book.add_format({"num_format": "@", "valign": "top"})
    formats["titre"] = book.add_format(
        {"bold": True, "bg_color": "#0B6E75", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top", "border": 1}
    )
    formats["note"] = book.add_format({"italic": True, "font_color": "#55606A"})
    for name, sheet in zip(sheet_names(s.name for s in sheets), sheets, strict=True):
        _write_sheet(book.add_worksheet(name), sheet, formats)
    book.close()
    return out.getvalue()


def sheet_names(names: Iterable[str]) -> list[str]:
    """Make names that spreadsheets accept: 31 characters at most, none of []:*?/\\, each once whatever the case."""
    taken: set[str] = set()
    made = []
    for name in names:
        base = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name).strip().strip("'").strip() or "Feuille"
        candidate, number = base[:31], 1
        while candidate.casefold() in taken:
            number += 1
            tail = f" ({number})"
            candidate = base[: 31 - len(tail)] + tail
        taken.add(candidate.casefold())
        made.append(candidate)
    return made


def _write_sheet(page: Any, sheet: Sheet, formats: Mapping[str, Any]) -> None:
    table = _plain(sheet.frame)
    for j, name in enumerate(table.columns):
        column = table[name]
        title = sheet.titles.get(str(name), str(name))
        page.write_string(0, j, title, formats["titre"])
        kind = sheet.formats.get(str(name)) or _kind(column)
        page.set_column(j, j, _width(title, column, kind))
        values = column.tolist()
        for i, value in enumerate(values, 1):
            if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
                if sheet.unknown and kind != "texte":
                    page.write_string(i, j, sheet.unknown, formats["texte"])
                continue
            if isinstance(value, int | float) and kind != "texte":
                page.write_number(i, j, value, formats[_shape(kind, value)])
            else:
                page.write_string(i, j, str(value)[:MOST_CHARACTERS], formats["texte"])
    page.freeze_panes(1, 0)
    if len(table.columns) and len(table):
        page.autofilter(0, 0, len(table), len(table.columns) - 1)
    for i, note in enumerate(sheet.notes, len(table) + 2):
        page.write_string(i, 0, note[:MOST_CHARACTERS], formats["note"])
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _shape(kind: str, value: float) -> str:
    """Return the format of one number: a share takes the decimals that keep 99,96 % from being shown as 100 %, as everywhere."""
    decimals = fr.decimals_for(value * 100, 1, whole=100.0) if kind == "part" else 1
    return kind if decimals == 1 else f"{kind}-{decimals}"


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return columns of numbers and of texts only, without geometry; columns' names are kept."""
    table = pd.DataFrame(frame.drop(columns=[c for c in frame.columns if _is_geometry(frame[c])]))
    return table.apply(_plain_column) if len(table.columns) else table


def _plain_column(column: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(column):
        return column.map({True: "oui", False: "non"}).astype(object)
    if pd.api.types.is_float_dtype(column):
        values = column.to_numpy(dtype=float, na_value=np.nan)
        whole = values[np.isfinite(values)]
        if len(whole) and (np.abs(whole) < 2**53).all() and (whole == np.round(whole)).all():  # 12, never 12,0
            return column.astype("Float64").astype("Int64")
        return column.where(np.isfinite(values)) if not np.isfinite(values).all() else column
    if _is_number(column):
        return column
    return column.map(_text).astype(object)


def _text(value: object) -> object:
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, bool | np.bool_):
        return "oui" if value else "non"
    return str(value)


def _is_number(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column))


def _is_geometry(column: pd.Series) -> bool:
    return str(column.dtype) == "geometry"


def _kind(column: pd.Series) -> str:
    if not _is_number(column):
        return "texte"
    return "decimal" if pd.api.types.is_float_dtype(column) else "entier"


def _width(title: str, column: pd.Series, kind: str) -> float:
    if kind != "texte":
        return max(11.0, min(len(title), 18) + 2.0)
    longest = max((len(str(v)) for v in column.head(500) if v is not None), default=0)
    return float(min(max(longest + 2, min(len(title), 20) + 2, 9), WIDEST))


def geojson(frame: gpd.GeoDataFrame, *, decimals: int = 6, members: Mapping[str, Any] | None = None) -> bytes:
    """Write features as RFC 7946: EPSG:4326, longitude first, outer rings anticlockwise, no third dimension, no `crs`.

    `members` are further members of the collection (name, sources). Unknown values are null. The index is left out.

    Raises
    ------
    ValueError
        When the frame does not say its projection.
    """
    import shapely

    shapes = _in_degrees(frame)
    shapes = shapely.force_2d(shapely.transform(shapes, lambda xy: np.round(xy, decimals)))
    shapes = shapely.orient_polygons(shapes, exterior_cw=False)
    table = frame.drop(columns=frame.geometry.name)
    records = [{str(k): _json(v) for k, v in row.items()} for row in pd.DataFrame(table).to_dict("records")]
    features = [
        f'{{"type":"Feature","properties":{_dumps(record)},"geometry":{shape}}}'
        for record, shape in zip(records, _geometries(shapes), strict=True)
    ]
    head = {"type": "FeatureCollection"} | {k: v for k, v in (members or {}).items() if k not in ("type", "features")}
    text = _dumps(head)[:-1] + ',"features":[\n' + ",\n".join(features) + "\n]}\n"
    return text.encode("utf-8")


def _in_degrees(frame: gpd.GeoDataFrame) -> Any:
    if frame.crs is None:
        raise ValueError("the projection of the frame must be known")
    return frame.geometry.to_crs(WGS84).to_numpy()


def _geometries(shapes: Any) -> list[str]:
    import shapely

    return [text if text is not None else "null" for text in shapely.to_geojson(shapes)]


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _json(value: object) -> object:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        number = float(value)
        if not math.isfinite(number):
            return None
        return int(number) if number.is_integer() else number
    return str(value)


def geopackage(layers: Mapping[str, gpd.GeoDataFrame | pd.DataFrame], styles: Mapping[str, str] | None = None) -> bytes:
    """Write layers (and plain tables) as one GeoPackage, each map layer in EPSG:4326 as MultiPolygon where it has areas.

    `styles` gives layers a QML text; it is kept in the table `layer_styles` as their default, so that QGIS opens them drawn.

    Raises
    ------
    KeyError
        When a style names no layer.
    """
    unknown = set(styles or {}) - set(layers)
    if unknown:
        raise KeyError(f"styles without a layer: {sorted(unknown)}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "couches.gpkg"
        for name, frame in layers.items():
            _write_layer(frame, path, name)
        with closing(sqlite3.connect(path)) as base, base:
            if styles:
                _add_styles(base, styles)
            base.execute("UPDATE gpkg_contents SET last_change = ?", (_stamp(),))
        made = bytearray(path.read_bytes())
    # How often the file was written, at bytes 24 and 92 (alike): depends on the machine's mood, not on the content.
    made[24:28] = made[92:96] = (1).to_bytes(4, "big")
    return bytes(made)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Gather files in one, in the order of their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, FIXED_DATE.timetuple()[:6]), content)
    return out.getvalue()


def _write_layer(frame: gpd.GeoDataFrame | pd.DataFrame, path: Path, name: str) -> None:
    import geopandas as gpd
    import pyogrio

    append = path.exists()
    if not isinstance(frame, gpd.GeoDataFrame):
        pyogrio.write_dataframe(_plain(frame), path, layer=name, driver="GPKG", append=append)
        return
    if frame.crs is None:
        raise ValueError("the projection of the frame must be known")
    table = _plain(frame)
    degrees = gpd.GeoDataFrame(table, geometry=frame.geometry.to_crs(WGS84).to_numpy(), crs=WGS84)
    areas = degrees.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).all()
    pyogrio.write_dataframe(
        degrees,
        path,
        layer=name,
        driver="GPKG",
        append=append,
        promote_to_multi=bool(areas),
        geometry_type="MultiPolygon" if areas else "Unknown",
        layer_options={"GEOMETRY_NAME": "geom"},
    )


STYLE_TABLE = """CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)"""


def _add_styles(base: sqlite3.Connection, styles: Mapping[str, str]) -> None:
    base.execute(STYLE_TABLE)
    base.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,"
        " styleSLD, useAsDefault, description, owner, ui, update_time) VALUES ('', '', ?, 'geom', ?, ?, '', 1, '', '', '', ?)",
        [(name, name[:30], qml, _stamp()) for name, qml in styles.items()],
    )
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)"
        " VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
        (_stamp(),),
    )


def _stamp() -> str:
    return FIXED_DATE.strftime("%Y-%m-%dT%H:%M:%S.000Z")
