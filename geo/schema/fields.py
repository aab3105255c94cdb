"""The Table Schema (Frictionless) of each list, made from the columns of its template: one description for both.

A schema adds to a template what a machine can hold a file to: the type of each column, what it must match, what is
required. See https://specs.frictionlessdata.io/table-schema/.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geo.imports import COLUMNS, EXAMPLES, KINDS, known_kind
from geo.layers import Etat

SPECIFICATION = "https://specs.frictionlessdata.io/schemas/table-schema.json"
VERSION = "1.0.0"
PARTS = ("entière", "partielle")
STATED = (
    "clsm",
    "cls",
    "cpts",
    "dac",
)  # lists of what is set up by a decision, at some stage: the stage must be written
TITLES = {
    "nom": "Nom du territoire", "code_commune": "Code INSEE de la commune", "nom_commune": "Nom de la commune",
    "departement": "Département de la commune", "part_commune": "Part de la commune", "etat": "État",
    "annee": "Année de création ou de signature", "source_titre": "Source", "note": "Remarque",
}  # fmt: skip
MEANINGS = {
    "nom_commune": "Nom de la commune : il sert à vérifier le code."
}  # where the schema asks more than the import
RULES: Mapping[str, Mapping[str, Any]] = {
    "nom": {"required": True, "minLength": 2},
    "code_commune": {"required": True, "pattern": "(0[1-9]|[1-8][0-9]|9[0-5]|2[AB])[0-9]{3}|97[1-46][0-9]{2}"},
    "departement": {"pattern": "0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-46]"},
    "part_commune": {"enum": list(PARTS)},
    "etat": {"enum": [etat.value for etat in Etat]},
}


def table_schema(kind: str) -> dict[str, Any]:
    """Return the Table Schema of a list, one of `geo.imports.KINDS`.

    Raises
    ------
    GeoInputError
        When the layer is not one that is imported.
    """
    layer = known_kind(kind)
    return {
        "$schema": SPECIFICATION,
        "name": f"liste-{kind}",
        "title": f"Liste de territoires : {layer.long_name}",
        "description": (
            f"Une ligne par commune de chaque territoire ({layer.long_name}). Fichier CSV en UTF-8 ou première feuille d’un classeur ; "
            "en-têtes sur la première ligne ; colonnes facultatives admises vides ou absentes."
        ),
        "version": VERSION,
        "lang": "fr",
        "fields": [_field(kind, place, *column) for place, column in enumerate(COLUMNS)],
        "missingValues": [""],
        "primaryKey": ["nom", "code_commune"],
    }


def _field(kind: str, place: int, name: str, _: bool, meaning: str) -> dict[str, Any]:
    constraints = dict(RULES.get(name, {}))
    if name == "etat" and kind in STATED:
        constraints["required"] = True
    example = next((row[place] for row in EXAMPLES[kind] if row[place]), "")
    field: dict[str, Any] = {
        "name": name,
        "title": TITLES[name],
        "description": MEANINGS.get(name, meaning),
        "type": "year" if name == "annee" else "string",
    }
    if example:
        field["example"] = example
    return field | ({"constraints": constraints} if constraints else {})


def example_csv(kind: str) -> str:
    """Return a filled list as CSV text, the rows of the template."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([name for name, _, _ in COLUMNS])
    writer.writerows(EXAMPLES[kind])
    return stream.getvalue()


def write_schemas(folder: Path) -> list[Path]:
    """Write the schema and a filled example of every list into a folder; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for kind in KINDS:
        text = json.dumps(table_schema(kind), ensure_ascii=False, indent=2) + "\n"
        for name, content in ((f"{kind}.json", text), (f"{kind}-exemple.csv", example_csv(kind))):
            (folder / name).write_text(content, encoding="utf-8")
            made.append(folder / name)
    return made
