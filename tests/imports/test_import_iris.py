"""Lists by IRIS: codes as published and as spreadsheets damage them, sectors that cut a city, with and without the file of IRIS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from geo.communes import approximate_density
from geo.dataset import Dataset, opened
from geo.imports import ImportDraft, Review, read_import
from geo.imports.iris_codes import read_iris
from geo.imports.publish import layer_from
from geo.imports.read import read_draft
from geo.imports.shapes.pieces import PiecesOfCities
from geo.layers import LayerId, build_crosswalk, settled_by_iris
from geo.perimeters import Perimeter
from geo.register import Statement, register
from geo.register.store import FINE
from tests.dataset.drawn_cities import BESIDE, CITY, NEXT, PIECES, drawn_city
from tests.support.damaged_homes import BASE
from tests.support.grid import layer
from tests.support.reading import square
from tests.support.table_files import Rows, csv_bytes, xlsx_bytes

ATLAS, IRIS = drawn_city()
KIND = "secteurs-adultes"
SAID = Statement("ARS", "2026", "Ana", frozenset())
HEAD = ["Secteur", "IRIS"]
# 01G01 the first row and 01002, 01G02 the second row but one, 01G03 the rest.
SECTORS = [
    *(["01G01", code] for code in PIECES[:4]),
    *(["01G02", code] for code in PIECES[4:7]),
    *(["01G03", code] for code in PIECES[7:]),
]


def read(rows: Rows | bytes, name: str = "liste.csv", **options: object) -> ImportDraft:
    content = rows if isinstance(rows, bytes) else csv_bytes(rows)
    return read_import(content, name, KIND, atlas=ATLAS, **options)  # type: ignore[arg-type]


def codes(draft: ImportDraft, zone: str) -> set[str]:
    at = list(draft.zones["nom"]).index(zone)
    return set(draft.fine.loc[draft.fine["zone"] == at, "iris"])


def refusals(draft: ImportDraft) -> list[str]:
    return [str(r) for r in draft.remarks if r.kind == "refusé"]


def world(draft: ImportDraft, *, iris: bool = True) -> Dataset:
    empty = {name: layer(ATLAS, name, {}) for name in LayerId}
    made = settled_by_iris(layer_from(draft, SAID), IRIS if iris else None, ATLAS)
    return Dataset(
        build_crosswalk(ATLAS, empty | {KIND: made}), approximate_density(ATLAS), None, {}, iris=IRIS if iris else None
    )


def people(data: Dataset, perimeter: list[str]) -> dict[str, float | None]:
    return {o.name: o.population for o in data.facts(Perimeter.of(perimeter, data.atlas)).overlaps[KIND]}


# --- one cell
@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("010050101", [PIECES[0]]), (" 010050101 ", [PIECES[0]]), ("10050101", [PIECES[0]]), ("10050101.0", [PIECES[0]]),
        ("010050101,0", [PIECES[0]]), ("010050101.00", [PIECES[0]]), ("'010050101", [PIECES[0]]), ('="010050101"', [PIECES[0]]),
        ("010 050 101", [PIECES[0]]), ("10 050 101", [PIECES[0]]), ("01005 0101", [PIECES[0]]), ("01005-0101", [PIECES[0]]), ("01005_0101", [PIECES[0]]),
        ("010050101;010050102", PIECES[:2]), ("010050101, 010050102", PIECES[:2]), ("10050101,10050102", PIECES[:2]),
        ("010050101 / 010050102 010050103", PIECES[:3]), ("010050101;010050101", PIECES[:1]),
    ],
)  # fmt: skip
def test_a_code_is_understood_however_a_spreadsheet_left_it(cell, found):
    read_ = read_iris(cell, ATLAS)
    assert [code for code, _ in read_.codes] == found and not read_.refused
    assert {row for _, row in read_.codes} == {ATLAS.row[CITY]}


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("1,005E+07", "un tableur a arrondi"), ("1.0050101E7", "un tableur a arrondi"), ("7,51E+08", "un tableur a arrondi"),
        ("990050101", "n’est pas un code d’IRIS : "), ("0101", "n’est pas un code d’IRIS"), ("Centre", "n’est pas un code d’IRIS"),
        ("0100501011", "n’est pas un code d’IRIS"),
    ],
)  # fmt: skip
def test_a_code_that_is_lost_is_refused_in_a_sentence(cell, why):
    ((text, message, advice),) = read_iris(cell, ATLAS).refused
    assert why in message and advice and text in cell


def test_the_iris_of_a_commune_that_is_not_cut_is_the_commune():
    assert read_iris("010010000", ATLAS).rows == (ATLAS.row["01001"],)


# --- a file
def test_a_list_of_iris_by_sector_is_read_by_its_header():
    draft = read([HEAD, *SECTORS, ["01G01", "010020000"]])
    assert draft.understanding["code_iris"] == "IRIS" and draft.settled and not refusals(draft)
    assert codes(draft, "01G01") == set(PIECES[:4]) and codes(draft, "01G03") == set(PIECES[7:])
    held = {
        (int(z), str(ATLAS.codes[r])): w for z, r, w in draft.members[["zone", "row", "whole"]].itertuples(index=False)
    }
    assert held == {(0, CITY): False, (1, CITY): False, (2, CITY): False, (0, "01002"): True}


@pytest.mark.parametrize(
    "header", ["IRIS", "Code IRIS", "CODE_IRIS", "code_iris_2024", "DCOMIRIS", "Codes IRIS", "Liste des IRIS"]
)
def test_headers_of_iris_are_known(header):
    assert read([["Secteur", header], ["01G01", PIECES[0]]]).understanding["code_iris"] == header


def test_a_workbook_that_made_numbers_of_codes_is_read():
    rows = [HEAD, *([name, float(code)] for name, code in SECTORS)]
    draft = read(xlsx_bytes({"IRIS": rows}), "liste.xlsx")
    assert codes(draft, "01G02") == set(PIECES[4:7]) and not refusals(draft)
    assert any("zéro de tête rétabli" in str(r) for r in draft.remarks)


def test_a_row_a_sector_with_a_list_in_a_cell():
    draft = read([HEAD, ["01G01", "; ".join(PIECES[:4])], ["01G02", " ".join(PIECES[4:])]])
    assert codes(draft, "01G01") == set(PIECES[:4]) and codes(draft, "01G02") == set(PIECES[4:])


def test_a_column_of_iris_without_a_header_that_says_so_is_asked_about():
    draft = read([["Secteur", "Secteur géographique fin"], *SECTORS])
    assert not draft.settled and any(d.key == "colonne/code_iris" for d in draft.doubts)


def test_a_damaged_code_is_refused_alone_with_its_line():
    draft = read([HEAD, *SECTORS, ["01G01", "7,51E+08"]])
    (said,) = refusals(draft)
    assert "ligne 14" in said and "un tableur a arrondi ce code d’IRIS" in said
    assert codes(draft, "01G01") == set(PIECES[:4])


def test_an_iris_that_is_not_of_the_commune_of_its_row_is_refused():
    draft = read([["Secteur", "Code INSEE", "IRIS"], ["01G01", "01005", PIECES[0]], ["01G01", "01002", PIECES[1]]])
    assert codes(draft, "01G01") == {PIECES[0]} and "n’est pas de Bourg 2 (01002)" in refusals(draft)[0]


def test_rows_of_iris_and_rows_of_communes_live_in_one_table():
    draft = read([["Secteur", "Code INSEE", "IRIS"], ["01G01", "01005", PIECES[0]], ["01G01", "01002", ""]])
    assert codes(draft, "01G01") == {PIECES[0]} and len(draft.members) == 2


# --- what it means
def test_three_sectors_by_iris_are_exact_once_the_iris_are_in():
    data = world(read([HEAD, *SECTORS]))
    assert people(data, [CITY]) == {"01G01": 223, "01G02": 333, "01G03": 444}
    fine = opened(data, [CITY])
    assert people(fine, PIECES[:3]) == {"01G01": 168} and people(fine, PIECES) == people(data, [CITY])


def test_without_the_iris_the_parts_are_of_unknown_size():
    data = world(read([HEAD, *SECTORS]), iris=False)
    assert people(data, [CITY]) == {"01G01": None, "01G02": None, "01G03": None}


def test_a_sector_with_every_iris_of_a_commune_has_it_whole():
    data = world(read([HEAD, *(["01G01", code] for code in BESIDE)]))
    (found,) = data.facts(Perimeter.of([NEXT], ATLAS)).overlaps[KIND]
    assert (found.communes, found.partial, found.population) == (1, 0, 600)


def test_a_code_that_is_no_iris_of_the_city_leaves_its_part_unknown():
    data = world(read([HEAD, ["01G01", PIECES[0]], ["01G01", "010059999"], ["01G02", PIECES[1]]]))
    assert people(data, [CITY]) == {"01G01": None, "01G02": 56}
    fine = opened(data, [CITY])
    (unsure,) = fine.facts(Perimeter.of(PIECES[5:7], fine.atlas)).overlaps[KIND]
    assert (unsure.name, unsure.population, unsure.unsized) == ("01G01", None, 2)


def test_a_part_of_an_iris_is_of_unknown_size():
    draft = read(
        [["Secteur", "IRIS", "part_commune"], ["01G01", PIECES[0], "partielle"], ["01G01", PIECES[1], "entière"]]
    )
    assert np.isnan(draft.fine.set_index("iris").at[PIECES[0], "share"])
    fine = opened(world(draft), [CITY])
    (found,) = fine.facts(Perimeter.of(PIECES, fine.atlas)).overlaps[KIND]
    assert (found.communes, found.partial, found.unsized, found.hedge) == (1, 1, 1, "au moins ")


# --- kept
def test_what_is_kept_by_iris_comes_back_the_same(tmp_path: Path):
    data = replace(world(read([HEAD, ["01G09", "010010000"]])), bases={KIND: BASE[KIND]})
    review = Review(read([HEAD, *SECTORS]), SAID, data)
    version = register.keep(
        review.brought, SAID, register.Origin("l.csv", "0" * 64, 1, "csv"), review.difference, ATLAS, home=tmp_path
    )
    again = register.read_layer(version, BASE[KIND], ATLAS, tmp_path)
    left, right = (one.sort_values(["zone", "iris"], ignore_index=True) for one in (again.fine, review.brought.fine))
    assert left.equals(right)
    members = [
        m.sort_values(["zone", "row"], ignore_index=True)[["zone", "row", "whole", "inhabitants"]]
        for m in (again.members, review.brought.members)
    ]
    assert members[0].equals(members[1]) and members[0]["inhabitants"].tolist() == [223, 333, 444]
    (tmp_path / "registre" / version.content / FINE).write_bytes(b"PAR1")
    with pytest.raises(Exception, match="ne sont plus tels"):
        register.read_layer(version, BASE[KIND], ATLAS, tmp_path)


def test_a_list_laid_over_another_keeps_what_both_know_by_iris():
    first, then = read([HEAD, *SECTORS[:4]]), read([HEAD, *SECTORS[4:]])
    data = world(first)
    after = Review(then, SAID, data).after
    zones = list(after.zones["nom"])
    found = {zones[z]: set(g["iris"]) for z, g in after.fine.groupby("zone")}
    assert found == {"01G01": set(PIECES[:4]), "01G02": set(PIECES[4:7]), "01G03": set(PIECES[7:])}
    members = {zones[z]: p for z, p in after.members[["zone", "inhabitants"]].itertuples(index=False)}
    assert members == {"01G01": 223, "01G02": 333, "01G03": 444}


# --- polygons that cut the city
def drawn_file(*zones: tuple[str, tuple[float, float, float, float]]) -> bytes:
    """Write zones drawn in metres from the north-west corner of the country: east, south, width, height."""
    shapes = [square(*cell) for _, cell in zones]
    frame = gpd.GeoDataFrame({"nom": [name for name, _ in zones]}, geometry=shapes, crs=2154).to_crs(4326)
    return frame.to_json().encode()


def by_polygons(*zones: tuple[str, tuple[float, float, float, float]]) -> ImportDraft:
    return read(drawn_file(*zones), "secteurs.geojson", pieces=PiecesOfCities(IRIS))


def test_polygons_that_follow_iris_are_exact():
    draft = by_polygons(("01G01", (1000, 1000, 1000, 1000 / 3)), ("01G02", (1000, 1000 + 1000 / 3, 1000, 2000 / 3)))
    assert codes(draft, "01G01") == set(PIECES[:4]) and codes(draft, "01G02") == set(PIECES[4:])
    assert draft.method == "iris" and not draft.members["estimated"].any()
    assert people(world(draft), [CITY]) == {"01G01": 223, "01G02": 777}
    assert people(opened(world(draft), [CITY]), PIECES[:2]) == {"01G01": 112}
    assert any("selon les IRIS" in str(r) for r in draft.remarks)


def test_a_polygon_that_cuts_an_iris_has_a_part_of_its_people():
    # Half of the four IRIS of the second row: 4 × 111 / 2; by area it would be a sixth of 1 000.
    draft = by_polygons(("01G01", (1000, 1000 + 1000 / 3, 1000, 500 / 3)))
    assert people(world(draft), [CITY])["01G01"] == pytest.approx(222, rel=1e-3)
    assert draft.members["estimated"].tolist() == [True]


def test_a_border_drawn_otherwise_is_no_part_of_an_iris():
    draft = by_polygons(("01G01", (1000, 1000, 1004, 1000 / 3 + 4)))
    assert codes(draft, "01G01") == set(PIECES[:4]) and people(world(draft), [CITY])["01G01"] == 223


def test_without_iris_polygons_are_shared_by_area_as_before():
    draft = read(drawn_file(("01G01", (1000, 1000, 1000, 500))), "secteurs.geojson")
    assert draft.method == "surface" and draft.fine is None
    assert draft.members["inhabitants"].tolist() == pytest.approx([500], rel=1e-3)


def test_the_reader_beside_the_page_takes_the_iris_of_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("geo.imports.shapes.pieces.best", lambda kind, use, notices, home: (None, IRIS))
    path = tmp_path / "secteurs.geojson"
    path.write_bytes(drawn_file(("01G01", (1000, 1000, 1000, 1000 / 3))))
    draft = read_draft(path, ATLAS, lambda _share, _text: None, name=path.name, kind=KIND, home=tmp_path)
    assert codes(draft, "01G01") == set(PIECES[:4])
