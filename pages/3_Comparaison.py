"""Scales and scenarios side by side, from one commune: the same figures from the same data, and no winner."""

from __future__ import annotations

import streamlit as st

from ui import comparison, frame, html, loaders, needs, passage

frame.open_page("Comparaison", "Comparer les échelles")
if st.session_state.pop(comparison.RETAINED, False):
    st.switch_page(passage.PERIMETER)
passage.arrived()
st.html(comparison.COMPARISON_STYLE)
st.markdown(
    "Commune, intercommunalité ou secteur de psychiatrie ? À partir d’une commune, voici les périmètres possibles, comptés sur "
    "les mêmes données. Les chiffres éclairent le choix, ils ne le font pas."
)
address = comparison.ADDRESS.read()
for text in (*address.problems, *address.notices):
    st.warning(text)
comparison.show_messages()
commune = comparison.pick_commune()
if commune is None:
    st.info("De quelle commune partir ? Tapez son nom, son code postal ou son code INSEE.")
    frame.close_page()
    st.stop()
chosen, reference = comparison.pick_candidates(commune)
comparison.add_colleague()
if not chosen:
    st.info("Choisissez au moins un périmètre.")
    frame.close_page()
    st.stop()
st.session_state[frame.COMPARED] = frame.Compared(commune, chosen, chosen[reference].id)
comparison.ADDRESS.write()
found = loaders.compared(chosen, frame.settings(), reference)
st.html(html.section("Les périmètres", "Toutes les cartes sont à la même échelle et montrent la même étendue."))
comparison.perimeter_cards(found)
st.html(html.section("Les chiffres", comparison.what_differs(found, found.titles)))
only = st.toggle("Ne montrer que ce qui diffère", key=comparison.ONLY)
st.html(comparison.figures_table(found, only_differing=only))
st.caption(
    "« Au moins » : la liste n’est pas complète ici, aucun écart n’en est tiré. « Environ » : estimation. Un trait à gauche de la "
    f"case et un écart en gras signalent ce qui diffère de la référence. {comparison.declaration(found)}"
)
if needs_table := needs.compared_table(found):
    st.html(
        html.section("Les besoins", "Ce qui est inconnu, secret ou plus fin que la source est dit, jamais estimé.")
        + needs_table
    )
left, right = st.columns([3, 2], gap="large")
left.html(html.section("Pour quoi parlent les chiffres, repère par repère") + comparison.verdicts_table(found.verdicts))
right.html(html.section("Ce que le guide demande à chaque échelle") + comparison.scale_questions(found))
st.html(html.section("Où se situe un périmètre parmi ses voisins"))
comparison.show_tradeoff(found)
st.caption(
    "Aucun périmètre n’est désigné comme le meilleur, aucune note unique n’est calculée : les repères du guide de 2025 se "
    "discutent. Populations municipales, mêmes données et même année pour tous."
)
frame.close_page()
