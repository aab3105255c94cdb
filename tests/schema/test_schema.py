"""The Table Schema of each list: in step with the templates and the importer, and what it says of files that are not of it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from geo.__main__ import main
from geo.errors import GeoInputError
from geo.imports import COLUMNS, KINDS, ROLES, read_import, role_of, template
from geo.paths import ROOT
from geo.schema import Fault, check_file, example_csv, judge, table_schema, write_schemas
from tests.support import real
from tests.support.grid import plain
from tests.support.table_files import csv_bytes, xlsx_bytes

HEADER = ["nom", "code_commune", "nom_commune", "departement", "part_commune", "etat", "annee", "source_titre", "note"]
GOOD = ["CLSM de Créteil", "94028", "Créteil", "94", "entière", "en service", "2016", "Convention", ""]
KIND = pytest.mark.parametrize("kind", sorted(KINDS))


def changed(**cells: str) -> list[str]:
    return [cells.get(name, value) for name, value in zip(HEADER, GOOD, strict=True)]


def faults(rows: Sequence[Sequence[str]], kind: str = "clsm", header: Sequence[str] = HEADER) -> list[str]:
    return [plain(str(fault)) for fault in judge([header, *rows], kind, real.atlas()).faults]


# --- one description for the schema, the template and the importer
def test_the_schemas_in_the_documentation_are_those_that_the_code_makes(tmp_path: Path) -> None:
    made = write_schemas(tmp_path)
    kept = ROOT / "docs" / "schema"
    assert {path.name for path in made} | {"README.md"} == {path.name for path in kept.iterdir()}
    for path in made:
        assert (kept / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), (
            f"{path.name} : relancez « python -m geo schema --to docs/schema »"
        )


@KIND
def test_a_schema_describes_the_columns_of_the_template_in_its_order(kind: str) -> None:
    schema = table_schema(kind)
    assert [field["name"] for field in schema["fields"]] == [name for name, _, _ in COLUMNS] == HEADER
    assert {f["name"] for f in schema["fields"] if f.get("constraints", {}).get("required")} >= {
        n for n, must, _ in COLUMNS if must
    }
    assert all(
        field["title"] and field["description"] and field["type"] in ("string", "year") for field in schema["fields"]
    )
    assert set(schema["primaryKey"]) <= set(HEADER)
    json.dumps(schema)


def test_each_column_is_known_to_the_importer_under_its_own_name() -> None:
    for name in HEADER:
        assert name in ROLES
        assert {role_of(name, kind) for kind in KINDS} == {name}


@KIND
def test_the_examples_satisfy_the_rules_of_their_field(kind: str) -> None:
    for field in table_schema(kind)["fields"]:
        rules, example = field.get("constraints", {}), field.get("example", "")
        assert not rules.get("required") or example
        assert "pattern" not in rules or re.fullmatch(rules["pattern"], example)
        assert "enum" not in rules or example in rules["enum"]


@KIND
def test_the_filled_workbook_is_of_the_schema_and_says_that_examples_remain(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "modele.xlsx"
    path.write_bytes(template(kind))
    verdict = check_file(path, kind, atlas=real.atlas())
    assert verdict.good and verdict.rows == 2 and "2 lignes d’exemple" in plain(verdict.notes[0])


@KIND
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_of_the_schema_is_imported_without_a_question(kind: str, form: str, tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(example_csv(kind))))
    path = tmp_path / f"liste.{form}"
    path.write_bytes(csv_bytes(rows) if form == "csv" else xlsx_bytes({"Liste": rows}))
    assert check_file(path, kind, atlas=real.atlas()).good
    draft = read_import(path, path.name, kind, atlas=real.atlas())
    assert (draft.accepted, draft.refused) == (2, 0)
    assert {remark.level for remark in draft.remarks} <= {"à savoir"}
    assert {column.name: column.role for column in draft.columns if column.role} == {name: name for name in HEADER}
    assert sorted(draft.zones["nom"]) == sorted({row[0] for row in rows[1:]})


# --- faults
def test_a_good_list_has_none() -> None:
    assert (
        faults([GOOD, changed(nom="CLSM de Paris 13", code_commune="75113", nom_commune="Paris 13e", departement="75")])
        == []
    )
    assert faults([changed(code_commune="75056", nom_commune="Paris", departement="75"), ["", "", ""]]) == []


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"nom": ""}, "Ligne 2, colonne « nom » : cellule vide"),
        ({"code_commune": ""}, "Ligne 2, colonne « code_commune » : cellule vide"),
        ({"code_commune": "1001"}, "« 1001 » n’a pas la forme attendue"),
        ({"code_commune": "940 28"}, "« 940 28 » n’a pas la forme attendue"),
        ({"code_commune": "94099", "nom_commune": ""}, "94099 n’est le code d’aucune commune"),
        ({"code_commune": "93059", "nom_commune": "", "departement": "93"}, "93059 n’est plus une commune → écrivez celle d’aujourd’hui : Saint-Denis (93066)"),
        ({"nom_commune": "Choisy-le-Roi"}, "94028 est Créteil (94028), et non « Choisy-le-Roi »"),
        ({"departement": "93"}, "Créteil (94028) n’est pas dans le département 93"),
        ({"departement": "2a"}, "« 2a » n’a pas la forme attendue"),
        ({"part_commune": "moitié"}, "« moitié » n’est pas un mot du schéma → écrivez « entière » et « partielle »"),
        ({"etat": "Actif"}, "« Actif » n’est pas un mot du schéma"),
        ({"etat": ""}, "Ligne 2, colonne « etat » : cellule vide"),
        ({"annee": "16"}, "« 16 » n’est pas une année → écrivez quatre chiffres"),
        ({"annee": "2016-05"}, "« 2016-05 » n’est pas une année"),
    ],
)  # fmt: skip
def test_a_fault_names_its_row_its_column_and_the_remedy(cells: dict[str, str], said: str) -> None:
    found = faults([changed(**cells)])
    assert any(said in fault for fault in found), found
    assert all(" → " in fault for fault in found)


def test_rows_that_disagree_are_told() -> None:
    other = changed(code_commune="94033", nom_commune="Fontenay-sous-Bois")
    assert "a déjà 94028 (ligne 2)" in faults([GOOD, GOOD])[0]
    assert "a « en service » à la ligne 2 et « projet » ici" in faults([GOOD, [*other[:5], "projet", *other[6:]]])[0]
    two = [changed(nom="94G01"), changed(nom="94G02")]
    assert faults(two) == []  # two CLSM may share a commune
    assert "94028 est déjà, entière, dans « 94G01 » (ligne 2)" in faults(two, "secteurs-adultes")[0]
    shared = [changed(nom=name, part_commune="partielle") for name in ("94G01", "94G02")]
    assert faults(shared, "secteurs-adultes") == []


def test_an_etat_may_be_left_out_of_sectors_alone() -> None:
    assert faults([changed(etat="")], "secteurs-adultes") == []


def test_headers_are_held_to_the_schema() -> None:
    assert faults([GOOD], header=["nom", "INSEE", *HEADER[2:]])[0] == (
        "Fichier, colonne « code_commune » : colonne absente de la première ligne → renommez « INSEE » en « code_commune »."
    )
    found = faults([[*GOOD, "x"]], header=[*HEADER, "Coordonnateur"])
    assert found == [
        "Ligne 1, colonne « Coordonnateur » : colonne inconnue du schéma → retirez-la, ou mettez ce qu’elle dit dans « note »."
    ]
    assert faults([[*GOOD, "x"]], header=[*HEADER, "etat"]) == [
        "Ligne 1, colonne « etat » : colonne en double → gardez-en une seule."
    ]
    assert faults([GOOD], header=["Liste des CLSM", *[""] * 8])[0].startswith("Fichier, colonne « nom »")
    assert faults([])[0].startswith("Fichier : aucune ligne")
    assert [f.what for f in judge([], "clsm", real.atlas()).faults if isinstance(f, Fault)]


def test_optional_columns_may_be_absent_and_order_is_free() -> None:
    assert faults([["en service", "94028", "CLSM de Créteil"]], header=["etat", "code_commune", "nom"]) == []


# --- files and the command line
def test_an_old_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(csv_bytes([HEADER, GOOD], encoding="cp1252"))
    (fault,) = check_file(path, "clsm", atlas=real.atlas()).faults
    assert "Windows-1252" in fault.what and fault.remedy == "enregistrez-le en UTF-8."


@pytest.mark.parametrize(
    ("name", "body"),
    [("x.csv", b""), ("x.xlsx", b"PK\x03\x04 cut"), ("x.geojson", b'{"type":"FeatureCollection","features":[]}')],
)
def test_what_is_no_table_is_refused(name: str, body: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(GeoInputError):
        check_file(tmp_path / name, "clsm", atlas=real.atlas())


def test_the_command_ends_with_a_status_that_says_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path / "home"))
    good, bad = tmp_path / "bon.csv", tmp_path / "faux.csv"
    good.write_bytes(csv_bytes([HEADER, GOOD]))
    bad.write_bytes(csv_bytes([HEADER, changed(etat="\x1b[31mActif")]))
    assert main(["check", str(good), "--kind", "clsm"]) == 0
    assert "bon.csv : conforme au schéma « clsm », 1 ligne." in plain(capsys.readouterr().out)
    assert main(["check", str(bad), "--kind", "clsm"]) == 1
    out = plain(capsys.readouterr().out)
    assert "Ligne 2, colonne « etat »" in out and "1 point à corriger" in out and "\x1b" not in out
    assert main(["check", str(bad), "--kind", "clsm", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["conforme"] is False
    assert main(["check", str(tmp_path / "absent.csv"), "--kind", "clsm"]) == 2
    assert "fichier introuvable" in capsys.readouterr().err


def test_the_schema_and_its_workbook_are_written_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema", "cls"]) == 0
    assert json.loads(capsys.readouterr().out) == table_schema("cls")
    assert main(["schema", "cls", "--workbook", str(tmp_path / "cls.xlsx")]) == 0
    assert check_file(tmp_path / "cls.xlsx", "cls", atlas=real.atlas()).good
    assert main(["schema"]) == 2 and main(["schema", "cls", "--workbook", str(tmp_path / "no" / "cls.xlsx")]) == 2
    with pytest.raises(GeoInputError, match="Couche « clms » inconnue"):
        table_schema("clms")
