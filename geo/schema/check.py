"""What keeps a file from the schema of its list: row, column, what is wrong, what to do.

Beyond the schema itself (columns, types, words, patterns), the codes must be communes of today, agree with the names and the
départements beside them, and no two rows may say different things of one territory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo import isolation
from geo.communes import Atlas, departement_of, find_name, read_code
from geo.errors import GeoInputError
from geo.files import inspect
from geo.french import count, fold, listing
from geo.imports import COLUMNS, open_grids, role_of
from geo.isolation import Tell
from geo.schema.fields import table_schema

Row = Mapping[str, str]
NAMES = tuple(name for name, _, _ in COLUMNS)
ONE_VALUE = ("etat", "annee")  # a territory has one
PARTITION = ("secteurs-adultes", "secteurs-enfants", "dac")  # a whole commune is in one of their territories


@dataclass(frozen=True)
class Fault:
    """One thing to put right: `row` as the spreadsheet numbers it, 0 for the whole file; `column` is "" for the whole row."""

    row: int
    column: str
    what: str
    remedy: str

    def __str__(self) -> str:
        """Write it as one sentence."""
        where = f"Ligne {self.row}" if self.row else "Fichier"
        return f"{where}{f', colonne « {self.column} »' if self.column else ''} : {self.what} → {self.remedy}"


@dataclass(frozen=True)
class Verdict:
    """What a file was held to and what keeps it from there; `notes` say what is no fault and is worth a look."""

    kind: str
    rows: int
    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether nothing keeps the file from the schema."""
        return not self.faults


def check_file(path: Path, kind: str, *, atlas: Atlas) -> Verdict:
    """Hold a file to the schema of a list; it is read in a process of its own.

    Raises
    ------
    GeoInputError
        When the layer is unknown, or the file cannot be read as a table at all.
    """
    table_schema(kind)
    verdict: Verdict = isolation.read(
        _read, path, path.name, atlas=atlas, options={"name": path.name, "kind": kind}
    ).result()
    return verdict


def _read(path: Path, atlas: Atlas, _: Tell, *, name: str, kind: str) -> Verdict:
    form = inspect(path, name)
    if form.spatial:
        raise GeoInputError(
            f"{name} : des contours, et non un tableau ; le schéma décrit une liste en CSV ou en classeur."
        )
    grid = open_grids(path, form, name)[0]
    faults = []
    if grid.encoding not in ("", "UTF-8"):
        faults.append(Fault(0, "", f"texte en {grid.encoding}", "enregistrez-le en UTF-8."))
    if grid.twice:
        faults.append(Fault(0, "", "accents abîmés", "reprenez le fichier d’origine et enregistrez-le en UTF-8."))
    found = judge(grid.rows, kind, atlas)
    return Verdict(kind, found.rows, (*faults, *found.faults), found.notes)


def judge(rows: Sequence[Sequence[str]], kind: str, atlas: Atlas) -> Verdict:
    """Hold rows of texts, the header first, to the schema of a list."""
    schema = table_schema(kind)
    header = [cell.strip() for cell in rows[0]] if rows else []
    faults = list(_header_faults(header, schema, kind))
    if any(not fault.row for fault in faults):  # nothing can be said of rows whose columns are not there
        return Verdict(kind, max(len(rows) - 1, 0), tuple(faults))
    place = {name: header.index(name) for name in NAMES if name in header}
    table = {
        number: {name: row[at].strip() if at < len(row) else "" for name, at in place.items()}
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    }
    for number, row in table.items():
        faults += _row_faults(number, row, schema, atlas)
    faults += _between_rows(table, kind)
    if not table:
        faults.append(
            Fault(0, "", "aucune ligne sous l’en-tête", "ajoutez une ligne par commune de chaque territoire.")
        )
    examples = sum("(exemple)" in row["nom"] for row in table.values())
    kept = count(examples, "ligne d’exemple du modèle reste", "lignes d’exemple du modèle restent")
    notes = (f"{kept} dans le fichier : à remplacer avant de le publier.",) if examples else ()
    return Verdict(kind, len(table), tuple(sorted(faults, key=lambda fault: fault.row)), notes)


def _header_faults(header: Sequence[str], schema: Mapping[str, Any], kind: str) -> Iterator[Fault]:
    known = {field["name"] for field in schema["fields"]}
    strange = [name for name in header if name and name not in known]
    meant = {name: role_of(name, kind) for name in strange}
    for field in schema["fields"]:
        name = field["name"]
        if name in header or not field.get("constraints", {}).get("required"):
            continue
        instead = next((said for said, role in meant.items() if role == name), "")
        remedy = (
            f"renommez « {instead} » en « {name} »."
            if instead
            else f"ajoutez-la : {field['description'][0].lower()}{field['description'][1:]}"
        )
        yield Fault(0, name, "colonne absente de la première ligne", remedy)
    for name in strange:
        role = meant[name]
        what = (
            f"renommez-la « {role} »."
            if role in known and role not in header
            else "retirez-la, ou mettez ce qu’elle dit dans « note »."
        )
        yield Fault(1, name, "colonne inconnue du schéma", what)
    for name in dict.fromkeys(n for n in header if n and header.count(n) > 1):
        yield Fault(1, name, "colonne en double", "gardez-en une seule.")


def _row_faults(number: int, row: Row, schema: Mapping[str, Any], atlas: Atlas) -> Iterator[Fault]:
    for field in schema["fields"]:
        name, rules = field["name"], field.get("constraints", {})
        value = row.get(name, "")
        if not value:
            if rules.get("required"):
                yield Fault(number, name, "cellule vide", _expected(field))
            continue
        if "enum" in rules and value not in rules["enum"]:
            yield Fault(number, name, f"« {value} » n’est pas un mot du schéma", _expected(field))
        if "pattern" in rules and not re.fullmatch(rules["pattern"], value):
            yield Fault(number, name, f"« {value} » n’a pas la forme attendue", _expected(field))
        if len(value) < rules.get("minLength", 0):
            yield Fault(number, name, f"« {value} » est trop court", _expected(field))
        if field["type"] == "year" and not re.fullmatch(r"(19|20)\d\d", value):
            yield Fault(number, name, f"« {value} » n’est pas une année", "écrivez quatre chiffres (2016), ou rien.")
    if re.fullmatch(
        next(f for f in schema["fields"] if f["name"] == "code_commune")["constraints"]["pattern"], row["code_commune"]
    ):
        yield from _commune_faults(number, row, atlas)


def _expected(field: Mapping[str, Any]) -> str:
    rules = field.get("constraints", {})
    if "enum" in rules:
        return f"écrivez {listing([f'« {word} »' for word in rules['enum']])}."
    return f"{field['description']}"


def _commune_faults(number: int, row: Row, atlas: Atlas) -> Iterator[Fault]:
    """Say what is wrong with a code that is well formed: unknown, of the past, or not that of the name beside it."""
    code, name, departement = row["code_commune"], row.get("nom_commune", ""), row.get("departement", "")
    reading = read_code(code, atlas)
    if reading.kind == "former":
        today = atlas.former[code][0]
        yield Fault(
            number,
            "code_commune",
            f"{code} n’est plus une commune",
            f"écrivez celle d’aujourd’hui : {atlas.label(today)}.",
        )
        return
    if reading.kind not in ("atom", "city"):
        yield Fault(
            number,
            "code_commune",
            f"{code} n’est le code d’aucune commune",
            "vérifiez-le sur insee.fr (code officiel géographique).",
        )
        return
    label = atlas.label(code)
    if name and fold(name) != fold(label.rsplit(" (", 1)[0]) and code not in find_name(name, atlas).codes:
        yield Fault(number, "nom_commune", f"{code} est {label}, et non « {name} »", "corrigez le code ou le nom.")
    if departement and departement != departement_of(code, atlas):
        yield Fault(
            number,
            "departement",
            f"{label} n’est pas dans le département {departement}",
            "corrigez le code ou le département.",
        )


def _between_rows(table: Mapping[int, Row], kind: str) -> Iterator[Fault]:
    first: dict[tuple[str, str], int] = {}
    told: dict[tuple[str, str], tuple[int, str]] = {}
    whole: dict[str, tuple[int, str]] = {}
    for number, row in table.items():
        name, code = fold(row["nom"]), row["code_commune"]
        if (name, code) in first:
            yield Fault(
                number,
                "code_commune",
                f"« {row['nom']} » a déjà {code} (ligne {first[name, code]})",
                "gardez une seule ligne.",
            )
            continue
        first[name, code] = number
        for column in ONE_VALUE:
            value = row.get(column, "")
            before = told.setdefault((name, column), (number, value))
            if value != before[1]:
                said = f"« {row['nom']} » a « {before[1]} » à la ligne {before[0]} et « {value} » ici"
                yield Fault(number, column, said, "écrivez la même valeur sur toutes ses lignes, ou donnez deux noms.")
        if kind in PARTITION and row.get("part_commune", "") != "partielle":
            held = whole.setdefault(code, (number, row["nom"]))
            if fold(held[1]) != name:
                said = f"{code} est déjà, entière, dans « {held[1]} » (ligne {held[0]})"
                yield Fault(
                    number, "part_commune", said, "une commune partagée est « partielle » sur chacune de ses lignes."
                )
