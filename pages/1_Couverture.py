"""Where CLSM are missing, for how many people, and where to act first: the ARS planner's page."""

from __future__ import annotations

import streamlit as st

from geo.coverage import CoverageView
from ui import frame
from ui.coverage import cards as coverage_cards
from ui.coverage import choices as coverage_choices
from ui.coverage import link as coverage_link
from ui.coverage import loaders as coverage_loaders
from ui.coverage import page as coverage_page

frame.open_page("Couverture", "Couverture : où manque-t-il des CLSM ?")
coverage_link.set_defaults()
if problems := coverage_link.read():
    st.warning("\n".join(f"- {problem}" for problem in problems))
st.html(coverage_cards.STYLE)
choose_scope, choose_commune, choose_complete = st.columns(3, gap="medium")
with choose_scope:
    scope = coverage_choices.pick_scope()
with choose_commune:
    coverage_choices.pick_commune(scope)
with choose_complete:
    coverage_choices.pick_complete(scope)
view = CoverageView(scope, st.session_state[frame.COMPLETE])
st.html(coverage_cards.limits_banner(coverage_loaders.limits(view)) or "<span></span>")
coverage_page.explorer(view)
coverage_link.write()
