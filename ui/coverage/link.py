"""The whole state of the page Couverture in its address: every choice by a session key, read from a link and written to it.

A link carries codes and small numbers only, each checked on entry. What is not understood is said in a sentence and left
at its default; the rest of the link is kept. Choices at their default are left out of the address.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

import streamlit as st

from geo.coverage import CANDIDATE_KINDS as KINDS
from geo.coverage import GAP_LEVELS as LEVELS
from geo.coverage import NEEDS
from geo.coverage import PRIORITY_TERMS as TERMS
from ui import frame, html, loaders
from ui.coverage import loaders as coverage_loaders
from ui.map.scene import LINES, MARK_LABELS

LAYERS = "coverage-layers"  # tuple of what lies over the map
TAB = "coverage-tab"
LEVEL = "coverage-level"
SORT = "coverage-sort"
CHOSEN = "coverage-chosen"  # code of the territory chosen in the table, at the level shown
COMMUNE = "commune"  # code looked at
WEIGHT = {term.id: f"coverage-weight-{term.id}" for term in TERMS}
NEXT_KIND = "coverage-next-kind"
NEXT_NUMBER = "coverage-next-number"
NEXT_NEED = "coverage-next-need"
NEXT_MIX = {need: f"coverage-next-mix-{need}" for need in NEEDS}
NEXT_CEILING = "coverage-next-ceiling"
READ = "coverage-link-read"
TABS = {
    "lacunes": "Lacunes",
    "priorites": "Priorités",
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
KINDS_OFFERED = tuple(KINDS)
NEED_MIX = "melange"
CEILINGS = (50_000, 100_000, 150_000, 200_000, 220_000, 300_000, 500_000, 0)  # 0: none
MOST_WEIGHT, MOST_NEXT = 5, 20
LONGEST = 60  # characters of a refused value that are shown
DEFAULTS: dict[str, object] = {
    LAYERS: (),
    TAB: TABS["lacunes"],
    LEVEL: None,  # the level that says most in the scope
    SORT: "sans_clsm",
    CHOSEN: None,
    COMMUNE: None,
    **dict.fromkeys(WEIGHT.values(), 1),
    NEXT_KIND: "epci",
    NEXT_NUMBER: 5,
    NEXT_NEED: "habitants",
    **dict.fromkeys(NEXT_MIX.values(), 1),
    NEXT_CEILING: 220_000,
}
CHOICES: dict[str, Container[object]] = {
    TAB: TABS.values(),
    SORT: SORTS,
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


def value(key: str) -> object:
    """Return a choice, by default where the widget that holds it is not on screen, or holds what does not exist."""
    held = st.session_state.get(key, DEFAULTS.get(key))
    return held if key not in CHOICES or held in CHOICES[key] else DEFAULTS[key]


# --- reading ----------------------------------------------------------------------------------------------------
class _RefusedError(Exception):
    """A value of a link that is not understood; the message says what is shown instead."""


def read() -> tuple[str, ...]:
    """Take the state that the page's address carries, once; return what could not be understood, as Markdown."""
    carried = {name: st.query_params[name] for name in st.query_params if name in READERS}
    signature = repr(sorted(carried.items()))
    if not carried or signature == st.session_state.get(READ):
        return ()
    st.session_state[READ] = signature
    problems = []
    for name, text in carried.items():
        try:
            READERS[name](text)
        except _RefusedError as refused:
            shown = text if len(text) <= LONGEST else text[:LONGEST] + "…"
            problems.append(html.literal(f"Lien : {name} « {shown} » non reconnu. {refused}"))
    return tuple(problems)


def _read_scope(text: str) -> None:
    if text not in coverage_loaders.coverage_scopes():
        raise _RefusedError("Le territoire par défaut est affiché ; choisissez-le dans la liste.")
    st.session_state[frame.COVERAGE_SCOPE] = text


def _read_layers(text: str) -> None:
    names = text.split(",")
    known = tuple(dict.fromkeys(n for n in names if n in LINES or n in MARK_LABELS))
    st.session_state[LAYERS] = known
    if len(known) < len(set(names)):
        raise _RefusedError("Les contours reconnus sont affichés, les autres sont ignorés.")


def _read_complete(text: str) -> None:
    names = text.split(",")
    known = tuple(sorted({n for n in names if n in loaders.atlas().departements.index}))
    st.session_state[frame.COMPLETE] = known
    if len(known) < len(set(names)):
        raise _RefusedError("Les départements reconnus sont déclarés complets, les autres sont ignorés.")


def _one_of(key: str, options: Mapping[str, object], said: str) -> Callable[[str], None]:
    def take(text: str) -> None:
        if text not in options:
            raise _RefusedError(said)
        st.session_state[key] = options[text]

    return take


def _read_chosen(text: str) -> None:
    atlas, layers = loaders.atlas(), loaders.crosswalk().layers
    zones = (layers[level].zones.index for level in LEVELS if level in layers)
    if text not in atlas.row and not any(text in index for index in zones):
        raise _RefusedError("Aucun territoire n’est choisi.")
    st.session_state[CHOSEN] = text


def _read_commune(text: str) -> None:
    if text not in loaders.atlas().row:
        raise _RefusedError("Donnez le code INSEE d’une commune d’aujourd’hui (cinq caractères).")
    st.session_state[COMMUNE] = text


def _numbers(text: str, count: int, most: int) -> list[int]:
    parts = text.split("-")
    if len(parts) != count or not all(p.isascii() and p.isdigit() and len(p) <= 2 for p in parts):
        raise _RefusedError(f"Il faut {count} nombres de 0 à {most} séparés par des tirets.")
    found = [int(p) for p in parts]
    if max(found) > most or not any(found):
        raise _RefusedError(f"Chaque nombre va de 0 à {most}, et l’un au moins n’est pas nul.")
    return found


def _read_weights(text: str) -> None:
    for key, number in zip(WEIGHT.values(), _numbers(text, len(WEIGHT), MOST_WEIGHT), strict=True):
        st.session_state[key] = number


def _read_mix(text: str) -> None:
    for key, number in zip(NEXT_MIX.values(), _numbers(text, len(NEXT_MIX), MOST_WEIGHT), strict=True):
        st.session_state[key] = number


def _read_number(text: str) -> None:
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= MOST_NEXT):
        raise _RefusedError(f"Donnez un nombre de CLSM de 1 à {MOST_NEXT}.")
    st.session_state[NEXT_NUMBER] = int(text)


READERS: dict[str, Callable[[str], None]] = {
    "territoire": _read_scope,
    "couches": _read_layers,
    "complet": _read_complete,
    "onglet": _one_of(TAB, TABS, "Le premier onglet est affiché."),
    "niveau": _one_of(LEVEL, {level: level for level in LEVELS}, "L’échelle par défaut est affichée."),
    "tri": _one_of(SORT, {name: name for name in SORTS}, "Le tri par défaut est appliqué."),
    "choix": _read_chosen,
    "commune": _read_commune,
    "poids": _read_weights,
    "candidats": _one_of(NEXT_KIND, {k: k for k in KINDS_OFFERED}, "Les EPCI sont proposés."),
    "nombre": _read_number,
    "servir": _one_of(NEXT_NEED, {n: n for n in (*NEEDS, NEED_MIX)}, "Les habitants sont à servir."),
    "melange": _read_mix,
    "plafond": _one_of(NEXT_CEILING, {str(c): c for c in CEILINGS}, "Le plafond par défaut est appliqué."),
}


# --- writing ----------------------------------------------------------------------------------------------------
def address() -> dict[str, str]:
    """Return the state as the page's address carries it: what differs from the defaults, and always the territory."""
    tabs = {label: name for name, label in TABS.items()}
    state = {
        "couches": ",".join(_held(LAYERS)),
        "complet": ",".join(st.session_state[frame.COMPLETE]),
        "onglet": tabs.get(str(value(TAB)), "") if value(TAB) != DEFAULTS[TAB] else "",
        "niveau": _unless_default(LEVEL),
        "tri": _unless_default(SORT),
        "choix": str(value(CHOSEN) or ""),
        "commune": str(value(COMMUNE) or ""),
        "poids": _many(WEIGHT),
        "candidats": _unless_default(NEXT_KIND),
        "nombre": _unless_default(NEXT_NUMBER),
        "servir": _unless_default(NEXT_NEED),
        "melange": _many(NEXT_MIX),
        "plafond": _unless_default(NEXT_CEILING),
    }
    kept = {name: text for name, text in state.items() if text}
    return {"territoire": str(st.session_state[frame.COVERAGE_SCOPE]), **kept}


def write() -> None:
    """Put the state in the page's address."""
    wanted = address()
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
    st.session_state[READ] = repr(sorted(wanted.items()))


def _held(key: str) -> tuple[str, ...]:
    found = value(key)
    return found if isinstance(found, tuple) else ()


def _unless_default(key: str) -> str:
    found = value(key)
    return "" if found is None or found == DEFAULTS[key] else str(found)


def _many(keys: Mapping[str, str]) -> str:
    if all(value(key) == DEFAULTS[key] for key in keys.values()):
        return ""
    return "-".join(str(value(key)) for key in keys.values())
