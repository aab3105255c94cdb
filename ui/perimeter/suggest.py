"""The panel of suggestions: five communes or groups to add, five to take out, each with what it would change.

Apart because each panel of the page is a module.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from geo import french as fr
from geo.perimeters import Perimeter
from geo.suggest import RANKING_IN_BRIEF, Effect
from ui import frame, html, loaders
from ui.perimeter import judge


def panel(perimeter: Perimeter) -> None:
    """Show both lists; nothing is applied without a click."""
    found = loaders.suggestions(perimeter, frame.settings(), frame.locked())
    left, right = st.columns(2, gap="large")
    with left:
        _several("À ajouter", found.add, "Rien à ajouter n’améliorerait un repère.")
    with right:
        _several("À retirer", found.drop, "Rien à retirer n’améliorerait un repère.")
    st.caption(RANKING_IN_BRIEF)


def _several(title: str, effects: Sequence[Effect], none: str) -> None:
    st.html(html.section(title))
    if not effects:
        st.caption(none)
    with st.container(key=f"lignes-{title[2]}"):
        for effect in effects:
            move = effect.move
            key = f"sugg-{title[2]}-{frame.move_key(move.added | move.removed)}"
            st.html(_described(effect))
            st.button("Appliquer", key=key, on_click=_apply, args=(move.added, move.removed))


def _described(effect: Effect) -> str:
    sign = "+" if effect.people >= 0 else fr.MINUS
    people = f"{sign} {fr.inhabitants(abs(effect.people))}, soit {fr.number(effect.after.population)} au total"
    return judge.line(effect.move.added | effect.move.removed, effect.move.label, (people, *effect.reasons))


def _apply(added: frozenset[str], removed: frozenset[str]) -> None:
    frame.choose((frame.selection() | added) - removed)
