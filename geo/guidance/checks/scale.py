"""Scale: whether the figures of the main intercommunal body speak for the communal or the intercommunal scale."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from geo import french as fr
from geo.arrays import Bools, Ints, Rows
from geo.guidance.check import DISCUSS, FAVORABLE, GUIDE_QUESTIONS, Check, Decision, Judged, pick, unconcerned
from geo.guidance.concentration import Concentration, concentration_figures, concentration_text, concentrations
from geo.guidance.finding import Finding
from geo.guidance.settings import Settings
from geo.moves import MoveBatch, batch_of_one
from geo.perimeters import PerimeterFacts, TerritoryPart


def judge(batch: MoveBatch, settings: Settings) -> Judged:
    """Favourable when the scale for which the figures speak is that of the perimeter; no concern without a body of several communes."""
    bodies, atoms = batch.communities
    if not len(bodies):
        return unconcerned(batch)
    first = main_body(batch)
    town, _, counts = batch.ground.main_town
    towns, met = batch.towns
    several = (met > 0).sum(axis=1) > 1
    only = towns[met.argmax(axis=1)]
    agrees = (speaks_for_commune(batch, settings) == ~several) & (several | (only == town[first]))
    concerned = (atoms > 0).any(axis=1) & (counts[first] > 1)
    return pick((np.asarray(~concerned | agrees), FAVORABLE), otherwise=DISCUSS), concerned


def main_body(batch: MoveBatch) -> Ints:
    """Return the place of the intercommunal body with most inhabitants inside, after each move."""
    bodies, atoms = batch.communities
    return bodies[np.where(atoms > 0, batch.body_people, -1.0).argmax(axis=1)]


def speaks_for_commune(batch: MoveBatch, settings: Settings) -> Bools:
    """Return whether the figures of the main body speak for the communal scale, after each move."""
    return np.asarray(batch.ground.main_town[1][main_body(batch)] > settings.central)


def say(facts: PerimeterFacts, decision: Decision, settings: Settings) -> Finding:
    """Report the weight of the main commune of the main body, and the scale for which it speaks."""
    if not decision.concerned:
        return decision.finding(_one_scale_only(facts))
    part, town = facts.communities[0], _main_town(facts)
    name = facts.town_name(town)
    people = int(facts.atlas.population[_rows_of(facts, part, town)].sum())
    speaks = "communale" if speaks_for_commune(batch_of_one(facts), settings)[0] else "intercommunale"
    held = concentrations(facts, facts.atlas.members("community", part.code), town)
    figures = {
        **concentration_figures(held),
        "intercommunalite": part.name,
        "commune_la_plus_peuplee": name,
        "part_population": people / part.population_total if part.population_total else 0.0,
        "echelle_indiquee": speaks,
        "echelle_du_perimetre": "communale" if len(facts.towns) == 1 else "intercommunale",
    }
    sentence = (
        f"{name} réunit {fr.ratio(people, part.population_total)} des habitants de son "
        f"intercommunalité ({part.name}){concentration_text(held)} : par {'ce seul chiffre' if not held else 'le nombre d’habitants'}, "
        f"l’échelle {speaks} se défend. "
    )
    lacking = _lacking(held)
    sentence += (
        "Les besoins et les ressources, qui comptent autant, ne sont pas connus ici."
        if len(lacking) == 2
        else "Les besoins comptent autant et se lisent dans le diagnostic local."
    )
    missing = ("répartition des ressources en santé mentale",) if lacking[:1] == ["lieux de santé mentale"] else ()
    return decision.finding(sentence, figures, missing=missing)


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


def _lacking(held: tuple[Concentration, ...]) -> list[str]:
    known = {h.what for h in held}
    return [what for what in ("lieux de santé mentale", "habitants des QPV") if what not in known]


CHECK = Check(
    id="diagnostic",
    title="Choix de l’échelle",
    question="Pour quelle échelle les chiffres parlent-ils ?",
    measure="Part des habitants de l’intercommunalité dans sa commune la plus peuplée ; part des QPV et des lieux de santé mentale là où leurs listes sont complètes.",
    source=f"{GUIDE_QUESTIONS} (diagnostic)",
    formula="Dans la première intercommunalité du périmètre : habitants de la commune la plus peuplée ÷ habitants de l’intercommunalité. Au-delà du "
    "seuil, les chiffres parlent pour l’échelle communale, en deçà pour l’intercommunale. Favorable si c’est l’échelle du périmètre.",
    limits="Les besoins et les ressources comptent autant que les habitants et ne sont pas tous connus ici.",
    figures={
        "intercommunalite": "intercommunalité qui pèse le plus dans le périmètre",
        "commune_la_plus_peuplee": "sa commune la plus peuplée",
        "part_population": "habitants de cette commune ÷ habitants de l’intercommunalité",
        "echelle_indiquee": "échelle pour laquelle ce chiffre parle",
        "echelle_du_perimetre": "échelle du périmètre",
        "qpv": "habitants des QPV dans cette commune, et en tout",
        "lieux": "lieux de santé mentale dans cette commune, et en tout",
    },
    judge=judge,
    say=say,
    communes=communes,
    settings=("central",),
    blames=False,
)
