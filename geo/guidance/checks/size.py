"""Size: inhabitants beside the guide's marker above, and beside a setting of this tool below."""

from __future__ import annotations

from geo import french as fr
from geo.guidance.check import DISCUSS, FAVORABLE, GUIDE_PERIMETER, VIGILANCE, Check, Decision, Judged, everywhere, pick
from geo.guidance.checks.rural import rural_remark
from geo.guidance.finding import Finding, Outcome
from geo.guidance.settings import Settings
from geo.moves import MoveBatch
from geo.perimeters import PerimeterFacts


def judge(batch: MoveBatch, settings: Settings) -> Judged:
    """Favourable up to the marker, to discuss up to the margin above it, a point of vigilance beyond; to discuss when very small.

    The guide states no minimum and says that too small a territory may lack resources: the setting only opens the question.
    """
    people, marker = batch.population, settings.marker
    near = people <= marker * (1 + settings.around)
    small = (people < settings.small) & near
    return pick((small, DISCUSS), (people <= marker, FAVORABLE), (near, DISCUSS), otherwise=VIGILANCE), everywhere(
        batch
    )


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
        return decision.finding(sentence, figures)
    if decision.outcome is Outcome.DISCUSS and people <= marker:
        sentence = (
            f"Avec {counted}, le périmètre est très petit (moins de {fr.inhabitants(settings.small)}). Le guide ne fixe pas de "
            "minimum, mais un territoire trop restreint peut manquer des ressources dont un CLSM a besoin : "
            "y en a-t-il assez ici, ou avec quels voisins les réunir ?"
        )
        return decision.finding(sentence, figures, raised_by=("small",))
    if decision.outcome is Outcome.DISCUSS:
        over = fr.inhabitants(people - marker)
        sentence = f"Avec {counted}, le périmètre dépasse de {over} {about} ; le guide écrit « autour de », l’écart se discute."
        return decision.finding(sentence + rural_remark(facts), figures, raised_by=("marker",))
    sentence = (
        f"Avec {counted}, le périmètre dépasse de {fr.percent(people / marker - 1)} {about}. "
        "Plus un périmètre est vaste, plus la proximité est difficile à tenir."
    )
    return decision.finding(sentence + rural_remark(facts), figures, raised_by=("marker",))


CHECK = Check(
    id="taille",
    title="Taille",
    question="Le périmètre est-il assez petit pour la proximité, et assez grand pour réunir des ressources ?",
    measure="Habitants du périmètre, comparés au repère du guide, et au seuil « très petit territoire » de cet outil.",
    source=f"{GUIDE_PERIMETER}, préconisations ; questions à se poser (ressources)",
    formula="habitants ÷ repère. Favorable jusqu’au repère ; à discuter jusqu’au repère augmenté de la marge ; point de vigilance au-delà. "
    "Sous le seuil « très petit territoire » : à discuter, car un territoire trop restreint peut manquer de ressources.",
    limits="Le guide ne fixe aucun minimum et écrit « autour de » : la marge et le seuil « très petit » sont des choix de cet outil, et ne font jamais plus que poser une question. La population ne dit pas les besoins.",
    figures={
        "population": "habitants du périmètre",
        "repere": "repère de taille employé",
        "rapport": "habitants ÷ repère",
    },
    judge=judge,
    say=say,
    settings=("marker", "around", "small"),
)
