"""Size: inhabitants beside the guide's marker; small is never a fault."""

from __future__ import annotations

from geo import french as fr
from geo.guidance.check import DISCUSS, FAVORABLE, GUIDE_PERIMETER, VIGILANCE, Check, Decision, Judged, everywhere, pick
from geo.guidance.checks.rural import rural_remark
from geo.guidance.finding import Finding, Outcome
from geo.guidance.settings import Settings
from geo.moves import MoveBatch
from geo.perimeters import PerimeterFacts


def judge(batch: MoveBatch, settings: Settings) -> Judged:
    """Favourable up to the marker, to discuss up to the margin above it, a point of vigilance beyond."""
    people, marker = batch.population, settings.marker
    near = people <= marker * (1 + settings.around)
    return pick((people <= marker, FAVORABLE), (near, DISCUSS), otherwise=VIGILANCE), everywhere(batch)


def say(facts: PerimeterFacts, decision: Decision, settings: Settings) -> Finding:
    """Compare inhabitants with the marker."""
    people, marker = facts.population, settings.marker
    figures = {"population": people, "repere": marker, "rapport": people / marker if marker else None}
    counted = fr.inhabitants(people)
    about = f"le repère d’environ {fr.inhabitants(marker)}"
    if decision.outcome is Outcome.FAVORABLE:
        sentence = (
            f"Avec {counted}, le périmètre {'reste sous' if people < marker else 'atteint'} {about} "
            f"({fr.percent(people / marker, 0)} du repère)."
        )
        if people < settings.small:
            sentence += (
                " Le guide ne fixe pas de minimum ; il rappelle qu’un territoire très petit peut manquer de ressources."
            )
        return decision.finding(sentence, figures)
    if decision.outcome is Outcome.DISCUSS:
        over = fr.inhabitants(people - marker)
        sentence = f"Avec {counted}, le périmètre dépasse de {over} {about} ; le guide écrit « autour de », l’écart se discute."
        return decision.finding(sentence + rural_remark(facts), figures)
    sentence = (
        f"Avec {counted}, le périmètre dépasse de {fr.percent(people / marker - 1)} {about}. "
        "Plus un périmètre est vaste, plus la proximité est difficile à tenir."
    )
    return decision.finding(sentence + rural_remark(facts), figures)


CHECK = Check(
    id="taille",
    title="Taille",
    question="Le périmètre reste-t-il à une taille qui permet la proximité ?",
    measure="Habitants du périmètre, comparés au repère. Petit n’est jamais un défaut.",
    source=f"{GUIDE_PERIMETER}, préconisations",
    formula="habitants ÷ repère. Favorable jusqu’au repère ; à discuter jusqu’au repère augmenté de la marge ; point de vigilance au-delà.",
    limits="Le guide ne fixe aucun minimum et écrit « autour de » : la marge est un choix de cet outil. La population ne dit pas les besoins.",
    figures={
        "population": "habitants du périmètre",
        "repere": "repère de taille employé",
        "rapport": "habitants ÷ repère",
    },
    judge=judge,
    say=say,
    settings=("marker", "around", "small"),
)
