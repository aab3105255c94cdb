"""Population on a grid of squares (INSEE, 200 m or 1 km).

Product `carreaux.parquet`: x, y (centre of the square, metres), epsg, cote_m, population. The squares of the published
files are named by their lower left corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.french import count, inhabitants, listing
from geo.layers import GRID_COMPLETE, atoms_of_points
from geo.sources.readers.base import Reader, ReadReport, departement_of, refused, vintage, write
from geo.sources.readers.tables import Form, Source, read_table

NAMED = r"CRS(\d+)RES(\d+)(k?m)N(-?\d+)E(-?\d+)"
PEOPLE = "ind pop population indc indsnv0"
FORMS = (
    Form(
        "carreaux de l’INSEE (idcar_200m, idcar_1km ou id_inspire ; ind ou pop)",
        {"id": "idcar200m idinspire idcar1km idcar idcarreau", "population": PEOPLE},
        values={"id": NAMED},
    ),
    Form("carreaux (x_3035, y_3035, pop)", {"x": "x3035", "y": "y3035", "population": PEOPLE}),
    Form(
        "carreaux de ménages",
        {"x": "x.*", "y": "y.*", "menages": "menages men"},
        absent="ind|pop|population",
        refusal="ce sont des ménages, non des habitants ; prenez les carreaux de population de l’INSEE (colonne ind).",
    ),
)


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read every grid of the files: one a territory."""
    grids = pd.concat([_grid(source) for source in sources], ignore_index=True)
    again = grids.duplicated(["x", "y", "epsg", "cote_m"])
    if again.any():
        raise GeoInputError(
            f"{sources[0].name} : {count(int(again.sum()), 'carreau figure', 'carreaux figurent')} plusieurs fois ; gardez une "
            "seule ligne par carreau."
        )
    where, people = _departements(grids, atlas)
    total = inhabitants(float(grids["population"].sum()))
    notes = [f"{count(len(grids), 'carreau', 'carreaux')}, {total} : à employer comme poids de répartition."]
    partial = sorted(set(people) - set(where))
    if partial:
        notes.append(f"Couverture incomplète dans {count(len(partial), 'département')} ({listing(partial, 12)}).")
    file = write(grids, destination, "carreaux.parquet")
    return ReadReport(len(grids), vintage(sources), where, tuple(notes), (file,))


def _grid(source: Source) -> pd.DataFrame:
    table = read_table(source)
    population = pd.to_numeric(table["population"].str.replace(",", ".", regex=False), errors="coerce")
    wrong = table[population.isna() | ~np.isfinite(population) | (population < 0)]
    if not wrong.empty:
        raise GeoInputError(
            refused([f"{source.name}, ligne {line} : « {text} » n’est pas un nombre d’habitants."
                     for text, line in zip(wrong["population"], wrong["line"], strict=True)], source.name)
        )  # fmt: skip
    corner = _named(table, source.name) if "id" in table else _cornered(table, source.name)
    half = corner["cote_m"] / 2
    return pd.DataFrame(
        {
            "x": (corner["x"] + half).astype(float),
            "y": (corner["y"] + half).astype(float),
            "epsg": corner["epsg"].astype("int32"),
            "cote_m": corner["cote_m"].astype("int32"),
            "population": population.astype(float),
        }
    )


def _named(table: pd.DataFrame, file: str) -> pd.DataFrame:
    found = table["id"].str.extract(f"^{NAMED}$")
    wrong = table[found[0].isna()]
    if not wrong.empty:
        raise GeoInputError(
            refused([f"{file}, ligne {line} : « {text[:40]} » n’est pas un nom de carreau (CRS3035RES200mN…E…)."
                     for text, line in zip(wrong["id"], wrong["line"], strict=True)], file)
        )  # fmt: skip
    side = found[1].astype("int64") * found[2].map({"m": 1, "km": 1000})
    corner = pd.DataFrame(
        {"epsg": found[0].astype("int64"), "cote_m": side, "y": found[3].astype(float), "x": found[4].astype(float)}
    )
    for epsg in corner["epsg"].unique():
        try:
            pyproj.CRS.from_epsg(int(epsg))
        except pyproj.exceptions.CRSError as error:
            raise GeoInputError(f"{file} : projection EPSG:{epsg} inconnue dans les noms de carreaux.") from error
    return corner


def _cornered(table: pd.DataFrame, file: str) -> pd.DataFrame:
    x, y = (pd.to_numeric(table[c], errors="coerce") for c in ("x", "y"))
    steps = np.diff(np.unique(x.dropna()))
    if x.isna().any() or y.isna().any() or not len(steps):
        raise GeoInputError(f"{file} : coordonnées de carreaux absentes ou illisibles.")
    return pd.DataFrame({"epsg": 3035, "cote_m": int(steps.min()), "x": x, "y": y})


def _departements(grids: pd.DataFrame, atlas: Atlas) -> tuple[tuple[str, ...], dict[str, float]]:
    """Return the départements whose squares hold most of their people, and the people of all those that have squares."""
    owner = departement_of(atlas)
    people: dict[str, float] = {}
    for epsg, group in grids.groupby("epsg"):
        centres = gpd.GeoSeries(gpd.points_from_xy(group["x"], group["y"]), crs=int(epsg)).to_crs(4326)
        at = atoms_of_points(shapely.get_coordinates(centres.to_numpy()), atlas)
        held = group["population"].groupby([owner.get(code, "") for code in at]).sum()
        people |= {str(d): people.get(str(d), 0.0) + float(p) for d, p in held.items() if d}
    full = atlas.table.groupby("departement")["population"].sum()
    # A few border squares fall in the next département: less than 2 % of its people is no coverage at all.
    people = {d: p for d, p in people.items() if p >= 0.02 * full[d]}
    return tuple(sorted(d for d, p in people.items() if p >= GRID_COMPLETE * full[d])), people


READERS = (Reader("carreaux", FORMS, parse, outlined=True),)
