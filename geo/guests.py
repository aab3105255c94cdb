"""Who must be at the table of a first meeting, read off the communes and the layers met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from geo import french as fr
from geo.crosswalk import Overlap
from geo.perimeter import PerimeterFacts

MOST_MAYORS = 12


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
    for part in facts.communities:
        share = (
            "en entier"
            if part.whole
            else f"{fr.number(part.communes)} commune{'s' if part.communes > 1 else ''} sur {fr.number(part.communes_total)}"
        )
        yield Guest(
            "Intercommunalité",
            part.name,
            f"Dans le périmètre {share} ; politique de la ville, habitat, contrat local de santé.",
        )


def _psychiatry(facts: PerimeterFacts) -> Iterator[Guest]:
    for layer_id, what in (
        ("secteurs-adultes", "Psychiatrie adulte"),
        ("secteurs-enfants", "Psychiatrie infanto-juvénile"),
    ):
        layer = facts.crosswalk.layers[layer_id]
        for overlap in facts.overlaps[layer_id]:
            hospital = str(layer.zones.at[overlap.id, "territoire"])
            name = f"{overlap.name}, {hospital}" if hospital and hospital != overlap.name else overlap.name
            yield Guest(what, name, f"Secteur du périmètre{_share(overlap)}.")
        if not facts.known_everywhere(layer_id) and not facts.assigned_everywhere(layer_id):
            yield Guest(what, "autres secteurs à identifier", "La liste des secteurs n’est pas complète ici.")


def _share(overlap: Overlap) -> str:
    if overlap.share_of_zone is None or overlap.zone_population is None:
        return ", part inconnue"
    if overlap.share_of_zone == 1:
        return ", en entier"
    return f" : {fr.ratio(overlap.population or 0, overlap.zone_population)} de ses habitants"


def _health(facts: PerimeterFacts) -> Iterator[Guest]:
    reasons = {
        "cls": "Contrat local de santé : son volet santé mentale peut être porté par le CLSM.",
        "cpts": "Professionnels de santé du territoire.",
        "dac": "Appui aux parcours complexes.",
        "clsm": "CLSM déjà là : mutualiser, fusionner ou se coordonner.",
    }
    for layer_id, reason in reasons.items():
        for overlap in facts.overlaps[layer_id]:
            yield Guest(facts.crosswalk.layers[layer_id].name, overlap.name, reason)
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
