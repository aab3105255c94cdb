"""What the columns of a file of polygons are: by their header, or as the planner says; what they hold only proposes a name.

The column that names territories is the one of the layer (« CLSM ») before any other. A value of it may say that there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from geo.communes import SHAPE
from geo.errors import GeoInputError
from geo.files import column_key
from geo.french import fold, listing
from geo.imports.draft import EXAMPLES, Column
from geo.imports.headers import is_other, names_own, speaks_of
from geo.imports.settling import Answers, Doubt, shape_of
from geo.imports.shapes.features import Features
from geo.imports.vocabulary import says_none, says_yes

# Role → headers, folded and without blanks, the best first; « * » at the end stands for anything.
HEADERS: Mapping[str, str] = {
    "code_commune": "inseecom codeinsee codgeo codecommune inseecommune codecom depcom insee codeinseecommune comcode",
    "id": "id identifiant idzone codesecteur codezone codeclsm codecpts codecls code siren numero num ref finess",
    "nom": "nom nomterritoire nomzone nomsecteur nomclsm nomcls nomcpts nomdac name clsm cls cpts dac secteur libelle libsecteur "
    "libzone lib territoire zone intitule denomination label nomcomplet nom* lib*",
    "etat": "etat statut status avancement situation etatdavancement actif active enservice operationnel",
    "fin": "fin datefin datedefin anneefin dissous dissolution datedissolution datededissolution ferme inactif echeance dateecheance",
    "annee": "annee anneecreation datecreation creation an year millesime annee*",
    "territoire": "etablissement hopital ch chs territoire rattachement",
    "source_titre": "source sourcetitre",
    "source_url": "url lien sourceurl adresse",
    "note": "note notes remarque remarques commentaire commentaires description",
}
OTHERS = {
    "clsm": "clsm",
    "cls": "cls",
    "cpts": "cpts",
    "dac": "dac",
    "secteurs-adultes": "secteur",
    "secteurs-enfants": "secteur",
}
SURE, LIKELY, POSSIBLE = 0.95, 0.7, 0.4


def understand(features: Features, kind: str, answers: Answers) -> Features:
    """Find which column plays each role, and what every column was taken for.

    Raises
    ------
    GeoInputError
        When an answer names a column that the file lacks.
    """
    table = features.table
    shape = shape_of(map(str, table.columns))
    answers = answers.of_shape(shape)
    features = replace(features, answers=replace(answers, shape=shape), shape=shape)
    given = _given(features, answers)
    roles = {role: column for role, column in given.items() if column}
    surely = dict.fromkeys(roles, 1.0)
    own = [
        str(c)
        for c in table.columns
        if names_own(str(c), kind) and str(c) not in roles.values() and (table[c] != "").any()
    ]
    if "retenue" not in given and (kept := _yes_and_no(table, kind, set(roles.values()))):
        roles["retenue"], surely["retenue"] = kept, SURE
        own = [c for c in own if c != kept]
    if "nom" not in given and own:
        roles["nom"], surely["nom"] = own[0], SURE
    for role, words in HEADERS.items():
        if role in given or role in roles:
            continue
        found = _by_header(table, _words(role, words, kind), taken=set(roles.values()), role=role)
        if found:
            roles[role], surely[role] = found
    if "nom" not in given and "nom" not in roles:
        column = _by_values(table, set(roles.values()))
        if column:
            roles["nom"], surely["nom"] = column, POSSIBLE
            features = features.ask(
                [
                    name_doubt(
                        features, column, f"Aucune colonne ne nomme le territoire ; « {column} » en est-elle le nom ?"
                    )
                ]
            )
    by_column = {column: role for role, column in roles.items()}
    columns = tuple(
        Column(
            name=str(name),
            examples=tuple(dict.fromkeys(v[:80] for v in table[name] if v))[:EXAMPLES],
            role=by_column.get(str(name), ""),
            confidence=surely.get(by_column.get(str(name), ""), 0.0),
            why="d’après son en-tête" if surely.get(by_column.get(str(name), ""), 0.0) > POSSIBLE else "",
        )
        for name in table.columns
    )
    return replace(features, roles=roles, columns=columns, label=roles.get("nom", ""))


def name_doubt(features: Features, column: str, said: str) -> Doubt:
    """Ask whether a column is the one that names the territories."""
    options = [(str(c), str(c)) for c in features.table.columns][:40]
    return Doubt("colonne", "colonne/nom", said, value=column, proposal=column, candidates=(*options, ("aucune", "")))


def _given(features: Features, answers: Answers) -> dict[str, str]:
    table = features.table
    given = {r: c for r, c in answers.roles.items() if r in (*HEADERS, "population", "annee_source", "retenue")}
    absent = sorted({c for c in given.values() if c and c not in table.columns})
    if absent and not answers.shape:
        raise GeoInputError(
            f"{features.file} : pas de colonne {listing([f'« {c[:40]} »' for c in absent], 5)} ; colonnes du fichier : "
            f"{listing(map(str, table.columns), 12) or 'aucune'}."
        )
    return {role: column for role, column in given.items() if column not in absent}


def _words(role: str, words: str, kind: str) -> str:
    """Leave out the headers that name the territories of another layer."""
    if role != "nom":
        return words
    others = {word for other, word in OTHERS.items() if word != OTHERS[kind]}
    return " ".join(w for w in words.split() if not any(w in (o, f"nom{o}", f"lib{o}") for o in others))


def _yes_and_no(table: pd.DataFrame, kind: str, taken: set[str]) -> str:
    """Return the column that says by yes and no what is in the layer, "" when there is none."""
    for column in map(str, table.columns):
        values = [v for v in table[column] if v]
        if column in taken or not values or not speaks_of(column, kind):
            continue
        said = [says_yes(v) for v in dict.fromkeys(values)]
        if None not in said and True in said:
            return column
    return ""


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
        if worded and str(column) not in taken and not is_other(str(column)) and column_key(str(column)) not in _NEVER:
            return str(column)
    return None


_NEVER = frozenset({"couche", "layer", "path", "fid", "globalid", "styleurl"})


def names_none(features: Features, text: str, *, blank: bool) -> bool:
    """Tell whether the value of the column of names says that there is no territory there; `blank`: whether a blank does."""
    answer = features.answers.value("nom", text)
    if answer:
        return answer == "aucun"
    return (says_none(text) and bool(text)) or (blank and not text)
