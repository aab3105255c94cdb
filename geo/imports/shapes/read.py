"""Polygons of a planner's file → the draft of a layer: read, placed, mended, gathered by territory, brought to communes.

Every feature is accepted or refused with its reason. Features of the same territory (same id, or same name when there is
none) are joined. Features that are communes by their code are trusted as codes, once their outline agrees.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.files import sha256_of
from geo.french import count, listing
from geo.geometry import WGS84, Geometries, polygonal
from geo.imports.draft import MAX_ZONES, WHOLE_COMMUNES, ImportDraft, Method
from geo.imports.shapes.assign import Progress, cross
from geo.imports.shapes.attributes import Coded, column_of, members_of, naming_column, read_codes, understand
from geo.imports.shapes.attributes import said as codes_said
from geo.imports.shapes.clean import REDRAW, SHOWN, mend, place, usable
from geo.imports.shapes.effort import out_of_bounds, shredding
from geo.imports.shapes.open import open_layer
from geo.imports.shapes.raw import RawLayer
from geo.imports.shapes.squares import Squares
from geo.imports.shapes.zones import Grouping, crossing_remarks, draw, gather, numbered, zone_table
from geo.layers import outlines, project
from geo.remarks import Remark

ALL_FOLDERS = "(toutes les couches)"
Where = Callable[[int], str]


@dataclass(frozen=True, eq=False)
class _Features:
    """The features that may be territories: their place in the file, valid areas in `crs`."""

    places: npt.NDArray[np.intp]
    shapes: Geometries
    crs: pyproj.CRS

    def only(self, chosen: npt.NDArray[np.bool_]) -> _Features:
        """Return some of the features."""
        return _Features(self.places[chosen], self.shapes[chosen], self.crs)


def read_shapes(
    path: Path,
    kind: str,
    *,
    filename: str,
    atlas: Atlas,
    mapping: Mapping[str, str] | None = None,
    layer: str | None = None,
    squares: Squares | None = None,
    progress: Progress | None = None,
) -> ImportDraft:
    """Read a file of polygons; parameters are those of `geo.imports.draft.read_import`.

    `mapping` may also hold « communes_entieres » → « oui »: the planner states that territories are made of whole communes,
    coarsely drawn; each commune then goes whole to the territory that holds more than half of it.

    Raises
    ------
    GeoInputError
        When the file is refused whole, or when no territory can be had from it; every reason is then listed.
    """
    tell = progress or (lambda _share, _text: None)
    tell(0.0, "Lecture du fichier")
    with tempfile.TemporaryDirectory(prefix="clsm-import-") as folder:
        raw, layers = open_layer(path, filename, Path(folder), None if layer in ("", ALL_FOLDERS) else layer)
    if not len(raw.shapes):
        raise GeoInputError(f"{filename} : la couche ne contient aucun objet.")
    roles, columns = understand(raw.table, mapping, filename)
    where = _naming(raw, roles)
    tell(0.15, "Contrôle des contours")
    features, said = _placed(raw, where, filename, atlas)
    remarks = [*_first_words(raw, layers, layer), *said]
    coded, features, roles, said = _coded(raw, roles, features, mapping or {}, atlas)
    remarks += said
    groups, said = gather(raw.table, roles, features.places, raw.lines, where, by_name=coded is not None)
    remarks += said
    _refuse_if_nothing(groups, remarks, filename)
    tell(0.3, "Comparaison aux communes")
    joined = _joined(groups, features)
    method: Method = "codes"
    whole = bool((mapping or {}).get(WHOLE_COMMUNES)) and coded is None
    if coded is not None:
        members, said = members_of(coded, features.places, groups.features, atlas), []
    else:
        step: Progress = lambda done, text: tell(0.3 + 0.6 * done, text)  # noqa: E731
        crossing = cross(joined, atlas, crs=features.crs, squares=squares, whole_communes=whole, progress=step)
        members, method = crossing.members.assign(estimated=~crossing.members["whole"]), _method(crossing.members)
        said = crossing_remarks(crossing, groups, atlas, raw.lines, squares, whole_communes=whole)
    groups, members, joined, lost = numbered(groups, members, joined, raw.lines)
    remarks += [*said, *lost, *_duplicates(joined, groups)]
    _refuse_if_nothing(groups, remarks, filename)
    tell(0.92, "Préparation de l’aperçu")
    zones, said = zone_table(raw.table, roles, groups, members, kind, atlas, raw.lines)
    draft = ImportDraft(
        kind=kind,
        zones=zones,
        members=members[["zone", "row", "whole", "inhabitants", "estimated"]],
        rows=len(raw.shapes),
        accepted=sum(len(g) for g in groups.features),
        remarks=tuple(sorted([*remarks, *said], key=lambda r: r.row)),
        understanding=roles,
        columns=columns,
        file=filename,
        sha256=sha256_of(path),
        size=path.stat().st_size,
        method=method,
        outlines=draw(joined, features.crs, zones.index, zones["nom"]),
        sheets=tuple(([] if raw.name else [ALL_FOLDERS]) + layers) if len(layers) > 1 else (),
        sheet=(raw.name or ALL_FOLDERS) if len(layers) > 1 else "",
        whole_communes=whole,
    )
    tell(1.0, "Fichier lu")
    return draft


def _naming(raw: RawLayer, roles: Mapping[str, str]) -> Where:
    """Return what names the object at a place of the file: « objet 3 (« Créteil ») »."""
    names = column_of(raw.table, roles, "nom")

    def where(at: int) -> str:
        shown = f" (« {str(names[at])[:60]} »)" if names[at] else ""
        return f"objet {raw.lines[at]}{shown}"

    return where


def _first_words(raw: RawLayer, layers: list[str], chosen: str | None) -> list[Remark]:
    remarks = [Remark("réparé", "", note) for note in raw.notes]
    if len(layers) > 1 and chosen is None:
        read = f"« {raw.name} » est lue" if raw.name else "elles sont lues ensemble"
        remarks.append(
            Remark("à savoir", "", f"Le fichier contient {len(layers)} couches ({listing(layers, SHOWN)}) : {read}.",
                   "Choisissez-en une autre si ce n’est pas la bonne.")
        )  # fmt: skip
    return remarks


def _placed(raw: RawLayer, where: Where, file: str, atlas: Atlas) -> tuple[_Features, list[Remark]]:
    """Keep areas, settle the projection, refuse what is outside France, mend the rest."""
    places, shapes, remarks = usable(raw, where)
    if not len(places):
        return _Features(places, shapes, pyproj.CRS.from_epsg(4326)), remarks
    shapes, crs, inside, said = place(shapes, raw.crs, degrees=raw.degrees, file=file)
    remarks += said
    remarks += [
        Remark("refusé", where(int(at)), "hors de France, ou projection mal indiquée.",
               "Exportez le fichier en WGS84 (EPSG:4326) ou en Lambert-93 (EPSG:2154).", row=int(raw.lines[at]))
        for at in places[~inside]
    ]  # fmt: skip
    places, shapes = places[inside], shapes[inside]
    reasons = _impossible(shapes, crs, atlas)
    remarks += [
        Remark("refusé", where(int(places[at])), reason, REDRAW, row=int(raw.lines[places[at]]))
        for at, reason in reasons.items()
    ]
    sound = np.array([at for at in range(len(places)) if at not in reasons], dtype=np.intp)
    places, shapes, said = mend(shapes[sound], places[sound], raw.lines, where)
    return _Features(places, shapes, crs), [*remarks, *said]


def _impossible(shapes: Geometries, crs: Any, atlas: Atlas) -> dict[int, str]:
    """Return, by place, why shapes cannot be worked on."""
    if not len(shapes):
        return {}
    degrees = project(shapes, WGS84, source=crs)
    lost = out_of_bounds(degrees)
    shredded = np.flatnonzero(~lost)[shredding(degrees[~lost], shapely.STRtree(outlines(atlas).to_numpy()))]
    return dict.fromkeys(
        map(int, np.flatnonzero(lost)), "un de ses points n’est nulle part sur Terre."
    ) | dict.fromkeys(
        map(int, shredded), "contour trop découpé : des milliers de ses côtés traversent chacun plusieurs communes."
    )


def _coded(
    raw: RawLayer, roles: dict[str, str], features: _Features, mapping: Mapping[str, str], atlas: Atlas
) -> tuple[Coded | None, _Features, dict[str, str], list[Remark]]:
    """Read features as communes where they bear codes that their outlines confirm; say it either way."""
    if "code_commune" not in roles or not len(features.places):
        return None, features, roles, []
    codes = raw.table[roles["code_commune"]].to_numpy(dtype=object)[features.places]
    coded = read_codes(codes, features.shapes, features.crs, atlas, raw.lines[features.places])
    if coded is None:
        return None, features, *_without_codes(roles)
    naming = None if mapping.get("nom") else naming_column(raw.table, roles, coded, features.places, atlas)
    known = np.array([bool(found) for found in coded.atoms])
    said = [codes_said(coded), *coded.remarks]
    if naming:
        roles = {**roles, "nom": naming}
        text = "les communes qui y portent la même valeur font un territoire."
        said.append(
            Remark("à savoir", f"colonne « {naming} »", text, "Changez la colonne du nom si ce n’est pas elle.")
        )
    return coded.only(known), features.only(known), roles, said


def _without_codes(roles: Mapping[str, str]) -> tuple[dict[str, str], list[Remark]]:
    column = roles["code_commune"]
    kept = {role: name for role, name in roles.items() if role != "code_commune"}
    if "id" not in kept:
        kept["id"] = column
    text = "ces codes ne sont pas ceux des communes dessinées (siège, ou commune d’un quartier) : les contours sont suivis."
    return kept, [Remark("à savoir", f"colonne « {column} »", text)]


def _refuse_if_nothing(groups: Grouping, remarks: list[Remark], file: str) -> None:
    if not groups.names:
        reasons = [f"{file}, {remark}" for remark in remarks if remark.kind == "refusé"]
        more = (
            [f"… et {count(len(reasons) - 20, 'autre objet refusé', 'autres objets refusés')}."]
            if len(reasons) > 20
            else []
        )
        raise GeoInputError([f"{file} : aucun territoire à retenir.", *reasons[:20], *more])
    if len(groups.names) > MAX_ZONES:
        raise GeoInputError(
            f"{file} : {count(len(groups.names), 'territoire')}, c’est trop pour une couche ; vérifiez la colonne du nom."
        )


def _joined(groups: Grouping, features: _Features) -> Geometries:
    at = {int(place): i for i, place in enumerate(features.places)}
    joined = np.empty(len(groups.names), dtype=object)
    for i, members in enumerate(groups.features):
        shapes = features.shapes[[at[int(m)] for m in members]]
        joined[i] = shapes[0] if len(shapes) == 1 else polygonal(shapely.union_all(shapes))
    return joined


def _method(members: pd.DataFrame) -> Method:
    used = set(members["method"])
    return "carreaux" if "carreaux" in used else "surface" if "surface" in used else "communes"


def _duplicates(shapes: Geometries, groups: Grouping) -> list[Remark]:
    """Tell the territories that have the very same outline, or the same name."""
    found = []
    seen: dict[object, int] = {}
    bounds, areas = shapely.bounds(shapes), shapely.area(shapes)
    for i, shape in enumerate(shapes):
        key = (*np.round(bounds[i], 6), round(float(areas[i]), 6))
        first = seen.setdefault(key, i)
        if first != i and shapely.equals(shape, shapes[first]):
            found.append(
                Remark("à savoir", f"territoire « {groups.names[i]} »", f"même contour que « {groups.names[first]} ».",
                       "Si c’est un doublon, retirez l’un des deux.")
            )  # fmt: skip
    counts = pd.Series(groups.names).value_counts()
    found += [
        Remark("à savoir", f"territoire « {name} »", f"{counts[name]} territoires portent ce nom.",
               "Vérifiez qu’ils sont distincts.")
        for name in counts.index[counts > 1]
    ]  # fmt: skip
    return found
