"""Each check and figure, its source and its limits; each layer, its origin, year and extent; licences."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.guidance import Settings
from geo.suggest import FAR, RANKING
from ui import frame, method, setup

frame.open_page("Méthode et sources", "Méthode et sources")
st.header("Les repères")
st.markdown(
    "Le guide national de 2025 recommande et n’interdit rien. Chaque repère rend donc une de cinq issues : **favorable**, "
    "**favorable, sous réserve** quand une donnée sur laquelle il repose manque, **à discuter**, **point de vigilance**, ou **non évaluable** quand il manque une donnée. « Pour information » et « sans "
    "objet » signalent les repères qui ne jugent pas. Ce qui est connu peut alerter ; seule une liste complète peut rassurer."
)
example = method.example()
st.html(method.CARD_STYLE)
st.html(method.check_cards(example))
st.header("Les réglages")
st.markdown(
    "Le guide donne le repère d’environ 200 000 habitants et la taille d’une grande ville ; les autres sont des « seuils de l’outil » : ils posent une question, "
    "et ne font jamais plus que « à discuter ». Ils se changent sur la page Périmètre et accompagnent les liens et les notes."
)
st.html(method.settings_table())
if frame.thresholds() != Settings():
    st.button("Revenir aux valeurs de départ", on_click=frame.set_settings, icon=":material/restart_alt:")
st.header("Les chiffres d’un périmètre")
st.markdown("Ceux de la page Comparaison et des notes. L’exemple est calculé à l’instant, sur les données en place.")
st.html(method.measures_table(example))
st.header("Les suggestions")
st.markdown(
    f"{RANKING} Au-delà de {fr.percent(FAR, 0)} du repère (réglage de l’outil), ou du repère lui-même dans une ville plus grande que la taille du "
    "guide, des découpages sont proposés : par arrondissements, par intercommunalités, par secteurs, sinon par groupes de communes qui se "
    "touchent. Les limites gardées entières sont reliées au plus court, puis séparées là où les parts sont les plus égales, et ajustées au bord : "
    "c’est un découpage possible parmi d’autres. Une commune plus grande que le repère reste entière."
)
st.header("Les chiffres de la couverture")
st.html(method.coverage_table())
st.markdown("**Priorités** : somme des termes ci-dessous, chacun multiplié par le poids que vous lui donnez.")
st.html(method.priorities_table() + method.priorities_rules())
st.header("Rural ou urbain")
st.markdown(method.density_text())
st.header("Les couches de données")
st.markdown(
    "Une couche dit où elle est complète. Ailleurs, l’absence d’un dispositif signifie **inconnu**, jamais « aucun »."
)
st.html(method.layers_table())
st.header("Compter les habitants, mesurer les distances")
st.markdown(method.counting_text())
st.header("Les millésimes")
st.html(method.vintages_table())
st.header("Ce que ce tableau de bord ne fait pas")
st.html(method.not_done())
st.header("Glossaire")
st.html(method.glossary())
st.header("Logiciels et licences")
for licence in setup.licences():
    with st.expander(f"{licence.name} {licence.version}, licence {licence.licence}"):
        st.code(method.licence_text(licence), language=None)
frame.close_page()
