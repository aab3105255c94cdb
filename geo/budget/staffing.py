"""The guide's four staffing scenarios as data, beside the size of a perimeter.

Figures are the guide's (Guide 2025, annexe 1): yearly gross salary costs of 2024, salary charges only. The cost per inhabitant
is a plain division, given as an order of magnitude.
"""

from __future__ import annotations

from dataclasses import dataclass

from geo import french as fr

SOURCE = "Guide 2025, « Cadre de travail » (temps de travail) et annexe 1"
COFUNDERS = ("collectivités locales", "hôpital", "agence régionale de santé")
BETWEEN_THEM = "les collectivités locales, l’hôpital et l’agence régionale de santé"  # the same, in a sentence
EUROS_PER_POST = 60_000  # the guide, for one full-time post and in proportion: 30 000 for a half, 6 000 for a tenth
HARD_BELOW_FTE = 0.1  # the guide: hard to hold on an intercommunal perimeter


@dataclass(frozen=True)
class Staffing:
    """A staffing scenario: full-time equivalents from and to (None: no upper end), yearly cost in euros it starts from."""

    label: str
    cost: str
    fte_from: float
    fte_to: float | None
    euros: int

    @property
    def basis(self) -> str:
        """What the cost per inhabitant takes: « 2 ETP, 120 000 € »."""
        decimals = 0 if self.fte_from.is_integer() else 1
        return f"{fr.number(self.fte_from, decimals)}{fr.NBSP}ETP, {fr.number(self.euros)}{fr.NBSP}€"

    def per_inhabitant(self, population: int) -> float | None:
        """Return the yearly cost in euros per inhabitant of a perimeter, at the scenario's lower end."""
        return self.euros / population if population else None


SCENARIOS = (
    Staffing("Par plusieurs temps pleins", "à partir de 60 000 € par temps plein", 2.0, None, 120_000),
    Staffing("Par un temps plein", "environ 60 000 €", 1.0, 1.0, 60_000),
    Staffing(
        "Par un mi-temps ou plus, sans aller au temps plein", "à partir de 30 000 € pour 0,5 ETP", 0.5, 1.0, 30_000
    ),
    Staffing("Par moins d’un mi-temps", "à partir de 6 000 € pour 0,1 ETP", 0.1, 0.5, 6_000),
)
RECOMMENDED = SCENARIOS[1]


def staffing_rows(population: int, communes: int) -> tuple[dict[str, object], ...]:
    """Return the four scenarios beside a perimeter of so many inhabitants and communes, ready for a table."""
    return tuple(
        {
            "temps": s.label,
            "cout_annuel_brut": s.cost,
            "etp_de": s.fte_from,
            "etp_a": s.fte_to,
            "euros_a_partir_de": s.euros,
            "euros_par_habitant": s.per_inhabitant(population),
            "habitants_par_etp": population / s.fte_from,
            "recommande": s is RECOMMENDED,
            "remarque": _remark(s, communes),
        }
        for s in SCENARIOS
    )


def _remark(scenario: Staffing, communes: int) -> str:
    if scenario is RECOMMENDED:
        return "Recommandé par le guide."
    if scenario.fte_from <= HARD_BELOW_FTE and communes > 1:
        return "À 0,1 ETP, le guide juge difficile de coordonner une intercommunalité."
    return ""


def per_inhabitant_text(scenario: Staffing, population: int) -> str:
    """Write the cost per inhabitant with what it takes: « 0,28 € par habitant et par an, pour 1 ETP, 60 000 € »."""
    cost = scenario.per_inhabitant(population)
    return "" if cost is None else f"{fr.number(cost, 2)}{fr.NBSP}€ par habitant et par an, pour {scenario.basis}"
