"""Concentration in one town: its share of QPV and of mental health places, what the guide calls needs and resources.

QPV are shared by inhabitants where all are known, else by number: what is known may raise a question, and only inhabitants all
known, or places all listed, may reassure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geo import french as fr
from geo.arrays import Bools, Floats, Ints, Rows
from geo.guidance.check import Basis
from geo.kept import kept_on_subject
from geo.moves import IncidenceTables, MoveBatch, batch_of_one
from geo.perimeters import PerimeterFacts
from geo.shares import Share


@dataclass(frozen=True, eq=False)
class Reading:
    """The share of something that lies in a town (NaN where unknown, or nothing to share), whether it is known in full, and whether
    its list at least is complete."""

    share: Floats
    known: Bools
    listed: Bools


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)


def _read(listed: Bools, sized: Bools, people: Floats, number: Floats) -> Reading:
    return Reading(np.where(listed, np.where(sized, people, number), np.nan), np.asarray(listed & sized), listed)


@kept_on_subject
def quarters_in_main_town(batch: MoveBatch) -> Reading:
    """Return the QPV of the most populous commune among those of the perimeter, after each move."""
    found, sums = batch.quarters, batch.sums
    people = _ratio(batch.in_town("qpv_people", batch.main_town), sums["qpv_people"])
    listed = np.asarray((sums["qpv_unlisted"] == 0) & (found.unplaced == 0))
    return _read(
        listed, sums["qpv_unsized"] == 0, people, _ratio(found.homely.astype(float), found.touched.astype(float))
    )


@kept_on_subject
def places_in_main_town(batch: MoveBatch) -> Reading:
    """Return the mental health places of the most populous commune among those of the perimeter, after each move."""
    share = _ratio(batch.in_town("places", batch.main_town), batch.sums["places"])
    listed = np.asarray(batch.sums["unlisted"] == 0)
    return _read(listed, listed, share, share)


@kept_on_subject
def body_readings(ground: IncidenceTables) -> tuple[Reading, Reading]:
    """Return, for each intercommunal body, the QPV and the places of its most populous commune among its own."""
    town = ground.main_town[0]
    body = ground.body_of
    atoms = np.flatnonzero(body >= 0)
    central = np.zeros(len(body))
    towns = ground.town_of[atoms]
    central[atoms] = towns == town[body[atoms]]

    def total(feature: str, weight: Floats | float = 1.0) -> Floats:
        return np.asarray(ground.community.T @ (ground.feature(feature) * weight))

    held = csr_array(ground.community.T @ ground.quarters).tocoo()
    owner, quarter, size = held.row, held.col, len(town)
    homely = np.bincount(owner[ground.quarter_home[quarter] == town[owner]], minlength=size).astype(float)
    number = _ratio(homely, np.bincount(owner, minlength=size).astype(float))
    cut = ground.quarter_candidates[quarter] & (held.data < ground.quarter_atoms[quarter])
    number[owner[cut]] = np.nan  # in an arrondissement that is not known: of the body or not, nobody knows
    people = _ratio(total("qpv_people", central), total("qpv_people"))
    places = _ratio(total("places", central), total("places"))
    listed = np.asarray(total("unlisted") == 0)
    return (
        _read(np.asarray(total("qpv_unlisted") == 0), np.asarray(total("qpv_unsized") == 0), people, number),
        _read(listed, listed, places, places),
    )


@dataclass(frozen=True)
class Concentration:
    """So much of a whole lies in the town, in words; `key` names it among figures."""

    key: str
    part: float
    whole: float
    text: str


def concentrations(facts: PerimeterFacts, rows: Rows, town: str) -> tuple[Concentration, ...]:
    """Return what lies in a town among some atoms: QPV (inhabitants, else number) and places, each only where its list is complete
    and there is something to share out."""
    ground = batch_of_one(facts).ground
    mine = np.asarray(ground.town_of[rows] == ground.town_codes.index(town))
    everything = np.full(len(rows), True)
    found = []
    if not ground.feature("qpv_unlisted")[rows].any():
        people = np.where(ground.feature("qpv_unsized")[rows] > 0, np.nan, ground.feature("qpv_people")[rows])
        share = Share.within(people, mine, everything, "habitants des QPV")
        held = _quarters_held(ground, rows)
        if share.value is not None:
            mark = " (estimation)" if (ground.quarter_atoms[held > 0] > 1).any() else ""
            text = f"{share.text} des habitants des QPV{mark}"
            found.append(Concentration("qpv", round(share.part), round(share.whole), text))
        elif np.isnan(share.part):
            found += _by_number(ground, held, ground.town_codes.index(town))
    if not ground.feature("unlisted")[rows].any():
        share = Share.within(ground.feature("places")[rows], mine, everything, "lieux de santé mentale")
        if share.value is not None:
            text = f"{share.text} des lieux de santé mentale"
            found.append(Concentration("lieux", share.part, share.whole, text))
    return tuple(found)


def _quarters_held(ground: IncidenceTables, rows: Rows) -> Ints:
    """Return how many atoms of each QPV are among some."""
    return np.bincount(ground.quarters[rows].indices, minlength=len(ground.quarter_atoms))


def _by_number(ground: IncidenceTables, held: Ints, town: int) -> list[Concentration]:
    met = held > 0
    if (ground.quarter_candidates & met & (held < ground.quarter_atoms)).any():
        return []  # in an arrondissement that is not known: inside or outside, nobody knows
    here, whole = int((ground.quarter_home[met] == town).sum()), int(met.sum())
    return [Concentration("qpv_en_nombre", here, whole, f"{fr.number(here)} QPV sur {fr.number(whole)}")]


def concentration_text(found: Sequence[Concentration]) -> str:
    """Write what lies in the town, to follow its share of inhabitants in a sentence; empty when nothing is known."""
    text = fr.listing(c.text for c in found)
    return f", {text}" if text else ""


def concentration_figures(found: Sequence[Concentration]) -> dict[str, object]:
    """Return what lies in the town and in all, under the key of each."""
    return {c.key: {"dans_la_ville": c.part, "total": c.whole} for c in found}


CONCENTRATION_FIGURES = {
    "qpv": "habitants des QPV dans cette commune, et en tout",
    "qpv_en_nombre": "QPV de cette commune seule, et en tout, quand leurs habitants ne sont pas tous connus",
    "lieux": "lieux de santé mentale dans cette commune, et en tout",
}
QUARTERS_LACKING = "la répartition des habitants des QPV"
PLACES_LACKING = "la répartition des lieux de santé mentale"
QUARTERS = Basis(lambda batch: quarters_in_main_town(batch).known, lambda _: (QUARTERS_LACKING,))
PLACES = Basis(lambda batch: places_in_main_town(batch).known, lambda _: (PLACES_LACKING,))
