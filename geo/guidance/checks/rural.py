"""Rural communes: those of the same intercommunal bodies, inside and left outside."""

from __future__ import annotations

from geo import french as fr
from geo.guidance.check import DISCUSS, FAVORABLE, GUIDE_PERIMETER, Check, Decision, Judged, pick
from geo.guidance.finding import Finding, Outcome
from geo.guidance.revitalisation import revitalisation_details
from geo.guidance.settings import Settings
from geo.kept import kept_on_subject
from geo.moves import MoveBatch
from geo.perimeters import PerimeterFacts


def judge(batch: MoveBatch, _: Settings) -> Judged:
    """To discuss when a rural commune of the same bodies is left outside; no concern where there is none at all."""
    bodies, atoms = batch.communities
    left = (atoms > 0) @ batch.ground.body_rural[bodies] - batch.sums["rural_owned"]
    return pick((left > 0, DISCUSS), otherwise=FAVORABLE), (left > 0) | (batch.sums["rural"] > 0)


@kept_on_subject
def left_outside(facts: PerimeterFacts) -> list[int]:
    """Return the rows of the rural communes of the same intercommunal bodies left outside, in order."""
    around = {int(r) for part in facts.communities for r in facts.atlas.members("community", part.code)}
    return [r for r in sorted(around - set(facts.rows.tolist())) if facts.density.rural[r]]


def say(facts: PerimeterFacts, decision: Decision, _: Settings) -> Finding:
    """Report which rural communes are inside and outside."""
    atlas, density, inside, left = facts.atlas, facts.density, facts.classes.loc[3], left_outside(facts)
    left_people = int(atlas.population[left].sum())
    figures = {
        "communes_rurales": int(inside["communes"]),
        "population_rurale": int(inside["population"]),
        "part_population_rurale": rural_share(facts),
        "communes_rurales_hors_perimetre": len(left),
        "population_rurale_hors_perimetre": left_people,
        "methode": density.source,
        "estimation": density.estimated,
    }
    mark = " Classement estimé par la densité de population." if density.estimated else ""
    zoning = revitalisation_details(facts)
    if not decision.concerned:
        sentence = "Ni le périmètre ni les intercommunalités concernées ne comptent de commune rurale." + mark
        return decision.finding(sentence, figures, zoning, estimated=density.estimated)
    served = (
        f"{fr.count(int(inside['communes']), 'commune rurale', 'communes rurales')} dans le périmètre, soit "
        f"{fr.ratio(int(inside['population']), facts.population)} des habitants."
    )
    if decision.outcome is Outcome.FAVORABLE:
        sentence = f"{served} Aucune commune rurale des intercommunalités concernées n’est laissée dehors.{mark}"
        return decision.finding(sentence, figures, zoning, estimated=density.estimated)
    outside = (
        f" {fr.count(len(left), 'commune rurale', 'communes rurales')} des mêmes intercommunalités "
        f"({fr.inhabitants(left_people)}) {'reste' if len(left) < 2 else 'restent'} hors du périmètre."
    )
    biggest = sorted(left, key=lambda r: -int(atlas.population[r]))
    details = (f"Hors du périmètre : {fr.listing((str(atlas.names[r]) for r in biggest), most=12)}.", *zoning)
    start = served if inside["communes"] else "Aucune commune rurale dans le périmètre."
    return decision.finding(start + outside + mark, figures, details, estimated=density.estimated)


def rural_share(facts: PerimeterFacts) -> float:
    """Return the share of the perimeter's inhabitants who live in rural communes."""
    return float(facts.classes.at[3, "population"]) / facts.population if facts.population else 0.0


def rural_remark(facts: PerimeterFacts) -> str:
    """Return the guide's remark on larger scales where most inhabitants are rural, empty elsewhere."""
    if rural_share(facts) <= 0.5:
        return ""
    mark = " (estimation)" if facts.density.estimated else ""
    return (
        f" La majorité des habitants vivent en commune rurale{mark} : "
        "le guide admet là une échelle plus large, pour mettre les moyens en commun."
    )


CHECK = Check(
    id="rural",
    title="Communes rurales",
    question="Les communes rurales de l’intercommunalité sont-elles servies ?",
    measure="Communes et habitants classés ruraux, dans le périmètre et laissés dehors dans les mêmes intercommunalités.",
    source=f"{GUIDE_PERIMETER}, préconisations",
    formula="Communes de la classe « rural » dans le périmètre, et celles des mêmes intercommunalités laissées dehors. Aucune dehors : favorable ; sinon : à discuter.",
    limits="Sans la grille de densité de l’INSEE, la classe est estimée par la densité de la commune entière.",
    figures={
        "communes_rurales": "communes rurales du périmètre",
        "population_rurale": "leurs habitants",
        "part_population_rurale": "leurs habitants ÷ habitants du périmètre",
        "communes_rurales_hors_perimetre": "communes rurales des mêmes intercommunalités laissées dehors",
        "population_rurale_hors_perimetre": "leurs habitants",
        "methode": "grille employée",
        "estimation": "si la classe est une estimation",
    },
    judge=judge,
    say=say,
    communes=left_outside,
)
