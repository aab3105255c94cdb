"""Files taken away: nothing runs, codes keep their noughts, what is unknown stays empty, the same content gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from geo.exports import formats as exports
from geo.exports import neutral
from geo.exports.formats import Sheet, csv_bytes, geojson, geopackage, original, sheet_names, sources_sheet, workbook

TABLE = pd.DataFrame(
    {
        "code": ["01001", "2A004", "97101"],
        "nom": ["L’Abergement", '=HYPERLINK("http://x")', "@cmd"],
        "habitants": [1200.0, np.nan, 3.0],
        "part": [0.125, np.nan, -0.5],
        "entier": [True, False, True],
    }
)
AREAS = gpd.GeoDataFrame(
    {"code": ["01001", "01002"], "nom": ["A", None], "habitants": [10.0, np.nan]},
    geometry=[shapely.box(0, 0, 1, 1), shapely.MultiPolygon([shapely.box(2, 0, 3, 1)])],
    crs=4326,
)


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@x", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1"])
def test_what_begins_like_a_formula_is_neutralised_and_found_again(text: str) -> None:
    assert neutral(text) == "'" + text
    assert original("'" + text) == text


@pytest.mark.parametrize("value", ["L’Haÿ", "'quoted'", "", "a=b", 5, -3, -1.5, None])
def test_what_is_harmless_is_left_alone(value: object) -> None:
    assert neutral(value) == value


@given(st.text())
def test_neutral_and_original_are_inverse(text: str) -> None:
    if not text.startswith("'"):
        assert original(str(neutral(text))) == text


def test_a_csv_opens_in_a_french_spreadsheet() -> None:
    made = csv_bytes(TABLE)
    assert made.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["code", "nom", "habitants", "part", "entier"]
    assert rows[1] == ["01001", "L’Abergement", "1200", "0,125", "oui"]
    assert rows[2] == ["2A004", '\'=HYPERLINK("http://x")', "", "", "non"]
    assert rows[3][1:4] == ["'@cmd", "3", "-0,5"]


def test_a_csv_of_nothing_has_its_header() -> None:
    assert csv_bytes(TABLE.iloc[:0]).decode("utf-8-sig") == "code;nom;habitants;part;entier\r\n"


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])), max_size=5))
def test_no_cell_of_a_csv_begins_like_a_formula(texts: list[str]) -> None:
    made = csv_bytes(pd.DataFrame({"a": pd.Series(texts, dtype=object)})).decode("utf-8-sig")
    for row in list(csv.reader(io.StringIO(made), delimiter=";"))[1:]:
        assert not row or not row[0].startswith(("=", "+", "-", "@"))


def _book() -> bytes:
    titles, formats = {"part": "Part des habitants"}, {"part": "part"}
    return workbook(
        [Sheet("Communes", TABLE, titles, formats, ("Une note",)), sources_sheet([("QPV", "ANCT", "2024", "")])],
        title="Essai",
    )


def test_a_workbook_keeps_codes_as_text_numbers_as_numbers_and_runs_nothing() -> None:
    made = _book()
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    assert book.sheet_names == ["Communes", "Sources"]
    rows = book.get_sheet_by_name("Communes").to_python()
    assert rows[0] == ["code", "nom", "habitants", "Part des habitants", "entier"]
    assert rows[1] == ["01001", "L’Abergement", 1200.0, 0.125, "oui"]
    assert rows[2][:4] == ["2A004", '=HYPERLINK("http://x")', "", ""]
    assert rows[5][0] == "Une note"
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet and "hyperlink" not in sheet.lower()
        assert 'state="frozen"' in sheet and "<autoFilter" in sheet


def test_the_same_workbook_gives_the_same_bytes() -> None:
    assert _book() == _book()


def test_names_of_sheets_are_accepted_by_spreadsheets() -> None:
    long = "Secteurs infanto-juvéniles du Val-de-Marne"
    made = sheet_names([long, long, "a/b:c*", "", "A B C", "'x'"])
    assert made[0] == long[:31]
    assert made[1].endswith(" (2)") and len(made[1]) == 31
    assert made[2:] == ["a b c", "Feuille", "A B C (2)", "x"]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_any_names_of_sheets_make_a_workbook(names: list[str]) -> None:
    made = sheet_names(names)
    assert len({n.casefold() for n in made}) == len(names)
    assert all(0 < len(n) <= 31 for n in made)


def test_a_very_long_text_is_cut_and_not_lost() -> None:
    made = workbook([Sheet("a", pd.DataFrame({"t": ["x" * 40_000]}))])
    cell = CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_index(0).to_python()[1][0]
    assert len(cell) == exports.MOST_CHARACTERS


def test_geojson_follows_its_standard() -> None:
    made = json.loads(geojson(AREAS.to_crs(2154), members={"name": "essai", "type": "x"}))
    assert (made["type"], made["name"]) == ("FeatureCollection", "essai")
    assert "crs" not in made
    first, second = made["features"]
    assert first["properties"] == {"code": "01001", "nom": "A", "habitants": 10}
    assert second["properties"] == {"code": "01002", "nom": None, "habitants": None}
    ring = first["geometry"]["coordinates"][0]
    assert shapely.LinearRing(ring).is_ccw
    assert sorted({tuple(p) for p in ring}) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_geojson_without_projection_is_refused() -> None:
    with pytest.raises(ValueError, match="projection"):
        geojson(gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(0, 0)]))


def test_a_geopackage_holds_its_layers_tables_and_styles(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    path.write_bytes(geopackage({"communes": AREAS.to_crs(2154), "sources": TABLE}, {"communes": "<qgis/>"}))
    read = gpd.read_file(path, layer="communes")
    assert read["code"].tolist() == ["01001", "01002"]
    assert read.crs.to_epsg() == 4326
    assert set(read.geom_type) == {"MultiPolygon"}
    assert read.geometry.iloc[0].equals_exact(shapely.MultiPolygon([shapely.box(0, 0, 1, 1)]), 1e-6) or (
        read.geometry.iloc[0].symmetric_difference(shapely.box(0, 0, 1, 1)).area < 1e-6
    )
    assert pd.isna(read["habitants"].iloc[1])
    table = pyogrio.read_dataframe(path, layer="sources", read_geometry=False)
    assert table["code"].tolist() == TABLE["code"].tolist()
    with sqlite3.connect(path) as base:
        found = base.execute("SELECT f_table_name, styleQML, useAsDefault FROM layer_styles").fetchall()
        assert found == [("communes", "<qgis/>", 1)]
        assert base.execute("SELECT data_type FROM gpkg_contents WHERE table_name='layer_styles'").fetchone() == (
            "attributes",
        )
    base.close()


def test_the_same_geopackage_gives_the_same_bytes() -> None:
    assert geopackage({"a": AREAS}, {"a": "<qgis/>"}) == geopackage({"a": AREAS}, {"a": "<qgis/>"})


def test_a_style_without_its_layer_is_refused() -> None:
    with pytest.raises(KeyError, match="b"):
        geopackage({"a": AREAS}, {"b": "<qgis/>"})


def test_a_share_of_a_workbook_is_never_rounded_to_none_nor_to_whole() -> None:
    frame = pd.DataFrame({"part": [0.9996, 1.0, 0.125, 0.0003, 0.0, 0.9999996]})
    book = zipfile.ZipFile(io.BytesIO(workbook([Sheet("Parts", frame, formats={"part": "part"})])))
    shapes = dict(re.findall(r'numFmtId="(\d+)" formatCode="([^"]+)"', book.read("xl/styles.xml").decode()))
    cells = re.findall(r'<xf numFmtId="(\d+)"', book.read("xl/styles.xml").decode().split("<cellXfs")[1])
    used = re.findall(r'<c r="A[2-9]" s="(\d+)"', book.read("xl/worksheets/sheet1.xml").decode())
    known = {"10": "0.00%"} | shapes  # the built-in number of Excel
    assert [known[cells[int(style)]] for style in used] == ["0.00%", "0.0%", "0.0%", "0.00%", "0.0%", "0.00000%"]
