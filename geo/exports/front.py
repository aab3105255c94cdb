"""The first page of a note, which stands alone: what is proposed, for whom, strengths, points to discuss, question, calendar, cost.

Nothing is computed here: the figures are those of `MEASURES`, the points those of the checks, cut at the end of a sentence. What
only the people of the territory know is a blank that says what it waits for. The file for a council (geo/dossier) says these
same words everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from geo import french as fr
from geo.budget import BETWEEN_THEM, NO_BUDGET, RECOMMENDED, Budget, costed, euros_text, posts_text, summary_sentence
from geo.comparison import Evaluated
from geo.guidance import MEASURES, Finding, Intent, Outcome, Project, Reach, the_clsm
from geo.layers import LayerId

MOST_POINTS = 3
POINT_LENGTH = 160  # characters of a point, whole sentences
LONGER = 70  # what a single sentence may take more, before it is cut
MOST_TOWNS = 8  # named in the proposal
NO_STRENGTH = "Aucun repère n’est favorable tel que ce périmètre est dessiné."
NO_POINT = "Aucun repère n’appelle de discussion ; les questions du guide, en annexe, restent à poser."
COST_SOURCE = "Guide 2025, « Cadre de travail » et annexe 1"
BLANK_MARK = re.compile(r"\[à compléter[^\]]*\]")
# How a check begins the sentence that says what is to be discussed: what crosses a threshold, what is left outside.
_REASON = re.compile(r"À regarder|Laissés? dehors|[\d\s]+communes? rurales? limitrophes? des mêmes")
_TO_THE_USER = re.compile(r"\s?:\s*si c’est pour l’élargir, dites-le \([^)]*\)|, dites lequel")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-ÖØ-Þ0-9«])")
_GOOD = (Outcome.FAVORABLE, Outcome.RESERVED)
_TO_DISCUSS = (Outcome.VIGILANCE, Outcome.DISCUSS, Outcome.UNKNOWN)


def blank(what: str) -> str:
    """Return the mark of what is to be filled in by hand; every document shows it in colour."""
    return f"[à compléter : {what}]"


@dataclass(frozen=True)
class Point:
    """What a check says, in short and in whole sentences, with its badge and its source."""

    title: str
    text: str
    badge: str
    source: str
    whole: str


@dataclass(frozen=True)
class Front:
    """The first page, as texts: `figures` are (value, what it is), `calendar` (step, when)."""

    proposal: str
    figures: tuple[tuple[str, str], ...]
    strengths: tuple[Point, ...]
    points: tuple[Point, ...]
    question: str
    calendar: tuple[tuple[str, str], ...]
    cost: str
    no_strength: str = NO_STRENGTH
    no_point: str = NO_POINT


def front_of(found: Evaluated, answers: Iterable[tuple[str, str]] = (), budget: Budget = NO_BUDGET) -> Front:
    """Return the first page of an evaluated perimeter; `answers` are those to the guide's questions, by question; `budget` is what its
    author chose: while no post is, the cost is that of the full-time post that the guide recommends."""
    return Front(
        proposal=_proposal(found),
        figures=_figures(found, budget),
        strengths=_points(found, _GOOD, (Reach.FINDING,)),
        points=_points(found, _TO_DISCUSS, (Reach.FINDING, Reach.INFORMATION)),
        question=question_of(found),
        calendar=_calendar(dict(answers)),
        cost=cost_text(found, budget),
    )


def measured(found: Evaluated, measure: str) -> str:
    """Write a figure of MEASURES as every page writes it, with what limits it."""
    return next(m.text(found.values[m.id]) for m in MEASURES if m.id == measure)


def aim(found: Evaluated) -> str:
    """Say what the project does, after « de »: « créer un conseil local de santé mentale (CLSM) ».

    Where a CLSM is known on these communes and nothing was said, it may be meant to enlarge it: a blank.
    """
    project = found.settings.project
    known = _clsm_names(found, project)
    if project.intent is Intent.MERGE and len(known) == 1:
        known.append(blank("l’autre CLSM"))
    names = fr.listing(known)
    if project.intent is Intent.ENLARGE:
        return f"élargir {names or 'un CLSM'}"
    if project.intent is Intent.MERGE:
        return f"fusionner {names or 'plusieurs CLSM'}"
    if unsaid_beside_clsm(found):
        return f"{blank('créer, élargir ou fusionner')} un conseil local de santé mentale (CLSM)"
    return "créer un conseil local de santé mentale (CLSM)"


def of_aim(found: Evaluated) -> str:
    """Say what the project does with its « de »: « d’élargir le CLSM de X »."""
    return fr.of(aim(found))


def unsaid_beside_clsm(found: Evaluated) -> bool:
    """Tell whether the project was not said, while a CLSM is known on its communes."""
    return found.settings.project.intent is Intent.UNSAID and bool(found.facts.overlaps[LayerId.CLSM])


def _clsm_names(found: Evaluated, project: Project) -> list[str]:
    zones = found.facts.crosswalk.layers[LayerId.CLSM].zones
    names = [
        str(zones.at[i, "nom"]) if i in zones.index else blank("nom du CLSM, absent des données d’ici")
        for i in project.clsm
    ]
    return [n if n.startswith(("le ", "[")) else f"le CLSM « {n} »" for n in map(the_clsm, names)]


def where(found: Evaluated) -> str:
    """Name the départements of a perimeter."""
    departements = found.facts.atlas.departements
    return fr.listing(f"{departements.at[d, 'nom']} ({d})" for d in found.facts.departements)


def towns(found: Evaluated, most: int | None = None) -> str:
    """Name what a perimeter is made of, the most populous first: communes, the arrondissements of a city taken in part."""
    return fr.listing((name for name, _ in found.facts.made_of), most)


def _proposal(found: Evaluated) -> str:
    facts = found.facts
    return fr.typeset(
        f"Il est proposé {of_aim(found)} sur {facts.size_text} : {towns(found, MOST_TOWNS)}. "
        f"{fr.inhabitants(facts.population)} (population municipale {facts.population_year}), {where(found)}."
    )


def _figures(found: Evaluated, budget: Budget) -> tuple[tuple[str, str], ...]:
    people = found.facts.population
    return tuple(
        (value, fr.typeset(label))
        for value, label in (
            (fr.number(people), f"{fr.noun(people, 'habitant')}, population municipale {found.facts.population_year}"),
            (measured(found, "qpv"), _quarters_label(found)),
            (measured(found, "rural"), _rural_label(found)),
            cost_figure(found, budget),
        )
    )


def _quarters_label(found: Evaluated) -> str:
    number = found.values["qpv"].number
    if not number:
        return "QPV touché"
    people = measured(found, "qpv_habitants").replace("inconnu", "nombre inconnu")
    return f"{fr.noun(number, 'QPV touché ; ses', 'QPV touchés ; leurs')} habitants : {people}"


def _rural_label(found: Evaluated) -> str:
    people, value = found.facts.population, found.values["rural"]
    rural = value.number or 0.0
    about = "environ " if value.estimated else ""
    share = f", soit {about}{fr.percent(rural / people)}" if people else ""
    return f"{fr.noun(rural, 'habitant')} en commune rurale{share}"


def figure_line(value: str, label: str) -> str:
    """Write a figure and what it is on one line: « 4 QPV touchés », « QPV touché : aucun connu »."""
    if any(sign.isdigit() for sign in value):
        return f"{value} {label}"
    return fr.typeset(f"{label[0].upper()}{label[1:]} : {value}")


def cost_figure(found: Evaluated, budget: Budget) -> tuple[str, str]:
    """Return the cost per inhabitant a year, and what it is for."""
    costing = costed(budget, found.facts)
    if costing.per_inhabitant is None:
        return measured(found, "temps_plein"), "par habitant et par an, pour un temps plein de coordination"
    least = "au moins " if costing.lacking else ""
    each = f"{least}{fr.number(costing.per_inhabitant, 2)}{fr.NBSP}€"
    return each, f"par habitant et par an, budget choisi pour {posts_text(budget.posts)}"


def cost_text(found: Evaluated, budget: Budget = NO_BUDGET) -> str:
    """Say what the coordination costs, in all and per inhabitant: the budget chosen, else what the guide recommends."""
    costing = costed(budget, found.facts)
    if costing.total is not None:
        parts = fr.listing(f"{part.name} {euros_text(part.cents)}" for part in costing.parts)
        shared = f"Qui porte quoi, par an : {parts}." if parts else "Qui porte quoi reste à choisir."
        return fr.typeset(f"{summary_sentence(budget, costing)} {shared} Ordres de grandeur : {COST_SOURCE}.")
    return fr.typeset(
        f"Le guide recommande un temps plein de coordination : {RECOMMENDED.cost} brut par an (charges salariales, ordre de grandeur 2024)"
        f"{_each(found)}, avant partage entre {BETWEEN_THEM}. "
        f"Le fonctionnement et les actions sont en plus. Source : {COST_SOURCE}."
    )


def _each(found: Evaluated) -> str:
    known = found.values["temps_plein"].number is not None
    return f", soit {measured(found, 'temps_plein')} par habitant et par an" if known else ""


def question_of(found: Evaluated) -> str:
    """Put the question to the council."""
    return fr.typeset(
        f"Le conseil approuve-t-il le principe {of_aim(found)} sur ce périmètre {found.facts.of_size}, et autorise-t-il son exécutif à engager "
        "la démarche avec la psychiatrie publique, les personnes concernées, les aidants et l’agence régionale de santé (ARS) ?"
    )


def _points(found: Evaluated, outcomes: tuple[Outcome, ...], reaches: tuple[Reach, ...]) -> tuple[Point, ...]:
    """Return the first checks by outcome, those that judge before those that inform."""
    ranked = sorted(
        ((reaches.index(f.reach), outcomes.index(f.outcome), i) for i, (_, f) in enumerate(found.findings)
         if f.reach in reaches and f.outcome in outcomes)
    )  # fmt: skip
    chosen = [found.findings[i] for _, _, i in ranked[:MOST_POINTS]]
    return tuple(Point(c.title, in_short(f), f.badge, fr.typeset(c.source), on_paper(f)) for c, f in chosen)


def on_paper(finding: Finding) -> str:
    """Return the sentences of a finding without what is said to who holds the mouse."""
    return fr.typeset(_TO_THE_USER.sub("", finding.sentence))


def in_short(finding: Finding, most: int = POINT_LENGTH) -> str:
    """Return the first sentences of a finding, what it says to look at before the rest: as many as fit, one at least; a first
    sentence that is too long is cut."""
    sentences = sorted(_SENTENCE.split(on_paper(finding)), key=lambda s: not _REASON.match(s))
    kept = ""
    for sentence in sentences:
        longer = f"{kept} {sentence}".strip()
        if kept and len(longer) > most:
            break
        kept = longer
    return fr.shortened(kept, most + LONGER)


def _calendar(answers: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the steps with when they come: dates are blanks, rhythms are the guide's."""
    stages = answers.get("etapes") or answers.get("etapes-suite") or ""
    steps = [
        ("Délibération du conseil", blank("date de la séance")),
        ("Rencontre des élus, de la psychiatrie, des personnes concernées et des aidants", blank("date")),
        ("Diagnostic partagé et feuille de route", blank("période")),
        ("Signature de la convention et recrutement de la coordination", blank("date")),
        ("Comité de pilotage, puis assemblée plénière", "au moins deux fois par an, puis une fois par an (guide)"),
    ]
    if stages:
        steps.append(("Étapes écrites par les auteurs", fr.shortened(" ".join(stages.split()), 160)))
    return tuple((step, fr.typeset(when)) for step, when in steps)
