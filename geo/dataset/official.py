"""Official sources as data of the dashboard: newer EPCI and populations for the communes, density, QPV, CPTS, care places.

What is of the same year as the base is left alone: the base has been repaired and checked, the file says the same. A file
that does not reach every commune it should is left alone too, for half a country would be of one year and half of another.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from geo.communes import LABELS, Atlas, Density
from geo.files import Content, DamagedError, has_outlines, read_table, sha256
from geo.french import day, fold
from geo.layers import CarePlaces, Etat, Layer, Mode, Precision, members_frame, merged, whole_members, zones_frame
from geo.sources import NATIONAL, CurrentVersion, current, kept

if TYPE_CHECKING:
    from shapely import Geometry

MOST_LACKING = 0.001  # of the communes: islands without EPCI, communes merged since
T = TypeVar("T")
KINDS = ("densite", "qpv", "ressources", "cpts", "epci", "populations")
OTHERS = ("carreaux", "contours", "ept", "frr")  # not opened with the rest; reported all the same when they are broken
NEWER_ONLY = ("epci", "populations")  # used when they are of a later year than the base

# What is read of each file of a version.
QUARTERS: Mapping[str, Content] = {
    "code": "text", "nom": "text", "communes": "text", "population": "number", "population_annee": "text",
}  # fmt: skip

QUARTER_MEMBERS: Mapping[str, Content] = {"code": "text", "atom": "text", "population": "number"}
COMMUNITIES: Mapping[str, Content] = {"id": "text", "nom": "text", "statut": "text", "atom": "text", "exact": "flag"}

PLACES: Mapping[str, Content] = {
    "id": "text", "nom": "text", "categorie_code": "text", "categorie": "text", "code": "text", "lon": "number", "lat": "number",
}  # fmt: skip

STATUSES = (
    ("abandon|dissou|ferm", None),
    ("projet|emerg|lettre|prepar|cours", Etat.PROJET),
    ("valid|annonc", Etat.ANNONCE),
)


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
            newer = apply(atlas, table_of(version, f"{kind}.parquet", columns, ["code"]), version)
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


def versions(home: Path | None = None) -> dict[str, CurrentVersion]:
    """Return the active version of each synchronised source that the app reads."""
    found = {kind: current(kind, home) for kind in KINDS}
    return {kind: version for kind, version in found.items() if version}


def read_file(version: CurrentVersion, name: str) -> bytes:
    """Return a file of a version, as it was written.

    Raises
    ------
    DamagedError
        When it is absent, shut, or is no longer what was written.
    """
    try:
        body = (version.path / name).read_bytes()
    except OSError as error:
        raise DamagedError(f"{name} ne s’ouvre pas") from error
    if sha256(body) != version.manifest.files.get(name, (0, ""))[1]:
        raise DamagedError(f"{name} n’est plus tel qu’il a été reçu")
    return body


def table_of(
    version: CurrentVersion, name: str, columns: Mapping[str, Content], key: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the columns of a file of a version, where no two rows have the same `key`; DamagedError when they cannot be had."""
    body = read_file(version, name)
    try:
        return read_table(body, columns, key=key)
    except DamagedError as error:
        raise DamagedError(f"{name} : {error}") from error


def best(
    kind: str, use: Callable[[CurrentVersion], T], notices: list[str], home: Path | None = None
) -> tuple[CurrentVersion, T] | None:
    """Return the best version of a kind that `use` can open, with what it makes of it; None when there is none.

    The active version comes first, then the newest. What is damaged is passed over, and `notices` gets a sentence about it.
    """
    whole, broken = kept(kind, home)
    passed = dict.fromkeys(broken, "son dossier n’est pas entier")
    found = None
    for version in whole:
        try:
            found = version, use(version)
            break
        except DamagedError as error:
            passed[version.path] = str(error)
        except Exception as error:  # values that nobody foresaw: one source less, the dashboard opens all the same
            passed[version.path] = f"contenu inattendu, {type(error).__name__}"
    for path, why in passed.items():
        if found is None or path.name > found[0].version:
            instead = (
                f"la version du {day(found[0].manifest.date)} est employée" if found else "elle n’est pas employée"
            )
            notices.append(
                f"Source « {kind} » : la version reçue dans {path} est abîmée ({why}) ; {instead}. Synchronisez de nouveau "
                f"(page Données) ; si cela ne suffit pas, supprimez d’abord ce dossier."
            )
    return found


def outlines(version: CurrentVersion) -> dict[str, Geometry]:
    """Return the outlines of quarters (EPSG:4326) by code, those that are not empty; DamagedError when they are damaged."""
    import geopandas as gpd  # a quarter of a second that figures need not wait for

    body = read_file(version, "qpv.parquet")
    try:
        table = gpd.read_parquet(io.BytesIO(body), columns=["code", "geometry"]) if has_outlines(body) else None
    except Exception as error:  # GEOS and GDAL raise whatever they like on bytes that are no outline
        raise DamagedError("qpv.parquet : ses contours sont illisibles") from error
    if table is None:
        return {}
    table = table[table.geometry.notna() & ~table.geometry.is_empty]
    return dict(zip(table["code"].astype(str), table.geometry, strict=True))


def grid_density(version: CurrentVersion, atlas: Atlas) -> Density | None:
    """Return the density classes of the INSEE grid, or None when it leaves some communes without a class.

    Arrondissements take the class of their city.
    """
    grid = table_of(version, "densite.parquet", {"code": "text", "classe": "number"}, ["code"]).set_index("code")[
        "classe"
    ]
    if not grid.isin(list(LABELS)).all():
        raise DamagedError("densite.parquet : une classe n’existe pas")
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
    zones = table_of(version, "qpv.parquet", QUARTERS, ["code"])
    members = table_of(version, "qpv_membres.parquet", QUARTER_MEMBERS, ["code", "atom"])
    members = members[members["atom"].isin(atlas.row)]
    apart = int((~zones["code"].isin(members["code"])).sum())
    zones = zones[zones["code"].isin(members["code"])].set_index("code")
    position = {code: i for i, code in enumerate(zones.index)}
    rows = members["atom"].map(atlas.row).to_numpy(dtype=np.intp)
    departement = atlas.table["departement"].to_numpy(dtype=object)[rows]
    title = f"Quartiers prioritaires 2024, contours et populations ({vintage(version)})"
    first = pd.Series(departement, index=members["code"].to_numpy()).groupby(level=0).first()
    table = zones_frame(
        zones.index,
        nom=zones["nom"],
        etat=Etat.EN_SERVICE,
        precision=Precision.OFFICIELLE,
        territoire=[_names(codes, atlas) for codes in zones["communes"]],
        departement=first.reindex(zones.index),
        annee=zones["population_annee"].astype("string").fillna(""),
        population=zones["population"],
        population_type="municipale",
        source_titre=title,
        status="officiel",
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
        members=members_frame([position[code] for code in members["code"]], rows, False, members["population"]),
        apart=apart,
        former=embedded.former,
    )


def communities(version: CurrentVersion, embedded: Layer, atlas: Atlas) -> Layer:
    """Return the CPTS of the official files over the embedded ones, which stay where the files say nothing.

    A commune that a CPTS cuts is in it for a part of unknown size: shares by area are no count of people.
    """
    rows = table_of(version, "cpts.parquet", COMMUNITIES, ["id", "atom"])
    rows = rows[rows["atom"].isin(atlas.row)].assign(etat=lambda f: [_state(s) for s in f["statut"]])
    rows = rows[rows["etat"].notna()]
    first = rows.groupby("id", sort=True).first()
    at = rows["atom"].map(atlas.row).to_numpy(dtype=np.intp)
    departement = pd.Series(atlas.table["departement"].to_numpy(dtype=object)[at], index=rows["id"].to_numpy())
    zones = zones_frame(
        first.index,
        nom=first["nom"],
        etat=first["etat"],
        precision=Precision.OFFICIELLE,
        departement=departement.groupby(level=0).agg(lambda d: d.mode().iat[0]).reindex(first.index),
        annee=version.manifest.vintage,
        annee_source=version.manifest.vintage,
        source_titre=f"Territoires des CPTS, {version.manifest.producer} ({vintage(version)})",
        status="officiel",
    )
    position = {code: i for i, code in enumerate(zones.index)}
    members = whole_members([position[code] for code in rows["id"]], at, rows["exact"], atlas.population)
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


def places(version: CurrentVersion, atlas: Atlas) -> CarePlaces:
    """Return the mental health places of FINESS."""
    table = table_of(version, "ressources.parquet", PLACES)
    table = table[table["code"].isin(atlas.row)]
    return CarePlaces(
        table=table.assign(row=table["code"].map(atlas.row).to_numpy(dtype=np.intp)),
        extent=frozenset(version.manifest.departements),
        source="FINESS",
        vintage=vintage(version),
    )


def vintage(version: CurrentVersion) -> str:
    """Return the year of a version's data, or when it was received if the file states none."""
    return version.manifest.vintage or f"millésime non indiqué, reçu le {day(version.manifest.date)}"
