"""The panel of suggestions: five communes or groups to add, five to take out, each with what it would change."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from geo import french as fr
from geo.effects import Effect
from geo.perimeter import Perimeter
from geo.suggest import RANKING
from ui import frame, html, judge_view, loaders


def panel(perimeter: Perimeter) -> None:
    """Show both lists; nothing is applied without a click."""
    found = loaders.suggestions(perimeter, frame.settings(), frame.locked())
    left, right = st.columns(2, gap="large")
    with left:
        _several("À ajouter", found.add, "Rien à ajouter n’améliorerait un repère.")
    with right:
        _several("À retirer", found.drop, "Rien à retirer n’améliorerait un repère.")
    st.caption(RANKING)


def _several(title: str, effects: Sequence[Effect], none: str) -> None:
    st.html(html.section(title))
    if not effects:
        st.caption(none)
    for rank, effect in enumerate(effects):
        words, apply = st.columns([4, 1], gap="small", vertical_alignment="center")
        words.html(_told(effect))
        apply.button(
            "Appliquer",
            key=f"suggestion-{title}-{rank}",
            on_click=_apply,
            args=(effect.move.added, effect.move.removed),
            help=effect.move.label,
        )


def _told(effect: Effect) -> str:
    sign = "+" if effect.people >= 0 else fr.MINUS
    people = f"{sign} {fr.inhabitants(abs(effect.people))}, soit {fr.number(effect.after.population)} au total"
    lines = "".join(f"<li>{html.escape(text)}</li>" for text in (people, *effect.reasons))
    shown = judge_view.montrer(effect.move.added | effect.move.removed, effect.move.label)
    return f'<div class="clsm-effet">{shown} <b>{html.escape(effect.move.label)}</b><ul>{lines}</ul></div>'


def _apply(added: frozenset[str], removed: frozenset[str]) -> None:
    frame.choose((frame.selection() | added) - removed)
