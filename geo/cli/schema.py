"""The commands `check` and `schema`: hold a list to its Table Schema; write the schemas, or a filled workbook.

Status of `check`: 0 when nothing keeps the file from the schema, 1 when something does, 2 when it is no table.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from geo.cli.terminal import Lines, as_json
from geo.dataset import open_dataset
from geo.errors import GeoInputError, system_reason
from geo.french import count
from geo.imports import KINDS, template
from geo.schema import Verdict, check_file, table_schema, write_schemas

SHOWN = 200


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `check` and `schema` to the command line's grammar."""
    check = commands.add_parser(
        "check",
        help="dire ce qui écarte un fichier du schéma de sa liste",
        description="Confronte une liste (CSV ou classeur) au schéma de sa couche. Code de sortie : 0 conforme, 1 à corriger, 2 illisible.",
    )
    check.add_argument("file", type=Path, metavar="FICHIER")
    check.add_argument("--kind", required=True, choices=sorted(KINDS), help="la couche")
    check.add_argument("--json", action="store_true", help="écrire du JSON")
    schema = commands.add_parser("schema", help="écrire le schéma (Table Schema) d’une liste, ou un classeur rempli")
    schema.add_argument(
        "kind", nargs="?", choices=sorted(KINDS), metavar="COUCHE", help=f"la couche : {', '.join(KINDS)}"
    )
    schema.add_argument(
        "--workbook", type=Path, metavar="FICHIER", help="écrire un classeur rempli (XLSX) de cette couche"
    )
    schema.add_argument(
        "--to", type=Path, metavar="DOSSIER", help="écrire tous les schémas et leurs exemples dans ce dossier"
    )


def run_check(options: argparse.Namespace) -> Iterable[str]:
    """Hold a file to the schema of its list.

    Raises
    ------
    GeoInputError
        When the file is absent or is no table.
    """
    if not options.file.is_file():
        raise GeoInputError(f"{options.file.name} : fichier introuvable.")
    verdict = check_file(options.file, options.kind, atlas=open_dataset().atlas)
    lines = Lines(
        [as_json(asdict(verdict) | {"conforme": verdict.good})]
        if options.json
        else _sentences(verdict, options.file.name)
    )
    lines.exit_code = 0 if verdict.good else 1
    return lines


def _sentences(verdict: Verdict, name: str) -> list[str]:
    notes = [f"À noter : {note}" for note in verdict.notes]
    rows = count(verdict.rows, "ligne")
    if verdict.good:
        return [*notes, f"{name} : conforme au schéma « {verdict.kind} », {rows}."]
    shown = [str(fault) for fault in verdict.faults[:SHOWN]]
    left = len(verdict.faults) - SHOWN
    more = [f"… et {count(left, 'autre point', 'autres points')} du même ordre."] if left > 0 else []
    points = count(len(verdict.faults), "point", "points")
    return [
        *shown,
        *more,
        *notes,
        f"{name} : {points} à corriger pour être conforme au schéma « {verdict.kind} » ({rows}).",
    ]


def run_schema(options: argparse.Namespace) -> Iterable[str]:
    """Write one schema on stdout, a filled workbook, or every schema into a folder.

    Raises
    ------
    GeoInputError
        When neither a layer nor a folder is given, or a file cannot be written.
    """
    try:
        if options.to:
            return [f"{path} écrit." for path in write_schemas(options.to)]
        if not options.kind:
            raise GeoInputError("Donnez une couche (« python -m geo schema clsm »), ou un dossier avec --to.")
        if options.workbook:
            options.workbook.write_bytes(template(options.kind))
            return [f"{options.workbook} écrit."]
    except OSError as error:
        raise GeoInputError(f"Écriture impossible ({system_reason(error)}).") from error
    return [as_json(table_schema(options.kind))]
