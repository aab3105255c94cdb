"""CPTS territories: a list of communes by CPTS, or the polygons that the ministry publishes.

Product `cpts.parquet`: id, nom, statut ("" when the source has none), atom, part (of the atom that is in the CPTS, 0 to 1),
exact (False where only a part of the atom is in it, by area). The seats of FINESS are points and are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.french import count, fold, listing, noun
from geo.layers import areas_inside, repair_areas, touching
from geo.sources.readers.base import SHOWN, Reader, ReadReport, codes_of_today, covered, present, vintage, write
from geo.sources.readers.tables import Form, Source, read_features, read_table

WHOLE, NOTHING = 0.9, 0.1  # outlines here are generalised: less than a tenth of a commune is no part of it
HALF = 0.5
STATUS = "statut statutcpts etat etatcpts avancement etatavancement stade .*statut.* .*avancement.* .*stade.* .*etat.*"
NAME = (
    "nomcpts libcpts libellecpts nomdelacpts cptsnom cptslib .*nom.*cpts.* .*cpts.*nom.* cpts nom libelle denomination "
    "raisonsociale intitule label name nomstruct .*nomstruct.* .*libelle.* .*nom.*"
)
LIST = "liste CPTS × commune (cpts, code_insee)"
POLYGONS = "polygones de CPTS (GeoJSON)"
FORMS = (
    Form(
        LIST,
        {"nom": "cpts nomcpts libcpts libellecpts", "code": "codeinsee inseecom codgeo codeinseecommune codecommune"},
        {"statut": STATUS},
    ),
    Form(POLYGONS, {"nom": NAME}, {"statut": STATUS}, shape="features", text="(?i)cpts", absent="codeqpv?|finesset"),
    Form(
        "sièges de CPTS",
        {"id": "finesset", "code": "codeinseesiege", "departement": "departement", "latitude": "latitude"},
        text="(?i)cpts",
        refusal="ce sont les sièges des CPTS (FINESS 604), des points et non des territoires ; prenez la liste des communes.",
    ),
)


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read polygons when there are any (they are national), else every list."""
    drawn = [s for s in sources if s.form.name == POLYGONS]
    notes: list[str] = []
    if drawn:
        notes += [
            f"{s.name} : liste non utilisée, les polygones de {drawn[0].name} la remplacent."
            for s in sources
            if s not in drawn
        ]
    pieces = [_polygons(s, atlas, notes) for s in drawn] or [_list(s, atlas, notes) for s in sources]
    product = pd.concat(pieces, ignore_index=True)
    again = product.duplicated(["id", "atom"])
    if again.any():
        notes.append(f"{count(int(again.sum()), 'ligne répétée', 'lignes répétées')} à l’identique, une seule gardée.")
    product = product[~again].sort_values(["id", "atom"])
    shared = product.loc[product["part"] == 1].groupby("atom")["id"].nunique()
    twice = shared[shared > 1].index.tolist()
    if twice:
        notes.append(f"{count(len(twice), 'commune')} dans plusieurs CPTS ({listing(map(atlas.label, twice), SHOWN)}).")
    where, said = _coverage(product, atlas, national=bool(drawn))
    file = write(product, destination, "cpts.parquet")
    return ReadReport(len(product), vintage(sources), where, (*notes, *said), (file,))


def _list(source: Source, atlas: Atlas, notes: list[str]) -> pd.DataFrame:
    table = read_table(source)
    unnamed = table[table["nom"] == ""]
    if not unnamed.empty:
        raise GeoInputError(f"{source.name}, ligne {unnamed['line'].iat[0]} : le nom de la CPTS est vide.")
    read = codes_of_today(table["code"].tolist(), table["line"].tolist(), atlas, file=source.name)
    notes += read.notes
    statuses = table["statut"] if "statut" in table else [""] * len(table)
    records = [(_id(name), name, status, atom, 1.0, True)
               for name, status, code in zip(table["nom"], statuses, read.code, strict=True) if code
               for atom in atlas.parts.get(code, (code,))]  # fmt: skip
    return pd.DataFrame(records, columns=["id", "nom", "statut", "atom", "part", "exact"])


def _id(name: str) -> str:
    return "cpts-" + fold(name).removeprefix("cpts ").replace(" ", "-")


def _polygons(source: Source, atlas: Atlas, notes: list[str]) -> pd.DataFrame:
    frame = read_features(source)
    status = (
        f", champ du statut : {source.header_of('statut')}"
        if "statut" in source.columns
        else ", aucun champ de statut reconnu"
    )
    notes.append(f"{source.name} : champ du nom : {source.header_of('nom')}{status} ; à vérifier.")
    zones = _zones(frame, source, notes)
    shapes = dict(zip(zones["id"], zones.geometry, strict=True))
    table = areas_inside(shapes, touching(shapes, atlas), atlas)
    table["part"] = table["area_m2"] / table["atom_area_m2"]
    slivers = int((table["part"] <= NOTHING).sum())
    table = table[table["part"] > NOTHING].copy()
    table["exact"] = table["part"] >= WHOLE
    table["part"] = table["part"].where(~table["exact"], 1.0).clip(upper=1.0)
    cut = int((~table["exact"]).sum())
    if slivers:
        notes.append(f"{source.name} : {count(slivers, 'recoupement')} de moins d’un dixième d’une commune négligés.")
    if cut:
        notes.append(
            f"{source.name} : {count(cut, 'commune coupée', 'communes coupées')} par une limite ; part selon la surface, estimation."
        )
    empty = sorted(set(zones["nom"]) - set(zones.loc[zones["id"].isin(table["code"]), "nom"]))
    if empty:
        notes.append(f"{source.name} : {count(len(empty), 'CPTS', 'CPTS')} sans commune ici ({listing(empty, SHOWN)}).")
    named = zones.set_index("id")
    return pd.DataFrame(
        {
            "id": table["code"],
            "nom": table["code"].map(named["nom"]),
            "statut": table["code"].map(named["statut"]),
            "atom": table["atom"],
            "part": table["part"],
            "exact": table["exact"],
        }
    )


def _zones(frame: gpd.GeoDataFrame, source: Source, notes: list[str]) -> gpd.GeoDataFrame:
    """Return one valid zone a CPTS; several objects of one name are parts of it."""
    if not (shapely.get_dimensions(frame.geometry.to_numpy()) == 2).all():
        raise GeoInputError(f"{source.name} : des points ou des lignes, attendu : les polygones des CPTS.")
    unnamed = frame[frame["nom"] == ""]
    if not unnamed.empty:
        raise GeoInputError(
            f"{source.name}, objet {unnamed['line'].iat[0]} : le nom de la CPTS ({source.header_of('nom')}) est vide."
        )
    shapes, repaired, emptied = repair_areas(frame.geometry.to_numpy())
    if repaired:
        notes.append(f"{source.name} : {count(repaired, 'contour invalide réparé', 'contours invalides réparés')}.")
    if emptied:
        notes.append(f"{source.name} : {count(emptied, 'contour')} sans surface, {noun(emptied, 'laissé')} de côté.")
    frame = frame.assign(id=[_id(name) for name in frame["nom"]], statut=frame.get("statut", "")).set_geometry(
        list(shapes), crs=frame.crs
    )
    frame = frame[frame.geometry.notna()]
    return frame[["id", "nom", "statut", "geometry"]].dissolve("id", aggfunc="first").reset_index()


def _coverage(product: pd.DataFrame, atlas: Atlas, *, national: bool) -> tuple[tuple[str, ...], list[str]]:
    """Tell where the list can be taken as complete: everywhere for a national layer, else where most communes are in a CPTS."""
    touched = present(product["atom"], atlas)
    if national and len(covered(product["atom"], atlas)) > len(touched):
        return covered(product["atom"], atlas), []
    inside = atlas.table["code"].isin(product["atom"]).groupby(atlas.table["departement"]).mean()
    full = tuple(d for d in touched if inside[d] >= HALF)
    partial = [d for d in touched if d not in full]
    if not partial:
        return full, []
    return full, [
        f"{count(len(partial), 'département')} où moins de la moitié des communes sont dans une CPTS ({listing(partial, SHOWN)}) : "
        "la liste y est peut-être partielle, une absence n’y veut rien dire."
    ]


READERS = (Reader("cpts", FORMS, parse, several=True, outlined=True),)
