"""The census: the columns of the last year, merged communes added up, nothing made up where a part is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import GeoInputError
from geo.indicators import Grain, Measure, State, read_series
from geo.sources.readers import recognise
from tests.support.reading import read, text_file, workbook

AGES = "CODGEO;P16_POP;P22_POP;P16_POP0014;P22_POP0014;P22_POP1529;P22_POP65P;P22_POP7589;P22_POP90P\n"
FAMILIES = "CODGEO;C22_MEN;C22_MENPSEUL;C22_FAM;C22_FAMMONO;C16_FAM;C16_FAMMONO\n"


def made(folder: Path):
    return {one.id: one for one in read_series(folder / "indicateurs.parquet")}


def ages(folder: Path, *rows: str, name: str = "ages.csv") -> Path:
    return text_file(folder, AGES + "".join(f"{row}\n" for row in rows), name=name)


AIN = ("01001;1;800;9;160.5;100;120;50;10", "1002;1;200;9;40;20;30;10;2", "2A004;1;70000;9;9000;12000;15000;5000;900")


def test_the_last_year_is_read_whatever_the_order_of_the_columns(tmp_path: Path) -> None:
    path = ages(tmp_path, *AIN)
    assert recognise(path) == "recensement"
    report = read("recensement", path, into=tmp_path)
    found = made(tmp_path)
    assert list(found) == ["habitants", "moins-de-15-ans", "15-29-ans", "65-ans-ou-plus", "75-ans-ou-plus"]
    young = found["moins-de-15-ans"]
    assert young.values.loc["01001", ["numerator", "denominator"]].tolist() == [160.5, 800.0]
    assert found["75-ans-ou-plus"].values.at["01001", "numerator"] == 60.0
    assert found["habitants"].values["numerator"].to_dict() == {"01001": 800.0, "01002": 200.0, "2A004": 70000.0}
    indicator = young.indicator
    assert (indicator.measure, indicator.grain, indicator.year) == (Measure.RATIO, Grain.COMMUNE, "2022")
    assert (indicator.unit, indicator.multiplier, indicator.least) == ("%", 100.0, 200)
    assert report.vintage == "2022" and report.departements == ("01", "2A")
    assert any("zéro de tête rétabli sur 1" in note.replace("\xa0", " ") for note in report.notes)


def test_families_come_with_the_ages_and_a_workbook_is_read_too(tmp_path: Path) -> None:
    book = workbook(tmp_path / "f.xlsx", {"COM_2022": [["Couples - Familles - Ménages"], [None], ["Code géographique"],
        FAMILIES.strip().split(";"), ["01001", 350, 80, 260, 30, 1, 1]]})  # fmt: skip
    assert recognise(book) == "recensement"
    read("recensement", book, ages(tmp_path, *AIN), into=tmp_path)
    found = made(tmp_path)
    assert found["familles-monoparentales"].values.loc["01001", ["numerator", "denominator"]].tolist() == [30.0, 260.0]
    assert found["menages-d-une-personne"].values.loc["01001", ["numerator", "denominator"]].tolist() == [80.0, 350.0]


def test_communes_merged_since_add_up_with_those_that_took_them(tmp_path: Path) -> None:
    # 01039 (Béon) was merged into 01138 (Culoz-Béon) after 2022.
    read(
        "recensement",
        ages(tmp_path, "01138;1;3000;9;500;400;700;300;50", "01039;1;500;9;80;60;100;40;5"),
        into=tmp_path,
    )
    assert made(tmp_path)["moins-de-15-ans"].values.loc["01138", ["numerator", "denominator"]].tolist() == [
        580.0,
        3500.0,
    ]


def test_a_merged_commune_whose_other_part_is_missing_or_blank_is_unknown(tmp_path: Path) -> None:
    report = read("recensement", ages(tmp_path, "01039;1;500;9;80;60;100;40;5", AIN[0]), into=tmp_path / "a")
    values = made(tmp_path / "a")["habitants"].values
    assert values.at["01138", "state"] is State.ABSENT and values.at["01001", "state"] is State.KNOWN
    assert any("01138" in note for note in report.notes)
    read(
        "recensement",
        ages(tmp_path, "01138;1;3000;9;s;400;700;300;50", "01039;1;500;9;80;60;100;;5"),
        into=tmp_path / "b",
    )
    found = made(tmp_path / "b")
    assert found["moins-de-15-ans"].values.at["01138", "state"] is State.SECRET
    assert found["75-ans-ou-plus"].values.at["01138", "state"] is State.ABSENT
    assert found["15-29-ans"].values.at["01138", "numerator"] == 460.0


def test_a_commune_of_which_a_part_left_since_is_unknown(tmp_path: Path) -> None:
    # 15141 was cut in 2025 into four communes: its figures of before are of none of them.
    read("recensement", ages(tmp_path, "15141;1;1800;9;200;150;600;200;50", AIN[0]), into=tmp_path)
    assert made(tmp_path)["habitants"].values.at["15141", "state"] is State.ABSENT


def test_a_city_counts_once_by_its_arrondissements_when_they_are_there(tmp_path: Path) -> None:
    rows = (
        "75056;1;2100000;9;1;1;1;1;1",
        "75101;1;15000;9;1;1;1;1;1",
        "75102;1;20000;9;1;1;1;1;1",
        "69123;1;520000;9;1;1;1;1;1",
    )
    report = read("recensement", ages(tmp_path, *rows), into=tmp_path)
    assert made(tmp_path)["habitants"].values.index.tolist() == ["69123", "75101", "75102"]
    assert any("Paris" in note for note in report.notes)


def test_families_by_iris_are_of_the_grain_iris(tmp_path: Path) -> None:
    path = text_file(
        tmp_path,
        "IRIS;COM;C22_MEN;C22_MENPSEUL;C22_FAM;C22_FAMMONO\n010530101;01053;900;400;500;120\n2a0040101;2A004;10;2;5;1\n",
    )
    assert recognise(path) == "recensement"
    read("recensement", path, into=tmp_path)
    found = made(tmp_path)["familles-monoparentales-iris"]
    assert found.indicator.grain is Grain.IRIS and found.values["numerator"].to_dict() == {
        "010530101": 120.0,
        "2A0040101": 1.0,
    }


def test_the_populations_of_iris_stay_those_of_the_iris(tmp_path: Path) -> None:
    path = text_file(tmp_path, "IRIS;COM;LAB_IRIS;P22_POP;P22_POP0014\n010530101;01053;Centre;900;100\n")
    assert recognise(path) == "iris"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (("01001;1;8oo;9;1;1;1;1;1",), "« 8oo » n’est pas une valeur de « P22_POP »"),
        (("01001;1;-8;9;1;1;1;1;1",), "« -8 » est négatif"),
        (("01001;1;8;9;1;1;1;1;1", "1001;1;8;9;1;1;1;1;1"), "ligne 3 : 01001 figure déjà plus haut"),
        (("01999;1;8;9;1;1;1;1;1",), "ce n’est ni un code de commune"),
        (("01001;1;;9;;;;;",), "aucun chiffre connu"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(tmp_path: Path, rows: tuple[str, ...], message: str) -> None:
    with pytest.raises(GeoInputError) as refused:
        read("recensement", ages(tmp_path, *rows), into=tmp_path / "out")
    assert message in " ".join(refused.value.problems)


def test_rows_of_totals_and_of_far_islands_are_left_out(tmp_path: Path) -> None:
    read("recensement", ages(tmp_path, *AIN, "Total;1;9;9;9;9;9;9;9", "97501;1;600;9;1;1;1;1;1"), into=tmp_path)
    assert made(tmp_path)["habitants"].values.index.tolist() == ["01001", "01002", "2A004"]
