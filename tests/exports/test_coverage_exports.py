"""Files of a coverage view: every table with codes and sources, read back by other software, two printed pages."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pypdf
import pytest
import shapely
from python_calamine import CalamineWorkbook

from geo.claims import Claim, Claims
from geo.coverage import Status, coverage_state, next_clsm, read_scope, siting_candidates
from geo.exports import CoverageReport, coverage_files, qml
from geo.exports.coverage_files import (
    Imprint,
    actions,
    communes_style,
    coverage_csv,
    coverage_geojson,
    coverage_geopackage,
    coverage_workbook,
    director_data,
    director_pdf,
    finding,
    gaps_style,
    slug,
)
from geo.exports.coverage_svg import STATUS_STYLES, coverage_map, map_text
from geo.exports.coverage_tables import benchmarks_table, clsm_table, figures_table, sources
from geo.exports.layer_files import FACT_COLUMNS
from geo.imports import read_import
from geo.layers import load_layers
from geo.paths import DATA
from tests.exports.printed import texts as pages
from tests.support import real
from tests.support.grid import plain


@lru_cache(maxsize=8)
def _report(
    scope: str = "dep-79", *, level: str = "epci", complete: tuple[str, ...] = ("79",), k: int = 2
) -> CoverageReport:
    state = coverage_state(real.crosswalk(), real.density(), complete=complete)
    chosen = read_scope(scope, real.atlas())
    siting = (
        next_clsm(chosen, state, siting_candidates(level, chosen, state), k, kind=level, ceiling=None) if k else None
    )
    return CoverageReport(chosen, state, level=level, siting=siting)


@lru_cache(maxsize=1)
def _files() -> dict[str, bytes]:
    return coverage_files(_report())


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_a_workbook_has_a_sheet_a_table_and_its_sources() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(coverage_workbook(_report())))
    assert book.sheet_names == [
        "Chiffres", "Écarts Communes", "Écarts EPCI", "Écarts CLS", "Priorités", "Prochains CLSM (EPCI)", "Enquêtes",
        "Communes", "CLSM", "Sources",
    ]  # fmt: skip
    communes = book.get_sheet_by_name("Communes").to_python()
    assert communes[0][:3] == ["Code commune", "Commune", "Situation"]
    assert len([r for r in communes[1:] if str(r[0]).startswith("79") and len(str(r[0])) == 5]) == 252
    said = [row[0] for row in book.get_sheet_by_name("Sources").to_python()]
    assert "Population municipale" in said and "Contrats locaux de santé" in said
    assert any("déclarées complètes" in s for s in said)


def test_the_workbook_says_both_bounds_and_never_zero_for_what_is_not_known() -> None:
    report = _report("reg-32", complete=(), k=0)
    book = CalamineWorkbook.from_filelike(io.BytesIO(coverage_workbook(report)))
    figures = book.get_sheet_by_name("Chiffres").to_python()
    people = dict(zip(figures[0], figures[1], strict=True))
    assert people["Valeur"] == 1_366_668 and people["Au plus"] == 5_992_194
    assert plain(str(people["Lecture"])) == "entre 22,8 % et 100 %" and "par extension" in str(people["Dont"])
    gaps = book.get_sheet_by_name("Écarts EPCI").to_python()
    cells = {
        row[gaps[0].index("CLS sans CLSM connu")]
        for row in gaps[1:]
        if row[0] and row[gaps[0].index("Situation du plus grand nombre")] == "inconnu"
    }
    assert cells == {"inconnu"}
    order = book.get_sheet_by_name("Priorités").to_python()
    assert {"Rang au mieux", "Rang au pire", "CLS en place (points)"} <= set(order[0])
    column = order[0].index("CLS en place (points)")
    assert {row[column] for row in order[1:] if row[column] != ""} == {"inconnu"}
    assert any("aucun département d’ici (1 connu)" in plain(str(row[0])) for row in order)
    calls = book.get_sheet_by_name("À vérifier").to_python()
    assert calls[0][:3] == ["Code", "Nom", "Habitants peut-être couverts"]


def test_the_tables_as_text_and_the_two_pages_say_unknown_where_nothing_is_known() -> None:
    report = _report("reg-32", complete=(), k=0)
    rows = _rows(coverage_csv(report)["couverture-clsm-reg-32-ecarts-epci.csv"])
    assert {row["cls_sans_clsm"] for row in rows if row["majorite"] == "inconnu"} == {"inconnu"}
    data = director_data(report)
    assert all(row[7] == "inconnu" for row in data["priorities"]["rows"])  # CLS en place
    assert data["checks"]["lines"] and "fermé" not in data["priorities"]["note"]
    cls = next(block for block in data["gaps"] if block["title"] == "Écarts : CLS")
    assert "aucun CLS sans CLSM connu, parmi 1 CLS connu ; les autres CLS d’ici sont inconnus" in plain(cls["note"])


def test_the_figures_of_the_table_are_those_of_the_page() -> None:
    table, figures = figures_table(_report()), _report().figures
    assert table["valeur"].dropna().tolist() == [f.value for f in figures if f.value is not None]
    assert table["source"].str.len().min() > 10
    unknown = table[table["valeur"].isna()]
    assert len(unknown) and (unknown["lecture"] == "non évaluable").all() and (unknown["limite"] != "").all()


def test_surveys_have_shares_and_means_apart() -> None:
    table = benchmarks_table(_report()).set_index(["critere", "classe"])
    assert table.at[("Taille moyenne", "habitants"), "moyenne_enquete_2018"] == 87_000
    assert table.at[("Taille des CLSM", "moins de 100 000 habitants"), "part_enquete_2018"] == 0.75
    shares = table[["part", "part_enquete_2018", "part_enquete_2022"]].stack().dropna()
    assert shares.between(0, 1).all()


def test_every_source_says_where_it_is_complete() -> None:
    found = {what: remark for what, _, _, remark in sources(_report())}
    assert found["Conseils locaux de santé mentale"].startswith("Liste complète ici.")
    assert found["Secteurs de psychiatrie adulte"].startswith("Liste incomplète ici.")


def test_the_csv_of_communes_is_exact() -> None:
    files = coverage_csv(_report())
    rows = _rows(files["couverture-clsm-dep-79-communes.csv"])
    assert len(rows) == 252
    niort = next(r for r in rows if r["code_commune"] == "79191")
    assert (niort["nom_commune"], niort["statut"], niort["code_epci"]) == (
        "Niort", "couvert, par extension aux communes de l’EPCI", "200041317",
    )  # fmt: skip
    assert {r["statut"] for r in rows if r["code_commune"] == "79048"} == {
        "non couvert, d’après votre déclaration (79)"
    }
    assert sum(int(r["population"]) for r in rows) == 375_229
    assert {r["population_annee"] for r in rows} == {"2023"}


def test_clsm_come_back_through_the_door_of_the_embedded_facts(tmp_path: Path) -> None:
    """What is exported reads as a file of facts, and gives the same zones, communes and statuses."""
    report = _report()
    table = clsm_table(report)
    assert list(table.columns) == list(FACT_COLUMNS)
    (tmp_path / "dispositifs").mkdir()
    rows = _rows(coverage_csv(report)["couverture-clsm-dep-79-clsm.csv"])
    pd.DataFrame(rows).to_csv(tmp_path / "dispositifs" / "clsm.csv", index=False)
    entry = (DATA / "layers.toml").read_text(encoding="utf-8").split("[[couche]]")[1]
    (tmp_path / "layers.toml").write_text("[[couche]]" + entry, encoding="utf-8")
    back = load_layers(real.atlas(), tmp_path)["clsm"]
    layer = real.crosswalk().layers["clsm"]
    assert len(back.zones)
    for zone in back.zones.index:
        mine, theirs = (
            f.members[f.members["zone"] == f.zones.index.get_loc(zone)].sort_values("row") for f in (back, layer)
        )
        assert mine["row"].tolist() == theirs["row"].tolist() and mine["whole"].tolist() == theirs["whole"].tolist()
        assert back.zones.at[zone, "etat"] == layer.zones.at[zone, "etat"]
        assert back.zones.at[zone, "precision"] == layer.zones.at[zone, "precision"]


@pytest.mark.parametrize("name", ["-clsm.csv", ".xlsx", "-clsm.geojson", ".gpkg"])
def test_clsm_come_back_through_the_data_door(name: str) -> None:
    file = f"couverture-clsm-dep-79{name}"
    sheet = {".gpkg": "clsm", ".xlsx": "CLSM"}.get(name)
    back = read_import(_files()[file], file, "clsm", atlas=real.atlas(), sheet=sheet)
    layer = real.crosswalk().layers["clsm"]
    met = {"clsm-79-niortais", "clsm-79-bocage-bressuirais", "clsm-79-pays-thouarsais"}
    assert set(back.zones.index) == met
    for zone in met:
        mine, theirs = (
            sorted(m.loc[m["zone"] == z.index.get_loc(zone), "row"].tolist())
            for z, m in ((back.zones, back.members), (layer.zones, layer.members))
        )
        assert mine == theirs
    assert back.members["whole"].all()


def test_a_clsm_without_known_communes_is_listed_without_code() -> None:
    layer = real.crosswalk().layers["clsm"]
    table = clsm_table(_report("france", complete=(), k=0))
    assert set(table["id"]) == set(layer.zones.index)
    assert (table.loc[table["code_commune"] == "", "methode"] == "non_resolu").all()


def test_geojson_holds_the_communes_with_their_sources() -> None:
    made = json.loads(coverage_geojson(_report()))
    assert len(made["features"]) == 252
    assert made["sources"][0]["source"].startswith("INSEE")
    assert made["features"][0]["properties"]["code_commune"] == "79001"
    west, south, east, north = shapely.total_bounds(
        np.array([shapely.from_geojson(json.dumps(f["geometry"])) for f in made["features"]])
    )
    assert -1.1 < west < east < 0.3 and 45.9 < south < north < 47.2


def test_a_geopackage_opens_drawn_with_every_level(tmp_path: Path) -> None:
    path = tmp_path / "c.gpkg"
    path.write_bytes(coverage_geopackage(_report()))
    layers = {str(name) for name, _ in pyogrio.list_layers(path)}
    assert {"communes", "clsm", "ecarts_epci", "ecarts_cls", "sources", "layer_styles"} <= layers
    clsm = gpd.read_file(path, layer="clsm")
    niort = clsm.set_index("id").at["clsm-79-niortais", "codes_communes"].split(";")
    assert "79191" in niort and len(niort) == 40
    epci = gpd.read_file(path, layer="ecarts_epci").set_index("code")
    gaps = _report().gaps["epci"]
    assert epci.loc[gaps.index, "sans_clsm"].tolist() == gaps["sans_clsm"].tolist()
    assert epci.geometry.is_valid.all()
    with sqlite3.connect(path) as base:
        styled = {name for (name,) in base.execute("SELECT f_table_name FROM layer_styles WHERE useAsDefault = 1")}
    base.close()
    assert styled == layers - {"sources", "layer_styles"}


@pytest.mark.parametrize("style", [communes_style(), gaps_style(), qml.outline("#0b3d37", dashed=True)])
def test_styles_are_documents_that_qgis_reads(style: str) -> None:
    root = ElementTree.fromstring(style.split("\n", 1)[1])
    assert root.tag == "qgis"
    symbols = {s.get("name") for s in root.iter("symbol")}
    assert {c.get("symbol") for c in root.iter("category")} <= symbols
    assert all(layer.get("class") == "SimpleFill" for layer in root.iter("layer"))


def test_every_status_has_its_own_hatch_or_lightness() -> None:
    """In grey, two statuses are told apart by their hatch, or by much of lightness."""

    def grey(colour: str) -> float:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    styles = list(STATUS_STYLES.values())
    for i, one in enumerate(styles):
        for other in styles[i + 1 :]:
            assert one.hatch != other.hatch or abs(grey(str(one.fill)) - grey(str(other.fill))) > 60
    assert set(STATUS_STYLES) == set(Status)


def test_the_map_says_its_figures_in_words() -> None:
    report = _report()
    text = plain(map_text(report.scope, report.state))
    assert "couvert, par extension aux communes de l’EPCI : 73 communes, 197 498 habitants" in text
    assert "non couvert, d’après votre déclaration (79) : 155 communes, 142 496 habitants" in text
    drawn = coverage_map(report.scope, report.state)
    assert drawn.alt == map_text(report.scope, report.state)
    assert len(drawn.svg) < 150_000


def test_overseas_départements_are_drawn_in_insets() -> None:
    report = _report("france", complete=(), k=0)
    drawn = coverage_map(report.scope, report.state)
    for name in ("Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte"):
        assert f">{name}<" in drawn.svg
    assert len(drawn.svg) < 300_000


@pytest.mark.parametrize(
    ("scope", "level"),
    [("dep-79", "epci"), ("dep-94", "ept"), ("dep-974", "epci"), ("epci-200041317", "epci"), ("reg-11", "epci")],
)
def test_the_director_has_a_page_that_stands_alone_then_annexes_all_tagged(scope: str, level: str) -> None:
    complete = ("79",) if "79" in scope else ()
    report = _report(scope, level=level, complete=complete, k=10 if scope != "epci-200041317" else 0)
    made = director_pdf(report, Imprint("1er janvier 2026", "Tableau de bord CLSM", "http://localhost/?s=79"))
    read = pypdf.PdfReader(io.BytesIO(made))
    assert len(read.pages) in (2, 3)
    printed = pages(made)
    first = " ".join(plain(printed[0]).split())
    for said in finding(report):
        assert plain(said) in first
    assert all(plain(one["title"]) in first for one in actions(report)) and "Annexe" not in first
    root = read.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"]) and root["/Lang"] == "fr"
    text = " ".join(plain(" ".join(printed)).split())
    assert report.title in text and "1er janvier 2026" in text
    for figure in report.figures:
        assert plain(figure.amount) in text, figure.id
    assert "Ce qui limite la lecture" in text and "Sources" in text
    assert len(made) < 1_000_000


def test_the_finding_is_the_first_figure_and_the_actions_are_three_at_most() -> None:
    report = _report("reg-32", complete=(), k=0)
    said = [plain(text) for text in finding(report)]
    assert (
        said[0]
        == "Au moins 22,8 % des habitants sont couverts par un CLSM (1 366 668 sur 5 992 194), et au plus 100 %."
    )
    table = report.compared.table["sans_clsm"].sort_values(ascending=False)
    share = round(100 * table.head(5).sum() / table.sum())
    assert said[1].startswith(
        f"5 territoires sur {len(table)} portent {share} % des habitants sans CLSM ni projet connu"
    )
    assert [one["title"] for one in actions(report)] == [
        "Demander une liste",
        "Rencontrer un territoire",
        "Faire confirmer un fait",
    ]
    assert plain(actions(report)[0]["text"]) == plain(report.checks.sentences(1)[0])
    assert [one["title"] for one in actions(_report())][-1] == "Préparer un CLSM"


def test_where_no_clsm_is_known_the_finding_says_none_is_and_never_zero() -> None:
    said = plain(finding(_report("dep-23", complete=(), k=0))[0])
    assert said.startswith("Aucun des ") and "connu" in said and "0 %" not in said.replace("100 %", "")


def test_the_map_of_the_first_page_names_its_towns() -> None:
    assert ">Niort<" in director_data(_report())["map"]


def test_pages_say_priorities_next_clsm_and_what_is_not_known() -> None:
    data = director_data(_report("dep-94", level="ept", complete=()))
    assert data["priorities"]["rows"][0][1]
    assert any("inconnu" in cell for row in data["gaps"][0]["rows"] for cell in row)
    assert data["limits"] and data["sources"]
    assert director_data(_report(k=0))["next"] is None
    assert "serviraient" in director_data(_report())["next"]["note"]


def test_every_file_is_made_and_named_for_its_scope() -> None:
    files = _files()
    assert {name.rsplit(".", 1)[1] for name in files} == {"csv", "xlsx", "geojson", "gpkg", "pdf"}
    assert all(name.startswith("couverture-clsm-dep-79") for name in files)
    assert slug("Écarts Secteurs infanto-juvéniles") == "ecarts-secteurs-infanto-juveniles"


def test_the_same_view_gives_the_same_files() -> None:
    once = {n: c for n, c in _files().items() if not n.endswith(".pdf")}
    twice = {n: c for n, c in coverage_files(_report()).items() if not n.endswith(".pdf")}
    assert once == twice


def test_the_sources_say_whose_word_the_figures_rest_on() -> None:
    stated = Claims((Claim.of("cls", "CLS du Niortais", "Ana", pieces=frozenset({"79191"}), day="2026-11-26"),))
    report = replace(_report(k=0), claims=stated)
    said = (
        "Déclarations locales",
        "d’après Ana, le 26/11/2026 : CLS du Niortais",
        "26/11/2026",
        "Les chiffres en tiennent compte.",
    )
    assert said in sources(report)
    for content in (coverage_geojson(report), coverage_csv(report)[f"{report.file_stem}-sources.csv"]):
        assert "d’après Ana, le 26/11/2026 : CLS du Niortais" in content.decode("utf-8-sig")
    assert not any(row[0] == "Déclarations locales" for row in sources(_report(k=0)))
