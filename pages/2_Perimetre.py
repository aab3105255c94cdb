"""Size a perimeter: the elected official's page."""

from __future__ import annotations

import streamlit as st

from geo.coverage import Scope
from ui import frame, perimeter
from ui import map as maps

frame.open_page("Périmètre", "Dessiner un périmètre")
st.html(perimeter.PERIMETER_STYLE)
address = perimeter.read_address()
with st.container():  # always there: the map below must not change places when a warning comes or goes
    for problem in address.problems:
        st.warning(problem)
    for notice in address.notices:
        st.info(notice)
where, what = st.columns([2, 5], gap="small", vertical_alignment="bottom")
with where:
    scope: Scope = perimeter.pick_scope()
with what:
    perimeter.pick_target(scope)
lines = maps.known_lines(scope)
with st.container(horizontal=True, gap="small", vertical_alignment="center"):
    perimeter.paste_list(scope)
    perimeter.circle_around(scope)
    with st.popover("Contours", icon=":material/layers:", width="content"):
        shown = st.pills(
            "Contours à superposer",
            lines,
            selection_mode="multi",
            wrap=True,
            default=[i for i in ("epci",) if i in lines and scope.kind != "france"],
            format_func=maps.LINE_LABELS.get,
            key=f"perimeter-lines-{scope.id}",
        )
    perimeter.settings_popover()
    st.html(perimeter.perimeter_legend(scope, shown), width="stretch")
perimeter.show_workbench(scope, tuple(shown))
st.caption(
    "Le guide de 2025 recommande et n’interdit rien : aucun repère ne vaut avis de conformité. Sauf mention contraire, les "
    "sources renvoient à son chapitre « Périmètre géographique des CLSM »."
)
