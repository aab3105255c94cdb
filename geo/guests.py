"""Who must be at the table of a first meeting, read off the communes and the layers met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from geo import french as fr
from geo.crosswalk import Overlap
from geo.perimeter import PerimeterFacts

MOST_MAYORS, MOST_BODIES, MOST_SECTORS, MOST_ZONES = 12, 8, 8, 10  # named one by one; past it, « et n autres »


@dataclass(frozen=True)
class Guest:
    """Someone to invite: what they are, their name, why."""

    kind: str
    name: str
    reason: str


def guests(facts: PerimeterFacts) -> tuple[Guest, ...]:
    """Return the guests, in the order of an invitation letter: elected officials, psychiatry, health, the State."""
    return (*_elected(facts), *_psychiatry(facts), *_health(facts), *_state(facts))


def _elected(facts: PerimeterFacts) -> Iterator[Guest]:
    names = [facts.town_name(str(code)) for code in facts.towns.index]
    many = len(names) > 1
    yield Guest(
        f"{len(names)} maires" if many else "Maire", fr.listing(names, most=MOST_MAYORS),
        "Le CLSM est présidé par un élu ; chaque commune du périmètre est concernée." if many else "Le CLSM est présidé par un élu.",
    )  # fmt: skip
    shown = facts.communities[:MOST_BODIES]
    for part in shown:
        share = (
            "en entier"
            if part.whole
            else f"pour {fr.count(part.communes, 'commune')} sur {fr.number(part.communes_total)}"
        )
        yield Guest(
            "Intercommunalité",
            part.name,
            f"Concernée {share} ; politique de la ville, habitat, contrat local de santé.",
        )
    if len(facts.communities) > len(shown):
        rest = [p.name for p in facts.communities[len(shown) :]]
        yield Guest("Intercommunalités", fr.listing(rest), "Concernées aussi.")


def _psychiatry(facts: PerimeterFacts) -> Iterator[Guest]:
    """Yield each hospital with its sectors; a sector without known hospital stands alone."""
    kinds = (("secteurs-adultes", "Psychiatrie adulte"), ("secteurs-enfants", "Psychiatrie infanto-juvénile"))
    for layer_id, what in kinds:
        zones = facts.crosswalk.layers[layer_id].zones
        teams: dict[str, list[Overlap]] = {}
        for overlap in facts.overlaps[layer_id]:
            hospital = str(zones.at[overlap.id, "territoire"])
            teams.setdefault(hospital or overlap.name, []).append(overlap)
        for hospital, sectors in teams.items():
            named = fr.listing((f"{o.name}{_share(o)}" for o in sectors), most=MOST_SECTORS)
            yield Guest(what, hospital, f"{'Secteurs' if len(sectors) > 1 else 'Secteur'} du périmètre : {named}.")
        if not facts.known_everywhere(layer_id) and not facts.assigned_everywhere(layer_id):
            yield Guest(what, "autres secteurs à identifier", "La liste des secteurs n’est pas complète ici.")


def _share(overlap: Overlap) -> str:
    if overlap.share_of_zone is None or overlap.zone_population is None:
        return " (part inconnue)"
    if overlap.share_of_zone == 1:
        return " (entier)"
    return f" ({fr.percent(overlap.share_of_zone)} de ses habitants)"


def _health(facts: PerimeterFacts) -> Iterator[Guest]:
    reasons = {
        "cls": "Contrat local de santé : son volet santé mentale peut être porté par le CLSM.",
        "cpts": "Professionnels de santé du territoire.",
        "dac": "Appui aux parcours complexes.",
        "clsm": "CLSM déjà là : mutualiser, fusionner ou se coordonner.",
    }
    for layer_id, reason in reasons.items():
        names = [o.name for o in facts.overlaps[layer_id]]
        if names:
            yield Guest(facts.crosswalk.layers[layer_id].name, fr.listing(names, most=MOST_ZONES), reason)
    yield Guest(
        "Usagers et proches",
        "GEM, associations d’usagers et de proches",
        "Membres du CLSM de plein droit ; à identifier localement.",
    )


def _state(facts: PerimeterFacts) -> Iterator[Guest]:
    atlas = facts.atlas
    regions = sorted(set(facts.table["region"]))
    yield Guest(
        "ARS",
        fr.listing(str(atlas.regions.at[r, "nom"]) for r in regions),
        "Cofinanceur ; délégation départementale à associer.",
    )
    names = fr.listing(str(atlas.departements.at[d, "nom"]) for d in facts.departements)
    yield Guest("Préfecture", names, "Politique de la ville, soins sans consentement, cohésion sociale.")
    yield Guest("Conseil départemental", names, "Action sociale, protection de l’enfance, autonomie.")
