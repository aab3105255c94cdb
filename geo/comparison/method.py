"""The page Méthode beside the checks, which describe themselves: coverage figures, glossary, what the dashboard does not do.

The lists of checks, settings, measures and coverage figures are the code's own; this module adds what only a person can
write. A test fails when a coverage figure has no entry here, or an entry has lost its object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo.comparison.compare import Evaluated
from geo.guidance import Check, Finding, used_text

EXAMPLE = ("94028", "94081", "94054")  # Créteil, Vitry-sur-Seine, Orly: several sectors, in pieces
EXAMPLE_NAME = "Créteil, Vitry-sur-Seine et Orly"


# The figures of the page Couverture, by id (geo.coverage.figures): how each is computed.
_THREE = (
    "comptés selon ce qu’un CLSM en service en couvre ici : en entier, en partie, rien (liste des CLSM complète), rien de connu. "
    "Puis leurs habitants couverts ÷ tous leurs habitants d’ici, chacun compté une fois. Être touché n’est pas être couvert."
)
COVERAGE_METHODS: Mapping[str, str] = {
    "habitants": "Habitants des communes couvertes en entier par un CLSM en service, et la part connue de celles qu’il couvre en partie ÷ habitants du territoire. Un périmètre supposé y est compris, et dit à part. Borne haute : si toutes les communes de situation inconnue étaient couvertes ; celles d’un projet en sont là où la liste des CLSM n’est pas complète, car il a pu aboutir, et partout s’il est « à confirmer ».",
    "projet": "Habitants des communes où un CLSM est annoncé, en projet ou à confirmer, sans CLSM en service ÷ habitants du territoire.",
    "qpv": "QPV dont toutes les communes sont couvertes ÷ QPV du territoire, là où la liste est complète.",
    "qpv-habitants": "Habitants publiés des QPV des communes couvertes ÷ habitants publiés des QPV du territoire.",
    "rural": "Habitants couverts des communes rurales ÷ habitants des communes rurales.",
    "epci": f"EPCI du territoire, {_THREE}",
    "ept": f"EPT du territoire, {_THREE}",
    "secteurs-adultes": f"Secteurs adultes connus du territoire, {_THREE}",
    "secteurs-enfants": f"Secteurs infanto-juvéniles connus du territoire, {_THREE}",
    "cls": f"CLS en service connus du territoire, {_THREE}",
}
GLOSSARY: tuple[tuple[str, str], ...] = (
    ("Arrondissement", "Partie de Paris, Lyon ou Marseille ; l’outil les traite une à une, 45 en tout."),
    ("ARS", "Agence régionale de santé : cofinance les CLSM et veille à leur répartition."),
    ("ASV", "Atelier santé ville : démarche de santé dans les quartiers prioritaires d’une commune."),
    ("CLS", "Contrat local de santé, entre l’ARS et une collectivité ; il comporte un volet santé mentale depuis 2022."),
    ("CLSM", "Conseil local de santé mentale : instance présidée par un élu et co-animée par la psychiatrie publique. Ses membres choisissent son périmètre."),
    ("CMP", "Centre médico-psychologique : lieu de consultation d’un secteur de psychiatrie."),
    ("CPTS", "Communauté professionnelle territoriale de santé."),
    ("DAC", "Dispositif d’appui à la coordination des parcours complexes, souvent départemental."),
    ("EPCI", "Intercommunalité à fiscalité propre : communauté de communes, d’agglomération, urbaine, métropole."),
    ("EPT", "Établissement public territorial de la Métropole du Grand Paris ; l’outil le prend là comme échelle intercommunale."),
    ("ETP", "Équivalent temps plein."),
    ("GEM", "Groupe d’entraide mutuelle, entre personnes concernées."),
    ("Millésime", "Année de référence d’une donnée."),
    ("Population municipale", "Habitants qui résident dans la commune, au sens de l’INSEE ; la seule population employée ici."),
    ("PTSM", "Projet territorial de santé mentale, en général départemental."),
    ("QPV", "Quartier prioritaire de la politique de la ville, fixé par décret."),
    ("Secteur de psychiatrie", "Territoire d’une équipe publique de psychiatrie : « G » pour les adultes, « I » pour les enfants et adolescents."),
)  # fmt: skip
NOT_DONE: tuple[str, ...] = (
    "Dire si un périmètre est conforme : le guide recommande et n’interdit rien.",
    "Classer les périmètres ou donner une note unique : les repères ne s’additionnent pas.",
    "Mesurer les besoins de santé, la file active des équipes, les délais ou la qualité des soins.",
    "Calculer des temps de trajet par la route ou en transport.",
    "Connaître les personnes : seulement des institutions et des fonctions.",
    "Inventer ce qui manque : une liste incomplète donne « inconnu », « au moins » ou deux bornes, jamais zéro.",
    "Envoyer quoi que ce soit hors de la machine, sauf une synchronisation demandée.",
)


@dataclass(frozen=True)
class CheckEntry:
    """A check on the page Méthode: the check itself, its settings in words, an example computed on the active data."""

    check: Check
    settings: str
    example: Finding


def entries(example: Evaluated) -> tuple[CheckEntry, ...]:
    """Return the entry of every check, in their order."""
    return tuple(
        CheckEntry(check, used_text(check.settings, example.settings), finding) for check, finding in example.findings
    )
