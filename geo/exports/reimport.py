"""A scenario from a file that this dashboard made, or that someone edited since: workbook, CSV, GeoJSON, GeoPackage, JSON.

What is read are the codes, the name, the note, the locks, the project and the answers, each checked as for a link; everything else in the file is for
people. A file that makes no sense gets a sentence that says what to send instead.
"""

from __future__ import annotations

import io
import json
import math
import tempfile
from collections.abc import Callable, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

import pandas as pd

from geo import french as fr
from geo import isolation
from geo.budget import read_budget
from geo.communes import SHAPE_OF_IRIS, Atlas
from geo.errors import GeoInputError
from geo.exports.formats import original
from geo.exports.perimeter_files import COMMUNES, IDENTITY
from geo.files import ERRORS, defuse, foreign, generates, inspect
from geo.guidance import NO_PROJECT
from geo.imports import open_grids
from geo.isolation import Stop, Tell
from geo.scenarios import (
    NAME_LENGTH,
    NOTE_LENGTH,
    Opened,
    Opening,
    RawScenario,
    Scenario,
    Vintage,
    Workbook,
    from_file,
    read_project_field,
    reopen,
    unpack,
)

LARGEST = 50_000_000  # bytes read back
MOST_ROWS = 100_000  # more than there are communes


def read_back(data: bytes, atlas: Atlas, vintage: Vintage | None = None, opening: Opening | None = None) -> Scenario:
    """Read the scenario of a file that this dashboard made, whatever its format; its settings are not read.

    `opening` gives the communes with the cities opened whose IRIS the file names.

    Raises
    ------
    GeoInputError
        When the file is not one of ours, or a code makes no sense; the sentence says which.
    """
    if len(data) > LARGEST:
        raise GeoInputError(
            f"Ce fichier est trop gros ({fr.number(len(data) / 1e6)} Mo ; {fr.number(LARGEST / 1e6)} Mo au plus)."
        )
    if data.startswith(b"SQLite format 3\x00"):
        raw = _from_gpkg(data)
    elif data.startswith(b"PK\x03\x04"):
        raw = _from_xlsx(data)
    elif data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        content = _json(data)
        if content.get("type") != "FeatureCollection":
            return from_file(data, atlas, vintage, opening).workbook.scenario
        raw = _from_geojson(content)
    else:
        raw = _from_csv(data)
    if not raw.codes:
        raise GeoInputError("Ce fichier ne contient aucune commune : la colonne « code » y est vide.")
    cities = frozenset(code[:5] for code in raw.codes if SHAPE_OF_IRIS.fullmatch(code))
    atlas = opening(cities)[0] if opening and cities else atlas
    return reopen([raw], 0, _GUIDE, Vintage(), atlas, vintage).workbook.scenario


_GUIDE = Workbook().settings
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


def _from_xlsx(data: bytes) -> RawScenario:
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
    return _raw(takewhile(str.strip, codes), known)  # notes may follow the table


def _from_gpkg(data: bytes) -> RawScenario:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recu.gpkg"
        path.write_bytes(data)
        try:
            defuse(path)
            with foreign(path) as base:
                if generates(base, "communes") or generates(base, "identite"):
                    raise GeoInputError(_NOT_OURS.format("ses tables fabriquent des colonnes à la lecture"))
                codes = [row[0] for row in base.execute("SELECT code FROM communes").fetchmany(MOST_ROWS)]
                known = dict(base.execute("SELECT cle, valeur FROM identite").fetchmany(MOST_ROWS))
        except ERRORS as error:
            raise GeoInputError(_NOT_OURS.format("la table « communes » ou « identite » manque")) from error
    return _raw(codes, known)


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


def settings_of_link(link: str, atlas: Atlas) -> Workbook | None:
    """Return the workbook of the link that a file carries, None when it carries none that can be read."""
    _, mark, text = link.partition("lien=")
    try:
        return unpack(text.split("&")[0], atlas).workbook if mark else None
    except GeoInputError:
        return None


def open_scenarios(data: bytes, name: str, atlas: Atlas, vintage: Vintage, tell: Tell, stop: Stop) -> Opened:
    """Read a file of scenarios as `geo.scenarios.file.from_file` does.

    Raises
    ------
    GeoInputError
        When it is not one of ours, or its reading was ended.
    """
    found: Opened = _read(scenarios_of, data, name, atlas, vintage, tell, stop)
    return found


def open_exported(data: bytes, name: str, atlas: Atlas, vintage: Vintage, tell: Tell, stop: Stop) -> Scenario:
    """Read the scenario of any file that this dashboard makes, as `geo.exports.reimport.read_back` does.

    Raises
    ------
    GeoInputError
        When it is not one of ours, or its reading was ended.
    """
    found: Scenario = _read(scenario_of, data, name, atlas, vintage, tell, stop)
    return found


def _read(
    work: Callable[..., Any], data: bytes, name: str, atlas: Atlas, vintage: Vintage, tell: Tell, stop: Stop
) -> Any:
    return isolation.read(work, data, name, atlas=atlas, options={"vintage": vintage}, tell=tell, stop=stop).result()


def scenarios_of(path: Path, atlas: Atlas, _tell: Tell, *, vintage: Vintage) -> Opened:
    """Read a file of scenarios in this process."""
    return from_file(path.read_bytes(), atlas, vintage)


def scenario_of(path: Path, atlas: Atlas, _tell: Tell, *, vintage: Vintage) -> Scenario:
    """Read an exported scenario in this process."""
    return read_back(path.read_bytes(), atlas, vintage)
