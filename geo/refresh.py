"""The communes brought up to date by what was synchronised: EPCI of a later year, populations of a later census.

What is of the same year as the base is left alone: the base has been repaired and checked, the file says the same. A file
that does not reach every commune it should is left alone too, for half a country would be of one year and half of another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from geo.communes import Atlas
from geo.kept_tables import Content
from geo.synced import table_of
from geo.versions import CurrentVersion

MOST_LACKING = 0.001  # of the communes: islands without EPCI, communes merged since


def refreshed(atlas: Atlas, versions: Mapping[str, CurrentVersion]) -> tuple[Atlas, frozenset[str]]:
    """Return the atlas with what is newer than the base, and the kinds that were; the very same atlas when none was.

    Raises
    ------
    DamagedError
        When a file that is newer can no longer be read.
    """
    used = set()
    for kind, (apply, columns) in _NEWER.items():
        version = versions.get(kind)
        if version and year_of(version.manifest.vintage) > base_year(kind, atlas):
            newer = apply(atlas, table_of(version, f"{kind}.parquet", columns), version)
            if newer is not atlas:
                used.add(kind)
            atlas = newer
    return atlas, frozenset(used)


def year_of(text: str) -> int:
    """Return the newest year that a vintage names, 0 when it names none."""
    return max(map(int, re.findall(r"\b(?:19|20)\d\d\b", text)), default=0)


def base_year(kind: str, atlas: Atlas) -> int:
    """Return the year of the atlas's own EPCI or populations."""
    key = {"epci": "epci_libelle", "populations": "population_annee"}[kind]
    return year_of(str(atlas.manifest[key]))


def _with_epci(atlas: Atlas, frame: pd.DataFrame, version: CurrentVersion) -> Atlas:
    given = frame.set_index("code")
    owner = atlas.table["commune"].map(given["siren"])
    had = atlas.table["epci"].notna()
    if (owner.isna() & had).mean() > MOST_LACKING:
        return atlas
    table = atlas.table.assign(epci=owner.where(owner.notna() | ~had, atlas.table["epci"]))
    named = frame.groupby("siren")[["nom", "nature"]].first()
    used = sorted(table["epci"].dropna().unique())
    epci = atlas.epci.reindex(used)
    for column in ("nom", "nature"):
        if column in epci and column in named:
            epci[column] = named[column].reindex(used).fillna(epci[column])
    epci.index.name = "code"
    cities = atlas.villes.assign(epci=[given["siren"].get(c, e) for c, e in atlas.villes["epci"].items()])
    manifest = {
        **atlas.manifest,
        "ept_libelle": atlas.manifest["epci_libelle"],
        "epci_libelle": f"intercommunalités au 1er janvier {year_of(version.manifest.vintage)}",
    }
    return _summed(replace(atlas, table=table, epci=epci, villes=cities, manifest=manifest))


def _with_populations(atlas: Atlas, frame: pd.DataFrame, version: CurrentVersion) -> Atlas:
    given = frame.set_index("code")["population"].reindex(atlas.table["code"])
    if given.isna().any():
        return atlas
    people = given.to_numpy(dtype=atlas.table["population"].dtype)
    years = frame.set_index("code")["annee"].reindex(atlas.table["code"]).astype(str).to_numpy()
    mayotte = (atlas.table["departement"] == "976").to_numpy()
    common = max(years[~mayotte], default=version.manifest.vintage)
    own = max(years[mayotte], default=common)
    label = common if own == common else f"{common} (Mayotte : {own})"
    manifest = {**atlas.manifest, "population_annee": label, "population_totale": int(people.sum())}
    cities = atlas.villes.copy()
    totals = pd.Series(people, index=atlas.table["commune"].to_numpy()).groupby(level=0).sum()
    cities["population"] = totals.reindex(cities.index).to_numpy()
    return _summed(replace(atlas, table=atlas.table.assign(population=people), villes=cities, manifest=manifest))


def _summed(atlas: Atlas) -> Atlas:
    """Sum the territories again from their communes."""
    tables = {}
    for name, column in (("epci", "epci"), ("ept", "ept"), ("departements", "departement"), ("regions", "region")):
        table = getattr(atlas, name).copy()
        grouped = atlas.table.groupby(column)
        table["population"] = grouped["population"].sum().reindex(table.index).fillna(0).astype(np.int64)
        table["nb_communes"] = grouped["commune"].nunique().reindex(table.index).fillna(0).astype(int).astype(str)
        tables[name] = table
    return replace(atlas, **tables)


_NEWER: Mapping[str, tuple[Callable[[Atlas, pd.DataFrame, CurrentVersion], Atlas], Mapping[str, Content]]] = {
    "epci": (_with_epci, {"code": "text", "siren": "text", "nom": "text", "nature": "text"}),
    "populations": (_with_populations, {"code": "text", "population": "number", "annee": "text"}),
}
