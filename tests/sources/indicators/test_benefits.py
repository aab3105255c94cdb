"""AAH: small numbers stay hidden, whatever way the producer hides them, and sums with them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from geo.communes import embedded_atlas
from geo.errors import GeoInputError
from geo.indicators import Grain, Indicators, Measure, State, answer, answers_over, read_series
from geo.sources.readers import recognise
from tests.support.reading import read, text_file

ATLAS = embedded_atlas()


def made(folder: Path):
    return {one.id: one for one in read_series(folder / "indicateurs.parquet")}


def test_recipients_by_commune_with_their_share_of_the_households_of_the_caf(tmp_path: Path) -> None:
    text = "CODGEO;LIBGEO;A;PERCOU;AAL;AAAH\n01004;Ambérieu;2500;6000;900;310\n1001;L’A;90;200;5;\n01053;Bourg;9000;20000;4000;3\n2A004;Ajaccio;8000;1;1;ns\n"
    path = text_file(tmp_path, text, name="data_CAF2024_COM.csv")
    assert recognise(path) == "aah"
    report = read("aah", path, into=tmp_path)
    number, share = made(tmp_path).values()
    assert number.values["numerator"].dropna().to_dict() == {"01004": 310.0}
    assert [number.values.at[code, "state"] for code in ("01001", "01053", "2A004")] == [State.SECRET] * 3
    assert share.values.loc["01004", ["numerator", "denominator"]].tolist() == [310.0, 2500.0]
    assert share.values["numerator"].notna().sum() == 1
    assert (number.indicator.measure, share.indicator.measure) == (Measure.COUNT, Measure.RATIO)
    assert number.indicator.year == "2024" and number.indicator.secrecy == 5 and report.vintage == "2024"


def test_the_rounded_files_of_cnaf_hide_a_few_households_behind_a_zero(tmp_path: Path) -> None:
    text = "dtreffre;numcomdo;nomcom;indfoy_ndur;indfoy_aah\n2023-12;01004;A;2400;300\n2024-12;01004;A;2500;310\n2024-12;01053;B;9000;0\n2024-12;XXXXX;;10;5\n2024-12;;;5;5\n"
    report = read("aah", text_file(tmp_path, text), into=tmp_path)
    values = made(tmp_path)["aah"].values
    assert values["numerator"].dropna().to_dict() == {"01004": 310.0} and values.at["01053", "state"] is State.SECRET
    assert report.vintage == "2024" and any("zéro peut y cacher" in note for note in report.notes)


def test_households_and_the_persons_they_cover_are_two_numbers(tmp_path: Path) -> None:
    text = "Communes;Codes_Insee;NB_Allocataires_AAH;NB_Personnes_couvertes_AAH\nA;1004;310;520\nB;01053;;7\n"
    path = text_file(tmp_path, text)
    assert recognise(path) == "aah"
    read("aah", path, into=tmp_path)
    found = {name: one.values["numerator"].dropna().to_dict() for name, one in made(tmp_path).items()}
    assert found == {"aah": {"01004": 310.0}, "aah-personnes": {"01004": 520.0, "01053": 7.0}}


@pytest.mark.parametrize(("other", "state"), [("60", State.ABSENT), ("0", State.SECRET), ("", State.ABSENT)])
def test_a_merged_commune_with_a_hidden_part_is_hidden_and_under_the_threshold_only_when_the_rest_is_zero(
    tmp_path: Path, other: str, state: State
) -> None:
    read("aah", text_file(tmp_path, f"CODGEO;AAAH\n01138;{other}\n01039;\n01004;300\n"), into=tmp_path)
    values = made(tmp_path)["aah"].values
    assert values.at["01138", "state"] is state, "61 to 64 households are not from 1 to 4"
    assert math.isnan(values.at["01138", "numerator"])


def test_a_zero_that_is_rounded_is_not_said_to_hide_somebody(tmp_path: Path) -> None:
    text = "dtreffre;numcomdo;nomcom;indfoy_aah\n2024-12;01004;A;310\n2024-12;01053;B;0\n"
    read("aah", text_file(tmp_path, text), into=tmp_path)
    found = answers_over(Indicators((made(tmp_path)["aah"],)), ATLAS, [ATLAS.rows(["01004", "01053"])])
    assert answer(found[0], 0).figure == "au moins 310\u00a0foyers allocataires de l’AAH"


def test_recipients_by_iris_are_of_the_grain_iris(tmp_path: Path) -> None:
    path = text_file(tmp_path, "IRIS;COM;A;AAAH\n010530101;01053;400;60\n010530102;01053;20;\n")
    assert recognise(path) == "aah"
    read("aah", path, into=tmp_path)
    found = made(tmp_path)["aah-iris"]
    assert found.indicator.grain is Grain.IRIS and found.values["numerator"].dropna().to_dict() == {"010530101": 60.0}
    assert found.indicator.year == "année non indiquée"


@pytest.mark.parametrize(
    ("rows", "message"),
    [("01004;trois\n", "« trois » n’est pas une valeur"), ("01004;7\n01004;8\n", "figure déjà plus haut"), ("01004;-1\n", "est négatif"),
     ("01004;4\n", "aucun chiffre connu")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(GeoInputError, match=message):
        read("aah", text_file(tmp_path, f"CODGEO;AAAH\n{rows}"), into=tmp_path / "out")
