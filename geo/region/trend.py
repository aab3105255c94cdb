"""CLSM of a territory through time: openings year after year, and what was covered in 2018, in 2022 and now, beside the surveys.

The list knows the CLSM of today: one that closed since is not in it, and one whose year of opening is not known may have been there
or not. Both are said, with how many they are; nothing is put in a year that no source gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo import french as fr
from geo.arrays import Bools
from geo.coverage import SURVEYS, CoverageState, Scope
from geo.layers import Etat, LayerId, Precision


@dataclass(frozen=True)
class Surveyed:
    """What a survey published of the whole country on a day: how many CLSM, and how many people, None when it does not say."""

    label: str
    year: int
    clsm: int
    people: int | None
    source: str


# Figures of France alone: no survey publishes them by région.
SURVEYED = (
    Surveyed("1er janvier 2018", 2018, 192, 16_500_000, SURVEYS["2018"]),
    Surveyed("2022", 2022, 260, None, SURVEYS["2022"]),
)


@dataclass(frozen=True)
class Before:
    """What is known of one moment. `sure`: CLSM in service today that a source says opened before; `maybe`: those that may have
    (year unknown, or that very year); `people` and `most`: inhabitants of the first, then of both; `open`: whether CLSM that the list does
    not know may have been there, so that `most` bounds nothing; `survey`: what was published, for France only."""

    label: str
    sure: int
    maybe: int
    people: float
    most: float
    total: float
    open: bool = False
    survey: Surveyed | None = None

    @property
    def amount(self) -> str:
        """Write the share of people covered: « 12,3 % », between what is sure and what may be, or at least so much."""
        if not self.total:
            return "sans objet"
        low, high = fr.percent(self.people / self.total), fr.percent(self.most / self.total)
        if self.open:
            known = f"au moins {low}" if self.people else "aucun connu"
            return known if low == high else f"{known} ; {high} avec ceux d’année inconnue"
        if not self.people and self.most:
            return f"aucun connu, au plus {high}"
        return low if low == high else f"entre {low} et {high}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """Say what the difference with the survey is made of, where there is one."""
        s = self.survey
        if s is None:
            return ()
        lacking = s.clsm - self.sure - self.maybe
        said = [
            f"L’enquête compte {fr.number(s.clsm)} CLSM. La liste d’ici en sait {fr.count(self.sure, 'ouvert', 'ouverts')} avant"
        ]
        said.append(f"{fr.number(self.maybe)} d’année d’ouverture inconnue, ou la même : présents alors, ou non")
        if lacking > 0:
            closed = fr.noun(lacking, "qui a fermé", "qui ont fermé")
            said.append(f"au moins {fr.number(lacking)} que cette liste ne cite pas, ou {closed} depuis")
        found = [f"{' ; '.join(said)}."]
        if s.people is not None:
            found.append(
                f"Habitants : {fr.number(s.people)} d’après l’enquête ; entre {fr.number(self.people)} et {fr.number(self.most)} "
                "d’après cette liste, avec les populations d’aujourd’hui."
            )
        return tuple(fr.typeset(text) for text in found)


@dataclass(frozen=True)
class Trend:
    """Openings by year, how many CLSM in service have no known year, and the moments looked at, the oldest first."""

    openings: Mapping[int, int]
    undated: int
    moments: tuple[Before, ...]

    @property
    def caution(self) -> str:
        """What limits the reading."""
        lost = (
            f"{fr.count(self.undated, 'CLSM en service n’a', 'CLSM en service n’ont')} pas d’année d’ouverture connue. "
            if self.undated
            else ""
        )
        return fr.typeset(
            f"{lost}Un CLSM fermé depuis n’est pas dans la liste d’aujourd’hui ; les habitants sont ceux d’aujourd’hui."
        )


def openings(scope: Scope, state: CoverageState) -> tuple[dict[int, int], int]:
    """Return the CLSM in service of a territory by year of opening, and how many have no known year."""
    years = _years(state)[_here(scope, state)]
    known = years[np.isfinite(years)].astype(int)
    return {int(y): int((known == y).sum()) for y in np.unique(known)}, int(np.isnan(years).sum())


def trend(scope: Scope, state: CoverageState) -> Trend:
    """Return what a territory's CLSM have been through time."""
    scope = scope.on(state.atlas)
    by_year, undated = openings(scope, state)
    here, years = _here(scope, state), _years(state)
    whole = scope.kind == "france"
    total = float(state.population[scope.rows].sum())
    unknown = bool((state.possible[scope.rows] > 0).any())
    moments = []
    for survey in SURVEYED:
        sure = here & (years < survey.year)
        maybe = here & (np.isnan(years) | (years == survey.year))
        people, most = _people(scope, state, sure), _people(scope, state, sure | maybe)
        moments.append(
            Before(
                survey.label, int(sure.sum()), int(maybe.sum()), people, most, total, unknown, survey if whole else None
            )
        )
    now = float(state.people["couverts"][scope.rows].sum())
    most_now = now + float(state.possible[scope.rows].sum())
    moments.append(Before("Aujourd’hui", int(here.sum()), 0, now, most_now, total))
    return Trend(by_year, undated, tuple(moments))


def _years(state: CoverageState) -> np.ndarray:
    """Return the year of opening of each CLSM, NaN where it is not known."""
    zones = state.crosswalk.layers[LayerId.CLSM].zones
    found = zones["annee"].astype(str).str.extract(r"^(\d{4})")[0]
    return pd.to_numeric(found).to_numpy(dtype=float)


def _here(scope: Scope, state: CoverageState) -> Bools:
    """Tell the CLSM in service, not set aside, that a territory meets; one without known communes by its département."""
    layer = state.crosswalk.layers[LayerId.CLSM]
    inside = np.zeros(len(layer.zones), dtype=bool)
    zone, row = (layer.members[c].to_numpy(dtype=np.intp) for c in ("zone", "row"))
    inside[zone[scope.mask[row]]] = True
    unlocated = (layer.zones["precision"] == Precision.INCONNUE).to_numpy(dtype=bool)
    inside |= unlocated & layer.zones["departement"].isin(scope.departements).to_numpy(dtype=bool)
    running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy(dtype=bool)
    found: Bools = inside & running & ~state.left_out
    return found


def _people(scope: Scope, state: CoverageState, zones: Bools) -> float:
    """Count the people of a territory in some CLSM, each once; a part of a commune for what is known of it."""
    members = state.crosswalk.layers[LayerId.CLSM].members
    zone, row = (members[c].to_numpy(dtype=np.intp) for c in ("zone", "row"))
    kept = zones[zone] & scope.mask[row]
    whole = members["whole"].to_numpy(dtype=bool)
    people = np.bincount(
        row[kept & ~whole],
        np.nan_to_num(members["inhabitants"].to_numpy(dtype=float)[kept & ~whole]),
        minlength=len(state.status),
    )
    people = np.minimum(people, state.population)
    people[row[kept & whole]] = state.population[row[kept & whole]]
    return float(people.sum())
