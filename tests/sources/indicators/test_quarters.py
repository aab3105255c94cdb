"""Quarters: what is published of each is said of it alone, and nothing is said where nothing is published."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.dataset import open_dataset
from geo.errors import GeoInputError
from geo.exports.note_tables import zones_table
from geo.perimeters import Perimeter
from geo.sources import Outcome, sync
from geo.sources.readers import recognise
from tests.sources.test_official_addresses import here, path_of, run
from tests.support.reading import product, read, text_file
from tests.support.table_files import zip_bytes
from tests.support.web import Page, serve

INCOMES = (
    "CODGEO;LIBGEO;TP6021;MED21\nQN00101M;Grande Reyssouze;46,0;13 910\nQN00102M;Croix Blanche;52;s\nqn00103m;C;nd;nd\n"
)
CAF = "CODGEO;A;AAAH\nQN00101M;900;120\nQN00102M;100;4\nQN00103M;50;\n"


def test_facts_of_a_quarter_come_from_several_files_and_secrets_have_no_row(tmp_path: Path) -> None:
    incomes = text_file(tmp_path, INCOMES, name="a.csv")
    caf = text_file(tmp_path, CAF, name="data_CAF2024_QP.csv")
    assert recognise(incomes) == recognise(caf) == "quartiers"
    report = read("quartiers", incomes, caf, into=tmp_path / "out")
    table = product(tmp_path / "out", "quartiers").reset_index()
    assert table.to_numpy().tolist() == [
        ["QN00101M", "aah", 120.0, "2024"], ["QN00101M", "mediane", 13910.0, "2021"], ["QN00101M", "pauvrete", 46.0, "2021"],
        ["QN00102M", "pauvrete", 52.0, "2021"],
    ]  # fmt: skip
    assert report.rows == 2 and report.vintage == "2024 et 2021"
    assert any("« AAAH » inconnu ou secret pour 2" in note.replace("\xa0", " ") for note in report.notes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CODGEO;TP6021\nQN00101M;pauvre\n", "« pauvre » n’est pas une valeur de « TP6021 »"),
        ("CODGEO;TP6021\nQN00101M;1\nQN00101M;2\n", "figure déjà plus haut"),
        ("CODGEO;TP6021\nQN00101M;s\n", "aucun chiffre connu"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(GeoInputError, match=message):
        read("quartiers", text_file(tmp_path, text), into=tmp_path / "out")


def test_a_note_says_of_each_quarter_met_what_is_published_of_it(tmp_path: Path) -> None:
    (tmp_path / "miroir").mkdir()
    text_file(tmp_path / "miroir", INCOMES)
    (result,) = sync(["quartiers"], mirror=str(tmp_path / "miroir"), home=tmp_path / "home").results
    assert result.outcome is Outcome.UPDATED, result.reasons
    data = open_dataset(tmp_path / "home")
    facts = data.facts(Perimeter.of(["01053"], data.atlas))
    named = [
        row[1]
        for row in zones_table(facts).rows
        if "uartier" in row[1] or "Reyssouze" in row[1] or "Croix Blanche" in row[1]
    ]
    said = " ".join(named).replace("\xa0", " ")
    assert "taux de pauvreté 46 % (2021) ; niveau de vie médian 13 910 € par an (2021)" in said.replace("\u202f", " ")
    assert "Croix Blanche : taux de pauvreté 52 % (2021)" in said


def test_facts_arrive_from_the_pages_of_insee(tmp_path: Path) -> None:
    with serve() as site:
        source = here("quartiers", site)
        names = ("revenus_pauvrete_2021_qp24_v2_csv.zip", "beneficiaires_CAF_31-12-2024_QP24_csv.zip")
        for file, name, text in zip(source.files, names, (INCOMES, CAF), strict=True):
            (page,) = file.addresses
            link = f"/fr/statistiques/fichier/{page.rsplit('/', 1)[1]}/{name}"
            site[path_of(page)] = Page(f'<a href="{link}">CSV</a>'.encode())
            # Beside the quarters, INSEE gives the communes: another source reads them.
            site[link] = Page(
                zip_bytes({"data_2021_QP.csv": text.encode(), "data_COM.csv": b"CODGEO;A;AAAH\n01004;900;60\n"})
            )
        result = run(source, tmp_path)
    assert result.outcome is Outcome.UPDATED, result.reasons
    assert result.version is not None and result.version.manifest.rows == 2
    assert [given.file for given in result.version.manifest.inputs] == [file.name for file in source.files]
