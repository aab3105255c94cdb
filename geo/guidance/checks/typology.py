"""Kind of territory: inhabitants of dense, intermediate and rural communes, and the determinants that they call for.

Apart because a check is one file.
"""

from __future__ import annotations

from geo import french as fr
from geo.communes import LABELS
from geo.guidance.check import GUIDE_PERIMETER, Check, Decision, informs
from geo.guidance.finding import Finding
from geo.guidance.settings import Settings
from geo.perimeters import PerimeterFacts

DETERMINANTS = {
    LABELS[1]: "En ville, l’urbanisme et le logement comptent d’abord.",
    LABELS[2]: "Le guide ne décrit que l’urbain et le rural : entre les deux, les déterminants de l’un et de l’autre sont à regarder.",
    LABELS[3]: "En rural, l’isolement, la rareté des ressources, l’éloignement et les moyens limités comptent d’abord.",
}  # fmt: skip


def say(facts: PerimeterFacts, decision: Decision, _: Settings) -> Finding:
    """Share inhabitants among urban, intermediate and rural communes, and name the determinants to look at."""
    density = facts.density
    people = {LABELS[k]: int(facts.classes.at[k, "population"]) for k in LABELS}
    figures = {"population_par_type": people, "methode": density.source, "estimation": density.estimated}
    if not facts.population:
        return decision.finding("Le périmètre n’a aucun habitant.", figures, estimated=density.estimated)
    parts = fr.listing(f"{fr.ratio(n, facts.population)} en {label}" for label, n in people.items() if n)
    weighty = [label for label, n in people.items() if n >= facts.population / 3]
    advice = " ".join(DETERMINANTS[label] for label in weighty)
    mark = " Classement estimé par la densité de population." if density.estimated else ""
    return decision.finding(f"Habitants : {parts}. {advice}{mark}", figures, estimated=density.estimated)


CHECK = Check(
    id="typologie",
    title="Typologie du territoire",
    question="Quels déterminants regarder, selon le type de territoire ?",
    measure="Part des habitants en commune urbaine dense, intermédiaire et rurale.",
    source=f"{GUIDE_PERIMETER}, préconisations",
    formula="Habitants en commune urbaine dense, urbaine intermédiaire et rurale ÷ habitants du périmètre. Les classes qui réunissent un tiers des "
    "habitants ou plus appellent leurs déterminants. Ce repère informe, il ne juge pas.",
    limits="Une commune entière a une seule classe, quelles que soient ses différences internes.",
    figures={
        "population_par_type": "habitants dans chaque classe",
        "methode": "grille employée",
        "estimation": "si la classe est une estimation",
    },
    judge=informs,
    say=say,
)
