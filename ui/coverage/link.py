"""The choices of the page Couverture by session key, with their defaults, and the address that carries them all.

A link carries codes and small numbers only. Choices at their default are left out of it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from geo.coverage import (
    AGES,
    CANDIDATE_KINDS,
    GAP_LEVELS,
    NEEDS,
    NOTHING_ASIDE,
    PRIORITY_TERMS,
    READINGS,
    Aside,
    Doubt,
    read_aside,
)
from geo.needs import MOST_CRITERIA, highest_first, levels_of_crossing
from geo.scenarios import Opened, Workbook
from ui import frame, loaders
from ui.address import COMPLETE_PART, LONGEST, Address, Part, packed, refused, unpacked
from ui.coverage import loaders as coverage_loaders
from ui.map import LINES, MARK_LABELS

LAYERS = "coverage-layers"  # tuple of what lies over the map
TAB = "coverage-tab"
LEVEL = "coverage-level"
SORT = "coverage-sort"
CHOSEN = "coverage-chosen"  # code of the territory chosen in the table, at the level shown
READ_AS = "coverage-readings"  # situations that the table of gaps keeps, of READINGS
QUERY = "coverage-query"  # words that the table of gaps keeps
CLS_ONLY = "coverage-cls-only"
COMMUNE = "commune"  # code looked at
WEIGHT = {term.id: f"coverage-weight-{term.id}" for term in PRIORITY_TERMS}
ASIDE = "coverage-aside"  # tuple of names of doubts
AGE = "coverage-age"
NEED_TERMS = "coverage-need-terms"  # indicators that are criteria: tuple of (identifier, weight, whether the greatest come first, None as long as nobody chose)
CROSSED = "coverage-crossed"  # identifier of the indicator that coverage is crossed with, None for none
CROSSED_AT = "coverage-crossed-at"  # level of the list of the crossing, None for that of the map
NEXT_KIND = "coverage-next-kind"
NEXT_NUMBER = "coverage-next-number"
NEXT_NEED = "coverage-next-need"
NEXT_MIX = {need: f"coverage-next-mix-{need}" for need in NEEDS}
NEXT_CEILING = "coverage-next-ceiling"
TABS = {
    "chiffres": "Chiffres",
    "lacunes": "Lacunes",
    "secteurs": "Secteurs",
    "priorites": "Priorités",
    "besoins": "Besoins",
    "prochains": "Prochains CLSM",
    "enquetes": "Répartition et enquêtes",
    "clsm": "CLSM connus",
    "emporter": "Emporter",
}
SORTS = {
    "sans_clsm": "Habitants sans CLSM ni projet connu",
    "qpv_sans_clsm": "Habitants de QPV sans CLSM ni projet connu",
    "rural_sans_clsm": "Habitants ruraux sans CLSM ni projet connu",
    "cls_sans_clsm": "CLS sans CLSM connu",
    "population": "Habitants",
    "nom": "Nom",
}
KINDS_OFFERED = tuple(CANDIDATE_KINDS)
NEED_MIX = "melange"
CEILINGS = (50_000, 100_000, 150_000, 200_000, 220_000, 300_000, 500_000, 0)  # 0: none
MOST_WEIGHT, MOST_NEXT = 5, 20
WAYS = {"haut": True, "bas": False}  # whether the greatest figures come first
DEFAULTS: dict[str, object] = {
    LAYERS: (),
    TAB: TABS["chiffres"],
    LEVEL: None,  # the level that says most in the scope
    SORT: "sans_clsm",
    CHOSEN: None,
    READ_AS: (),
    QUERY: "",
    CLS_ONLY: False,
    COMMUNE: None,
    ASIDE: (),
    AGE: NOTHING_ASIDE.years,
    **dict.fromkeys(WEIGHT.values(), 1),
    NEED_TERMS: (),
    CROSSED: None,
    CROSSED_AT: None,
    NEXT_KIND: "epci",
    NEXT_NUMBER: 5,
    NEXT_NEED: "habitants",
    **dict.fromkeys(NEXT_MIX.values(), 1),
    NEXT_CEILING: 220_000,
}
CHOICES: dict[str, Container[object]] = {
    TAB: TABS.values(),
    SORT: SORTS,
    AGE: AGES,
    **dict.fromkeys(WEIGHT.values(), range(MOST_WEIGHT + 1)),
    NEXT_KIND: KINDS_OFFERED,
    NEXT_NUMBER: range(1, MOST_NEXT + 1),
    NEXT_NEED: (*NEEDS, NEED_MIX),
    **dict.fromkeys(NEXT_MIX.values(), range(MOST_WEIGHT + 1)),
    NEXT_CEILING: CEILINGS,
}


def set_defaults() -> None:
    """Give every choice its default, where it has no value yet, or one that does not exist."""
    for key in DEFAULTS:
        if key not in st.session_state or st.session_state[key] != value(key):
            st.session_state[key] = value(key)


def value(key: str) -> Any:
    """Return a choice, by default where the widget that holds it is not on screen, or holds what does not exist."""
    held = st.session_state.get(key, DEFAULTS.get(key))
    return held if key not in CHOICES or held in CHOICES[key] else DEFAULTS[key]


# --- the address ------------------------------------------------------------------------------------------------
def _scope(text: str) -> str:
    if text not in coverage_loaders.coverage_scopes():
        raise refused("territoire", text, "Le territoire par défaut est affiché ; choisissez-le dans la liste.")
    return text


def _layers(text: str) -> tuple[str, ...]:
    names = text.split(",")
    known = tuple(dict.fromkeys(n for n in names if n in LINES or n in MARK_LABELS))
    if len(known) < len(set(names)):
        raise refused("couches", text, "Les contours reconnus sont affichés, les autres sont ignorés.", known)
    return known


def _aside(text: str) -> tuple[str, ...]:
    names = text.split(",")
    known = tuple(str(d) for d in Doubt if d in names)
    if len(known) < len(set(names)):
        raise refused("ecarter", text, "Les façons reconnues sont écartées, les autres sont ignorées.", known)
    return known


def aside() -> Aside:
    """Return the facts that the user sets aside."""
    held, years = value(ASIDE), value(AGE)
    names = held if isinstance(held, tuple) else ()
    return read_aside([n for n in names if n in tuple(Doubt)], years if isinstance(years, int) else NOTHING_ASIDE.years)


def _chosen(text: str) -> str:
    atlas, layers = loaders.atlas(), loaders.crosswalk().layers
    zones = (layers[level].zones.index for level in GAP_LEVELS if level in layers)
    if text not in atlas.row and not any(text in index for index in zones):
        raise refused("choix", text, "Aucun territoire n’est choisi.")
    return text


def _readings(text: str) -> tuple[str, ...]:
    names = text.split(",")
    known = tuple(word for word in READINGS if word in names)
    if len(known) < len(set(names)):
        raise refused("situations", text, "Les situations reconnues sont gardées, les autres sont ignorées.", known)
    return known


def _words(text: str) -> str:
    if len(text) > LONGEST or not text.isprintable():
        raise refused("recherche", text, f"Donnez {LONGEST} caractères au plus.")
    return text


def _commune(text: str) -> str:
    if text not in loaders.atlas().row:
        raise refused("commune", text, "Donnez le code INSEE d’une commune d’aujourd’hui (cinq caractères).")
    return text


def _need_terms(text: str) -> tuple[tuple[str, int, bool], ...]:
    """Read « suicides:2,aah:1:bas »; the way is said only of an indicator that has none by itself."""
    known: dict[str, tuple[str, int, bool]] = {}
    wrong = False
    for one in text.split(","):
        name, weight, way = (*one.split(":"), "", "")[:3]
        thing = coverage_loaders.criteria().get(name)
        if thing is None or weight not in map(str, range(1, MOST_WEIGHT + 1)) or len(known) == MOST_CRITERIA:
            wrong = True
            continue
        own = highest_first(thing.indicator)
        if own is None and way not in WAYS:
            wrong = True
            continue
        known[name] = (name, int(weight), WAYS[way] if own is None else own)
    if wrong:
        instead = "Un indicateur n’est plus là, ou son sens ou son poids manque : il est laissé hors des priorités."
        raise refused("besoins", text, instead, tuple(known.values()))
    return tuple(known.values())


def _need_text() -> str:
    held, said = value(NEED_TERMS), []
    for name, weight, highest in held if isinstance(held, tuple) else ():
        if highest is None:
            continue
        thing = coverage_loaders.criteria().get(name)
        way = f":{'haut' if highest else 'bas'}" if thing and highest_first(thing.indicator) is None else ""
        said.append(f"{name}:{weight}{way}")
    return ",".join(said)


def _crossed(text: str) -> tuple[str, str | None]:
    """Read « suicides » or « suicides:epci »."""
    name, _, level = text.partition(":")
    thing = coverage_loaders.crossables().get(name)
    if thing is None:
        raise refused("croisement", text, "Cet indicateur n’est plus là : la carte montre la couverture seule.")
    if level and level not in levels_of_crossing(thing):
        raise refused("croisement", text, "L’échelle de l’indicateur est affichée.", (name, None))
    return name, level or None


def _crossed_text() -> str:
    name, level = value(CROSSED), value(CROSSED_AT)
    return (f"{name}:{level}" if level else str(name)) if name else ""


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= MOST_NEXT):
        raise refused("nombre", text, f"Donnez un nombre de CLSM de 1 à {MOST_NEXT}.")
    return int(text)


def _one_of(name: str, key: str, options: Mapping[str, object], instead: str) -> Part:
    """Return a part that is one of a few words; a choice at its default is left out."""

    def parse(text: str) -> object:
        if text not in options:
            raise refused(name, text, instead)
        return options[text]

    return Part(name, key, parse, lambda: next((n for n, held in options.items() if held == _other(key)), ""))


def _numbers(name: str, keys: Mapping[str, str], most: int) -> Part:
    """Return a part that is several small numbers between hyphens, not all zero."""
    count = len(keys)

    def parse(text: str) -> list[int]:
        parts = text.split("-")
        if len(parts) != count or not all(p.isascii() and p.isdigit() and len(p) <= 2 for p in parts):
            raise refused(name, text, f"Il faut {count} nombres de 0 à {most} séparés par des tirets.")
        found = [int(p) for p in parts]
        if max(found) > most or not any(found):
            raise refused(name, text, f"Chaque nombre va de 0 à {most}, et l’un au moins n’est pas nul.")
        return found

    def written() -> str:
        if all(value(key) == DEFAULTS[key] for key in keys.values()):
            return ""
        return "-".join(str(value(key)) for key in keys.values())

    return Part(name, tuple(keys.values()), parse, written)


def _listed(key: str) -> str:
    found = value(key)
    return ",".join(found) if isinstance(found, tuple) else ""


def _other(key: str) -> object:
    """Return a choice that is not the default; None for the default."""
    found = value(key)
    return None if found == DEFAULTS[key] else found


def _same(names: Iterable[str]) -> dict[str, object]:
    return {name: name for name in names}


# --- what somebody states of the territory: the figures of the page rest on it, and its link carries it -------------
def _hold_claims(opened: Opened) -> tuple[str, ...]:
    """Add the claims of a link to those of the session; of two of one kind, name and author the newer stays."""
    mine = frame.workbook()
    frame.amend(replace(mine, claims=mine.claims.merged(opened.workbook.claims)))
    return opened.notices


def _claims() -> str:
    held = frame.workbook().claims
    return packed(Workbook(claims=held)) if held else ""


CLAIMS_PART = Part("declarations", _hold_claims, unpacked, _claims)

ADDRESS = Address(
    "Couverture",
    (
        Part("territoire", frame.COVERAGE_SCOPE, _scope, lambda: str(st.session_state[frame.COVERAGE_SCOPE])),
        Part("couches", LAYERS, _layers, lambda: _listed(LAYERS)),
        COMPLETE_PART,
        CLAIMS_PART,
        Part("ecarter", ASIDE, _aside, lambda: _listed(ASIDE)),
        _one_of("age", AGE, {str(a): a for a in AGES}, "L’ancienneté par défaut est appliquée."),
        _one_of("onglet", TAB, dict(TABS), "Le premier onglet est affiché."),
        _one_of("niveau", LEVEL, _same(GAP_LEVELS), "L’échelle par défaut est affichée."),
        _one_of("tri", SORT, _same(SORTS), "Le tri par défaut est appliqué."),
        Part("choix", CHOSEN, _chosen, lambda: str(value(CHOSEN) or "")),
        Part("situations", READ_AS, _readings, lambda: _listed(READ_AS)),
        Part("recherche", QUERY, _words, lambda: str(value(QUERY) or "")[:LONGEST]),
        _one_of("cls", CLS_ONLY, {"oui": True}, "Tous les territoires sont affichés."),
        Part("commune", COMMUNE, _commune, lambda: str(value(COMMUNE) or "")),
        _numbers("poids", WEIGHT, MOST_WEIGHT),
        Part("besoins", NEED_TERMS, _need_terms, _need_text),
        Part("croisement", (CROSSED, CROSSED_AT), _crossed, _crossed_text),
        _one_of("candidats", NEXT_KIND, _same(KINDS_OFFERED), "Les EPCI sont proposés."),
        Part("nombre", NEXT_NUMBER, _number, lambda: str(_other(NEXT_NUMBER) or "")),
        _one_of("servir", NEXT_NEED, _same((*NEEDS, NEED_MIX)), "Les habitants sont à servir."),
        _numbers("melange", NEXT_MIX, MOST_WEIGHT),
        _one_of("plafond", NEXT_CEILING, {str(c): c for c in CEILINGS}, "Le plafond par défaut est appliqué."),
    ),
)
