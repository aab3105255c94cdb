"""What the columns of a file of polygons are: by their header, or as the planner says; what they hold only proposes a name.

The column that names territories is the one of the layer (« CLSM ») before any other. A value of it may say that there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.communes import SHAPE
from geo.errors import GeoInputError
from geo.files import column_key
from geo.french import count, fold, listing
from geo.imports.draft import EXAMPLES, Column
from geo.imports.headers import is_other, names_own, role_of, speaks_of
from geo.imports.settling import ABSENT, NAMED, NO, REFUSED, YES, Answers, Doubt, shape_of, value_key
from geo.imports.shapes.features import Features
from geo.imports.vocabulary import WITHIN, names_nothing, says_none, says_yes, tells_states, yes_and_no

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
_AS_TABLES = ("etat", "fin", "annee", "note", "source_titre", "source_url")  # whose headers are those of tables too
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
    for role in WITHIN:
        if role not in given and (kept := _yes_and_no(table, kind, role, set(roles.values()))):
            roles[role], surely[role] = kept, SURE
            own = [c for c in own if c != kept]
    if "nom" not in given and own:
        roles["nom"], surely["nom"] = own[0], SURE
    for role, words in HEADERS.items():
        if role in given or role in roles:
            continue
        found = _by_header(table, _words(role, words, kind), taken=set(roles.values()), role=role)
        if found:
            roles[role], surely[role] = found
        elif role in _AS_TABLES and (named := _as_tables(table, kind, role, set(roles.values()))):
            roles[role], surely[role] = named, SURE
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
    if "etat" not in given and "etat" not in roles and (stated := _states(table, kind, set(roles.values()))):
        roles["etat"], surely["etat"] = stated, POSSIBLE
        said = f"La colonne « {stated} » semble dire où en est chaque territoire : est-ce bien son état ?"
        features = features.ask([_column_doubt(features, "etat", stated, said)])
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
    return _column_doubt(features, "nom", column, said)


def _column_doubt(features: Features, role: str, column: str, said: str) -> Doubt:
    options = [(str(c), str(c)) for c in features.table.columns][:40]
    key = f"colonne/{role}"
    return Doubt("colonne", key, said, value=column, proposal=column, candidates=(*options, ("aucune", "")))


def _given(features: Features, answers: Answers) -> dict[str, str]:
    table = features.table
    given = {r: c for r, c in answers.roles.items() if r in (*HEADERS, "population", "annee_source", *WITHIN)}
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


def _yes_and_no(table: pd.DataFrame, kind: str, role: str, taken: set[str]) -> str:
    """Return the column that says by yes and no what is in the layer, or has left it, "" when there is none."""
    for column in map(str, table.columns):
        if column in taken or not (speaks_of(column, kind) if role == "retenue" else role_of(column, kind) == role):
            continue
        values = [v for v in table[column] if v]
        if yes_and_no(values, mostly=not names_own(column, kind)):
            return column
    return ""


def _states(table: pd.DataFrame, kind: str, taken: set[str]) -> str:
    """Return the column that holds états under a header that names no role, "" when there is none."""
    for column in map(str, table.columns):
        if column in taken or is_other(column) or role_of(column, kind):
            continue
        if tells_states(v for v in table[column].unique() if v):
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


def _as_tables(table: pd.DataFrame, kind: str, role: str, taken: set[str]) -> str:
    """Return the column whose header names a role in a table of a planner, "" when there is none."""
    free = [str(c) for c in table.columns if str(c) not in taken and (table[c] != "").any()]
    return next((column for column in free if role_of(column, kind) == role), "")


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


def _names_none(features: Features, text: str, *, blank: bool) -> bool:
    """Tell whether the value of the column of names says that there is no territory there; `blank`: whether a blank does."""
    answer = features.answers.value("nom", text)
    if answer:
        return answer == "aucun"
    return (says_none(text) and bool(text)) or (blank and not text)


def present(features: Features, kind: str) -> Features:
    """Leave aside the features that say that there is no territory there, by the column of names or by a column of yes and no."""
    features = _unnamed(features)
    names = features.texts("nom")[features.places].astype(str)
    of_communes = features.atoms is not None
    blank = "nom" in features.roles and (of_communes or names_own(features.roles["nom"], kind))
    kept = np.array([not _names_none(features, name, blank=blank) for name in names], dtype=bool)
    values: dict[str, list[int]] = {}
    for name, line, here in zip(names, features.lines[features.places], kept, strict=True):
        if not here:
            values.setdefault(name, []).append(int(line))
    for role in WITHIN:
        if role in features.roles:
            features, inside = _within(features, role)
            kept &= inside
    if kept.all():
        return features
    left = ~kept
    atoms = features.atoms or ()
    without = {a for found, gone in zip(atoms, left, strict=True) if gone for a in found} if of_communes else set()
    held = {a for found, here in zip(atoms, kept, strict=True) if here for a in found} if of_communes else set()
    features = features.ask(_absence(text, lines) for text, lines in values.items())
    words = count(
        int(left.sum()),
        "objet où le fichier dit qu’il n’y a pas de territoire",
        "objets où le fichier dit qu’il n’y a pas de territoire",
    )
    features = features.say("à savoir", "", f"{words} : laissé{'s' if left.sum() > 1 else ''} de côté.")
    return replace(features, absent=int(left.sum()), without=tuple(sorted(without - held))).only(kept)


def _unnamed(features: Features) -> Features:
    """Refuse the features whose value in the column of names says how things are there, and names nothing: « en projet »."""
    found: dict[str, list[int]] = {}
    for at, text in enumerate(features.texts("nom")[features.places].astype(str)):
        if names_nothing(text) and features.answers.value("nom", text) is None:
            found.setdefault(text, []).append(at)
    doubts = [
        Doubt("valeur", value_key("nom", text), f"« {text[:40]} » dans la colonne du territoire ({count(len(ats), 'objet')}) n’en nomme aucun.",
              value=text, proposal=REFUSED, rows=tuple(int(features.lines[features.places[at]]) for at in ats), blocking=False,
              candidates=(("aucun territoire", ABSENT), ("c’est le nom d’un territoire", NAMED), ("inconnu : objets refusés", REFUSED)))
        for text, ats in found.items()
    ]  # fmt: skip
    reasons = {at: f"« {text[:40]} » ne nomme aucun territoire." for text, ats in found.items() for at in ats}
    return features.ask(doubts).refuse(reasons, "Donnez le nom du territoire, ou dites qu’il n’y en a pas.")


def _within(features: Features, role: str) -> tuple[Features, npt.NDArray[np.bool_]]:
    """Tell which features are in the layer by a column of yes and no; a text that is neither is asked about, and is a no meanwhile."""
    open_ones: dict[str, list[int]] = {}
    inside = np.zeros(len(features.places), dtype=bool)
    for at, text in enumerate(map(str, features.texts(role)[features.places])):
        said, answer = says_yes(text), features.answers.value(role, text)
        if said is None and answer is None:
            open_ones.setdefault(text, []).append(int(features.lines[features.places[at]]))
        inside[at] = answer == YES if answer is not None else said == WITHIN[role]
    options = (("dans la couche", YES), ("pas dans la couche", NO))
    doubts = [
        Doubt("valeur", value_key(role, text), f"« {text[:40]} » ({count(len(lines), 'objet')}) : est-ce dans la couche ?",
              value=text, proposal=NO, rows=tuple(lines), candidates=options)
        for text, lines in open_ones.items()
    ]  # fmt: skip
    return features.ask(doubts), inside


def _absence(text: str, lines: Sequence[int]) -> Doubt:
    shown = f"« {text[:40]} »" if text else "Une valeur vide"
    said = f"{shown} dans la colonne du territoire ({count(len(lines), 'objet')}) est compris : aucun territoire."
    return Doubt("valeur", value_key("nom", text), said, value=text, proposal=ABSENT, rows=tuple(lines), blocking=False,
                 candidates=(("aucun territoire", ABSENT), ("c’est le nom d’un territoire", NAMED)))  # fmt: skip
