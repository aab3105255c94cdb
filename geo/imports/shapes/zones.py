"""Territories as the draft of a layer: their frames, their outlines, and what is said of how they became communes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.communes import Atlas
from geo.files import sha256_of
from geo.french import count, inhabitants, listing, noun, percent
from geo.geometry import WGS84, Geometries
from geo.imports.draft import ImportDraft
from geo.imports.etats import Etats, etat_of
from geo.imports.shapes.crossing import Crossing
from geo.imports.shapes.features import Features, Territories
from geo.imports.shapes.open import ALL_FOLDERS
from geo.imports.shapes.squares import Squares
from geo.imports.vocabulary import year_of
from geo.layers import Precision, project, zone_id, zones_frame
from geo.remarks import Remark

MOST_POINTS = 60_000
FINEST = 0.0005  # of a degree, some 50 m
COMMUNES_SHOWN = 6
MOST_REPORTED = 40

FAR = 0.5  # a territory of which less than this lies in communes is reported


def draft_of(features: Features, kind: str, path: Path, atlas: Atlas) -> ImportDraft:
    """Make the draft of a layer of territories that were brought to communes; those that are dissolved are left out."""
    rows = sum(len(group) for group in features.territories.features)
    features, states, dissolved = _with_states(features, atlas)
    zones = _zones(features, kind, states, atlas)
    territories, several = features.territories, len(features.layers) > 1
    inside = {str(atlas.codes[row]) for row in territories.members["row"]}
    return ImportDraft(
        kind=kind,
        zones=zones,
        members=territories.members,
        rows=len(features.lines),
        accepted=rows + features.absent,
        remarks=tuple(sorted(features.remarks, key=lambda r: r.row)),
        understanding=features.roles,
        columns=features.columns,
        file=features.file,
        sha256=sha256_of(path),
        size=path.stat().st_size,
        method=territories.method,
        outlines=draw(territories.shapes, features.crs, zones.index, zones["nom"]) if len(zones) else None,
        sheets=(() if features.name else (ALL_FOLDERS,)) + features.layers if several else (),
        sheet=(features.name or ALL_FOLDERS) if several else "",
        whole_communes=features.whole_communes,
        doubts=features.doubts,
        answers=features.answers,
        shape=features.shape,
        without=tuple(code for code in features.without if code not in inside),
        dissolved=dissolved,
        fine=territories.fine,
    )


def _with_states(features: Features, atlas: Atlas) -> tuple[Features, list[str], tuple[str, ...]]:
    """Read the état of each territory; leave out those that are dissolved, whose communes are in none."""
    texts, ends, notes = (features.texts(role).astype(str) for role in ("etat", "fin", "note"))
    read = Etats(features.answers)

    def state(at: int, name: str) -> str:
        return read.of_row(int(features.lines[at]), etat=texts[at], end=ends[at], name=name, note=notes[at])

    states: list[str] = []
    kept: list[int] = []
    remarks: list[Remark] = []
    territories = features.territories
    for zone, (name, group) in enumerate(zip(territories.names, territories.features, strict=True)):
        said = [word for at in group if (word := state(int(at), name))]
        etat, remark = etat_of(name, said, int(features.lines[group[0]]))
        remarks += [remark] if remark else []
        if etat is not None:
            states.append(etat)
            kept.append(zone)
    features = features.saying(remarks).ask(read.doubts())
    if len(kept) == len(territories.names):
        return features, states, ()
    gone = territories.members[~territories.members["zone"].isin(kept) & territories.members["whole"]]
    without = {*features.without, *(str(atlas.codes[row]) for row in gone["row"])}
    dissolved = tuple(name for zone, name in enumerate(territories.names) if zone not in set(kept))
    territories = territories.keep(np.array(kept, dtype=np.intp))
    return replace(features, territories=territories, without=tuple(sorted(without))), states, dissolved


def _zones(features: Features, kind: str, states: Sequence[str], atlas: Atlas) -> pd.DataFrame:
    """Write the zones in the form of a layer; what the file does not say stays empty, for the planner to state."""
    territories = features.territories
    first = np.array([group[0] for group in territories.features], dtype=np.intp)
    said = {role: features.texts(role)[first].astype(str) for role in
            ("annee", "annee_source", "territoire", "source_titre", "source_url", "note", "population")}  # fmt: skip
    departements = _departements(territories.members, len(first), atlas)
    people = pd.to_numeric(pd.Series(said["population"]), errors="coerce").to_numpy(dtype=float)
    return zones_frame(
        _ids(territories, departements, kind),
        nom=list(territories.names),
        etat=states,
        precision=Precision.LUE,
        territoire=said["territoire"],
        departement=departements,
        annee=[_year(text) for text in said["annee"]],
        annee_source=[_year(text) for text in said["annee_source"]],
        population=np.where(np.isfinite(people) & (people >= 0), people, np.nan),
        source_titre=said["source_titre"],
        source_url=[text if text.startswith(("http://", "https://")) else "" for text in said["source_url"]],
        note=said["note"],
    )


def _year(text: str) -> str:
    """Return the year in a date or a text, "" when there is none."""
    found = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", year_of(text))
    return found[0] if found else ""


def _departements(members: pd.DataFrame, zones: int, atlas: Atlas) -> list[str]:
    """Return the département where most of the people of each zone live."""
    owner = atlas.table["departement"].to_numpy(dtype=object)[members["row"].to_numpy(dtype=np.intp)]
    weight = members["inhabitants"].fillna(0.0) + 1e-3
    total = weight.groupby([members["zone"], owner]).sum()
    return [str(total.loc[zone].idxmax()) for zone in range(zones)]


def _ids(territories: Territories, departements: list[str], kind: str) -> list[str]:
    taken: set[str] = set()
    found = []
    for own, name, departement in zip(territories.ids, territories.names, departements, strict=True):
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


def crossing_remarks(features: Features, crossing: Crossing, atlas: Atlas, squares: Squares | None) -> list[Remark]:
    """Say how each territory became communes."""
    groups, lines = features.territories, features.lines
    remarks = [
        *_whole(crossing, whole_communes=features.whole_communes),
        *_cut(crossing, groups, atlas, lines, squares),
    ]
    remarks += [*_slivers(crossing, groups, atlas), *_overlapping(crossing, atlas)]
    far = np.flatnonzero((crossing.inside < FAR) & (crossing.inside > 0))
    for zone in far[:MOST_REPORTED]:
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
    crossing: Crossing, groups: Territories, atlas: Atlas, lines: npt.NDArray[np.intp], squares: Squares | None
) -> list[Remark]:
    parts = crossing.members[~crossing.members["whole"]]
    if parts.empty:
        return []
    communes, zones = parts["row"].nunique(), parts["zone"].nunique()
    counts = parts.groupby("method")["row"].nunique()
    vintage = f" ({squares.vintage})" if squares is not None else ""
    words = {
        "iris": "selon les IRIS", "carreaux": f"selon les carreaux de population{vintage}",
        "surface": "selon la surface, faute d’IRIS et de carreaux de population",
    }  # fmt: skip
    used = [method for method in words if counts.get(method)]
    support = ", ".join(f"{words[m]} pour {counts[m] if m != used[-1] else 'les autres'}" for m in used)
    support = words[used[0]] if len(used) == 1 else support
    by_area = "surface" in used
    better = " La surface trompe pour un quartier : synchronisez les carreaux de population (page Données)."
    remarks = [
        Remark(
            "à savoir", "",
            f"{count(zones, 'territoire coupe', 'territoires coupent')} {count(communes, 'commune')} : les habitants concernés "
            f"sont partagés {support} ; ce sont des estimations.",
            "Si vos territoires sont faits de communes entières, dites-le (étape 3) : elles ne seront pas coupées."
            + (better if by_area else ""),
        )
    ]  # fmt: skip
    for number, (zone, group) in enumerate(parts.groupby("zone")):
        if number == MOST_REPORTED:
            remarks.append(
                Remark(
                    "à savoir",
                    "",
                    f"… et {count(zones - MOST_REPORTED, 'autre territoire', 'autres territoires')} de même.",
                )
            )
            break
        remarks.append(_of_zone(int(str(zone)), group, groups, atlas, lines))
    return remarks


def _of_zone(zone: int, group: pd.DataFrame, groups: Territories, atlas: Atlas, lines: npt.NDArray[np.intp]) -> Remark:
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


def _slivers(crossing: Crossing, groups: Territories, atlas: Atlas) -> list[Remark]:
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
    whose = noun(len(rows), "ses", "leurs")
    return [
        Remark("à savoir", "", f"{words} ({names}) : {whose} habitants comptent dans chacun.",
               "Corrigez les contours si ces territoires ne doivent pas se recouvrir.")
    ]  # fmt: skip
