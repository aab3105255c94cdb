"""Headers of planners' tables: the role that a header names for a layer, and what it says that it is about something else."""

from __future__ import annotations

import re
from functools import lru_cache

from geo.files import column_key
from geo.french import fold

# Folded header (see column_key) → role, the surest first.
ALIASES: tuple[tuple[str, str], ...] = (
    ("id", r"id|identifiant|idterritoire|idclsm|idcls|idcpts|iddac|idsecteur|codesecteur|codeterritoire|codeclsm|codecls|numero(dusecteur)?|ref(erence)?"),
    ("code_commune", r"codecommune|codeinsee(commune|ducommune|delacommune)?|insee|inseecom|codgeo|depcom|comcode|cog|codecog|codecom"
                     r"|codeinseecom|inseecommune|commune(s)?code(insee)?|numinsee|citycode|codeofficielgeographique|ninsee|cinsee"
                     r"|codecommuneinsee|codecommunes|codeinseecommunes|com"),
    ("code_iris", r"(code|codes|num|numero|liste|listedes|lesiris|insee)?(du|des|de|d)?iris(code|s|couverts|concernes|insee)?|dcomiris|depcomiris|irisid"),
    ("code_postal", r"codepostal(commune|delacommune)?|cp|codespostaux|postal|codeposte|zip|cpcommune|cpville"),
    ("communes", r"communes|listedescommunes|listecommunes|communesmembres|communescouvertes|communesconcernees|composition|perimetre"
                 r"|villes|lescommunes|communesduterritoire|territoirecouvert|codescommunes|codesinsee"),
    ("nom_commune", r"nomcommune|commune|nomdelacommune|nomdecommune|libellecommune|libcom|libgeo|ville|nomcom|communenom|nomville|municipalite"
                    r"|nomdescommunes|nomdelaville|libelledelacommune"),
    ("epci", r"epci|codeepci|siren|sirenepci|codesiren|numsiren|nsiren|epcisiren|ept|codeept|intercommunalite|intercommunalites|nomepci|libepci|libelleepci"
             r"|communautedecommunes|nomdelepci"),
    ("departement", r"departements?|listedesdepartements|departements?(?:dintervention|concernes?)|dep|dept|dpt|codedepartement|codedep|coddep|codedept|departementcouvert|departementscouverts|numdep|numdepartement|nomdepartement|ndepartement|inseedep"),
    ("part_commune", r"partcommune|part|partiel|partielle|partiellement|couverture|totaleoupartielle|inclusion"),
    ("etat", r"etat|statut|avancement|situation|etat(du)?(clsm|cls|cpts|dac)|statut(du)?(clsm|cls|cpts|dac)|phase|etatdavancement"),
    ("fin", r"(?:clsm|cls|cpts|dac)?(?:est|dejaete)?(?:dissout?e?s?|fermee?|inacti(?:f|ve)|abandonnee?|ensommeil|enveille|suspendue?|arretee?|close?|cloturee?|caduc|caduque"
            r"|terminee?|expiree?|echue?|supprimee?)(?:le|en)?(?:du)?(?:clsm|cls|cpts|dac)?"
            r"|(?:(?:date|annee)(?:de|d)?(?:la)?)?(?:fin|dissolution|fermeture|echeance|expiration|cloture|arret|resiliation|abandon)"
            r"(?:de|du|d)?(?:la|l)?(?:clsm|cls|cpts|dac|convention|contrat|validite)?"),
    ("exclue", r"(?:a|est|ete|aete|commune)?(?:exclue?|retiree?|sortie?|quittee?|radiee?)s?(?:le|la|l|de|du|dela|en)?(?:clsm|cls|cpts|dac|territoire|perimetre|dispositif)?(?:le|en)?"),
    ("annee_source", r"anneesource|anneedelasource|millesime|datesource"),
    ("annee", r"annee|annee(de|du|d)?(la)?(creation|signature|lancement|mise.*|renouvellement|installation|demarrage|labellisation)(du)?(clsm|cls)?|date"
              r"|date(de|d)?(la)?(creation|signature|lancement|mise(en(place|service|oeuvre))|installation|demarrage|labellisation)(du)?(clsm|cls)?"
              r"|(creation|signature|lancement|installation|demarrage|miseen(place|service|oeuvre))(du|de)?(clsm|cls|cpts|dac)?(en|le)?"
              r"|(signe|cree|lance|installe|demarre|labellise)e?(le|en|depuis)|depuis|debut"),
    ("precision", r"methode|precision|modedeconnaissance"),
    ("source_titre", r"sourcetitre|source|sources|origine"),
    ("source_url", r"sourceurl|url|lien|adressedelasource|adresseweb|siteweb|page"),
    ("status", r"status|statutlecture"),
    ("note", r"note|notes|remarque|remarques|commentaire|commentaires|observation|observations|precisions"),
    ("population", r"(nombred|nb|nbre|nbd)?(habitants|hab|population)|pop|pmun|ptot|population(municipale|totale|legale|communale|insee|couverte|declaree)(?!cible)"),
    ("nombre_communes", r"(nombre|nb|nbre|n)(de|des)?communes?(membres|couvertes|concernees|adherentes)?"),
    ("type", r"type|typededispositif|typedispositif|discipline|population(s)?cible|public(cible)?"),
    ("territoire", r"territoire|etablissement|hopital|territoires|nometablissement|porteur|structureporteuse|structure"),
)  # fmt: skip
NAMES = r"nom|libelle|intitule|denomination|name|nomdispositif|dispositif|raisonsociale|nomduterritoire|nomterritoire|nomzone|zone"
OWN = {  # words that name a territory of a layer, and of no other
    "clsm": r"clsms?|conseils?(locaux|local)(de|en)santementale|conseil",
    "cls": r"cls|contrats?(locaux|local)desante|contrat",
    "cpts": r"cpts|communautesprofessionnelles.*|communauteprofessionnelle.*",
    "dac": r"dac|dispositifdappui.*|dispositifsdappui.*",
    "secteurs-adultes": r"secteurs?(adultes?|psy|psychiatriques?|depsychiatrie|depsy)?(adultes?)?",
    "secteurs-enfants": r"secteurs?(enfants?|psy|psychiatriques?|depsychiatrie|infantojuveniles?|pij)?(infantojuveniles?)?|intersecteurs?",
}
_PATTERNS = tuple((role, re.compile(pattern)) for role, pattern in ALIASES)
_NAME = re.compile(NAMES)
_OTHERS = re.compile(
    r"(zonage|typologie|qpv|zrr|frr|zru|zus|afr|aav|uu|rural|urbain|densite|region|arrondissement|canton|bassin|circonscription|pays|ars|gps|lat|lon).*"
)
SEAT = re.compile(r".*(siege|cheflieu|adresse|porteur).*")  # where an office is says nothing of the territory
NEUTRAL = frozenset(  # words that say, beside that of a layer, that a place is in it
    [
        "oui",
        "non",
        "o",
        "n",
        "ou",
        "x",
        "a",
        "y",
        "t",
        "il",
        "un",
        "une",
        "le",
        "la",
        "les",
        "de",
        "du",
        "des",
        "d",
        "l",
        "en",
        "dans",
        "au",
        "par",
        "fait",
        "partie",
        "couvert",
        "couverte",
        "couverts",
        "couverture",
        "membre",
        "membres",
        "commune",
        "communes",
        "ville",
        "territoire",
        "perimetre",
        "appartenance",
        "appartient",
        "presence",
        "existence",
        "existe",
        "existant",
        "existante",
        "concerne",
        "concernee",
        "inclus",
        "incluse",
        "adherent",
        "adherente",
        "adhesion",
        "participe",
        "participation",
        "rattache",
        "rattachee",
        "rattachement",
        "retenu",
        "retenue",
    ]
)
IN_FORCE = frozenset(
    [
        "actif",
        "active",
        "activite",
        "service",
        "operationnel",
        "operationnelle",
        "fonctionnement",
        "fonctionnel",
        "fonctionnelle",
        "place",
        "vigueur",
        "exercice",
        "signe",
        "signee",
        "installe",
        "installee",
        "cree",
        "creee",
    ]
)
KEPT = re.compile(
    r"retenue?s?|membre(s|duterritoire)?|incluse?s?|adherente?s?|concernee?s?|couverte?s?|appartenance|ouinon"
)


@lru_cache(maxsize=4096)
def role_of(name: str, kind: str) -> str:
    """Return the role that a header names in a table of a layer, "" when it names none."""
    folded = column_key(name)
    if not folded or len(folded) > 60:
        return ""
    undated = re.sub(r"(?:cog)?(?:19|20)\d\d$", "", folded) or folded  # code_insee_2026, commune_cog2025
    if names_own(name, kind):
        return "nom"
    for role, pattern in _PATTERNS:
        if pattern.fullmatch(folded) or pattern.fullmatch(undated):
            return role
    return "nom" if _NAME.fullmatch(folded) else ""


def names_own(name: str, kind: str) -> bool:
    """Tell whether a header names the territories of this very layer: « CLSM », « Nom du CLSM »."""
    folded = re.sub(r"^(?:nom|libelle|intitule|denomination)(?:du|de|des|d)?(?:la|l|le|les)?", "", column_key(name))
    return bool(re.fullmatch(OWN[kind], folded))


def speaks_of(name: str, kind: str) -> bool:
    """Tell whether a header of yes and no is about being in the layer: « CLSM oui/non », « membre », and not « Concernée par un QPV ».

    « Sans CLSM » and « CLSM en projet » name the layer, and a yes there says something else: see `names_layer`.
    """
    return bool(KEPT.fullmatch(column_key(name))) or (names_layer(name, kind) and _beside(name, kind) <= NEUTRAL)


def names_layer(name: str, kind: str) -> bool:
    """Tell whether a header holds the word of a layer, whatever it says of it."""
    short = "secteur" if kind.startswith("secteurs") else kind
    return bool(re.search(rf"{short}(?!m)", column_key(name)))


def in_force(name: str, kind: str) -> bool:
    """Tell whether a header of yes and no says which territories work today: « Actif », « En service », « CLSM signé »."""
    words = _beside(name, kind)
    return bool(words & IN_FORCE) and words <= IN_FORCE | NEUTRAL


def _beside(name: str, kind: str) -> set[str]:
    """Return the words of a header that are not that of the layer."""
    short = "secteur" if kind.startswith("secteurs") else kind
    words = fold(re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])|_", " ", name)).split()
    return {w for w in words if not re.fullmatch(rf"{short}s?|psy\w*|adultes?|enfants?|(?:19|20)\d\d", w)}


def is_other(name: str) -> bool:
    """Tell whether a header is about something that never names territories: a zoning, a region, a density…"""
    return bool(_OTHERS.fullmatch(column_key(name)))
