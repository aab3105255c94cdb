"""The settings of the checks: shown beside the check that uses them, changed in one place, back to the start in one move.

Two moves, as two kinds: what the guide gives, and what this tool chose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from geo.errors import GeoInputError
from geo.guidance import CHECKS, Settings, back_to_start, own_thresholds
from ui import frame, html

KEY = "reglage"


@dataclass(frozen=True)
class Knob:
    """One setting: the check under which it is entered, its label there, how it is entered (`scale` for one held).

    How a setting is written elsewhere is `geo.guidance.settings_labels`.
    """

    name: str
    check: str
    label: str
    unit: str
    step: float
    most: float
    scale: float


KNOBS = (
    Knob("marker", "taille", "Repère de taille", "habitants", 10_000, 2_000_000, 1),
    Knob("around", "taille", "Marge autour du repère", "%", 5, 100, 100),
    Knob("small", "taille", "Très petit territoire en dessous de", "habitants", 5_000, 200_000, 1),
    Knob("sliver", "secteurs", "À la marge (secteur, QPV) en dessous de", "%", 1, 50, 100),
    Knob("max_communes", "coordination", "Communes au plus", "", 5, 1_000, 1),
    Knob("max_bodies", "coordination", "Intercommunalités au plus", "", 1, 50, 1),
    Knob("max_area_m2", "coordination", "Superficie au plus", "km²", 100, 20_000, 1e-6),
    Knob("max_span_m", "coordination", "Plus grande distance au plus", "km", 5, 500, 1e-3),
    Knob("central", "centralite", "Ville dominante à partir de", "%", 5, 100, 100),
    Knob("big_city", "grande_ville", "Grande ville au-delà de", "habitants", 50_000, 2_000_000, 1),
)


def settings_popover() -> None:
    """Offer every setting, grouped by check, and the way back."""
    settings = frame.thresholds()
    changed = settings != Settings()
    with st.popover("Réglages modifiés" if changed else "Réglages", icon=":material/tune:"):
        st.caption(
            "Le guide donne le repère d’environ 200 000 habitants et la taille d’une grande ville (500 000). Les autres, marqués « seuil de "
            "l’outil », sont des choix de cet outil : ils posent une question, jamais plus. Ils accompagnent les liens et les notes."
        )
        for ours, label in ((False, "Revenir aux valeurs du guide"), (True, "Revenir aux seuils de l’outil")):
            moved = back_to_start(settings, ours=ours) != settings
            st.button(label, on_click=_back, args=(ours,), disabled=not moved, icon=":material/restart_alt:")
        for check in CHECKS:
            knobs = [knob for knob in KNOBS if knob.check == check.id]
            if knobs:
                st.markdown(f"**{html.literal(check.title)}**")
                columns = st.columns(2, gap="small", vertical_alignment="bottom")
                for rank, knob in enumerate(knobs):
                    with columns[rank % 2]:
                        _entry(knob, settings)


def _entry(knob: Knob, settings: Settings) -> None:
    key = f"{KEY}-{knob.name}"
    entered = round(getattr(settings, knob.name) * knob.scale, 6)
    st.session_state[key] = int(entered) if float(entered).is_integer() else entered
    if isinstance(st.session_state[key], float):
        st.session_state[key] = round(st.session_state[key], 2)
    whole = isinstance(st.session_state[key], int)
    kind = int if whole else float
    st.number_input(
        f"{knob.label}{f' ({knob.unit})' if knob.unit else ''}{' · seuil de l’outil' if own_thresholds((knob.name,)) else ''}",
        min_value=kind(1 if knob.name == "marker" else 0),
        max_value=kind(max(knob.most, st.session_state[key])),  # a link may carry more than this page offers
        step=kind(knob.step) if kind(knob.step) else kind(1),
        key=key,
        on_change=_take,
        args=(knob,),
    )


def _take(knob: Knob) -> None:
    entered = st.session_state.get(f"{KEY}-{knob.name}")
    if entered is None:
        return
    held = entered / knob.scale
    value: Any = round(held) if isinstance(getattr(Settings(), knob.name), int) else round(float(held), 6)
    try:
        frame.set_settings(replace(frame.thresholds(), **{knob.name: value}))
    except GeoInputError as error:
        st.toast(html.literal(str(error)))


def _back(ours: bool) -> None:
    frame.set_settings(back_to_start(frame.settings(), ours=ours))
