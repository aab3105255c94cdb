"""Size a perimeter: the elected official's page."""

from __future__ import annotations

import streamlit as st

from geo.coverage import Scope
from ui import frame, grain, layout, perimeter

frame.open_page("Périmètre")
st.html(perimeter.PERIMETER_STYLE)
address = perimeter.read_address()
perimeter.take_asked()
with layout.tools("Périmètre"):
    target_place, scope_place = st.container(width="stretch"), st.container(width=230)
    with scope_place:
        scope: Scope | None = perimeter.pick_scope()
    with target_place:
        perimeter.pick_target(scope)
    perimeter.paste_list(scope)
    perimeter.circle_around(scope)
    shown = perimeter.pick_lines(scope)
    grain.tool()
    perimeter.settings_popover()
with st.container():  # always there: the map below must not change places when something is said or not
    for problem in address.problems:
        st.warning(problem)
    for notice in address.notices:
        st.info(notice)
    perimeter.show_report()
if scope:
    perimeter.show_workbench(scope, tuple(shown))
    with st.container(key="apres"):
        st.html(perimeter.TOUCH_HINT, width="stretch")
else:
    perimeter.show_start()
frame.close_page(
    "Le guide de 2025 recommande et n’interdit rien : aucun repère ne vaut avis de conformité. Sauf mention contraire, les "
    "sources renvoient à son chapitre « Périmètre géographique des CLSM »."
)
