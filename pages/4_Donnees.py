"""The layers: where each comes from, of what year, where it is complete; bring one in, go back to another."""

from __future__ import annotations

import streamlit as st

from ui import acts, data_view, frame, import_view, versions_view

frame.open_page("Données", "Données : ce qui est en service, et ce que vous y apportez")
with st.container():  # always there: the tabs below must not change places when a message comes or goes
    acts.show()
in_use, bring, kept = st.tabs(["Couches en service", "Importer une couche", "Versions et retours"])
with in_use:
    data_view.layers()
    data_view.sources()
with bring:
    import_view.steps()
with kept:
    versions_view.versions()
