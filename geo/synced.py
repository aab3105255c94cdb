"""What a synchronisation brought, as layers: QPV everywhere, the INSEE density grid, mental health places.

A source that was never synchronised, or whose files are broken, is simply not here: the embedded layer stays in use.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from geo.communes import Atlas
from geo.density import Density
from geo.layers import Etat, Layer, Precision
from geo.resources import Resources
from geo.versions import CurrentVersion, current

KINDS = ("densite", "qpv", "ressources")


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
    return version.manifest.vintage or f"millésime non indiqué, reçu le {version.manifest.date[:10]}"
