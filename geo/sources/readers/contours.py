"""Outlines of communes (Etalab, from IGN, or ADMIN EXPRESS itself).

Products
- `contours.parquet` (GeoParquet, EPSG:4326): code (of today; arrondissements rather than Paris, Lyon and Marseille whole where
  the file has them), nom, departement, geometry (valid areas).
- Where every commune and arrondissement is drawn, what takes the place of the base's: `communes.parquet` (GeoParquet,
  EPSG:4326, one row an atom: code, departement, area_m2, x, y, lon, lat, geometry, a coverage without gap nor overlap) and
  `voisins.parquet` (a, b, longueur_m). Both or neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo.build import clean_coverage, measure
from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.french import count, listing
from geo.geometry import WGS84
from geo.layers import repair_areas
from geo.sources.readers.base import (
    SHOWN,
    Reader,
    ReadReport,
    absent_communes,
    codes_of_today,
    departement_of,
    no_order,
    present,
    refused,
    vintage,
    write,
)
from geo.sources.readers.tables import Form, Source, read_features

CODE = "code inseecom codeinsee codgeo codecommune codeinseedelacommune inseearm codeinseedelarrondissement"
NAME = "nom libelle libcom nomcom libgeo nomofficiel"
WHERE = "departement inseedep dep codedepartement codedep codeinseedudepartement"
PARTS = "inseecad|codeinseedelacommuneassocieeoudeleguee|codeinseeducanton"  # layers of parts of communes
FORMS = (
    Form(
        "contours de communes (GeoJSON : code, nom, departement)",
        {"code": CODE, "nom": NAME, "departement": WHERE},
        values={"code": r"[0-9][0-9AB]\d{3}"},
        shape="features",
        absent=f"codeqpv?.*|sirenepci|{PARTS}",
    ),
    Form(
        "contours d’arrondissements (GeoJSON : code, nom)",
        {"code": CODE, "nom": NAME},
        values={"code": r"(751[0-2]|6938|132[01])\d+"},
        shape="features",
        absent="codeqpv?.*",
    ),
)
NARROW_M = 30.0  # a gap narrower than this between two communes is none
FAR_M = 20_000.0  # no commune of today is drawn so far from where it was
MEASURES = ["code", "departement", "area_m2", "x", "y", "lon", "lat", "geometry"]


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read the outlines; former communes are joined into the commune of today."""
    notes: list[str] = []
    everything = _together(sources, atlas, notes)
    split = {city for city, atoms in atlas.parts.items() if everything["code"].isin(atoms).any()}
    everything = everything[~everything["code"].isin(split)]
    joined = everything.groupby("code", sort=True)["geometry"].agg(lambda shapes: shapely.union_all(shapes.to_numpy()))
    owner, names = (
        departement_of(atlas),
        dict(zip(atlas.codes, atlas.names, strict=True)) | atlas.villes["nom"].to_dict(),
    )
    codes = joined.index.tolist()
    product = gpd.GeoDataFrame(
        {"code": codes, "nom": [names[c] for c in codes], "departement": [owner[c] for c in codes]},
        geometry=list(joined),
        crs=WGS84,
    )
    notes += absent_communes(codes, atlas, file=sources[0].name)
    files = [write(product, destination, "contours.parquet")]
    lacking = sorted(set(atlas.row) - set(codes))
    if lacking:
        unused = count(
            len(lacking),
            "commune ou arrondissement n’y est pas dessiné",
            "communes ou arrondissements n’y sont pas dessinés",
        )
        notes.append(
            f"{sources[0].name} : {unused} ({listing(map(atlas.label, lacking), 6)}) ; ces contours sont gardés, ceux en place "
            "restent employés."
        )
    else:
        files += _take_the_place(product, atlas, destination)
    return ReadReport(len(product), vintage(sources), present(codes, atlas), tuple(notes), tuple(files))


def _take_the_place(product: gpd.GeoDataFrame, atlas: Atlas, destination: Path) -> list[str]:
    """Write what takes the place of the base's outlines: a clean coverage, measured in metres, and the neighbours."""
    outlines = product.set_index("code").geometry.reindex(atlas.table["code"])
    _refuse_elsewhere(outlines, atlas)
    pieces = []
    for epsg, group in atlas.table.groupby("epsg"):
        metric = outlines[group["code"]].to_crs(int(epsg)).to_numpy()
        clean = gpd.GeoSeries(
            clean_coverage(metric, gap_width_m=NARROW_M), index=group["code"].to_numpy(), crs=int(epsg)
        )
        pieces.append(clean.to_crs(WGS84))
    whole = gpd.GeoSeries(pd.concat(pieces), crs=WGS84).reindex(atlas.table["code"])
    communes, borders = measure(atlas.table[["code", "departement", "epsg"]], whole)
    return [write(communes[MEASURES], destination, "communes.parquet"), write(borders, destination, "voisins.parquet")]


def _refuse_elsewhere(outlines: gpd.GeoSeries, atlas: Atlas) -> None:
    """Refuse a file that draws communes where they are not: its codes or its coordinates are wrong."""
    far: list[str] = []
    for epsg, group in atlas.table.groupby("epsg"):
        shapes = outlines[group["code"]].to_crs(int(epsg)).to_numpy()
        gap = shapely.distance(shapes, shapely.points(group["x"].to_numpy(), group["y"].to_numpy()))
        far += group.loc[~(gap <= FAR_M), "code"].tolist()
    if far:
        raise GeoInputError(
            f"Contours : {count(len(far), 'commune est dessinée', 'communes sont dessinées')} loin de l’endroit attendu "
            f"({listing(map(atlas.label, far), 6)}) ; codes ou coordonnées à vérifier."
        )


def carry(before: Path, stage: Path) -> list[str]:
    """Refuse outlines that lack communes when those in use draw them all: they are replaced whole or not at all."""
    if (before / "communes.parquet").exists() and not (stage / "communes.parquet").exists():
        raise GeoInputError(
            "Contours incomplets : ceux en place dessinent toutes les communes et sont gardés. Donnez un fichier national, "
            "avec les arrondissements de Paris, Lyon et Marseille."
        )
    return []


def _together(sources: Sequence[Source], atlas: Atlas, notes: list[str]) -> pd.DataFrame:
    """Read every file, the largest first: an outline found again in another one is left out."""
    kept: list[pd.DataFrame] = []
    seen: set[str] = set()
    for source in sorted(sources, key=no_order, reverse=True):
        found = _pieces(source, atlas, notes)
        again = found["code"].isin(seen)
        if again.any():
            notes.append(f"{source.name} : {count(int(again.sum()), 'contour')} déjà lus dans un fichier plus précis.")
        kept.append(found[~again])
        seen |= set(found["code"])
    return pd.concat(kept, ignore_index=True)


def _pieces(source: Source, atlas: Atlas, notes: list[str]) -> pd.DataFrame:
    frame = read_features(source)
    again = frame[frame["code"].duplicated()]
    if not again.empty:
        raise GeoInputError(
            refused([f"{source.name}, objet {line} : {code} figure déjà plus haut ; gardez un seul contour par commune."
                     for code, line in zip(again["code"], again["line"], strict=True)], source.name)
        )  # fmt: skip
    read = codes_of_today(frame["code"].tolist(), frame["line"].tolist(), atlas, file=source.name)
    notes += read.notes
    shapes, repaired, emptied = repair_areas(frame.geometry.to_numpy())
    if emptied:
        lost = [code for code, shape in zip(frame["code"], shapes, strict=True) if shape is None]
        raise GeoInputError(
            f"{source.name} : {count(emptied, 'objet')} sans surface ({listing(lost, SHOWN)}) ; attendu : des polygones."
        )
    if repaired:
        notes.append(f"{source.name} : {count(repaired, 'contour invalide réparé', 'contours invalides réparés')}.")
    table = pd.DataFrame({"code": read.code, "geometry": list(shapes)})
    return table[table["code"] != ""]


READERS = (Reader("contours", FORMS, parse, several=True, carry=carry),)
