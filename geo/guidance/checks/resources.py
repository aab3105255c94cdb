"""Resources: the mental health places of the perimeter, where a list covers it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from geo import french as fr
from geo.guidance.check import DISCUSS, GUIDE_QUESTIONS, UNKNOWN, VIGILANCE, Check, Decision, Judged, everywhere, pick
from geo.guidance.finding import Finding, Outcome
from geo.guidance.settings import Settings
from geo.layers import NOT_LISTED, CarePlaces
from geo.moves import MoveBatch
from geo.perimeters import PerimeterFacts

_LACKING = "les lieux de santé mentale (CMP, CATTP, hôpitaux, GEM, associations d’usagers et de proches)"


def judge(batch: MoveBatch, _: Settings) -> Judged:
    """Unknown where the list stops short; a point of vigilance without any place.

    No reference rate exists: a count informs, and judges only when it is zero.
    """
    unknown = everywhere(batch, batch.ground.evidence.resources is None) | (batch.sums["unlisted"] > 0)
    none = np.asarray(batch.sums["places"] == 0)
    return pick((unknown, UNKNOWN), (none, VIGILANCE), otherwise=DISCUSS), np.asarray(unknown | none)


def say(facts: PerimeterFacts, decision: Decision, _: Settings) -> Finding:
    """Count mental health places inside."""
    found = facts.resources
    named = tuple(
        f"{actor.name} ({actor.said})." for actor in facts.evidence.actors if actor.codes & facts.perimeter.communes
    )
    if found is None:
        sentence = (
            "Les lieux de santé mentale (CMP, hôpitaux, GEM, associations d’usagers et de proches) ne sont pas dans les données : "
            "à établir avec le diagnostic local."
        )
        return decision.finding(sentence, details=named, missing=(_LACKING,))
    inside = found.inside(facts.rows)
    counts = {str(k): int(v) for k, v in inside["categorie"].value_counts().items()}
    figures = {"lieux": len(inside), "par_categorie": counts, "source": found.source, "millesime": found.vintage}
    details = (*(f"{category} : {fr.number(n)}." for category, n in counts.items()), *named)
    if decision.outcome is Outcome.UNKNOWN:
        return decision.finding(_reach(facts, found, len(inside)), figures, details, (_LACKING,))
    rate = len(inside) / facts.population * 100_000 if facts.population else 0.0
    figures["pour_100_000_habitants"] = rate
    origin = f"({found.source}, {found.vintage})"
    if decision.outcome is Outcome.VIGILANCE:
        sentence = f"Aucun lieu de soins en santé mentale dans le périmètre {origin} : sur qui s’appuyer, et où ?"
        return decision.finding(sentence, figures, details, (NOT_LISTED,))
    sentence = (
        f"{fr.count(len(inside), 'lieu', 'lieux')} de soins en santé mentale dans le périmètre {origin}, soit "
        f"{fr.number(rate, 1)} pour 100 000 habitants ({fr.number(len(inside))} pour {fr.number(facts.population)})."
    )
    return decision.finding(sentence, figures, details, (NOT_LISTED,))


def _reach(facts: PerimeterFacts, found: CarePlaces, known: int) -> str:
    """Say what the list covers of the perimeter, in inhabitants: nothing, or a part; and what is known there."""
    origin = f"liste {fr.of(found.source)}, {found.vintage}"
    covered = facts.table["departement"].isin(found.extent).to_numpy()
    if not covered.any():
        seen = f" ; {fr.count(known, 'lieu y est connu', 'lieux y sont connus')} malgré tout" if known else ""
        return f"Lieux de santé mentale : aucune donnée ici ({origin}, pour d’autres départements){seen}."
    people = int(facts.table["population"].to_numpy()[covered].sum())
    places = (
        fr.count(known, "lieu de santé mentale connu", "lieux de santé mentale connus")
        if known
        else "Aucun lieu de santé mentale connu"
    )
    return (
        f"{places} dans la partie du périmètre que la liste couvre : {fr.ratio(people, facts.population)} des habitants ({origin}). "
        "Ailleurs, inconnu."
    )


def communes(facts: PerimeterFacts) -> Iterable[int]:
    """Return the communes of the perimeter with a mental health place."""
    return () if facts.resources is None else (int(r) for r in facts.resources.inside(facts.rows)["row"])


CHECK = Check(
    id="ressources",
    title="Ressources",
    question="Sur quelles ressources du territoire s’appuyer ?",
    measure="Lieux de santé mentale dans le périmètre ; non évaluable tant que leur liste n’est pas synchronisée.",
    source=f"{GUIDE_QUESTIONS} (ressources)",
    formula="Lieux de soins en santé mentale des communes du périmètre ; lieux × 100 000 ÷ habitants. Aucun lieu : point de vigilance ; sinon : pour "
    "information, car aucun taux de référence n’existe.",
    limits="La liste vient de FINESS une fois synchronisée. GEM, associations d’usagers et de proches n’y sont pas. Un lieu compté ne dit ni ses moyens ni ses délais.",
    figures={
        "lieux": "lieux connus dans le périmètre",
        "par_categorie": "les mêmes, par catégorie",
        "pour_100_000_habitants": "lieux pour 100 000 habitants",
        "source": "source de la liste",
        "millesime": "millésime de la liste",
    },
    judge=judge,
    say=say,
    communes=communes,
)
