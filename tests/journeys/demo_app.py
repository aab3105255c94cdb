"""The page with one map (demo_map.py) served as the dashboard is: light fonts, nothing that pulses while it comes, no answer held back."""

import streamlit as st

from ui.map import declare
from ui.server import middleware, quiet_log, ready_first

quiet_log()
app = st.App("demo_map.py", middleware=middleware(), lifespan=ready_first(declare, lambda: None))
