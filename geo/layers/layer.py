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
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo.communes import Atlas, read_code
from geo.errors import GeoInputError, MissingDataError
from geo.layers.frames import members_frame, whole_members, zones_frame
from geo.paths import DATA

TERRITORIES = ("epci", "ept", "departements", "regions")

# Published populations that count a whole quarter; « estimation_anct_partielle » counts a part of it only.
WHOLE_QUARTER = ("municipale", "estimation_anct", "arrondi")


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
OTHER_DISPOSITIFS = tuple(one for one in DISPOSITIFS if one != LayerId.CLSM)


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

    `zones` is what `zones_frame` builds, `members` what `members_frame` does: one row for each zone and atom. `extent` holds
    the départements where the layer is complete.
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
    facts = pd.read_csv(path, dtype=str, keep_default_na=False)
    facts["line"] = np.arange(2, len(facts) + 2)
    if entry["id"] == LayerId.QPV:
        zones, members = _quarters(facts, atlas, path.name)
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
        extent=frozenset(entry["etendue"]),
        remark=entry["remarque"],
        zones=zones,
        members=members,
    )


def _zones(facts: pd.DataFrame) -> pd.DataFrame:
    first = facts.groupby("id", sort=False).first()
    return zones_frame(
        first.index,
        etat=first["etat"].map(ETATS),
        precision=first["methode"].map(PRECISIONS),
        **{name: first[name] for name in ("nom", "territoire", "departement", "annee", "annee_source",
                                          "source_titre", "source_url", "status", "note")},
    )  # fmt: skip


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
    return whole_members(members["zone"], members["row"], members["whole"], atlas.population)


def _quarters(facts: pd.DataFrame, atlas: Atlas, file: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """QPV: parts of communes, with a published population that is kept only when it counts the whole quarter."""
    published = pd.to_numeric(facts["population"].replace("", None)).to_numpy(dtype=float)
    zones = zones_frame(
        facts["id"],
        etat=Etat.EN_SERVICE,
        precision=Precision.LUE,
        territoire=facts["communes"].str.replace(";", ", "),
        annee=facts["population_annee"],
        population=np.where(facts["population_type"].isin(WHOLE_QUARTER), published, np.nan),
        **{name: facts[name] for name in ("nom", "departement", "population_type", "source_titre", "source_url", "status", "note",
                                          "annee_source")},
    )  # fmt: skip
    records: list[tuple[int, int, float]] = []
    problems: list[str] = []
    for zone, (codes, line) in enumerate(zip(facts["codes_insee"], facts["line"], strict=True)):
        readings = [read_code(code, atlas) for code in codes.split(";")]
        problems += [f"{file}, ligne {line} : {r.message}" for r in readings if not r.atoms]
        atoms = list(dict.fromkeys(atom for r in readings for atom in r.atoms))
        people = float(zones["population"].iat[zone]) if len(atoms) == 1 else np.nan
        records += [(zone, atlas.row[atom], people) for atom in atoms]
    if problems:
        raise GeoInputError(problems)
    members = pd.DataFrame(records, columns=["zone", "row", "inhabitants"])
    return zones, members_frame(members["zone"], members["row"], False, members["inhabitants"])


def _territory_layer(name: str, atlas: Atlas) -> Layer:
    column, long_name = {
        "epci": ("epci", "Intercommunalités à fiscalité propre (EPCI)"),
        "ept": ("ept", "Établissements publics territoriaux du Grand Paris"),
        "departements": ("departement", "Départements"),
        "regions": ("region", "Régions"),
    }[name]
    table: pd.DataFrame = getattr(atlas, name)
    listed = atlas.manifest.get(f"{name}_libelle", atlas.manifest["epci_libelle"])
    vintage = str(listed) if name in ("epci", "ept") else f"1er janvier {atlas.year}"
    zones = zones_frame(
        table.index,
        nom=table["nom"],
        etat=Etat.EN_SERVICE,
        precision=Precision.OFFICIELLE,
        annee_source=vintage[-4:],
        source_titre="Découpage administratif",
        status="officiel",
    )
    position = {code: i for i, code in enumerate(zones.index)}
    owner = atlas.table[column]
    rows = np.flatnonzero(owner.notna().to_numpy())
    members = whole_members([position[code] for code in owner.iloc[rows]], rows, True, atlas.population)
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
