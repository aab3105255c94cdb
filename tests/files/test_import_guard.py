"""What a file from outside is, and what may never happen because of it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import xlsxwriter

from geo.errors import GeoInputError
from geo.files import inspect, peek
from geo.files import signature as import_guard
from geo.imports import open_grids, read_import
from tests.files import nasty_tables
from tests.files.nasty_tables import FOLDER, READ, REFUSED
from tests.support.real import atlas
from tests.support.table_files import csv_bytes, ods_bytes, ods_rows, xlsx_bytes, zip_bytes

ODS = ods_bytes(ods_rows([["CLSM", "INSEE"], ["Nord", "94028"]]))
BROKEN_ZIPS = [
    ODS.replace(b"mimetype", b"\0imetype", 1),  # another name in the header than in the directory
    b"".join((ODS[:4], b"\0" * 34, ODS[38:])),
    ODS.replace(b"PK\x03\x04", b"PK\x03\x05", 2).replace(b"PK\x03\x05", b"PK\x03\x04", 1),
    ODS[:30] + b"\xff" * 40 + ODS[70:],
    b"PK\x05\x06" + b"\0" * 18,
    zip_bytes({"x.csv": b"CLSM;INSEE"})[:-10],
]  # fmt: skip


def test_the_corpus_on_disk_is_what_its_script_makes() -> None:
    made = nasty_tables.files()
    assert set(made) == set(REFUSED) | set(READ) == {p.name for p in FOLDER.iterdir()}
    assert {p.name: p.read_bytes() for p in FOLDER.iterdir()} == made


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("as_bytes", [False, True])
def test_a_file_that_cannot_serve_is_refused_in_french(name: str, as_bytes: bool) -> None:
    path = FOLDER / name
    with pytest.raises(GeoInputError) as caught:
        read_import(path.read_bytes() if as_bytes else path, name, "clsm", atlas=atlas())
    text = str(caught.value)
    assert name in text
    assert any(words in text for words in REFUSED[name].split("|")), text
    assert "Traceback" not in text


@pytest.mark.parametrize("name", READ)
def test_a_file_that_can_be_mended_is_read(name: str) -> None:
    draft = read_import(FOLDER / name, name, "clsm", atlas=atlas())
    assert {str(atlas().codes[row]) for row in draft.members["row"]} == READ[name]
    assert draft.rows == draft.accepted + draft.refused


def test_a_file_past_the_ceiling_is_refused_without_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "gros.csv"
    with path.open("wb") as file:
        file.seek(import_guard.MAX_BYTES)
        file.write(b"x")  # sparse: takes no room
    with pytest.raises(GeoInputError, match="200"):
        inspect(path)
    monkeypatch.setattr("geo.imports.read.MAX_BYTES", 10)
    with pytest.raises(GeoInputError, match="au-delà"):
        read_import(b"x" * 11, "gros.csv", "clsm", atlas=atlas())


@pytest.mark.parametrize("content", BROKEN_ZIPS)
def test_a_broken_archive_is_said_to_be_so(content: bytes) -> None:
    with pytest.raises(GeoInputError, match=r"x\.zip : (archive abîmée|le zip ne contient|fichier illisible)"):
        read_import(content, "x.zip", "clsm", atlas=atlas())


def test_a_reader_that_collapses_is_an_error_like_another(monkeypatch: pytest.MonkeyPatch) -> None:
    panic = type("PanicException", (BaseException,), {})

    def collapse(_stream: io.BytesIO) -> None:
        raise panic("index out of bounds")

    monkeypatch.setattr(
        "geo.files.sniff.CalamineWorkbook", type("Panics", (), {"from_filelike": staticmethod(collapse)})
    )
    with pytest.raises(GeoInputError, match="protégé ou abîmé"):
        read_import(xlsx_bytes({"F": [["CLSM", "INSEE"]]}), "x.xlsx", "clsm", atlas=atlas())


def test_an_official_workbook_on_which_the_library_collapses_is_of_no_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panic = type("PanicException", (BaseException,), {})

    def collapse(_path: Path) -> None:
        raise panic("index out of bounds")

    good, bad = (tmp_path / name for name in ("grille.xlsx", "autre.xlsx"))
    for path in (good, bad):
        path.write_bytes(xlsx_bytes({"F": [["CODGEO", "DENS"], ["01001", "5"]]}))
    assert peek(good)
    monkeypatch.setattr("geo.files.sniff.CalamineWorkbook", type("Panics", (), {"from_path": staticmethod(collapse)}))
    assert peek(bad) == ()


def test_official_and_imported_tables_are_cut_alike(tmp_path: Path) -> None:
    text = "Liste des communes, au 1er janvier\ncode|nom|habitants\n01001|L’Abergement, le|776\n01002|Évosges|230\n"
    (tmp_path / "x.csv").write_text(text, encoding="mac_roman")
    look = peek(tmp_path / "x.csv")[0]
    grid = open_grids(tmp_path / "x.csv", inspect(tmp_path / "x.csv"), "x.csv")[0]
    assert (look.separator, look.encoding) == ("|", "mac_roman")
    assert [list(row) for row in look.rows] == [list(row) for row in grid.rows]


def test_texts_that_would_fill_the_memory_are_refused_before(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GeoInputError, match="colonnes"):
        read_import(b"CLSM;INSEE\n" + b";" * 3_000_000, "x.csv", "clsm", atlas=atlas())
    with pytest.raises(GeoInputError, match="lignes"):
        read_import(b"CLSM;INSEE" + b"\n" * 600_000, "x.csv", "clsm", atlas=atlas())
    monkeypatch.setattr("geo.imports.tables.grid.MAX_TEXT", 50)
    for content, name in (
        (b"CLSM;INSEE\n" + b"Nord;94028\n" * 9, "x.csv"),
        (zip_bytes({"x.csv": b"a;b\n" * 99}), "x.zip"),
    ):
        with pytest.raises(GeoInputError, match="au-delà"):
            read_import(content, name, "clsm", atlas=atlas())


def test_an_unknown_layer_and_an_absent_file_are_said(tmp_path: Path) -> None:
    with pytest.raises(GeoInputError, match="Couche « qpv » inconnue"):
        read_import(b"x", "x.csv", "qpv", atlas=atlas())
    with pytest.raises(GeoInputError, match="introuvable"):
        inspect(tmp_path / "absent.csv")


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"nom;insee\n", "texte"),
        (b'{"type": "FeatureCollection", "features": []}', "geojson"),
        (b'\xef\xbb\xbf  {"type":"Feature"}', "geojson"),
        (b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"/>', "kml"),
        (b"SQLite format 3\x00" + b"\0" * 80, "geopackage"),
        (b"fgb\x03fgb\x00", "flatgeobuf"),
        (b"PAR1" + b"\0" * 20, "geoparquet"),
        (zip_bytes({"doc.kml": "<kml/>"}), "kmz"),
        (zip_bytes({"a/zone.shp": "x", "a/zone.dbf": "x"}), "shapefile"),
        (zip_bytes({"zone.geojson": "{}"}), "geojson"),
        (xlsx_bytes({"F": [["a"]]}), "xlsx"),
        (ods_bytes(""), "ods"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xls"),
    ],
)
def test_a_form_is_known_by_its_first_bytes_whatever_the_name(tmp_path: Path, content: bytes, form: str) -> None:
    path = tmp_path / "fichier.bin"
    path.write_bytes(content)
    assert inspect(path).name == form


def test_cells_that_lie_too_far_apart_are_seen_before_the_workbook_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_stream: io.BytesIO) -> None:
        raise AssertionError("the workbook was opened")

    monkeypatch.setattr("geo.files.sniff.CalamineWorkbook.from_filelike", never, raising=False)
    monkeypatch.setattr("geo.files.sniff.CalamineWorkbook", type("Never", (), {"from_filelike": staticmethod(never)}))
    for name in ("loin.xlsx", "repete.ods"):
        with pytest.raises(GeoInputError):
            open_grids(FOLDER / name, inspect(FOLDER / name), name)


def test_formats_without_values_down_to_the_last_row_do_no_harm() -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet, border = book.add_worksheet(), book.add_format({"border": 1})
    for i, row in enumerate([["CLSM", "INSEE"], ["Nord", "94028"]]):
        for j, cell in enumerate(row):
            sheet.write_string(i, j, cell)
    sheet.write_blank(1_048_575, 0, None, border)
    sheet.write_blank(3, 16_383, None, border)
    book.close()
    draft = read_import(stream.getvalue(), "x.xlsx", "clsm", atlas=atlas())
    assert (draft.rows, draft.accepted) == (1, 1)


def test_the_wanted_encoding_is_used_and_a_false_one_is_said() -> None:
    content = csv_bytes([["CLSM", "commune"], ["Été", "Créteil"]], encoding="cp1252")
    assert read_import(content, "x.csv", "clsm", atlas=atlas(), encoding="cp1252").zones["nom"].iloc[0] == "Été"
    with pytest.raises(GeoInputError, match="Encodage"):
        read_import(content, "x.csv", "clsm", atlas=atlas(), encoding="klingon")
