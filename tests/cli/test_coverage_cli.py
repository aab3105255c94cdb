"""The coverage command: figures, gaps of a level, next CLSM, files; bad input in one French line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import geo.__main__ as cli
from geo.cli import coverage as coverage_cli
from tests.support import real
from tests.support.grid import plain


@pytest.fixture(autouse=True)
def _embedded_data_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage_cli, "open_dataset", real.world)


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(["coverage", *arguments])
    out, err = capsys.readouterr()
    return code, plain(out), plain(err)


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    code, out, _ = _run(capsys, *arguments, "--json")
    assert code == 0
    return json.loads(out)


def test_figures_gaps_priorities_and_next_are_data(capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, "--scope", "79", "--complete", "79", "--level", "epci", "--next", "2")
    figures = {f["id"]: f for f in found["indicateurs"]}
    assert (figures["habitants"]["valeur"], figures["habitants"]["sur"]) == (197_498, 375_229)
    assert figures["habitants"]["au_moins"] is False
    assert figures["secteurs-adultes"]["valeur"] is None and figures["secteurs-adultes"]["limite"]
    assert found["ecarts"][0]["nom"] == "CC Mellois en Poitou"
    assert found["priorites"][0]["rang"] == 1
    assert [p["nom"] for p in found["prochains"]["choix"]] == ["CC Mellois en Poitou", "CC de Parthenay-Gâtine"]
    after = {f["id"]: f["valeur"] for f in found["prochains"]["apres"]}
    assert after["habitants"] == 197_498 + 46_390 + 36_875


def test_without_a_level_the_figures_alone_are_given(capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, "--scope", "94")
    assert {"indicateurs", "limites", "statuts"} <= set(found)
    assert not {"ecarts", "priorites", "prochains"} & set(found)


def test_text_says_figures_limits_gaps_and_next(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, "--scope", "79", "--level", "cls", "--next", "1")
    assert code == 0
    for part in (
        "Indicateurs",
        "entre 52,6 % et",
        "Limite, CLSM",
        "Écarts : CLS",
        "Priorités",
        "Les prochains CLSM (CLS)",
    ):
        assert part in out


def test_an_ept_is_a_scope_and_its_communes_are_candidates(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, "--scope", "ept-200058014", "--next", "2")
    assert code == 0
    assert "Vitry-sur-Seine (94081) : + 93 963 habitants" in out


def test_files_are_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, _ = _run(capsys, "--scope", "epci-200041317", "--out", str(tmp_path / "sortie"))
    assert code == 0
    names = {p.suffix for p in (tmp_path / "sortie").iterdir()}
    assert names == {".csv", ".xlsx", ".geojson", ".gpkg", ".pdf"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--scope", "atlantide"), "territoire inconnu"),
        (("--scope", "79", "--level", "secteurs-adultes"), "aucun connu dans ce territoire"),
        (("--scope", "79", "--next", "-1"), "au moins 1"),
        (("--scope", "79", "--complete", "999"), "département inconnu"),
    ],
)
def test_bad_input_is_one_line_a_problem(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = _run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert said in err and len(err.strip().splitlines()) == 1


def test_a_folder_that_cannot_be_written_to_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("x", encoding="utf-8")
    code, _, err = _run(capsys, "--scope", "epci-200041317", "--out", str(tmp_path / "fichier"))
    assert code == 2 and "impossible d’écrire ici" in err


def test_zero_ceiling_is_no_ceiling(capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, "--scope", "94", "--level", "ept", "--next", "1", "--ceiling", "0")
    assert found["prochains"]["choix"][0]["nom"] == "Grand-Orly Seine Bièvre"


def test_data_give_both_bounds_and_facts_can_be_set_aside(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(_run(capsys, "--scope", "62", "--level", "epci", "--json")[1])
    people = found["indicateurs"][0]
    assert (people["valeur"], people["au_plus"], people["sur"]) == (367_806, 1_457_905, 1_457_905)  # a project of 109 884 people may have begun
    assert people["dont"][0]["facon"] == "extension" and people["dont"][0]["habitants"] == 367_806
    assert all(row["cls"] is None and row["au_pire"] >= row["au_mieux"] for row in found["priorites"])
    assert found["a_verifier"] and "CLS" in found["a_verifier"][0]["listes"]
    aside = json.loads(_run(capsys, "--scope", "62", "--aside", "extension", "--json")[1])
    assert aside["indicateurs"][0]["valeur"] == 0
    code, _, said = _run(capsys, "--scope", "62", "--aside", "douteux")
    assert code != 0 and "douteux" in said
