"""Scales and scenarios side by side, from one commune: the same figures from the same data, and no winner."""

from __future__ import annotations

import streamlit as st

from ui import frame, html
from ui.comparison import cache as comparison_cache
from ui.comparison import link as comparison_link
from ui.comparison import page as comparison_page
from ui.comparison import tradeoff as comparison_tradeoff

frame.open_page("Comparaison", "Comparer les échelles")
if st.session_state.pop(comparison_page.RETAINED, False):
    st.switch_page("pages/2_Perimetre.py")
st.html(comparison_page.STYLE)
st.markdown(
    "Commune, intercommunalité ou secteur de psychiatrie ? À partir d’une commune, voici les périmètres possibles, comptés sur "
    "les mêmes données. Les chiffres éclairent le choix, ils ne le font pas."
)
for problem in comparison_link.read():
    st.warning(problem)
comparison_page.messages()
commune = comparison_page.pick_commune()
chosen, reference = comparison_page.pick_candidates(commune)
comparison_page.bring_in()
if not chosen:
    st.info("Choisissez au moins un périmètre.")
    st.stop()
comparison_link.write(chosen, chosen[reference].id)
st.session_state[f"{comparison_link.choice_key(commune)}-held"] = tuple(c.id for c in chosen)
st.session_state[f"{comparison_link.REFERENCE}-held"] = chosen[reference].id
found = comparison_cache.comparison(chosen, frame.settings(), reference)
st.html(html.section("Les périmètres", "Toutes les cartes sont à la même échelle et montrent la même étendue."))
comparison_page.cards(found)
st.html(html.section("Les chiffres", comparison_page.what_differs(found, found.titles)))
only = st.toggle("Ne montrer que ce qui diffère", key=comparison_page.ONLY)
st.html(comparison_page.table(found, only_differing=only))
st.caption(
    "« Au moins » : la liste n’est pas complète ici, aucun écart n’en est tiré. « Environ » : estimation. Un trait à gauche de la "
    "case et un écart en gras signalent ce qui diffère de la référence."
)
left, right = st.columns([3, 2], gap="large")
left.html(html.section("Pour quoi parlent les chiffres, repère par repère") + comparison_page.verdicts(found.verdicts))
right.html(html.section("Ce que le guide demande à chaque échelle") + comparison_page.questions(found))
st.html(html.section("Où se situe un périmètre parmi ses voisins"))
comparison_tradeoff.show(found)
st.caption(
    "Aucun périmètre n’est désigné comme le meilleur, aucune note unique n’est calculée : les repères du guide de 2025 se "
    "discutent. Populations municipales, mêmes données et même année pour tous."
)
