"""Where CLSM are missing, for how many people, and where to act first: the ARS planner's page."""

from __future__ import annotations

import streamlit as st

from ui import coverage_cards, coverage_explorer, coverage_link, coverage_loaders, coverage_view, frame

frame.open_page("Couverture", "Couverture : où manque-t-il des CLSM ?")
coverage_link.set_defaults()
if problems := coverage_link.read():
    st.warning("\n".join(f"- {problem}" for problem in problems))
st.html(coverage_cards.STYLE)

choose_scope, choose_commune, choose_complete = st.columns(3, gap="medium")
with choose_scope:
    scope = coverage_view.pick_scope()
with choose_commune:
    coverage_view.pick_commune(scope)
with choose_complete:
    coverage_view.pick_complete(scope)
complete = st.session_state[frame.COMPLETE]
st.html(coverage_cards.limits_banner(coverage_loaders.limits(scope, complete)) or "<span></span>")
coverage_explorer.explorer(scope, complete)
coverage_link.write()
