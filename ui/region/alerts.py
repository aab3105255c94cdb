"""What calls for an act in the région: one alert open at a time, each of its lines leading to Périmètre, Couverture or its project."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from geo import french as fr
from geo.coverage import Scope
from geo.region import Alert, AlertLine
from ui import html, loaders, passage
from ui.choices import distinct, pick_one
from ui.region import link
from ui.region import loaders as region_loaders
from ui.region.link import ALERT, PROJECT, TAB, TABS

MOST_LINES = 10
PROPOSED = "my-region-proposed"  # (name, communes) that a new project begins with, None for nothing
Open = Callable[[dict[str, str]], None]


def panel(scope: Scope, every: tuple[Alert, ...], open_coverage: Open) -> None:
    """Show the alerts, and the one that is open."""
    by_id = {alert.id: alert for alert in every}
    if st.session_state.get(ALERT) not in by_id:
        st.session_state[ALERT] = next((a.id for a in every if a.lines), every[0].id)
    choose, shown = st.columns([4, 7], gap="medium")
    with choose:
        st.radio(
            "Ce qui appelle une action",
            list(by_id),
            format_func=lambda i: f"{_count(by_id[i])} · {by_id[i].title}",
            key=ALERT,
        )
    with shown:
        _show(scope, by_id[st.session_state[ALERT]], open_coverage)


def _count(alert: Alert) -> str:
    return fr.number(len(alert.lines)) if alert.lines else "Aucun connu"


def _show(scope: Scope, alert: Alert, open_coverage: Open) -> None:
    st.html(html.section(alert.title))
    if alert.lines:
        _act(scope, alert, open_coverage)
        rows = [(line.name, line.words) for line in alert.lines[:MOST_LINES]]
        st.html(html.table([("Où", False), ("Pourquoi", False)], rows, caption=alert.title))
        if len(alert.lines) > MOST_LINES:
            st.caption(f"Et {fr.count(len(alert.lines) - MOST_LINES, 'autre')}, dans la liste ci-dessus.")
    else:
        st.write("Rien de connu à signaler ici.")
    if alert.apart:
        st.caption(html.literal(alert.apart))


def _act(scope: Scope, alert: Alert, open_coverage: Open) -> None:
    """Offer what can be done from one line."""
    by_code = {f"{line.level}/{line.code}": line for line in alert.lines}
    labels = distinct({key: line.name for key, line in by_code.items()})
    key = f"region-ligne-{scope.code}-{alert.id}"
    if st.session_state.get(key) not in by_code:
        st.session_state[key] = next(iter(by_code))
    chosen = pick_one("Agir sur", list(by_code), format_func=labels.get, key=key)
    line = by_code[chosen]
    with st.container(horizontal=True, gap="small"):
        if line.level == "projet":
            st.button(
                "Ouvrir le projet",
                key="region-projet",
                icon=":material/task_alt:",
                on_click=_to_project,
                args=(int(line.code),),
            )
        elif st.button("Voir sur Couverture", key="region-voir", icon=":material/map:"):
            open_coverage(_query(scope, line))
        if line.level in ("epci", "clsm") and line.codes:
            st.button(
                "Suivre comme projet",
                key="region-suivre",
                icon=":material/add_task:",
                on_click=_propose,
                args=(line.name, line.codes),
            )
    if line.codes and line.level != "departements":
        name = labels[chosen]
        passage.offer(
            name, region_loaders.starts(line.codes), link.way_back(f"{scope.name}, {name}"), key="region-dessiner"
        )


def _query(scope: Scope, line: AlertLine) -> dict[str, str]:
    """Return the state of Couverture that shows a line."""
    if line.level == "departements":
        return {"territoire": f"dep-{line.code}", "onglet": "lacunes"}
    if line.level == "epci":
        level = "ept" if line.code in loaders.atlas().ept.index else "epci"
        known = line.code in loaders.crosswalk().layers[level].zones.index
        return {"territoire": scope.id, "onglet": "lacunes", "niveau": level} | ({"choix": line.code} if known else {})
    found = {"territoire": scope.id, "onglet": "clsm"}
    held = [code for code in sorted(line.codes) if scope.holds(code)]
    return found | ({"commune": held[0]} if held else {})


def _to_project(number: int) -> None:
    st.session_state[PROJECT], st.session_state[TAB] = number, TABS["projets"]


def _propose(name: str, codes: frozenset[str]) -> None:
    st.session_state[PROPOSED] = (name, codes)
    st.session_state[PROJECT], st.session_state[TAB] = 0, TABS["projets"]
