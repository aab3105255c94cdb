"""Other dispositifs: the CLSM, CLS, CPTS and DAC on the same communes, and how they lie on the perimeter.

What is known may raise a question; only complete lists may reassure. The CLSM that the project enlarges or merges is no
obstacle to it; one that the perimeter holds whole, while nothing was said, is a question and not a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo import french as fr
from geo.arrays import Bools, Ints
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
from geo.guidance.project import INTENT_LABELS, Intent, Project, the_clsm
from geo.guidance.settings import Settings
from geo.kept import kept_on_subject
from geo.layers import DISPOSITIFS, Crosswalk, Etat, LayerId, Overlap, Precision, Relation
from geo.moves import MoveBatch, batch_of_one
from geo.perimeters import PerimeterFacts

# What no list here tells, whatever the territory.
UNLISTED = (
    "Inconnus, dans aucune liste : atelier santé ville (ASV), contrat de ville, projet territorial de santé mentale (PTSM) ; à "
    "demander à la commune, à la préfecture et à l’ARS."
)


@dataclass(frozen=True, eq=False)
class Met:
    """How the dispositifs met lie on the perimeter, after each move (moves × zones of the batch).

    `named` marks the CLSM that the project enlarges or merges, `torn` those of them partly left outside, `still` one to enlarge to
    which no commune is added; `same` a CLSM whose
    communes are those of the perimeter; `held` one in service that the perimeter holds whole, while the project does not say;
    `running` any other in service, `unsure` any other in project or supposed. The rest are CLS, CPTS and DAC: astride its limit
    (`partial`), known in part (`vague`), `aligned`. `absent` is whether a CLSM named is not met at all (one value a move), and
    `again` whether a CLSM is created where one in service has the same communes.
    """

    named: Bools
    torn: Bools
    still: Bools
    same: Bools
    held: Bools
    running: Bools
    unsure: Bools
    partial: Bools
    vague: Bools
    aligned: Bools
    absent: Bools
    again: Bools


@kept_on_subject
def dispositifs_met(batch: MoveBatch, project: Project) -> Met:
    """Sort the dispositifs met by how they lie on the perimeter, for a project."""
    zones = batch.zones
    known = {k: v[zones.columns] for k, v in batch.ground.zone_known.items()}
    inside = zones.whole == batch.sums["atoms"][:, None]
    clsm = zones.met & zones.of(LayerId.CLSM)
    ids = batch.ground.zone_ids[zones.columns]
    named = clsm & np.isin(ids.astype(str), project.clsm)
    same = clsm & ~named & ~known["vague"] & inside & zones.covered
    if project.clsm:
        same[:] = False  # the communes of one CLSM, while the project is about another
    sure = known["running"] & ~known["supposed"]
    others = clsm & ~named & ~same
    held = others & sure & ~known["vague"] & zones.covered
    if project.said:
        held[:] = False
    rest = zones.met & np.any([zones.of(i) for i in DISPOSITIFS[1:]], axis=0)
    partial = rest & ~known["vague"] & ~inside & ~zones.covered
    vague = rest & known["vague"]
    return Met(
        named=named,
        torn=named & ~known["vague"] & ~zones.covered,
        still=named & inside & zones.covered & ~known["vague"] & (project.intent is Intent.ENLARGE),
        same=same,
        held=held,
        running=others & sure & ~held,
        unsure=others & ~sure,
        partial=partial,
        vague=vague,
        aligned=rest & ~partial & ~vague,
        absent=named.sum(axis=1) < len(_listed(batch.ground.crosswalk, project)),
        again=(same & sure).any(axis=1) & (project.intent is Intent.CREATE),
    )


def _listed(crosswalk: Crosswalk, project: Project) -> list[str]:
    """Return the CLSM of a project that are in the list here."""
    return [i for i in project.clsm if i in crosswalk.layers[LayerId.CLSM].zones.index]


def judge(batch: MoveBatch, settings: Settings) -> Judged:
    """A point of vigilance with another CLSM in service; to discuss with an unsure one, a CLSM held whole, a partial overlap."""
    met = dispositifs_met(batch, settings.project)
    unsettled = (met.unsure | met.partial | met.held | met.torn).any(axis=1) | met.absent | met.again
    outcomes = pick(
        (met.running.any(axis=1), VIGILANCE),
        (unsettled, DISCUSS),
        (batch.sums["lacking"] > 0, UNKNOWN),
        otherwise=FAVORABLE,
    )
    return outcomes, everywhere(batch)


def say(facts: PerimeterFacts, decision: Decision, settings: Settings) -> Finding:
    """Name the dispositifs on the same communes, sorted by how they lie on the perimeter and by what the project makes of them."""
    project = settings.project
    met = {layer: facts.overlaps[layer] for layer in DISPOSITIFS}
    every = [o for overlaps in met.values() for o in overlaps]
    batch = batch_of_one(facts)
    found = dispositifs_met(batch, project)
    keys = batch.zones.keys

    def of(mask: Bools) -> list[Overlap]:
        chosen = {keys[i] for i in np.flatnonzero(mask[0])}
        return [o for o in every if (o.layer, o.id) in chosen]

    deepest, loaded = _pile(facts, of(found.same | found.named))
    here = fr.noun(len(facts.towns), "cette commune", "ces communes")
    figures = {
        "rencontres": {str(layer): len(overlaps) for layer, overlaps in met.items()},
        "clsm_du_projet": [o.name for o in of(found.named)],
        "autres_clsm": [o.name for o in of(found.running | found.held | found.unsure)],
        "recoupements_partiels": [o.name for o in of(found.partial)],
        "couches_empilees_au_plus": deepest,
        "communes_les_plus_chargees": loaded,
    }
    sentences = [
        *_project_sentences(facts, project, of(found.named), of(found.torn), of(found.still)),
        *_sorted_sentences(project, here, *(of(m) for m in (found.same, found.held, found.running, found.unsure))),
        *_rest_sentences(*(of(m) for m in (found.partial, found.aligned, found.vague))),
    ]
    contracts = sum(o.etat is Etat.EN_SERVICE for o in met[LayerId.CLS])
    if contracts and not met[LayerId.CLSM]:
        there = fr.noun(contracts, "Un CLS est là", f"{fr.number(contracts)} CLS sont là")
        sentences.append(
            f"{there} sans CLSM connu : c’est une occasion, un CLSM peut en porter le volet santé mentale."
        )
    if deepest > 1:
        sentences.append(f"Jusqu’à {deepest} dispositifs se superposent sur une même commune.")
    details = (*map(_overlap_text, every), *_unlocated(facts))
    text = " ".join(sentences)
    if decision.outcome is Outcome.UNKNOWN:
        text = f"{text or f'Aucun dispositif connu sur {here}.'} Les listes ne sont pas complètes ici : d’autres dispositifs peuvent exister."
    text = text or f"Aucun CLS, CPTS, DAC ni autre CLSM sur {here}."
    if word := facts.by_whose_word(LayerId.CLSM):
        text += f" Liste des CLSM complète{word}."
    return decision.finding(f"{text} {UNLISTED}", figures, details, missing_lists(facts, DISPOSITIFS))


def communes(facts: PerimeterFacts, settings: Settings) -> Iterable[int]:
    """Return the communes already in another CLSM, and those that carry the most dispositifs when they carry several."""
    layer = facts.crosswalk.layers[LayerId.CLSM]
    own = own_clsm(facts, settings.project)
    others = [o.id for o in facts.overlaps[LayerId.CLSM] if o not in own]
    mine = np.isin(layer.members["zone"].to_numpy(), layer.zones.index.get_indexer(others))
    rows = np.intersect1d(layer.members["row"].to_numpy(dtype=np.intp)[mine], facts.rows)
    depth = _depth(facts, own)
    deepest = facts.rows[depth == depth.max()] if depth.max() > 1 else rows[:0]
    return {*rows.tolist(), *deepest.tolist()}


def own_clsm(facts: PerimeterFacts, project: Project) -> list[Overlap]:
    """Return the CLSM that are the project's own, hence no other CLSM on its communes: those it names, or else the one with the
    same communes."""
    met = facts.overlaps[LayerId.CLSM]
    if project.clsm:
        return [o for o in met if o.id in project.clsm]
    return [o for o in met if o.relation is Relation.IDENTIQUE]


def _project_sentences(
    facts: PerimeterFacts, project: Project, named: Sequence[Overlap], torn: Sequence[Overlap], still: Sequence[Overlap]
) -> Iterable[str]:
    """Say what becomes of the CLSM that the project names."""
    held = [o for o in named if o not in (*torn, *still)]
    if held:
        done = "Élargi" if project.intent is Intent.ENLARGE else "Fusionné"
        verb = fr.noun(len(held), done)
        yield f"{verb} par ce projet, donc sans conflit : {fr.listing(map(_qualified, held), most=5)}."
    if still:
        yield f"À élargir selon le projet, mais aucune commune ne s’y ajoute encore : {fr.listing(map(_qualified, still))}."
    if torn:
        names = fr.listing((o.name for o in torn), most=5)
        yield f"En partie hors du périmètre : {names} ; à prendre en entier, ou à redécouper avec ses membres."
    zones = facts.crosswalk.layers[LayerId.CLSM].zones
    lost = [i for i in _listed(facts.crosswalk, project) if i not in {o.id for o in named}]
    nowhere = [i for i in lost if zones.at[i, "precision"] == Precision.INCONNUE]
    for chosen, said in (
        ([i for i in lost if i not in nowhere], "mais sans commune dans ce périmètre"),
        (nowhere, "mais de communes inconnues ici, dans ce périmètre ou non"),
    ):
        if chosen:
            yield f"{fr.noun(len(chosen), 'Nommé')} dans le projet, {said} : {fr.listing(str(zones.at[i, 'nom']) for i in chosen)}."
    if len(project.clsm) > len(_listed(facts.crosswalk, project)):
        yield "Un CLSM nommé dans le projet n’est pas dans les données d’ici : ce qu’il devient est inconnu."


def _sorted_sentences(
    project: Project,
    here: str,
    same: Sequence[Overlap],
    held: Sequence[Overlap],
    running: Sequence[Overlap],
    unsure: Sequence[Overlap],
) -> Iterable[str]:
    if same:
        yield f"Ce périmètre est celui d’un CLSM déjà cité : {fr.listing(map(_qualified, same))}."
        if project.intent is Intent.CREATE and any(o.etat is Etat.EN_SERVICE for o in same):
            yield "S’il fonctionne, il n’y a pas à le créer."
    if len(held) == 1:
        yield f"Il contient en entier {the_clsm(_qualified(held[0]))} : si c’est pour l’élargir, dites-le (« {INTENT_LABELS[Intent.ENLARGE]} »)."
    elif held:
        yield f"Il contient en entier {fr.listing((the_clsm(_qualified(o)) for o in held), most=5)} : à fusionner ou à redécouper, dites lequel."
    if running:
        advice = " : à fusionner ou à redécouper" if held or project.clsm or len(running) > 1 else ""
        yield f"Déjà sur tout ou partie de {here} : {fr.listing(map(_qualified, running), most=5)}{advice}."
    if unsure:
        names = fr.listing(map(_qualified, unsure), most=5)
        yield f"{fr.noun(len(unsure), 'Cité', 'Cités')} sur {here}, à vérifier : {names}."


def _rest_sentences(partial: Sequence[Overlap], aligned: Sequence[Overlap], vague: Sequence[Overlap]) -> Iterable[str]:
    if partial:
        yield f"{fr.noun(len(partial), 'Recoupé')} en partie seulement : {fr.listing(map(_qualified, partial), most=6)}."
    if aligned:
        yield f"{fr.noun(len(aligned), 'Aligné')} (l’un contient l’autre) : {fr.listing(map(_qualified, aligned), most=6)}."
    if vague:
        yield f"{fr.noun(len(vague), 'Présent')}, territoire mal connu : {fr.listing((o.name for o in vague), most=6)}."


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


def _depth(facts: PerimeterFacts, own: Sequence[Overlap]) -> Ints:
    """Return the number of dispositifs in service on each commune of the perimeter, but for the CLSM that are the project's own."""
    depth = batch_of_one(facts).ground.depth[facts.rows].copy()
    layer = facts.crosswalk.layers[LayerId.CLSM]
    mine = layer.zones.index.get_indexer([o.id for o in own if o.etat is Etat.EN_SERVICE])
    rows = layer.members.loc[layer.members["zone"].isin(mine), "row"].to_numpy(dtype=np.intp)
    counts: Ints = np.bincount(rows, minlength=len(facts.atlas.table))[facts.rows]
    return depth - counts


def _pile(facts: PerimeterFacts, own: Sequence[Overlap]) -> tuple[int, int]:
    """Return the most dispositifs in service on one commune, and how many communes carry that many."""
    depth = _depth(facts, own)
    deepest = int(depth.max())
    return deepest, int((depth == deepest).sum()) if deepest else 0


def _overlap_text(overlap: Overlap) -> str:
    people = f"{fr.inhabitants(overlap.population)} en commun" if overlap.population else "habitants en commun inconnus"
    if overlap.population:
        people = f"{overlap.hedge}{people}"
    shares = []
    if overlap.share_of_perimeter is not None and overlap.population:
        shares.append(f"{overlap.hedge}{fr.percent(overlap.share_of_perimeter)} du périmètre")
    if overlap.share_of_zone is not None:
        shares.append(f"{overlap.hedge}{fr.percent(overlap.share_of_zone)} du dispositif")
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
    "tous alignés : favorable, si les listes sont complètes. Le CLSM que l’on élargit ou que l’on fusionne n’est pas un autre CLSM ; contenu en "
    "entier sans que le projet soit dit, il est à discuter.",
    limits="Les listes de dispositifs sont partielles presque partout : un nom absent ne prouve rien. Des contrats ont pu expirer. ASV, contrats de "
    "ville et PTSM ne sont dans aucune liste.",
    figures={
        "rencontres": "nombre de dispositifs rencontrés, par couche",
        "clsm_du_projet": "CLSM que le projet élargit ou fusionne",
        "autres_clsm": "autres CLSM sur ces communes",
        "recoupements_partiels": "dispositifs à cheval sur la limite",
        "couches_empilees_au_plus": "plus grand nombre de dispositifs en service sur une même commune",
        "communes_les_plus_chargees": "nombre de communes qui en portent autant",
    },
    judge=judge,
    say=say,
    communes_for=communes,
)
