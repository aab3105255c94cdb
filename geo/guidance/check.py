"""The form of a check: its words, and the three functions that decide its outcome, write its sentence and name its communes.

`judge` decides on a whole batch of perimeters at once; a single perimeter is a batch of one. `say` writes from that
decision and cannot change it: the finding takes its outcome from the `Decision`.

A check says what a favourable answer rests on (`Basis`). Where something of that is not known, favourable becomes favourable
with a reservation, and the finding says what is missing; both come from the same list, so neither can stand without the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.arrays import Bools
from geo.guidance.finding import Finding, Outcome, Reach
from geo.guidance.settings import Settings
from geo.moves import MoveBatch, batch_of_one
from geo.perimeters import PerimeterFacts

# Outcomes on arrays are places in OUTCOMES.
OUTCOMES = tuple(Outcome)
FAVORABLE, RESERVED, DISCUSS, VIGILANCE, UNKNOWN = range(len(OUTCOMES))
Codes = npt.NDArray[np.int8]
Judged = tuple[Codes, Bools]  # outcome after each move, and whether the check judges there
GUIDE_PERIMETER = "Guide 2025, « Périmètre géographique des CLSM »"
GUIDE_QUESTIONS = f"{GUIDE_PERIMETER}, questions à se poser"


@dataclass(frozen=True)
class Decision:
    """The outcome of one check for one perimeter, whether the check judges there, and what it rests on that is not known."""

    check: str
    outcome: Outcome
    concerned: bool
    lacking: tuple[str, ...] = ()

    @property
    def reach(self) -> Reach:
        """A check that does not judge informs when there is something to discuss, and else does not concern the perimeter."""
        if self.concerned:
            return Reach.FINDING
        return Reach.INFORMATION if self.outcome is Outcome.DISCUSS else Reach.NOT_CONCERNED

    def finding(
        self,
        sentence: str,
        figures: Mapping[str, Any] | None = None,
        details: Sequence[str] = (),
        missing: Sequence[str] = (),
        *,
        estimated: bool = False,
        raised_by: Sequence[str] = (),
    ) -> Finding:
        """Return the finding of this decision, in these words; `missing` adds to what the check rests on that is not known."""
        lacking = tuple(dict.fromkeys((*self.lacking, *missing)))
        return Finding(
            self.check, self.outcome, sentence, figures or {}, tuple(details), lacking, self.reach, estimated,
            raised_by=tuple(raised_by),
        )  # fmt: skip


def nowhere(_: PerimeterFacts) -> Iterable[int]:
    """Return no commune: for a check that speaks of the perimeter as a whole."""
    return ()


@dataclass(frozen=True)
class Basis:
    """Something that a favourable answer rests on: whether it is known after each move, and what is missing where it is not."""

    known: Callable[[MoveBatch], Bools]
    lacking: Callable[[PerimeterFacts], Iterable[str]]


@dataclass(frozen=True)
class Check:
    """A question of the guide.

    `measure` is what is measured to answer it, `formula` how the outcome is reached, `limits` what it does not say, `figures`
    the meaning of each key of the finding's figures, `settings` the fields of Settings that it uses (in words in
    geo.guidance.settings_labels). `judge` returns outcomes and whether the check judges, both one value a move of the batch, the
    perimeter as it is first; `bases` is what a favourable outcome of it rests on. `say` writes the finding of a decision. `communes`
    returns the rows of the communes to look at on a map, or `communes_for` where they depend on the settings. `blames` is False for a
    check that asks a question without finding fault: a suggestion gains nothing by turning it.
    """

    id: str
    title: str
    question: str
    measure: str
    source: str
    formula: str
    limits: str
    figures: Mapping[str, str] = field(hash=False)
    judge: Callable[[MoveBatch, Settings], Judged]
    say: Callable[[PerimeterFacts, Decision, Settings], Finding]
    communes: Callable[[PerimeterFacts], Iterable[int]] = nowhere
    communes_for: Callable[[PerimeterFacts, Settings], Iterable[int]] | None = None
    settings: tuple[str, ...] = ()
    blames: bool = True
    bases: tuple[Basis, ...] = ()

    def outcomes(self, batch: MoveBatch, settings: Settings) -> Judged:
        """Judge a batch, with a reservation where a favourable outcome rests on something that is not known."""
        found, concerned = self.judge(batch, settings)
        for basis in self.bases:
            found = np.where(concerned & (found == FAVORABLE) & ~basis.known(batch), RESERVED, found).astype(np.int8)
        return found, concerned

    def decide(self, facts: PerimeterFacts, settings: Settings) -> Decision:
        """Decide the outcome for one perimeter.

        Raises
        ------
        GeoInputError
            When the perimeter is empty.
        """
        batch = batch_of_one(facts)
        outcomes, concerned = self.outcomes(batch, settings)
        lacking = [
            text for basis in self.bases if concerned[0] and not basis.known(batch)[0] for text in basis.lacking(facts)
        ]
        return Decision(self.id, OUTCOMES[outcomes[0]], bool(concerned[0]), tuple(lacking))

    def run(self, facts: PerimeterFacts, settings: Settings) -> Finding:
        """Return the finding for one perimeter, with the codes of the communes that it speaks of."""
        finding = self.say(facts, self.decide(facts, settings), settings)
        rows = self.communes_for(facts, settings) if self.communes_for else self.communes(facts)
        codes = sorted({str(facts.atlas.codes[r]) for r in rows})
        return replace(finding, where=tuple(codes))


def pick(*choices: tuple[npt.ArrayLike, int], otherwise: int) -> Codes:
    """Return for each move the first outcome whose condition holds."""
    found = np.full(np.shape(choices[0][0]), otherwise, dtype=np.int8)
    for condition, outcome in reversed(choices):
        found[np.asarray(condition, dtype=bool)] = outcome
    return found


def everywhere(batch: MoveBatch, value: bool = True) -> Bools:
    """Return the same answer after every move."""
    return np.full(len(batch.moves) + 1, value)


def unconcerned(batch: MoveBatch) -> Judged:
    """Judge nothing, as the question does not arise."""
    return np.full(len(batch.moves) + 1, FAVORABLE, dtype=np.int8), everywhere(batch, False)


def informs(batch: MoveBatch, _: Settings) -> Judged:
    """Judge nothing: for a check that only informs."""
    return np.full(len(batch.moves) + 1, DISCUSS, dtype=np.int8), everywhere(batch, False)
