"""A layer: zones of one kind, each a set of communes, with what is known of it and where the list is complete.

Outside a layer's `extent` an absence means « unknown », never « none ». A zone keeps its état (in service, announced,
project) and the precision of its composition (read, extended from an EPCI, supposed, known in part, unknown), because
the facts behind it differ in worth.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.communes import Atlas, read_code
from geo.errors import GeoInputError, MissingDataError
from geo.paths import DATA

TERRITORIES = ("epci", "ept", "departements", "regions")

ZONE_COLUMNS = (
    "nom", "etat", "precision", "territoire", "departement", "annee", "annee_source", "population", "population_type",
    "source_titre", "source_url", "status", "note",
)  # fmt: skip


class LayerId(StrEnum):
    """The layers, by the id that files, links and the register use."""

    CLSM = "clsm"
    ADULT_SECTORS = "secteurs-adultes"
    CHILD_SECTORS = "secteurs-enfants"
    CLS = "cls"
    CPTS = "cpts"
    DAC = "dac"
    QPV = "qpv"


# Agreements between bodies, of which a territory may have several (a sector or a QPV is a piece of territory).
DISPOSITIFS = (LayerId.CLSM, LayerId.CLS, LayerId.CPTS, LayerId.DAC)


class Etat(StrEnum):
    """Whether a dispositif works, as its source says, at the date of that source."""

    EN_SERVICE = "en service"
    ANNONCE = "annoncé"
    PROJET = "projet"
    A_CONFIRMER = "à confirmer"


class Precision(StrEnum):
    """How the list of communes of a zone is known."""

    LUE = "lue"
    CODES_POSTAUX = "déduite de codes postaux"
    ETENDUE = "étendue aux communes de l’EPCI"
    DEPARTEMENT = "département entier"
    OFFICIELLE = "officielle"
    SUPPOSEE = "supposée d’après le nom"
    PARTIELLE = "connue en partie"
    VILLE = "connue à la ville près, arrondissement inconnu"
    INCONNUE = "inconnue"


ETATS = {
    "cite": Etat.EN_SERVICE,
    "annonce": Etat.ANNONCE,
    "projet_non_confirme": Etat.PROJET,
    "a_confirmer": Etat.A_CONFIRMER,
}
PRECISIONS = {
    "commune_eponyme": Precision.LUE,
    "liste_lue": Precision.LUE,
    "codes_postaux": Precision.CODES_POSTAUX,
    "epci_etendu": Precision.ETENDUE,
    "departement_entier": Precision.DEPARTEMENT,
    "suppose": Precision.SUPPOSEE,
    "partiel": Precision.PARTIELLE,
    "non_resolu": Precision.INCONNUE,
}


@dataclass(frozen=True, eq=False)
class Layer:
    """Zones of one kind.

    `zones` is indexed by zone id: nom, etat, precision, territoire, departement, annee, annee_source, population
    (published for the zone, NaN if none), population_type, source_titre, source_url, note. `members` has a row for each
    zone and atom: zone (position in `zones`), row (in the atlas), whole (False when only a part of the atom belongs to the
    zone), inhabitants (of the atom inside the zone; NaN when unknown). `extent` holds the départements where the layer is
    complete. The members of a zone of precision « VILLE » are candidates: it lies in one or several of them, unknown which.
    `apart` counts the zones of the published list that lie in no commune of the atlas (overseas collectivities).
    """

    id: str
    name: str
    long_name: str
    source: str
    vintage: str
    extent: frozenset[str]
    remark: str
    zones: pd.DataFrame
    members: pd.DataFrame
    apart: int = 0

    @cached_property
    def candidates(self) -> npt.NDArray[np.bool_]:
        """Tell the zones that lie in one or several of their members, unknown which."""
        return (self.zones["precision"] == Precision.VILLE).to_numpy(dtype=bool)

    @property
    def placed(self) -> pd.DataFrame:
        """The members of the zones whose communes or arrondissements are known."""
        return self.members[~self.candidates[self.members["zone"].to_numpy(dtype=np.intp)]]

    @property
    def located(self) -> pd.DataFrame:
        """Zones of which at least one commune is known."""
        return self.zones[self.zones["precision"] != Precision.INCONNUE]


def load_layers(atlas: Atlas, data: Path = DATA) -> dict[str, Layer]:
    """Read every embedded layer: the cited facts of `data/layers.toml`, then the territories of the atlas.

    Raises
    ------
    MissingDataError
        When the catalogue or a file is absent.
    GeoInputError
        When a row holds a code, état or method that is not understood: file, line and code are named.
    """
    try:
        catalogue = tomllib.loads((data / "layers.toml").read_text(encoding="utf-8"))["couche"]
        layers = [_fact_layer(entry, atlas, data) for entry in catalogue]
    except FileNotFoundError as error:
        raise MissingDataError(f"Fichier de couche absent : {error.filename}.") from error
    layers += [_territory_layer(name, atlas) for name in TERRITORIES]
    return {layer.id: layer for layer in layers}


def _fact_layer(entry: dict[str, Any], atlas: Atlas, data: Path) -> Layer:
    path = data / entry["fichier"]
    facts = _facts(path)
    apart = 0
    if entry["id"] == LayerId.QPV:
        from geo.layers.quarters import read_quarters  # built on layers, which this module defines

        populations = data / entry["populations"]
        zones, members, apart = read_quarters(facts, _facts(populations), atlas, (path, populations))
    else:
        facts = facts[facts["type"] == entry["type"]]
        _check_words(facts, path.name)
        zones, members = _zones(facts), _members(facts, atlas, path.name)
    return Layer(
        id=entry["id"],
        name=entry["nom"],
        long_name=entry["nom_long"],
        source=entry["source"],
        vintage=entry["millesime"],
        extent=frozenset(atlas.departements.index if entry["etendue"] == "toutes" else entry["etendue"]),
        remark=entry["remarque"],
        zones=zones,
        members=members,
        apart=apart,
    )


def _facts(path: Path) -> pd.DataFrame:
    facts = pd.read_csv(path, dtype=str, keep_default_na=False)
    facts["line"] = np.arange(2, len(facts) + 2)
    return facts


def _zones(facts: pd.DataFrame) -> pd.DataFrame:
    columns = [
        "nom", "territoire", "departement", "annee", "annee_source",
        "source_titre", "source_url", "status", "note",
    ]  # fmt: skip
    first = facts.groupby("id", sort=False).first()
    zones = first[columns].copy()
    zones["etat"] = first["etat"].map(ETATS)
    zones["precision"] = first["methode"].map(PRECISIONS)
    zones["population"] = np.nan
    zones["population_type"] = ""
    return zones


def _check_words(facts: pd.DataFrame, file: str) -> None:
    """Refuse an état or a method that is not in the list, with its line."""
    problems = [
        f"{file}, ligne {line} : {column} « {value} » n’est pas prévu ; attendu : {', '.join(table)}."
        for column, table in (("etat", ETATS), ("methode", PRECISIONS))
        for value, line in zip(facts[column], facts["line"], strict=True)
        if value not in table
    ]
    if problems:
        raise GeoInputError(problems)


def _members(facts: pd.DataFrame, atlas: Atlas, file: str) -> pd.DataFrame:
    position = {zone: i for i, zone in enumerate(dict.fromkeys(facts["id"]))}
    records: list[tuple[int, int, bool]] = []
    problems: list[str] = []
    for fact in facts.itertuples():
        zone = position[str(fact.id)]
        if fact.methode == "departement_entier":
            records += [(zone, int(row), True) for row in atlas.members("departement", str(fact.departement))]
        elif fact.code_commune:
            reading = read_code(str(fact.code_commune), atlas)
            if reading.kind not in ("atom", "city"):
                problems.append(f"{file}, ligne {fact.line} : {reading.message}")
            whole = fact.part_commune != "partielle"
            records += [(zone, atlas.row[atom], whole) for atom in reading.atoms]
    if problems:
        raise GeoInputError(problems)
    members = pd.DataFrame(records, columns=["zone", "row", "whole"]).astype({"whole": bool})
    # A city and one of its arrondissements, or an old code and its new one: once, and whole if any line says so.
    members = members.groupby(["zone", "row"], sort=False, as_index=False)["whole"].any()
    inhabitants = atlas.population[members["row"].to_numpy(dtype=np.intp)].astype(float)
    members["inhabitants"] = np.where(members["whole"], inhabitants, np.nan)
    return members


def _territory_layer(name: str, atlas: Atlas) -> Layer:
    column, long_name = {
        "epci": ("epci", "Intercommunalités à fiscalité propre (EPCI)"),
        "ept": ("ept", "Établissements publics territoriaux du Grand Paris"),
        "departements": ("departement", "Départements"),
        "regions": ("region", "Régions"),
    }[name]
    table: pd.DataFrame = getattr(atlas, name)
    zones = pd.DataFrame({"nom": table["nom"]})
    for empty in ("territoire", "annee", "source_url", "note", "population_type"):
        zones[empty] = ""
    zones["etat"], zones["precision"], zones["status"] = Etat.EN_SERVICE, Precision.OFFICIELLE, "officiel"
    zones["population"] = np.nan
    listed = atlas.manifest.get(f"{name}_libelle", atlas.manifest["epci_libelle"])
    vintage = str(listed) if name in ("epci", "ept") else f"1er janvier {atlas.year}"
    zones["source_titre"], zones["annee_source"] = "Découpage administratif", vintage[-4:]
    zones["departement"] = ""
    position = {code: i for i, code in enumerate(zones.index)}
    owner = atlas.table[column]
    rows = np.flatnonzero(owner.notna().to_numpy())
    members = pd.DataFrame(
        {
            "zone": [position[code] for code in owner.iloc[rows].to_numpy(dtype=object)],
            "row": rows,
            "whole": True,
            "inhabitants": atlas.population[rows].astype(float),
        }
    )
    return Layer(
        id=name,
        name=name.upper() if name in ("epci", "ept") else long_name,
        long_name=long_name,
        source={"epci": "Composition des EPCI (DGCL)", "ept": "Composition des EPT (INSEE)"}.get(
            name, "Code officiel géographique (INSEE)"
        ),
        vintage=vintage,
        extent=frozenset(atlas.departements.index),
        remark="",
        zones=zones,
        members=members,
    )


def zone_members(layer: Layer, zone_id: str) -> tuple[list[int], list[int]]:
    """Return the rows of the atoms wholly in a zone, and of those only partly in it."""
    mine = layer.members[layer.members["zone"] == layer.zones.index.get_loc(zone_id)]
    return mine.loc[mine["whole"], "row"].tolist(), mine.loc[~mine["whole"], "row"].tolist()


def find_zones(layers: Iterable[Layer], text: str) -> Iterator[tuple[Layer, str]]:
    """Yield the zones whose id, or the end of whose id, is `text` (case aside): 94G07 finds sect-94g07."""
    key = text.strip().casefold()
    for layer in layers:
        for zone in layer.zones.index:
            folded = str(zone).casefold()
            if folded == key or folded.endswith("-" + key):
                yield layer, str(zone)
