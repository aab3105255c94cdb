"""What a check says: one of four outcomes, figures, a sentence, and what was missing to say more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from geo.errors import GeoInputError


class Outcome(StrEnum):
    """What a check says."""

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
class Settings:
    """Every threshold in one place.

    The guide gives only the marker of about 200 000 inhabitants, the size of a big city (500 000), and the staffing
    scenarios. The rest are settings of this tool: `around` is the width of « about »; `small` is where the guide's remark
    on very small territories is recalled; `sliver` the share of a sector below which it is named apart; `central` the
    share of inhabitants that makes a town dominant. The limits of coordination in communes, area and span
    are ninth deciles of French EPCI, rounded (53 communes, 815 km², 42 km): beyond one of them a perimeter is vaster
    than about nine EPCI in ten. That of intercommunal bodies is a choice.
    """

    marker: int = 200_000
    around: float = 0.10
    small: int = 20_000
    big_city: int = 500_000
    sliver: float = 0.05
    central: float = 0.50
    max_communes: int = 50
    max_bodies: int = 3
    max_area_m2: float = 800e6
    max_span_m: float = 40_000.0

    def __post_init__(self) -> None:
        """Refuse settings that make no sense.

        Raises
        ------
        GeoInputError
            When the marker is not positive or another setting is negative.
        """
        if self.marker <= 0 or min(vars(self).values()) < 0:
            raise GeoInputError("Réglages : le repère doit être positif, et aucun réglage négatif.")


@dataclass(frozen=True)
class Finding:
    """What one check found.

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
