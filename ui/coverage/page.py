"""Map, figures and tabs of the page Couverture, in one fragment: a choice in a table and a click on the map answer one
another without running the rest of the page. Only the tab that is open is computed, and each has its own fragment."""

from __future__ import annotations

import streamlit as st

from geo.coverage import Coverage, CoverageView, Scope, situations_of
from ui import division, html, layout, loaders, panels
from ui import map as maps
from ui.choices import labelled
from ui.coverage import cards, charts, choices, export, gaps, needs, opening, priorities, sectors, siting, survey
from ui.coverage import link as coverage_link
from ui.coverage import loaders as coverage_loaders
from ui.coverage.link import LAYERS, TAB, TABS
from ui.map import LINE_LABELS, MARK_LABELS

MAP = "carte-couverture"


@st.fragment
def explorer(view: CoverageView) -> None:
    """Show the map, and beside it what is said of the territory: its figure, the commune looked at, the tabs."""
    found = loaders.scope_coverage(view)
    gaps.hold_level(view.scope)
    map_pane, side = layout.panes((13, 7) if layout.meeting() else (6, 5))
    with map_pane:
        _map(view)
    with side:
        _headline(view)
        _commune(view, found)
        _tabs(view, found)
    coverage_link.ADDRESS.write()


def _map(view: CoverageView) -> None:
    scope = view.scope
    shown = layers_shown(scope)
    maps.draw(
        maps.coverage_map(),
        key=MAP,
        on_change=lambda: choices.take_click(MAP),
        state=maps.coverage_state(
            geometry_url=maps.geometry_url(scope),
            bounds=maps.bounds(scope),
            paint=needs.paint(view) or maps.status_paint(view),
            overlays=[maps.overlay(scope, layer_id) for layer_id in shown if layer_id not in MARK_LABELS],
            focus=maps.focus(scope),
            around=maps.around_file(),
            names=maps.names_file(scope, shown),
            credit=maps.credit(),
            glance=maps.Glance((*_share(view), scope.name)),
            over=maps.over(
                quarters_url=maps.quarters_url(scope) if "quartiers" in shown else None,
                places_url=maps.places_url(scope) if "lieux" in shown else None,
                mark=gaps.mark(view),
                served_url=maps.overlay(scope, "clsm").url,
            ),
        ),
    )


def pick_layers(scope: Scope) -> None:
    """Ask what lies over the map; what the scope does not have is kept for the next one that has it."""
    offered = layers_here(scope)
    key = f"lines-{scope.id}"
    held = st.session_state[LAYERS]
    st.session_state[key] = [i for i in offered if i in held]

    def take() -> None:
        others = [i for i in st.session_state[LAYERS] if i not in offered]
        st.session_state[LAYERS] = tuple(others + list(st.session_state[key] or ()))

    with st.popover("Contours", icon=":material/layers:"):
        st.pills(
            "Contours et lieux à superposer",
            offered,
            selection_mode="multi",
            wrap=True,
            format_func=labelled(LINE_LABELS | MARK_LABELS),
            key=key,
            on_change=take,
        )


def take_map(view: CoverageView) -> None:
    """Offer the map as it is shown, on a page."""
    export.take_map(view, tuple(layers_shown(view.scope)))


def layers_shown(scope: Scope) -> list[str]:
    """Return what lies over the map, among what a scope has."""
    return [i for i in layers_here(scope) if i in st.session_state[LAYERS]]


def layers_here(scope: Scope) -> list[str]:
    """Return what can lie over the map of a scope."""
    offered = [i for i in maps.known_lines(scope) if i != "qpv"]
    rows = scope.rows
    if loaders.crosswalk().layers["qpv"].placed["row"].isin(rows).any():
        offered.append("quartiers")
    places = loaders.world().resources
    if places is not None and len(places.inside(rows)):
        offered.append("lieux")
    return offered


def _commune(view: CoverageView, found: Coverage) -> None:
    code = choices.looked_at(view.scope)
    if not code:
        return
    with st.container(border=True):
        row = loaders.atlas().row[code]
        st.html(panels.commune_card(code, loaders.crosswalk(), situations_of(found).kind(row)))
        opening.offer_commune(code, str(loaders.atlas().names[row]), view)


def _share(view: CoverageView) -> tuple[str, str]:
    """Return the share of inhabitants covered, and what it is a share of."""
    main = coverage_loaders.figures(view)[0]
    if main.unknown:
        return main.amount, "part des habitants couverts par un CLSM en service : aucune n’est sûre ici"
    if not main.value:
        return main.amount, "habitants couverts par un CLSM en service"
    return main.amount, "des habitants sont couverts par un CLSM en service"


def _headline(view: CoverageView) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="entete"):
        st.header(html.literal(view.scope.name), anchor=False, width="content")
        layout.meeting_button()
    amount, said = _share(view)
    st.html(f'<p class="clsm-main"><b>{html.escape(amount)}</b><span>{html.escape(said)}</span></p>')


def _figures(view: CoverageView, found: Coverage) -> None:
    figures = coverage_loaders.figures(view)
    st.html(charts.status_bar(found))
    st.html(cards.manner(figures[0]) + cards.figure_table(figures, view.scope.name) + cards.figure_sources(figures))
    st.html(choices.status_table(found))
    st.caption(html.literal(choices.caution(found)))
    choices.meanings(found)
    limits = coverage_loaders.limits(view)
    st.html(cards.limits_banner(limits) + cards.extent_line(coverage_loaders.complete_lists(view)))
    choices.limit_links(limits)
    note = maps.extents(view.scope)
    if note:
        st.caption(html.literal(f"{note[0].upper()}{note[1:]}."))


def _next(view: CoverageView) -> None:
    siting.panel(view)
    division.division_panel(view.scope, opening.way_back(view, "division"))


def _tabs(view: CoverageView, found: Coverage) -> None:
    if card := gaps.chosen_card(view):
        st.html(card)
        gaps.offer_chosen(view)
    names = list(TABS.values())
    if st.session_state.get(TAB) not in names:
        st.session_state[TAB] = names[0]
    tabs = dict(zip(TABS, st.tabs(names, key=TAB, on_change="rerun"), strict=True))
    contents = {
        "chiffres": lambda: _figures(view, found),
        "lacunes": lambda: gaps.panel(view),
        "secteurs": lambda: sectors.panel(view),
        "priorites": lambda: priorities.panel(view),
        "besoins": lambda: needs.panel(view),
        "prochains": lambda: _next(view),
        "enquetes": lambda: survey.panel(view),
        "clsm": lambda: choices.clsm_table(found),
        "emporter": lambda: export.panel(view),
    }
    for name, tab in tabs.items():
        if tab.open:
            with tab:
                contents[name]()
