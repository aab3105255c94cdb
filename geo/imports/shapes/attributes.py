"""What the attributes of polygons say: which column is the name, the id, the commune code, the état, the year.

A column is recognised by its header, and for codes by its values too. The planner can say otherwise (`mapping`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.arrays import Rows
from geo.communes import SHAPE, Atlas, read_code
from geo.errors import GeoInputError
from geo.french import count, fold, listing
from geo.geometry import WGS84, Geometries
from geo.imports.draft import EXAMPLES, Column
from geo.imports.shapes.features import Features
from geo.layers import Etat, project
from geo.remarks import Remark

# Role → headers, folded and without blanks, the best first; « * » at the end stands for anything.
HEADERS: Mapping[str, str] = {
    "code_commune": "inseecom codeinsee codgeo codecommune inseecommune codecom depcom insee codeinseecommune comcode",
    "id": "id identifiant idzone codesecteur codezone codeclsm codecpts codecls code siren numero num ref finess",
    "nom": "nom nomterritoire nomzone nomsecteur nomclsm nomcls nomcpts nomdac name clsm cls cpts dac secteur libelle libsecteur "
    "libzone lib territoire zone intitule denomination label nomcomplet nom* lib*",
    "etat": "etat statut status avancement situation etatdavancement",
    "annee": "annee anneecreation datecreation creation an year millesime annee*",
    "territoire": "etablissement hopital ch chs territoire rattachement",
    "source_titre": "source sourcetitre",
    "source_url": "url lien sourceurl adresse",
    "note": "note notes remarque remarques commentaire commentaires description",
}

SURE, LIKELY, POSSIBLE = 0.95, 0.7, 0.4

STATES = (
    (Etat.A_CONFIRMER, r"confirm"),
    (Etat.PROJET, r"projet|reflexion|preparation|emergence|prefigur"),
    (Etat.ANNONCE, r"annonc"),
    (Etat.EN_SERVICE, r"service|actif|active|cite|operationnel|fonctionn|existant|signe|installe|ouvert"),
)  # fmt: skip

_GATHERS = re.compile(r"dep|reg|pays|stat|type|nature|source|etat|millesime|arr|cant")

AGREE = 0.9  # of the features must be the commune that their code says

LARGER = 2.0  # an outline more than twice as large, or as small, is another territory


def understand(features: Features, mapping: Mapping[str, str] | None) -> Features:
    """Find which column plays each role, and what every column was taken for.

    Raises
    ------
    GeoInputError
        When `mapping` names a column that the file lacks.
    """
    table, file = features.table, features.file
    given = {
        role: column for role, column in (mapping or {}).items() if role in (*HEADERS, "population", "annee_source")
    }
    absent = sorted({c for c in given.values() if c and c not in table.columns})
    if absent:
        raise GeoInputError(
            f"{file} : pas de colonne {listing([f'« {c[:40]} »' for c in absent], 5)} ; colonnes du fichier : "
            f"{listing(map(str, table.columns), 12) or 'aucune'}."
        )
    roles = {role: column for role, column in given.items() if column}
    surely = dict.fromkeys(roles, 1.0)
    for role, words in HEADERS.items():
        if role in given:
            continue
        found = _by_header(table, words, taken=set(roles.values()), role=role)
        if found:
            roles[role], surely[role] = found
    if "nom" not in given and "nom" not in roles:
        column = _by_values(table, set(roles.values()))
        if column:
            roles["nom"], surely["nom"] = column, POSSIBLE
    by_column = {column: role for role, column in roles.items()}
    columns = tuple(
        Column(
            name=str(name),
            examples=tuple(dict.fromkeys(v[:80] for v in table[name] if v))[:EXAMPLES],
            role=by_column.get(str(name), ""),
            confidence=surely.get(by_column.get(str(name), ""), 0.0),
            why="d’après son en-tête" if by_column.get(str(name)) else "",
        )
        for name in table.columns
    )
    return replace(features, roles=roles, columns=columns, label=roles.get("nom", ""))


def _by_header(table: pd.DataFrame, words: str, *, taken: set[str], role: str) -> tuple[str, float] | None:
    headers = {str(c): fold(str(c)).replace(" ", "") for c in table.columns if str(c) not in taken}
    for word in words.split():
        for column, header in headers.items():
            same = header.startswith(word[:-1]) if word.endswith("*") else header == word
            if same and (table[column] != "").any() and (role != "code_commune" or _are_codes(table[column])):
                return column, LIKELY if word.endswith("*") else SURE
    return None


def _are_codes(values: pd.Series[str]) -> bool:
    filled = values[values != ""]
    return len(filled) > 0 and float(filled.str.upper().str.fullmatch(rf"\d{{4}}|{SHAPE.pattern}").mean()) >= 0.9


def _by_values(table: pd.DataFrame, taken: set[str]) -> str | None:
    """Return the first column of words that differ from row to row."""
    for column in table.columns:
        filled = table[column][table[column] != ""]
        words = filled.str.contains(r"[^\W\d_]{3}", regex=True)
        worded = len(filled) > 0.8 * len(table) and words.mean() > 0.9 and filled.nunique() > 0.5 * len(filled)
        if worded and str(column) not in taken:
            return str(column)
    return None


def state_of(text: str) -> Etat | None:
    """Read an état in the words of a file, None when it is not understood."""
    words = fold(text)
    return next((etat for etat, pattern in STATES if re.search(pattern, words)), None)


def year_of(text: str) -> str:
    """Return the year in a date or a text, "" when there is none."""
    found = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", text)
    return found[0] if found else ""


def follow_codes(features: Features, atlas: Atlas, *, name_chosen: bool) -> Features:
    """Take features as communes where they bear codes that their outlines confirm; say it either way.

    `name_chosen` tells that the planner chose the column of the name.
    """
    if "code_commune" not in features.roles or not len(features.places):
        return features
    codes = features.texts("code_commune")[features.places]
    atoms = tuple(read_code(_padded(code), atlas).atoms for code in codes)
    if not _are_those_drawn(codes, atoms, features, atlas):
        return _without_codes(features)
    known = np.array([bool(found) for found in atoms])
    words = count(int(known.sum()), "objet porte un code de commune que son contour confirme",
                  "objets portent un code de commune que leur contour confirme")  # fmt: skip
    features = replace(features, atoms=atoms).say("à savoir", "", f"{words} : les codes font foi.")
    short = sum(code.isdigit() and len(code) == 4 for code in codes)
    if short:
        words = count(
            short, "code de commune sans son zéro de tête, rendu", "codes de commune sans leur zéro de tête, rendu"
        )
        features = features.say("réparé", "", f"{words}.")
    features = features.saying(_of_codes(codes, features.lines[features.places], atlas))
    naming = None if name_chosen else _naming_column(features, atlas)
    if naming:
        text = "les communes qui y portent la même valeur font un territoire."
        features = replace(features, roles={**features.roles, "nom": naming})
        features = features.say(
            "à savoir", f"colonne « {naming} »", text, "Changez la colonne du nom si ce n’est pas elle."
        )
    return features.only(known)


def _padded(code: str) -> str:
    return code.zfill(5) if code.isdigit() else code


def _of_codes(codes: Iterable[str], lines: Rows, atlas: Atlas) -> Iterator[Remark]:
    for code, line in zip(codes, map(int, lines), strict=True):
        reading = read_code(_padded(code), atlas)
        if reading.kind == "former":
            now = listing(map(atlas.label, reading.atoms), 4)
            message = f"{reading.text} est un ancien code : commune d’aujourd’hui, {now}."
            yield Remark("réparé", f"objet {line}", message, row=line)
        elif not reading.atoms:
            yield Remark("refusé", f"objet {line}", reading.message, "Corrigez son code.", row=line)


def _are_those_drawn(
    codes: npt.NDArray[np.object_], atoms: tuple[tuple[str, ...], ...], features: Features, atlas: Atlas
) -> bool:
    """Tell whether codes are those of the communes that the outlines draw."""
    known = np.array([bool(found) for found in atoms])
    if known.mean() < AGREE or len(set(codes)) < AGREE * len(codes):
        return False
    return bool(_agree(list(atoms), features.shapes, features.crs, atlas)[known].mean() >= AGREE)


def _without_codes(features: Features) -> Features:
    column = features.roles["code_commune"]
    kept = {role: name for role, name in features.roles.items() if role != "code_commune"}
    kept.setdefault("id", column)
    text = "ces codes ne sont pas ceux des communes dessinées (siège, ou commune d’un quartier) : les contours sont suivis."
    return replace(features, roles=kept).say("à savoir", f"colonne « {column} »", text)


def _agree(atoms: list[tuple[str, ...]], shapes: Geometries, crs: Any, atlas: Atlas) -> npt.NDArray[np.bool_]:
    """Tell which outlines are, roughly, those of their communes."""
    degrees = project(shapes, WGS84, source=crs)
    rows = [[atlas.row[a] for a in found] for found in atoms]
    lat = np.radians(shapely.get_coordinates(shapely.centroid(degrees))[:, 1])
    area = shapely.area(degrees) * 111_320.0**2 * np.cos(lat)  # within 1 %, enough to tell a commune from a territory
    table = atlas.table
    expected = np.array([table["area_m2"].to_numpy()[r].sum() for r in rows])
    inner = shapely.points(
        [table["lon"].to_numpy()[r[0]] if r else np.nan for r in rows],
        [table["lat"].to_numpy()[r[0]] if r else np.nan for r in rows],
    )
    inside = np.asarray(shapely.intersects(degrees, inner))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = area / expected
    return inside & (ratio > 1 / LARGER) & (ratio < LARGER)


def _naming_column(features: Features, atlas: Atlas) -> str | None:
    """Return the column that names territories when the one taken for the name only names communes, None otherwise."""
    table, roles, places = features.table, features.roles, features.places
    column = roles.get("nom")
    if column is not None:
        names = table[column].to_numpy(dtype=object)[places]
        same = [
            bool(found) and fold(str(atlas.names[atlas.row[found[0]]])) == fold(str(name))
            for found, name in zip(features.atoms or (), names, strict=True)
        ]
        if np.mean(same) < AGREE:
            return None
    taken = {column, roles.get("code_commune"), roles.get("etat"), roles.get("annee")}
    for other in table.columns:
        values = table[other].iloc[places]
        words = values[values != ""]
        shared = len(words) >= AGREE * len(values) and 1 <= words.nunique() < len(words)
        # A département or a status gathers communes too, and names no territory.
        if _GATHERS.match(fold(str(other))) or str(other) in taken:
            continue
        if shared and words.str.contains(r"[^\W\d_]{3}", regex=True).mean() > AGREE:
            return str(other)
    return None
