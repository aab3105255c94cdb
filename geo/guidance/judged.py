"""Perimeters judged under given settings: the findings of one, and the outcomes of every check after each of many moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo.arrays import Bools
from geo.guidance.check import OUTCOMES, Check, Decision
from geo.guidance.checks import CHECKS
from geo.guidance.finding import Finding, Outcome, Reach
from geo.guidance.settings import Settings
from geo.moves import IncidenceTables, Move, MoveBatch, try_moves
from geo.perimeters import PerimeterFacts

CHECK_IDS = tuple(check.id for check in CHECKS)


@dataclass(frozen=True)
class Measures:
    """Figures of one perimeter.

    `sector_people_outside` counts the inhabitants of the adult sectors met who are left outside, for the sectors whose
    composition is known (`sectors_unknown` counts the others). `qpv_people` adds the populations published for the QPV
    wholly inside; `qpv_left` counts the QPV of the same intercommunal bodies left outside in whole or in part. `span_m` is None
    across legal projections.
    """

    population: int
    atoms: int
    communes: int
    epci: int
    communities: int
    area_m2: float
    pieces: int
    span_m: float | None
    sectors: int
    sectors_cut: int
    sectors_unknown: int
    sector_people_outside: int
    qpv: int
    qpv_left: int
    qpv_people: int
    outcomes: Mapping[str, Outcome]
    concerned: Mapping[str, bool]

    def said(self, check: str) -> Outcome | Reach:
        """Return the word of a check's badge: its outcome, or its reach where it does not judge."""
        decision = Decision(check, self.outcomes[check], self.concerned[check])
        return decision.outcome if decision.concerned else decision.reach


@dataclass(frozen=True, eq=False)
class JudgedMoves:
    """A batch of moves and the settings it is judged under; position 0 is the perimeter as it is, i + 1 after move i."""

    batch: MoveBatch
    settings: Settings

    @cached_property
    def outcomes(self) -> tuple[npt.NDArray[np.int8], Bools]:
        """Outcome of each check after each move (moves × checks), and whether the check judges there."""
        judged = [check.outcomes(self.batch, self.settings) for check in CHECKS]
        return np.column_stack([outcome for outcome, _ in judged]), np.column_stack([judges for _, judges in judged])

    def measures(self, i: int) -> Measures:
        """Return the figures after move i (0 for the perimeter as it is)."""
        batch, found = self.batch, self.outcomes
        sectors, quarters = batch.zones.sectors(), batch.quarters
        span = float(batch.span_m[i])
        return Measures(
            population=int(batch.population[i]),
            atoms=int(batch.sums["atoms"][i]),
            communes=int((batch.towns[1][i] > 0).sum()),
            epci=int(batch.epci[i]),
            communities=int((batch.communities[1][i] > 0).sum()),
            area_m2=float(batch.sums["area_m2"][i]),
            pieces=int(batch.pieces[i]),
            span_m=None if np.isnan(span) else span,
            sectors=int(sectors.met[i].sum()),
            sectors_cut=int(sectors.cut[i].sum()),
            sectors_unknown=int(sectors.unknown[i].sum()),
            sector_people_outside=int(sectors.outside[i].sum()),
            qpv=int(quarters.inside[i]),
            qpv_left=int(quarters.left[i]),
            qpv_people=int(quarters.people[i]),
            outcomes={c: OUTCOMES[found[0][i, k]] for k, c in enumerate(CHECK_IDS)},
            concerned={c: bool(found[1][i, k]) for k, c in enumerate(CHECK_IDS)},
        )


def run_checks(facts: PerimeterFacts, settings: Settings | None = None) -> tuple[tuple[Check, Finding], ...]:
    """Run every check on one perimeter, in order; each finding holds the communes to look at.

    Raises
    ------
    GeoInputError
        When the perimeter is empty.
    """
    chosen = settings or Settings()
    return tuple((check, check.run(facts, chosen)) for check in CHECKS)


def judge_moves(
    ground: IncidenceTables, codes: Iterable[str], moves: Sequence[Move], settings: Settings | None = None
) -> JudgedMoves:
    """Try moves on a perimeter and judge each result.

    Raises
    ------
    GeoInputError
        When the perimeter is empty or a move would empty it.
    """
    return JudgedMoves(try_moves(ground, codes, moves), settings or Settings())
