"""A scenario from a file that this dashboard made, or that someone edited since: workbook, CSV, GeoJSON, GeoPackage, JSON.

What is read are the codes, the name, the note, the locks, the project and the answers, each checked as for a link; everything else in the file is for
people. A file that makes no sense gets a sentence that says what to send instead.
"""

from __future__ import annotations

import io
import json
import math
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile, zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from geo import french as fr
from geo import isolation
from geo.budget import read_budget
from geo.claims import MOST_CLAIMS
from geo.communes import SHAPE_OF_IRIS, Atlas
from geo.errors import GeoInputError
from geo.exports.formats import original
from geo.exports.perimeter_files import CLAIM_COLUMNS, CLAIMS, CLAIMS_FIELD, COMMUNES, IDENTITY
from geo.files import ERRORS, defuse, foreign, generates, inspect
from geo.guidance import NO_PROJECT
from geo.imports import open_grids
from geo.isolation import Stop, Tell
from geo.scenarios import (
    NAME_LENGTH,
    NOTE_LENGTH,
    Opened,
    Opening,
    RawBook,
    RawScenario,
    Vintage,
    raw_book,
    read_claim_fields,
    read_project_field,
    reopen,
    set_on,
)

LARGEST = 50_000_000  # bytes read back
MOST_ROWS = 100_000  # more than there are communes


def read_back(data: bytes, atlas: Atlas, vintage: Vintage | None = None, opening: Opening | None = None) -> Opened:
    """Read the scenario of a file that this dashboard made, whatever its format, and the local statements that its figures rest on; of a file
    of scenarios, the current one. Settings are not read.

    `opening` gives the communes with the cities opened whose IRIS the file names.

    Raises
    ------
    GeoInputError
        When the file is not one of ours, or a code makes no sense; the sentence says which.
    """
    return _set_on(raw_exported(data), atlas, vintage, opening)


def _set_on(raw: RawBook, atlas: Atlas, vintage: Vintage | None, opening: Opening | None) -> Opened:
    """Set what a file holds on the data of today; an IRIS that cannot be chosen here is refused, as the perimeter would be another."""
    if not raw.alone:
        found = set_on(raw, atlas, vintage, opening)
        return replace(found, workbook=replace(found.workbook, scenarios=(found.workbook.scenario,), current=0))
    here = opening(raw.cities)[0] if opening and raw.cities else atlas
    found = reopen(raw.scenarios, 0, raw.settings, raw.sent, here, vintage, raw.claims)
    return replace(found, workbook=replace(found.workbook, opened=frozenset(here.opened)))


def raw_exported(data: bytes) -> RawBook:
    """Read what a file that this dashboard made holds, and look nothing up.

    Raises
    ------
    GeoInputError
        When the file is not one of ours.
    """
    if len(data) > LARGEST:
        raise GeoInputError(
            f"Ce fichier est trop gros ({fr.number(len(data) / 1e6)} Mo ; {fr.number(LARGEST / 1e6)} Mo au plus)."
        )
    if data.startswith(b"SQLite format 3\x00"):
        raw, claims = _from_gpkg(data)
    elif data.startswith(b"PK\x03\x04"):
        raw, claims = _from_xlsx(data)
    elif data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        content = _json(data)
        if content.get("type") != "FeatureCollection":
            return raw_book(data)
        raw, claims = _from_geojson(content), content.get(CLAIMS_FIELD, [])
    else:
        raw, claims = _from_csv(data), []
    if not raw.codes:
        raise GeoInputError("Ce fichier ne contient aucune commune : la colonne « code » y est vide.")
    cities = frozenset(code[:5] for code in raw.codes if SHAPE_OF_IRIS.fullmatch(code))
    return RawBook((raw,), claims=tuple(read_claim_fields(claims)), cities=cities, alone=True)


_NOT_OURS = "Ce fichier n’est pas un périmètre de ce tableau de bord : {}. Envoyez un fichier exporté d’ici, sans l’avoir converti."


def _raw(codes: Any, known: Mapping[str, Any]) -> RawScenario:
    """Make a scenario to check from codes and an identity; texts are undone of the apostrophes that protect spreadsheets."""
    texts = {k: original(str(v)) for k, v in known.items() if isinstance(v, str)}
    listed = frozenset(
        _code(c) for c in codes if c is not None and not (isinstance(c, float) and math.isnan(c)) and str(c).strip()
    )
    locked = frozenset(c for c in texts.get("verrouillees", "").split(",") if c) & listed
    name = texts.get("nom") or "Périmètre"
    project = _field(texts, "projet")
    return RawScenario(
        name[:NAME_LENGTH],
        listed,
        texts.get("note", "")[:NOTE_LENGTH],
        locked,
        project=read_project_field(project) if project else NO_PROJECT,
        answers=_field(texts, "reponses"),
        budget=read_budget(_field(texts, "budget")),
    )


def _field(texts: Mapping[str, str], key: str) -> dict[str, Any]:
    """Return what a file holds under a key as JSON; nothing when the key is not there."""
    try:
        found = json.loads(texts.get(key) or "{}")
    except (ValueError, RecursionError) as error:
        raise GeoInputError(_NOT_OURS.format(f"« {key} » est illisible")) from error
    if not isinstance(found, dict):
        raise GeoInputError(_NOT_OURS.format(f"« {key} » est illisible"))
    return found


def _code(value: Any) -> str:
    """Return a code as text; a spreadsheet may have made 1004.0 of 01004, or 10040101 of an IRIS."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if not text.isdigit():
        return text
    return text.zfill(9 if len(text) == 8 else 5)


def _from_csv(data: bytes) -> RawScenario:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise GeoInputError(_NOT_OURS.format("son texte est illisible"))
    if not text.strip():
        raise GeoInputError(_NOT_OURS.format("il est vide, et la colonne « code » manque"))
    first = text.splitlines()[0]
    separator = max(";,\t", key=first.count)
    try:
        table = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False)
    except (ValueError, pd.errors.ParserError) as error:
        raise GeoInputError(_NOT_OURS.format("ses lignes n’ont pas toutes les mêmes colonnes")) from error
    if "code" not in table:
        raise GeoInputError(_NOT_OURS.format("la colonne « code » manque"))
    names = sorted(set(table["perimetre"]) - {""}) if "perimetre" in table else []
    if len(names) > 1:
        raise GeoInputError(
            f"Ce fichier contient plusieurs périmètres ({fr.listing(names, most=3)}) : gardez-en un seul."
        )
    return _raw(table["code"], {"nom": names[0]} if names else {})


def _from_xlsx(data: bytes) -> tuple[RawScenario, list[dict[str, Any]]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recu.xlsx"
        path.write_bytes(data)
        grids = open_grids(path, inspect(path, "Ce classeur"), "Ce classeur")
    sheets = {grid.name: grid.rows for grid in grids}
    if "code" not in sheets.get(COMMUNES, [[]])[0]:
        raise GeoInputError(_NOT_OURS.format(f"la feuille « {COMMUNES} » ou sa colonne « code » manque"))
    head, *lines = sheets[COMMUNES]
    at = head.index("code")
    known = {line[0]: line[1] for line in sheets.get(IDENTITY, [])[1:] if len(line) > 1}
    codes = [line[at] if at < len(line) else "" for line in lines]
    told = takewhile(any, sheets.get(CLAIMS, [])[1:])
    return _raw(takewhile(str.strip, codes), known), _claims(told)  # notes may follow the tables


def _claims(lines: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Return the lines of a table of claims as their fields; a cell that is missing is empty."""
    found = []
    for line in lines:
        cells = [original(str(cell or "")) for cell in line]
        one: dict[str, Any] = dict(zip_longest(CLAIM_COLUMNS, cells[: len(CLAIM_COLUMNS)], fillvalue=""))
        one |= {name: one[name].split() for name in ("communes", "en_partie")}
        one |= {name: one[name].casefold() == "oui" for name in ("complete", "retenue")}
        found.append(one)
    return found


def _from_gpkg(data: bytes) -> tuple[RawScenario, list[dict[str, Any]]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recu.gpkg"
        path.write_bytes(data)
        try:
            defuse(path)
            with foreign(path) as base:
                if any(generates(base, table) for table in ("communes", "identite", CLAIMS_FIELD)):
                    raise GeoInputError(_NOT_OURS.format("ses tables fabriquent des colonnes à la lecture"))
                codes = [row[0] for row in base.execute("SELECT code FROM communes").fetchmany(MOST_ROWS)]
                known = dict(base.execute("SELECT cle, valeur FROM identite").fetchmany(MOST_ROWS))
                held = base.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (CLAIMS_FIELD,))
                told = (
                    base.execute(f"SELECT {', '.join(CLAIM_COLUMNS)} FROM {CLAIMS_FIELD}").fetchmany(MOST_CLAIMS + 1)
                    if held.fetchone()
                    else []
                )
        except ERRORS as error:
            raise GeoInputError(_NOT_OURS.format("la table « communes » ou « identite » manque")) from error
    return _raw(codes, known), _claims(told)


def _json(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise GeoInputError(_NOT_OURS.format("ce n’est pas du JSON lisible")) from error
    return content if isinstance(content, dict) else {}


def _from_geojson(content: Mapping[str, Any]) -> RawScenario:
    features = content.get("features")
    listed = [f.get("properties") for f in features if isinstance(f, dict)] if isinstance(features, list) else []
    communes = [p for p in listed if isinstance(p, dict) and p.get("objet") == "commune"]
    if not communes:
        raise GeoInputError(_NOT_OURS.format("aucune commune n’y est nommée"))
    known = content.get("perimetre")
    return _raw([p.get("code") for p in communes], known if isinstance(known, dict) else {})


def open_scenarios(
    data: bytes, name: str, atlas: Atlas, vintage: Vintage, opening: Opening, tell: Tell, stop: Stop
) -> Opened:
    """Read a file of scenarios as `geo.scenarios.file.from_file` does.

    Raises
    ------
    GeoInputError
        When it is not one of ours, or its reading was ended.
    """
    return set_on(_read(book_of, data, name, atlas, tell, stop), atlas, vintage, opening)


def open_exported(
    data: bytes, name: str, atlas: Atlas, vintage: Vintage, opening: Opening, tell: Tell, stop: Stop
) -> Opened:
    """Read the scenario of any file that this dashboard makes, as `geo.exports.reimport.read_back` does.

    Raises
    ------
    GeoInputError
        When it is not one of ours, or its reading was ended.
    """
    return _set_on(_read(exported_of, data, name, atlas, tell, stop), atlas, vintage, opening)


def _read(work: Callable[..., RawBook], data: bytes, name: str, atlas: Atlas, tell: Tell, stop: Stop) -> RawBook:
    """Read a file in a process of its own; what it holds is looked up here, on the data of the session."""
    found: RawBook = isolation.read(work, data, name, atlas=atlas, tell=tell, stop=stop).result()
    return found


def book_of(path: Path, _atlas: Atlas, _tell: Tell) -> RawBook:
    """Read a file of scenarios in this process."""
    return raw_book(path.read_bytes())


def exported_of(path: Path, _atlas: Atlas, _tell: Tell) -> RawBook:
    """Read an exported scenario in this process."""
    return raw_exported(path.read_bytes())
