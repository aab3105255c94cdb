"""The finding of a check: one of four outcomes, figures, a sentence, and what was missing to say more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """The outcomes of a check."""

    FAVORABLE = "favorable"
    DISCUSS = "à discuter"
    VIGILANCE = "point de vigilance"
    UNKNOWN = "non évaluable"


class Reach(StrEnum):
    """Whether a check judges, only informs, or does not concern this perimeter."""

    FINDING = "constat"
    INFORMATION = "pour information"
    NOT_CONCERNED = "sans objet"


@dataclass(frozen=True)
class Finding:
    """The finding of one check.

    `figures` are plain numbers and names under stable keys; `details` are lines to list under the sentence; `missing` says
    what would be needed to evaluate, or to evaluate in full; `estimated` marks figures that rest on an estimate; `where` holds
    the codes of the communes to look at on a map (the QPV left out, the sector cut, the piece apart), sorted.
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
