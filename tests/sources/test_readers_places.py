"""Places of care and CPTS: points put right or refused, arrondissements by geometry, polygons against communes."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo.errors import GeoInputError
from tests.support.reading import SAMPLES, country, drawn, mirrored, product, read, square, text_file

HEAD = "finess_et,raison_sociale,categorie_code,code_insee,latitude,longitude\n"


def plain(notes: tuple[str, ...]) -> str:
    return " ".join(notes).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.mirror
def test_the_places_of_occitanie(tmp_path: Path) -> None:
    report = read("ressources", mirrored("finess/finess_occitanie_psychiatrie_cpts_dac.csv"), into=tmp_path)
    places = product(tmp_path, "ressources")
    assert report.rows == len(places) == 493
    assert places["categorie_code"].value_counts().to_dict() == {
        "156": 210, "292": 105, "189": 62, "161": 44, "425": 42, "412": 11, "430": 10, "415": 6, "444": 3,
    }  # fmt: skip
    assert report.departements == ("09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82")
    assert places["lon"].between(-0.4, 4.9).all()
    assert places["lat"].between(42.3, 45.1).all()
    assert "82 sièges de CPTS" in plain(report.notes)
    assert "13 sièges de DAC" in plain(report.notes)


@pytest.mark.mirror
def test_the_hospitals_of_2020_come_second_and_are_complete_nowhere(tmp_path: Path) -> None:
    old = mirrored("finess/eurostat_hopitaux_FR_2020.csv")
    report = read("ressources", old, into=tmp_path / "a")
    places = product(tmp_path / "a", "ressources")
    assert report.rows == 1484
    assert set(places["categorie_code"]) == {"292"}
    assert places.index.str.len().unique().tolist() == [9]
    assert report.vintage == "2020-03-06"
    assert report.departements == ()
    assert "59 numéros FINESS" in plain(report.notes)
    assert not places["code"].isin(["75056", "69123", "13055"]).any()
    new = mirrored("finess/finess_occitanie_psychiatrie_cpts_dac.csv")
    assert read("ressources", old, new, into=tmp_path / "b").rows == 493


def test_the_national_flow_is_read_in_each_projection(tmp_path: Path) -> None:
    report = read("ressources", SAMPLES / "finess_flux.csv", into=tmp_path)
    places = product(tmp_path, "ressources")
    assert places.index.tolist() == ["010000024", "010000115", "130000010", "970100012"]
    assert report.vintage == "2026-05-12"
    bourg, without, marseille, guadeloupe = places.itertuples()
    assert (bourg.code, round(bourg.lon, 4), round(bourg.lat, 4)) == ("01053", 5.2092, 46.2223)
    assert bourg.nom == "CENTRE MEDICO PSYCHOLOGIQUE DE BOURG"
    assert (guadeloupe.code, round(guadeloupe.lon, 4), round(guadeloupe.lat, 4)) == ("97101", -61.5287, 16.234)
    assert marseille.code.startswith("132")
    assert (without.code, pd.isna(without.lon)) == ("01004", True)
    assert "1 lieu sans coordonnées" in plain(report.notes)
    assert "1 siège de CPTS" in plain(report.notes)


def test_the_clean_form_mends_swapped_points_lost_zeros_and_repeats(tmp_path: Path) -> None:
    report = read("ressources", SAMPLES / "finess_reexposition.csv", into=tmp_path)
    places = product(tmp_path, "ressources")
    assert places["code"].to_dict() == {"010000024": "01053", "010000115": "01004", "750000018": "75119"}
    assert places.loc["010000115", ["lon", "lat"]].tolist() == [5.3597, 45.9590]
    said = plain(report.notes)
    for expected in ("inversées sur 1 ligne", "rétabli sur 1 numéro FINESS", "1 ligne de plus", "1 siège de DAC"):
        assert expected in said


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("010000032,A,156,01053,40.4,-3.7", "ligne 3 : le point 40.40000, -3.70000 .* est hors de France"),
        ("010000032,A,156,01053,0,0", "hors de France"),
        ("010000032,A,156,99999,46.2,5.2", "ligne 3 : 99999 : ce n’est ni un code de commune"),
        ("010000032,A,156,,NaN,5.2", "ligne 3 : A, ni commune connue ni point en France"),
        ("010000032,A,156,75056,,", "ni commune connue ni point"),
        ("ABC,A,156,01053,46.2,5.2", "n’est pas un numéro FINESS"),
    ],
)
def test_bad_places_are_refused_with_their_row(row: str, said: str, tmp_path: Path) -> None:
    path = text_file(tmp_path, HEAD + "010000024,CMP,156,01053,46.2052,5.2255\n" + row + "\n")
    with pytest.raises(GeoInputError, match=said):
        read("ressources", path, into=tmp_path / "out")


def test_points_that_are_no_numbers_leave_the_commune(tmp_path: Path) -> None:
    path = text_file(tmp_path, HEAD + "010000024,CMP,156,01053,NaN,inf\n")
    report = read("ressources", path, into=tmp_path / "out")
    assert product(tmp_path / "out", "ressources")[["lon", "lat"]].isna().all(axis=None)
    assert "sans coordonnées" in plain(report.notes)


def test_a_point_far_from_its_commune_is_told_and_the_commune_kept(tmp_path: Path) -> None:
    path = text_file(tmp_path, HEAD + "010000024,CMP,156,01053,43.6,1.44\n")
    report = read("ressources", path, into=tmp_path / "out")
    assert product(tmp_path / "out", "ressources")["code"].tolist() == ["01053"]
    assert "à plus de 5 km de la commune annoncée" in plain(report.notes)


def test_a_file_without_mental_health_is_refused(tmp_path: Path) -> None:
    path = text_file(tmp_path, HEAD + "010000024,EHPAD,500,01053,46.2,5.2\n")
    with pytest.raises(GeoInputError, match="aucun lieu de santé mentale"):
        read("ressources", path, into=tmp_path / "out")


@pytest.mark.mirror
def test_the_list_of_cpts_of_the_mirror(tmp_path: Path) -> None:
    report = read("cpts", mirrored("cpts/cpts_paca_10_sur_70_communes.csv"), into=tmp_path)
    cpts = pd.read_parquet(tmp_path / "cpts.parquet")
    assert (report.rows, cpts["id"].nunique()) == (197, 10)
    assert cpts["atom"].is_unique
    assert (cpts["part"] == 1).all()
    assert set(cpts.loc[cpts["atom"].str.startswith("132"), "atom"]) == {
        "13202",
        "13203",
        "13204",
        "13205",
        "13214",
        "13215",
        "13216",
    }
    # Ten CPTS of seventy: a département where few communes are in one is not taken as complete.
    assert report.departements == ("05",)
    assert "la liste y est peut-être partielle" in plain(report.notes)


def test_polygons_of_cpts_take_the_communes_inside_and_a_part_of_those_they_cut(tmp_path: Path) -> None:
    folder = tmp_path / "pays"
    folder.mkdir()
    cells = country(folder, [[100, 200, 300]])
    # The first commune whole (but for 2 %), 40 % of the second, a sliver of 4 % of the third by a second object.
    shapes = [drawn(square(20, 0, 1380, 1000)), drawn(square(2000, 0, 40, 1000))]
    frame = gpd.GeoDataFrame(
        {"gid": [1, 2], "lib_reg": "R", "nom_cpts": ["CPTS Une", "CPTS Une"], "statut": "ACI signé"},
        geometry=shapes,
        crs=4326,
    )
    path = text_file(tmp_path, frame.to_json(), name="cpts.geojson")
    report = read("cpts", path, into=tmp_path / "out", atlas=cells)
    cpts = product(tmp_path / "out", "cpts")
    assert cpts["atom"].tolist() == ["01001", "01002"]
    assert cpts["part"].tolist() == pytest.approx([1.0, 0.4], abs=1e-3)
    assert cpts["exact"].tolist() == [True, False]
    assert set(cpts["statut"]) == {"ACI signé"}
    said = plain(report.notes)
    for expected in ("champ du nom : nom_cpts", "champ du statut : statut", "1 commune coupée", "1 recoupement"):
        assert expected in said


def test_a_wfs_answer_with_unknown_fields_is_understood(tmp_path: Path) -> None:
    report = read("cpts", SAMPLES / "cpts_wfs.geojson", into=tmp_path)
    cpts = product(tmp_path, "cpts")
    assert set(cpts["nom"]) == {"CPTS Bresse"}
    assert set(cpts["statut"]) == {"ACI signé"}
    assert "01053" in set(cpts["atom"])
    said = plain(report.notes)
    assert "champ du nom : nom_struct, champ du statut : etat_avancement" in said
    assert "1 CPTS sans commune ici (CPTS en mer)" in said


def test_points_and_unnamed_cpts_are_refused(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame({"nom_cpts": ["CPTS A"]}, geometry=gpd.points_from_xy([5.2], [46.2]), crs=4326)
    with pytest.raises(GeoInputError, match="des points ou des lignes"):
        read("cpts", text_file(tmp_path, points.to_json(), name="p.geojson"), into=tmp_path / "a")
    listed = text_file(tmp_path, "cpts;code_insee\nCPTS A;01001\n;01002\n")
    with pytest.raises(GeoInputError, match="ligne 3 : le nom de la CPTS est vide"):
        read("cpts", listed, into=tmp_path / "b")
