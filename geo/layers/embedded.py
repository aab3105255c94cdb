"""The embedded layers: the cited facts of `data/layers.toml`, and the territories of the atlas.

Apart from the model of a layer because it reads files, and QPV their own way (geo.layers.quarters).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from geo.communes import Atlas, read_code
from geo.errors import GeoInputError, MissingDataError
from geo.kept import kept_on_subject
from geo.layers.frames import whole_members, zones_frame
from geo.layers.layer import ETATS, PRECISIONS, Etat, Layer, LayerId, Precision
from geo.layers.quarters import read_quarters
from geo.paths import DATA

TERRITORIES = ("epci", "ept", "departements", "regions")


def load_layers(atlas: Atlas, data: Path = DATA) -> Mapping[str, Layer]:
    """Read every embedded layer: the cited facts of `data/layers.toml`, then the territories of the atlas.

    Raises
    ------
    MissingDataError
        When the catalogue or a file is absent.
    GeoInputError
        When a row holds a code, état or method that is not understood: file, line and code are named.
    """
    return _embedded(atlas) if data == DATA else _read(atlas, data)


@kept_on_subject
def _embedded(atlas: Atlas) -> Mapping[str, Layer]:
    """Return the layers of the product's own data, read once: publishing another layer changes nothing in them."""
    return MappingProxyType(_read(atlas, DATA))


def _read(atlas: Atlas, data: Path) -> dict[str, Layer]:
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
    apart, former = 0, {}
    if entry["id"] == LayerId.QPV:
        populations = data / entry["populations"]
        cited = _facts(populations)
        zones, members, apart = read_quarters(facts, cited, atlas, (path, populations))
        former = dict(zip(cited["id"], cited["code_qp"], strict=True))
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
        former=former,
    )


def _facts(path: Path) -> pd.DataFrame:
    facts = pd.read_csv(path, dtype=str, keep_default_na=False)
    facts["line"] = np.arange(2, len(facts) + 2)
    return facts


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
    owners = owner.to_numpy(dtype=object)[rows]
    members = whole_members([position[code] for code in owners], rows, True, atlas.population)
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
