"""Indicators of need as criteria of the order: which ones, what each weighs, and which way when an indicator has none by itself.

Apart because what is chosen here is held, whatever indicator leaves the data meanwhile, and the order itself has no say in it.
"""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.indicators import Thing
from geo.needs import MOST_CRITERIA, NO_INDICATOR, highest_first
from ui import html
from ui.choices import distinct, pick_one, pick_several
from ui.coverage import loaders as coverage_loaders
from ui.coverage.link import MOST_WEIGHT, NEED_TERMS, value

PICK = "needs-criteria"
NEW_WEIGHT = 1
GONE = "Un indicateur choisi n’est plus parmi les données : il est laissé hors des priorités."
ASKED = "« {} » ne dit pas à lui seul un besoin : il ne compte qu’une fois son sens choisi."
Held = tuple[str, int, bool | None]  # identifier, weight, whether the greatest come first: None as long as nobody chose
_WAYS = {True: "les plus élevés d’abord", False: "les plus bas d’abord"}


def held() -> tuple[Held, ...]:
    """Return the criteria chosen, those gone included."""
    found = value(NEED_TERMS)
    return found if isinstance(found, tuple) else ()


def chosen() -> tuple[tuple[str, float, bool], ...]:
    """Return the criteria that count: those whose way is known."""
    return tuple((name, float(weight), highest) for name, weight, highest in held() if highest is not None)


def pick() -> None:
    """Ask for the indicators that count in the order, and what each weighs."""
    offered, mine = coverage_loaders.criteria(), held()
    if any(name not in offered for name, _, _ in mine):
        st.caption(GONE)
    if not offered:
        if not mine:
            st.caption(NO_INDICATOR)
        return
    labels = distinct({i: f"{one.indicator.label} ({one.indicator.year})" for i, one in offered.items()})
    st.session_state[PICK] = [name for name, _, _ in mine if name in offered]
    pick_several(
        "Indicateurs de besoin à compter",
        list(offered),
        format_func=lambda i: labels.get(i, i),
        key=PICK,
        on_change=_take,
        placeholder="Aucun",
        max_selections=MOST_CRITERIA,
        help="Chaque indicateur compte par le rang qu’il donne au territoire, de 0 (besoin le plus faible) à 1. Un chiffre inconnu ou secret "
        "est laissé hors du score.",
    )
    shown = [one for one in mine if one[0] in offered]
    for column, one in zip(st.columns(max(len(shown), 3), gap="medium"), shown, strict=False):
        with column:
            _weigh(one, offered[one[0]])


def _take() -> None:
    """Hold the indicators picked: the former ones keep their weight, a new one counts as its direction says."""
    offered, before = coverage_loaders.criteria(), {one[0]: one for one in held()}
    after = []
    for name in (one for one in st.session_state[PICK] if one in offered):
        own = highest_first(offered[name].indicator)
        after.append(before.get(name, (name, NEW_WEIGHT, own)))
    st.session_state[NEED_TERMS] = tuple(after)


def _weigh(one: Held, thing: Thing) -> None:
    name, weight, highest = one
    slider, way = f"{PICK}-weight-{name}", f"{PICK}-way-{name}"
    st.session_state[slider] = weight

    def weighed() -> None:
        _hold(name, st.session_state[slider], highest)

    st.slider(
        html.literal(fr.typeset(f"Poids : {thing.indicator.label}")), 1, MOST_WEIGHT, key=slider, on_change=weighed
    )
    if highest_first(thing.indicator) is None:
        st.session_state[way] = highest

        def turned() -> None:
            _hold(name, weight, st.session_state[way])

        pick_one(
            "Sens, à choisir",
            [True, False],
            index=None,
            format_func=_WAYS.get,
            key=way,
            on_change=turned,
            placeholder="À choisir",
        )
        if highest is None:
            st.caption(html.literal(fr.typeset(ASKED.format(thing.indicator.label))))


def _hold(name: str, weight: int, highest: bool | None) -> None:
    st.session_state[NEED_TERMS] = tuple((name, weight, highest) if one[0] == name else one for one in held())
