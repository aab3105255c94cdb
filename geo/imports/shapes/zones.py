"""Features → territories: rows of the same territory are joined, and the table of zones is written from their attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.arrays import Rows
from geo.communes import Atlas
from geo.french import count, fold, inhabitants, listing, percent
from geo.geometry import WGS84, Geometries
from geo.imports.draft import zone_id
from geo.imports.shapes.assign import Crossing
from geo.imports.shapes.attributes import column_of, state_of, year_of
from geo.imports.shapes.clean import SHOWN
from geo.imports.shapes.squares import Squares
from geo.layers import ZONE_COLUMNS, Precision, project
from geo.remarks import Remark

Where = Callable[[int], str]

MOST_POINTS = 60_000

FINEST = 0.0005  # of a degree, some 50 m

COMMUNES_SHOWN = 6

MOST_TOLD = 40

FAR = 0.5  # a territory of which less than this lies in communes is told


@dataclass(frozen=True, eq=False)
class Grouping:
    """Territories: name, id ("" when the file gives none), and the places in the file of the features of each."""

    names: tuple[str, ...]
    ids: tuple[str, ...]
    features: tuple[Rows, ...]

    def keep(self, zones: Rows) -> Grouping:
        """Return some of the territories."""
        return Grouping(*(tuple(values[z] for z in zones) for values in (self.names, self.ids, self.features)))


def gather(
    table: pd.DataFrame, roles: Mapping[str, str], places: Rows, lines: Rows, where: Where, *, by_name: bool = False
) -> tuple[Grouping, list[Remark]]:
    """Join the features of the same id, or of the same name where ids are absent or only number the rows."""
    names, ids = (column_of(table, roles, role)[places].astype(str) for role in ("nom", "id"))
    remarks: list[Remark] = []
    if "nom" not in roles and "id" not in roles:
        names = np.array([f"Territoire {line}" for line in lines[places]], dtype=object)
        remarks.append(
            Remark("à savoir", "", "Aucune colonne de nom : les territoires sont numérotés.",
                   "Indiquez la colonne du nom s’il y en a une.")
        )  # fmt: skip
    usable_ids = not by_name and _identify(ids, names)
    groups: dict[str, list[int]] = {}
    for at, (name, own) in enumerate(zip(names, ids, strict=True)):
        if not (name or own):
            place = int(places[at])
            remarks.append(
                Remark(
                    "refusé", where(place), "territoire sans nom.", "Nommez-le dans le fichier.", row=int(lines[place])
                )
            )
            continue
        groups.setdefault(f"id:{fold(own)}" if usable_ids and own else f"nom:{fold(name or own)}", []).append(at)
    several = [names[members[0]] or ids[members[0]] for members in groups.values() if len(members) > 1]
    if several and not by_name:
        words = count(
            len(several), "territoire fait de plusieurs objets, réunis", "territoires faits de plusieurs objets, réunis"
        )
        remarks.append(Remark("réparé", "", f"{words} : {listing(several, SHOWN)}.", "Vérifiez-les sur la carte."))
    first = [members[0] for members in groups.values()]
    kept_ids = ids if usable_ids else np.full(len(ids), "", dtype=object)
    grouping = Grouping(
        tuple(str(names[at] or ids[at]) for at in first),
        tuple(str(kept_ids[at]) for at in first),
        tuple(places[np.array(members, dtype=np.intp)] for members in groups.values()),
    )
    return grouping, remarks


def _identify(ids: npt.NDArray[np.object_], names: npt.NDArray[np.object_]) -> bool:
    """Tell whether ids name territories: each has one name, and they are not the mere numbers of the rows."""
    filled = ids != ""
    if not filled.any():
        return False
    owners = pd.Series(names[filled]).groupby(ids[filled]).nunique()
    numbers = pd.to_numeric(pd.Series(ids[filled]), errors="coerce").to_numpy(dtype=float)
    counting = len(numbers) > 1 and bool((np.diff(numbers) == 1).all()) and numbers[0] in (0, 1)
    return bool((owners <= 1).all()) and not counting


def numbered(
    groups: Grouping, members: pd.DataFrame, shapes: Geometries, lines: Rows
) -> tuple[Grouping, pd.DataFrame, Geometries, list[Remark]]:
    """Leave out the territories without a commune, and number those that stay from 0."""
    held = np.unique(members["zone"].to_numpy(dtype=np.intp))
    lost = sorted(set(range(len(groups.names))) - set(held.tolist()))
    remarks = [
        Remark("refusé", f"objet {lines[at]} (« {groups.names[zone][:60]} »)", "ne recouvre aucune commune des 101 départements.",
               "Vérifiez sa place et sa projection.", row=int(lines[at]))
        for zone in lost
        for at in groups.features[zone]
    ]  # fmt: skip
    number = {int(zone): i for i, zone in enumerate(held)}
    members = members.assign(zone=members["zone"].map(number).astype(np.intp))
    return groups.keep(held), members, shapes[held], remarks


def zone_table(
    table: pd.DataFrame,
    roles: Mapping[str, str],
    groups: Grouping,
    members: pd.DataFrame,
    kind: str,
    atlas: Atlas,
    lines: Rows,
) -> tuple[pd.DataFrame, list[Remark]]:
    """Write the zones in the form of `geo.layers.Layer`; what the file does not say stays empty, for the planner to state."""
    first = np.array([features[0] for features in groups.features], dtype=np.intp)
    said = {role: column_of(table, roles, role)[first].astype(str) for role in
            ("etat", "annee", "annee_source", "territoire", "source_titre", "source_url", "note", "population")}  # fmt: skip
    departements = _departements(members, len(first), atlas)
    remarks: list[Remark] = []
    states: list[str] = []
    for text, at, name in zip(said["etat"], first, groups.names, strict=True):
        etat = state_of(text)
        states.append(etat or "")
        if text and etat is None:
            remarks.append(
                Remark("à savoir", f"territoire « {name} »", f"état « {text[:40]} » non compris, laissé de côté.",
                       "Écrivez en service, annoncé, projet ou à confirmer.", row=int(lines[at]))
            )  # fmt: skip
    zones = pd.DataFrame(
        {
            "nom": list(groups.names),
            "etat": states,
            "precision": Precision.LUE,
            "territoire": said["territoire"],
            "departement": departements,
            "annee": [year_of(text) for text in said["annee"]],
            "annee_source": [year_of(text) for text in said["annee_source"]],
            "population": pd.to_numeric(pd.Series(said["population"]), errors="coerce").to_numpy(dtype=float),
            "population_type": "",
            "source_titre": said["source_titre"],
            "source_url": [text if text.startswith(("http://", "https://")) else "" for text in said["source_url"]],
            "status": "",
            "note": said["note"],
        }
    )
    zones["population"] = zones["population"].where(np.isfinite(zones["population"]) & (zones["population"] >= 0))
    zones.index = pd.Index(_ids(groups, departements, kind), name="id")
    return zones[list(ZONE_COLUMNS)], remarks


def _departements(members: pd.DataFrame, zones: int, atlas: Atlas) -> list[str]:
    """Return the département where most of the people of each zone live."""
    owner = atlas.table["departement"].to_numpy(dtype=object)[members["row"].to_numpy(dtype=np.intp)]
    weight = members["inhabitants"].fillna(0.0) + 1e-3
    total = weight.groupby([members["zone"], owner]).sum()
    return [str(total.loc[zone].idxmax()) for zone in range(zones)]


def _ids(groups: Grouping, departements: list[str], kind: str) -> list[str]:
    taken: set[str] = set()
    found = []
    for own, name, departement in zip(groups.ids, groups.names, departements, strict=True):
        base = own or zone_id(kind, departement, name)
        made, again = base, 2
        while made in taken:
            made, again = f"{base}-{again}", again + 1
        taken.add(made)
        found.append(made)
    return found


def draw(shapes: Geometries, crs: Any, ids: Iterable[object], names: Iterable[object]) -> dict[str, Any]:
    """Return a FeatureCollection (EPSG:4326) with the id and the name of each shape."""
    degrees = project(shapes, WGS84, source=crs)
    west, south, east, north = shapely.total_bounds(degrees)
    tolerance = max(FINEST, float(max(east - west, north - south)) / 4000)
    light = shapely.simplify(degrees, tolerance)
    while shapely.get_num_coordinates(light).sum() > MOST_POINTS and tolerance < 0.2:
        tolerance *= 2
        light = shapely.simplify(degrees, tolerance)
    gone = shapely.is_empty(light) | (shapely.area(light) <= 0)
    light = np.where(gone, degrees, light)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": str(zone),
                "properties": {"id": str(zone), "nom": str(name)},
                "geometry": _rounded(shape),
            }
            for zone, name, shape in zip(ids, names, light, strict=True)
        ],
    }


def _rounded(shape: shapely.Geometry) -> dict[str, Any]:
    parts = [
        [[[round(x, 5), round(y, 5)] for x, y in ring.coords] for ring in (part.exterior, *part.interiors)]
        for part in shapely.get_parts(shape)
    ]
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def crossing_remarks(
    crossing: Crossing,
    groups: Grouping,
    atlas: Atlas,
    lines: npt.NDArray[np.intp],
    squares: Squares | None,
    *,
    whole_communes: bool,
) -> list[Remark]:
    """Say how each territory became communes."""
    remarks = [*_whole(crossing, whole_communes=whole_communes), *_cut(crossing, groups, atlas, lines, squares)]
    remarks += [*_slivers(crossing, groups, atlas), *_overlapping(crossing, atlas)]
    far = np.flatnonzero((crossing.inside < FAR) & (crossing.inside > 0))
    for zone in far[:MOST_TOLD]:
        line = int(lines[groups.features[zone][0]])
        share = percent(1 - float(crossing.inside[zone]), 0)
        remarks.append(
            Remark("à savoir", f"territoire « {groups.names[zone]} »", f"{share} de sa surface est hors des communes (mer, étranger).",
                   "Vérifiez son contour et sa projection.", row=line)
        )  # fmt: skip
    return remarks


def _whole(crossing: Crossing, *, whole_communes: bool) -> list[Remark]:
    exact, total = int(crossing.exact.sum()), len(crossing.inside)
    if whole_communes:
        text = "À votre demande, chaque commune est tout entière au territoire qui en contient plus de la moitié."
        return [Remark("à savoir", "", text)]
    if not exact:
        return []
    subject = "Tous les territoires suivent" if exact == total else f"{count(exact, 'territoire')} sur {total} suivent"
    if exact == 1:
        subject = "Le territoire suit" if total == 1 else f"1 territoire sur {total} suit"
    return [
        Remark(
            "à savoir",
            "",
            f"{subject} les limites des communes, aux écarts de dessin près : communes entières, habitants exacts.",
        )
    ]


def _cut(
    crossing: Crossing, groups: Grouping, atlas: Atlas, lines: npt.NDArray[np.intp], squares: Squares | None
) -> list[Remark]:
    parts = crossing.members[~crossing.members["whole"]]
    if parts.empty:
        return []
    communes, zones = parts["row"].nunique(), parts["zone"].nunique()
    gridded = int(parts.loc[parts["method"] == "carreaux", "row"].nunique())
    support = f"selon les carreaux de population ({squares.vintage})" if squares is not None and gridded else ""
    if gridded < communes:
        area = "selon la surface, faute de carreaux de population"
        support = f"{support} pour {gridded}, {area} pour les autres" if support else area
    better = " La surface trompe pour un quartier : synchronisez les carreaux (python -m geo sync --layer carreaux)."
    remarks = [
        Remark(
            "à savoir", "",
            f"{count(zones, 'territoire coupe', 'territoires coupent')} {count(communes, 'commune')} : les habitants concernés "
            f"sont partagés {support} ; ce sont des estimations.",
            "Si vos territoires sont faits de communes entières, dites-le (étape 3, ou --whole-communes) : elles ne seront pas coupées."
            + (better if gridded < communes else ""),
        )
    ]  # fmt: skip
    for told, (zone, group) in enumerate(parts.groupby("zone")):
        if told == MOST_TOLD:
            remarks.append(
                Remark(
                    "à savoir",
                    "",
                    f"… et {count(zones - MOST_TOLD, 'autre territoire', 'autres territoires')} de même.",
                )
            )
            break
        remarks.append(_of_zone(int(str(zone)), group, groups, atlas, lines))
    return remarks


def _of_zone(zone: int, group: pd.DataFrame, groups: Grouping, atlas: Atlas, lines: npt.NDArray[np.intp]) -> Remark:
    order = group.sort_values("inhabitants", ascending=False)
    names = [
        f"{atlas.label(str(atlas.codes[row]))} à {percent(share, 0)}"
        for row, share in zip(order["row"], order["share"], strict=True)
    ]
    people = inhabitants(round(float(group["inhabitants"].sum())))
    return Remark(
        "à savoir", f"territoire « {groups.names[zone]} »",
        f"{count(len(group), 'commune')} en partie ({listing(names, COMMUNES_SHOWN)}), environ {people} dans ces parties.",
        row=int(lines[groups.features[zone][0]]),
    )  # fmt: skip


def _slivers(crossing: Crossing, groups: Grouping, atlas: Atlas) -> list[Remark]:
    remarks = []
    borders = int(crossing.slivers["border"].sum())
    if borders:
        words = count(borders, "bord de commune dessiné autrement que dans la base, sans effet",
                      "bords de commune dessinés autrement que dans la base, sans effet")  # fmt: skip
        remarks.append(Remark("à savoir", "", f"{words} sur la composition des territoires."))
    small = crossing.slivers[~crossing.slivers["border"]].sort_values("share", ascending=False)
    if len(small):
        names = [
            f"{atlas.label(str(atlas.codes[row]))} ({percent(share)}) dans « {groups.names[zone]} »"
            for zone, row, share in zip(small["zone"], small["row"], small["share"], strict=True)
        ]
        words = count(len(small), "morceau de moins de 1 % d’une commune, laissé de côté",
                      "morceaux de moins de 1 % d’une commune, laissés de côté")  # fmt: skip
        remarks.append(Remark("à savoir", "", f"{words} : {listing(names, COMMUNES_SHOWN)}."))
    return remarks


def _overlapping(crossing: Crossing, atlas: Atlas) -> list[Remark]:
    rows = crossing.overlapping
    if not rows:
        return []
    names = listing([atlas.label(str(atlas.codes[row])) for row in rows], COMMUNES_SHOWN)
    words = count(len(rows), "commune où des territoires se recouvrent", "communes où des territoires se recouvrent")
    return [
        Remark("à savoir", "", f"{words} ({names}) : leurs habitants comptent dans chacun.",
               "Corrigez les contours si ces territoires ne doivent pas se recouvrir.")
    ]  # fmt: skip
