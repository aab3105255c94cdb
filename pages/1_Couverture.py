"""Where CLSM are missing, for how many people, and where to act first: the ARS planner's page."""

from __future__ import annotations

import streamlit as st

from geo.coverage import CoverageView
from ui import coverage, frame, layout

frame.open_page("Couverture")
coverage.set_defaults()
address = coverage.ADDRESS.read()
st.html(coverage.COVERAGE_STYLE)
coverage.take_asked()
with layout.tools("Couverture"):
    with st.container(width="stretch"):
        coverage.pick_place()
    with st.container(width=260):
        scope = coverage.pick_scope()
    with st.popover("Ce que je sais d’ici", icon=":material/fact_check:"):
        coverage.pick_complete(scope)
        coverage.pick_aside()
    coverage.pick_layers(scope)
    view = CoverageView(scope, st.session_state[frame.COMPLETE], coverage.aside())
    coverage.take_map(view)
with st.container():  # always there: the map below must not change places
    if address.problems:
        st.warning("\n".join(f"- {problem}" for problem in address.problems))
    for notice in address.notices:
        st.info(notice)
coverage.explorer(view)
coverage.ADDRESS.write()
frame.close_page()
