"""Other dispositifs: the CLSM, CLS, CPTS and DAC on the same communes, and how they lie on the perimeter.

What is known may raise a question; only complete lists may reassure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo import french as fr
from geo.arrays import Bools
from geo.guidance.check import (
    DISCUSS,
    FAVORABLE,
    GUIDE_QUESTIONS,
    UNKNOWN,
    VIGILANCE,
    Check,
    Decision,
    Judged,
    everywhere,
    pick,
)
from geo.guidance.finding import Finding, Outcome
from geo.guidance.missing_lists import missing_lists
from geo.guidance.settings import Settings
from geo.kept import kept_on_subject
from geo.layers import DISPOSITIFS, Crosswalk, Etat, LayerId, Overlap, Precision, Relation
from geo.moves import MoveBatch, batch_of_one
from geo.perimeters import PerimeterFacts


@dataclass(frozen=True, eq=False)
class Met:
    """How the dispositifs met lie on the perimeter, after each move (moves × zones of the batch).

    `same` marks a CLSM whose communes are those of the perimeter, `running` another one in service, `unsure` another one in
    project or supposed; the rest are CLS, CPTS and DAC: astride its limit (`partial`), known in part (`vague`), `aligned`.
    """

    same: Bools
    running: Bools
    unsure: Bools
    partial: Bools
    vague: Bools
    aligned: Bools


@kept_on_subject
def dispositifs_met(batch: MoveBatch) -> Met:
    """Sort the dispositifs met by how they lie on the perimeter."""
    zones = batch.zones
    known = {k: v[zones.columns] for k, v in batch.ground.zone_known.items()}
    inside = zones.whole == batch.sums["atoms"][:, None]
    clsm = zones.met & zones.of(LayerId.CLSM)
    same = clsm & ~known["vague"] & inside & zones.covered
    sure = known["running"] & ~known["supposed"]
    others = clsm & ~same
    rest = zones.met & np.any([zones.of(i) for i in DISPOSITIFS[1:]], axis=0)
    partial = rest & ~known["vague"] & ~inside & ~zones.covered
    vague = rest & known["vague"]
    return Met(same, others & sure, others & ~sure, partial, vague, rest & ~partial & ~vague)


def judge(batch: MoveBatch, _: Settings) -> Judged:
    """A point of vigilance with another CLSM in service; to discuss with an unsure one or a partial overlap."""
    met = dispositifs_met(batch)
    unsettled = (met.unsure | met.partial).any(axis=1)
    outcomes = pick(
        (met.running.any(axis=1), VIGILANCE),
        (unsettled, DISCUSS),
        (batch.sums["lacking"] > 0, UNKNOWN),
        otherwise=FAVORABLE,
    )
    return outcomes, everywhere(batch)


def say(facts: PerimeterFacts, decision: Decision, _: Settings) -> Finding:
    """Name the dispositifs on the same communes, sorted by how they lie on the perimeter."""
    met = {layer: facts.overlaps[layer] for layer in DISPOSITIFS}
    every = [o for overlaps in met.values() for o in overlaps]
    batch = batch_of_one(facts)
    found = dispositifs_met(batch)
    keys = batch.zones.keys

    def of(mask: Bools) -> list[Overlap]:
        chosen = {keys[i] for i in np.flatnonzero(mask[0])}
        return [o for o in every if (o.layer, o.id) in chosen]

    deepest, loaded = _pile(facts)
    figures = {
        "rencontres": {str(layer): len(overlaps) for layer, overlaps in met.items()},
        "autres_clsm": [o.name for o in of(found.running | found.unsure)],
        "recoupements_partiels": [o.name for o in of(found.partial)],
        "couches_empilees_au_plus": deepest,
        "communes_les_plus_chargees": loaded,
    }
    sentences = [
        *_sorted_sentences(*(of(m) for m in (found.same, found.running, found.unsure))),
        *_rest_sentences(*(of(m) for m in (found.partial, found.aligned, found.vague))),
    ]
    if met[LayerId.CLS] and not met[LayerId.CLSM]:
        sentences.append(
            "Un CLS est là sans CLSM connu : c’est une occasion, il peut en porter le volet santé mentale."
        )
    if deepest > 1:
        sentences.append(f"Jusqu’à {deepest} dispositifs se superposent sur une même commune.")
    details = (*map(_overlap_text, every), *_unlocated(facts))
    text = " ".join(sentences)
    if decision.outcome is Outcome.UNKNOWN:
        text = f"{text or 'Aucun dispositif connu sur ces communes.'} Les listes ne sont pas complètes ici : d’autres dispositifs peuvent exister."
    text = text or "Aucun CLS, CPTS, DAC ni autre CLSM sur ces communes."
    return decision.finding(text, figures, details, missing_lists(facts, DISPOSITIFS))


def communes(facts: PerimeterFacts) -> Iterable[int]:
    """Return the communes already in another CLSM, and those that carry the most dispositifs when they carry several."""
    layer = facts.crosswalk.layers[LayerId.CLSM]
    others = [o.id for o in facts.overlaps[LayerId.CLSM] if o.relation is not Relation.IDENTIQUE]
    mine = np.isin(layer.members["zone"].to_numpy(), layer.zones.index.get_indexer(others))
    rows = np.intersect1d(layer.members["row"].to_numpy(dtype=np.intp)[mine], facts.rows)
    depth = batch_of_one(facts).ground.depth[facts.rows]
    deepest = facts.rows[depth == depth.max()] if depth.max() > 1 else rows[:0]
    return {*rows.tolist(), *deepest.tolist()}


def _sorted_sentences(same: Sequence[Overlap], running: Sequence[Overlap], unsure: Sequence[Overlap]) -> Iterable[str]:
    if same:
        yield f"Ce périmètre est celui d’un CLSM déjà cité : {fr.listing(map(_qualified, same))}."
    if running:
        yield f"Déjà sur tout ou partie de ces communes : {fr.listing(map(_qualified, running), most=5)}."
    if unsure:
        names = fr.listing((o.name for o in unsure), most=5)
        yield f"CLSM en projet ou au périmètre supposé sur ces communes : {names}."


def _rest_sentences(partial: Sequence[Overlap], aligned: Sequence[Overlap], vague: Sequence[Overlap]) -> Iterable[str]:
    if partial:
        yield f"Recoupés en partie seulement : {fr.listing(map(_qualified, partial), most=6)}."
    if aligned:
        yield f"Alignés (l’un contient l’autre) : {fr.listing(map(_qualified, aligned), most=6)}."
    if vague:
        yield f"Présents, territoire mal connu : {fr.listing((o.name for o in vague), most=6)}."


def _qualified(overlap: Overlap) -> str:
    """Name a dispositif with what is not sure of it: announced, in project, supposed perimeter."""
    doubts = [] if overlap.etat == Etat.EN_SERVICE else [str(overlap.etat)]
    if overlap.precision == Precision.SUPPOSEE:
        doubts.append("périmètre supposé")
    elif overlap.precision == Precision.PARTIELLE:
        doubts.append("communes connues en partie")
    return f"{overlap.name} ({', '.join(doubts)})" if doubts else overlap.name


def _unlocated(facts: PerimeterFacts) -> list[str]:
    """Name the dispositifs of the same départements whose communes are not known."""
    names = [name for name, departement in _lost(facts.crosswalk) if departement in facts.departements]
    return [f"Dans le même département, sans liste de communes : {fr.listing(names, most=8)}."] if names else []


@kept_on_subject
def _lost(crosswalk: Crosswalk) -> list[tuple[str, str]]:
    """Return the name and the département of the dispositifs whose communes are not known."""
    frames = [crosswalk.layers[layer].zones for layer in DISPOSITIFS]
    lost = pd.concat([f.loc[f["precision"] == Precision.INCONNUE, ["nom", "departement"]] for f in frames])
    return list(lost.itertuples(index=False, name=None))


def _pile(facts: PerimeterFacts) -> tuple[int, int]:
    """Return the most dispositifs in service on one commune, and how many communes carry that many."""
    depth = batch_of_one(facts).ground.depth[facts.rows]
    deepest = int(depth.max())
    return deepest, int((depth == deepest).sum()) if deepest else 0


def _overlap_text(overlap: Overlap) -> str:
    people = f"{fr.inhabitants(overlap.population)} en commun" if overlap.population else "habitants en commun inconnus"
    if overlap.population:
        people = f"{overlap.hedge}{people}"
    shares = []
    if overlap.share_of_perimeter is not None and overlap.population:
        shares.append(f"{fr.percent(overlap.share_of_perimeter)} du périmètre")
    if overlap.share_of_zone is not None:
        shares.append(f"{fr.percent(overlap.share_of_zone)} du dispositif")
    state = "" if overlap.etat is Etat.EN_SERVICE else f" [{overlap.etat}]"
    return f"{overlap.name}{state} : {', '.join([people, *shares])} ; {overlap.relation}."


CHECK = Check(
    id="articulation",
    title="Articulation",
    question="Comment s’articuler avec les CLS, CPTS, DAC et autres CLSM ?",
    measure="Habitants en commun avec chaque CLSM, CLS, CPTS et DAC, part de chacun, relation, dispositifs empilés.",
    source=f"{GUIDE_QUESTIONS} (articulation)",
    formula="Pour chaque CLSM, CLS, CPTS et DAC : habitants en commun, part du périmètre, part du dispositif, relation (identique, contient, "
    "incluse, en partie). Autre CLSM en service sur ces communes : point de vigilance ; recoupement partiel ou CLSM incertain : à discuter ; "
    "tous alignés : favorable, si les listes sont complètes.",
    limits="Les listes de dispositifs sont partielles presque partout : un nom absent ne prouve rien. Des contrats ont pu expirer.",
    figures={
        "rencontres": "nombre de dispositifs rencontrés, par couche",
        "autres_clsm": "autres CLSM sur ces communes",
        "recoupements_partiels": "dispositifs à cheval sur la limite",
        "couches_empilees_au_plus": "plus grand nombre de dispositifs en service sur une même commune",
        "communes_les_plus_chargees": "nombre de communes qui en portent autant",
    },
    judge=judge,
    say=say,
    communes=communes,
)
