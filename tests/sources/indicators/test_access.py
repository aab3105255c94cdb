"""APL and FDep: the first is weighted as its producer asks, the second stays alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import GeoInputError
from geo.indicators import Direction, Measure, State, read_series
from geo.sources.readers import recognise
from tests.support.reading import read, text_file, workbook

HEADER = ["Code commune INSEE", "Commune", "APL aux médecins généralistes", "APL aux médecins généralistes de 65 ans ou moins",
          "Population standardisée 2022 pour la médecine générale", "Population totale 2022"]  # fmt: skip
UNITS = [None, None, "En nombre de consultations/visites accessibles par habitant standardisé", None, None, None]
ROWS = [["01004", "Ambérieu", 2.5, 2.1, 14000.5, 14200.0], ["01138", "Culoz-Béon", 4.0, 3.0, 3000.0, 2900.0],
        ["01039", "Béon", 2.0, 2.0, 1000.0, 400.0], ["75101", "Paris 1er", 0.0, 0.0, 900.0, 900.0], ["01001", "L’A", None, None, 100.0, 100.0]]  # fmt: skip


def made(folder: Path):
    return {one.id: one for one in read_series(folder / "indicateurs.parquet")}


def sheet(year: int, *rows: list) -> list:
    title = [
        [f"Indicateur d'accessibilité potentielle localisée (APL) {year} aux médecins généralistes"],
        [None],
        ["Champ : France hors Mayotte."],
    ]
    return [*title, HEADER, UNITS, *rows]


def test_the_last_sheet_is_read_and_weighted_by_the_standardised_population(tmp_path: Path) -> None:
    path = workbook(tmp_path / "apl.xlsx", {"Paramètres": [["Paramètre", "Valeur"]], "APL_2023": sheet(2023, ["01004", "A", 9.0, 9.0, 1.0, 1.0]),
                                            "APL_2024": sheet(2024, *ROWS)})  # fmt: skip
    assert recognise(path) == "apl"
    report = read("apl", path, into=tmp_path)
    (access,) = made(tmp_path).values()
    assert access.id == "apl-medecins-generalistes" and access.indicator.year == report.vintage == "2024"
    assert (access.indicator.measure, access.indicator.direction) == (Measure.RATIO, Direction.BETTER)
    assert access.values.loc["01004", ["numerator", "denominator"]].tolist() == [2.5 * 14000.5, 14000.5]
    assert access.values.loc["01138", ["numerator", "denominator"]].tolist() == [4.0 * 3000 + 2.0 * 1000, 4000.0]
    assert access.values.loc["75101", ["numerator", "state"]].tolist() == [0.0, State.KNOWN]
    assert access.values.at["01001", "state"] is State.ABSENT


def test_the_year_of_the_population_is_not_that_of_the_apl(tmp_path: Path) -> None:
    path = workbook(tmp_path / "apl.xlsx", {"Feuille": [["Millésime : 2024"], HEADER, *ROWS]})
    assert read("apl", path, into=tmp_path).vintage == "2024"
    bare = text_file(tmp_path, ";".join(HEADER) + "\n01004;A;2,5;2;14000;14200\n")
    assert read("apl", bare, into=tmp_path / "b").vintage == "année non indiquée"


def test_without_standardised_population_a_score_stays_alone(tmp_path: Path) -> None:
    path = text_file(
        tmp_path, "Code commune INSEE;APL aux psychiatres;Population totale 2022\n01138;3,2;2900\n01039;1;400\n"
    )
    read("apl", path, into=tmp_path)
    (access,) = made(tmp_path).values()
    assert access.id == "apl-psychiatres" and access.indicator.measure is Measure.RATE
    assert access.values[["rate", "denominator"]].to_dict("index") == {"01138": {"rate": 3.2, "denominator": 2900.0}}


def test_the_apl_of_the_observatory_of_territories_is_read_for_its_last_year(tmp_path: Path) -> None:
    path = text_file(tmp_path, "codgeo;libgeo;an;apl_mg_hmep\n01004;A;2022;3\n01004;A;2023;2,8\n75056;Paris;2023;4\n")
    assert recognise(path) == "apl"
    assert read("apl", path, into=tmp_path).vintage == "2023"
    assert made(tmp_path)["apl-medecins-generalistes"].values["rate"].to_dict() == {"01004": 2.8, "75056": 4.0}


def test_every_wrong_figure_of_a_sheet_is_told(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "apl.xlsx",
        {"APL_2024": sheet(2024, ["01004", "A", "bon", 1.0, "un", 1.0], ["01053", "B", -1.0, 1.0, 1.0, 1.0])},
    )
    with pytest.raises(GeoInputError) as refused:
        read("apl", path, into=tmp_path / "out")
    assert [problem.split(" : ")[0] for problem in refused.value.problems] == [
        f"apl.xlsx, ligne {n}" for n in (6, 7, 6)
    ]


# --- social deprivation
FDEP = "Code commune,Commune,Département Code,Nombre d'habitants de la commune,Indice de défavorisation en quintiles\n"


def test_a_score_is_told_from_its_quintile_by_the_figures(tmp_path: Path) -> None:
    score = text_file(
        tmp_path,
        FDEP + "1004,A,01,14000,-0.7531\n75101,B,75,16000,-2.1\n01039,C,01,400,1.2\n01053,D,01,40000,\n",
        name="a.csv",
    )
    assert recognise(score) == "fdep"
    report = read("fdep", score, into=tmp_path / "a")
    (found,) = made(tmp_path / "a").values()
    assert (
        found.id == "defavorisation-sociale"
        and found.indicator.measure is Measure.RATE
        and found.indicator.direction is Direction.WORSE
    )
    assert found.values["rate"].dropna().to_dict() == {"01004": -0.7531, "75101": -2.1}
    assert found.values.at["01004", "denominator"] == 14000.0 and found.values.at["01053", "state"] is State.ABSENT
    assert any("communes fusionnées depuis" in note for note in report.notes)
    fifth = text_file(tmp_path, "CODGEO;FDep21\n01004;5\n01053;2\n", name="b.csv")
    read("fdep", fifth, into=tmp_path / "b")
    (found,) = made(tmp_path / "b").values()
    assert (
        found.id == "defavorisation-sociale-quintile"
        and "quintile" in found.indicator.unit
        and found.indicator.year == "2021"
    )


def test_a_score_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GeoInputError, match="« élevé » n’est pas une valeur"):
        read("fdep", text_file(tmp_path, "CODGEO;FDep\n01004;élevé\n"), into=tmp_path / "out")
