"""The features of a file of polygons, and what their attributes are: the one value that goes through the import, with what was
said of it on the way.

`open` makes it; `understand`, `clean` and `assign` each take it and return it with more in it; `zones` makes the draft. A column
is recognised by its header, and for codes by its values too; the planner can say otherwise (`mapping`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj

from geo.arrays import Bools, Rows
from geo.communes import SHAPE
from geo.errors import GeoInputError
from geo.files import as_text
from geo.french import count, fold, listing
from geo.geometry import Geometries
from geo.imports.draft import EXAMPLES, MAX_ZONES, Column, Method
from geo.imports.settling import Answers
from geo.layers import members_frame
from geo.remarks import Remark, RemarkKind

REDRAW = "Redessinez son contour, ou exportez-le à nouveau."
SHOWN = 8

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


@dataclass(frozen=True, eq=False)
class Territories:
    """Territories: name, id ("" when the file gives none), the places in the file of the features of each, and the outline
    that these make together. `members` and `method` are known once they were brought to communes."""

    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    features: tuple[Rows, ...] = ()
    shapes: Geometries = field(default_factory=lambda: np.empty(0, dtype=object))
    members: pd.DataFrame = field(default_factory=lambda: members_frame([], [], [], []))
    method: Method = "codes"

    def keep(self, zones: Rows) -> Territories:
        """Return some of the territories, their members numbered anew."""
        number = {int(zone): i for i, zone in enumerate(zones)}
        members = self.members[self.members["zone"].isin(number)]
        members = members.assign(zone=members["zone"].map(number).astype(np.intp))
        names, ids, features = (tuple(values[z] for z in zones) for values in (self.names, self.ids, self.features))
        return Territories(names, ids, features, self.shapes[zones], members, self.method)


@dataclass(frozen=True, eq=False)
class Features:
    """One layer of a file.

    Parameters
    ----------
    file, name, layers
        Name of the file, of the layer that was read, of all its layers when it holds several.
    table, lines
        Attributes as text ("" where absent) and number in the file, from 1, of every feature of the layer.
    places, shapes
        Places in `table` of the features that may still be territories, and their geometries (None where there is none), valid
        areas once cleaned.
    crs
        Projection of the shapes, None as long as it is not known; `degrees` tells that the format then means WGS84.
    unreadable
        Why a geometry could not be read, by number of the feature.
    roles, columns
        Role → column, and every column with what it was taken for; `label` is the column that names an object in remarks.
    atoms
        The communes of each feature kept, where codes that the outlines confirm give them; None where outlines are followed.
    territories
        What the features make once they are gathered.
    whole_communes
        Whether the planner stated that territories are made of whole communes.
    remarks
        What was repaired, refused or worth knowing, in the order in which it was seen.
    """

    file: str
    name: str
    table: pd.DataFrame
    lines: Rows
    places: Rows
    shapes: Geometries
    crs: pyproj.CRS | None = None
    degrees: bool = False
    layers: tuple[str, ...] = ()
    unreadable: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[Column, ...] = ()
    label: str = ""
    atoms: tuple[tuple[str, ...], ...] | None = None
    territories: Territories = field(default_factory=Territories)
    whole_communes: bool = False
    remarks: tuple[Remark, ...] = ()

    def texts(self, role: str) -> npt.NDArray[np.object_]:
        """Return the texts of the column that plays a role, one for each feature of the layer, "" when there is none."""
        if role in self.roles:
            return self.table[self.roles[role]].to_numpy(dtype=object)
        return np.full(len(self.table), "", dtype=object)

    def where(self, place: int) -> str:
        """Name the object at a place: « objet 3 (« Créteil ») »."""
        name = str(self.table[self.label].iat[place]) if self.label else ""
        return f"objet {self.lines[place]}" + (f" (« {name[:60]} »)" if name else "")

    def only(self, chosen: Bools) -> Features:
        """Keep some of the features."""
        atoms = None if self.atoms is None else tuple(a for a, keep in zip(self.atoms, chosen, strict=True) if keep)
        return replace(self, places=self.places[chosen], shapes=self.shapes[chosen], atoms=atoms)

    def say(self, kind: RemarkKind, where: str, message: str, advice: str = "", row: int = 0) -> Features:
        """Add a remark."""
        return self.saying([Remark(kind, where, message, advice, row)])

    def saying(self, remarks: Iterable[Remark]) -> Features:
        """Add remarks."""
        return replace(self, remarks=(*self.remarks, *remarks))

    def refuse(self, reasons: Mapping[int, str] | Mapping[int, tuple[str, str]], advice: str = REDRAW) -> Features:
        """Leave out features, by their position among those kept, each with its reason, and its own advice if it has one."""
        chosen = np.ones(len(self.places), dtype=bool)
        chosen[list(reasons)] = False
        remarks = []
        for at, reason in reasons.items():
            place = int(self.places[at])
            message, what = reason if isinstance(reason, tuple) else (reason, advice)
            remarks.append(Remark("refusé", self.where(place), message, what, row=int(self.lines[place])))
        return self.saying(remarks).only(chosen)

    def checked(self) -> Features:
        """Return the features when they make territories, in a number that a layer can have.

        Raises
        ------
        GeoInputError
            When there is none, with every reason, or when there are too many.
        """
        names = self.territories.names
        if not names:
            reasons = [f"{self.file}, {remark}" for remark in self.remarks if remark.kind == "refusé"]
            rest = len(reasons) - 20
            more = [f"… et {count(rest, 'autre objet refusé', 'autres objets refusés')}."] if rest > 0 else []
            raise GeoInputError([f"{self.file} : aucun territoire à retenir.", *reasons[:20], *more])
        if len(names) > MAX_ZONES:
            raise GeoInputError(
                f"{self.file} : {count(len(names), 'territoire')}, c’est trop pour une couche ; vérifiez la colonne du nom."
            )
        return self


def features_of(
    file: str,
    name: str,
    table: pd.DataFrame,
    shapes: Sequence[object],
    *,
    crs: Any = None,
    degrees: bool = False,
    lines: Rows | None = None,
    notes: Iterable[str] = (),
    unreadable: Mapping[int, str] | None = None,
) -> Features:
    """Make features of what a format gives; `notes` say what was repaired to read it, `lines` are 1, 2… when None."""
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return Features(
        file=file,
        name=name,
        table=table,
        lines=np.arange(1, len(shapes) + 1) if lines is None else lines,
        places=np.arange(len(shapes)),
        shapes=array,
        crs=crs,
        degrees=degrees,
        unreadable=unreadable or {},
        remarks=tuple(Remark("réparé", "", note) for note in notes),
    )


def text_of(value: object) -> str:
    """Return an attribute as one line of text: no « .0 » after a whole number, "" for what is absent."""
    return " ".join(as_text(value).replace("\x00", "").split())


def understand(features: Features, answers: Answers) -> Features:
    """Find which column plays each role, and what every column was taken for.

    Raises
    ------
    GeoInputError
        When an answer names a column that the file lacks.
    """
    table, file = features.table, features.file
    given = {role: column for role, column in answers.roles.items() if role in (*HEADERS, "population", "annee_source")}
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
