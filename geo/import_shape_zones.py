"""Features → territories: rows of the same territory are joined, and the table of zones is written from their attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.base_repair import Geometries
from geo.communes import Atlas
from geo.french import count, fold, listing
from geo.import_attributes import column_of, state_of, year_of
from geo.import_draft import ZONE_COLUMNS, Remark, zone_id
from geo.import_repair import SHOWN
from geo.layers import Precision

Rows = npt.NDArray[np.intp]
Where = Callable[[int], str]


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
