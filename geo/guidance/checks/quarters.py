"""Priority quarters (QPV): those of the perimeter, and those of its neighbourhood left outside (docs/decisions/0009).

What is known may raise a question; only a complete list may reassure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.guidance.check import DISCUSS, FAVORABLE, GUIDE_PERIMETER, UNKNOWN, Basis, Check, Decision, Judged, pick
from geo.guidance.finding import Finding, Outcome
from geo.guidance.missing_lists import missing_lists
from geo.guidance.settings import Settings
from geo.kept import kept_on_subject
from geo.layers import LayerId, Overlap, Precision, Relation, city_names, known_populations
from geo.moves import MoveBatch, batch_of_one
from geo.perimeters import PerimeterFacts
from geo.shares import Share


def judge(batch: MoveBatch, settings: Settings) -> Judged:
    """Unknown where the list is not complete; to discuss when a quarter of the neighbourhood is left outside, or too much of those cut.

    Unknown too when none is, but a quarter lies in a city of which the perimeter holds or touches a part, in an arrondissement
    that is not known. Overflowing by less than the setting « à la marge » is no question by itself.
    """
    found = batch.quarters
    unplaced, around = found.unplaced + found.near_unplaced, found.touched + found.near
    spilling = (found.astride > 0) & (found.overflow >= settings.sliver)
    outcomes = pick(
        (~found.complete, UNKNOWN),
        (around + unplaced == 0, FAVORABLE),
        ((found.near > 0) | spilling, DISCUSS),
        (unplaced > 0, UNKNOWN),
        otherwise=FAVORABLE,
    )
    return outcomes, np.asarray(~found.complete | (around + unplaced > 0))


@dataclass(frozen=True)
class QuartersAround:
    """QPV known in the perimeter, its neighbourhood, and the intercommunal bodies touched.

    `inside` are those met, whole or astride; `near` those of the neighbourhood alone, left outside; `far` the others of the same
    bodies. Those `unplaced` lie in a city that the perimeter holds or touches in part, in an arrondissement that is not known.
    `here` is what lies of each, as the perimeter and these bodies hold it together: the one set over which a share is taken.
    """

    inside: tuple[Overlap, ...]
    near: tuple[Overlap, ...]
    far: tuple[Overlap, ...]
    unplaced: tuple[Overlap, ...]
    here: tuple[Overlap, ...]
    departements: tuple[str, ...]

    @property
    def astride(self) -> tuple[Overlap, ...]:
        """Those met that the perimeter cuts."""
        return tuple(o for o in self.inside if o.relation is Relation.PARTIEL)

    @property
    def around(self) -> int:
        """Number of QPV of the perimeter and its neighbourhood."""
        return len(self.inside) + len(self.near) + len(self.unplaced)


@kept_on_subject
def quarters_around(facts: PerimeterFacts) -> QuartersAround:
    """Return the QPV of a perimeter, its neighbourhood and the intercommunal bodies that it touches."""
    atlas = facts.atlas
    bodies = [facts.rows, *(atlas.members("community", part.code) for part in facts.communities)]
    rows = np.unique(np.concatenate(bodies))
    columns, near = batch_of_one(facts).neighbours
    # This layer alone: naming every zone of a whole intercommunal body costs more than all the other checks.
    here = facts.crosswalk.overlaps(rows, [LayerId.QPV])[LayerId.QPV]
    ground = batch_of_one(facts).ground
    beside = set(ground.quarter_ids[np.unique(ground.quarters[columns[near[0]]].indices)])
    met = {o.id: o for o in facts.overlaps[LayerId.QPV]}
    outside = tuple(o for o in here if o.id not in met)
    vague = {o.id for o in outside if o.id in beside and o.precision is Precision.VILLE}
    return QuartersAround(
        inside=tuple(met[o.id] for o in here if o.id in met and not met[o.id].somewhere),
        near=tuple(o for o in outside if o.id in beside and o.id not in vague),
        far=tuple(o for o in outside if o.id not in beside),
        unplaced=(
            *(met[o.id] for o in here if o.id in met and met[o.id].somewhere),
            *(o for o in outside if o.id in vague),
        ),
        here=here,
        departements=tuple(sorted(set(atlas.table["departement"].iloc[rows]))),
    )


def say(facts: PerimeterFacts, decision: Decision, settings: Settings) -> Finding:
    """Tell apart the QPV touched, whole and astride, and name those of the neighbourhood left outside."""
    found = quarters_around(facts)
    figures = _figures(found)
    groups = (
        ("Dans le périmètre", found.inside),
        ("Dans une ville prise en partie, arrondissement inconnu", found.unplaced),
        ("Hors du périmètre, dans les communes limitrophes", found.near),
        ("Plus loin dans les mêmes intercommunalités", found.far),
    )
    details = tuple(f"{title} : {_named(group)}." for title, group in groups if group)
    if not set(found.departements) <= facts.crosswalk.layers[LayerId.QPV].extent:
        seen = ""
        if found.here:
            seen = f" {fr.count(len(found.here), 'quartier connu', 'quartiers connus')}, sans certitude d’être {fr.noun(len(found.here), 'le seul', 'les seuls')}."
        sentence = (
            f"La liste des QPV n’est pas complète ici, l’absence d’un quartier ne peut donc pas être affirmée.{seen}"
        )
        return decision.finding(sentence, figures, details, missing_lists(facts, [LayerId.QPV], found.departements))
    if not decision.concerned:
        return decision.finding(
            "Aucun QPV dans le périmètre ni dans les communes limitrophes des mêmes intercommunalités.", figures
        )
    vague, missing = _unplaced(found, facts)
    sentence = f"{_counted(found)}{_share(found)}{vague}{_outside(found)}"
    raised = ("sliver",) if decision.outcome is Outcome.DISCUSS and not found.near else ()
    return decision.finding(sentence, figures, details, missing, raised_by=raised)


def _counted(found: QuartersAround) -> str:
    """Write how many QPV are touched, how many whole, and which overflow: « 31 sur 31 touchés, 30 entiers ; … déborde … »."""
    touched, cut = len(found.inside), found.astride
    least = "Au moins " if found.unplaced and touched else ""
    if not touched:
        number = "Aucun QPV touché avec certitude" if found.unplaced else "Aucun QPV touché"
        return f"{number}, sur {fr.number(found.around)} ici."
    text = f"{least}{fr.number(touched)} QPV sur {fr.number(found.around)} {'touché' if touched < 2 else 'touchés'}"
    whole = touched - len(cut)
    if not cut:
        return f"{text}, {'entier' if touched < 2 else 'tous entiers'}."
    kept = f"{fr.number(whole)} {'entier' if whole < 2 else 'entiers'}" if whole else "aucun entier"
    return f"{text}, {kept} ; {_overflow(cut)}."


def _overflow(cut: Sequence[Overlap]) -> str:
    """Write by how much QPV overflow: « X déborde de 742 habitants environ », « Y déborde, d’un nombre d’habitants inconnu »."""
    told, vague = list[tuple[str, float]](), list[str]()
    for o in cut:
        if o.zone_population is None or o.population is None:
            vague.append(o.name)
        else:
            told.append((o.name, o.zone_population - o.population))
    parts = [f"{name} déborde de {fr.inhabitants(round(people))} environ" for name, people in told]
    if vague:
        verb = "déborde" if len(vague) == 1 else "débordent"
        parts.append(f"{fr.listing(vague, most=4)} {verb}, d’un nombre d’habitants inconnu")
    return " ; ".join(parts[:4]) + (f" ; et {fr.count(len(parts) - 4, 'autre')}" if len(parts) > 4 else "")


def _outside(found: QuartersAround) -> str:
    """Name the QPV of the neighbourhood left outside, and count the others of the same bodies."""
    text = ""
    if found.near:
        names = fr.listing((o.name for o in found.near), most=6)
        text = f" {'Laissé' if len(found.near) == 1 else 'Laissés'} dehors, dans les communes limitrophes : {names}."
    elif not found.unplaced:
        text = " Aucun QPV des communes limitrophes n’est laissé dehors."
    if found.far:
        other = fr.count(
            len(found.far),
            "QPV des mêmes intercommunalités est plus loin",
            "QPV des mêmes intercommunalités sont plus loin",
        )
        text += f" {other}."
    return text


def _unplaced(found: QuartersAround, facts: PerimeterFacts) -> tuple[str, tuple[str, ...]]:
    """Say which QPV lie in an arrondissement that is not known, and what is missing."""
    if not found.unplaced:
        return "", ()
    zones = facts.crosswalk.layers[LayerId.QPV].zones
    cities = city_names((str(zones.at[o.id, "territoire"]) for o in found.unplaced), facts.atlas)
    which = f"{fr.count(len(found.unplaced), 'QPV', 'QPV')} de {cities}"
    counted = fr.noun(len(found.unplaced), "non compté", "non comptés")
    sentence = f" {which} {counted} : on ne sait pas dans quels arrondissements."
    return sentence, (f"arrondissements de {which}",)


def communes(facts: PerimeterFacts) -> Iterable[int]:
    """Return the communes of the QPV of the neighbourhood left outside, and of those cut."""
    found, layer = quarters_around(facts), facts.crosswalk.layers[LayerId.QPV]
    left = layer.zones.index.get_indexer([o.id for o in (*found.near, *found.astride)])
    return layer.members["row"].to_numpy(dtype=np.intp)[np.isin(layer.members["zone"].to_numpy(), left)].tolist()


def _figures(found: QuartersAround) -> dict[str, object]:
    share = _share_of(found)
    return {
        "qpv_dans_le_perimetre": len(found.inside),
        "qpv_entiers": len(found.inside) - len(found.astride),
        "qpv_a_cheval": len(found.astride),
        "qpv_limitrophes": len(found.near),
        "qpv_plus_loin": len(found.far),
        "qpv_arrondissement_inconnu": len(found.unplaced),
        "habitants_en_qpv": _known_number(share.part),
        "habitants_en_qpv_intercommunalites": _known_number(share.whole),
        "population_connue_dans_le_perimetre": _known_sum([o.population for o in found.inside]),
        "population_connue_limitrophe": _known_sum([o.population for o in found.near]),
        "qpv_sans_population_connue": sum(o.zone_population is None for o in found.here),
        "noms_limitrophes": [o.name for o in found.near],
    }


def _known_number(people: float) -> float | None:
    return None if np.isnan(people) else people


def _known_sum(people: list[float | None]) -> float | None:
    """Add the populations known; None when there are quarters and none is known, for zero would mislead."""
    known = [p for p in people if p is not None]
    return sum(known) if known or not people else None


def _share_of(found: QuartersAround) -> Share:
    """Inhabitants of QPV in the perimeter out of those in it and in its intercommunal bodies together, quarter by quarter."""
    met = {o.id: o for o in found.inside}
    vague = {o.id for o in found.unplaced}
    inside = [np.nan if o.id in vague else _number(met[o.id].population) if o.id in met else 0.0 for o in found.here]
    everyone = [_number(o.population) for o in found.here]
    return Share(np.array(inside), np.array(everyone), np.full(len(everyone), True), "habitants en QPV")


def _number(people: float | None) -> float:
    return np.nan if people is None else people


def _share(found: QuartersAround) -> str:
    """Write the share of QPV inhabitants inside, both sides over the perimeter and the intercommunal bodies that it touches."""
    told = sum(o.zone_population is not None for o in found.here)
    if told < len(found.here):
        text = known_populations(told, len(found.here))
        return f" {text[0].upper()}{text[1:]}."
    share = _share_of(found)
    if share.value is None:
        whose = fr.noun(len(found.here), "ses", "leurs")
        return f" Part de {whose} habitants inconnue." if np.isnan(share.part) else ""
    mark = " (estimation)" if any(o.estimated for o in (*found.inside, *found.here)) else ""
    return f" {share.text} des habitants en QPV des intercommunalités concernées vivent dans le périmètre{mark}."


def _named(group: Sequence[Overlap]) -> str:
    """Name quarters with their inhabitants; where no population of the group is known, that is said once for all of it."""
    if not any(o.zone_population for o in group):
        unknown = fr.noun(len(group), "population inconnue", "populations inconnues")
        return f"{fr.listing((o.name for o in group), most=15)} ({unknown})"
    return fr.listing(map(_text, group), most=15)


def _text(overlap: Overlap) -> str:
    people = overlap.zone_population
    return f"{overlap.name} ({fr.inhabitants(people)})" if people else f"{overlap.name} (population inconnue)"


WHOLE = Basis(
    known=lambda batch: batch.quarters.astride == 0,
    lacking=lambda facts: (
        f"la part exacte qui déborde du périmètre : {o.name}" for o in quarters_around(facts).astride
    ),
)
CHECK = Check(
    id="qpv",
    title="Quartiers prioritaires",
    question="Les QPV d’ici sont-ils servis ?",
    measure="QPV touchés par le périmètre, entiers ou à cheval, et QPV des communes limitrophes des mêmes intercommunalités : nombre, noms, habitants quand ils sont publiés.",
    source=f"{GUIDE_PERIMETER}, préconisations",
    formula="QPV d’une commune du périmètre, et QPV des communes limitrophes (qui touchent le périmètre, dans les mêmes intercommunalités). Aucun laissé "
    "dehors : favorable ; un dehors : à discuter. Un QPV à cheval sur la limite ne se discute que si les quartiers coupés laissent dehors, du total des "
    "quartiers touchés, au moins la part « à la marge » (de leurs habitants, ou de leur nombre si une population manque) ; sous elle : favorable, sous réserve. "
    "La part des habitants est prise, en haut comme en bas, dans le périmètre et ses intercommunalités.",
    limits="Un QPV est une partie de commune : ses habitants sont ceux que l’État publie, et ne sont comptés que si la publication porte sur tout "
    "le quartier. Un QPV que la limite coupe est partagé par la surface, et marqué « estimation ».",
    figures={
        "qpv_dans_le_perimetre": "QPV d’au moins une commune du périmètre",
        "qpv_entiers": "QPV dont toutes les communes sont dans le périmètre",
        "qpv_a_cheval": "QPV que la limite du périmètre coupe",
        "qpv_limitrophes": "QPV des communes limitrophes des mêmes intercommunalités, laissés dehors",
        "qpv_plus_loin": "autres QPV des mêmes intercommunalités",
        "qpv_arrondissement_inconnu": "QPV d’une ville que le périmètre prend ou touche en partie, dont l’arrondissement n’est pas connu",
        "habitants_en_qpv": "habitants en QPV du périmètre, quand tous sont connus",
        "habitants_en_qpv_intercommunalites": "habitants en QPV du périmètre et de ses intercommunalités, quand tous sont connus",
        "population_connue_dans_le_perimetre": "habitants publiés des QPV du périmètre",
        "population_connue_limitrophe": "habitants publiés des QPV limitrophes laissés dehors",
        "qpv_sans_population_connue": "QPV du périmètre et de ses intercommunalités dont la population n’est pas publiée ici",
        "noms_limitrophes": "noms des QPV limitrophes laissés dehors",
    },
    judge=judge,
    say=say,
    communes=communes,
    settings=("sliver",),
    bases=(WHOLE,),
)
