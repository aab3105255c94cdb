"""Size a perimeter: the elected official's page."""

from __future__ import annotations

import streamlit as st

from geo.coverage import Scope
from ui import compose_view, frame, gauge, judge_view, link_state, perimeter_view, scene, settings_view, workbench

frame.open_page("Périmètre", "Dessiner un périmètre")
st.html(gauge.STYLE + judge_view.STYLE + workbench.STYLE)
address = link_state.read()
with st.container():  # always there: the map below must not change places when a warning comes or goes
    for problem in address.problems:
        st.warning(problem)
    for notice in address.notices:
        st.info(notice)

where, what = st.columns([2, 5], gap="small", vertical_alignment="bottom")
with where:
    scope: Scope = perimeter_view.pick_scope()
with what:
    perimeter_view.pick_target(scope)
lines = scene.known_lines(scope)
with st.container(horizontal=True, gap="small", vertical_alignment="center"):
    compose_view.paste(scope)
    compose_view.circle(scope)
    with st.popover("Contours", icon=":material/layers:", width="content"):
        shown = st.pills(
            "Contours à superposer",
            lines,
            selection_mode="multi",
            wrap=True,
            default=[i for i in ("epci",) if i in lines and scope.kind != "france"],
            format_func=scene.LINE_LABELS.get,
            key=f"perimeter-lines-{scope.id}",
        )
    settings_view.popover()
    st.html(perimeter_view.legend(scope, shown), width="stretch")

workbench.show(scope, tuple(shown))
st.caption(
    "Le guide de 2025 recommande et n’interdit rien : aucun repère ne vaut avis de conformité. Sauf mention contraire, les "
    "sources renvoient à son chapitre « Périmètre géographique des CLSM »."
)
