"""Coordination: what makes a territory heavy to coordinate; in pieces is a point of vigilance, above a setting of ours a question."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.sparse.csgraph import connected_components

from geo import french as fr
from geo.arrays import Bools, Ints
from geo.guidance.check import (
    DISCUSS,
    FAVORABLE,
    GUIDE_QUESTIONS,
    VIGILANCE,
    Basis,
    Check,
    Decision,
    Judged,
    everywhere,
    pick,
)
from geo.guidance.checks.rural import rural_remark
from geo.guidance.finding import Finding, Outcome
from geo.guidance.settings import Settings
from geo.kept import kept_on_subject
from geo.moves import MoveBatch, batch_of_one
from geo.perimeters import PerimeterFacts


def judge(batch: MoveBatch, settings: Settings) -> Judged:
    """A point of vigilance when in pieces that a border could join; to discuss when only islands or legal exclaves are apart, which nobody
    can help, and above one of the settings, which are ours and not the guide's."""
    heavy = heavy_measures(batch, settings)
    apart = heavy["pieces"] & (batch.tied_pieces > 1)
    raised = np.any([heavy[name] for name in ("pieces", *THRESHOLDS)], axis=0)
    return pick((apart, VIGILANCE), (raised, DISCUSS), otherwise=FAVORABLE), everywhere(batch)


# Measures with a threshold, all of this tool: the setting of each.
THRESHOLDS = {"communes": "max_communes", "bodies": "max_bodies", "area": "max_area_m2", "span": "max_span_m"}


def bodies_after(batch: MoveBatch) -> Ints:
    """Return the number of intercommunal bodies after each move; a city that stands alone is none."""
    columns, atoms = batch.communities
    return np.asarray((atoms[:, batch.ground.unites[columns]] > 0).sum(axis=1))


@kept_on_subject
def heavy_measures(batch: MoveBatch, settings: Settings) -> dict[str, Bools]:
    """Return which measures are heavy after each move; a span unknown across legal projections is not."""
    return {
        "pieces": batch.pieces > 1,
        "communes": (batch.towns[1] > 0).sum(axis=1) > settings.max_communes,
        "bodies": bodies_after(batch) > settings.max_bodies,
        "area": batch.sums["area_m2"] > settings.max_area_m2,
        "span": np.nan_to_num(batch.span_m) > settings.max_span_m,
    }


def say(facts: PerimeterFacts, decision: Decision, settings: Settings) -> Finding:
    """Report the measures, and those to watch."""
    span, mean = facts.span_m, facts.mean_distance_m
    tied = tied_pieces(facts)
    figures = {
        "communes": len(facts.towns),
        "intercommunalites": len(facts.bodies),
        "superficie_km2": facts.area_m2 / 1e6,
        "plus_grande_distance_km": None if span is None else span / 1000,
        "distance_moyenne_ville_principale_km": None if mean is None else mean / 1000,
        "morceaux": facts.pieces,
        "morceaux_sans_iles_ni_enclaves": tied,
    }
    size_text = _size_text(facts)
    if decision.outcome in (Outcome.VIGILANCE, Outcome.DISCUSS):
        heavy = heavy_measures(batch_of_one(facts), settings)
        sentence = f"{size_text}. À regarder : {fr.listing(_alerts(facts, settings, tied))}."
        crossed = [setting for name, setting in THRESHOLDS.items() if heavy[name][0]]
        return decision.finding(sentence + rural_remark(facts), figures, raised_by=crossed)
    return decision.finding(
        f"{size_text}. Le périmètre est d’un seul tenant et aucune mesure connue ne dépasse les réglages.", figures
    )


def communes(facts: PerimeterFacts) -> Iterable[int]:
    """Return the communes separated from the piece with most inhabitants."""
    if facts.pieces < 2:
        return ()
    inside = facts.atlas.neighbours[facts.rows][:, facts.rows]
    label = connected_components(inside, directed=False)[1]
    people = np.bincount(label, weights=facts.atlas.population[facts.rows])
    return facts.rows[label != int(people.argmax())].tolist()


def tied_pieces(facts: PerimeterFacts) -> int:
    """Return the number of pieces when islands and parts of an EPCI cut off from the rest count as attached."""
    return facts.pieces if facts.pieces < 2 else int(batch_of_one(facts).tied_pieces[0])


def _size_text(facts: PerimeterFacts) -> str:
    communes, span, mean = len(facts.towns), facts.span_m, facts.mean_distance_m
    bodies = f"{fr.count(len(facts.bodies), 'intercommunalité')}, " if facts.bodies or not facts.communities else ""
    text = f"{fr.count(communes, 'commune')}, {bodies}{fr.square_kilometres(facts.area_m2)}"
    if span and communes > 1:
        text += f", {fr.kilometres(span)} entre les communes les plus éloignées (à vol d’oiseau)"
    if mean is not None and communes > 1:
        text += f". En moyenne, un habitant vit à {fr.kilometres(mean)} {facts.main_point}, à vol d’oiseau"
    return text


def _alerts(facts: PerimeterFacts, settings: Settings, tied: int) -> Iterable[str]:
    """Write each heavy measure beside its setting."""
    heavy = {name: bool(found[0]) for name, found in heavy_measures(batch_of_one(facts), settings).items()}
    if heavy["pieces"]:
        yield f"le périmètre est en {facts.pieces} morceaux{_islands(facts.pieces, tied)}"
    if heavy["communes"]:
        yield f"{fr.count(len(facts.towns), 'commune')} à réunir (seuil de l’outil : {settings.max_communes})"
    if heavy["bodies"]:
        yield f"{len(facts.bodies)} intercommunalités (seuil de l’outil : {settings.max_bodies})"
    if heavy["area"]:
        yield f"{fr.square_kilometres(facts.area_m2)} (seuil de l’outil : {fr.square_kilometres(settings.max_area_m2)})"
    if heavy["span"]:
        yield f"{fr.kilometres(facts.span_m or 0.0)} d’un bout à l’autre (seuil de l’outil : {fr.kilometres(settings.max_span_m)})"


def _islands(pieces: int, tied: int) -> str:
    if tied == pieces:
        return ""
    if tied == 1:
        return " (îles ou enclaves)"
    return f", {tied} sans compter les îles et enclaves"


SPAN = Basis(
    known=lambda batch: ~np.isnan(batch.span_m),
    lacking=lambda _: ("la distance d’un bout à l’autre (territoires trop éloignés pour une même mesure)",),
)
CHECK = Check(
    id="coordination",
    title="Coordination",
    question="Le territoire est-il praticable pour la coordination ?",
    measure="Communes, intercommunalités, superficie, plus grande distance à vol d’oiseau, distance moyenne à la ville principale, nombre de morceaux.",
    source=f"{GUIDE_QUESTIONS} (coordination)",
    formula="Communes, intercommunalités, superficie, plus grande distance entre communes, distance moyenne à la ville principale pondérée par les "
    "habitants, nombre de morceaux. Plusieurs morceaux : point de vigilance, ou à discuter si ce ne sont que des îles ou des enclaves légales ; un seuil dépassé : à discuter, car ces seuils sont ceux de l’outil.",
    limits="Distances à vol d’oiseau entre points intérieurs des communes : ni routes, ni transports, ni relief. Une île ou une enclave légale fait un morceau : la phrase le dit quand ce n’est que cela.",
    figures={
        "communes": "communes à réunir",
        "intercommunalites": "EPCI, ou EPT dans le Grand Paris",
        "superficie_km2": "superficie, dans la projection légale",
        "plus_grande_distance_km": "entre les deux communes les plus éloignées ; inconnue d’une projection à l’autre",
        "distance_moyenne_ville_principale_km": "distance moyenne d’un habitant à la ville principale",
        "morceaux": "ensembles de communes qui se touchent",
        "morceaux_sans_iles_ni_enclaves": "les mêmes, îles et enclaves légales étant rattachées à la commune la plus proche",
    },
    judge=judge,
    say=say,
    communes=communes,
    settings=tuple(THRESHOLDS.values()),
    bases=(SPAN,),
)
