"""The features of a file of polygons, and what their attributes are: the one value that goes through the import, with what was
said of it on the way.

`open` makes it; `attributes`, `clean` and `assign` each take it and return it with more in it; `zones` makes the draft.
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
from geo.errors import GeoInputError
from geo.files import as_text
from geo.french import count
from geo.geometry import Geometries
from geo.imports.draft import MAX_ZONES, Column, Method
from geo.imports.settling import Answers, Doubt
from geo.layers import members_frame
from geo.remarks import Remark, RemarkKind

REDRAW = "Redessinez son contour, ou exportez-le à nouveau."
SHOWN = 8


@dataclass(frozen=True, eq=False)
class Territories:
    """Territories: name, id ("" when the file gives none), the places in the file of the features of each, and the outline
    that these make together. `members`, `method` and `fine` (by IRIS) are known once they were brought to communes."""

    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    features: tuple[Rows, ...] = ()
    shapes: Geometries = field(default_factory=lambda: np.empty(0, dtype=object))
    members: pd.DataFrame = field(default_factory=lambda: members_frame([], [], [], []))
    method: Method = "codes"
    fine: pd.DataFrame | None = None

    def keep(self, zones: Rows) -> Territories:
        """Return some of the territories, their members numbered anew."""
        number = {int(zone): i for i, zone in enumerate(zones)}
        members = self.members[self.members["zone"].isin(number)]
        members = members.assign(zone=members["zone"].map(number).astype(np.intp))
        names, ids, features = (tuple(values[z] for z in zones) for values in (self.names, self.ids, self.features))
        fine = None if self.fine is None else self.fine[self.fine["zone"].isin(number)]
        fine = None if fine is None else fine.assign(zone=fine["zone"].map(number).astype(np.intp))
        return Territories(names, ids, features, self.shapes[zones], members, self.method, fine)


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
    doubts, answers, shape
        What is to be asked, what the planner had settled of this file, and its shape.
    absent, without
        Number of features that say that there is no territory there, and the communes that they are, where it is known.
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
    doubts: tuple[Doubt, ...] = ()
    answers: Answers = field(default_factory=Answers)
    shape: str = ""
    absent: int = 0
    without: tuple[str, ...] = ()
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

    def ask(self, doubts: Iterable[Doubt]) -> Features:
        """Add doubts."""
        return replace(self, doubts=(*self.doubts, *doubts))

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
        if not names and not self.absent:
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
