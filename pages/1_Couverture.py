"""Where CLSM are missing, for how many people, and where to act first: the ARS planner's page."""

from __future__ import annotations

import streamlit as st

from geo.coverage import CoverageView
from ui import coverage, frame

frame.open_page("Couverture", "Couverture : où manque-t-il des CLSM ?")
coverage.set_defaults()
if problems := coverage.ADDRESS.read().problems:
    st.warning("\n".join(f"- {problem}" for problem in problems))
st.html(coverage.COVERAGE_STYLE)
coverage.take_asked()
choose_place, choose_scope, choose_complete, choose_aside = st.columns(4, gap="medium")
with choose_place:
    coverage.pick_place()
with choose_scope:
    scope = coverage.pick_scope()
with choose_complete:
    coverage.pick_complete(scope)
with choose_aside:
    coverage.pick_aside()
view = CoverageView(scope, st.session_state[frame.COMPLETE], coverage.aside())
limits = coverage.limits(view)
st.html(coverage.limits_banner(limits) or "<span></span>")
coverage.limit_links(limits)
coverage.explorer(view)
coverage.ADDRESS.write()
