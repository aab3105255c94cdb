"""Features that are communes by their code: trusted as codes, so that outlines drawn otherwise cost no inhabitant.

A commune code beside a polygon may also be that of the seat of a larger territory. The codes are believed only where the
outlines agree: about the area of the commune, and its inner point inside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.base_repair import Geometries
from geo.codes import read_code
from geo.communes import Atlas
from geo.french import count, fold, listing
from geo.import_draft import Remark
from geo.readers_shapes import WGS84, project

_GATHERS = re.compile(r"dep|reg|pays|stat|type|nature|source|etat|millesime|arr|cant")
AGREE = 0.9  # of the features must be the commune that their code says
LARGER = 2.0  # an outline more than twice as large, or as small, is another territory
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Coded:
    """The atoms of each feature (in the order of places), and what was mended to find them."""

    atoms: tuple[tuple[str, ...], ...]
    remarks: tuple[Remark, ...]

    def only(self, chosen: npt.NDArray[np.bool_]) -> Coded:
        """Return some of the features."""
        return Coded(tuple(a for a, keep in zip(self.atoms, chosen, strict=True) if keep), self.remarks)


def read_codes(codes: npt.NDArray[np.object_], shapes: Geometries, crs: Any, atlas: Atlas, lines: Rows) -> Coded | None:
    """Return the atoms of features that bear commune codes, None when the codes are not those of the outlines."""
    readings = [read_code(code.zfill(5) if code.isdigit() else code, atlas) for code in codes]
    known = np.array([bool(r.atoms) for r in readings])
    if not len(codes) or known.mean() < AGREE or len(set(codes)) < AGREE * len(codes):
        return None
    agree = _agree([r.atoms for r in readings], shapes, crs, atlas)
    if agree[known].mean() < AGREE:
        return None
    remarks = []
    short = sum(code.isdigit() and len(code) == 4 for code in codes)
    if short:
        words = count(
            short, "code de commune sans son zéro de tête, rendu", "codes de commune sans leur zéro de tête, rendu"
        )
        remarks.append(Remark("réparé", "", f"{words}."))
    for reading, line in zip(readings, lines, strict=True):
        if reading.kind == "former":
            now = listing(map(atlas.label, reading.atoms), 4)
            remarks.append(
                Remark(
                    "réparé",
                    f"objet {line}",
                    f"{reading.text} est un ancien code : commune d’aujourd’hui, {now}.",
                    row=int(line),
                )
            )
        elif not reading.atoms:
            remarks.append(Remark("refusé", f"objet {line}", reading.message, "Corrigez son code.", row=int(line)))
    return Coded(tuple(r.atoms for r in readings), tuple(remarks))


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


def naming_column(
    table: pd.DataFrame, roles: Mapping[str, str], coded: Coded, places: Rows, atlas: Atlas
) -> str | None:
    """Return the column that names territories when the one taken for the name only names communes, None otherwise."""
    column = roles.get("nom")
    if column is not None:
        names = table[column].to_numpy(dtype=object)[places]
        same = [
            bool(found) and fold(str(atlas.names[atlas.row[found[0]]])) == fold(str(name))
            for found, name in zip(coded.atoms, names, strict=True)
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


def members_of(coded: Coded, places: Rows, features: tuple[Rows, ...], atlas: Atlas) -> pd.DataFrame:
    """Return the members of territories made of such features: whole communes, exact."""
    at = {int(place): i for i, place in enumerate(places)}
    pairs = {
        (zone, atlas.row[atom]): None
        for zone, members in enumerate(features)
        for place in members
        for atom in coded.atoms[at[int(place)]]
    }
    members = pd.DataFrame(list(pairs), columns=["zone", "row"]).astype({"zone": np.intp, "row": np.intp})
    people = atlas.population[members["row"].to_numpy()].astype(float)
    return members.assign(whole=True, inhabitants=people, estimated=False)


def said(coded: Coded) -> Remark:
    """Tell that the codes were followed."""
    known = sum(bool(found) for found in coded.atoms)
    words = count(known, "objet porte un code de commune que son contour confirme",
                  "objets portent un code de commune que leur contour confirme")  # fmt: skip
    return Remark("à savoir", "", f"{words} : les codes font foi.")
