"""What a synchronisation brought, as layers: QPV everywhere, CPTS, the INSEE density grid, mental health places.

A source that was never synchronised, or whose files are broken, is simply not here: the embedded layer stays in use.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from geo.communes import Atlas
from geo.density import Density
from geo.french import day, fold
from geo.layers import Etat, Layer, Precision
from geo.merge import Mode, merged
from geo.resources import Resources
from geo.versions import CurrentVersion, current

KINDS = ("densite", "qpv", "ressources", "cpts", "epci", "populations")
NEWER_ONLY = ("epci", "populations")  # used when they are of a later year than the base


def versions(home: Path | None = None) -> dict[str, CurrentVersion]:
    """Return the version in use of each synchronised source that the app reads."""
    found = {kind: current(kind, home) for kind in KINDS}
    return {kind: version for kind, version in found.items() if version}


def grid_density(version: CurrentVersion, atlas: Atlas) -> Density | None:
    """Return the density classes of the INSEE grid, or None when it leaves some communes without a class.

    Arrondissements take the class of their city.
    """
    grid = pd.read_parquet(version.path / "densite.parquet").set_index("code")["classe"]
    classes = grid.reindex(atlas.table["commune"])
    own = grid.reindex(atlas.table["code"])
    level = pd.Series(np.where(own.notna(), own, classes))
    if level.isna().any():
        return None
    return Density(
        level.to_numpy(dtype=np.int8), f"grille communale de densité de l’INSEE ({vintage(version)})", estimated=False
    )


def quarters(version: CurrentVersion, embedded: Layer, atlas: Atlas) -> Layer:
    """Return the QPV of the official file, in the form of the embedded layer that they replace."""
    zones = pd.read_parquet(
        version.path / "qpv.parquet", columns=["code", "nom", "communes", "population", "population_annee"]
    )
    members = pd.read_parquet(version.path / "qpv_membres.parquet")
    members = members[members["atom"].isin(atlas.row)]
    zones = zones[zones["code"].isin(members["code"])].set_index("code")
    position = {code: i for i, code in enumerate(zones.index)}
    rows = members["atom"].map(atlas.row).to_numpy(dtype=np.intp)
    departement = atlas.table["departement"].to_numpy(dtype=object)[rows]
    title = f"Quartiers prioritaires 2024, contours et populations ({vintage(version)})"
    first = pd.Series(departement, index=members["code"].to_numpy()).groupby(level=0).first()
    table = pd.DataFrame(
        {
            "nom": zones["nom"],
            "territoire": [_names(codes, atlas) for codes in zones["communes"]],
            "departement": first.reindex(zones.index),
            "annee": zones["population_annee"].astype("string").fillna(""),
            "annee_source": "",
            "source_titre": title,
            "source_url": "",
            "status": "officiel",
            "note": "",
            "etat": Etat.EN_SERVICE,
            "precision": Precision.OFFICIELLE,
            "population": zones["population"].astype(float),
            "population_type": "municipale",
        },
        index=zones.index,
    )
    return Layer(
        id=embedded.id,
        name=embedded.name,
        long_name=embedded.long_name,
        source=f"ANCT (contours), INSEE (populations) ; {version.manifest.licence}",
        vintage=vintage(version),
        extent=frozenset(version.manifest.departements),
        remark="Couche officielle synchronisée. Un quartier à cheval sur plusieurs communes est partagé selon la surface : estimation.",
        zones=table,
        members=pd.DataFrame(
            {
                "zone": [position[code] for code in members["code"]],
                "row": rows,
                "whole": False,
                "inhabitants": members["population"].to_numpy(dtype=float),
            }
        ),
    )


NATIONAL = 80  # départements
STATUSES = (
    ("abandon|dissou|ferm", None),
    ("projet|emerg|lettre|prepar|cours", Etat.PROJET),
    ("valid|annonc", Etat.ANNONCE),
)


def communities(version: CurrentVersion, embedded: Layer, atlas: Atlas) -> Layer:
    """Return the CPTS of the official files over the embedded ones, which stay where the files say nothing.

    A commune that a CPTS cuts is in it for a part of unknown size: shares by area are no count of people.
    """
    rows = pd.read_parquet(version.path / "cpts.parquet")
    rows = rows[rows["atom"].isin(atlas.row)].assign(etat=lambda f: [_state(s) for s in f["statut"]])
    rows = rows[rows["etat"].notna()]
    first = rows.groupby("id", sort=True).first()
    at = rows["atom"].map(atlas.row).to_numpy(dtype=np.intp)
    departement = pd.Series(atlas.table["departement"].to_numpy(dtype=object)[at], index=rows["id"].to_numpy())
    zones = pd.DataFrame(
        {
            "nom": first["nom"],
            "territoire": "",
            "departement": departement.groupby(level=0).agg(lambda d: d.mode().iat[0]).reindex(first.index),
            "annee": version.manifest.vintage,
            "annee_source": version.manifest.vintage,
            "source_titre": f"Territoires des CPTS, {version.manifest.producer} ({vintage(version)})",
            "source_url": "",
            "status": "officiel",
            "note": "",
            "etat": first["etat"],
            "precision": Precision.OFFICIELLE,
            "population": np.nan,
            "population_type": "",
        },
        index=first.index,
    )
    position = {code: i for i, code in enumerate(zones.index)}
    members = pd.DataFrame(
        {
            "zone": [position[code] for code in rows["id"]],
            "row": at,
            "whole": rows["exact"].to_numpy(dtype=bool),
            "inhabitants": np.where(rows["exact"], atlas.population[at].astype(float), np.nan),
        }
    )
    official = replace(
        embedded,
        source=version.manifest.producer,
        vintage=vintage(version),
        # A list of a few départements never says that it is whole: an absence means « none » in a national one only.
        extent=frozenset(version.manifest.departements if len(version.manifest.departements) >= NATIONAL else ()),
        remark="Couche officielle synchronisée. Une commune coupée par une limite compte pour partie, sans chiffre.",
        zones=zones,
        members=members,
    )
    return merged(embedded, official, Mode.REPLACE, atlas)


def _state(status: str) -> Etat | None:
    """Read the state of a CPTS as its source words it; one that says nothing is taken as in service."""
    return next((etat for words, etat in STATUSES if re.search(words, fold(status))), Etat.EN_SERVICE)


def _names(codes: str, atlas: Atlas) -> str:
    return ", ".join(atlas.label(code).rsplit(" (", 1)[0] for code in codes.split(";") if code)


def places(version: CurrentVersion, atlas: Atlas) -> Resources:
    """Return the mental health places of FINESS."""
    table = pd.read_parquet(version.path / "ressources.parquet")
    table = table[table["code"].isin(atlas.row)]
    return Resources(
        table=table.assign(row=table["code"].map(atlas.row).to_numpy(dtype=np.intp)),
        extent=frozenset(version.manifest.departements),
        source="FINESS",
        vintage=vintage(version),
    )


def vintage(version: CurrentVersion) -> str:
    """Return the year of a version's data, or when it was brought in if the file does not tell."""
    return version.manifest.vintage or f"millésime non indiqué, reçu le {day(version.manifest.date)}"
