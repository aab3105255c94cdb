"""Size a perimeter: the elected official's page."""

from __future__ import annotations

import streamlit as st

from geo.coverage import Scope
from ui import coverage_view, frame, html, loaders, maps, panels, perimeter_view, scene

MAP = "carte-perimetre"

frame.open_page("Périmètre", "Dessiner un périmètre")
for problem in frame.read_link():
    st.warning(problem)
scope_column, commune_column, territory_column = st.columns(3, gap="medium")
with scope_column:
    scope: Scope = perimeter_view.pick_scope()
with commune_column:
    perimeter_view.pick_commune(scope)
with territory_column:
    perimeter_view.pick_territory(scope)


lines = scene.known_lines(scope)
shown = st.pills(
    "Contours à superposer",
    lines,
    selection_mode="multi",
    wrap=True,
    default=[i for i in ("epci",) if i in lines],
    format_func=scene.LINE_LABELS.get,
    key=f"perimeter-lines-{scope.id}",
)
st.html(perimeter_view.legend(scope, shown))


@st.fragment
def workbench() -> None:
    """Map on the left, figures on the right, checks below; a click reruns only this."""
    perimeter = frame.perimeter()
    frame.write_link()
    left, right = st.columns([11, 9], gap="medium")
    with left:
        scene.draw(
            maps.selection_map(),
            key=MAP,
            on_change=lambda: perimeter_view.take_selection(MAP),
            state=maps.selection_state(
                codes=sorted(perimeter.communes),
                seq=st.session_state[frame.SEQUENCE],
                geometry_url=scene.geometry_url(scope),
                bounds=scene.bounds(scope),
                overlays=[scene.overlay(scope, layer_id) for layer_id in shown],
                paint=scene.status_paint(scope, (), pale=True),
                focus=coverage_view.focus(scope),
            ),
        )
        perimeter_view.edit_selection(perimeter)
    with right:
        if not perimeter.communes:
            perimeter_view.invitation()
            return
        facts, found = loaders.facts(perimeter), loaders.findings(perimeter, frame.settings())
        ordered = panels.in_order(found)
        st.html(panels.perimeter_figures(facts, frame.settings()) + html.check_index(ordered))
    left, right = st.columns([9, 11], gap="medium")
    left.html(html.section("Territoires et dispositifs rencontrés") + panels.layers_met(facts))
    right.html(
        html.section("Ce que le guide invite à regarder", panels.summary(found) + ".") + html.check_list(ordered)
    )


workbench()
st.caption(
    "Le guide de 2025 recommande et n’interdit rien : aucun repère ne vaut avis de conformité. Sauf mention contraire, les "
    "sources renvoient à son chapitre « Périmètre géographique des CLSM »."
)
