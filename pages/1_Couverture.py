"""Where CLSM are missing: the ARS planner's page."""

from __future__ import annotations

import streamlit as st

from geo.coverage import Scope
from ui import charts, coverage_view, frame, html, loaders, maps, panels, scene

MAP = "carte-couverture"

frame.open_page("Couverture", "Couverture : où manque-t-il des CLSM ?")
every = loaders.every_scope()
choose_scope, choose_commune, choose_complete = st.columns(3, gap="medium")
with choose_scope:
    scope: Scope = every[
        st.selectbox(
            "Territoire",
            list(every),
            format_func=lambda i: coverage_view.scope_name(every[i]),
            key=frame.COVERAGE_SCOPE,
            persist_state="session",
        )
    ]
with choose_commune:
    coverage_view.pick_commune(scope)
with choose_complete:
    complete = coverage_view.pick_complete(scope)
found = loaders.scope_coverage(scope, complete)


@st.fragment
def map_and_figures() -> None:
    """Map and legend; beside it the commune clicked or named, and the figures of the territory."""
    left, right = st.columns([11, 9], gap="medium")
    with left:
        shown = st.pills(
            "Contours à superposer",
            scene.known_lines(scope),
            selection_mode="multi",
            wrap=True,
            format_func=scene.LINE_LABELS.get,
            key=f"lines-{scope.id}",
        )
        st.html(coverage_view.legend(found, shown))
        scene.draw(
            maps.coverage_map(),
            key=MAP,
            on_change=lambda: coverage_view.take_click(MAP),
            state=maps.coverage_state(
                geometry_url=scene.geometry_url(scope),
                bounds=scene.bounds(scope),
                paint=scene.status_paint(scope, complete),
                overlays=[scene.overlay(scope, layer_id) for layer_id in shown],
                focus=coverage_view.focus(scope),
            ),
        )
    with right:
        code = coverage_view.looked_at(scope)
        if code:
            with st.container(border=True):
                st.html(panels.commune_card(code, loaders.crosswalk()))
                coverage_view.open_in_perimeter(code)
        else:
            st.caption("Cliquez une commune sur la carte, ou choisissez-la par son nom, pour savoir qui la couvre.")
        st.header(scope.name)
        st.html(html.figures(coverage_view.headline(found)))
        st.plotly_chart(charts.status_bar(found), key="status-bar", config={"displayModeBar": False})
        st.html(coverage_view.status_table(found))
        st.caption(coverage_view.caution(found, complete))
        coverage_view.meanings(found)


map_and_figures()
st.header("Lecture par territoire")
coverage_view.tables(found)
