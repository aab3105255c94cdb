"""What is taken away comes back: the same perimeter and the same figures, by link and by every format."""

from __future__ import annotations

import io
import json
import sqlite3
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from geo.budget import Budget, Funder
from geo.cli.documents import evaluation
from geo.comparison import Candidate, candidates, default_choice, evaluate, scale_of, side_by_side
from geo.comparison.compare import compare
from geo.errors import GeoInputError
from geo.exports import FORMATS, Export, file_name, make
from geo.exports import perimeter_files as exports
from geo.exports.reimport import read_back
from geo.guidance import Intent, Project, Settings
from geo.scenarios import Scenario, Workbook, pack, unpack, vintage_of
from tests.support import real

DATA_FORMATS = ("xlsx", "gpkg", "csv", "geojson", "json")
DEPARTEMENTS = ("94", "75", "79", "2A", "974", "13", "69")


def candidate(scenario: Scenario) -> Candidate:
    return Candidate("essai", "Scénario", scenario.name, scenario.codes, scale_of(scenario.codes, real.atlas()))


def export(scenario: Scenario, settings: Settings | None = None, **options: object) -> Export:
    world = real.world()
    book = Workbook((scenario,), 0, settings or Settings(), vintage_of(world))
    link = f"https://exemple.fr/Perimetre?lien={pack(book, world.atlas)}"
    return Export(evaluate(candidate(scenario), world, settings), world, scenario, link, **options)  # type: ignore[arg-type]


def creteil(name: str = "Créteil et ses voisines", note: str = "À discuter le 3 mars.") -> Scenario:
    return Scenario(name, frozenset({"94028", "94054", "94081"}), note, frozenset({"94028"}))


@lru_cache(maxsize=1)
def geojson() -> bytes:
    return make("geojson", export(creteil()))


@st.composite
def perimeters(draw: st.DrawFn) -> Scenario:
    """Draw a set of communes grown around a seed, with a stray one now and then."""
    atlas = real.atlas()
    departement = draw(st.sampled_from(DEPARTEMENTS))
    members = atlas.members("departement", departement)
    grown = {int(members[draw(st.integers(0, len(members) - 1))])}
    for _ in range(draw(st.integers(0, 12))):
        around = np.setdiff1d(atlas.neighbours[sorted(grown)].indices, sorted(grown))
        around = around[np.isin(around, members)]
        if len(around):
            grown.add(int(around[draw(st.integers(0, len(around) - 1))]))
    if draw(st.booleans()):
        grown.add(int(members[draw(st.integers(0, len(members) - 1))]))
    name = draw(st.sampled_from(["Périmètre", "L’essai n° 2", "=SOMME(A1)", "-1+1", "'guillemet", '<b>Été</b>; "x"']))
    return Scenario(name, frozenset(str(atlas.codes[r]) for r in grown))


@given(perimeters())
@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
def test_what_comes_back_is_the_same_perimeter_with_the_same_figures(scenario: Scenario) -> None:
    world = real.world()
    made = export(scenario)
    opened = unpack(made.link.partition("lien=")[2], world.atlas, vintage_of(world))
    assert opened.workbook.scenario == scenario
    assert opened.notices == ()
    for kind in ("gpkg", "xlsx", "csv"):
        back = read_back(make(kind, made), world.atlas, vintage_of(world)).workbook.scenario
        assert (back.name, back.codes) == (scenario.name, scenario.codes), kind
        assert candidate(back) == candidate(scenario), kind  # evaluated below, once for the three
    assert compare(made.found, evaluate(candidate(back), world)).empty


@pytest.mark.parametrize("kind", DATA_FORMATS)
def test_name_note_and_locks_come_back_where_the_format_has_room(kind: str) -> None:
    scenario = creteil(name="=2+2", note="-1 commune ?\nÀ voir")
    back = read_back(make(kind, export(scenario)), real.atlas()).workbook.scenario
    assert (back.name, back.codes) == (scenario.name, scenario.codes)
    if kind != "csv":
        assert (back.note, back.locked) == (scenario.note, scenario.locked)


@pytest.mark.parametrize("kind", ["xlsx", "gpkg", "geojson", "json"])
def test_the_project_and_the_answers_come_back_where_the_format_has_room(kind: str) -> None:
    project = Project.of(Intent.MERGE, ["clsm-94-creteil", "d’ailleurs"])
    answers = (("asv", "=1+1\n#panic() <b>x</b> \"'"), ("ptsm", "Oui"))
    budget = Budget(50, running=(("projets", 4_000),), funders=(Funder.ARS,))
    scenario = replace(creteil(), project=project, answers=answers, budget=budget)
    back = read_back(make(kind, export(scenario)), real.atlas()).workbook.scenario
    assert (back.project, back.answers, back.budget) == (project, answers, budget)


@pytest.mark.parametrize("field", ["projet", "reponses", "budget"])
@pytest.mark.parametrize(
    "text", ["{", "[]", "5", '{"intention": 5}', '{"ptsm": 5}', '{"intention": "creer", "clsm": ["a"]}']
)
def test_a_project_edited_into_nonsense_is_refused(field: str, text: str) -> None:
    content = json.loads(geojson())
    content["perimetre"][field] = text
    data = json.dumps(content).encode()
    with pytest.raises(GeoInputError):
        read_back(data, real.atlas())


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "xlsx"])
def test_the_settings_travel_in_the_link_that_a_file_carries(kind: str) -> None:
    settings = Settings(marker=150_000)
    made = export(creteil(), settings)
    assert made.link.encode() in make(kind, made) or kind == "xlsx"
    assert unpack(made.link.partition("lien=")[2], real.atlas()).workbook.settings == settings


def test_the_workbook_has_a_sheet_a_table_and_no_formula() -> None:
    both = side_by_side(default_choice(candidates(real.crosswalk(), "94028")), real.world())
    made = make("xlsx", export(creteil(name="=1+1"), comparison=both))
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    assert book.sheet_names == [
        "Périmètre", "Communes", "Chiffres", "Repères", "Territoires", "Qui inviter", "Questions du guide", "Comparaison 1", "Comparaison 2",
        "Réglages", "Sources",
    ]  # fmt: skip
    communes = book.get_sheet_by_name("Communes").to_python()
    assert [line[0] for line in communes[1:]] == ["94028", "94054", "94081"]
    assert len(book.get_sheet_by_name("Repères").to_python()) == 15
    import zipfile

    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if "sheet" in name)


def test_the_geopackage_opens_with_its_layers(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    path.write_bytes(make("gpkg", export(creteil())))
    communes, perimeter = gpd.read_file(path, layer="communes"), gpd.read_file(path, layer="perimetre")
    zones = gpd.read_file(path, layer="zones")
    assert list(communes["code"]) == ["94028", "94054", "94081"]
    assert perimeter.crs == 4326
    assert perimeter["habitants"].item() == communes["population"].sum()
    joined = communes.to_crs(2154).area.sum()
    assert perimeter.to_crs(2154).area.item() == pytest.approx(joined, rel=1e-6)
    assert {"CLSM", "EPT", "Secteurs adultes"} <= set(zones["couche"])
    assert zones.geometry.is_valid.all()


def test_the_geojson_says_what_each_feature_is() -> None:
    content = json.loads(geojson())
    kinds = [f["properties"]["objet"] for f in content["features"]]
    assert kinds.count("perimetre") == 1
    assert kinds.count("commune") == 3
    assert "zone" in kinds
    frame = gpd.read_file(io.BytesIO(json.dumps(content).encode()))
    assert frame.geometry.is_valid.all()
    assert frame.total_bounds[0] > 1  # longitude first


def test_the_figures_exported_are_those_of_the_evaluation() -> None:
    made = export(creteil())
    told = evaluation(made.facts, made.found.findings)
    figures = exports.figures_table(made.found).set_index("chiffre")["valeur"]
    assert figures["Habitants"] == told["population"]
    assert figures["Communes"] == 3
    zones = exports.zones_table(made.facts)
    for layer_id, layer in told["layers"].items():
        if layer_id in ("regions", "departements"):
            continue
        mine = zones[zones["id"].isin(z["id"] for z in layer["zones"])]
        assert len(mine) == len(layer["zones"])


def test_the_same_export_gives_the_same_bytes() -> None:
    made = export(creteil(), made_on=date(2026, 3, 1))
    for kind in FORMATS:
        if kind != "docx":  # the archive of a document is dated by its library
            assert make(kind, made) == make(kind, made), kind


def test_a_list_edited_by_hand_is_welcome() -> None:
    back = read_back("code;commune\n1004;Ambérieu\n2A004;Ajaccio\n".encode("cp1252"), real.atlas()).workbook.scenario
    assert back.codes == {"01004", "2A004"}
    assert back.name == "Périmètre"
    assert read_back(b"code,perimetre\n94028,Essai\n", real.atlas()).workbook.scenario.name == "Essai"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "colonne « code »"),
        (b"nom;habitants\nx;1\n", "colonne « code »"),
        (b"code;perimetre\n94028;a\n94033;b\n", "plusieurs périmètres"),
        (b"code\n99999\n", "99999"),
        (b"code;perimetre\n;x\n", "aucune commune"),
        (b"PK\x03\x04 nothing", "abîmée"),
        (b"SQLite format 3\x00 nothing", "identite"),
        (b'{"type":"FeatureCollection"}', "aucune commune"),
        (b'{"type":"FeatureCollection","features":[1,{"properties":null}],"perimetre":3}', "aucune commune"),
        (b"{]", "JSON"),
        (b'{"type":"autre"}', "marque"),
        (b"[1,2]", "colonne"),
        (b"\xff\xfe\x00\x81\x8d", "Envoyez"),
    ],
)
def test_a_file_that_makes_no_sense_gets_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(GeoInputError, match=said):
        read_back(data, real.atlas())


def test_a_hostile_geopackage_only_gets_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE communes (code)")
        base.execute("CREATE TABLE identite (cle, valeur)")
        base.executemany("INSERT INTO communes VALUES (?)", [("94028",), (None,), (b"\x00",), (1.5,)])
    base.close()
    with pytest.raises(GeoInputError):
        read_back(path.read_bytes(), real.atlas())


def test_file_names_are_plain() -> None:
    assert file_name("Créteil / <été> n° 2", "pdf") == "clsm-creteil-ete-n-2.pdf"
    assert file_name("***", "xlsx") == "clsm-perimetre.xlsx"


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(GeoInputError, match="odt"):
        make("odt", export(creteil()))
