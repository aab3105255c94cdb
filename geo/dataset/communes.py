"""The communes as official sources have them: better outlines, newer EPCI, EPT and populations, codes that came to an end since.

Each takes the place of what the base has whole or not at all: half a country would be of one year and half of another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from geo.communes import Atlas, with_outlines
from geo.dataset.official import read_file, table_of, vintage
from geo.errors import GeoInputError
from geo.files import Content, DamagedError
from geo.sources import CurrentVersion, whole_outlines

MOST_LACKING = 0.001  # of the communes: those merged since the base was made
NEWER_ONLY = ("epci", "ept", "populations")  # used when they are of a later year than the base
PASSAGE: Mapping[str, Content] = {"ancien": "text", "actuel": "text"}


def outlined(version: CurrentVersion, atlas: Atlas) -> Atlas:
    """Return the communes with the official outlines: areas, points, neighbours and all that is computed from them follow.

    The very same atlas when the version does not draw every commune.

    Raises
    ------
    DamagedError
        When its files can no longer be read.
    """
    if not whole_outlines(version):
        return atlas
    for name in ("communes.parquet", "voisins.parquet"):
        read_file(version, name)
    try:
        drawn = with_outlines(atlas, version.path)
    except GeoInputError as error:
        raise DamagedError(" ".join(error.problems)) from error
    credit = f"{version.manifest.producer} ({vintage(version)})"
    named = {"contours": f"contours officiels des communes, {credit}", "contours_credit": credit}
    return replace(drawn, manifest={**drawn.manifest, **named})


def with_passage(version: CurrentVersion, atlas: Atlas) -> Atlas:
    """Return the communes with the former codes that the official table knows and the base does not; the same atlas when none."""
    table = table_of(version, "passage.parquet", PASSAGE, ["ancien"])
    known = {*atlas.former, *atlas.row, *atlas.villes.index}
    fresh = table[~table["ancien"].isin(known) & table["actuel"].isin({*atlas.row, *atlas.villes.index})]
    if fresh.empty:
        return atlas
    added = {old: (new, "") for old, new in zip(fresh["ancien"], fresh["actuel"], strict=True)}
    return replace(atlas, former={**atlas.former, **added})


def refreshed(
    atlas: Atlas, versions: Mapping[str, CurrentVersion], notices: list[str] | None = None
) -> tuple[Atlas, frozenset[str]]:
    """Return the atlas with what is newer than the base, and the kinds that were; the very same atlas when none was.

    `notices` gets a sentence on each newer list that is left alone because it is not whole.

    Raises
    ------
    DamagedError
        When a file that is newer can no longer be read.
    """
    used = set()
    for kind, (apply, columns) in _NEWER.items():
        version = versions.get(kind)
        if version and year_of(version.manifest.vintage) > base_year(kind, atlas):
            newer = apply(atlas, table_of(version, f"{kind}.parquet", columns, ["code"]), version)
            if newer is not atlas:
                used.add(kind)
            elif notices is not None:
                notices.append(
                    f"Source « {kind} » : la liste reçue ({version.manifest.vintage}) ne dit rien de toutes les communes attendues ; "
                    f"celle de {base_year(kind, atlas)} reste employée, entière."
                )
            atlas = newer
    return atlas, frozenset(used)


def year_of(text: str) -> int:
    """Return the newest year that a vintage names, 0 when it names none."""
    return max(map(int, re.findall(r"\b(?:19|20)\d\d\b", text)), default=0)


def base_year(kind: str, atlas: Atlas) -> int:
    """Return the year of the atlas's own EPCI, EPT or populations."""
    bodies = str(atlas.manifest["epci_libelle"])
    text = {
        "epci": bodies,
        "ept": atlas.manifest.get("ept_libelle", bodies),
        "populations": atlas.manifest["population_annee"],
    }[kind]
    return year_of(str(text))


def _with_epci(atlas: Atlas, frame: pd.DataFrame, version: CurrentVersion) -> Atlas:
    """Take a newer list of EPCI, whole or not at all: a few communes that it lacks stay where they were if that body still is."""
    given = frame.set_index("code")
    owner = atlas.table["commune"].map(given["siren"])
    lacking = owner.isna() & atlas.table["epci"].notna()
    if lacking.mean() > MOST_LACKING or not atlas.table.loc[lacking, "epci"].isin(given["siren"]).all():
        return atlas
    table = atlas.table.assign(epci=owner.where(~lacking, atlas.table["epci"]))
    cities = atlas.villes.assign(epci=[given["siren"].get(c, e) for c, e in atlas.villes["epci"].items()])
    manifest = {
        **atlas.manifest,
        "ept_libelle": atlas.manifest.get("ept_libelle", atlas.manifest["epci_libelle"]),
        "epci_libelle": f"intercommunalités au 1er janvier {year_of(version.manifest.vintage)}",
    }
    bodies = _bodies(atlas.epci, frame, table["epci"])
    return _summed(replace(atlas, table=table, epci=bodies, villes=cities, manifest=manifest))


def _with_ept(atlas: Atlas, frame: pd.DataFrame, version: CurrentVersion) -> Atlas:
    """Take a newer list of EPT, whole or not at all: it must place every commune that had one, and no commune of elsewhere."""
    owner = atlas.table["commune"].map(frame.set_index("code")["siren"])
    had = atlas.table["ept"].notna()
    metropolis = atlas.table["epci"].isin(atlas.table.loc[had, "epci"].unique())
    if (owner.isna() & had).any() or (owner.notna() & ~metropolis).any() or not owner.notna().any():
        return atlas
    table = atlas.table.assign(ept=owner)
    manifest = {
        **atlas.manifest,
        "ept_libelle": f"territoires du Grand Paris au 1er janvier {year_of(version.manifest.vintage)}",
    }
    return _summed(replace(atlas, table=table, ept=_bodies(atlas.ept, frame, table["ept"]), manifest=manifest))


def _bodies(before: pd.DataFrame, frame: pd.DataFrame, owners: pd.Series) -> pd.DataFrame:
    """Return the table of the bodies that communes are in, named as the newer list does."""
    named = frame.groupby("siren").first()
    used = sorted(owners.dropna().unique())
    bodies = before.reindex(used)
    for column in ("nom", "nature"):
        if column in bodies and column in named:
            bodies[column] = named[column].reindex(used).fillna(bodies[column])
    bodies.index.name = "code"
    return bodies


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
    "ept": (_with_ept, {"code": "text", "siren": "text", "nom": "text"}),
    "populations": (_with_populations, {"code": "text", "population": "number", "annee": "text"}),
}
