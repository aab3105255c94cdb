"""Words of planners' files: états, values that say that there is no territory, yes and no. The same for tables and for layers.

A word is understood only when it is one of those listed, whole: anything else is asked about, and meanwhile is never better than
« à confirmer ».
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from geo.communes import only_says_part
from geo.files import column_key
from geo.french import fold
from geo.imports.settling import DISSOLVED
from geo.layers import Etat

_ETATS = tuple(
    (meaning, re.compile(rf"(?:(?:clsm|cls|cpts|dac|statut|etat)\s)?(?:{pattern})"))
    for meaning, pattern in (
        (Etat.EN_SERVICE, r"cite|(?:en )?service|acti(?:f|fs|ve)|oui|existante?|operationnel(?:le)?|en place|en fonctionnement"
                          r"|fonctionnel(?:le)?|en activite|signee?|creee?|installee?|ouverte?|valide et signe"),
        (Etat.ANNONCE, r"annoncee?|prevue?|validee?|decidee?|signature (?:attendue|prevue)|a creer"),
        (Etat.PROJET, r"projet|en projet|projet non confirme|en cours de (?:creation|construction|montage|preparation)"
                      r"|en construction|en reflexion|en preparation|emergence|en emergence|(?:en )?prefiguration|envisagee?"
                      r"|a l etude|future?|a venir"),
        (Etat.A_CONFIRMER, r"a confirmer|inconnu|a verifier|incertain|nc|nsp|non renseigne|a preciser"),
        (DISSOLVED, r"dissou(?:s|t|te)|abandonnee?|projet abandonne|abandon|en sommeil|en veille|inacti(?:f|ve)|desactivee?|ferme(?:e)?"
                    r"|arretee?|a l arret|supprimee?|clos(?:e)?|cloturee?|terminee?|caduc|caduque|n existe plus|plus acti(?:f|ve)"
                    r"|dissous ou en sommeil(?: ne couvre pas)?|ancien(?:ne)?|ex"),
    )
)  # fmt: skip
_PROJET_NON_CONFIRME = "projet_non_confirme"  # the word of our own files
_ENDED = re.compile(r"abandon|dissou|sommeil|desactiv|inacti|suspen|ferme|arret|supprim|cesse|caduc|clotur")
_NOT = re.compile(r"\b(?:pas|non|ni|jamais|sans|ne|n)\b|\?")
_NONE = re.compile(
    r"(?:aucune?|neant|rien|null|none|nan|nil|n a|na|vide|0|sans objet|so|s o|sans|non|hors)"
    r"|(?:aucune?|pas(?: encore)? de?|sans|hors|non|absence de|pas(?: encore)? d un|pas(?: encore)? en|pas dans un|n est pas dans un)"
    r" (?:clsm|cls|cpts|dac|secteur|territoire|zone|perimetre|dispositif|contrat|conseil)(?: connue?| a ce jour| ici)?"
    r"|(?:non|pas)(?: encore)? (?:couvert|concerne|membre|adherent|inclu|rattache|affecte)(?:e|es|s|se)?|pas de couverture|pas encore|non applicable"
)
_UNKNOWN = re.compile(
    r"nc|nsp|nd|ns|inconnue?|a confirmer|a preciser|a verifier|a definir|a determiner|a completer|en cours|non renseignee?|non communique"
)
_WHOLE = frozenset(
    [
        "tous",
        "tout",
        "toute",
        "toutes",
        "ensemble",
        "integralite",
        "totalite",
        "le",
        "la",
        "les",
        "l",
        "de",
        "du",
        "des",
        "d",
        "communes",
        "epci",
        "communaute",
        "territoire",
        "agglomeration",
        "intercommunalite",
        "departement",
        "metropole",
        "membres",
    ]
)
_SIGNS = re.compile(r"[-–—_./\\*#~\s]+")
YES = frozenset({"oui", "o", "x", "1", "vrai", "true", "couvert", "couverte", "membre", "incluse", "inclus", "inclue", "concerne",
                 "concernee", "adherente", "adherent", "yes", "y", "ok"})  # fmt: skip
NO = frozenset({"non", "n", "0", "faux", "false", "noncouvert", "noncouverte", "nonmembre", "nonincluse", "noninclus",
                "nonconcerne", "nonconcernee", "nonadherente", "no", "aucun", "pascouvert", "pascouverte"})  # fmt: skip
WITHIN = {"retenue": True, "exclue": False}  # role → whether a yes says that a row is in the layer
CROSSES = frozenset({"x", "1", "oui", "o", "vrai", "true"})
PART_WORDS = {"partielle": False, "partiel": False, "partie": False, "enpartie": False, "partiellement": False, "p": False,
              "entiere": True, "entier": True, "totale": True, "total": True, "toute": True, "e": True, "t": True,
              "complete": True, "complet": True}  # fmt: skip
_PERCENT = re.compile(r"(\d{1,3})(?:[.,]\d+)?\s?%")
_CROSS_SIGNS = frozenset("✓✔☑●•×✗✘■*")


_LAYER = (
    r"(?:clsm|cls|cpts|dac|conseils? locaux de sante mentale|conseil local de sante mentale|contrat local de sante)"
)
_OF_LAYER = re.compile(rf"\b(?:(?:de|du|des|d un|en|un|une|le|la)\s){{0,6}}{_LAYER}\b")
_IN_FRONT = re.compile(rf"((?:ancien(?:ne)?|ex|future?|projet))\s(?:(?:de|du|d un)\s)?{_LAYER}\b.*")
_ASIDE = re.compile(r"\s[-–—:]\s|[()\[\],;]")
_LEFT_OUT = re.compile(
    r"\b(?:(?:a|ont|ayant) (?:quitte|ete retire)|n(?: en)? fait plus partie|n est plus membre|(?:sorti|retire|exclu)e?s? d(?:u|e)|retrait)\b|"
    r"\b(?:sauf(?! (?:erreur|avis|indication|mention|precision))|hormis|excepte(?:e?s?)|a l (?:exception|exclusion)) |^hors |\bcommunes hors |"
    r"\b(?:en (?:grande |majeure )?partie|partiellement|pour partie|une partie)\b|^parties? (?!prenante|integrante|de la c|du c)"
)


_ONLY, _INSIDE = re.compile(r"\b(?:seulement|uniquement)\b"), re.compile(r"\b(?:quartiers?|parties?|hameaux?|rive)\b")


_OVER = re.compile(
    r"\b(?:dissou|abandon|en sommeil|caduc|n existe plus|ne fonctionne plus|n est plus (?:actif|active|en activite)|ne se reunit plus"
    r"|(?:mis|pris) fin|cesse son|suspendu)"
)


def leaves_out(note: str) -> bool:
    """Tell whether a remark says that the composition is not quite what its row gives: « sauf Niort », « en partie », « a quitté »."""
    folded = fold(note)
    return bool(_LEFT_OUT.search(folded)) or bool(_ONLY.search(folded) and _INSIDE.search(folded))


def tells_of_end(note: str) -> bool:
    """Tell whether a remark says that its territory works no more: « dissous en 2024 », « ne fonctionne plus »."""
    return bool(_OVER.search(fold(note)))


def etat_word(text: str) -> str:
    """Return the état that a word says: one of `geo.layers.Etat` or DISSOLVED, "" when it is not surely understood."""
    folded = fold(text)
    if column_key(text) == column_key(_PROJET_NON_CONFIRME):
        return Etat.PROJET
    if "?" in text:
        return ""
    return next((str(meaning) for meaning, pattern in _ETATS if pattern.fullmatch(folded)), "")


def etat_proposal(text: str) -> str:
    """Return what a text that is not understood is read as meanwhile: never better than « à confirmer »."""
    folded = fold(text)
    return DISSOLVED if _ENDED.search(folded) and not _NOT.search(folded) and "?" not in text else Etat.A_CONFIRMER


def tells_states(texts: Iterable[str]) -> bool:
    """Tell whether the values of a column are états, whatever its header: half of them are, or one says an end."""
    words = [etat_word(text) for text in texts if says_yes(text) is None]
    return DISSOLVED in words or (any(words) and 2 * sum(map(bool, words)) >= len(words))


def etat_in_name(name: str) -> str:
    """Return what the name of a territory says of its état, "" when nothing: « CLSM de Créteil (dissous) », « Projet de CLSM »."""
    if match := _IN_FRONT.fullmatch(fold(name)):
        return match[1]
    parts = [part.strip() for part in _ASIDE.split(name)[1:]]
    return next((part for part in parts if etat_word(part) or _OVER.match(fold(part))), "")


def names_nothing(text: str) -> bool:
    """Tell whether the value of a column of territories says how things are there, and names none: « oui », « en projet », « en partie »."""
    rest = _OF_LAYER.sub(" ", fold(text)).strip()
    yes = len(column_key(text)) > 1 and says_yes(text) is True
    return yes or bool(etat_word(rest)) or says_unknown(text) or only_says_part(text)


def is_ditto(text: str) -> bool:
    """Tell whether a cell repeats the one above: « idem », « " », « 〃 »."""
    return fold(text) in ("idem", "id", "ditto", "meme") or bool(
        re.fullmatch(r"[\"'″〃”»’]+|-\s?[\"″〃]\s?-", text.strip())
    )


def says_none(text: str) -> bool:
    """Tell whether the value of a column of territories says that there is none: NULL, « Aucun », « - », « Non couverte »…"""
    return not text.strip() or bool(_SIGNS.fullmatch(text)) or bool(_NONE.fullmatch(fold(text)))


def says_unknown(text: str) -> bool:
    """Tell whether the value of a column of territories says that nobody knows: « NC », « ? », « à préciser »."""
    return bool(text.strip()) and not says_none(text) and (not fold(text) or bool(_UNKNOWN.fullmatch(fold(text))))


def says_yes(text: str) -> bool | None:
    """Tell yes from no in a column of yes and no; None for anything else. A blank is a no."""
    word = column_key(text)
    if word in YES or (text.strip() in _CROSS_SIGNS and text.strip() != ""):
        return True
    return False if not text.strip() or word in NO or says_none(text) else None


def yes_and_no(cells: Sequence[str], *, mostly: bool = False) -> bool:
    """Tell whether a column says yes or no, one of the two at least in so many words, and nothing else but états.

    `mostly`: whether half of it is enough.
    """
    said = [says_yes(c) for c in cells]
    worded = any(s is False and len(column_key(c)) > 1 and not says_none(c) for c, s in zip(cells, said, strict=True))
    other = [c for c, s in zip(cells, said, strict=True) if s is None]
    few = 2 * len(other) <= len(cells) if mostly else all(names_nothing(c) for c in other)
    return (True in said or worded) and few


def all_of_it(text: str) -> bool:
    """Tell whether a cell says « toutes les communes », of what another cell names."""
    words = set(fold(text).split())
    return bool(words & {"tous", "tout", "toute", "toutes", "ensemble", "integralite", "totalite"}) and words <= _WHOLE


def whole_word(text: str) -> bool | None:
    """Tell what a column of parts says of a commune: whole or not, None where it is not understood.

    « partielle (Mont-Mesly) » and « 50 % » are parts, « 100 % » is the whole.
    """
    word = column_key(text)
    if word in PART_WORDS:
        return PART_WORDS[word]
    if percent := _PERCENT.fullmatch(text.strip()):
        return percent[1] == "100"
    return False if re.match(r"(?:en |pour |une )?(?:partie|partiel)", fold(text)) else None


def is_cross(text: str) -> bool:
    """Tell whether a cell is a mark in a table of crosses."""
    return column_key(text) in CROSSES or (len(text.strip()) == 1 and text.strip() in _CROSS_SIGNS)


def day_of_serial(text: str) -> dt.date | None:
    """Return the day that a workbook counts from the end of 1899 (« 43586 » is the 1st of May 2019), None for any other text.

    Days of 1970 to 2099 only: no year, nor the number of anything near, is that large.
    """
    bare = re.sub(r"[.,]\d+$", "", text.strip())
    days = int(bare) if re.fullmatch(r"\d{5}", bare) else 0
    return dt.date(1899, 12, 30) + dt.timedelta(days) if 25_569 <= days <= 73_050 else None


YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def year_of(text: str) -> str:
    """Return the year of a date (2019-05-01, 01/05/2019, mai 2019, 43586); a text with several years, or none, stays."""
    if day := day_of_serial(text):
        return str(day.year)
    years = YEAR.findall(text)
    return years[0] if len(years) == 1 else text[:80]
