"""The layers: where each comes from, of what year, where it is complete; import one, go back to another."""

from __future__ import annotations

import streamlit as st

from ui import acts, data, frame, identity

frame.open_page("Données", "Données : ce qui est en service, et ce que vous y apportez")
with st.container():  # always there: the tabs below must not change places when a message comes or goes
    acts.show()
    identity.show_identity()
in_use, bring, needs, known, kept = st.tabs(
    ["Couches en service", "Importer une couche", "Indicateurs de besoin", "Ce que vous savez", "Versions et retours"],
    key="donnees-onglets",
)
with in_use:
    data.show_layers()
    data.show_sources()
with bring:
    data.show_import()
with needs:
    data.show_needs()
with known:
    data.show_knowledge()
with kept:
    data.show_versions()
    data.show_journal()
frame.close_page()
