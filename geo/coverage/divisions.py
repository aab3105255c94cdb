"""What to make of a territory with more people to serve than one CLSM may have: its sectors where they are known, else its rest.

The ceiling is compared with the people to serve here, not with the whole body: a metropolis of which two thirds are covered may
need one CLSM more, for what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from geo import french as fr
from geo.arrays import Bools, Floats
from geo.coverage.candidates import SitingCandidate
from geo.coverage.state import CoverageState
from geo.layers import Etat, LayerId

MOST_PIECES = 8  # named in a sentence


@dataclass(frozen=True)
class Division:
    """A candidate above the ceiling: people to serve here, the CLSM that makes at least, and its sectors (name, people to serve).

    `pieces` is empty where some of its communes to serve are in no adult sector that is known whole.
    """

    candidate: SitingCandidate
    people: float
    ceiling: float
    pieces: tuple[tuple[str, float], ...] = ()

    @property
    def at_least(self) -> int:
        """CLSM that its people make, each under the ceiling."""
        return ceil(self.people / self.ceiling)

    @property
    def sentence(self) -> str:
        """Write what is proposed."""
        rest = (
            f"Reste {fr.of(self.candidate.name)} sans CLSM ni projet connu, {fr.inhabitants(self.people)} à servir ici"
        )
        text = f"{rest} : au moins {fr.count(self.at_least, 'CLSM', 'CLSM')} sous le plafond"
        if not self.pieces:
            return fr.typeset(f"{text} ; les secteurs adultes n’y sont pas tous connus, à diviser avec ses élus.")
        named = fr.listing((f"{name} ({fr.number(people)})" for name, people in self.pieces), MOST_PIECES)
        over = sum(people > self.ceiling for _, people in self.pieces)
        still = f", dont {fr.number(over)} encore au-dessus" if over else ""
        return fr.typeset(f"{text} ; par secteurs adultes{still} : {named}.")


def to_serve(candidate: SitingCandidate, need: Floats) -> float:
    """Return the people of a candidate who have neither CLSM nor project, among those of the scope (`need`, by atom)."""
    return float(need[list(candidate.rows)].sum())


def divisions(
    above: Sequence[SitingCandidate], need: Floats, state: CoverageState, ceiling: float
) -> tuple[Division, ...]:
    """Return what is proposed for the candidates above the ceiling, the most people first."""
    found = [Division(c, to_serve(c, need), ceiling, _sectors(c, need, state)) for c in above]
    return tuple(sorted(found, key=lambda d: (-d.people, d.candidate.code)))


def _sectors(candidate: SitingCandidate, need: Floats, state: CoverageState) -> tuple[tuple[str, float], ...]:
    """Return the adult sectors of the communes to serve, in order of people; empty unless each is whole in exactly one."""
    layer = state.crosswalk.layers[LayerId.ADULT_SECTORS]
    asked: Bools = np.zeros(len(need), dtype=bool)
    asked[list(candidate.rows)] = True
    asked &= need > 0
    zone, row = (layer.members[c].to_numpy(dtype=np.intp) for c in ("zone", "row"))
    running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()
    mine = asked[row] & running[zone]
    kept = mine & layer.members["whole"].to_numpy(dtype=bool)
    if (np.bincount(row[mine], minlength=len(need))[asked] != 1).any() or kept.sum() != mine.sum():
        return ()
    people = np.bincount(zone[kept], need[row[kept]], minlength=len(layer.zones))
    names = layer.zones["nom"].to_numpy(dtype=object)
    return tuple((str(names[z]), float(people[z])) for z in np.argsort(-people, kind="stable") if people[z])
