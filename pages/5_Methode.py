"""Each check and figure, its source and its limits; each layer, its origin, year and extent; licences."""

from __future__ import annotations

import streamlit as st

from ui import frame, method_view, vendor

frame.open_page("Méthode et sources")

st.header("Les treize repères du guide")
st.markdown(
    "Le guide national de 2025 recommande et n’interdit rien. Chaque repère rend donc une de quatre issues : **favorable**, "
    "**à discuter**, **point de vigilance**, ou **non évaluable** quand il manque une donnée. « Pour information » et « sans "
    "objet » signalent les repères qui ne jugent pas. Ce qui est connu peut alerter ; seule une liste complète peut rassurer."
)
st.html(method_view.checks_table())

st.header("Les réglages")
st.html(method_view.settings_table())

st.header("Rural ou urbain")
st.markdown(method_view.density_text())

st.header("Les couches de données")
st.markdown(
    "Une couche dit où elle est complète. Ailleurs, l’absence d’un dispositif signifie **inconnu**, jamais « aucun »."
)
st.html(method_view.layers_table())

st.header("Compter les habitants, mesurer les distances")
st.markdown(method_view.counting_text())

st.header("Logiciels et licences")
for licence in vendor.licences():
    with st.expander(f"{licence.name} {licence.version}, licence {licence.licence}"):
        st.code(method_view.licence_text(licence), language=None)
