"""Odissé: everybody, the last whole year, rates never averaged; the barometer keeps its interval."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import GeoInputError
from geo.indicators import Direction, Grain, Measure, State, read_series
from geo.sources.readers import READERS, recognise
from tests.support.reading import read, text_file

DEATHS = "\ufeffannee;num_departement;libgeo;reg;reglib;classe_d_age;sexe;nombre_de_deces;taux_brut;taux_standardise\n"
STAYS = "Année;Département Code;Département;Classe d'âge;Sexe;Nombre de séjours;Taux brut;Taux standardisé\n"
URGENT = "annee;new_dpt;libgeo;reglib;classe_d_age;sexe;part_activite\n"
SURVEY = (
    "indicateur;annee;sexe;classe_d_age;diplome;nouvelles_regions;pcs;situation_financiere_percue;estimation;ic_inf;ic_sup;"
    "effectif_brut;situation_professionnelle;type_de_menage\n"
)
THOUGHTS = "Pensées suicidaires au cours des 12 derniers mois"


def death(
    year: int, code: str, number: str, crude: str, adjusted: str, sex: str = "Hommes et Femmes", age: str = "Tous"
) -> str:
    return f"{year};{code};Nom;84;Région;{age};{sex};{number};{crude};{adjusted}\n"


def series(folder: Path):
    return {one.id: one for one in read_series(folder / "indicateurs.parquet")}


def deaths(*rows: str) -> str:
    return DEATHS + "".join(rows)


TWO_YEARS = (
    death(2022, "1", "90", "13,5", "13.1"), death(2022, "2A", "20", "12.5", "11.9"), death(2022, "974", "70", "8", "8.2"),
    death(2023, "1", "100", "15,2", "14.8"), death(2023, "1", "75", "23", "22", sex="Hommes"),
    death(2023, "1", "3", "2", "", age="11-17 ans"), death(2023, "2A", "s", "-1", ""), death(2023, "974", "66", "7.6", "7.9"),
    death(2024, "1", "50", "7", "7"), death(2023, "977", "1", "", ""),
)  # fmt: skip


def test_deaths_are_those_of_everybody_in_the_last_whole_year(tmp_path: Path) -> None:
    path = text_file(tmp_path, deaths(*TWO_YEARS))
    assert recognise(path) == "odisse"
    report = read("odisse", path, into=tmp_path / "out")
    made = series(tmp_path / "out")
    assert list(made) == ["deces-par-suicide", "deces-par-suicide-taux-standardise", "deces-par-suicide-taux"]
    number, adjusted, crude = (one.values for one in made.values())
    assert number["numerator"].dropna().to_dict() == {"01": 100.0, "974": 66.0}
    assert adjusted["rate"].dropna().to_dict() == {"01": 14.8, "974": 7.9}
    assert crude["rate"].dropna().to_dict() == {"01": 15.2, "974": 7.6}
    assert number.at["2A", "state"] is State.SECRET
    assert adjusted.at["2A", "state"] is State.ABSENT and crude.at["2A", "state"] is State.ABSENT
    assert report.vintage == "2023" and report.departements == ("01", "2A", "974") and report.rows == 3
    said = " ".join(report.notes)
    assert (
        "2024 encore incomplète" in said
        and "2023 est retenue" in said
        and "1 ligne hors des départements" in said.replace("\xa0", " ")
    )


def test_deaths_add_up_and_their_rates_do_not(tmp_path: Path) -> None:
    read("odisse", text_file(tmp_path, deaths(*TWO_YEARS)), into=tmp_path / "out")
    number, adjusted, _ = (one.indicator for one in series(tmp_path / "out").values())
    assert (number.measure, adjusted.measure) == (Measure.COUNT, Measure.RATE)
    assert number.grain is adjusted.grain is Grain.DEPARTEMENT and adjusted.direction is Direction.WORSE
    assert (number.unit, adjusted.unit, adjusted.set) == ("décès", "pour 100 000 habitants", "Décès par suicide")
    assert adjusted.url == "https://odisse.santepubliquefrance.fr/explore/dataset/suicides-deces-departement/"


def test_the_three_sets_are_read_together_whatever_their_headers(tmp_path: Path) -> None:
    stays = text_file(tmp_path, STAYS + "2024;01;Ain;Tous;Hommes et Femmes;1 200;178,4;181,2\n", name="b.csv")
    urgent = text_file(tmp_path, URGENT + "2024;2B;Haute-Corse;Corse;Tous;Hommes et Femmes;812.5\n", name="c.csv")
    report = read("odisse", text_file(tmp_path, deaths(*TWO_YEARS)), stays, urgent, into=tmp_path / "out")
    made = series(tmp_path / "out")
    assert made["hospitalisations-gestes-auto-infliges"].values["numerator"].to_dict() == {"01": 1200.0}
    assert made["hospitalisations-gestes-auto-infliges-taux-standardise"].values["rate"].to_dict() == {"01": 181.2}
    emergencies = made["urgences-gestes-auto-infliges"]
    assert emergencies.values["rate"].to_dict() == {"2B": 812.5}
    assert "unité de la source" in emergencies.indicator.unit  # the file does not say it: nobody guesses
    assert report.vintage == "2024 et 2023"


def test_a_set_by_region_is_of_regions(tmp_path: Path) -> None:
    text = "annee;reg;reglib;classe_d_age;sexe;nombre_de_deces;taux_standardise\n2023;1;Guadeloupe;Tous;Tous;30;9\n2023;84;ARA;Tous;Tous;900;13\n"
    read("odisse", text_file(tmp_path, text), into=tmp_path / "out")
    made = series(tmp_path / "out")
    assert made["deces-par-suicide-taux-standardise-region"].values["rate"].to_dict() == {"01": 9.0, "84": 13.0}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([death(2023, "1", "beaucoup", "1", "1")], "ligne 2 : « beaucoup » n’est pas une valeur"),
        ([death(2023, "1", "1", "1", "1"), death(2023, "01", "2", "1", "1")], "ligne 3 : 01 figure déjà plus haut"),
        ([death(2023, "1", "1", "1", "1", sex="Hommes")], "aucune ligne pour les deux sexes"),
        ([death(2023, "1", "1", "1", "1", age="11-17 ans")], "aucune ligne pour tous les âges"),
        ([death(2023, "1", "", "", "")], "aucun chiffre connu"),
        ([death(2023, "1", "1", "1", "1"), "demain;1;N;84;R;Tous;Tous;1;1;1\n"], "« demain » n’est pas une année"),
        ([death(2023, "20", "1", "1", "1")], "« 20 » n’est pas un département"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_row(tmp_path: Path, rows: list[str], message: str) -> None:
    with pytest.raises(GeoInputError) as refused:
        read("odisse", text_file(tmp_path, deaths(*rows)), into=tmp_path / "out")
    assert message in " ".join(refused.value.problems)
    assert not (tmp_path / "out").exists()


def test_every_wrong_figure_is_told(tmp_path: Path) -> None:
    with pytest.raises(GeoInputError) as refused:
        read(
            "odisse",
            text_file(tmp_path, deaths(death(2023, "1", "a", "b", "e"), death(2023, "2", "1", "d", "1"))),
            into=tmp_path,
        )
    assert len(refused.value.problems) == 4


def test_of_two_years_the_later_is_kept_and_two_tellings_of_one_year_are_refused(tmp_path: Path) -> None:
    old, new, other = (
        text_file(tmp_path, deaths(death(year, "1", number, "1", "1")), name=f"{name}.csv")
        for name, year, number in (("a", 2022, "90"), ("b", 2023, "100"), ("c", 2023, "101"))
    )
    report = read("odisse", new, old, into=tmp_path / "out")
    assert series(tmp_path / "out")["deces-par-suicide"].values["numerator"].to_dict() == {"01": 100.0}
    assert "a.csv : remplacé par l’autre fichier, de 2023." in report.notes
    with pytest.raises(GeoInputError, match=r"a d’autres valeurs dans b\.csv"):
        read("odisse", new, other, into=tmp_path / "two")


# --- the barometer
def answer(
    region: str, estimate: str, low: str = "", high: str = "", name: str = THOUGHTS, sex: str = "Tous", year: int = 2024
) -> str:
    return f"{name};{year};{sex};;Tous;{region};Tous;Tous;{estimate};{low};{high};900;Tous;Tous\n"


def test_the_barometer_is_read_by_region_with_its_interval(tmp_path: Path) -> None:
    rows = [answer("Tous", "5,2"), answer("84", "5.6", "4.8", "6.5"), answer("Bretagne", "6", "5", "7"), answer("53", "9", sex="Femmes"),
            answer("84", "12", name="Fumeurs quotidiens")]  # fmt: skip
    path = text_file(tmp_path, SURVEY + "".join(rows))
    assert recognise(path) == "odisse"
    report = read("odisse", path, into=tmp_path / "out")
    (made,) = series(tmp_path / "out").values()
    assert made.id == "barometre-pensees-suicidaires-au-cours-des-12-derniers-mois"
    assert made.indicator.label == THOUGHTS and made.indicator.grain is Grain.REGION and made.indicator.year == "2024"
    assert made.values[["rate", "low", "high"]].to_dict("index") == {
        "53": {"rate": 6.0, "low": 5.0, "high": 7.0}, "84": {"rate": 5.6, "low": 4.8, "high": 6.5},
    }  # fmt: skip
    assert any("Fumeurs quotidiens" in note for note in report.notes)


def test_a_barometer_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GeoInputError, match="aucun indicateur de santé mentale"):
        read("odisse", text_file(tmp_path, SURVEY + answer("84", "12", name="Diabète déclaré")), into=tmp_path / "out")


def test_a_region_with_two_figures_of_one_indicator_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GeoInputError, match="figure déjà plus haut"):
        read("odisse", text_file(tmp_path, SURVEY + answer("84", "1") + answer("84", "2")), into=tmp_path / "out")


def test_the_order_of_the_files_changes_nothing(tmp_path: Path) -> None:
    files = [
        text_file(tmp_path, deaths(*TWO_YEARS), name="a.csv"),
        text_file(tmp_path, SURVEY + answer("84", "1"), name="b.csv"),
    ]
    for name, order in (("one", files), ("two", files[::-1])):
        READERS["odisse"].read(order, tmp_path / name)
    one, two = (sorted(s.id for s in read_series(tmp_path / n / "indicateurs.parquet")) for n in ("one", "two"))
    assert one == two


@pytest.mark.parametrize(
    ("sex", "age"), [("Tous sexes confondus", "Tous âges confondus"), ("Ensemble", "Tous âges"), ("Femmes et Hommes", "TOUS ÂGES CONFONDUS")]
)  # fmt: skip
def test_everybody_is_found_however_the_file_says_it_and_rates_under_their_short_names(
    tmp_path: Path, sex: str, age: str
) -> None:
    rows = f"2022;01;{sex};{age};90;13,5;13,1\n2022;01;Hommes;{age};60;20;19\n2022;02;{sex};{age};80;14,5;14\n"
    path = text_file(tmp_path, f"annee;dep;sexe;clage;nb_deces;tx_brut;tx_std\n{rows}")
    assert recognise(path) == "odisse"
    read("odisse", path, into=tmp_path / "out")
    made = series(tmp_path / "out")
    assert made["deces-par-suicide"].values["numerator"].to_dict() == {"01": 90.0, "02": 80.0}
    assert made["deces-par-suicide-taux"].values["rate"].to_dict() == {"01": 13.5, "02": 14.5}
    assert made["deces-par-suicide-taux-standardise"].values["rate"].to_dict() == {"01": 13.1, "02": 14.0}
