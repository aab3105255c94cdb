"""Texts that must hold nothing personal: names of persons, e-mail addresses and telephone numbers are found, and refused.

A list of projects is read by many: it says functions, never who. What is looked for is what people write by habit (« Mme Dupont »,
« Marie Dupont », « DUPONT Marie », an address, a number); a name written in another way is not found, and the page says what to
leave out.
"""

from __future__ import annotations

import re

from geo import french as fr
from geo.visible import one_line

MAIL = re.compile(
    r"[^\s@<>;,()\[\]]{1,64}\s?(?:[@＠]|[(\[](?:at|a|arobase)[)\]])\s?[^\s@<>;,()\[\]]{1,255}\s?\.\s?\w+", re.IGNORECASE
)
TELEPHONE = re.compile(r"(?<!\d)(?:\+33|0033|0)\s*(?:\(0\)\s*)?[1-9](?:[\s.-]*\d{2}){4}(?!\d)")
_NAME = r"[A-ZÀ-ÖØ-Ý][\w’'-]+"
# A civility, then one word or two. Written in small letters too where it is nothing else (« mme dupont »); « M. » may also be a metre.
_CIVILITY = re.compile(
    r"(?<![\w’'-])(?:(?P<any>mmes?|mlles?|mr|dr)\b\.?|(?P<metre>(?<!\d )(?<!\d)m\.)|(?P<loud>M|MM|Me|Pr)\b\.?|"
    r"(?P<word>monsieur|messieurs|madame|mesdames|mademoiselle|docteure?|professeure?)\b)\s+(?P<next>[^\W\d_][\w’'-]*)(?:\s+(?P<then>[^\W\d_][\w’'-]*))?",
    re.IGNORECASE,
)
_ARTICLES = frozenset(["le", "la", "les", "l", "de", "du", "des", "d", "en"])
# What follows a civility and is no name: functions, by the beginning of the word.
_FUNCTIONS = (
    "maire", "adjoint", "president", "prefet", "sous", "directeur", "directrice", "elu", "senat", "depute", "conseill", "ministre", "secretaire",
    "coordinat", "coordonnat", "delegue", "chef", "medecin", "psychiatre", "referent", "charge", "responsable", "cadre", "procureur", "commissaire",
    "commandant", "recteur", "ancien", "rectrice", "inspect", "bailli", "represent", "vice",
)  # fmt: skip
_PAIR = re.compile(rf"(?=(?<![\w’'-])({_NAME})\s+({_NAME}))")
# First names that most people bear in France today, without accents; a compound one counts by its first part.
_FIRST = frozenset(
    [
        "adrien",
        "agnes",
        "alain",
        "alexandra",
        "alexandre",
        "alexis",
        "alice",
        "amelie",
        "anais",
        "andre",
        "anne",
        "annie",
        "antoine",
        "arnaud",
        "audrey",
        "aurelie",
        "aurelien",
        "aurore",
        "baptiste",
        "beatrice",
        "benedicte",
        "benjamin",
        "benoit",
        "bernard",
        "bertrand",
        "brigitte",
        "bruno",
        "camille",
        "carole",
        "caroline",
        "catherine",
        "cecile",
        "celine",
        "chantal",
        "charlotte",
        "christelle",
        "christian",
        "christiane",
        "christine",
        "christophe",
        "claire",
        "claude",
        "claudine",
        "clement",
        "colette",
        "corinne",
        "cyril",
        "damien",
        "daniel",
        "daniele",
        "david",
        "delphine",
        "denis",
        "denise",
        "didier",
        "dominique",
        "elisabeth",
        "elise",
        "elodie",
        "emilie",
        "emmanuel",
        "emmanuelle",
        "eric",
        "estelle",
        "etienne",
        "evelyne",
        "fabien",
        "fabienne",
        "fabrice",
        "fatima",
        "florence",
        "florian",
        "francis",
        "franck",
        "francois",
        "francoise",
        "frederic",
        "genevieve",
        "georges",
        "gerard",
        "ghislaine",
        "gilles",
        "gregory",
        "guillaume",
        "guy",
        "helene",
        "henri",
        "herve",
        "hugo",
        "isabelle",
        "jacqueline",
        "jacques",
        "jean",
        "jeanne",
        "jeremy",
        "jerome",
        "joelle",
        "jonathan",
        "josiane",
        "julie",
        "julien",
        "juliette",
        "karine",
        "karim",
        "laetitia",
        "laura",
        "laure",
        "laurence",
        "laurent",
        "lea",
        "louis",
        "luc",
        "lucas",
        "lucie",
        "ludovic",
        "magali",
        "manon",
        "marc",
        "marcel",
        "marie",
        "marine",
        "marion",
        "martine",
        "mathieu",
        "mathilde",
        "matthieu",
        "maxime",
        "melanie",
        "michel",
        "michele",
        "mickael",
        "mireille",
        "mohamed",
        "monique",
        "muriel",
        "myriam",
        "nadia",
        "nadine",
        "natacha",
        "nathalie",
        "nicolas",
        "nicole",
        "odile",
        "olivier",
        "pascal",
        "pascale",
        "patrice",
        "patricia",
        "patrick",
        "paul",
        "pauline",
        "philippe",
        "pierre",
        "quentin",
        "rachid",
        "regine",
        "regis",
        "renaud",
        "rene",
        "robert",
        "roger",
        "romain",
        "sabrina",
        "sandra",
        "sandrine",
        "sarah",
        "sebastien",
        "serge",
        "severine",
        "simon",
        "simone",
        "sonia",
        "sophie",
        "stephane",
        "stephanie",
        "sylvain",
        "sylvie",
        "sylviane",
        "therese",
        "thibault",
        "thierry",
        "thomas",
        "valerie",
        "vanessa",
        "veronique",
        "vincent",
        "virginie",
        "viviane",
        "xavier",
        "yann",
        "yannick",
        "yves",
        "yvette",
        "yvonne",
        "zoe",
    ]
)


# What a name of a place or of a house begins with: « Hôpital Pierre Janet » is no person.
_PLACES = frozenset(
    [
        "saint",
        "sainte",
        "hopital",
        "clinique",
        "centre",
        "ch",
        "chu",
        "chs",
        "epsm",
        "ght",
        "lycee",
        "college",
        "ecole",
        "rue",
        "avenue",
        "boulevard",
        "place",
        "quartier",
        "fondation",
        "institut",
        "maison",
        "espace",
        "salle",
        "pole",
        "residence",
        "hotel",
        "gem",
        "cmp",
        "cattp",
        "ccas",
        "esat",
        "ehpad",
        "foyer",
        "association",
        "square",
        "gymnase",
    ]
)
_ACRONYMS = frozenset(
    ["ars", "asv", "caf", "ccas", "cdc", "cls", "clsm", "cmp", "copil", "cpam", "cpts", "dac", "dgs", "ept", "epci", "esms", "gem", "had", "ime", "mdph", "ptsm", "qpv", "rps", "samu", "seeps", "ssr", "unafam"]
)  # fmt: skip


def personal(text: str) -> str:
    """Say what of a text is personal and what to write instead; "" when nothing is found."""
    if found := MAIL.search(text):
        return _said(found[0], "à une adresse électronique : laissez-la de côté")
    if found := TELEPHONE.search(text):
        return _said(found[0], "à un numéro de téléphone : laissez-le de côté")
    if named := _person(text):
        return _said(named, "au nom d’une personne : écrivez sa fonction (« la coordinatrice », « l’élu à la santé »)")
    return ""


def _person(text: str) -> str:
    for civil in _CIVILITY.finditer(text):
        if named := _civil(civil):
            return named
    for found in _PAIR.finditer(text):
        first, second = found.groups()
        before = fr.fold(text[: found.start()]).split(" ")[-1]
        place = before in _PLACES or fr.fold(first) in _PLACES
        loud = first.isupper() and len(first) > 2 and fr.fold(first) not in _ACRONYMS
        if not place and (_is_first(first) or (loud and _is_first(second))):
            return f"{first} {second}"
    return ""


def _civil(found: re.Match[str]) -> str:
    """Return the name that follows a civility; "" when it is a function, or an ordinary word in small letters after a whole word."""
    known = found.group("any") or found.group("metre")
    if found.group("loud") and not found.group("loud")[0].isupper():
        return ""
    words = [word for word in (found.group("next"), found.group("then")) if word]
    before, mark, after = words[0].replace("'", "’").partition("’")
    if mark and fr.fold(before) in _ARTICLES:  # « l’adjointe », « d’Estaing »
        words[0] = after or before
    elif fr.fold(words[0]) in _ARTICLES:  # « le maire », « Le Goff »
        if not words[0][0].isupper() or len(words) < 2 or not words[1][0].isupper():
            return ""
        words = words[1:]
    if fr.fold(words[0]).startswith(_FUNCTIONS) or not (known or words[0][0].isupper()):
        return ""
    return " ".join(found[0].split()[:2])


def _is_first(name: str) -> bool:
    """Tell whether a word is a first name, all its parts when it is a compound one: « Pierre-Bénite » is a town."""
    return all(part in _FIRST for part in fr.fold(name).split(" "))


def _said(what: str, why: str) -> str:
    return fr.typeset(f"« {one_line(fr.shortened(what, 60))} » ressemble {why}.")
