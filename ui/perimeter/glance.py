"""What the map of a perimeter says in full screen: inhabitants, the marker, what is met, the checks that just turned."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from geo import french as fr
from geo.guidance import Settings, in_brief
from geo.perimeters import Perimeter
from ui import frame, loaders
from ui import map as maps

SEEN = "perimeter-glance"  # what the checks were at the last run (`_Seen`)
Badges = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Seen:
    """A perimeter judged: the badge of each check by title, and those that turned when it was reached."""

    communes: frozenset[str]
    settings: Settings
    badges: Badges
    turned: tuple[str, ...] = ()


def glance(perimeter: Perimeter) -> maps.Glance:
    """Return what is read from afar of a perimeter; its facts and checks are those that the page has just computed."""
    undo, redo = bool(st.session_state[frame.HISTORY]), bool(st.session_state[frame.FUTURE])
    if not perimeter.communes:
        st.session_state.pop(SEEN, None)
        return maps.Glance(("Périmètre vide",), undo=undo, redo=redo)
    settings = frame.settings()
    figures = in_brief(loaders.facts(perimeter), settings)
    return maps.Glance(figures, _turned(perimeter, settings), undo=undo, redo=redo)


def _turned(perimeter: Perimeter, settings: Settings) -> tuple[str, ...]:
    seen: _Seen | None = st.session_state.get(SEEN)
    if seen and (seen.communes, seen.settings) == (perimeter.communes, settings):
        return seen.turned
    badges = tuple((check.title, finding.badge) for check, finding in loaders.findings(perimeter, settings))
    turned = turns(seen.badges, badges) if seen else ()
    st.session_state[SEEN] = _Seen(frozenset(perimeter.communes), settings, badges, turned)
    return turned


def turns(before: Badges, after: Badges) -> tuple[str, ...]:
    """Say which checks changed their badge, in their order: « Taille : favorable → à discuter »."""
    was = dict(before)
    return tuple(
        f"{title}{fr.NBSP}: {was[title]} → {badge}" for title, badge in after if title in was and was[title] != badge
    )
