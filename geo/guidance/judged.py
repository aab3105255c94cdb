"""Perimeters judged under given settings: the findings of one, and the outcomes of every check after each of many moves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.arrays import Bools
from geo.guidance.check import OUTCOMES, Check, Decision
from geo.guidance.checks import CHECKS
from geo.guidance.checks.coordination import bodies_after
from geo.guidance.finding import Finding, Outcome, Reach
from geo.guidance.sector_shares import sectors_listed_after
from geo.guidance.settings import Settings
from geo.layers import LayerId
from geo.moves import IncidenceTables, Move, MoveBatch, try_moves
from geo.perimeters import PerimeterFacts

CHECK_IDS = tuple(check.id for check in CHECKS)


@dataclass(frozen=True)
class Measures:
    """Figures of one perimeter.

    `sector_people_outside` counts the inhabitants of the adult sectors met who are left outside, for the sectors whose
    composition is known (`sectors_unknown` counts the others; `sectors_listed` says whether every adult sector is known). `qpv_people` adds the populations published for the QPV
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
    sectors_listed: bool
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

    @cached_property
    def _figures(self) -> dict[str, list[Any]]:
        """The figures of Measures after each move, as plain values by name, without the outcomes."""
        batch, sectors, quarters = self.batch, self.batch.zones.sectors(), self.batch.quarters
        counts = {
            "population": batch.population, "atoms": batch.sums["atoms"], "communes": (batch.towns[1] > 0).sum(axis=1),
            "epci": batch.epci, "communities": bodies_after(batch), "pieces": batch.pieces,
            "sectors": sectors.met.sum(axis=1), "sectors_cut": sectors.cut.sum(axis=1), "sectors_unknown": sectors.unknown.sum(axis=1),
            "sector_people_outside": sectors.outside.sum(axis=1), "qpv": quarters.inside, "qpv_left": quarters.left,
            "qpv_people": quarters.people,
        }  # fmt: skip
        return {
            **{name: np.asarray(found).astype(np.int64).tolist() for name, found in counts.items()},
            "area_m2": batch.sums["area_m2"].tolist(),
            "sectors_listed": sectors_listed_after(batch, LayerId.ADULT_SECTORS).tolist(),
            "span_m": [None if math.isnan(span) else span for span in batch.span_m.tolist()],
        }

    @cached_property
    def _outcomes(self) -> list[tuple[dict[str, Outcome], dict[str, bool]]]:
        """The outcome of each check after each move, and whether it judges there."""
        return [
            (dict(zip(CHECK_IDS, (OUTCOMES[k] for k in row), strict=True)), dict(zip(CHECK_IDS, judges, strict=True)))
            for row, judges in zip(*(found.tolist() for found in self.outcomes), strict=True)
        ]

    def measures(self, i: int) -> Measures:
        """Return the figures after move i (0 for the perimeter as it is)."""
        outcomes, concerned = self._outcomes[i]
        figures = {name: found[i] for name, found in self._figures.items()}
        return Measures(**figures, outcomes=outcomes, concerned=concerned)


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
