"""How and when the facts about CLSM were stated: their communes by extension or supposed, their source old or without a date.

A fact so known still counts as covered; it is counted apart, and can be set aside by choice: what it alone covers is then unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from geo import french as fr
from geo.arrays import Bools
from geo.errors import GeoInputError
from geo.layers import Etat, Layer, Precision

OLD_AFTER = 5  # years since the source of a fact, to start with
AGES = (3, 5, 10)
STATED_ONCE = "read"  # the `status` of a fact read in one public document, as it begins


class Doubt(StrEnum):
    """What may be doubted of a fact; its value is its name in links."""

    EXTENSION = "extension"
    SUPPOSEE = "suppose"
    ANCIENNE = "ancien"
    SANS_DATE = "sans-date"
    UNE_FOIS = "une-fois"


@dataclass(frozen=True)
class Aside:
    """Facts set aside by choice: the doubts that are enough to leave a fact out, and the age in years past which it is old."""

    doubts: tuple[Doubt, ...] = ()
    years: int = OLD_AFTER

    def __post_init__(self) -> None:
        """Refuse an age that is none of AGES.

        Raises
        ------
        GeoInputError
            On such an age.
        """
        if self.years not in AGES:
            raise GeoInputError(f"Ancienneté des sources : {fr.listing(str(a) for a in AGES)} ans, au choix.")

    @property
    def said(self) -> str:
        """What is left out, in words; empty when nothing is."""
        return fr.listing(f"« {doubt_label(d, self.years)} »" for d in self.doubts)


NOTHING_ASIDE = Aside()


def doubt_label(doubt: Doubt, years: int) -> str:
    """Return the name of a doubt on screen."""
    return {
        Doubt.EXTENSION: "étendus aux communes de l’EPCI",
        Doubt.SUPPOSEE: "supposés d’après le nom",
        Doubt.ANCIENNE: f"source de plus de {years} ans",
        Doubt.SANS_DATE: "source sans date",
        Doubt.UNE_FOIS: "cités une fois, non confirmés depuis",
    }[doubt]


def read_aside(names: Iterable[str], years: int = OLD_AFTER) -> Aside:
    """Return what is set aside from the names of the doubts.

    Raises
    ------
    GeoInputError
        On a name that is none of them, or an age that is none of AGES.
    """
    known = {str(d): d for d in Doubt}
    asked = tuple(dict.fromkeys(names))
    if wrong := [n for n in asked if n not in known]:
        raise GeoInputError(f"Faits à écarter : {fr.listing(wrong)} inconnu ; attendu : {fr.listing(known)}.")
    return Aside(tuple(d for d in Doubt if d in asked), years)


def source_years(layer: Layer) -> pd.Series:
    """Return the year of the source of each zone, NaN where it has no date; the last year of a span."""
    found = layer.zones["annee_source"].astype(str).str.extract(r"(\d{4})\D*$")[0]
    return pd.to_numeric(found)


def zone_doubts(layer: Layer, today: int, years: int) -> dict[Doubt, Bools]:
    """Tell, for each doubt, the zones of a layer that it touches; `today` is the year ages are counted from."""
    precision = layer.zones["precision"]
    stated = source_years(layer).to_numpy(dtype=float)
    return {
        Doubt.EXTENSION: precision.isin([Precision.ETENDUE, Precision.DEPARTEMENT]).to_numpy(dtype=bool),
        Doubt.SUPPOSEE: (precision == Precision.SUPPOSEE).to_numpy(dtype=bool),
        Doubt.ANCIENNE: np.nan_to_num(today - stated, nan=-1.0) > years,
        Doubt.SANS_DATE: np.isnan(stated),
        Doubt.UNE_FOIS: layer.zones["status"].astype(str).str.startswith(STATED_ONCE).to_numpy(dtype=bool),
    }


@dataclass(frozen=True)
class Manner:
    """How a part of the people covered is known: the doubt, how many people, and the words that say so."""

    doubt: Doubt
    people: float
    text: str


def manner_text(doubt: Doubt, people: float, stated: pd.Series, years: int) -> str:
    """Write a manner: « 367 806 habitants par extension aux communes de l’EPCI (source de 2016) »; `stated`: years of sources."""
    said = fr.inhabitants(people)
    if doubt is Doubt.EXTENSION:
        return f"{said} par extension aux communes de l’EPCI ({_sources(stated)})"
    return {
        Doubt.SUPPOSEE: f"{said} dans un périmètre supposé d’après le nom du CLSM",
        Doubt.ANCIENNE: f"{said} d’après une source de plus de {years} ans",
        Doubt.SANS_DATE: f"{said} d’après une source sans date",
        Doubt.UNE_FOIS: f"{said} d’après des faits cités une fois, non confirmés depuis",
    }[doubt]


def _sources(stated: pd.Series) -> str:
    dated = stated.dropna().astype(int)
    if dated.empty:
        return "source sans date"
    first, last = int(dated.min()), int(dated.max())
    said = f"source de {first}" if first == last else f"sources de {first} à {last}"
    return said + (", ou sans date" if stated.isna().any() else "")


def set_aside(layer: Layer, today: int, aside: Aside) -> Bools:
    """Tell the zones of a layer that are left out."""
    left_out = np.zeros(len(layer.zones), dtype=bool)
    if aside.doubts:
        found = zone_doubts(layer, today, aside.years)
        for doubt in aside.doubts:
            left_out |= found[doubt]
    return left_out


def covered_with_doubt(layer: Layer, covered: Bools, left_out: Bools, doubts: dict[Doubt, Bools]) -> dict[Doubt, Bools]:
    """Return, for each doubt, the covered atoms of which every fact has it; `left_out` and `doubts` are over the zones."""
    zone, row = (layer.members[c].to_numpy(dtype=np.intp) for c in ("zone", "row"))
    running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy(dtype=bool) & ~left_out

    def held(zones: Bools) -> Bools:
        kept = layer.members["whole"].to_numpy(dtype=bool) & zones[zone]
        return np.bincount(row[kept], minlength=len(covered)) > 0

    stated = covered & held(running)
    return {doubt: stated & ~held(running & ~touched) for doubt, touched in doubts.items()}


def confirmation(zone: pd.Series) -> str:
    """Say when a fact was stated and that nothing confirmed it since; empty for a list that someone holds."""
    if not str(zone["status"]).startswith(STATED_ONCE):
        return ""
    year = str(zone["annee_source"])
    return f"cité une fois, en {year}, non confirmé depuis" if year else "cité une fois, sans date, non confirmé depuis"
