"""IRIS: the quarters of towns by which INSEE counts people (outlines of the IGN, populations of INSEE).

Products, for the communes and arrondissements that are cut into several IRIS; the others have nothing here
- `iris.parquet`: iris (nine characters), commune (atom of today), nom, type (H, A, D), population (estimated by INSEE, NaN when
  unknown), area_m2, x, y (metres, legal projection of the commune), lon, lat.
- `iris_contours.parquet` (GeoParquet, EPSG:4326): iris, commune, geometry (fitted: the IRIS of a commune cover its outline exactly).
- `indicateurs.parquet`, where the populations have ages: their series by IRIS (`geo.sources.readers.indicators`).
- `iris_voisins.parquet`: a, b: codes of neighbours, two IRIS, or an IRIS and an atom next to its commune.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.french import count, fold, listing
from geo.geometry import WGS84
from geo.layers import repair_areas
from geo.sources.readers.base import SHOWN, Reader, ReadReport, codes_of_today, present, refused, vintage, write
from geo.sources.readers.indicators.census import ages_by_iris
from geo.sources.readers.iris_outlines import Pieces, fitted, neighbours
from geo.sources.readers.tables import Form, Source, read_features, read_table

SHAPE = re.compile(r"(?:\d{2}|2[AB])\d{7}")
VALUES = r"""[\['" ]*(?:\d{2}|2[ABab])\d{7}[\]'" ]*"""  # Opendatasoft writes lists of one
FORMS = (
    Form(
        "contours des IRIS (code_iris, code_insee, nom_iris, type_iris)",
        {
            "iris": "codeiris iriscode",
            "commune": "codeinsee inseecom comarmcode comcode",
            "nom": "nomiris irisname libiris",
        },
        {"type": "typeiris typiris iristype"},
        values={"iris": VALUES},
        shape="features",
    ),
    Form(
        "populations des IRIS de l’INSEE (IRIS, COM, LAB_IRIS, P22_POP)",
        {"iris": "iris", "commune": "com", "population": r"p\d\dpop"},
        {"label": "labiris libiris"},
    ),
)
COLUMNS = ["iris", "commune", "nom", "type", "population", "area_m2", "x", "y", "lon", "lat"]


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read outlines and populations together; outlines alone are kept, their people unknown.

    Raises
    ------
    GeoInputError
        When no outline is there, a code comes twice or is no IRIS code, or a population is no number.
    """
    notes: list[str] = []
    drawn = [s for s in sources if s.form.shape == "features"]
    counted = [s for s in sources if s.form.shape == "table"]
    if not drawn:
        names = listing(dict.fromkeys(s.name for s in sources))
        raise GeoInputError(f"{names} : populations sans contours ; donnez aussi le fichier des contours des IRIS.")
    outlines = _outlines(drawn, atlas, notes)
    if outlines.empty:
        raise GeoInputError(f"{drawn[0].name} : aucune commune n’y est découpée en plusieurs IRIS.")
    outlines = outlines.assign(population=_joined(outlines, _people(counted, atlas, notes), notes))
    pieces = fitted(
        Pieces(outlines["iris"].tolist(), outlines["commune"].tolist(), outlines.geometry.to_numpy()), atlas
    )
    if pieces.refused:
        shown = listing(map(atlas.label, sorted(pieces.refused)), SHOWN)
        far = count(len(pieces.refused), "commune dont les IRIS sont dessinés", "communes dont les IRIS sont dessinés")
        notes.append(f"{far} ailleurs qu’elle, sans découpage ici : {shown}.")
    product = outlines.drop(columns="geometry").merge(pieces.frame, on="iris", how="inner")
    if product.empty:
        raise GeoInputError(
            f"{drawn[0].name} : les IRIS sont dessinés loin de leurs communes ; codes ou coordonnées à vérifier."
        )
    product = product.sort_values("iris")
    shapes = gpd.GeoDataFrame(product[["iris", "commune", "geometry"]], geometry="geometry", crs=WGS84)
    files: tuple[str, ...] = (
        write(product[COLUMNS], destination, "iris.parquet"),
        write(shapes, destination, "iris_contours.parquet"),
        write(neighbours(pieces, atlas), destination, "iris_voisins.parquet"),
    )
    files += _ages(counted, destination, notes)
    return ReadReport(len(product), _year(drawn), present(product["commune"], atlas), tuple(notes), files)


def _year(sources: Sequence[Source]) -> str:
    """Return the year of outlines: written in the file, or at the end of its name as the IGN does (FRA_2026-01-01)."""
    named = [re.search(r"(20[0-4]\d)(?:-\d\d-\d\d)?(?=\D*$)", s.path.stem) for s in sources]
    return vintage(sources) or max((found[1] for found in named if found), default="")


def _outlines(sources: Sequence[Source], atlas: Atlas, notes: list[str]) -> gpd.GeoDataFrame:
    """Return the outlines of the IRIS of the communes that have several, each with its commune of today."""
    frames = []
    for source in sources:
        frame = read_features(source)
        frame["iris"] = _codes(frame, source)
        read = codes_of_today(_bare(frame["commune"]), frame["line"].tolist(), atlas, file=source.name)
        notes += read.notes
        shapes, _, emptied = repair_areas(frame.geometry.to_numpy())
        if emptied:
            raise GeoInputError(
                f"{source.name} : {count(emptied, 'IRIS', 'IRIS')} sans surface ; attendu : des polygones."
            )
        kind = _bare(frame["type"]) if "type" in frame else ""
        columns = {"iris": frame["iris"], "commune": read.code, "nom": _bare(frame["nom"]), "type": kind}
        found = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=WGS84).assign(line=frame["line"], file=source.name)
        frames.append(found[found["commune"] != ""])
    everything = pd.concat(frames, ignore_index=True)
    _refuse_repeats(everything, everything["file"], "objet")
    city = everything["commune"].isin(atlas.parts)
    if city.any():
        cities = listing(map(atlas.label, sorted(set(everything.loc[city, "commune"]))))
        notes.append(f"{sources[0].name} : IRIS rattachés à {cities} en entier, sans arrondissement, laissés de côté.")
    several = everything.groupby("commune")["iris"].transform("size") > 1
    return everything[several & ~city].drop(columns=["line", "file"]).reset_index(drop=True)


def _bare(texts: Sequence[str]) -> list[str]:
    """Return texts freed of the marks of a list of one, ['751010101']."""
    return [re.sub(r"""^\[\s*['"]?|['"]?\s*\]$""", "", str(text)).strip() for text in texts]


def _codes(frame: pd.DataFrame, source: Source) -> list[str]:
    codes = [code.upper() for code in _bare(frame["iris"].tolist())]
    wrong = [(code, line) for code, line in zip(codes, frame["line"], strict=True) if not SHAPE.fullmatch(code)]
    if wrong:
        what = "objet" if source.form.shape == "features" else "ligne"
        raise GeoInputError(
            refused([f"{source.name}, {what} {line} : « {code[:20]} » n’est pas un code d’IRIS (neuf caractères)."
                     for code, line in wrong], source.name)
        )  # fmt: skip
    return codes


def _refuse_repeats(table: pd.DataFrame, files: pd.Series, what: str) -> None:
    again = table["iris"].duplicated()
    if again.any():
        raise GeoInputError(
            refused([f"{file}, {what} {line} : l’IRIS {code} figure déjà plus haut ; il n’en faut qu’un."
                     for file, line, code in zip(files[again], table.loc[again, "line"], table.loc[again, "iris"], strict=True)],
                    str(files[again].iat[0]))
        )  # fmt: skip


def _ages(sources: Sequence[Source], destination: Path, notes: list[str]) -> tuple[str, ...]:
    """Write the ages that come with the populations; ages that make no sense are left out, and the IRIS stand without."""
    try:
        return ages_by_iris(max(sources, key=_edition), destination) if sources else ()
    except GeoInputError as error:
        notes.append(f"Âges par IRIS de côté : {error.problems[0]}")
        return ()


def _edition(source: Source) -> str:
    """Return what orders files of populations: the header bears the year."""
    return source.header_of("population")


def _people(sources: Sequence[Source], atlas: Atlas, notes: list[str]) -> pd.DataFrame:
    """Return iris, commune (of today), label and population of every row, of the newest file alone where there are several."""
    if not sources:
        return pd.DataFrame({"iris": [], "commune": [], "label": [], "population": []})
    source = max(sources, key=_edition)
    table = read_table(source)
    table["iris"] = _codes(table, source)
    values = pd.to_numeric(table["population"].str.replace(",", "."), errors="coerce")
    wrong = table[~np.isfinite(values) | (values < 0)]
    if not wrong.empty:
        raise GeoInputError(
            refused([f"{source.name}, ligne {line} : « {text[:20]} » n’est pas un nombre d’habitants."
                     for text, line in zip(wrong["population"], wrong["line"], strict=True)], source.name)
        )  # fmt: skip
    _refuse_repeats(table, pd.Series(source.name, index=table.index), "ligne")
    read = codes_of_today(table["commune"].tolist(), table["line"].tolist(), atlas, file=source.name)
    year = re.sub(r"\D", "", source.header_of("population"))[:2]
    notes += [*read.notes, f"Populations des IRIS : recensement de 20{year}."]
    label = table.get("label", "")
    return pd.DataFrame({"iris": table["iris"], "commune": read.code, "label": label, "population": values})


def _joined(outlines: pd.DataFrame, people: pd.DataFrame, notes: list[str]) -> list[float]:
    """Return the people of each IRIS drawn: by its code, else by its name where its commune was merged and its IRIS numbered anew."""
    by_code: dict[str, float] = dict(zip(people["iris"], people["population"], strict=True))
    left = people[~people["iris"].isin(outlines["iris"])]
    labels = pd.MultiIndex.from_arrays([left["commune"], [fold(str(t)) for t in left["label"]]])
    alone = ~labels.duplicated(keep=False)
    by_name: dict[tuple[str, str], float] = dict(zip(labels[alone], left.loc[alone, "population"], strict=True))
    names = pd.MultiIndex.from_arrays([outlines["commune"], [fold(t) for t in outlines["nom"]]])
    single = ~names.duplicated(keep=False)
    found = [
        float(by_code.get(code, by_name.get(name, np.nan) if one and name[1] else np.nan))
        for code, name, one in zip(outlines["iris"], names, single, strict=True)
    ]
    moved = sum(code not in by_code and value == value for code, value in zip(outlines["iris"], found, strict=True))
    if moved:
        notes.append(f"{count(moved, 'IRIS', 'IRIS')} de communes fusionnées depuis : habitants repris d’après le nom.")
    lost = outlines.loc[np.isnan(found), "commune"].nunique()
    if lost:
        notes.append(
            f"{count(lost, 'commune')} dont les habitants par IRIS sont inconnus, qui ne "
            f"{'peut' if lost == 1 else 'peuvent'} être {'ouverte' if lost == 1 else 'ouvertes'} en IRIS."
        )
    return found


READERS = (Reader("iris", FORMS, parse, several=True, outlined=True),)
