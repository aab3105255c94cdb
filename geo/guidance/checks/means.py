"""Means: the guide's four staffing scenarios and their yearly cost.

Apart because a check is one file.
"""

from __future__ import annotations

from geo.budget import COFUNDERS, SCENARIOS, SOURCE, staffing_rows
from geo.guidance.check import Check, Decision, informs
from geo.guidance.finding import Finding
from geo.guidance.settings import Settings
from geo.perimeters import PerimeterFacts


def say(facts: PerimeterFacts, decision: Decision, _: Settings) -> Finding:
    """Recall the scenarios beside the size of the perimeter."""
    sentence = "Le guide recommande un temps plein de coordination et un cofinancement par les collectivités, l’hôpital et l’ARS. "
    if len(facts.towns) > 1:
        sentence += "Il juge difficile de coordonner une intercommunalité avec 0,1 ETP."
    else:
        sentence += "Plus les objectifs sont nombreux, plus ce temps compte."
    details = [
        f"{s.label} : {s.cost} brut par an (charges salariales seules, ordre de grandeur 2024)." for s in SCENARIOS
    ]
    figures = {
        "scenarios": list(staffing_rows(facts.population, len(facts.towns))),
        "temps_plein_recommande": True,
        "cofinanceurs": list(COFUNDERS),
    }
    return decision.finding(sentence, figures, details)


CHECK = Check(
    id="moyens",
    title="Temps de coordination",
    question="Quel temps de coordination, et pour quel coût ?",
    measure="Les quatre scénarios de temps de coordination du guide et leur coût annuel.",
    source=SOURCE,
    formula="Les quatre scénarios de temps de coordination du guide et leur coût annuel brut. Ce repère informe, il ne juge pas.",
    limits="Charges salariales seules, ordre de grandeur 2024 : ni locaux, ni actions.",
    figures={
        "scenarios": "scénarios du guide",
        "temps_plein_recommande": "temps plein que le guide recommande",
        "cofinanceurs": "cofinanceurs cités par le guide",
    },
    judge=informs,
    say=say,
)
