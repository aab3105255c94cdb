"""Département and ARS: whether the perimeter lies in several départements, or answers to several regional health agencies.

The guide does not ask it; this tool does, as whoever decides is not the same on both sides.
"""

from __future__ import annotations

import numpy as np

from geo import french as fr
from geo.guidance.check import DISCUSS, FAVORABLE, Check, Decision, Judged, pick
from geo.guidance.finding import Finding
from geo.guidance.settings import Settings
from geo.moves import MoveBatch
from geo.perimeters import PerimeterFacts

OURS = "Ajout de cet outil, absent du guide"


def judge(batch: MoveBatch, _: Settings) -> Judged:
    """To discuss in several départements; no concern in one. Several agencies are said, and weigh no more: the rule is ours."""
    several = (batch.departements[1] > 0).sum(axis=1) > 1
    return pick((several, DISCUSS), otherwise=FAVORABLE), np.asarray(several)


def say(facts: PerimeterFacts, decision: Decision, _: Settings) -> Finding:
    """Name the départements and agencies, with the inhabitants of each."""
    atlas = facts.atlas
    people = facts.table.groupby("departement")["population"].sum()
    regions = facts.table.groupby("region")["population"].sum()
    where = [(f"{atlas.departements.at[d, 'nom']} ({d})", int(people[d])) for d in facts.departements]
    agencies = [(f"ARS {atlas.regions.at[r, 'nom']}", int(n)) for r, n in regions.sort_values(ascending=False).items()]
    figures = {"departements": dict(where), "agences_regionales_de_sante": dict(agencies)}
    if not decision.concerned:
        return decision.finding(f"Un seul département : {where[0][0]} ({agencies[0][0]}).", figures)
    listed = fr.listing(f"{name}, {fr.inhabitants(n)}" for name, n in sorted(where, key=lambda w: -w[1]))
    if len(agencies) == 1:
        sentence = (
            f"À cheval sur {len(where)} départements de la même agence ({agencies[0][0]}) : {listed}. Autant de préfectures et, en "
            "général, de projets territoriaux de santé mentale (PTSM) : à accorder."
        )
        return decision.finding(sentence, figures)
    shared = fr.listing(f"{name}, {fr.inhabitants(n)}" for name, n in agencies)
    sides = "des deux côtés" if len(agencies) == 2 else "de chaque côté"
    sentence = (
        f"Attention : {len(agencies)} agences régionales de santé ({shared}) et {len(where)} départements ({listed}). Aucune ne décide "
        f"seule : l’accord de chacune, et de la psychiatrie {sides}, est à demander avant d’aller plus loin."
    )
    return decision.finding(sentence, figures)


CHECK = Check(
    id="departements",
    title="Département, ARS",
    question="Le périmètre reste-t-il dans un seul département et une seule agence régionale de santé ?",
    measure="Départements et régions du périmètre, habitants de chacun.",
    source=OURS,
    formula="Un seul département : sans objet ; plusieurs : à discuter, et davantage de précautions quand les agences sont plusieurs. Ce repère "
    "est de cet outil : il ne va jamais au-delà de « à discuter ».",
    limits="Le guide n’en dit rien. Un périmètre à cheval est possible ; il demande plus d’accords.",
    figures={
        "departements": "habitants de chaque département dans le périmètre",
        "agences_regionales_de_sante": "habitants de chaque région dans le périmètre, son agence",
    },
    judge=judge,
    say=say,
)
