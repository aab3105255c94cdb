"""Files of polygons to drafts: each format, each fault with its sentence, and no file that brings anything but GeoInputError."""

from __future__ import annotations

import json
import math
import sqlite3
import zipfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.communes import Atlas, approximate_density
from geo.coverage import Status, coverage, scopes
from geo.errors import GeoInputError
from geo.imports import WHOLE_COMMUNES, YES, Answers, ImportDraft, read_import
from geo.imports.publish import layer_from
from geo.imports.shapes.open import ALL_FOLDERS
from geo.imports.shapes.read import read_shapes
from geo.imports.shapes.squares import Squares
from geo.layers import Crosswalk, Evidence, build_crosswalk
from geo.paths import ROOT
from geo.perimeters import Perimeter, PerimeterFacts
from geo.register import Statement
from tests.support import drawn, grid, real
from tests.support.drawn import box, frame
from tests.support.grid import plain

NASTY = ROOT / "tests" / "nasty"
MIRROR = ROOT.parent / "shared" / "data" / "mirror"


def read(path: Path, *, atlas: Atlas | None = None, **options: Any) -> ImportDraft:
    return read_shapes(path, "clsm", filename=path.name, atlas=atlas or drawn.atlas(), **options)


def told(draft: ImportDraft, kind: str = "") -> str:
    return plain("\n".join(str(r) for r in draft.remarks if kind in ("", r.kind)))


def codes(draft: ImportDraft, name: str) -> set[str]:
    zone = list(draft.zones["nom"]).index(name)
    return {str(c) for c in drawn.atlas().codes[draft.members.loc[draft.members["zone"] == zone, "row"]]}


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(GeoInputError) as caught:
        read(path, **options)
    assert "Traceback" not in str(caught.value)
    return plain(str(caught.value))


# --- the formats --------------------------------------------------------------------------------------------------
def _shapefile(shapes: gpd.GeoDataFrame, folder: Path) -> Path:
    shapes.to_file(folder / "secteurs.shp")
    with zipfile.ZipFile(folder / "secteurs.zip", "w") as archive:
        for suffix in (".shp", ".dbf", ".shx", ".prj", ".cpg"):
            archive.write(folder / f"secteurs{suffix}", f"export/secteurs{suffix}")
    return folder / "secteurs.zip"


def _kml(shapes: gpd.GeoDataFrame, path: Path) -> Path:
    shapes.to_crs(4326).to_file(path, driver="KML")
    return path


def _kmz(shapes: gpd.GeoDataFrame, folder: Path) -> Path:
    _kml(shapes, folder / "doc.kml")
    with zipfile.ZipFile(folder / "zones.kmz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "doc.kml", "doc.kml")
    return folder / "zones.kmz"


def _written(name: str) -> Callable[[gpd.GeoDataFrame, Path], Path]:
    def write(shapes: gpd.GeoDataFrame, folder: Path) -> Path:
        (shapes.to_parquet if name.endswith(".parquet") else shapes.to_file)(folder / name)
        return folder / name

    return write


def _degrees(name: str) -> Callable[[gpd.GeoDataFrame, Path], Path]:
    return lambda shapes, folder: _written(name)(shapes.to_crs(4326), folder)


WRITERS = {
    "geojson": _degrees("zones.geojson"),
    "geojson en Lambert-93": _written("zones.geojson"),
    "geopackage": _written("zones.gpkg"),
    "flatgeobuf": _written("zones.fgb"),
    "geoparquet": _written("zones.parquet"),
    "shapefile": _shapefile,
    "kml": lambda shapes, folder: _kml(shapes, folder / "zones.kml"),
    "kmz": _kmz,
}


@pytest.mark.parametrize("form", WRITERS)
def test_every_format_gives_the_same_territories(form: str, tmp_path: Path) -> None:
    shapes = frame([box(0, 0, 1, 2), box(1, 0, 2.5, 2)], etat=["en service", "Projet"], annee=["2019", "01/03/2021"])
    draft = read(WRITERS[form](shapes, tmp_path))
    assert sorted(draft.zones["nom"]) == ["A", "B"]
    assert codes(draft, "A") == {"01001", "01004"}
    assert codes(draft, "B") == {"01002", "01003", "01005", "01006"}
    people = draft.members.groupby(draft.members["zone"].map(dict(enumerate(draft.zones["nom"]))))["inhabitants"].sum()
    assert people["A"] == 500
    assert people["B"] == pytest.approx(200 + 500 + 150 + 300, rel=1e-3)
    by_name = draft.zones.set_index("nom")
    assert by_name["etat"].tolist() == [{"A": "en service", "B": "projet"}[n] for n in by_name.index]
    assert by_name["annee"].to_dict() == {"A": "2019", "B": "2021"}
    assert (draft.rows, draft.accepted, draft.method) == (2, 2, "surface")
    assert draft.members["estimated"].equals(~draft.members["whole"])
    assert "estimations" in told(draft)


@pytest.mark.parametrize("form", WRITERS)
def test_content_decides_and_not_the_name(form: str, tmp_path: Path) -> None:
    path = WRITERS[form](frame([box(0, 0, 1, 1)]), tmp_path)
    wrong = path.rename(path.with_suffix(".csv"))
    assert codes(read_import(wrong, wrong.name, "clsm", atlas=drawn.atlas()), "A") == {"01001"}


@pytest.mark.parametrize("crs", [2154, 4326, 3857, 32631, 27572, 3035, 4258])
def test_any_known_projection_is_read(crs: int, tmp_path: Path) -> None:
    frame([box(0, 0, 1, 1), box(1, 0, 3, 2)]).to_crs(crs).to_file(tmp_path / "z.gpkg")
    draft = read(tmp_path / "z.gpkg")
    assert codes(draft, "A") == {"01001"}
    assert codes(draft, "B") == {"01002", "01003", "01005", "01006"}
    assert draft.method == "communes"
    assert draft.members["whole"].all()


def test_the_layer_of_a_draft_feeds_the_dashboard(tmp_path: Path) -> None:
    frame([box(0, 0, 1.5, 1)], id=["94-07"]).to_file(tmp_path / "z.gpkg")
    draft = read(tmp_path / "z.gpkg")
    layer = layer_from(draft, Statement("ARS", "2025", "Moi", extent=frozenset({"01"})))
    assert list(layer.zones.index) == ["94-07"]
    assert layer.members["inhabitants"].to_numpy() == pytest.approx([100, 100])
    assert layer.extent == {"01"}


def test_outlines_are_drawn_in_degrees_with_their_ids(tmp_path: Path) -> None:
    frame([box(0, 0, 1, 1), box(1, 0, 2, 1)]).to_file(tmp_path / "z.gpkg")
    draft = read(tmp_path / "z.gpkg")
    assert draft.outlines is not None
    json.dumps(draft.outlines, allow_nan=False)
    drawn_shapes = gpd.GeoDataFrame.from_features(draft.outlines["features"], crs=4326)
    assert drawn_shapes["id"].tolist() == list(draft.zones.index)
    assert drawn_shapes.to_crs(2154).area.to_numpy() == pytest.approx([drawn.SIDE**2] * 2, rel=0.05)


# --- several layers, columns --------------------------------------------------------------------------------------
def test_the_layer_of_areas_is_taken_and_another_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "z.gpkg"
    frame([shapely.Point(700_500, 6_599_500)] * 3, nom=["p", "q", "r"]).to_file(path, layer="lieux")
    frame([box(0, 0, 1, 1), box(1, 0, 2, 1)]).to_file(path, layer="zones")
    frame([box(2, 0, 3, 1)], nom=["Seul"]).to_file(path, layer="autre")
    draft = read(path)
    assert (draft.sheet, set(draft.sheets)) == ("zones", {"lieux", "zones", "autre"})
    assert "3 couches" in told(draft, "à savoir")
    assert list(read(path, layer="autre").zones["nom"]) == ["Seul"]
    assert "pas de couche « rien »" in refusal(path, layer="rien")
    assert "il faut un contour" in refusal(path, layer="lieux")


def test_the_folders_of_a_kml_are_layers_read_together_or_apart() -> None:
    path = NASTY / "lien.kml"
    draft = read(path)
    assert sorted(draft.zones["nom"]) == ["A", "B"]
    assert draft.sheets == (ALL_FOLDERS, "Nord", "Sud")
    assert "jamais ouverts" in told(draft)
    assert "points et lignes laissés de côté" in told(draft, "réparé")
    assert "coordonnées illisibles" in told(draft, "refusé")
    assert list(read(path, layer="Sud").zones["nom"]) == ["B"]
    assert sorted(read(path, layer=ALL_FOLDERS).zones["nom"]) == ["A", "B"]


def test_the_name_column_can_be_changed(tmp_path: Path) -> None:
    frame([box(0, 0, 1, 1)], nom=["vieux"], nouveau=["Neuf"]).to_file(tmp_path / "z.gpkg")
    assert list(read(tmp_path / "z.gpkg", answers=Answers.of_columns({"nom": "nouveau"})).zones["nom"]) == ["Neuf"]
    assert "pas de colonne « absente »" in refusal(tmp_path / "z.gpkg", answers=Answers.of_columns({"nom": "absente"}))


def test_without_a_name_territories_are_numbered_and_it_is_told(tmp_path: Path) -> None:
    frame([box(0, 0, 1, 1), box(1, 0, 2, 1)], nom=None, surface=[1.5, 2.5]).to_file(tmp_path / "z.gpkg")
    draft = read(tmp_path / "z.gpkg")
    assert sorted(draft.zones["nom"]) == ["Territoire 1", "Territoire 2"]
    assert "Aucune colonne de nom" in told(draft)


def test_rows_of_one_territory_are_joined_and_told(tmp_path: Path) -> None:
    frame([box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)], nom=["A", "B", "A"]).to_file(tmp_path / "z.gpkg")
    draft = read(tmp_path / "z.gpkg")
    assert codes(draft, "A") == {"01001", "01003"}
    assert (len(draft.zones), draft.rows, draft.accepted) == (2, 3, 3)
    assert "réunis : A" in told(draft, "réparé")


def test_same_outline_and_same_name_are_told() -> None:
    draft = read(NASTY / "doublons.geojson")
    assert list(draft.zones.index) == ["z1", "z2", "z3"]
    assert "même contour que « A »" in told(draft)
    assert "2 territoires portent ce nom" in told(draft)
    assert "habitants comptent dans chacun" in told(draft)


# --- communes as features ------------------------------------------------------------------------------------------
def _communes(shapes: list[Any], **columns: list[Any]) -> gpd.GeoDataFrame:
    return frame(shapes, **columns)


def test_communes_with_their_code_are_gathered_by_territory(tmp_path: Path) -> None:
    cells = [box(j, i, j + 1, i + 1).buffer(-90) for i in (0, 1) for j in range(3)]  # too far inside to be recognised
    shapes = _communes(
        cells,
        nom=[f"Bourg {n}" for n in range(1, 7)],
        insee=[f"0100{n}" for n in range(1, 7)],
        secteur=["Nord"] * 3 + ["Sud"] * 3,
    )
    shapes.to_file(tmp_path / "z.gpkg")
    draft = read(tmp_path / "z.gpkg")
    assert draft.method == "codes"
    assert (codes(draft, "Nord"), codes(draft, "Sud")) == ({"01001", "01002", "01003"}, {"01004", "01005", "01006"})
    assert draft.members["whole"].all()
    assert draft.members["inhabitants"].sum() == 2100
    assert draft.understanding["code_commune"] == "insee"
    assert "colonne « secteur »" in told(draft)


def test_a_departement_beside_communes_names_no_territory(tmp_path: Path) -> None:
    shapes = _communes([box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)], nom=["Bourg 1", "Bourg 2", "Bourg 3"],
                       insee=["01001", "01002", "01003"], departement=["Ain"] * 3)  # fmt: skip
    shapes.to_file(tmp_path / "z.gpkg")
    assert sorted(read(tmp_path / "z.gpkg").zones["nom"]) == ["Bourg 1", "Bourg 2", "Bourg 3"]


def test_old_codes_are_brought_to_today_and_told(tmp_path: Path) -> None:
    atlas = drawn.atlas(former=("01999", "01002"))
    frame([box(0, 0, 1, 1), box(1, 0, 2, 1)], insee=["1001", "01999"]).to_file(tmp_path / "z.gpkg")
    draft = read(tmp_path / "z.gpkg", atlas=atlas)
    assert codes(draft, "B") == {"01002"}
    assert codes(draft, "A") == {"01001"}
    assert "01999 est un ancien code" in told(draft, "réparé")
    assert "zéro de tête" in told(draft, "réparé")


def test_the_code_of_a_seat_does_not_shrink_its_territory(tmp_path: Path) -> None:
    frame([box(0, 0, 3, 1), box(0, 1, 3, 2)], insee=["01001", "01004"]).to_file(tmp_path / "z.gpkg")
    draft = read(tmp_path / "z.gpkg")
    assert codes(draft, "A") == {"01001", "01002", "01003"}
    assert draft.method == "communes"
    assert "les contours sont suivis" in told(draft)


def test_squares_share_the_people_of_cut_communes(tmp_path: Path) -> None:
    frame([box(0, 0, 0.5, 1)]).to_file(tmp_path / "z.gpkg")
    draft = read(tmp_path / "z.gpkg", squares=Squares(drawn.squares([(0.2, 0.5, 70), (0.8, 0.5, 30)]), "2019"))
    assert draft.method == "carreaux"
    assert draft.members["inhabitants"].tolist() == pytest.approx([70])
    assert "carreaux de population (2019)" in told(draft)


def test_stated_whole_communes_are_whole(tmp_path: Path) -> None:
    frame([box(0, 0, 1.4, 1)]).to_file(tmp_path / "z.gpkg")
    draft = read(tmp_path / "z.gpkg", answers=Answers({WHOLE_COMMUNES: YES}))
    assert codes(draft, "A") == {"01001"}
    assert (draft.method, draft.members["whole"].all()) == ("communes", True)


def test_a_cut_territory_names_the_communes_it_cuts(tmp_path: Path) -> None:
    frame([box(0, 0, 1.5, 1)], nom=["Ouest"]).to_file(tmp_path / "z.gpkg")
    text = told(read(tmp_path / "z.gpkg"))
    assert "territoire « Ouest » : 1 commune en partie (Bourg 2 (01002) à 50 %), environ 100 habitants" in text


# --- the corpus of nasty files -------------------------------------------------------------------------------------
REFUSED = {
    "ailleurs.geojson": "hors de France",
    "aucun.geojson": "aucun objet",
    "bombe.kml": "DOCTYPE",
    "bombe.kmz": "gonfle",
    "coupe.geojson": "illisible ou coupé",
    "crs-inconnu.geojson": "inconnue",
    "entite.kml": "DOCTYPE",
    "faux.gpkg": "GeoPackage",
    "grimpe.zip": "sort de son dossier",
    "lien-crs.geojson": "lien",
    "points.geojson": "c’est un point, il faut un contour",
    "profond.geojson": "",
    "projection-inconnue-shp.zip": ".prj",
    "sans-dbf-shp.zip": "il manque la partie .dbf",
    "seul.shp": ".dbf",
    "topo.json": "TopoJSON",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_its_reason(name: str) -> None:
    assert REFUSED[name] in refusal(NASTY / name)


MENDED = {
    "altitude.geojson": ({"Altitude": {"01001"}}, "Altitudes retirées"),
    "inverse.geojson": ({"Inversé": {"01001"}}, "latitude avant longitude"),
    "latin1.geojson": ({"Vallée d’Aÿ": {"01001"}}, "Windows-1252"),
    "latin1-shp.zip": ({"Vallée d’Aÿ": {"01001"}, "Forêt": {"01002"}}, "Windows-1252"),
    "latin1-cpg-faux-shp.zip": ({"Vallée d’Aÿ": {"01001"}, "Forêt": {"01002"}}, ".cpg"),
    "majuscules-shp.zip": ({"Vallée d’Aÿ": {"01001"}, "Forêt": {"01002"}}, "Windows-1252"),
    "mele.geojson": ({"Bon": {"01001"}, "Collection": {"01002"}}, "points et lignes laissés de côté"),
    "papillon.geojson": ({"Papillon": {"01001"}}, "se recoupait"),
    "sans-prj-shp.zip": ({"Vallée d’Aÿ": {"01001"}, "Forêt": {"01002"}}, "Lambert-93"),
    "sans-shx-shp.zip": ({"Vallée d’Aÿ": {"01001"}, "Forêt": {"01002"}}, "Index .shx absent"),
    "trous.geojson": ({"Trous": {"01001", "01002", "01004", "01005"}}, "se recoupait"),
}


@pytest.mark.parametrize("name", MENDED)
def test_what_can_be_mended_is_and_it_is_told(name: str) -> None:
    territories, phrase = MENDED[name]
    draft = read(NASTY / name)
    assert {n: codes(draft, n) for n in draft.zones["nom"]} == territories
    assert phrase in told(draft)


FEATURES = {
    "mele.geojson": {"Point": "c’est un point", "Ligne": "c’est une ligne"},
    "nan.geojson": {"NaN": "NaN", "Infini": "infini"},
    "vides.geojson": {"Nul": "sans contour", "Vide": "sans contour", "Plat": "sans surface"},
}


@pytest.mark.parametrize("name", FEATURES)
def test_a_bad_feature_is_refused_alone(name: str) -> None:
    draft = read(NASTY / name)
    assert "Bon" in set(draft.zones["nom"])
    refused = {r.where: r for r in draft.remarks if r.kind == "refusé"}
    assert len(refused) == draft.refused == len(FEATURES[name])
    for feature, reason in FEATURES[name].items():
        remark = next(r for where, r in refused.items() if f"« {feature} »" in where)
        assert reason in remark.message
        assert remark.advice
        assert remark.row > 0


def test_markup_in_names_stays_text() -> None:
    draft = read(NASTY / "html.geojson")
    assert list(draft.zones["nom"]) == ["<script>alert(1)</script>"]  # the pages escape it
    assert "<" not in draft.zones.index[0]


def test_a_table_that_stands_for_other_files_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "z.gpkg"
    frame([box(0, 0, 1, 1)]).to_file(path)
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA writable_schema=ON")
        sql = "CREATE VIRTUAL TABLE ailleurs USING VirtualOGR('/etc/hostname')"
        base.execute(
            "INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql) VALUES('table','ailleurs','ailleurs',0,?)",
            [sql],
        )
    base.close()
    assert "renvoient à d’autres données" in refusal(path)


@pytest.mark.parametrize(
    "text",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/http://example.org/a.json</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
        '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline read /etc/hostname", "x": "\\"Feature"}',
        '{"type":"FeatureCollection","features":[],"crs":{"type":"url","properties":{"url":"http://example.org"}}}',
        '{"layerDefinition":{},"currentVersion":10,"serviceUrl":"http://example.org","coordinates":"\\"coordinates\\""}',
    ],
)  # fmt: skip
def test_what_points_elsewhere_is_never_followed(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither GDAL nor anything else is given such a file to open."""
    monkeypatch.setattr(pyogrio, "read_info", lambda *_a, **_k: pytest.fail("GDAL was called"))
    path = tmp_path / "z.geojson"
    path.write_text(text, encoding="utf-8")
    assert refusal(path)


def test_a_prj_that_is_no_text_is_as_good_as_none(tmp_path: Path) -> None:
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(NASTY / "latin1-shp.zip") as source, zipfile.ZipFile(path, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, b"PROJCS[\xba\xff\x00" if name.endswith(".prj") else source.read(name))
    draft = read(path)
    assert codes(draft, "Forêt") == {"01002"}
    assert "ne nomme pas sa projection" in told(draft)


def test_a_geopackage_renamed_is_not_opened_as_something_else(tmp_path: Path) -> None:
    path = tmp_path / "z.gpkg"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE a (b)")
    base.close()
    assert "n’est pas un GeoPackage" in refusal(path)


def test_a_parquet_without_geometry_says_so(tmp_path: Path) -> None:
    pd.DataFrame({"nom": ["A"]}).to_parquet(tmp_path / "z.parquet")
    assert "GeoParquet attendu" in refusal(tmp_path / "z.parquet")


def test_a_layer_at_the_wrong_place_for_its_projection_is_read_where_it_is(tmp_path: Path) -> None:
    frame([box(0, 0, 1, 1)]).to_crs(4326).set_crs(2154, allow_override=True).to_file(tmp_path / "z.gpkg")
    draft = read(tmp_path / "z.gpkg")
    assert codes(draft, "A") == {"01001"}
    assert "ne va pas à ces coordonnées" in told(draft, "réparé")


def test_without_a_projection_degrees_are_told(tmp_path: Path) -> None:
    bare = frame([box(0, 0, 1, 1)]).to_crs(4326)
    with pytest.warns(UserWarning, match="crs"):
        bare.set_crs(None, allow_override=True).to_file(tmp_path / "z.fgb")
    draft = read(tmp_path / "z.fgb")
    assert codes(draft, "A") == {"01001"}
    assert "ne nomme pas sa projection" in told(draft, "à savoir")


# --- whatever comes in ----------------------------------------------------------------------------------------------
@lru_cache(maxsize=1)
def _bytes() -> dict[str, bytes]:
    import tempfile

    made = {}
    for form, write in WRITERS.items():
        with tempfile.TemporaryDirectory() as folder:
            made[form] = write(frame([box(0, 0, 1, 1), box(1, 0, 2, 1)]), Path(folder)).read_bytes()
    return made


def _only_input_errors(content: bytes, name: str) -> ImportDraft | None:
    try:
        return read_import(content, name, "clsm", atlas=drawn.atlas())
    except GeoInputError as error:
        assert error.problems
        assert all(isinstance(p, str) and p for p in error.problems)
        return None


@given(st.sampled_from(sorted(WRITERS)), st.data())
@settings(max_examples=60)
def test_damaged_files_bring_a_sentence_or_a_draft(form: str, data: st.DataObject) -> None:
    content = bytearray(_bytes()[form])
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(1, 8))] = data.draw(st.binary(min_size=0, max_size=8))
        if not content:
            break
    cut = data.draw(st.integers(1, max(1, len(content))))
    _only_input_errors(bytes(content[:cut] if data.draw(st.booleans()) else content), "z.bin")


@given(
    st.sampled_from(
        [b"SQLite format 3\x00", b"fgb\x03fgb\x01", b"PAR1", b"PK\x03\x04", b"{", b"<kml", b"\x00\x00\x27\x0a"]
    ),
    st.binary(max_size=400),
)
@settings(max_examples=80)
def test_garbage_behind_a_signature_brings_a_sentence(start: bytes, rest: bytes) -> None:
    assert _only_input_errors(start + rest, "z.bin") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)
NUMBER = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from(
    [3.0, 3.02, 46.5, 46.49, 700_000.0, 6_600_000.0, 1e308]
)
RINGS = st.lists(st.lists(st.lists(NUMBER, min_size=0, max_size=3), max_size=5), max_size=2)
GEOMETRY = st.one_of(
    JSON,
    st.builds(lambda r: {"type": "Polygon", "coordinates": r}, RINGS),
    st.builds(lambda r: {"type": "MultiPolygon", "coordinates": [r]}, RINGS),
    st.builds(lambda t, c: {"type": t, "coordinates": c}, st.sampled_from(["Point", "LineString", "Polygon", "Cercle"]), JSON),
)  # fmt: skip


@given(st.lists(st.tuples(JSON, GEOMETRY), max_size=4), JSON)
def test_any_json_brings_a_sentence_or_a_draft(features: list[tuple[Any, Any]], crs: Any) -> None:
    members = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    text = json.dumps({"type": "FeatureCollection", "crs": crs, "features": members})
    draft = _only_input_errors(text.encode(), "z.geojson")
    if draft is not None:
        assert draft.rows == draft.accepted + draft.refused
        assert draft.accepted > 0


@given(st.lists(st.tuples(st.floats(-1, 4), st.floats(-1, 3)), min_size=3, max_size=8))
@settings(max_examples=60)
def test_any_ring_in_france_is_a_draft_or_a_reason(points: list[tuple[float, float]]) -> None:
    ring = [(drawn.WEST + x * drawn.SIDE, drawn.NORTH - y * drawn.SIDE) for x, y in points]
    degrees = gpd.GeoSeries(gpd.points_from_xy(*zip(*ring, strict=True)), crs=2154).to_crs(4326)
    coordinates = [[p.x, p.y] for p in degrees]
    feature = {"type": "Feature", "properties": {"nom": "A"},
               "geometry": {"type": "Polygon", "coordinates": [[*coordinates, coordinates[0]]]}}  # fmt: skip
    draft = _only_input_errors(json.dumps({"type": "FeatureCollection", "features": [feature]}).encode(), "z.geojson")
    if draft is not None:
        people = draft.members["inhabitants"]
        assert people.notna().all()
        assert (people <= drawn.atlas().population[draft.members["row"]] + 1e-9).all()
        assert math.isfinite(people.sum())


def test_a_layer_without_any_attribute_is_numbered(tmp_path: Path) -> None:
    frame([box(0, 0, 1, 1)], nom=None).to_file(tmp_path / "z.gpkg")
    assert list(read(tmp_path / "z.gpkg").zones["nom"]) == ["Territoire 1"]


def test_two_imports_of_one_file_are_the_same(tmp_path: Path) -> None:
    frame([box(0, 0, 1.4, 1), box(1.4, 0, 3, 2)]).to_file(tmp_path / "z.gpkg")
    first, again = read(tmp_path / "z.gpkg"), read(tmp_path / "z.gpkg")
    assert first.members.equals(again.members)
    assert first.zones.equals(again.zones)
    assert first.remarks == again.remarks


# --- what follows in the dashboard -----------------------------------------------------------------------------------
def _after(path: Path, kind: str) -> Crosswalk:
    """Return every layer against the drawn communes, the imported one in its place and complete everywhere."""
    draft = read_import(path, path.name, kind, atlas=drawn.atlas())
    before = grid.crosswalk(drawn.atlas())
    layer = layer_from(draft, Statement("ARS", "2025", "Moi", extent=frozenset({"01"})))
    return build_crosswalk(drawn.atlas(), {**before.layers, kind: layer})


def test_coverage_follows_an_import(tmp_path: Path) -> None:
    shapes = frame([box(0, 0, 1.5, 1), box(0, 1, 1, 2)], nom=["Est", "Sud"], etat=["en service", "projet"])
    shapes.to_file(tmp_path / "z.gpkg")
    france = scopes(drawn.atlas())["france"]
    before = coverage(france, grid.crosswalk(drawn.atlas()))
    assert set(before.status) == {Status.INCONNU}
    found = coverage(france, _after(tmp_path / "z.gpkg", "clsm"))
    # 01001 whole, half of 01002, 01004 in a project; the list is stated complete, so the rest is not covered.
    assert [Status(s) for s in found.status] == [
        Status.COUVERT, Status.PARTIEL, Status.NON_COUVERT, Status.PROJET, Status.NON_COUVERT, Status.NON_COUVERT,
    ]  # fmt: skip
    assert (found.covered, found.partly_covered) == (100, pytest.approx(100))
    table = found.clsm().set_index("nom")
    assert table["habitants"].to_dict() == {"Est": 200, "Sud": 400}
    assert table["estimation"].to_dict() == {"Est": True, "Sud": False}


def test_evaluation_follows_an_import(tmp_path: Path) -> None:
    frame([box(0, 0, 1.5, 1), box(1.5, 0, 3, 2)], nom=["Nord", "Est"]).to_file(tmp_path / "z.gpkg")
    built = _after(tmp_path / "z.gpkg", "secteurs-adultes")
    facts = PerimeterFacts(
        Perimeter.of(["01001", "01002"], drawn.atlas()), Evidence(built, approximate_density(drawn.atlas()))
    )
    north, east = facts.overlaps["secteurs-adultes"]
    assert (north.name, north.communes, north.partial, north.estimated, north.hedge) == ("Nord", 1, 1, True, "environ ")
    assert north.population == pytest.approx(200)
    assert north.share_of_perimeter == pytest.approx(200 / 300)
    assert north.share_of_zone == pytest.approx(1)
    assert (east.name, east.population, east.estimated) == ("Est", pytest.approx(100), True)
    assert east.share_of_zone == pytest.approx(100 / (100 + 300 + 600 + 250))
    finding = grid.check("secteurs", facts)
    text = plain("\n".join([finding.sentence, *finding.details]))
    assert "2 secteurs adultes à inviter : Nord et Est" in text
    assert "Nord : environ 100 % (200 sur 200) de ses habitants (estimation)" in text
    assert "taille inconnue" not in text


def test_polygons_along_the_borders_and_lists_of_codes_give_the_same_layer(tmp_path: Path) -> None:
    frame([box(0, 0, 1, 2), box(1, 0, 3, 2)]).to_file(tmp_path / "z.gpkg")
    table = "territoire;code_commune\nA;01001\nA;01004\nB;01002\nB;01003\nB;01005\nB;01006\n"
    (tmp_path / "z.csv").write_text(table, encoding="utf-8")
    polygons, codes_ = (read_import(tmp_path / name, name, "clsm", atlas=drawn.atlas()) for name in ("z.gpkg", "z.csv"))
    assert list(polygons.zones.index) == list(codes_.zones.index)
    columns = ["zone", "row", "whole", "inhabitants", "estimated"]
    mine, theirs = (d.members[columns].sort_values(["zone", "row"], ignore_index=True) for d in (polygons, codes_))
    pd.testing.assert_frame_equal(mine, theirs, check_dtype=False)


# --- real files -----------------------------------------------------------------------------------------------------
def test_official_epci_come_in_exact_or_marked_as_estimates(tmp_path: Path) -> None:
    """Heavily simplified outlines (points 1.3 km apart): what is said exact is the real composition of the EPCI."""
    path = MIRROR / "communes_epci" / "epci_cog2025_contours_simplifies.parquet"
    if not path.exists():
        pytest.skip("the mirror of official files is not here")
    whole_file = gpd.read_parquet(path)
    some = whole_file[whole_file["departements"].astype(str).str.contains("59|62|13|974")]
    some.to_parquet(tmp_path / "epci.parquet")
    atlas = real.atlas()
    draft = read(
        tmp_path / "epci.parquet", atlas=atlas, answers=Answers.of_columns({"id": "siren_epci", "nom": "nom_epci"})
    )
    assert (draft.rows, draft.accepted) == (len(some), len(some))
    members = draft.members
    right = atlas.table["epci"].to_numpy()[members["row"]] == draft.zones.index.to_numpy()[members["zone"]]
    whole = members["whole"].to_numpy()
    assert (whole & ~right).sum() == 0
    mine = atlas.table["epci"].isin(draft.zones.index)
    assert (whole & right).sum() >= 0.8 * mine.sum()
    assert members["estimated"].equals(~members["whole"])
    assert members["inhabitants"].sum() == pytest.approx(atlas.table.loc[mine, "population"].sum(), rel=0.02)


def test_official_quarters_come_in_as_parts_of_communes() -> None:
    path = MIRROR / "qpv" / "qpv2024_1609_anct2024-06_simplifie.geojson"
    if not path.exists():
        pytest.skip("the mirror of official files is not here")
    draft = read(path, atlas=real.atlas())
    assert draft.rows == 1609
    assert draft.accepted > 1450
    assert draft.method == "surface"
    refused = [r for r in draft.remarks if r.kind == "refusé"]
    assert len(refused) == draft.refused
    population = real.atlas().population[draft.members["row"].to_numpy()]
    assert (draft.members["inhabitants"] <= population).all()
    assert np.isfinite(draft.members["inhabitants"]).all()
