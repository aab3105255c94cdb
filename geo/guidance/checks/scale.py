"""Scale: for which one the inhabitants, needs and resources of the main intercommunal body speak, as far as they are known.

The guide: spread over several towns, an intercommunal scale; gathered in the largest, the commune first, then more. Needs are read
off the QPV, resources off the mental health places. A body above the size of a big city is no candidate scale.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from geo import french as fr
from geo.arrays import Bools, Floats, Ints, Rows
from geo.guidance.check import (
    DISCUSS,
    FAVORABLE,
    GUIDE_QUESTIONS,
    UNKNOWN,
    Basis,
    Check,
    Decision,
    Judged,
    pick,
    unconcerned,
)
from geo.guidance.concentration import (
    CONCENTRATION_FIGURES,
    PLACES_LACKING,
    QUARTERS_LACKING,
    body_readings,
    concentration_figures,
    concentration_text,
    concentrations,
)
from geo.guidance.finding import Finding, Outcome
from geo.guidance.settings import Settings
from geo.moves import MoveBatch, batch_of_one
from geo.perimeters import PerimeterFacts, TerritoryPart

COMMUNAL, INTERCOMMUNAL, MIXED = 1, -1, 0
SCALES = {COMMUNAL: "communale", INTERCOMMUNAL: "intercommunale", MIXED: "ouverte"}


def judge(batch: MoveBatch, settings: Settings) -> Judged:
    """Favourable when all that is known speaks for the scale of the perimeter, and more than inhabitants is known.

    The communal scale is the main commune alone; the intercommunal one, all of the main body: a few communes of it are between
    the two, and to discuss. It only informs where the body is above the size of a big city; no concern without a body of several
    communes.
    """
    bodies, atoms = batch.communities
    if not len(bodies):
        return unconcerned(batch)
    first = main_body(batch)
    town, _, counts = batch.ground.main_town
    towns, met = batch.towns
    several = (met > 0).sum(axis=1) > 1
    only = towns[met.argmax(axis=1)]
    whole = atoms[np.arange(len(first)), np.searchsorted(bodies, first)] == batch.ground.body_atoms[first]
    speaks = scale_spoken_for(batch, settings)
    agrees = ((speaks == COMMUNAL) & ~several & (only == town[first])) | ((speaks == INTERCOMMUNAL) & whole)
    concerned = (atoms > 0).any(axis=1) & (counts[first] > 1)
    big = too_big(batch, settings)
    quarters, places = body_readings(batch.ground)
    blind = ~quarters.listed[first] & ~places.listed[first]
    outcomes = pick((~concerned, FAVORABLE), (big | ~agrees, DISCUSS), (blind, UNKNOWN), otherwise=FAVORABLE)
    return outcomes, np.asarray(concerned & ~big)


def main_body(batch: MoveBatch) -> Ints:
    """Return the place of the intercommunal body with most inhabitants inside, after each move."""
    bodies, atoms = batch.communities
    return bodies[np.where(atoms > 0, batch.body_people, -1.0).argmax(axis=1)]


def too_big(batch: MoveBatch, settings: Settings) -> Bools:
    """Return whether the main body is above the size of a big city, after each move."""
    return np.asarray(batch.ground.body_population[main_body(batch)] > settings.big_city)


def scale_spoken_for(batch: MoveBatch, settings: Settings) -> Ints:
    """Return the scale for which all that is known of the main body speaks, after each move; MIXED when not all for the same."""
    first = main_body(batch)
    held: list[Floats] = [batch.ground.main_town[1], *(reading.share for reading in body_readings(batch.ground))]
    shares = np.column_stack([h[first] for h in held])
    known = ~np.isnan(shares)
    gathered = np.nan_to_num(shares) > settings.central
    communal, spread = (gathered | ~known).all(axis=1), (~gathered | ~known).all(axis=1)
    return np.where(communal, COMMUNAL, np.where(spread, INTERCOMMUNAL, MIXED))


def say(facts: PerimeterFacts, decision: Decision, settings: Settings) -> Finding:
    """Report what the main commune of the main body holds, and the scale for which it speaks."""
    batch = batch_of_one(facts)
    if not facts.communities or batch.ground.main_town[2][main_body(batch)[0]] < 2:
        return decision.finding(_one_scale_only(facts))
    part, town = facts.communities[0], _main_town(facts)
    if not decision.concerned:
        return decision.finding(_no_candidate(part, settings), {"intercommunalite": part.name}, raised_by=("big_city",))
    name = facts.town_name(town)
    people = int(facts.atlas.population[_rows_of(facts, part, town)].sum())
    speaks = int(scale_spoken_for(batch, settings)[0])
    held = concentrations(facts, facts.atlas.members("community", part.code), town)
    figures = {
        **concentration_figures(held),
        "intercommunalite": part.name,
        "commune_la_plus_peuplee": name,
        "part_population": people / part.population_total if part.population_total else 0.0,
        "echelle_indiquee": SCALES[speaks],
        "echelle_du_perimetre": _scale_of(facts, part),
    }
    sentence = (
        f"{name}{_where(facts, town)} {fr.agree(name, 'réunit', 'réunissent')} {fr.ratio(people, part.population_total)} des habitants de "
        f"{fr.agree(name, 'son', 'leur')} intercommunalité ({part.name}){concentration_text(held)} : {_spoken(speaks, bool(held))} {_taken(facts, part)}"
    )
    raised = ("central",) if decision.outcome is Outcome.DISCUSS else ()
    return decision.finding(sentence, figures, raised_by=raised)


def _where(facts: PerimeterFacts, town: str) -> str:
    """Say that the town spoken of is not in the perimeter, or only in part."""
    inside = int((facts.table["commune"] == town).sum())
    if not inside:
        return ", hors du périmètre,"
    return ", en partie dans le périmètre," if inside < len(facts.atlas.members("commune", town)) else ""


def _spoken(speaks: int, more: bool) -> str:
    if speaks == MIXED:
        return (
            "les chiffres ne disent pas tous la même échelle, qui reste à choisir avec le diagnostic local "
            "(le guide : la commune d’abord si tout s’y concentre, l’intercommunalité si tout se répartit)."
        )
    which = "ce qui est connu parle" if more else "ce seul chiffre parle"
    return f"{which} pour l’échelle {SCALES[speaks]} ; les besoins se lisent aussi dans le diagnostic local."


def _taken(facts: PerimeterFacts, part: TerritoryPart) -> str:
    """Say what the perimeter takes of the body."""
    if part.whole:
        return "Le périmètre prend l’intercommunalité entière."
    return f"Le périmètre en prend {fr.count(part.communes, 'commune')} sur {fr.number(part.communes_total)}."


def _scale_of(facts: PerimeterFacts, part: TerritoryPart) -> str:
    if len(facts.towns) == 1:
        return "communale"
    return "intercommunale" if part.whole else "entre les deux"


def _no_candidate(part: TerritoryPart, settings: Settings) -> str:
    return (
        f"{fr.upper(fr.the(part.name))} compte {fr.inhabitants(part.population_total)}, plus de {fr.inhabitants(settings.big_city)} : trop pour être "
        "l’échelle d’un seul CLSM. Reste à choisir une commune, un groupe de communes ou d’arrondissements, selon les besoins et les ressources."
    )


def _needs_lacking(facts: PerimeterFacts) -> Iterable[str]:
    return (f"{QUARTERS_LACKING} ({facts.communities[0].name})",)


def _resources_lacking(facts: PerimeterFacts) -> Iterable[str]:
    return (f"{PLACES_LACKING} ({facts.communities[0].name})",)


def _known(batch: MoveBatch, which: int) -> Bools:
    if not len(batch.communities[0]):
        return np.full(len(batch.moves) + 1, False)
    return body_readings(batch.ground)[which].known[main_body(batch)]


def communes(facts: PerimeterFacts) -> Iterable[int]:
    """Return the most populous commune of the main intercommunal body, when it has several."""
    if not facts.communities:
        return ()
    batch = batch_of_one(facts)
    if batch.ground.main_town[2][main_body(batch)[0]] < 2:
        return ()
    return _rows_of(facts, facts.communities[0], _main_town(facts)).tolist()


def _one_scale_only(facts: PerimeterFacts) -> str:
    if not facts.communities:
        return "Aucune commune du périmètre n’appartient à une intercommunalité : les échelles ne peuvent pas être comparées."
    return (
        f"{facts.town_name(_main_town(facts))} n’a pas d’établissement public territorial dans la Métropole du Grand Paris : "
        "la comparaison des deux échelles ne s’y applique pas."
    )


def _main_town(facts: PerimeterFacts) -> str:
    """Return the code of the most populous commune of the main body."""
    batch = batch_of_one(facts)
    return batch.ground.town_codes[batch.ground.main_town[0][main_body(batch)[0]]]


def _rows_of(facts: PerimeterFacts, part: TerritoryPart, town: str) -> Rows:
    """Return the atoms of a commune that belong to a body."""
    return np.intersect1d(facts.atlas.members("commune", town), facts.atlas.members("community", part.code))


CHECK = Check(
    id="diagnostic",
    title="Choix de l’échelle",
    question="Pour quelle échelle les chiffres parlent-ils ?",
    measure="Part des habitants, des habitants des QPV et des lieux de santé mentale de l’intercommunalité dans sa commune la plus peuplée.",
    source=f"{GUIDE_QUESTIONS} (diagnostic)",
    formula="Dans la première intercommunalité du périmètre, la part de sa commune la plus peuplée : habitants, habitants des QPV (leur nombre, si une "
    "population manque), lieux de santé mentale. Tout ce qui est connu au-delà du seuil : échelle communale ; tout en deçà : échelle intercommunale ; "
    "sinon l’échelle reste ouverte. Favorable si le périmètre est cette échelle (la commune la plus peuplée seule, ou l’intercommunalité entière), sous "
    "réserve si les QPV ou les lieux ne sont pas tous connus, non évaluable si aucune des deux listes n’est complète ; sinon : à discuter. Au-delà de la taille "
    "d’une grande ville, l’intercommunalité n’est pas une échelle à retenir : pour information.",
    limits="Les QPV et les lieux de santé mentale ne disent qu’une part des besoins et des ressources ; les compétences ne sont pas dans les données.",
    figures={
        "intercommunalite": "intercommunalité qui pèse le plus dans le périmètre",
        "commune_la_plus_peuplee": "sa commune la plus peuplée",
        "part_population": "habitants de cette commune ÷ habitants de l’intercommunalité",
        "echelle_indiquee": "échelle pour laquelle ce qui est connu parle",
        "echelle_du_perimetre": "échelle du périmètre",
        **CONCENTRATION_FIGURES,
    },
    judge=judge,
    say=say,
    communes=communes,
    settings=("central", "big_city"),
    blames=False,
    bases=(
        Basis(lambda batch: _known(batch, 0), _needs_lacking),
        Basis(lambda batch: _known(batch, 1), _resources_lacking),
    ),
)
