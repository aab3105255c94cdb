"""Tables by commune: density, populations, EPCI, EPT, FRR, and the outlines and the grid; real totals and bad codes."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo.errors import GeoInputError
from tests.support import real
from tests.support.reading import SAMPLES, mirrored, product, read, text_file, workbook


def plain(notes: tuple[str, ...]) -> str:
    return " ".join(notes).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.mirror
def test_the_density_grid_of_the_mirror_is_whole(tmp_path: Path) -> None:
    report = read("densite", mirrored("densite_ruralite/densite.csv"), into=tmp_path)
    grid = product(tmp_path, "densite")
    assert report.rows == 34_875
    counts = grid["niveau"].value_counts().to_dict()
    assert counts == {1: 699, 2: 637, 3: 947, 4: 1996, 5: 5072, 6: 18_288, 7: 7236}
    assert grid["classe"].value_counts().to_dict() == {1: 699, 2: 3580, 3: 30_596}
    assert set(grid.index) == set(real.atlas().table["commune"])
    assert len(report.departements) == 101
    assert report.notes == ()


def test_the_seven_labels_become_levels_and_classes(tmp_path: Path) -> None:
    read("densite", SAMPLES / "densite_libelles.csv", into=tmp_path)
    grid = product(tmp_path, "densite").sort_values("niveau")
    assert grid["niveau"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert grid["classe"].tolist() == [1, 2, 2, 2, 3, 3, 3]


def test_the_workbook_of_insee_is_read_below_its_titles(tmp_path: Path) -> None:
    rows = [["La grille de densité 2025"], [], [], ["Libellés"], ["CODGEO", "LIBGEO", "DENS", "DENS7", "PMUN22"],
            ["01001", "L’Abergement-Clémenciat", 3.0, 6.0, 860.0], ["2A004", "Ajaccio", "1", "2", 70000.0]]  # fmt: skip
    path = workbook(tmp_path / "g.xlsx", {"Documentation": [["x"]], "Maille communale": rows})
    report = read("densite", path, into=tmp_path / "out")
    assert product(tmp_path / "out", "densite").to_numpy().tolist() == [[6, 3], [2, 2]]
    assert report.vintage == "2025"


@pytest.mark.parametrize(
    ("text", "levels", "classes"),
    [
        ("CODGEO,LIBGEO,DENS\n01001,x,3\n01004,y,2\n", [None, None], [3, 2]),
        ("CODGEO,LIBGEO,DENS\n01001,x,6\n01004,y,2\n", [6, 2], [3, 2]),
        (
            "Code Commune;Libellé degré densité\n01001;Bourgs ruraux\n01004;petites villes\n",
            [5, 3],
            [3, 2],
        ),
        ("CODGEO;LIBDENS\n01001;Rural\n01004;Urbain intermédiaire\n", [None, None], [3, 2]),
    ],
    ids=["three-classes", "seven-levels-in-DENS", "old-labels", "three-labels"],
)
def test_older_forms_of_the_grid(text: str, levels: list, classes: list, tmp_path: Path) -> None:
    read("densite", text_file(tmp_path, text), into=tmp_path / "out")
    grid = product(tmp_path / "out", "densite")
    assert [None if pd.isna(n) else n for n in grid["niveau"]] == levels
    assert grid["classe"].tolist() == classes


def test_codes_that_a_spreadsheet_spoilt_are_mended_and_told(tmp_path: Path) -> None:
    text = 'CODGEO;DENS7\n1001;6\n1004.0;2\n="01034";3\n2a004;1\n 01014 ;4\n'
    report = read("densite", text_file(tmp_path, text), into=tmp_path / "out")
    assert product(tmp_path / "out", "densite")["niveau"].to_dict() == {
        "01001": 6,
        "01004": 2,
        "01014": 4,
        "01034": 3,
        "2A004": 1,
    }
    assert "zéro de tête rétabli sur 2 codes (1001 → 01001 et 1004 → 01004)" in plain(report.notes)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("99999;6", "ligne 3 : 99999 : ce n’est ni un code de commune"),
        ("2A4;6", "ligne 3 : 2A4 : un code de commune compte cinq caractères"),
        (";6", "ligne 3 : \\(vide\\)"),
        ("01002;9", "ligne 3 : 01002, niveau de densité non reconnu"),
        ("01002;", "ligne 3 : 01002, niveau de densité non reconnu"),
        ("01001;5", "lignes 2 et 3 : 01001 figure plusieurs fois"),
    ],
)
def test_bad_rows_are_refused_and_named(row: str, said: str, tmp_path: Path) -> None:
    path = text_file(tmp_path, f"CODGEO;DENS7\n01001;6\n{row}\n")
    with pytest.raises(GeoInputError, match=said):
        read("densite", path, into=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_few_unknown_codes_in_a_large_file_are_left_out_and_named(tmp_path: Path) -> None:
    codes = real.atlas().table["commune"].head(400).tolist()
    text = "CODGEO;DENS7\n" + "".join(f"{c};6\n" for c in codes) + "99999;6\n"
    report = read("densite", text_file(tmp_path, text), into=tmp_path / "out")
    assert report.rows == 400
    assert "ligne 402 : 99999" in plain(report.notes)


def test_merged_communes_go_to_that_of_today_whose_own_row_wins(tmp_path: Path) -> None:
    text = "CODGEO;DENS7\n93059;2\n93066;1\n98735;1\n"
    report = read("densite", text_file(tmp_path, text), into=tmp_path / "out")
    assert product(tmp_path / "out", "densite")["niveau"].to_dict() == {"93066": 1}
    assert "93059 → 93066" in plain(report.notes)
    assert "collectivités d’outre-mer" in plain(report.notes)


@pytest.mark.mirror
def test_the_populations_of_the_mirror_are_those_of_the_base(tmp_path: Path) -> None:
    files = [mirrored(f"communes_epci/pop_{name}.csv") for name in ("mayotte", "reference_2023_communes")]
    report = read("populations", *files, into=tmp_path)
    people = product(tmp_path, "populations")
    assert report.rows == 34_917
    assert report.vintage == "2023 et 2017"
    assert people.loc[people["annee"] == "2023", "population"].sum() == 68_094_280
    assert set(people.loc[people["annee"] == "2017"].index.str.slice(0, 3)) == {"976"}
    assert (people["population"].reindex(real.atlas().codes) == real.atlas().population).all()


def test_municipal_populations_are_read_and_merged_communes_added_up(tmp_path: Path) -> None:
    report = read("populations", SAMPLES / "populations_insee.csv", SAMPLES / "populations_mayotte.csv", into=tmp_path)
    people = product(tmp_path, "populations")["population"]
    assert people.to_dict() == {
        "01001": 861,
        "13201": 38_000,
        "2A004": 75_019,
        "93066": 149_000,
        "97601": 5192,
        "97608": 17_831,
    }
    assert "97608" in people.index
    assert report.departements == ("01", "13", "2A", "93", "976")
    assert "année des populations non écrite" in plain(report.notes)


def test_the_year_of_populations_is_read_where_it_is_written(tmp_path: Path) -> None:
    by_column = text_file(tmp_path, "CODGEO;PMUN22\n01001;861\n", name="a.csv")
    assert read("populations", by_column, into=tmp_path / "a").vintage == "2022"
    by_name = text_file(tmp_path, "COM;PMUN\n01001;861\n", name="pop_2021.csv")
    report = read("populations", by_name, into=tmp_path / "b")
    assert report.vintage == "2021"
    assert "2021 d’après son nom" in plain(report.notes)


def test_a_newer_file_of_populations_wins_and_a_whole_city_is_left_out(tmp_path: Path) -> None:
    old = text_file(tmp_path, "COM;PMUN20\n01001;1\n01002;2\n", name="a.csv")
    new = text_file(tmp_path, "COM;PMUN23\n01001;10\n75056;2000000\n", name="b.csv")
    report = read("populations", old, new, into=tmp_path / "out")
    assert product(tmp_path / "out", "populations")["population"].to_dict() == {"01001": 10, "01002": 2}
    assert "Paris (75056)" in plain(report.notes)


@pytest.mark.parametrize("value", ["", "abc", "-1", "12.5", "nan"])
def test_bad_populations_are_refused(value: str, tmp_path: Path) -> None:
    with pytest.raises(GeoInputError, match=r"ligne 2 : « .* » n’est pas un nombre d’habitants"):
        read("populations", text_file(tmp_path, f"COM;PMUN\n01001;{value}\n01002;5\n"), into=tmp_path / "out")


@pytest.mark.mirror
def test_the_composition_of_epci_and_ept_in_the_mirror(tmp_path: Path) -> None:
    report = read("epci", mirrored("communes_epci/epcicom_2025_dgcl.xlsx"), into=tmp_path / "epci")
    bodies = product(tmp_path / "epci", "epci")
    assert (report.rows, bodies["siren"].nunique(), report.vintage) == (34_871, 1255, "2025")
    assert bodies.drop_duplicates("siren")["nature"].value_counts().to_dict() == {
        "CC": 989,
        "CA": 230,
        "METRO": 21,
        "CU": 14,
        "MET69": 1,
    }
    table = real.atlas().table.drop_duplicates("commune").set_index("commune")
    assert set(table.index) - set(bodies.index) == {"22016", "29083", "29155", "85113"}
    report = read("ept", mirrored("communes_epci/ept_composition_2025.csv"), into=tmp_path / "ept")
    assert (report.rows, product(tmp_path / "ept", "ept")["siren"].nunique()) == (129, 11)


def test_the_composition_of_insee_leaves_out_what_is_in_no_body(tmp_path: Path) -> None:
    rows = [["Intercommunalités au 01/01/2024"], ["CODGEO", "LIBGEO", "EPCI", "LIBEPCI", "DEP", "REG"],
            ["01001", "A", "200069193", "CC de la Dombes", "01", "84"], ["22016", "Bréhat", "ZZZZZZZZZ", "Sans objet", "22", "53"]]  # fmt: skip
    report = read(
        "epci",
        workbook(tmp_path / "e.xlsx", {"EPCI": [["EPCI", "LIBEPCI"]], "Composition_communale": rows}),
        into=tmp_path / "o",
    )
    assert product(tmp_path / "o", "epci").to_dict("index") == {
        "01001": {"siren": "200069193", "nom": "CC de la Dombes", "nature": "CC"}
    }
    assert report.vintage == "2024"
    assert "1 commune sans EPCI" in plain(report.notes)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("01001;200069193;A;CC\n01001;240100883;B;CC\n", "01001 figure plusieurs fois"),
        ("01001;20006;A;CC\n", "n’est pas un numéro SIREN"),
    ],
)
def test_a_commune_in_two_epci_and_a_bad_siren_are_refused(rows: str, said: str, tmp_path: Path) -> None:
    path = text_file(tmp_path, "insee;siren;raison_sociale;nature_juridique\n" + rows)
    with pytest.raises(GeoInputError, match=said):
        read("epci", path, into=tmp_path / "out")


def test_the_frr_list_is_read_and_unknown_words_refused(tmp_path: Path) -> None:
    report = read("frr", SAMPLES / "frr_2025.csv", into=tmp_path / "a")
    assert product(tmp_path / "a", "frr")["statut"].to_dict() == {
        "01001": "Non classée", "15014": "FRR socle", "23001": "Classée FRR partiellement", "2A004": "FRR+",
    }  # fmt: skip
    assert report.vintage == "2025"
    rows = [
        ["Code", "Dép.", "Commune", "Zonage"],
        ["01001", "01", "A", "Non classée"],
        ["15014", "15", "B", "FRR socle"],
    ]
    assert read("frr", workbook(tmp_path / "frr.xlsx", {"Liste": rows}), into=tmp_path / "b").rows == 2
    many = "".join(f"{c};01;x;FRR+\n" for c in real.atlas().table["code"].head(40))
    path = text_file(tmp_path, f"Code_insee;D;C;Classement FRR\n{many}2A004;2A;Ajaccio;Peut-être\n")
    with pytest.raises(GeoInputError, match="ligne 42 : classement « Peut-être » non reconnu"):
        read("frr", path, into=tmp_path / "c")


def test_the_list_of_july_2025_is_read_from_its_workbook(tmp_path: Path) -> None:
    header = ["Code_insee", "Departement", "Commune", "Classement FRR et FRR+ au 10 juillet 2025"]
    rows = [header, ["01001", "01", "A", "Non classée"], ["15014", "15", "B", "FRR socle"], ["2A004", "2A", "C", "FRR+"],
            ["23001", "23", "D", "FRR bénéficiaire partiellement"]]  # fmt: skip
    report = read(
        "frr", workbook(tmp_path / "Liste communes FRR_juillet2025.xlsx", {"FRR": rows}), into=tmp_path / "out"
    )
    assert (report.rows, report.vintage) == (4, "2025")
    assert product(tmp_path / "out", "frr")["statut"].to_dict() == {row[0]: row[3] for row in rows[1:]}


def test_zoning_written_in_figures_is_read_by_its_legend(tmp_path: Path) -> None:
    title = [["France ruralités revitalisation (communes 2025)"], [None]]
    body = [["01001", "A", 4], ["01002", "B", 5], ["01004", "C", 1], ["01005", "D", 2], ["97411", "E", 3], ["01006", "F", None],
            ["01007", "G", -9999]]  # fmt: skip
    file = workbook(tmp_path / "GC_API_download.xlsx", {"data": [*title, ["codgeo", "libgeo", "codefrr"], *body]})
    report = read("frr", file, into=tmp_path / "out")
    assert report.vintage == "2025"
    assert product(tmp_path / "out", "frr")["statut"].to_dict() == {
        "01001": "FRR socle", "01002": "FRR+", "01004": "FRR bénéficiaire", "01005": "Classée FRR partiellement",
        "97411": "FRR à La Réunion", "01006": "Non classée", "01007": "Non classée",
    }  # fmt: skip
    unknown = text_file(tmp_path, "codgeo;libgeo;codefrr\n01001;A;9\n")
    with pytest.raises(GeoInputError, match="classement « 9 » non reconnu"):
        read("frr", unknown, into=tmp_path / "other")


def test_the_density_grid_of_2026_is_read_from_its_fifth_line(tmp_path: Path) -> None:
    rows = [["Grille de densité 2025, géographie au 1er janvier 2026"], ["Maille communale"], [None], [None],
            ["CODGEO", "LIBGEO", "DENS", "DENS7", "LIBDENS7"],
            ["01001", "A", 3, 6, "Rural à habitat dispersé"], ["01004", "B", 2, 3, "Petites villes"]]  # fmt: skip
    other = [["Maille départementale"], [None], [None], [None], ["DEP", "LIBDEP", "P_RURAL"], ["01", "Ain", 40.5]]
    file = workbook(
        tmp_path / "fichier_diffusion_2026.xlsx", {"Maille départementale": other, "Maille communale": rows}
    )
    report = read("densite", file, into=tmp_path / "out")
    assert report.vintage == "2026"
    assert product(tmp_path / "out", "densite").to_dict("index") == {
        "01001": {"niveau": 6, "classe": 3}, "01004": {"niveau": 3, "classe": 2},
    }  # fmt: skip


def test_the_epci_of_2026_are_read_from_their_workbook(tmp_path: Path) -> None:
    header = ["dept", "siren", "raison_sociale", "nature_juridique", "mode_financ", "nb_membres", "total_pop_tot", "total_pop_mun",
              "dep_com", "insee", "siren_membre", "nom_membre", "ptot_2026", "pmun_2026"]  # fmt: skip
    row = [
        "01",
        "200069193",
        "CC de la Dombes",
        "CC",
        "FPU",
        36,
        40000,
        39000,
        "01",
        "01001",
        "210100012",
        "A",
        800,
        790,
    ]
    report = read(
        "epci", workbook(tmp_path / "epcicom2026.xlsx", {"Epcicom2026": [header, row]}), into=tmp_path / "out"
    )
    assert (report.rows, report.vintage) == (1, "2026")


def passage(*rows: str) -> list[list[str]]:
    return [["Table de passage des codes"], ["Géographie 2003 à 2026"], [""], [""], [""],
            ["CODGEO_INI", "CODGEO_2026", "LIBGEO_2026"], *([*row.split(";"), ""] for row in rows)]  # fmt: skip


def test_the_passage_table_gives_the_codes_that_changed(tmp_path: Path) -> None:
    rows = passage("01001;01001", "01091;01033", "93059;93066", "97123;97701")
    report = read("passage", workbook(tmp_path / "t.xlsx", {"Table de passage": rows}), into=tmp_path / "out")
    assert (report.rows, report.vintage) == (2, "2026")
    assert product(tmp_path / "out", "passage")["actuel"].to_dict() == {"01091": "01033", "93059": "93066"}
    assert "1 commune d’arrivée sans contour ici" in plain(report.notes)
    doubled = passage("01091;01033", "01091;01004")
    with pytest.raises(GeoInputError, match="01091 mène à deux communes"):
        read("passage", workbook(tmp_path / "u.xlsx", {"Table de passage": doubled}), into=tmp_path / "other")


@pytest.mark.mirror
def test_the_grid_of_the_mirror_keeps_its_people(tmp_path: Path) -> None:
    report = read("carreaux", mirrored("carreaux/occitanie_1km_pop_2009.csv"), into=tmp_path)
    grid = pd.read_parquet(tmp_path / "carreaux.parquet")
    assert report.rows == len(grid) == 50_486
    assert grid["population"].sum() == pytest.approx(5_349_557, abs=1)
    assert grid.iloc[0].to_dict() == {"x": 3_483_500, "y": 2_265_500, "epsg": 3035, "cote_m": 1000, "population": 1}
    assert report.departements == ("09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82")


def test_squares_of_every_territory_are_placed_by_their_name(tmp_path: Path) -> None:
    read("carreaux", SAMPLES / "carreaux_filosofi.csv", into=tmp_path)
    grid = pd.read_parquet(tmp_path / "carreaux.parquet")
    assert grid.to_numpy().tolist() == [[4_252_500, 2_029_900, 3035, 200, 12.5], [359_600, 7_634_400, 2975, 200, 31]]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("CRS3035RES200mN2029800E4252400,1\nCRS3035RES200mN2029800E4252400,2\n", "plusieurs fois"),
        ("CRS3035RES200mN2029800E4252400,\n", "n’est pas un nombre d’habitants"),
        ("CRS3035RES200mN2029800E4252400,inf\n", "n’est pas un nombre d’habitants"),
        ("CRS9999RES200mN2029800E4252400,1\n", "EPSG:9999 inconnue"),
    ],
)
def test_bad_squares_are_refused(rows: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(GeoInputError, match=said):
        read("carreaux", text_file(tmp_path, "idcar_200m,ind\n" + rows), into=tmp_path / "out")


def test_outlines_are_valid_and_those_of_merged_communes_joined(tmp_path: Path) -> None:
    report = read("contours", SAMPLES / "contours_etalab.geojson", into=tmp_path)
    frame = gpd.read_parquet(tmp_path / "contours.parquet").set_index("code")
    assert frame.index.tolist() == ["01004", "01053", "93066"]
    assert frame.geometry.is_valid.all()
    assert frame.loc["93066", "geometry"].bounds == pytest.approx((2.33, 48.9, 2.38, 48.98))
    assert frame.crs.to_epsg() == 4326
    assert "93059 → 93066" in plain(report.notes)
    assert "1 contour invalide réparé" in plain(report.notes)
