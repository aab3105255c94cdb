"""`python -m geo import` and `python -m geo layers`: report, statuses, versions, way back, export that comes in again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import geo.__main__ as cli
from geo.cli import imports as import_cli
from geo.exports import layer_files as register_export
from geo.exports.formats import Sheet, csv_bytes, workbook
from geo.imports.publish import form_of
from geo.register import register
from tests.support import real
from tests.support.grid import plain

FILE = """CLSM;Code INSEE;Commune;Etat
CLSM du Calaisis;62193;Calais;en service
CLSM du Calaisis;62239;Coquelles;en service
CLSM de Lens;62498;Lens;projet
CLSM perdu;99999;Nulle part;en service
"""


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path / "home"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clsm.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return code, plain(out), plain(err)


STATED = ("--source", "ARS", "--date", "2026", "--who", "Ana", "--complete", "62")


def test_a_dry_run_tells_everything_and_keeps_nothing(capsys, file: Path) -> None:
    code, out, err = run(capsys, "import", file, "--kind", "clsm", "--dry-run")
    assert (code, err) == (1, "")
    assert "3 lignes retenues sur 4" in out
    assert "ligne 5 : 99999 n’est ni un code de commune" in out
    assert "Différence avec la couche en place" in out
    assert out.endswith("Essai : rien n’est gardé.\n")
    assert register.versions() == []


def test_an_import_is_published_and_can_be_read_by_a_program(capsys, file: Path) -> None:
    code, out, _ = run(capsys, "import", file, "--kind", "clsm", "--json", *STATED)
    found = json.loads(out)
    assert code == 1  # a row was refused
    assert [found["lignes"][k] for k in ("lues", "retenues", "refusees")] == [4, 3, 1]
    assert (found["territoires"], found["communes"], found["publiee"]) == (2, 3, 1)
    assert found["colonnes"]["code_commune"] == "Code INSEE"
    refused = next(r for r in found["remarques"] if r["genre"] == "refusé" and r["ligne"])
    assert (refused["ligne"], bool(refused["que_faire"])) == (5, True)
    assert {z["name"] for z in found["difference"]["added"]} >= {"CLSM du Calaisis"}
    version = register.head("clsm").version
    assert (version.statement.who, version.origin.name) == ("Ana", "clsm.csv")
    assert (version.statement.extent, found["complete"]) == (frozenset(), []), "a row is still to settle"
    assert "Pas-de-Calais (62) ne peut pas être dit complet" in found["non_complete"][0]
    assert version.origin.bytes == len(FILE.encode())


def test_a_file_without_a_fault_ends_with_zero(capsys, tmp_path: Path) -> None:
    path = tmp_path / "bon.csv"
    path.write_text(FILE.rsplit("CLSM perdu", 1)[0], encoding="utf-8")
    assert run(capsys, "import", path, "--kind", "clsm", *STATED)[0] == 0


def test_what_is_taken_away_is_said_in_figures(capsys, tmp_path: Path) -> None:
    path = tmp_path / "bon.csv"
    path.write_text(FILE.rsplit("CLSM perdu", 1)[0], encoding="utf-8")
    out = run(capsys, "import", path, "--kind", "clsm", "--dry-run", *STATED)[1]
    assert re.search(r"\d+ CLSM en service, [\d ]+ habitants, (sera retiré|seront retirés)\.", out)
    assert "ne seront plus dans aucun CLSM en service" in out


def test_a_list_of_sectors_with_holes_is_complete_only_on_purpose(capsys, tmp_path: Path) -> None:
    path = tmp_path / "secteurs.csv"
    path.write_text("Secteur;Code INSEE\n62G01;62193\n62G02;62498\n", encoding="utf-8")
    code, out, err = run(capsys, "import", path, "--kind", "secteurs-adultes", *STATED)
    assert (code, out) == (2, "")
    assert re.search(r"Pas-de-Calais \(62\) : \d+ communes, [\d ]+ habitants, n’ont pas de secteur\.", err)
    assert "--accept-gaps" in err
    assert register.versions() == []
    code, _, err = run(capsys, "import", path, "--kind", "secteurs-adultes", "--accept-gaps", *STATED)
    assert (code, err) == (0, "")
    statement = register.head("secteurs-adultes").version.statement
    assert statement.extent == {"62"} and "n’ont pas de secteur" in statement.accepted[0]


def test_the_last_day_of_completeness_is_kept_and_must_be_a_day(capsys, tmp_path: Path) -> None:
    path = tmp_path / "bon.csv"
    path.write_text(FILE.rsplit("CLSM perdu", 1)[0], encoding="utf-8")
    assert run(capsys, "import", path, "--kind", "clsm", *STATED, "--until", "bientôt")[0] == 2
    assert run(capsys, "import", path, "--kind", "clsm", *STATED, "--until", "2031-06-30")[0] == 0
    assert register.head("clsm").version.statement.until == "2031-06-30"
    assert json.loads(run(capsys, "layers", "--json")[1])[0]["jusqu_au"] == "2031-06-30"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--kind", "clsm"), "Dites d’où vient la couche"),
        (("--kind", "clsm", "--source", "x", "--complete", "99"), "99 : département inconnu."),
        (("--kind", "clsm", "--dry-run", "--column", "nonsense"), "écrivez RÔLE=COLONNE"),
    ],
)
def test_what_is_lacking_is_said_with_status_two(capsys, file: Path, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = run(capsys, "import", file, *arguments)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(("body", "said"), [(b"", "vide"), (b"a;b\n1;2\n", ""), (b"\x00\x01\x02" * 50, "")])
def test_a_file_that_holds_nothing_to_take_ends_with_two(capsys, tmp_path: Path, body: bytes, said: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(body)
    code, out, err = run(capsys, "import", path, "--kind", "clsm", *STATED)
    assert (code, out) == (2, "")
    assert err and said in err and "Traceback" not in err
    assert register.versions() == []


def test_an_absent_file_is_said(capsys, tmp_path: Path) -> None:
    assert run(capsys, "import", tmp_path / "rien.csv", "--kind", "clsm", "--dry-run")[0] == 2


def test_a_column_can_be_settled_by_hand(capsys, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("truc;machin\nUn;62193\n", encoding="utf-8")
    code, out, _ = run(
        capsys, "import", path, "--kind", "clsm", "--dry-run", "--json", "--column", "nom=truc", "--column",
        "code_commune=machin",
    )  # fmt: skip
    assert code == 0
    assert json.loads(out)["colonnes"]["nom"] == "truc"


def test_versions_are_listed_put_back_and_withdrawn(capsys, file: Path) -> None:
    run(capsys, "import", file, "--kind", "clsm", *STATED)
    run(capsys, "import", file, "--kind", "clsm", *STATED)
    assert json.loads(run(capsys, "layers", "--json")[1])[0]["etat"] == "publiée"
    code, out, _ = run(capsys, "layers", "--kind", "clsm", "--publish", 1, "--who", "Bob")
    assert (code, out) == (0, "CLSM : version 1 en service.\n")
    lines = run(capsys, "layers")[1].splitlines()
    assert "version 2  retirée" in lines[0]
    assert "version 1  publiée" in lines[1]
    assert run(capsys, "layers", "--kind", "clsm", "--withdraw")[0] == 0
    assert register.head("clsm").version is None
    assert run(capsys, "layers", "--kind", "clsm", "--publish", 9)[0] == 2
    assert run(capsys, "layers", "--publish", 1)[0] == 2


def test_evaluate_and_coverage_follow_an_import_and_come_back(capsys, file: Path) -> None:
    file.write_text(FILE.rsplit("CLSM perdu", 1)[0], encoding="utf-8")
    before = json.loads(run(capsys, "coverage", "--scope", "62", "--json")[1])
    assert run(capsys, "evaluate", "--clsm", "calaisis")[0] == 2
    run(capsys, "import", file, "--kind", "clsm", *STATED)
    found = json.loads(run(capsys, "evaluate", "--clsm", "clsm-62-calaisis", "--json")[1])
    assert [c["code"] for c in found["communes"]] == ["62193", "62239"]
    assert [(z["nom"], z["relation"]) for z in found["layers"]["clsm"]["zones"]] == [("CLSM du Calaisis", "identique")]
    after = run(capsys, "coverage", "--scope", "62")[1]
    atlas = real.atlas()
    covered = int(atlas.population[atlas.rows(["62193", "62239"])].sum())
    assert "couvert : 2 communes" in after and plain(f"{covered:,}").replace(",", " ") in after
    assert not re.search(r"^\s+inconnu : \d", after, re.M)  # a list stated complete leaves nobody unknown
    run(capsys, "layers", "--kind", "clsm", "--withdraw")
    assert json.loads(run(capsys, "coverage", "--scope", "62", "--json")[1]) == before


def test_publishing_while_another_does_ends_with_one(capsys, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(capsys, "import", file, "--kind", "clsm", *STATED)
    read = import_cli.read_file

    def slow(*arguments: object, **options: object):
        register.withdraw("clsm", who="Bob", seen=1)
        return read(*arguments, **options)

    monkeypatch.setattr(import_cli, "read_file", slow)
    code, out, err = run(capsys, "import", file, "--kind", "clsm", *STATED)
    assert (code, out) == (1, "")
    assert "Entre-temps, Bob a publié le retour à la couche d’origine" in err
    assert len(register.versions("clsm")) == 1


def again(capsys, path: Path) -> dict:
    """Read an export as a new file, without keeping it."""
    code, out, err = run(capsys, "import", path, "--kind", "clsm", "--dry-run", "--json", "--complete", "62")
    assert (code, err) == (0, "")
    return json.loads(out)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_table_taken_out_comes_in_again_unchanged(capsys, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"clsm.{form}"
    frame = pd.DataFrame([line.split(";") for line in FILE.splitlines()[1:4]], columns=FILE.splitlines()[0].split(";"))
    path.write_bytes(csv_bytes(frame) if form == "csv" else workbook([Sheet("couche", frame)]))
    run(capsys, "import", path, "--kind", "clsm", *STATED)
    code, out, _ = run(capsys, "layers", "--kind", "clsm", "--export", 1, "--to", tmp_path / "nouveau" / "dossier")
    assert code == 0
    taken = Path(out.strip())
    assert taken.name == f"clsm-version-1.{form}"
    found = again(capsys, taken)
    assert (found["territoires"], found["communes"], found["lignes"]["refusees"]) == (2, 3, 0)


def test_what_a_spreadsheet_would_run_is_neutralised() -> None:
    frame = pd.DataFrame({"nom": ["=1+1", "+33", "-x", "@SUM(A1)", "\tx", "ordinaire"]})
    text = csv_bytes(frame).decode("utf-8-sig").splitlines()[1:]
    assert [line.strip('"')[0] for line in text] == ["'", "'", "'", "'", "'", "o"]


@pytest.mark.parametrize("form", ["geojson", "gpkg", "fgb", "parquet", "zip", "kml"])
def test_polygons_are_taken_out_in_their_own_form(tmp_path: Path, form: str) -> None:
    atlas = real.atlas()
    base = real.crosswalk().layers["clsm"]
    layer = _drawn()
    version = register.keep(
        layer,
        register.Statement("x", "2026", "Ana"),
        register.Origin(f"clsm.{form}", "0" * 64, 1, form_of(f"clsm.{form}")),
        None,
        atlas,
        home=tmp_path,
    )
    read = register.read_layer(version, base, atlas, tmp_path)
    made = register_export.export(version, read, register.read_shapes(version, tmp_path), atlas)
    path = tmp_path / made.name
    path.write_bytes(made.body)
    frame = gpd.read_parquet(path) if form == "parquet" else gpd.read_file(path)
    assert len(frame) == 1
    area = frame.to_crs(2154).area.iat[0]
    rows = atlas.rows(["62193", "62239"])
    assert area == pytest.approx(atlas.table["area_m2"].iloc[rows].sum(), rel=0.01)


def _drawn():
    from tests.support import grid

    return grid.layer(real.atlas(), "clsm", {"clsm-a": grid.zone("62193", "62239", nom="CLSM A & <b>B</b>")})


def test_a_name_refused_inside_a_list_ends_with_one_and_is_counted(capsys, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("CLSM;Communes\nA;Niort, Chauray, Vouillée, Trifouilly\n", encoding="utf-8")
    code, out, _ = run(capsys, "import", path, "--kind", "clsm", "--dry-run", "--json")
    assert (code, json.loads(out)["lignes"]["noms_refuses"], json.loads(out)["lignes"]["refusees"]) == (1, 2, 1)


def test_nothing_is_published_while_a_value_is_not_settled(capsys, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("CLSM;Code INSEE;État\nA;62193;actif ?\nB;62498;en service\n", encoding="utf-8")
    code, out, err = run(capsys, "import", path, "--kind", "clsm", *STATED)
    assert (code, out) == (2, "") and "« actif ? »" in err and "--accept-proposals" in err
    assert register.versions() == []
    key = json.loads(run(capsys, "import", path, "--kind", "clsm", "--dry-run", "--json")[1])["questions"][0]["cle"]
    assert run(capsys, "import", path, "--kind", "clsm", "--answer", f"{key}=projet", *STATED)[0] == 0
    assert run(capsys, "import", path, "--kind", "clsm", "--accept-proposals", *STATED)[0] == 0
    assert len(register.versions()) == 2


def test_what_is_in_service_already_is_not_put_there_again(capsys, file: Path) -> None:
    """The journal would else say that somebody went from a version to itself."""
    code, out, _ = run(capsys, "layers", "--kind", "clsm", "--withdraw", "--who", "Ana")
    assert (code, out) == (0, "CLSM : la couche d’avant tout import est déjà en service.\n")
    run(capsys, "import", file, "--kind", "clsm", *STATED)
    code, out, _ = run(capsys, "layers", "--kind", "clsm", "--publish", "1", "--who", "Ana")
    assert (code, out) == (0, "CLSM : la version 1 est déjà en service.\n")
    assert [event.number for event in register.history("clsm")] == [1]
    run(capsys, "layers", "--kind", "clsm", "--withdraw", "--who", "Ana")
    assert [event.number for event in register.history("clsm")] == [None, 1]


@pytest.mark.parametrize("command", ["import", "layers"])
def test_names_that_are_not_utf_8_are_kept_as_they_read(capsys, file: Path, command: str) -> None:
    """An account or an archive of before: « Zoé », « Données.csv » in Windows-1252."""
    old = file.rename(file.with_name("Donn\udce9es.csv"))
    who = "Zo\udce9" if command == "import" else "Ana"
    code, _, err = run(capsys, "import", old, "--kind", "clsm", "--source", "AR\udcc9S", "--date", "2026", "--who", who)
    assert code == 1 and "Traceback" not in err
    if command == "layers":
        assert run(capsys, "layers", "--kind", "clsm", "--withdraw", "--who", "Zo\udce9")[0] == 0
    (version,) = register.versions()
    assert (version.origin.name, version.statement.source) == ("Données.csv", "ARÉS")
    assert register.history("clsm")[0].who == "Zoé"
