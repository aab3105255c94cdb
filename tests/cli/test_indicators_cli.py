"""`python -m geo indicators`: a table is reported, brought with its answers, listed, rolled back and withdrawn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.dataset import open_indicators
from geo.imports import shown_figures
from geo.indicators import Direction
from tests.cli.test_import_cli import run
from tests.support import real
from tests.support.table_files import needs_workbook

ANSWERS = (
    "--name", "Besoins 2023", "--source", "ORS", "--year", "2023", "--who", "Ana", "--column", "Nb bénéficiaires AAH=rapport:Population:100",
    "--sense", "Nb bénéficiaires AAH=pire", "--secrecy", "Nb passages aux urgences=11",
)  # fmt: skip


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "besoins.xlsx"
    path.write_bytes(needs_workbook())
    return path


def test_a_table_is_brought_by_a_command_and_rolled_back(
    capsys: pytest.CaptureFixture[str], home: Path, file: Path
) -> None:
    code, out, _ = run(capsys, "indicators", file, "--dry-run")
    assert code == 0
    assert "6 lignes retenues sur 8" in out
    assert "« Total » : ligne de total" in out
    code, _, err = run(capsys, "indicators", file)
    assert code == 2
    assert "Il manque le nom du jeu" in err
    code, out, _ = run(capsys, "indicators", file, *ANSWERS)
    assert code == 0
    assert "Publié : Besoins 2023, version 1." in out
    held = open_indicators(home, real.atlas(), []).by_id
    aah = held["besoins-2023-nombre-de-beneficiaires-aah"]
    assert aah.indicator.direction is Direction.WORSE
    assert shown_figures(aah)["08173"] == 2.0
    assert "08005" not in held["besoins-2023-nombre-de-passages-aux-urgences"].values["numerator"].dropna(), (
        "7 is under 11"
    )
    code, out, err = run(capsys, "indicators", file, "--name", "Besoins 2023", "--source", "ORS", "--year", "2024")
    assert code == 0
    assert "sont repris" in err
    code, out, _ = run(capsys, "indicators", "--json")
    assert json.loads(out) == [{"jeu": "besoins-2023", "nom": "Besoins 2023", "en_service": 2, "versions": [2, 1]}]
    assert run(capsys, "indicators", "--set", "besoins-2023", "--publish", 1)[0] == 0
    assert "version 1 en service" in run(capsys, "indicators")[1]
    assert run(capsys, "indicators", "--set", "besoins-2023", "--withdraw")[0] == 0
    assert "aucune version en service" in run(capsys, "indicators")[1]
    assert "Aucune couche importée" in run(capsys, "layers")[1]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (("--column", "Nb patients suivis=autre"), "écrivez nombre"),
        (("--column", "Nulle=nombre"), "aucune colonne de ce nom"),
        (("--column", "Nb patients suivis=rapport:Nulle:100"), "DÉNOMINATEUR"),
        (("--sense", "Population=haut"), "écrivez pire"),
        (("--secrecy", "Population=six"), "nombre entier"),
        (("--sheet", "Autre"), "pas de feuille"),
    ],
)
def test_a_wrong_answer_is_said(
    capsys: pytest.CaptureFixture[str], home: Path, file: Path, given: tuple[str, ...], problem: str
) -> None:
    code, _, err = run(capsys, "indicators", file, "--dry-run", *given)
    assert code == 2
    assert problem in err


def test_a_set_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path) -> None:
    assert "aucun jeu de ce nom" in run(capsys, "indicators", "--set", "rien", "--withdraw")[2]
    assert "fichier introuvable" in run(capsys, "indicators", tmp_path / "absent.csv")[2]
    assert "Aucun jeu" in run(capsys, "indicators")[1]
