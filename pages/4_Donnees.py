"""The layers: where each comes from, of what year, where it is complete; bring one in, go back to another."""

from __future__ import annotations

import streamlit as st

from ui import acts, frame
from ui.data import import_steps as data_import_steps
from ui.data import sources as data_sources
from ui.data import versions as data_versions

frame.open_page("Données", "Données : ce qui est en service, et ce que vous y apportez")
with st.container():  # always there: the tabs below must not change places when a message comes or goes
    acts.show()
in_use, bring, kept = st.tabs(["Couches en service", "Importer une couche", "Versions et retours"])
with in_use:
    data_sources.layers()
    data_sources.sources()
with bring:
    data_import_steps.steps()
with kept:
    data_versions.versions()
