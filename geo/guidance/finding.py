"""The finding of a check: one of five outcomes, figures, a sentence, and what was missing to say more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from geo import french as fr


class Outcome(StrEnum):
    """The outcomes of a check, in the order of a list; RESERVED when something that a favourable answer rests on is not known."""

    FAVORABLE = "favorable"
    RESERVED = "favorable, sous réserve"
    DISCUSS = "à discuter"
    VIGILANCE = "point de vigilance"
    UNKNOWN = "non évaluable"


# How an outcome reads, from worst to best; what is not known stands where a question does.
RANKS = {Outcome.VIGILANCE: 1, Outcome.DISCUSS: 2, Outcome.UNKNOWN: 2, Outcome.RESERVED: 3, Outcome.FAVORABLE: 4}
# What deserves attention first.
ATTENTION = (Outcome.VIGILANCE, Outcome.DISCUSS, Outcome.RESERVED, Outcome.FAVORABLE, Outcome.UNKNOWN)
_COUNTED = {
    Outcome.FAVORABLE: ("favorable", "favorables"),
    Outcome.RESERVED: ("favorable sous réserve", "favorables sous réserve"),
    Outcome.DISCUSS: ("à discuter", "à discuter"),
    Outcome.VIGILANCE: ("point de vigilance", "points de vigilance"),
    Outcome.UNKNOWN: ("non évaluable", "non évaluables"),
}


class Reach(StrEnum):
    """Whether a check judges, only informs, or does not concern this perimeter."""

    FINDING = "constat"
    INFORMATION = "pour information"
    NOT_CONCERNED = "sans objet"


# One letter each: the style of a badge, on the page and in the note.
TONES: Mapping[str, str] = {
    Outcome.FAVORABLE: "f",
    Outcome.RESERVED: "r",
    Outcome.DISCUSS: "d",
    Outcome.VIGILANCE: "v",
    Outcome.UNKNOWN: "n",
    Reach.INFORMATION: "i",
    Reach.NOT_CONCERNED: "s",
}


@dataclass(frozen=True)
class Finding:
    """The finding of one check.

    `figures` are plain numbers and names under stable keys; `details` are lines to list under the sentence; `missing` says
    what would be needed to evaluate, or to evaluate in full; `estimated` marks figures that rest on an estimate; `where` holds
    the codes of the communes to look at on a map (the QPV left out, the sector cut, the piece apart), sorted; `raised_by` names
    the settings whose crossing raised the outcome.
    """

    id: str
    outcome: Outcome
    sentence: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    details: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    reach: Reach = Reach.FINDING
    estimated: bool = False
    where: tuple[str, ...] = ()
    raised_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a favourable finding that lacks something: a fault of the check that made it.

        Raises
        ------
        ValueError
            When the finding is favorable and something is missing.
        """
        if self.outcome is Outcome.FAVORABLE and self.reach is Reach.FINDING and self.missing:
            raise ValueError(f"{self.id} : favorable, and something is missing: {self.missing}")

    @property
    def badge(self) -> str:
        """The outcome, or the reach of a check that does not judge."""
        return str(self.outcome if self.reach is Reach.FINDING else self.reach)

    @property
    def tone(self) -> str:
        """The style letter of the badge."""
        return TONES[self.badge]


def counted(outcome: Outcome, number: int) -> str:
    """Return the word of an outcome that goes with a number of checks: « favorables »."""
    return fr.noun(number, *_COUNTED[outcome])


def outcome_counts(findings: Iterable[Finding]) -> str:
    """Write how many checks that judge give each outcome, those that none gives left out; empty when none judges."""
    judged = [f.outcome for f in findings if f.reach is Reach.FINDING]
    return fr.listing(fr.count(judged.count(o), *words) for o, words in _COUNTED.items() if o in judged)
