"""Priority quarters (QPV): those of the perimeter, and those of the same intercommunal bodies left outside.

What is known may raise a question; only a complete list may reassure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.guidance.check import DISCUSS, FAVORABLE, GUIDE_PERIMETER, UNKNOWN, Check, Decision, Judged, pick
from geo.guidance.finding import Finding, Outcome
from geo.guidance.missing_lists import missing_lists
from geo.guidance.settings import Settings
from geo.kept import kept_on_subject
from geo.layers import LayerId, Overlap, Relation, city_names, known_populations
from geo.moves import MoveBatch
from geo.perimeters import PerimeterFacts


def judge(batch: MoveBatch, _: Settings) -> Judged:
    """Unknown where the list is not complete; to discuss when a quarter of the same bodies is left outside or astride.

    Unknown too when none is, but a quarter lies in a city that the perimeter cuts, in an arrondissement that is not known.
    """
    found = batch.quarters
    outcomes = pick(
        (~found.complete, UNKNOWN),
        (found.known == 0, FAVORABLE),
        (found.left > 0, DISCUSS),
        (found.unplaced > 0, UNKNOWN),
        otherwise=FAVORABLE,
    )
    return outcomes, np.asarray(~found.complete | (found.known > 0))


@dataclass(frozen=True)
class QuartersAround:
    """QPV known in the intercommunal bodies touched: those met, those outside, and the départements looked at.

    Those `unplaced` lie in a city that the perimeter cuts, in an arrondissement that is not known: neither inside nor outside.
    """

    inside: tuple[Overlap, ...]
    outside: tuple[Overlap, ...]
    unplaced: tuple[Overlap, ...]
    departements: tuple[str, ...]

    @property
    def straddling(self) -> tuple[Overlap, ...]:
        """Those met that the perimeter cuts."""
        return tuple(o for o in self.inside if o.relation is Relation.PARTIEL)

    @property
    def count(self) -> int:
        """Number of QPV known."""
        return len(self.inside) + len(self.outside) + len(self.unplaced)


@kept_on_subject
def quarters_around(facts: PerimeterFacts) -> QuartersAround:
    """Return the QPV of the intercommunal bodies that a perimeter touches."""
    atlas = facts.atlas
    near = [facts.rows, *(atlas.members("community", part.code) for part in facts.communities)]
    around = np.unique(np.concatenate(near))
    # This layer alone: naming every zone of a whole intercommunal body costs more than all the other checks.
    known = facts.crosswalk.overlaps(around, [LayerId.QPV])[LayerId.QPV]
    met = {o.id: o for o in facts.overlaps[LayerId.QPV]}
    return QuartersAround(
        inside=tuple(met[o.id] for o in known if o.id in met and not met[o.id].somewhere),
        outside=tuple(o for o in known if o.id not in met),
        unplaced=tuple(met[o.id] for o in known if o.id in met and met[o.id].somewhere),
        departements=tuple(sorted(set(atlas.table["departement"].iloc[around]))),
    )


def say(facts: PerimeterFacts, decision: Decision, _: Settings) -> Finding:
    """Compare the QPV inside with those of the same intercommunal bodies left outside."""
    found = quarters_around(facts)
    figures = _figures(found)
    groups = (
        ("Dans le périmètre", found.inside),
        ("Dans une ville que le périmètre coupe, arrondissement inconnu", found.unplaced),
        ("Hors du périmètre, dans les mêmes intercommunalités", found.outside),
    )
    details = tuple(f"{title} : {fr.listing(map(_text, group), most=15)}." for title, group in groups if group)
    if not set(found.departements) <= facts.crosswalk.layers[LayerId.QPV].extent:
        seen = ""
        if found.count:
            seen = f" {fr.count(found.count, 'quartier connu', 'quartiers connus')}, sans certitude d’être les seuls."
        sentence = (
            f"La liste des QPV n’est pas complète ici, l’absence d’un quartier ne peut donc pas être affirmée.{seen}"
        )
        return decision.finding(sentence, figures, details, missing_lists(facts, [LayerId.QPV], found.departements))
    if not decision.concerned:
        return decision.finding("Ni le périmètre ni les intercommunalités concernées ne comptent de QPV.", figures)
    start, missing = _counted(found, facts)
    if decision.outcome is Outcome.DISCUSS:
        names = fr.listing((o.name for o in (*found.outside, *found.straddling)), most=6)
        return decision.finding(f"{start} Laissés dehors, au moins en partie : {names}.", figures, details, missing)
    if decision.outcome is Outcome.UNKNOWN:
        return decision.finding(start, figures, details, missing)
    return decision.finding(f"{start} Aucun n’est laissé dehors.", figures, details)


def _counted(found: QuartersAround, facts: PerimeterFacts) -> tuple[str, tuple[str, ...]]:
    """Write how many QPV are inside, and what is missing to know it of the others of a city that the perimeter cuts."""
    number = fr.count(len(found.inside), "QPV", "QPV")
    around = f"dans le périmètre sur {found.count} dans les intercommunalités concernées"
    if not found.unplaced:
        return f"{number} {around}{_share(found)}.", ()
    number = f"Au moins {number}" if found.inside else "Aucun QPV avec certitude"
    zones = facts.crosswalk.layers[LayerId.QPV].zones
    cities = city_names((str(zones.at[o.id, "territoire"]) for o in found.unplaced), facts.atlas)
    which = f"{fr.count(len(found.unplaced), 'QPV', 'QPV')} de {cities}"
    sentence = f"{number} {around}. {which} : un ou plusieurs arrondissements, lesquels n’est pas connu ; non comptés."
    return sentence, (f"arrondissements de {which}",)


def communes(facts: PerimeterFacts) -> Iterable[int]:
    """Return the communes of the QPV left outside, at least in part."""
    found, layer = quarters_around(facts), facts.crosswalk.layers[LayerId.QPV]
    left = layer.zones.index.get_indexer([o.id for o in (*found.outside, *found.straddling)])
    return layer.members["row"].to_numpy(dtype=np.intp)[np.isin(layer.members["zone"].to_numpy(), left)].tolist()


def _figures(found: QuartersAround) -> dict[str, object]:
    return {
        "qpv_dans_le_perimetre": len(found.inside),
        "qpv_hors_perimetre": len(found.outside),
        "qpv_a_cheval": len(found.straddling),
        "qpv_arrondissement_inconnu": len(found.unplaced),
        "population_connue_dans_le_perimetre": _known_sum([o.population for o in found.inside]),
        "population_connue_hors_perimetre": _known_sum([o.zone_population for o in found.outside]),
        "qpv_sans_population_connue": sum(
            o.zone_population is None for o in (*found.inside, *found.outside, *found.unplaced)
        ),
        "noms_hors_perimetre": [o.name for o in found.outside],
    }


def _known_sum(people: list[float | None]) -> float | None:
    """Add the populations known; None when there are quarters and none is known, for zero would mislead."""
    known = [p for p in people if p is not None]
    return sum(known) if known or not people else None


def _share(found: QuartersAround) -> str:
    """Write the share of QPV inhabitants inside, only when the population of every quarter is known."""
    inside = found.inside
    values = [o.zone_population for o in (*inside, *found.outside)]
    known = sum(v is not None for v in values)
    if known < len(values):
        return f" ({known_populations(known, len(values))})"
    if any(o.population is None for o in inside):
        return " (part de leurs habitants inconnue)"
    here, total = sum(o.population or 0 for o in inside), sum(v or 0 for v in values)
    mark = " (estimation)" if any(o.estimated for o in inside) else ""
    return f", {fr.ratio(here, total)} de leurs habitants{mark}" if total else ""


def _text(overlap: Overlap) -> str:
    people = overlap.zone_population
    return f"{overlap.name} ({fr.inhabitants(people)})" if people else f"{overlap.name} (population inconnue)"


CHECK = Check(
    id="qpv",
    title="Quartiers prioritaires",
    question="Les QPV de l’intercommunalité sont-ils servis ?",
    measure="QPV dans le périmètre et dans les mêmes intercommunalités : nombre, noms, habitants quand ils sont publiés.",
    source=f"{GUIDE_PERIMETER}, préconisations",
    formula="QPV d’une commune du périmètre, et QPV des mêmes intercommunalités laissés dehors. Tous dedans : favorable ; un dehors ou coupé : à discuter.",
    limits="Un QPV est une partie de commune : ses habitants sont ceux que l’État publie, et ne sont comptés que si la publication porte sur tout "
    "le quartier. Un QPV que le périmètre coupe est partagé par la surface, et marqué « estimation ».",
    figures={
        "qpv_dans_le_perimetre": "QPV d’au moins une commune du périmètre",
        "qpv_hors_perimetre": "QPV des mêmes intercommunalités laissés dehors",
        "qpv_a_cheval": "QPV que la limite du périmètre coupe",
        "qpv_arrondissement_inconnu": "QPV d’une ville que le périmètre coupe, dont l’arrondissement n’est pas connu",
        "population_connue_dans_le_perimetre": "habitants publiés des QPV du périmètre",
        "population_connue_hors_perimetre": "habitants publiés des QPV laissés dehors",
        "qpv_sans_population_connue": "QPV dont la population n’est pas publiée ici",
        "noms_hors_perimetre": "noms des QPV laissés dehors",
    },
    judge=judge,
    say=say,
    communes=communes,
)
