"""Centrality: the share of inhabitants, QPV and mental health places in the most populous commune of the perimeter."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from geo import french as fr
from geo.guidance.check import DISCUSS, FAVORABLE, GUIDE_QUESTIONS, Check, Decision, Judged, pick
from geo.guidance.concentration import (
    CONCENTRATION_FIGURES,
    PLACES,
    QUARTERS,
    concentration_figures,
    concentration_text,
    concentrations,
    places_in_main_town,
    quarters_in_main_town,
)
from geo.guidance.finding import Finding, Outcome
from geo.guidance.settings import Settings
from geo.moves import MoveBatch
from geo.perimeters import PerimeterFacts


def judge(batch: MoveBatch, settings: Settings) -> Judged:
    """To discuss when one commune of several holds more than the setting of the inhabitants, of the QPV or of the places known."""
    several = (batch.towns[1] > 0).sum(axis=1) > 1
    people = batch.population
    share = np.divide(batch.town_people.max(axis=1), people, out=np.zeros(len(people)), where=people > 0)
    held = (share, quarters_in_main_town(batch).share, places_in_main_town(batch).share)
    gathered = np.any([np.nan_to_num(h) > settings.central for h in held], axis=0)
    return pick((several & gathered, DISCUSS), otherwise=FAVORABLE), np.asarray(several & (people > 0))


def say(facts: PerimeterFacts, decision: Decision, settings: Settings) -> Finding:
    """Report what the most populous commune holds."""
    if not decision.concerned and len(facts.towns) > 1:
        return decision.finding("Le périmètre n’a aucun habitant.", {"communes": len(facts.towns)})
    if not decision.concerned:
        sentence = "Le périmètre tient dans une seule commune : la question de la ville centre ne se pose pas."
        return decision.finding(sentence, {"communes": 1})
    town, people = facts.town_name(str(facts.towns.index[0])), int(facts.towns.iloc[0])
    held = concentrations(facts, facts.rows, str(facts.towns.index[0]))
    figures = {
        "ville_principale": town,
        "population": people,
        "part_population": people / facts.population if facts.population else 0.0,
        **concentration_figures(held),
    }
    gathers = fr.agree(town, "réunit", "réunissent")
    sentence = f"{town} {gathers} {fr.ratio(people, facts.population)} des habitants{concentration_text(held)}"
    if decision.outcome is Outcome.DISCUSS:
        others = "l’autre commune" if len(facts.towns) == 2 else "les autres communes"
        question = f" : comment faire vivre le CLSM dans {others} ?"
        return decision.finding(sentence + question, figures, raised_by=("central",))
    most = fr.percent(settings.central, 0)
    return decision.finding(f"{sentence} : rien de ce qui est connu n’y dépasse {most} (seuil de l’outil).", figures)


def communes(facts: PerimeterFacts) -> Iterable[int]:
    """Return the most populous commune, where there are several."""
    if len(facts.towns) < 2:
        return ()
    return facts.rows[(facts.table["commune"] == facts.towns.index[0]).to_numpy()].tolist()


CHECK = Check(
    id="centralite",
    title="Centralité",
    question="Les actions risquent-elles de se concentrer sur la ville centre ?",
    measure="Part des habitants, des habitants des QPV et des lieux de santé mentale dans la commune la plus peuplée.",
    source=f"{GUIDE_QUESTIONS} (échelle intercommunale)",
    formula="Habitants de la commune la plus peuplée ÷ habitants du périmètre ; de même pour les habitants des QPV (le nombre de QPV, si une population "
    "manque) et pour les lieux de santé mentale, là où leurs listes sont complètes. L’un d’eux au-delà du seuil : à discuter. Sinon favorable, sous réserve "
    "si la répartition des QPV ou des lieux n’est pas toute connue. Une seule commune : sans objet.",
    limits="La part des habitants ne dit pas où se tiennent les actions.",
    figures={
        "communes": "communes du périmètre, quand il n’y en a qu’une ou que nul n’y habite",
        "ville_principale": "commune la plus peuplée",
        "population": "ses habitants",
        "part_population": "ses habitants ÷ habitants du périmètre",
        **CONCENTRATION_FIGURES,
    },
    judge=judge,
    say=say,
    communes=communes,
    settings=("central",),
    bases=(QUARTERS, PLACES),
)
