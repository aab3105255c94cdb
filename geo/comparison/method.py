"""How each check and figure is made: formula, limits, figures told, glossary, what the dashboard does not do.

The lists of checks, settings, measures and coverage figures are the code's own; this module adds to each what only a
person can write. A test fails when one of them has no entry here, or an entry has lost its object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo.comparison.compare import Evaluated
from geo.guidance import CHECKS, Check, Finding, used_text

EXAMPLE = ("94028", "94081", "94054")  # Créteil, Vitry-sur-Seine, Orly: several sectors, in pieces
EXAMPLE_NAME = "Créteil, Vitry-sur-Seine et Orly"


@dataclass(frozen=True)
class CheckMethod:
    """What must be known of a check beyond its question: how its outcome is reached, its limits, the figures it tells."""

    formula: str
    limits: str
    figures: Mapping[str, str]


METHODS: Mapping[str, CheckMethod] = {
    "taille": CheckMethod(
        "habitants ÷ repère. Favorable jusqu’au repère ; à discuter jusqu’au repère augmenté de la marge ; point de vigilance au-delà.",
        "Le guide ne fixe aucun minimum et écrit « autour de » : la marge est un choix de cet outil. La population ne dit pas les besoins.",
        {"population": "habitants du périmètre", "repere": "repère de taille employé", "rapport": "habitants ÷ repère"},
    ),
    "secteurs": CheckMethod(
        "Pour chaque secteur : habitants de ses communes dans le périmètre ÷ habitants du secteur. Un seul secteur adulte et au plus un "
        "infanto-juvénile : favorable ; plusieurs : à discuter. Un secteur dont la part est sous le seuil, et qui pèse moins d’un quart du "
        "périmètre, est nommé à part.",
        "Aucune carte nationale des secteurs n’est ouverte : hors des départements complets, l’issue est « non évaluable » ou « au moins ». "
        "Un secteur qui coupe une commune est une estimation, ou sa part est inconnue.",
        {
            "secteurs_adultes": "secteurs adultes rencontrés, habitants en commun et part de chacun",
            "secteurs_adultes_a_la_marge": "secteurs adultes dont une très petite part est dans le périmètre",
            "secteurs_infanto_juveniles": "secteurs infanto-juvéniles rencontrés",
            "secteurs_coupes": "secteurs adultes en partie dehors, et habitants laissés dehors",
        },
    ),
    "articulation": CheckMethod(
        "Pour chaque CLSM, CLS, CPTS et DAC : habitants en commun, part du périmètre, part du dispositif, relation (identique, contient, "
        "incluse, en partie). Autre CLSM en service sur ces communes : point de vigilance ; recoupement partiel ou CLSM incertain : à discuter ; "
        "tous alignés : favorable, si les listes sont complètes.",
        "Les listes de dispositifs sont partielles presque partout : un nom absent ne prouve rien. Des contrats ont pu expirer.",
        {
            "rencontres": "nombre de dispositifs rencontrés, par couche",
            "autres_clsm": "autres CLSM sur ces communes",
            "recoupements_partiels": "dispositifs à cheval sur la limite",
            "couches_empilees_au_plus": "plus grand nombre de dispositifs en service sur une même commune",
            "communes_les_plus_chargees": "nombre de communes qui en portent autant",
        },
    ),
    "qpv": CheckMethod(
        "QPV d’une commune du périmètre, et QPV des mêmes intercommunalités laissés dehors. Tous dedans : favorable ; un dehors ou coupé : à discuter.",
        "Un QPV est une partie de commune : ses habitants sont ceux que l’État publie, et ne sont comptés que si la publication porte sur tout "
        "le quartier. Un QPV que le périmètre coupe est partagé par la surface, et marqué « estimation ».",
        {
            "qpv_dans_le_perimetre": "QPV d’au moins une commune du périmètre",
            "qpv_hors_perimetre": "QPV des mêmes intercommunalités laissés dehors",
            "qpv_a_cheval": "QPV que la limite du périmètre coupe",
            "qpv_arrondissement_inconnu": "QPV d’une ville que le périmètre coupe, dont l’arrondissement n’est pas connu",
            "population_connue_dans_le_perimetre": "habitants publiés des QPV du périmètre",
            "population_connue_hors_perimetre": "habitants publiés des QPV laissés dehors",
            "qpv_sans_population_connue": "QPV dont la population n’est pas publiée ici",
            "noms_hors_perimetre": "noms des QPV laissés dehors",
        },
    ),
    "rural": CheckMethod(
        "Communes de la classe « rural » dans le périmètre, et celles des mêmes intercommunalités laissées dehors. Aucune dehors : favorable ; sinon : à discuter.",
        "Sans la grille de densité de l’INSEE, la classe est estimée par la densité de la commune entière.",
        {
            "communes_rurales": "communes rurales du périmètre",
            "population_rurale": "leurs habitants",
            "part_population_rurale": "leurs habitants ÷ habitants du périmètre",
            "communes_rurales_hors_perimetre": "communes rurales des mêmes intercommunalités laissées dehors",
            "population_rurale_hors_perimetre": "leurs habitants",
            "methode": "grille employée",
            "estimation": "si la classe est une estimation",
        },
    ),
    "coordination": CheckMethod(
        "Communes, intercommunalités, superficie, plus grande distance entre communes, distance moyenne à la ville principale pondérée par les "
        "habitants, nombre de morceaux. Plusieurs morceaux, ou un seuil dépassé : point de vigilance.",
        "Distances à vol d’oiseau entre points intérieurs des communes : ni routes, ni transports, ni relief. Une île ou une enclave légale fait un morceau : la phrase le dit quand ce n’est que cela.",
        {
            "communes": "communes à réunir",
            "intercommunalites": "EPCI, ou EPT dans le Grand Paris",
            "superficie_km2": "superficie, dans la projection légale",
            "plus_grande_distance_km": "entre les deux communes les plus éloignées ; inconnue d’une projection à l’autre",
            "distance_moyenne_ville_principale_km": "distance moyenne d’un habitant à la ville principale",
            "morceaux": "ensembles de communes qui se touchent",
            "morceaux_sans_iles_ni_enclaves": "les mêmes, îles et enclaves légales étant rattachées à la commune la plus proche",
        },
    ),
    "centralite": CheckMethod(
        "Habitants de la commune la plus peuplée ÷ habitants du périmètre ; de même pour les QPV et les lieux de santé mentale quand leurs listes "
        "sont complètes. Au-delà du seuil : à discuter. Une seule commune : sans objet.",
        "La part des habitants ne dit pas où se tiennent les actions.",
        {
            "communes": "communes du périmètre, quand il n’y en a qu’une",
            "ville_principale": "commune la plus peuplée",
            "population": "ses habitants",
            "part_population": "ses habitants ÷ habitants du périmètre",
            "qpv": "habitants des QPV dans cette commune, et en tout",
            "lieux": "lieux de santé mentale dans cette commune, et en tout",
        },
    ),
    "diagnostic": CheckMethod(
        "Dans la première intercommunalité du périmètre : habitants de la commune la plus peuplée ÷ habitants de l’intercommunalité. Au-delà du "
        "seuil, les chiffres parlent pour l’échelle communale, en deçà pour l’intercommunale. Favorable si c’est l’échelle du périmètre.",
        "Les besoins et les ressources comptent autant que les habitants et ne sont pas tous connus ici.",
        {
            "intercommunalite": "intercommunalité qui pèse le plus dans le périmètre",
            "commune_la_plus_peuplee": "sa commune la plus peuplée",
            "part_population": "habitants de cette commune ÷ habitants de l’intercommunalité",
            "echelle_indiquee": "échelle pour laquelle ce chiffre parle",
            "echelle_du_perimetre": "échelle du périmètre",
            "qpv": "habitants des QPV dans cette commune, et en tout",
            "lieux": "lieux de santé mentale dans cette commune, et en tout",
        },
    ),
    "ressources": CheckMethod(
        "Lieux de soins en santé mentale des communes du périmètre ; lieux × 100 000 ÷ habitants. Aucun lieu : point de vigilance ; sinon : pour "
        "information, car aucun taux de référence n’existe.",
        "La liste vient de FINESS une fois synchronisée. GEM, associations d’usagers et de proches n’y sont pas. Un lieu compté ne dit ni ses moyens ni ses délais.",
        {
            "lieux": "lieux connus dans le périmètre",
            "par_categorie": "les mêmes, par catégorie",
            "pour_100_000_habitants": "lieux pour 100 000 habitants",
            "source": "source de la liste",
            "millesime": "millésime de la liste",
        },
    ),
    "typologie": CheckMethod(
        "Habitants en commune urbaine dense, urbaine intermédiaire et rurale ÷ habitants du périmètre. Les classes qui réunissent un tiers des "
        "habitants ou plus appellent leurs déterminants. Ce repère informe, il ne juge pas.",
        "Une commune entière a une seule classe, quelles que soient ses différences internes.",
        {
            "population_par_type": "habitants dans chaque classe",
            "methode": "grille employée",
            "estimation": "si la classe est une estimation",
        },
    ),
    "grande_ville": CheckMethod(
        "Pour une ville au-delà du seuil : arrondissements pris dans le périmètre sur arrondissements de la ville. Sinon : sans objet.",
        "Seules Paris, Lyon et Marseille ont des arrondissements municipaux dans les données.",
        {
            "ville": "ville concernée",
            "population": "habitants de la ville",
            "arrondissements": "arrondissements de la ville",
            "dans_le_perimetre": "arrondissements dans le périmètre",
        },
    ),
    "elus": CheckMethod(
        "Liste des communes et intercommunalités touchées, et de celles que le périmètre coupe. Ce repère informe, il ne juge pas.",
        "Des fonctions et des institutions : aucun nom de personne n’est connu.",
        {
            "communes": "communes du périmètre",
            "intercommunalites": "intercommunalités touchées",
            "intercommunalites_en_partie": "intercommunalités en partie dans le périmètre",
        },
    ),
    "moyens": CheckMethod(
        "Les quatre scénarios de temps de coordination du guide et leur coût annuel brut. Ce repère informe, il ne juge pas.",
        "Charges salariales seules, ordre de grandeur 2024 : ni locaux, ni actions.",
        {
            "scenarios": "scénarios du guide",
            "temps_plein_recommande": "temps plein que le guide recommande",
            "cofinanceurs": "cofinanceurs cités par le guide",
        },
    ),
}
# The figures of the page Couverture, by id (geo.coverage.figures): how each is worked out.
COVERAGE_METHODS: Mapping[str, str] = {
    "habitants": "Habitants des communes couvertes en entier par un CLSM en service ÷ habitants du territoire. Un CLSM au périmètre supposé ou partiel compte à part. Borne haute : si toutes les communes de situation inconnue étaient couvertes ; un projet connu n’en est pas.",
    "projet": "Habitants des communes où un CLSM est annoncé ou en projet, sans CLSM en service ÷ habitants du territoire.",
    "qpv": "QPV dont toutes les communes sont couvertes ÷ QPV du territoire, là où la liste est complète.",
    "qpv-habitants": "Habitants publiés des QPV des communes couvertes ÷ habitants publiés des QPV du territoire.",
    "rural": "Habitants couverts des communes rurales ÷ habitants des communes rurales.",
    "epci": "EPCI dont une commune du territoire au moins est dans un CLSM ÷ EPCI du territoire.",
    "ept": "EPT dont une commune du territoire au moins est dans un CLSM ÷ EPT du territoire.",
    "secteurs-adultes": "Secteurs adultes dont une commune au moins est dans un CLSM ÷ secteurs adultes connus du territoire.",
    "secteurs-enfants": "Secteurs infanto-juvéniles dont une commune au moins est dans un CLSM ÷ secteurs connus du territoire.",
    "cls": "CLS en service dont une commune au moins est dans un CLSM ÷ CLS connus du territoire.",
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
    """Everything the page Méthode says of a check, with an example worked out on the data in use."""

    check: Check
    method: CheckMethod
    settings: str
    example: Finding


def entries(example: Evaluated) -> tuple[CheckEntry, ...]:
    """Return the entry of every check, in their order; KeyError for a check without entry."""
    return tuple(
        CheckEntry(check, METHODS[check.id], used_text(check.settings, example.settings), finding)
        for check, finding in example.findings
    )


def missing_entries(found: Evaluated) -> tuple[str, ...]:
    """Return the figures told by checks that no entry explains, as « check.figure »."""
    return tuple(
        f"{finding.id}.{key}"
        for _, finding in found.findings
        for key in finding.figures
        if key not in METHODS[finding.id].figures
    )


def orphans() -> tuple[str, ...]:
    """Return the entries whose check does not exist any more."""
    return tuple(sorted(set(METHODS) - {check.id for check in CHECKS}))
