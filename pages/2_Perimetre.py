"""Size a perimeter: the elected official's page."""

from __future__ import annotations

import streamlit as st

from geo.coverage import Scope
from ui import frame
from ui.map import scene as map_scene
from ui.perimeter import choices as perimeter_choices
from ui.perimeter import compose as perimeter_compose
from ui.perimeter import judge as perimeter_judge
from ui.perimeter import link as perimeter_link
from ui.perimeter import settings as perimeter_settings
from ui.perimeter import workbench as perimeter_workbench

frame.open_page("Périmètre", "Dessiner un périmètre")
st.html(perimeter_judge.GAUGE_STYLE + perimeter_judge.STYLE + perimeter_workbench.STYLE)
address = perimeter_link.read()
with st.container():  # always there: the map below must not change places when a warning comes or goes
    for problem in address.problems:
        st.warning(problem)
    for notice in address.notices:
        st.info(notice)
where, what = st.columns([2, 5], gap="small", vertical_alignment="bottom")
with where:
    scope: Scope = perimeter_choices.pick_scope()
with what:
    perimeter_choices.pick_target(scope)
lines = map_scene.known_lines(scope)
with st.container(horizontal=True, gap="small", vertical_alignment="center"):
    perimeter_compose.paste(scope)
    perimeter_compose.circle(scope)
    with st.popover("Contours", icon=":material/layers:", width="content"):
        shown = st.pills(
            "Contours à superposer",
            lines,
            selection_mode="multi",
            wrap=True,
            default=[i for i in ("epci",) if i in lines and scope.kind != "france"],
            format_func=map_scene.LINE_LABELS.get,
            key=f"perimeter-lines-{scope.id}",
        )
    perimeter_settings.popover()
    st.html(perimeter_choices.legend(scope, shown), width="stretch")
perimeter_workbench.show(scope, tuple(shown))
st.caption(
    "Le guide de 2025 recommande et n’interdit rien : aucun repère ne vaut avis de conformité. Sauf mention contraire, les "
    "sources renvoient à son chapitre « Périmètre géographique des CLSM »."
)
