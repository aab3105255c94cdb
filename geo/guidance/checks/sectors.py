"""Psychiatric sectors: which to invite, which are only met at the margin, which the perimeter cuts.

What is known may raise a question; only what is complete may reassure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from geo import french as fr
from geo.arrays import Bools
from geo.guidance.check import (
    DISCUSS,
    FAVORABLE,
    GUIDE_QUESTIONS,
    UNKNOWN,
    Basis,
    Check,
    Decision,
    Judged,
    everywhere,
    pick,
)
from geo.guidance.finding import Finding, Outcome
from geo.guidance.missing_lists import missing_lists
from geo.guidance.sector_shares import SectorShare, sectors_cut, sectors_listed, sectors_listed_after
from geo.guidance.settings import Settings
from geo.kept import kept_on_subject
from geo.layers import LayerId, Overlap
from geo.moves import MoveBatch, batch_of_one
from geo.perimeters import PerimeterFacts

SLIVER_OF_PERIMETER = 0.25  # a sector that holds more of the perimeter is never at its margin


def judge(batch: MoveBatch, settings: Settings) -> Judged:
    """Favourable with one adult sector and at most one for children; unknown where adult sectors may be missing."""
    main = main_sectors(batch, settings).sum(axis=1)
    children = batch.zones.met[:, batch.zones.of(LayerId.CHILD_SECTORS)].sum(axis=1)
    complete = sectors_listed_after(batch, LayerId.ADULT_SECTORS)
    unknown = (~complete & (main < 2)) | (main == 0)
    outcomes = pick((unknown, UNKNOWN), ((main == 1) & (children < 2), FAVORABLE), otherwise=DISCUSS)
    return outcomes, everywhere(batch)


@kept_on_subject
def main_sectors(batch: MoveBatch, settings: Settings) -> Bools:
    """Return which adult sectors (moves × sectors) are met by more than a sliver; all those met where there are only slivers.

    A sliver is small on both sides: a village is wholly in its sector, however small its share of that sector.
    """
    zones = batch.zones
    mine = zones.of(LayerId.ADULT_SECTORS)
    met, people, total = zones.met[:, mine], zones.people[:, mine], zones.known_total[mine]
    inhabitants = np.broadcast_to(batch.population[:, None], people.shape)
    counted = met & zones.counted[:, mine] & (np.nan_to_num(total) > 0) & (inhabitants > 0)
    of_zone = np.divide(people, total, out=np.ones_like(people), where=counted)
    of_perimeter = np.divide(people, inhabitants, out=np.ones_like(people), where=counted)
    main = met & ~(counted & (of_zone < settings.sliver) & (of_perimeter < SLIVER_OF_PERIMETER))
    return np.where(main.any(axis=1, keepdims=True), main, met)


def say(facts: PerimeterFacts, decision: Decision, settings: Settings) -> Finding:
    """Name the adult sectors to invite, apart those at the margin, and what would complete the sectors cut."""
    adults, children = facts.overlaps[LayerId.ADULT_SECTORS], facts.overlaps[LayerId.CHILD_SECTORS]
    batch = batch_of_one(facts)
    weighty = set(batch.zones.ids(LayerId.ADULT_SECTORS)[main_sectors(batch, settings)[0]])
    main = [o for o in adults if o.id in weighty]
    slivers = [o for o in adults if o.id not in weighty]
    cut = [s for s in sectors_cut(facts) if s.id in weighty]
    young = sectors_cut(facts, LayerId.CHILD_SECTORS)
    figures = {
        "secteurs_adultes": [_figures(o) for o in main],
        "secteurs_adultes_a_la_marge": [_figures(o) for o in slivers],
        "secteurs_infanto_juveniles": [_figures(o) for o in children],
        "secteurs_coupes": [_cut_figures(s) for s in cut],
        "secteurs_infanto_juveniles_coupes": [_cut_figures(s) for s in young],
    }
    details = (
        *(_text(facts, o) for o in (*main, *slivers, *children)),
        *(f"À compléter : {s.sentence}" for s in (*cut, *young)),
    )
    missing = _missing(facts, LayerId.ADULT_SECTORS)
    names = fr.listing((o.name for o in main), most=8)
    if decision.outcome is Outcome.UNKNOWN:
        known = f"Les secteurs de psychiatrie adulte ne sont pas tous connus sur ce périmètre. {fr.noun(len(main), 'Connu', 'Connus')} : {names}."
        sentence = (
            known if main else "Aucun secteur de psychiatrie adulte n’est connu sur ce périmètre : à demander à l’ARS."
        )
        return decision.finding(sentence, figures, details, missing or ("secteurs adultes de ces communes",))
    if len(main) == 1 and not slivers:
        start = f"Un seul secteur adulte : {names}. Un seul interlocuteur pour la psychiatrie adulte."
    elif len(main) == 1:
        start = f"Un secteur adulte pour l’essentiel : {names}."
    else:
        start = f"{_least(facts, LayerId.ADULT_SECTORS)}{len(main)} secteurs adultes à inviter : {names}."
    sentence = f"{start}{_cut_text(cut)}{_margin_text(slivers, settings)}{_children_text(facts, children)}"
    return decision.finding(sentence, figures, details, missing)


def _missing(facts: PerimeterFacts, layer_id: LayerId) -> tuple[str, ...]:
    return () if sectors_listed(facts, layer_id) else missing_lists(facts, [layer_id])


def communes(facts: PerimeterFacts) -> Iterable[int]:
    """Return the communes that would complete the adult sectors cut."""
    return (facts.atlas.row[code] for sector in sectors_cut(facts) for code in sector.codes)


def _least(facts: PerimeterFacts, layer_id: LayerId) -> str:
    return "" if sectors_listed(facts, layer_id) else "Au moins "


def _cut_text(cut: Sequence[SectorShare]) -> str:
    if not cut:
        return ""
    shares = (f"{s.short_name} ({fr.percent(s.share or 0, 0)} de ses habitants dans le périmètre)" for s in cut)
    return f" {'Coupé' if len(cut) == 1 else 'Coupés'} : {fr.listing(shares, most=4)}."


def _margin_text(slivers: Sequence[Overlap], settings: Settings) -> str:
    if not slivers:
        return ""
    names = fr.listing(o.name for o in slivers)
    return f" À la marge (moins de {fr.percent(settings.sliver, 0)} du secteur) : {names}."


def _children_text(facts: PerimeterFacts, children: Sequence[Overlap]) -> str:
    known = sectors_listed(facts, LayerId.CHILD_SECTORS)
    text = "" if known else " Les secteurs infanto-juvéniles ne sont pas tous connus ici."
    if len(children) < 2:
        return text
    names = fr.listing((o.name for o in children), most=8)
    least = _least(facts, LayerId.CHILD_SECTORS)
    return f" {least}{len(children)} secteurs infanto-juvéniles à inviter aussi : {names}.{text}"


def _figures(overlap: Overlap) -> dict[str, object]:
    return {
        "id": overlap.id,
        "nom": overlap.name,
        "population_commune": overlap.population,
        "part_du_secteur": overlap.share_of_zone,
    }


def _cut_figures(sector: SectorShare) -> dict[str, object]:
    return {
        "id": sector.id,
        "habitants_dans_le_perimetre": sector.inside,
        "habitants": sector.total,
        "communes_qui_completent": sorted(sector.codes),
        "habitants_qui_completent": sector.people_missing,
        "estimation": sector.estimated,
    }


def _text(facts: PerimeterFacts, overlap: Overlap) -> str:
    zone = facts.crosswalk.layers[overlap.layer].zones.loc[overlap.id]
    hospital = f", {zone['territoire']}" if zone["territoire"] and zone["territoire"] != overlap.name else ""
    if overlap.unsized:
        inside = "concerné pour une partie de commune, de taille inconnue"
    elif overlap.zone_population:
        mark = " (estimation)" if overlap.estimated else ""
        inside = f"{overlap.hedge}{fr.ratio(overlap.population or 0, overlap.zone_population)} de ses habitants{mark}"
    else:
        inside = f"{fr.inhabitants(overlap.population or 0)} en commun, population du secteur inconnue"
    return f"{overlap.name}{hospital} : {inside}."


CHILDREN = Basis(
    known=lambda batch: sectors_listed_after(batch, LayerId.CHILD_SECTORS),
    lacking=lambda facts: _missing(facts, LayerId.CHILD_SECTORS),
)
CHECK = Check(
    id="secteurs",
    title="Secteurs de psychiatrie",
    question="Quels secteurs inviter pour que la psychiatrie soit représentée ?",
    measure="Secteurs de psychiatrie adulte et infanto-juvénile rencontrés, part de chacun dans le périmètre, établissement.",
    source=f"{GUIDE_QUESTIONS} (échelle intercommunale)",
    formula="Pour chaque secteur : habitants de ses communes dans le périmètre ÷ habitants du secteur. Un seul secteur adulte et au plus un "
    "infanto-juvénile : favorable, sous réserve si les secteurs infanto-juvéniles ne sont pas tous connus ; plusieurs : à discuter. Un secteur dont la part est sous le seuil, et qui pèse moins d’un quart du "
    "périmètre, est nommé à part.",
    limits="Aucune carte nationale des secteurs n’est ouverte : hors des départements complets, l’issue est « non évaluable » ou « au moins ». "
    "Un secteur qui coupe une commune est une estimation, ou sa part est inconnue.",
    figures={
        "secteurs_adultes": "secteurs adultes rencontrés, habitants en commun et part de chacun",
        "secteurs_adultes_a_la_marge": "secteurs adultes dont une très petite part est dans le périmètre",
        "secteurs_infanto_juveniles": "secteurs infanto-juvéniles rencontrés",
        "secteurs_coupes": "secteurs adultes en partie dehors, et habitants laissés dehors",
        "secteurs_infanto_juveniles_coupes": "secteurs infanto-juvéniles en partie dehors, et habitants laissés dehors",
    },
    judge=judge,
    say=say,
    communes=communes,
    settings=("sliver",),
    bases=(CHILDREN,),
)
