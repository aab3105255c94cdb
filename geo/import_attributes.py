"""What the attributes of polygons say: which column is the name, the id, the commune code, the état, the year.

A column is recognised by its header, and for codes by its values too. Whoever imports can say otherwise (`mapping`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.codes import SHAPE
from geo.errors import GeoInputError
from geo.french import fold, listing
from geo.import_draft import EXAMPLES, Column
from geo.layers import Etat

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


def understand(
    table: pd.DataFrame, mapping: Mapping[str, str] | None, file: str
) -> tuple[dict[str, str], tuple[Column, ...]]:
    """Return role → column, and every column with what it was taken for.

    Raises
    ------
    GeoInputError
        When `mapping` names a column that the file lacks.
    """
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
    return roles, columns


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


def column_of(table: pd.DataFrame, roles: Mapping[str, str], role: str) -> npt.NDArray[np.object_]:
    """Return the texts of the column that plays a role, "" everywhere when there is none."""
    if role in roles:
        return table[roles[role]].to_numpy(dtype=object)
    return np.full(len(table), "", dtype=object)


def state_of(text: str) -> Etat | None:
    """Read an état in the words of a file, None when it is not understood."""
    words = fold(text)
    return next((etat for etat, pattern in STATES if re.search(pattern, words)), None)


def year_of(text: str) -> str:
    """Return the year in a date or a text, "" when there is none."""
    found = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", text)
    return found[0] if found else ""
