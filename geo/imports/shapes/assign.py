"""Features gathered into territories, and these brought to communes: by their codes where these hold, by their outlines otherwise.

Features of the same territory (same id, or same name when there is none) are joined. Features that are communes by their code
are trusted as codes, once their outline agrees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.arrays import Rows
from geo.communes import Atlas, read_code
from geo.french import count, fold, listing
from geo.geometry import WGS84, Geometries, polygonal
from geo.imports.draft import Method, Progress
from geo.imports.headers import is_other, names_own
from geo.imports.settling import FILE_NAME, WHOLE_COMMUNES, YES, Answers
from geo.imports.shapes.apart import apart
from geo.imports.shapes.attributes import name_doubt, present
from geo.imports.shapes.crossing import Crossing, cross
from geo.imports.shapes.features import SHOWN, Features, Territories
from geo.imports.shapes.pieces import PIECES, PiecesOfCities, by_pieces
from geo.imports.shapes.squares import Squares
from geo.imports.shapes.zones import crossing_remarks
from geo.layers import members_frame, project, whole_members
from geo.remarks import Remark

_GATHERS = re.compile(r"dep|reg|pays|stat|type|nature|source|etat|millesime|arr|cant")
AGREE = 0.9  # of the features must be the commune that their code says
LARGER = 2.0  # an outline more than twice as large, or as small, is another territory


def assign(
    features: Features,
    atlas: Atlas,
    kind: str,
    answers: Answers,
    squares: Squares | None,
    progress: Progress,
    pieces: PiecesOfCities | None = None,
) -> Features:
    """Gather cleaned features into territories and find their communes; territories without any are refused.

    Raises
    ------
    GeoInputError
        When no territory is left, with every reason, or when there are too many.
    """
    features = _coded(features, atlas, kind, name_chosen=answers.roles.get("nom") is not None)
    features = present(features, kind)
    features = _joined(_gathered(features).checked())
    progress(0.0, "Comparaison aux communes")
    if features.atoms is not None:
        features = _by_codes(features, atlas)
    else:
        features = replace(features, whole_communes=answers.get(WHOLE_COMMUNES) == YES)
        features = _by_outlines(features, atlas, squares, progress, pieces)
    features = _located(features)
    return features.saying(_twins(features.territories)).checked()


def _coded(features: Features, atlas: Atlas, kind: str, *, name_chosen: bool) -> Features:
    """Take features as communes where they bear codes that their outlines confirm; say it either way.

    `name_chosen`: whether the planner chose the column of the name.
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
    features = features.only(known)
    own = names_own(features.roles.get("nom", ""), kind)
    return features if name_chosen or own else _name_asked(features, atlas)


def _name_asked(features: Features, atlas: Atlas) -> Features:
    """Ask which column names the territories of a layer of communes, where no header says it."""
    if not _names_communes(features, atlas):
        return features
    column = features.roles.get("nom", "")
    features = replace(features, doubts=tuple(d for d in features.doubts if d.key != "colonne/nom"))
    naming = _naming_column(features)
    if naming is None and "retenue" in features.roles:
        stem = PurePosixPath(features.file.replace("\\", "/")).stem.replace("_", " ").strip() or "Territoire"
        table = features.table.assign(**{FILE_NAME: stem})
        features = replace(features, table=table, roles={**features.roles, "nom": FILE_NAME})
        said = "Aucune colonne ne nomme le territoire : les communes retenues sont prises comme un seul, du nom du fichier."
        return features.ask([name_doubt(features, FILE_NAME, said)])
    if naming is None:
        said = f"La colonne « {column} » nomme les communes, et aucune autre ne nomme les territoires : chaque commune en est-elle un ?"
        return features.ask([name_doubt(features, column, said)])
    said = (
        f"La colonne « {naming} » nomme-t-elle les territoires ? Les communes qui y portent la même valeur en font un."
    )
    features = replace(features, roles={**features.roles, "nom": naming})
    features = features.say("à savoir", f"colonne « {naming} »", "les communes qui y portent la même valeur font un territoire.",
                            "Changez la colonne du nom si ce n’est pas elle.")  # fmt: skip
    return features.ask([name_doubt(features, naming, said)])


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
    area = shapely.area(degrees) * 111_320.0**2 * np.cos(lat)  # within 1 %, enough to know a commune from a territory
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


def _names_communes(features: Features, atlas: Atlas) -> bool:
    """Tell whether the column taken for the name only names communes, or there is none."""
    column = features.roles.get("nom")
    if column is None:
        return True
    names = features.table[column].to_numpy(dtype=object)[features.places]
    same = [
        bool(found) and fold(str(atlas.names[atlas.row[found[0]]])) == fold(str(name))
        for found, name in zip(features.atoms or (), names, strict=True)
    ]
    return bool(np.mean(same) >= AGREE)


def _naming_column(features: Features) -> str | None:
    """Return a column that gathers communes under words, which may name territories; None when there is none."""
    table, roles, places = features.table, features.roles, features.places
    for other in table.columns:
        values = table[other].iloc[places]
        words = values[values != ""]
        shared = len(words) and 1 <= words.nunique() < len(words)
        # A département, a zoning or a status gathers communes too, and names no territory.
        if _GATHERS.match(fold(str(other))) or is_other(str(other)) or str(other) in roles.values():
            continue
        if shared and words.str.contains(r"[^\W\d_]{3}", regex=True).mean() > AGREE:
            return str(other)
    return None


def _gathered(features: Features) -> Features:
    """Join the features of the same id, or of the same name where ids are absent or only number the rows, or codes are followed."""
    places, by_name = features.places, features.atoms is not None
    names, ids = (features.texts(role)[places].astype(str) for role in ("nom", "id"))
    if "nom" not in features.roles and "id" not in features.roles:
        names = np.array([f"Territoire {line}" for line in features.lines[places]], dtype=object)
        features = features.say("à savoir", "", "Aucune colonne de nom : les territoires sont numérotés.",
                                "Indiquez la colonne du nom s’il y en a une.")  # fmt: skip
    usable_ids = not by_name and _identify(ids, names)
    groups: dict[str, list[int]] = {}
    nameless: dict[int, str] = {}
    for at, (name, own) in enumerate(zip(names, ids, strict=True)):
        if name or own:
            groups.setdefault(f"id:{fold(own)}" if usable_ids and own else f"nom:{fold(name or own)}", []).append(at)
        else:
            nameless[at] = "territoire sans nom."
    groups, doubts = apart(groups, features, names)
    features = features.ask(doubts).refuse(nameless, "Nommez-le dans le fichier.")
    several = [names[members[0]] or ids[members[0]] for members in groups.values() if len(members) > 1]
    if several and not by_name:
        words = count(
            len(several), "territoire fait de plusieurs objets, réunis", "territoires faits de plusieurs objets, réunis"
        )
        features = features.say("réparé", "", f"{words} : {listing(several, SHOWN)}.", "Vérifiez-les sur la carte.")
    first = [members[0] for members in groups.values()]
    kept_ids = ids if usable_ids else np.full(len(ids), "", dtype=object)
    return replace(
        features,
        territories=Territories(
            names=tuple(str(names[at] or ids[at]) for at in first),
            ids=tuple(str(kept_ids[at]) for at in first),
            features=tuple(places[np.array(members, dtype=np.intp)] for members in groups.values()),
        ),
    )


def _identify(ids: npt.NDArray[np.object_], names: npt.NDArray[np.object_]) -> bool:
    """Tell whether ids name territories: each has one name, and they are not the mere numbers of the rows."""
    filled = ids != ""
    if not filled.any():
        return False
    owners = pd.Series(names[filled]).groupby(ids[filled]).nunique()
    numbers = pd.to_numeric(pd.Series(ids[filled]), errors="coerce").to_numpy(dtype=float)
    counting = len(numbers) > 1 and bool((np.diff(numbers) == 1).all()) and numbers[0] in (0, 1)
    return bool((owners <= 1).all()) and not counting


def _joined(features: Features) -> Features:
    """Draw each territory: its features joined."""
    at = {int(place): i for i, place in enumerate(features.places)}
    groups = features.territories.features
    joined = np.empty(len(groups), dtype=object)
    for i, members in enumerate(groups):
        shapes = features.shapes[[at[int(m)] for m in members]]
        joined[i] = shapes[0] if len(shapes) == 1 else polygonal(shapely.union_all(shapes))
    return replace(features, territories=replace(features.territories, shapes=joined))


def _by_codes(features: Features, atlas: Atlas) -> Features:
    """Give territories the communes that their features are: whole, exact."""
    at = {int(place): i for i, place in enumerate(features.places)}
    atoms = features.atoms or ()
    pairs = {
        (zone, atlas.row[atom]): None
        for zone, members in enumerate(features.territories.features)
        for place in members
        for atom in atoms[at[int(place)]]
    }
    held = np.array(list(pairs), dtype=np.intp).reshape(-1, 2)
    members = whole_members(held[:, 0], held[:, 1], np.ones(len(held), dtype=bool), atlas.population)
    return replace(features, territories=replace(features.territories, members=members))


def _by_outlines(
    features: Features, atlas: Atlas, squares: Squares | None, progress: Progress, pieces: PiecesOfCities | None
) -> Features:
    """Give territories the communes, whole or in part, that their outlines cover."""
    crossing = cross(
        features.territories.shapes,
        atlas,
        crs=features.crs,
        squares=squares,
        whole_communes=features.whole_communes,
        progress=progress,
    )
    fine = None
    if pieces is not None and not features.whole_communes:
        crossing, fine = by_pieces(crossing, features.territories.shapes, features.crs, atlas, pieces)
    found = crossing.members
    guessed = found["estimated"] if "estimated" in found else ~found["whole"]
    members = members_frame(found["zone"], found["row"], found["whole"], found["inhabitants"], guessed)
    territories = replace(features.territories, members=members, method=_method(crossing), fine=fine)
    features = replace(features, territories=territories)
    return features.saying(crossing_remarks(features, crossing, atlas, squares))


def _method(crossing: Crossing) -> Method:
    used = set(crossing.members["method"])
    return (
        "carreaux"
        if "carreaux" in used
        else "surface"
        if "surface" in used
        else "iris"
        if PIECES in used
        else "communes"
    )


def _located(features: Features) -> Features:
    """Leave out the territories without a commune."""
    territories, lines = features.territories, features.lines
    held = np.unique(territories.members["zone"].to_numpy(dtype=np.intp))
    lost = sorted(set(range(len(territories.names))) - set(held.tolist()))
    remarks = [
        Remark("refusé", f"objet {lines[at]} (« {territories.names[zone][:60]} »)", "ne recouvre aucune commune des 101 départements.",
               "Vérifiez sa place et sa projection.", row=int(lines[at]))
        for zone in lost
        for at in territories.features[zone]
    ]  # fmt: skip
    return replace(features, territories=territories.keep(held)).saying(remarks)


def _twins(territories: Territories) -> list[Remark]:
    """Report the territories that have the very same outline, or the same name."""
    found = []
    seen: dict[object, int] = {}
    shapes, names = territories.shapes, territories.names
    bounds, areas = shapely.bounds(shapes), shapely.area(shapes)
    for i, shape in enumerate(shapes):
        key = (*np.round(bounds[i], 6), round(float(areas[i]), 6))
        first = seen.setdefault(key, i)
        if first != i and shapely.equals(shape, shapes[first]):
            found.append(
                Remark("à savoir", f"territoire « {names[i]} »", f"même contour que « {names[first]} ».",
                       "Si c’est un doublon, retirez l’un des deux.")
            )  # fmt: skip
    counts = pd.Series(names).value_counts()
    found += [
        Remark("à savoir", f"territoire « {name} »", f"{counts[name]} territoires portent ce nom.",
               "Vérifiez qu’ils sont distincts.")
        for name in counts.index[counts > 1]
    ]  # fmt: skip
    return found
