"""Elected officials: the local authorities to involve, with those that the perimeter cuts."""

from __future__ import annotations

from geo import french as fr
from geo.guidance.check import GUIDE_QUESTIONS, Check, Decision, informs
from geo.guidance.finding import Finding
from geo.guidance.settings import Settings
from geo.perimeters import PerimeterFacts


def say(facts: PerimeterFacts, decision: Decision, _: Settings) -> Finding:
    """List the local authorities to involve, with the intercommunal bodies only partly inside."""
    partly = [p for p in facts.bodies if not p.whole]
    details = [
        f"{p.name} : {fr.count(p.communes, 'commune')} sur {fr.number(p.communes_total)}, "
        f"{fr.ratio(p.population, p.population_total)} des habitants."
        for p in facts.bodies
    ]
    names = [facts.town_name(str(code)) for code in facts.towns.index]
    details += _cities_in_part(facts)
    made_of = fr.listing((name for name, _ in facts.made_of), most=30)
    kind = facts.made_of_text
    details.append(f"{fr.upper(kind)}, par population décroissante : {made_of}.")
    bodies = fr.count(len(facts.bodies), "intercommunalité")
    sentence = f"{fr.count(len(names), 'commune')} et {bodies} à associer"
    if not facts.bodies:  # Paris is in one that has no part in this: the Métropole du Grand Paris
        alone = "" if facts.communities else ", sans intercommunalité"
        sentence = f"{fr.count(len(names), 'commune')} à associer{alone}"
    if partly:
        verb = "n’est" if len(partly) == 1 else "ne sont"
        sentence += (
            f" ; {fr.listing((fr.the(p.name) for p in partly), most=4)} {verb} que pour partie dans le périmètre"
        )
    figures = {
        "communes": names,
        "intercommunalites": [p.name for p in facts.bodies],
        "intercommunalites_en_partie": [p.name for p in partly],
    }
    return decision.finding(sentence + ".", figures, details)


def _cities_in_part(facts: PerimeterFacts) -> list[str]:
    """Write which split cities are only partly inside, by arrondissements or IRIS."""
    inside = facts.table["commune"].value_counts()
    parts = ((str(c), int(n), len(facts.atlas.members("commune", str(c)))) for c, n in inside.items())
    return [
        f"{facts.town_name(c)} : {facts.atlas.pieces_word(c, n)} sur {total}." for c, n, total in parts if n < total
    ]


CHECK = Check(
    id="elus",
    title="Élus à associer",
    question="Quelles collectivités associer ?",
    measure="Communes et intercommunalités touchées, celles qui ne le sont que pour partie.",
    source=f"{GUIDE_QUESTIONS} (échelle intercommunale)",
    formula="Liste des communes et intercommunalités touchées, et de celles que le périmètre coupe. Ce repère informe, il ne juge pas.",
    limits="Des fonctions et des institutions : aucun nom de personne n’est connu.",
    figures={
        "communes": "communes du périmètre",
        "intercommunalites": "intercommunalités touchées",
        "intercommunalites_en_partie": "intercommunalités en partie dans le périmètre",
    },
    judge=informs,
    say=say,
)
