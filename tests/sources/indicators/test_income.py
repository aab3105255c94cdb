"""Filosofi: medians and rates as published, of the right grain, secret where the producer says so, and never added up."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.communes import embedded_atlas
from geo.errors import GeoInputError
from geo.indicators import Direction, Grain, Measure, State, read_series
from geo.sources.readers import recognise
from tests.support.reading import read, text_file

WIDE = "CODGEO;LIBGEO;NBMENFISC21;NBPERSMENFISC21;MED21;PIMP21;TP6021\n"
LONG = '"GEO";"GEO_OBJECT";"FILOSOFI_MEASURE";"UNIT_MEASURE";"UNIT_MULT";"CONF_STATUS";"OBS_STATUS";"TIME_PERIOD";"OBS_VALUE"\n'
EPCI = str(embedded_atlas().epci.index[0])


def made(folder: Path):
    return {one.id: one for one in read_series(folder / "indicateurs.parquet")}


def wide(folder: Path, *rows: str, name: str = "f.csv") -> Path:
    return text_file(folder, WIDE + "".join(f"{row}\n" for row in rows), name=name)


def long(*rows: tuple[str, ...]) -> str:
    return LONG + "".join(";".join(f'"{cell}"' for cell in row) + "\n" for row in rows)


def figure(
    code: str,
    kind: str,
    measure: str,
    value: str,
    conf: str = "F",
    status: str = "A",
    year: str = "2023",
    power: str = "0",
):
    return (code, kind, measure, "EUR_YR", power, conf, status, year, value)


AIN = (
    "01001;L’Abergement;320;810;24 310;;",
    "01004;Ambérieu;6000;14000;21170,5;47;18,3",
    "01039;Béon;200;500;25000;;s",
    "1002;L;1;1;s;s;s",
)


def test_rates_of_communes_are_those_published(tmp_path: Path) -> None:
    path = wide(tmp_path, *AIN)
    assert recognise(path) == "revenus"
    report = read("revenus", path, into=tmp_path)
    median, poverty = made(tmp_path).values()
    assert median.values["rate"].dropna().to_dict() == {"01001": 24310.0, "01004": 21170.5}
    assert poverty.values["rate"].dropna().to_dict() == {"01004": 18.3}
    assert median.values.at["01002", "state"] is poverty.values.at["01002", "state"] is State.SECRET
    assert poverty.values.at["01001", "state"] is State.ABSENT
    assert (median.indicator.measure, median.indicator.grain, median.indicator.year) == (
        Measure.RATE,
        Grain.COMMUNE,
        "2021",
    )
    assert median.indicator.direction is Direction.BETTER and poverty.indicator.direction is Direction.WORSE
    assert "2023" not in median.indicator.note and report.departements == ("01",)


def test_the_rate_of_a_merged_commune_is_of_none_of_today(tmp_path: Path) -> None:
    report = read("revenus", wide(tmp_path, *AIN), into=tmp_path)
    assert "01138" not in made(tmp_path)["niveau-de-vie-median"].values.index
    assert any("communes fusionnées depuis" in note for note in report.notes)


def test_a_city_keeps_its_own_rate_beside_those_of_its_arrondissements(tmp_path: Path) -> None:
    read("revenus", wide(tmp_path, "75056;Paris;1;1;30000;1;15", "75101;Paris 1er;1;1;35000;1;14"), into=tmp_path)
    assert made(tmp_path)["taux-de-pauvrete"].values["rate"].to_dict() == {"75056": 15.0, "75101": 14.0}


@pytest.mark.parametrize(
    ("rows", "identifier", "rates"),
    [
        ((f"{EPCI};Un EPCI;1;1;22000;1;12", "200999999;Parti;1;1;21000;1;13"), "taux-de-pauvrete-epci", {EPCI: 12.0}),
        (("1;Ain;1;1;24000;1;10", "2A;Corse-du-Sud;1;1;21000;1;18", "974;La Réunion;1;1;17000;1;36"), "taux-de-pauvrete-departement",
         {"01": 10.0, "2A": 18.0, "974": 36.0}),
        (("11;Île-de-France;1;1;25000;1;16", "84;Auvergne-Rhône-Alpes;1;1;23000;1;13"), "taux-de-pauvrete-region", {"11": 16.0, "84": 13.0}),
        (("11;Aude;1;1;20000;1;21", "84;Vaucluse;1;1;20500;1;20"), "taux-de-pauvrete-departement", {"11": 21.0, "84": 20.0}),
    ],
)  # fmt: skip
def test_the_grain_is_told_by_codes_and_names(tmp_path: Path, rows, identifier: str, rates) -> None:
    read("revenus", wide(tmp_path, *rows), into=tmp_path)
    assert made(tmp_path)[identifier].values["rate"].to_dict() == rates


def test_codes_of_départements_or_of_regions_without_a_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GeoInputError, match="gardez la colonne LIBGEO"):
        read("revenus", text_file(tmp_path, "CODGEO;MED21\n11;20000\n84;21000\n"), into=tmp_path / "out")


def test_figures_one_a_row_are_sorted_by_grain_and_the_marks_of_the_producer_hold(tmp_path: Path) -> None:
    rows = (
        figure("01004", "COM", "MED_SL", "22500"), figure("01004", "COM", "PR_MD60", "17.9"), figure("01001", "COM", "MED_SL", "", "C"),
        figure("01002", "COM", "MED_SL", "1", "C"), figure("55039", "COM", "MED_SL", "", "F", "O"), figure("75101", "ARM", "MED_SL", "36"
        , power="3"), figure(EPCI, "EPCI", "PR_MD60", "11"), figure("01", "DEP", "PR_MD60", "10.5"), figure("84", "REG", "PR_MD60", "13"),
        figure("0051", "ZE2020", "PR_MD60", "9"), figure("01004", "COM", "GI_SL", "0.3"), figure("FM", "FRANCE", "MED_SL", "23000"),
        figure("01004", "COM", "MED_SL", "21000", year="2021"),
    )  # fmt: skip
    path = text_file(tmp_path, long(*rows))
    assert recognise(path) == "revenus"
    report = read("revenus", path, into=tmp_path)
    found = made(tmp_path)
    median = found["niveau-de-vie-median"].values
    assert median["rate"].dropna().to_dict() == {"01004": 22500.0, "75101": 36000.0}
    assert median.at["01001", "state"] is median.at["01002", "state"] is State.SECRET
    assert median.at["55039", "state"] is State.ABSENT
    assert {i: s.values["rate"].tolist() for i, s in found.items() if i != "niveau-de-vie-median"} == {
        "taux-de-pauvrete": [17.9], "taux-de-pauvrete-epci": [11.0], "taux-de-pauvrete-departement": [10.5], "taux-de-pauvrete-region": [13.0],
    }  # fmt: skip
    assert report.vintage == "2023" and "pas de comparaison" in found["taux-de-pauvrete"].indicator.note


def test_poverty_alone_is_enough(tmp_path: Path) -> None:
    path = text_file(tmp_path, "CODGEO;LIBGEO;TP6021\n01004;A;18,3\n")
    assert recognise(path) == "revenus"
    read("revenus", path, into=tmp_path)
    assert list(made(tmp_path)) == ["taux-de-pauvrete"]


def test_the_new_year_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    new = text_file(tmp_path, long(figure("01004", "COM", "MED_SL", "22500")), name="n.csv")
    report = read("revenus", wide(tmp_path, *AIN), new, into=tmp_path)
    found = made(tmp_path)
    assert found["niveau-de-vie-median"].indicator.year == "2023" and found["taux-de-pauvrete"].indicator.year == "2021"
    assert any("remplacé par l’autre fichier, de 2023" in note for note in report.notes)


def test_zones_whose_codes_look_like_communes_are_left_out(tmp_path: Path) -> None:
    basins = wide(tmp_path, "01004;Ambérieu;1;1;9;1;9", name="cc_filosofi_2021_BV2022.csv")
    report = read("revenus", wide(tmp_path, *AIN, name="cc_filosofi_2021_COM.csv"), basins, into=tmp_path)
    assert made(tmp_path)["taux-de-pauvrete"].values.at["01004", "rate"] == 18.3
    assert any("autre découpage" in note for note in report.notes)


def test_rates_by_iris_are_of_the_grain_iris(tmp_path: Path) -> None:
    path = text_file(
        tmp_path,
        "IRIS;LIBIRIS;COM;DISP_TP6021;DISP_MED21\n010530101;Centre;01053;22,0;19500\n010530102;Nord;01053;ns;nd\n",
    )
    assert recognise(path) == "revenus"
    read("revenus", path, into=tmp_path)
    values = made(tmp_path)["taux-de-pauvrete-iris"].values
    assert values["rate"].dropna().to_dict() == {"010530101": 22.0} and values.at["010530102", "state"] is State.ABSENT


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (("01004;A;1;1;cher;1;1",), "« cher » n’est pas une valeur de « MED21 »"),
        (("01004;A;1;1;1;1;1", f"{EPCI};B;1;1;1;1;1"), "plusieurs sortes de territoires"),
        (("01004;A;1;1;1;1;1", "01004;A;1;1;2;1;1"), "figure déjà plus haut"),
        (("01004;A;1;1;s;s;s",), "aucun chiffre connu"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, rows: tuple[str, ...], message: str) -> None:
    with pytest.raises(GeoInputError) as refused:
        read("revenus", wide(tmp_path, *rows), into=tmp_path / "out")
    assert message in " ".join(refused.value.problems)
