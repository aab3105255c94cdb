"""Official sources as data of the dashboard: outlines, newer EPCI, EPT and populations for the communes, density, FRR, QPV, CPTS,
care places.

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

from geo.communes import LABELS, Atlas, Density, Iris, Revitalisation
from geo.files import Content, DamagedError, has_outlines, read_table, sha256
from geo.french import NBSP, day, fold, number
from geo.layers import CarePlaces, Etat, Layer, Mode, Precision, members_frame, merged, whole_members, zones_frame
from geo.sources import NATIONAL, CurrentVersion, current, kept

if TYPE_CHECKING:
    from shapely import Geometry

T = TypeVar("T")
KINDS = (
    "contours",
    "passage",
    "epci",
    "ept",
    "populations",
    "densite",
    "frr",
    "qpv",
    "ressources",
    "cpts",
    "iris",
    "quartiers",
)
OTHERS = ("carreaux",)  # not opened with the rest; reported all the same when they are broken

# What is read of each file of a version.
QUARTERS: Mapping[str, Content] = {
    "code": "text", "nom": "text", "communes": "text", "population": "number", "population_annee": "text",
}  # fmt: skip

QUARTER_MEMBERS: Mapping[str, Content] = {
    "code": "text", "atom": "text", "part": "number", "exact": "flag", "population": "number",
}  # fmt: skip
FACTS: Mapping[str, Content] = {"code": "text", "fait": "text", "valeur": "number", "annee": "text"}

COMMUNITIES: Mapping[str, Content] = {"id": "text", "nom": "text", "statut": "text", "atom": "text", "exact": "flag"}

PLACES: Mapping[str, Content] = {
    "id": "text", "nom": "text", "categorie_code": "text", "categorie": "text", "code": "text", "lon": "number", "lat": "number",
}  # fmt: skip

IRIS: Mapping[str, Content] = {
    "iris": "text", "commune": "text", "nom": "text", "population": "number", "area_m2": "number", "x": "number", "y": "number",
    "lon": "number", "lat": "number",
}  # fmt: skip

STATUSES = (
    ("abandon|dissou|ferm", None),
    ("projet|emerg|lettre|prepar|cours", Etat.PROJET),
    ("valid|annonc", Etat.ANNONCE),
)


def versions(home: Path | None = None, kinds: Sequence[str] = KINDS) -> dict[str, CurrentVersion]:
    """Return the active version of each synchronised source that the app reads."""
    found = {kind: current(kind, home) for kind in kinds}
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


def revitalisation(version: CurrentVersion, atlas: Atlas) -> Revitalisation:
    """Return the FRR status of each commune; arrondissements take that of their city, the list's silence stays unknown."""
    given = table_of(version, "frr.parquet", {"code": "text", "statut": "text"}, ["code"]).set_index("code")["statut"]
    own, city = given.reindex(atlas.table["code"]).to_numpy(), given.reindex(atlas.table["commune"]).to_numpy()
    status = pd.Series(np.where(pd.notna(own), own, city), dtype=object).fillna("")
    return Revitalisation(status.to_numpy(dtype=object), f"liste France ruralités revitalisation ({vintage(version)})")


def quarters(version: CurrentVersion, embedded: Layer, atlas: Atlas) -> Layer:
    """Return the QPV of the official file, in the form of the embedded layer that they replace."""
    zones = table_of(version, "qpv.parquet", QUARTERS, ["code"])
    members = table_of(version, "qpv_membres.parquet", QUARTER_MEMBERS, ["code", "atom"])
    members = members[members["atom"].isin(atlas.row)]
    zones, members = _known_populations(zones, members, embedded)
    apart = int((~zones["code"].isin(members["code"])).sum())
    zones = zones[zones["code"].isin(members["code"])].set_index("code")
    position = {code: i for i, code in enumerate(zones.index)}
    rows = members["atom"].map(atlas.row).to_numpy(dtype=np.intp)
    departement = atlas.table["departement"].to_numpy(dtype=object)[rows]
    first = pd.Series(departement, index=members["code"].to_numpy()).groupby(level=0).first()
    years = zones["population_annee"].astype("string").fillna("")
    shared = ~members["exact"].to_numpy(dtype=bool)
    table = zones_frame(
        zones.index,
        nom=zones["nom"],
        etat=Etat.EN_SERVICE,
        precision=Precision.OFFICIELLE,
        territoire=[_names(codes, atlas) for codes in zones["communes"]],
        departement=first.reindex(zones.index),
        annee=years,
        population=zones["population"],
        population_type=["estimation" if "estimation" in year else "municipale" for year in years],
        source_titre=f"Quartiers prioritaires 2024, contours et populations ({vintage(version)})",
        status="officiel",
    )
    return Layer(
        id=embedded.id,
        name=embedded.name,
        long_name=embedded.long_name,
        source=f"ANCT (contours), INSEE (populations) ; {version.manifest.licence}",
        vintage=vintage(version),
        extent=frozenset(version.manifest.departements),
        remark="Couche officielle synchronisée. Un quartier à cheval sur plusieurs communes est partagé selon la population publiée de "
        "chacune, à défaut selon la surface : estimation.",
        zones=table,
        members=members_frame([position[c] for c in members["code"]], rows, False, members["population"], shared),
        apart=apart,
        former=embedded.former,
    )


def facts_of_quarters(version: CurrentVersion) -> dict[str, str]:
    """Return what is published of each quarter, in words: « taux de pauvreté 46 % (2021) ; 120 foyers à l’AAH (2024) »."""
    table = table_of(version, "quartiers.parquet", FACTS, ["code", "fait"])
    words: dict[str, Callable[[float], str]] = {
        "pauvrete": lambda value: f"taux de pauvreté {number(value)}{NBSP}%",
        "mediane": lambda value: f"niveau de vie médian {number(value)}{NBSP}€ par an",
        "aah": lambda value: f"{number(value)} foyers à l’AAH",
    }
    said: dict[str, list[str]] = {}
    for fact, say in words.items():
        rows = table.loc[table["fait"] == fact, ["code", "valeur", "annee"]]
        for code, value, year in rows.itertuples(index=False, name=None):
            said.setdefault(code, []).append(say(value) + (f" ({year})" if year else ""))
    return {code: " ; ".join(texts) for code, texts in said.items()}


def _known_populations(
    zones: pd.DataFrame, members: pd.DataFrame, embedded: Layer
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill the populations that the official files do not give with those that the embedded layer knows, with their year."""
    unknown = zones["population"].isna()
    known = zones["code"].map(embedded.zones["population"]).astype(float)
    lost = unknown & known.notna()
    if not lost.any():
        return zones, members
    zones = zones.assign(
        population=zones["population"].where(~lost, known),
        population_annee=zones["population_annee"].where(~lost, zones["code"].map(embedded.zones["annee"])),
    )
    people = members["code"].map(zones.set_index("code")["population"]).astype(float)
    return zones, members.assign(population=members["population"].fillna(members["part"] * people))


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


def iris(version: CurrentVersion, atlas: Atlas) -> Iris:
    """Return the IRIS of the communes of today; their outlines stay on disk until a city is opened and drawn."""
    table = table_of(version, "iris.parquet", IRIS, ["iris"])
    pairs = table_of(version, "iris_voisins.parquet", {"a": "text", "b": "text"}, ["a", "b"])
    table = table[table["commune"].isin(atlas.row)].sort_values("iris").set_index("iris")
    return Iris(table, pairs, version.path, version.manifest.vintage)


def vintage(version: CurrentVersion) -> str:
    """Return the year of a version's data, or when it was received if the file states none."""
    return version.manifest.vintage or f"millésime non indiqué, reçu le {day(version.manifest.date)}"
