"""Rural communes: whether rural people are served, in the perimeter and its neighbourhood; dense urban land is not concerned.

The neighbourhood is what touches the perimeter inside the intercommunal bodies that it touches (docs/decisions/0009): taking a whole
body is no duty, and only the check on scale weighs it.
"""

from __future__ import annotations

import numpy as np

from geo import french as fr
from geo.guidance.check import DISCUSS, FAVORABLE, GUIDE_PERIMETER, Basis, Check, Decision, Judged, everywhere, pick
from geo.guidance.finding import Finding, Outcome
from geo.guidance.revitalisation import revitalisation_details
from geo.guidance.settings import Settings
from geo.moves import MoveBatch, batch_of_one
from geo.perimeters import PerimeterFacts

SERVED = 0.5  # ours: share of rural inhabitants from which they are said served


def judge(batch: MoveBatch, _: Settings) -> Judged:
    """Favourable where rural people are served: half of the perimeter, or half of those of the neighbourhood and the perimeter, or all.

    No concern without a rural commune there, nor for a dense urban perimeter that holds none.
    """
    sums = batch.sums
    inside, left, people = sums["rural_people"], batch.nearby("rural_people"), batch.population
    neighbours = batch.nearby("rural")
    half = (inside >= SERVED * people) | (inside >= SERVED * (inside + left))
    served = ((inside > 0) & half) | (left == 0)
    dense = (sums["rural"] == 0) & (sums["dense_people"] > 0.5 * people)
    concerned = ((sums["rural"] > 0) | (neighbours > 0)) & ~dense
    return pick((served | ~concerned, FAVORABLE), otherwise=DISCUSS), np.asarray(concerned)


def left_outside(facts: PerimeterFacts) -> list[int]:
    """Return the rows of the rural communes of the neighbourhood, in order."""
    columns, near = batch_of_one(facts).neighbours
    return [int(r) for r in columns[near[0]] if facts.density.rural[r]]


def say(facts: PerimeterFacts, decision: Decision, _: Settings) -> Finding:
    """Report which rural communes are inside, and which of the neighbourhood are not."""
    atlas, density, inside, left = facts.atlas, facts.density, facts.classes.loc[3], left_outside(facts)
    left_people = int(atlas.population[left].sum())
    figures = {
        "communes_rurales": int(inside["communes"]),
        "population_rurale": int(inside["population"]),
        "part_population_rurale": rural_share(facts),
        "communes_rurales_limitrophes": len(left),
        "population_rurale_limitrophe": left_people,
        "methode": density.source,
        "estimation": density.estimated,
    }
    mark = " Classement estimé par la densité de population." if density.estimated else ""
    zoning = revitalisation_details(facts)
    if not decision.concerned:
        sentence = "Ni le périmètre ni les communes limitrophes des mêmes intercommunalités ne sont rurales." + mark
        if left:
            sentence = (
                "Périmètre urbain dense, sans commune rurale : le guide y préfère souvent une échelle plus restreinte."
                + mark
            )
        return decision.finding(sentence, figures, zoning, estimated=density.estimated)
    share = f"soit {fr.ratio(int(inside['population']), facts.population)} des habitants"
    if not facts.population:
        share = "sans habitant"
    served = f"{fr.count(int(inside['communes']), 'commune rurale', 'communes rurales')} dans le périmètre, {share}."
    if not inside["communes"]:
        served = "Aucune commune rurale dans le périmètre."
    biggest = sorted(left, key=lambda r: -int(atlas.population[r]))
    named = fr.listing((str(atlas.names[r]) for r in biggest), most=12)
    details = (*((f"Limitrophes, hors du périmètre : {named}.",) if left else ()), *zoning)
    if decision.outcome is Outcome.DISCUSS:
        these = f"{fr.count(len(left), 'commune rurale limitrophe', 'communes rurales limitrophes')} des mêmes intercommunalités"
        verb, whose = fr.noun(len(left), "reste", "restent"), fr.noun(len(left), "ses", "leurs")
        sentence = f"{served} {these} ({fr.inhabitants(left_people)}) {verb} hors du périmètre : qui servira {whose} habitants ?"
        return decision.finding(sentence + mark, figures, details, estimated=density.estimated)
    return decision.finding(f"{served}{_beside(facts, len(left))}{mark}", figures, details, estimated=density.estimated)


def _beside(facts: PerimeterFacts, left: int) -> str:
    if rural_share(facts) >= SERVED and facts.population:
        return " C’est un périmètre rural : le guide y admet une échelle plus large, pour mettre les moyens en commun."
    if not left:
        return " Aucune commune rurale limitrophe des mêmes intercommunalités n’est laissée dehors."
    return f" La plupart des habitants ruraux d’ici sont dedans ; {fr.count(left, 'commune rurale limitrophe reste', 'communes rurales limitrophes restent')} dehors."


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


GRID = Basis(
    known=lambda batch: everywhere(batch, not batch.ground.evidence.density.estimated),
    lacking=lambda _: ("la grille de densité de l’INSEE (le classement est estimé ici)",),
)
CHECK = Check(
    id="rural",
    title="Communes rurales",
    question="Les habitants des communes rurales d’ici sont-ils servis ?",
    measure="Communes et habitants classés ruraux, dans le périmètre et dans les communes limitrophes des mêmes intercommunalités.",
    source=f"{GUIDE_PERIMETER}, préconisations ; questions à se poser (types de territoire)",
    formula="Favorable si la moitié au moins des habitants du périmètre sont ruraux, ou si la moitié au moins des habitants ruraux du périmètre et des "
    "communes limitrophes (qui touchent le périmètre, dans les mêmes intercommunalités) sont dedans ; sinon : à discuter. Un périmètre urbain dense "
    "sans commune rurale, ou sans commune rurale autour : sans objet. La moitié est un seuil de l’outil.",
    limits="Sans la grille de densité de l’INSEE, la classe est estimée par la densité de la commune entière, et l’avis est sous réserve.",
    figures={
        "communes_rurales": "communes rurales du périmètre",
        "population_rurale": "leurs habitants",
        "part_population_rurale": "leurs habitants ÷ habitants du périmètre",
        "communes_rurales_limitrophes": "communes rurales limitrophes, des mêmes intercommunalités, hors du périmètre",
        "population_rurale_limitrophe": "leurs habitants",
        "methode": "grille employée",
        "estimation": "si la classe est une estimation",
    },
    judge=judge,
    say=say,
    communes=left_outside,
    bases=(GRID,),
)
