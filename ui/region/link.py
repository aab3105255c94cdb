"""The choices of the page « Ma région » by session key, and the address that carries them; the région is remembered by the browser too."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from geo.coverage import Scope
from geo.region import ALERT_TITLES
from ui import loaders, passage
from ui.address import COMPLETE_PART, Address, Part, refused

FILE, PAGE = "pages/6_Ma_region.py", "Ma_region"
REGION = "my-region"  # code of the région, "" until one is chosen
TAB = "my-region-tab"
ALERT = "my-region-alert"  # id of the alert that is open
PROJECT = "my-region-project"  # number of the project that is open, 0 for a new one
TABS = {"alertes": "À traiter", "projets": "Projets", "evolution": "Évolution", "emporter": "Emporter"}
DEFAULTS: Mapping[str, object] = {REGION: "", TAB: TABS["alertes"], ALERT: "", PROJECT: 0}
# The browser keeps the code of the région, and gives it back to a page opened without one; nothing else is kept there.
REMEMBER = """
export default (c) => {
  try {
    const key = "clsm-ma-region", held = c.data.held;
    if (held) localStorage.setItem(key, held);
    else if (!c.parentElement.asked) {
      c.parentElement.asked = true;
      const kept = localStorage.getItem(key);
      if (kept) c.setTriggerValue("kept", kept.slice(0, 3));
    }
  } catch {
    // a browser that keeps nothing
  }
}
"""
_mount = st.components.v2.component("clsm_ma_region", html="<span></span>", js=REMEMBER, isolate_styles=False)


def set_defaults() -> None:
    """Give every choice its default, where it has no value yet, or one that does not exist."""
    for key, value in DEFAULTS.items():
        st.session_state.setdefault(key, value)
    if st.session_state[REGION] not in regions():
        st.session_state[REGION] = ""
    if st.session_state[TAB] not in TABS.values():
        st.session_state[TAB] = DEFAULTS[TAB]


def regions() -> dict[str, Scope]:
    """Return the régions by code, in the order of their names."""
    return {scope.code: scope for scope in loaders.every_scope().values() if scope.kind == "region"}


def remember() -> None:
    """Have the browser keep the région, or give back the one it kept."""
    key = "my-region-kept"

    def heard() -> None:
        found = st.session_state.get(key)
        code = found.get("kept") if isinstance(found, Mapping) else None
        if not st.session_state[REGION] and isinstance(code, str) and code in regions():
            st.session_state[REGION] = code

    _mount(key=key, data={"held": st.session_state[REGION]}, on_kept_change=heard)


def way_back(words: str) -> passage.WayBack:
    """Return the way back to the page as it is."""
    return passage.WayBack(FILE, PAGE, f"Ma région ({words})", tuple(ADDRESS.query().items()))


# --- the address ------------------------------------------------------------------------------------------------
def _region(text: str) -> str:
    if text not in regions():
        raise refused("region", text, "Choisissez une région dans la liste.")
    return text


def _tab(text: str) -> str:
    if text not in TABS:
        raise refused("onglet", text, "Le premier onglet est affiché.")
    return TABS[text]


def _alert(text: str) -> str:
    if text not in ALERT_TITLES:
        raise refused("alerte", text, "La première alerte est affichée.")
    return text


def _project(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise refused("projet", text, "Aucun projet n’est ouvert.")
    return int(text)


def _tab_text() -> str:
    held = st.session_state.get(TAB)
    return next((name for name, label in TABS.items() if label == held and held != DEFAULTS[TAB]), "")


ADDRESS = Address(
    PAGE,
    (
        Part("region", REGION, _region, lambda: str(st.session_state.get(REGION) or "")),
        COMPLETE_PART,
        Part("onglet", TAB, _tab, _tab_text),
        Part("alerte", ALERT, _alert, lambda: str(st.session_state.get(ALERT) or "")),
        Part("projet", PROJECT, _project, lambda: str(st.session_state.get(PROJECT) or "")),
    ),
)
