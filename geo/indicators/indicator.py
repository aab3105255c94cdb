"""An indicator: what its figures count, out of whom, where they come from and what may be said of them."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from geo.errors import GeoInputError
from geo.visible import one_line

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MOST_LETTERS = 300  # of a label, a source or a note


class Grain(StrEnum):
    """The territories that the figures are published for, from the finest to the coarsest."""

    IRIS = "iris"
    COMMUNE = "commune"
    EPCI = "epci"
    DEPARTEMENT = "departement"
    REGION = "region"

    @property
    def rank(self) -> int:
        """0 for the finest."""
        return list(Grain).index(self)


class Measure(StrEnum):
    """What a figure is, and so what may be done with it."""

    COUNT = "effectif"  # a number of people or things: adds up
    RATIO = "rapport"  # a numerator and its denominator, which both add up; the rate is computed from the sums
    RATE = "taux"  # a rate alone (standardised, median, score): shown for its own territories, never averaged


class Direction(StrEnum):
    """What a larger figure means for the need."""

    WORSE = "plus c’est élevé, plus le besoin est grand"
    BETTER = "plus c’est élevé, moins le besoin est grand"
    NEITHER = "ne dit pas à lui seul un besoin"


@dataclass(frozen=True)
class Indicator:
    """What an indicator is.

    `label` names the figure as it is shown (« Décès par suicide »), `counted` what the numerator counts and `among` what the
    denominator does (« décès », « habitants »). A rate is `multiplier` × numerator / denominator, in `unit` (« pour 100 000
    habitants », « % », « € »). `secrecy` is the smallest number that may be shown: a numerator from 1 to `secrecy` − 1 is hidden
    (0: no rule). `least` is the denominator under which the producer advises no comparison (0: none told). `year` is the period as
    the source writes it, `source` who publishes it, `url` where ("" when it came in a file), `note` a warning that goes with every
    figure ("" for none). `set` names the table or the official set that it came in.
    """

    id: str
    label: str
    measure: Measure
    grain: Grain
    direction: Direction
    unit: str
    source: str
    year: str
    counted: str = ""
    among: str = ""
    multiplier: float = 1.0
    secrecy: int = 0
    least: float = 0.0
    url: str = ""
    note: str = ""
    set: str = ""
    decimals: int = 1

    def __post_init__(self) -> None:
        """Refuse an indicator that could not be named, sourced or computed.

        Raises
        ------
        GeoInputError
            With every problem, in French.
        """
        problems = []
        if not ID.fullmatch(self.id):
            problems.append(
                f"Indicateur « {one_line(self.id)} » : identifiant en minuscules, chiffres et tirets attendu."
            )
        for word, text in (("nom", self.label), ("source", self.source), ("année", self.year)):
            if not text.strip():
                problems.append(f"Indicateur « {one_line(self.id)} » : {word} à indiquer.")
            elif len(text) > MOST_LETTERS:
                problems.append(f"Indicateur « {one_line(self.id)} » : {word} de plus de {MOST_LETTERS} caractères.")
        if not self.multiplier > 0 or self.secrecy < 0 or self.least < 0 or not 0 <= self.decimals <= 6:
            problems.append(f"Indicateur « {one_line(self.id)} » : multiplicateur, seuil ou décimales impossibles.")
        if problems:
            raise GeoInputError(problems)

    def as_record(self) -> dict[str, Any]:
        """Return it as texts and numbers, for a file."""
        return {key: str(value) if isinstance(value, StrEnum) else value for key, value in asdict(self).items()}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Indicator:
        """Return what `as_record` wrote; keys of a newer program are passed over.

        Raises
        ------
        GeoInputError
            When it is no indicator.
        """
        known = {key: record[key] for key in cls.__dataclass_fields__ if key in record}
        try:
            kinds = {"measure": Measure, "grain": Grain, "direction": Direction}
            known |= {key: kind(known[key]) for key, kind in kinds.items()}
            return cls(**known)
        except (KeyError, TypeError, ValueError) as error:
            raise GeoInputError("Indicateur illisible : une de ses rubriques manque ou est inconnue.") from error
