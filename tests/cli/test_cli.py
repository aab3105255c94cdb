"""The command line: results on stdout, one clear line a problem on stderr, exit 2 on bad input."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

import geo.__main__ as cli
from geo.paths import ROOT
from tests.support import real
from tests.support.grid import plain


@pytest.fixture(autouse=True)
def _embedded_data_loaded_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path))  # for the commands run as processes: nothing synchronised
    monkeypatch.setattr(cli, "open_dataset", real.world)


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    def refuse(token: str) -> None:
        raise AssertionError(token)

    code, out, _ = _run(capsys, *arguments, "--json")
    assert code == 0
    return json.loads(out, parse_constant=refuse)


def _check(found: Any, check_id: str) -> Any:
    return next(c for c in found["checks"] if c["id"] == check_id)


def test_creteil_is_one_sector_one_cls_one_cpts_one_ept_and_its_own_clsm(capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, "evaluate", "--communes", "94028")
    assert found["communes"] == [{"code": "94028", "nom": "Créteil", "population": 93_397}]
    assert (found["population"], found["population_annee"]) == (93_397, "2023")
    met = {name: [(z["nom"], z["relation"]) for z in layer["zones"]] for name, layer in found["layers"].items()}
    assert met["secteurs-adultes"] == [("Secteur 94G07", "identique")]
    assert met["clsm"] == [("CLSM de Créteil", "identique")]
    assert met["cls"] == [("CLS de Créteil", "identique")]
    assert [name for name, _ in met["cpts"]] == ["CPTS UBM"]
    assert met["ept"] == [("Grand Paris Sud Est Avenir", "périmètre inclus dans la zone")]
    assert met["departements"][0][0] == "Val-de-Marne"
    # two quarters of the list are in Créteil alone; DAC and child sectors are not known there
    assert [relation for _, relation in met["qpv"]] == ["zone incluse dans le périmètre"] * 2
    assert met["dac"] == met["secteurs-enfants"] == []


def test_json_has_its_stable_keys_and_fourteen_checks(capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, "evaluate", "--communes", "94028")
    assert {
        "nom",
        "communes",
        "population",
        "population_annee",
        "superficie_km2",
        "rural",
        "qpv",
        "layers",
        "checks",
    } <= set(found)
    assert len(found["checks"]) == 14
    for each in found["checks"]:
        assert {"id", "issue", "portee", "phrase", "chiffres", "details", "manque", "source"} <= set(each)
    assert found["layers"]["clsm"]["complet_ici"] is False
    assert found["qpv"]["complet"] is True
    assert found["rural"]["estimation"] is True


def test_what_is_unknown_is_null_in_json_and_never_zero(capsys: pytest.CaptureFixture[str]) -> None:
    zone = _json(capsys, "evaluate", "--communes", "94068")["layers"]["cpts"]["zones"][0]  # Saint-Maur: a part only
    assert (zone["communes"], zone["communes_en_partie"]) == (0, 1)
    assert zone["population_commune"] is None
    assert zone["part_du_perimetre"] is None


def test_text_does_not_claim_zero_people_where_a_part_is_shared(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = _run(capsys, "evaluate", "--communes", "94068")
    line = next(line for line in plain(out).splitlines() if line.strip().startswith("CPTS"))
    assert "inconnu" in line
    assert "0 habitant en commun" not in line


def test_text_says_the_figures_the_checks_and_where_nothing_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _run(capsys, "evaluate", "--communes", "94028,94033")
    text = plain(out)
    assert (code, err) == (0, "")
    assert "147 154 habitants" in text
    assert "Population municipale 2023" in text
    assert "liste incomplète" in text
    assert text.count("Source : Guide 2025") == 13


@pytest.mark.parametrize("codes", ["94028,94033", "94033;94028", " 94028 94033 ", "94028\n94033", "94028,94033,94028"])
def test_a_list_of_communes_may_be_parted_in_any_usual_way(codes: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert [c["code"] for c in _json(capsys, "evaluate", "--communes", codes)["communes"]] == ["94028", "94033"]


def test_paris_is_the_same_by_its_code_and_by_its_arrondissements(capsys: pytest.CaptureFixture[str]) -> None:
    whole = _json(capsys, "evaluate", "--communes", "75056")
    parts = _json(capsys, "evaluate", "--communes", ",".join(f"751{n:02d}" for n in range(1, 21)))
    assert whole == parts
    assert whole["population"] == 2_103_778


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ("99999", ["99999"]),
        ("79004", ["79004", "ancien code", "79185"]),
        ("1001", ["1001", "zéro", "01001"]),
        ("abc", ["abc", "cinq caractères"]),
        ("98735", ["98735", "Papeete"]),
        (",", ["Aucun code"]),
        ("", ["Aucun code"]),
    ],
)
def test_a_bad_code_stops_with_one_clear_line(codes: str, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _run(capsys, "evaluate", "--communes", codes, "--json")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    for word in words:
        assert word.casefold() in err.casefold()


def test_every_bad_code_has_its_own_line_and_good_ones_none(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _run(capsys, "evaluate", "--communes", "94028,79004,1001,99999,abc")
    assert (code, out) == (2, "")
    assert [line.split(" ")[0] for line in err.splitlines()] == ["79004", "1001", "99999", "abc"]


def test_an_epci_and_an_ept_are_evaluated_whole(capsys: pytest.CaptureFixture[str]) -> None:
    niort = _json(capsys, "evaluate", "--epci", "200041317")
    assert (niort["nom"], niort["population"], len(niort["communes"])) == ("CA du Niortais", 123_326, 40)
    ept = _json(capsys, "evaluate", "--epci", "200058006")
    assert (ept["nom"], ept["population"]) == ("Grand Paris Sud Est Avenir", 325_348)


def test_a_clsm_is_found_by_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, "evaluate", "--clsm", "clsm-79-niortais")
    assert found["nom"] == "CLSM du Niortais"
    assert found["population"] == 123_326
    assert found["qpv"]["complet"] is True
    assert _check(found, "qpv")["issue"] == "favorable"


@pytest.mark.parametrize("text", ["94G07", "94g07", "sect-94g07"])
def test_a_sector_is_found_by_its_number(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, "evaluate", "--secteur", text)
    assert [c["code"] for c in found["communes"]] == ["94028"]


def test_a_clsm_without_known_communes_is_a_clear_error(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _run(capsys, "evaluate", "--clsm", "clsm-34-piscenois")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "pas connues" in err


@pytest.mark.parametrize(
    ("option", "text"), [("--epci", "200000000"), ("--clsm", "clsm-nulle-part"), ("--secteur", "94G14")]
)
def test_an_unknown_zone_is_an_error_that_names_it(option: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _run(capsys, "evaluate", option, text)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert text in err


def test_what_is_not_sure_of_a_clsm_is_said_beside_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _run(capsys, "evaluate", "--clsm", "clsm-59-val-de-marque")
    assert code == 0
    assert "connue en partie" in err
    assert out


def test_what_is_not_sure_of_a_clsm_is_in_the_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert "connue en partie" in json.dumps(
        {
            k: v
            for k, v in _json(capsys, "evaluate", "--clsm", "clsm-59-val-de-marque").items()
            if k not in ("layers", "checks")
        },
        ensure_ascii=False,
    )


@pytest.mark.parametrize(
    "arguments", [[], ["evaluate"], ["coverage"], ["evaluate", "--communes", "94028", "--epci", "1"], ["draw"]]
)
def test_a_command_that_is_not_understood_stops_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "codes",
    ["29083", "55039", "55039,55050", "97605", "94028,97411", "75101,92044", "69381,69266", "94068", "2A004", "94056"],
)
def test_awkward_perimeters_still_give_valid_json_and_text(codes: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, "evaluate", "--communes", codes)
    assert found["population"] == sum(c["population"] for c in found["communes"])
    code, out, err = _run(capsys, "evaluate", "--communes", codes)
    assert (code, err) == (0, "")
    assert "nan" not in out.split()


def test_coverage_of_a_departement(capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, "coverage", "--scope", "94")
    assert (found["territoire"], found["population"], found["communes"]) == ("Val-de-Marne (94)", 1_426_929, 47)
    assert found["statuts"]["couvert"] == {"libelle": "couvert", "communes": 5, "population": 238_758}
    assert found["statuts"]["non_couvert"]["communes"] == 0
    assert found["secteurs_adultes"]["liste_complete"] is True
    assert found["cls"]["liste_complete"] is False
    assert sum(s["population"] for s in found["statuts"].values()) == found["population"]
    assert "clsm-94-creteil" in {c["id"] for c in found["clsm"]}


def test_coverage_with_a_list_stated_complete_has_communes_not_covered(capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, "coverage", "--scope", "94", "--complete", "94")
    assert found["statuts"]["inconnu"]["communes"] == 0
    assert found["statuts"]["non_couvert"]["communes"] == 42


def test_coverage_of_france_counts_communes_and_not_arrondissements(capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, "coverage", "--scope", "france")
    assert found["population"] == 68_350_798
    assert found["population_annee"] == "2023 (Mayotte : 2017)"
    assert found["communes"] == 34_875


@pytest.mark.parametrize("arguments", [["--scope", "20"], ["--scope", "94", "--complete", "94,XX"]])
def test_coverage_of_a_place_that_does_not_exist_is_an_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = _run(capsys, "coverage", *arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "inconnu" in err


def test_coverage_in_text_agrees_in_number(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = _run(capsys, "coverage", "--scope", "94")
    text = plain(out)
    assert "16,7 % (238 758 sur 1 426 929)" in text
    sectors = next(line for line in text.splitlines() if line.strip().startswith("Secteurs adultes couverts"))
    assert "1 en entier, 2 en partie, 13 sans CLSM connu, sur 16 secteurs adultes" in sectors


def test_the_command_runs_as_a_module() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "geo", "evaluate", "--secteur", "94G07"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")
    assert "93 397 habitants" in plain(run.stdout)


def test_a_reader_that_stops_early_sees_no_traceback() -> None:
    command = f"{sys.executable} -m geo coverage --scope france --json | head -c 10"
    run = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stdout.startswith("{")
    assert "Traceback" not in run.stderr


def test_the_whole_file_for_the_council_is_one_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "dossier.zip"
    code, _, err = _run(capsys, "note", "--communes", "94028", "--out", str(target))
    assert (code, err) == (0, "")
    with zipfile.ZipFile(target) as archive:
        assert {"1-note.pdf", "2-deliberation.docx", "9-scenario.json"} <= set(archive.namelist())
        assert json.loads(archive.read("9-scenario.json"))["scenarios"][0]["communes"][0]["code"] == "94028"
        assert b"localhost" not in archive.read("8-page-a-consulter.html"), "an address that opens nowhere else"
