"""The two frames of a layer, its zones and their members: the columns, their types, and one builder of each.

Every layer is built here, whatever it comes from (embedded facts, an official source, an imported file, the register), so
that a column exists everywhere or nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.arrays import Bools

ZONE_COLUMNS = (
    "nom", "etat", "precision", "territoire", "departement", "annee", "annee_source", "population", "population_type",
    "source_titre", "source_url", "status", "note",
)  # fmt: skip
MEMBER_TYPES = {"zone": np.intp, "row": np.intp, "whole": bool, "inhabitants": float, "estimated": bool}
MEMBER_COLUMNS = tuple(MEMBER_TYPES)


def zones_frame(
    ids: Iterable[object],
    *,
    nom: Any,
    etat: Any,
    precision: Any,
    territoire: Any = "",
    departement: Any = "",
    annee: Any = "",
    annee_source: Any = "",
    population: Any = np.nan,
    population_type: Any = "",
    source_titre: Any = "",
    source_url: Any = "",
    status: Any = "",
    note: Any = "",
) -> pd.DataFrame:
    """Build the frame of the zones: ZONE_COLUMNS, indexed by zone id.

    Each column is given as one value for all the zones, or as values in the order of `ids` (an index that they may bear is
    not looked at). `population` is that published for the zone, in inhabitants, NaN where there is none; what a source does
    not say of a zone is "".
    """
    given = (nom, etat, precision, territoire, departement, annee, annee_source, population, population_type,
             source_titre, source_url, status, note)  # fmt: skip
    columns = {name: _bare(values) for name, values in zip(ZONE_COLUMNS, given, strict=True)}
    return pd.DataFrame(columns, index=pd.Index(list(ids), name="id", dtype=str)).astype({"population": float})


def members_frame(zone: Any, row: Any, whole: Any, inhabitants: Any, estimated: Any = False) -> pd.DataFrame:
    """Build the frame of the members: MEMBER_COLUMNS, one row for each zone and atom.

    `zone` is the position of the zone in its frame, `row` that of the atom in the atlas; `whole` is False when only a part of
    the atom belongs to the zone; `inhabitants` counts those of the atom inside the zone, NaN when unknown; `estimated` marks
    inhabitants that were shared out, not counted. `zone` and `row` hold one value a member; the others may be one value for all.
    """
    columns = {
        name: _bare(values)
        for name, values in zip(MEMBER_COLUMNS, (zone, row, whole, inhabitants, estimated), strict=True)
    }
    return pd.DataFrame(columns, columns=list(MEMBER_COLUMNS)).astype(MEMBER_TYPES)


def whole_members(zone: Any, row: Any, whole: Any, population: npt.NDArray[Any]) -> pd.DataFrame:
    """Build the members known by their codes: all the inhabitants of a commune that is wholly inside, an unknown number otherwise.

    `population` gives the inhabitants of every atom of the atlas.
    """
    people = population[np.asarray(row, dtype=np.intp)].astype(float)
    return members_frame(zone, row, whole, np.where(np.asarray(whole, dtype=bool), people, np.nan))


def estimated(members: pd.DataFrame) -> Bools:
    """Return which members have inhabitants that were shared out, not counted; members kept before this was known have none."""
    if "estimated" not in members:
        return np.zeros(len(members), dtype=bool)
    return members["estimated"].to_numpy(dtype=bool)


def _bare(values: Any) -> Any:
    """Leave out the index of a column, which would be aligned."""
    return values.array if isinstance(values, pd.Series) else values
