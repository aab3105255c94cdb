"""Features gathered into territories, and these brought to communes: by their codes where these hold, by their outlines otherwise.

Features of the same territory (same id, or same name when there is none) are joined. Features that are communes by their code
are trusted as codes, once their outline agrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.communes import Atlas
from geo.french import count, fold, listing
from geo.geometry import polygonal
from geo.imports.draft import WHOLE_COMMUNES, Method, Progress
from geo.imports.shapes.attributes import follow_codes
from geo.imports.shapes.crossing import Crossing, cross
from geo.imports.shapes.features import SHOWN, Features, Territories
from geo.imports.shapes.squares import Squares
from geo.imports.shapes.zones import crossing_remarks
from geo.layers import members_frame, whole_members
from geo.remarks import Remark


def assign(
    features: Features, atlas: Atlas, mapping: Mapping[str, str], squares: Squares | None, progress: Progress
) -> Features:
    """Gather cleaned features into territories and find their communes; territories without any are refused.

    Raises
    ------
    GeoInputError
        When no territory is left, with every reason, or when there are too many.
    """
    features = follow_codes(features, atlas, name_chosen=bool(mapping.get("nom")))
    features = _joined(_gathered(features).checked())
    progress(0.0, "Comparaison aux communes")
    if features.atoms is not None:
        features = _by_codes(features, atlas)
    else:
        features = replace(features, whole_communes=bool(mapping.get(WHOLE_COMMUNES)))
        features = _by_outlines(features, atlas, squares, progress)
    features = _located(features)
    return features.saying(_twins(features.territories)).checked()


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
    features = features.refuse(nameless, "Nommez-le dans le fichier.")
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


def _by_outlines(features: Features, atlas: Atlas, squares: Squares | None, progress: Progress) -> Features:
    """Give territories the communes, whole or in part, that their outlines cover."""
    crossing = cross(
        features.territories.shapes,
        atlas,
        crs=features.crs,
        squares=squares,
        whole_communes=features.whole_communes,
        progress=progress,
    )
    found = crossing.members
    members = members_frame(found["zone"], found["row"], found["whole"], found["inhabitants"], ~found["whole"])
    features = replace(features, territories=replace(features.territories, members=members, method=_method(crossing)))
    return features.saying(crossing_remarks(features, crossing, atlas, squares))


def _method(crossing: Crossing) -> Method:
    used = set(crossing.members["method"])
    return "carreaux" if "carreaux" in used else "surface" if "surface" in used else "communes"


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
