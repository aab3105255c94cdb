"""Size a perimeter: the elected official's page."""

from __future__ import annotations

import streamlit as st

from geo.coverage import Scope
from ui import frame, passage, perimeter

frame.open_page("Périmètre", "Dessiner un périmètre")
st.html(perimeter.PERIMETER_STYLE)
passage.way_back()
address = perimeter.read_address()
with st.container():  # always there: the map below must not change places when a warning comes or goes
    for problem in address.problems:
        st.warning(problem)
    for notice in address.notices:
        st.info(notice)
perimeter.take_asked()
what, where = st.columns([5, 2], gap="small", vertical_alignment="bottom")
with where:
    scope: Scope | None = perimeter.pick_scope()
with what:
    perimeter.pick_target(scope)
with st.container(horizontal=True, gap="small", vertical_alignment="center"):
    perimeter.paste_list(scope)
    perimeter.circle_around(scope)
    shown = perimeter.pick_lines(scope)
    perimeter.settings_popover()
    if scope:
        st.html(perimeter.perimeter_legend(scope, shown), width="stretch")
with st.container():  # always there, for the same reason
    perimeter.show_report()
if scope:
    perimeter.show_workbench(scope, tuple(shown))
else:
    perimeter.show_start()
st.caption(
    "Le guide de 2025 recommande et n’interdit rien : aucun repère ne vaut avis de conformité. Sauf mention contraire, les "
    "sources renvoient à son chapitre « Périmètre géographique des CLSM »."
)
