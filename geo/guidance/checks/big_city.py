"""Big city: above the guide's size, whether to cover the whole city or arrondissements."""

from __future__ import annotations

import numpy as np

from geo import french as fr
from geo.arrays import Bools, Ints
from geo.guidance.check import DISCUSS, FAVORABLE, GUIDE_QUESTIONS, Check, Decision, Judged, pick
from geo.guidance.finding import Finding, Outcome
from geo.guidance.settings import Settings
from geo.moves import MoveBatch, batch_of_one
from geo.perimeters import PerimeterFacts


def judge(batch: MoveBatch, settings: Settings) -> Judged:
    """To discuss where a big city is met; the question is for those that have arrondissements."""
    big = _big(batch, settings).any(axis=1)
    return pick((big, DISCUSS), otherwise=FAVORABLE), np.asarray(big & batch.ground.split[first_big(batch, settings)])


def first_big(batch: MoveBatch, settings: Settings) -> Ints:
    """Return the place of the big city that the check speaks of, after each move: the one with most inhabitants inside."""
    return batch.towns[0][np.where(_big(batch, settings), batch.town_people, -1.0).argmax(axis=1)]


def _big(batch: MoveBatch, settings: Settings) -> Bools:
    towns, met = batch.towns
    return np.asarray((met > 0) & (batch.ground.big[towns] > settings.big_city))


def say(facts: PerimeterFacts, decision: Decision, settings: Settings) -> Finding:
    """Report the big city, and how many of its arrondissements are inside."""
    if decision.outcome is Outcome.FAVORABLE:
        return decision.finding(f"Aucune ville de plus de {fr.inhabitants(settings.big_city)} dans le périmètre.")
    batch = batch_of_one(facts)
    code = batch.ground.town_codes[first_big(batch, settings)[0]]
    members = facts.atlas.members("commune", code)
    name, people, total = facts.town_name(code), int(facts.atlas.population[members].sum()), len(members)
    inside = int((facts.table["commune"] == code).sum())
    figures = {
        "ville": name,
        "population": people,
        "arrondissements": total if total > 1 else 0,
        "dans_le_perimetre": inside,
    }
    if not decision.concerned:
        return decision.finding(
            f"{name} compte {fr.inhabitants(people)} et n’a pas d’arrondissements ; "
            "la question du guide vise les villes qui en ont.",
            figures,
        )
    taken = "les prend tous" if inside == total else f"en prend {inside}"
    return decision.finding(
        f"{name} compte {fr.inhabitants(people)} et {facts.atlas.pieces_word(code, total)} ; le périmètre {taken}. "
        f"Couvrir la ville entière, {_pieces(facts, code)} se discute.",
        figures,
    )


def _pieces(facts: PerimeterFacts, code: str) -> str:
    """Name what of a city may be covered: an arrondissement or several, or a group of IRIS of a city that was opened."""
    if all(piece in facts.atlas.row and len(piece) > 5 for piece in facts.atlas.parts[code]):
        return "ou un groupe d’IRIS"
    return "un arrondissement ou un groupe d’arrondissements"


CHECK = Check(
    id="grande_ville",
    title="Grande ville",
    question="Faut-il couvrir par arrondissements ?",
    measure="Population des villes de plus de 500 000 habitants touchées, arrondissements pris.",
    source=f"{GUIDE_QUESTIONS} (échelle communale)",
    formula="Pour une ville au-delà du seuil : arrondissements pris dans le périmètre sur arrondissements de la ville. Sinon : sans objet.",
    limits="Seules Paris, Lyon et Marseille ont des arrondissements municipaux dans les données.",
    figures={
        "ville": "ville concernée",
        "population": "habitants de la ville",
        "arrondissements": "arrondissements de la ville",
        "dans_le_perimetre": "arrondissements dans le périmètre",
    },
    judge=judge,
    say=say,
    settings=("big_city",),
    blames=False,
)
