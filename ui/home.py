"""Home: what the dashboard answers, for whom, and what the data holds; two doors."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.coverage import COVERED, STATUS_LABELS, CoverageView, Status
from geo.layers import Etat, Precision
from ui import frame, html, layout, loaders, search
from ui import map as maps
from ui.choices import count_column, grid

DOORS = {frame.ASKED_COVERAGE: "pages/1_Couverture.py", frame.ASKED_PERIMETER: "pages/2_Perimetre.py"}


def show_home() -> None:
    """Show the home page: the map of what is known, and beside it the two doors."""
    frame.open_page("Accueil", "Santé mentale : où créer un CLSM, et sur quel périmètre ?")
    map_pane, side = layout.panes()
    with map_pane:
        _map()
    with side:
        st.markdown(
            "Un **conseil local de santé mentale** (CLSM) réunit élus, psychiatrie publique, usagers et proches autour de la "
            "santé mentale d’un territoire. Cet outil dit **où il en manque** et **si un périmètre est sensé, et pourquoi**, "
            "d’après le guide national de 2025. Ce qu’il ne sait pas, il l’écrit « inconnu »."
        )
        _doors()
        _content()
        _list()
    frame.close_page()


def _doors() -> None:
    for asked, page in DOORS.items():
        if asked in st.session_state:
            st.switch_page(page)
    _door(
        frame.ASKED_PERIMETER, "accueil-commune", "Vous préparez un CLSM", "Votre commune ?",
        "Commune, code postal, EPCI ou dispositif", ("Dessiner un périmètre", ":material/draw:"),
    )  # fmt: skip
    _door(
        frame.ASKED_COVERAGE, "accueil-region", "Vous planifiez pour une ARS", "Votre région ?",
        "Région, département, EPCI ou commune", ("Voir la couverture de la France", ":material/map:"),
    )  # fmt: skip
    st.page_link(
        "pages/6_Ma_region.py",
        label="Ma région : ce qui appelle une action, les projets suivis",
        icon=":material/monitoring:",
    )


def _door(asked: str, key: str, title: str, question: str, placeholder: str, link: tuple[str, str]) -> None:
    """Show one door: who it is for, the place asked for, the link (label, icon) for who names none."""
    with st.container(border=True):
        st.header(title)
        search.find(question, key=key, placeholder=placeholder, on_choose=lambda chosen: _ask(asked, chosen))
        st.page_link(DOORS[asked], label=link[0], icon=link[1])


def _ask(page: str, chosen: str) -> None:
    if chosen:
        st.session_state[page] = chosen


def _content() -> None:
    """Say what the data holds, and what it is not."""
    every = loaders.every_scope()
    found = loaders.scope_coverage(CoverageView(every["france"]))
    covered = loaders.covered_in_france()
    clsm = loaders.crosswalk().layers["clsm"]
    running = clsm.zones["etat"] == Etat.EN_SERVICE
    unlocated = clsm.zones["precision"] == Precision.INCONNUE

    st.header("Ce que contiennent les données")
    st.html(
        html.figures(
            [
                (fr.number(len(clsm.zones)), f"CLSM cités par une source, dont {fr.number(running.sum())} en service"),
                (covered.amount, "des habitants sont couverts par un CLSM en service"),
                (fr.number(covered.value or 0), f"habitants couverts connus, sur {fr.number(covered.total or 0)}, dont "
                 f"{fr.number(found.by_status.at[Status.SUPPOSE, 'population'])} au périmètre supposé"),
            ]
        )
    )  # fmt: skip
    st.caption(
        f"Ce n’est pas un recensement. {clsm.remark} Le centre national de ressources en comptait 260 en fonctionnement "
        "(État des lieux 2023, données 2022). "
        f"{_off_the_map(int(unlocated.sum()))}"
        f"Habitants : population municipale {found.population_year}."
    )


def _off_the_map(many: int) -> str:
    if not many:
        return ""
    said = fr.count(
        many, "CLSM cité n’a pas de communes connues et n’est", "CLSM cités n’ont pas de communes connues et ne sont"
    )
    return f"{said} donc pas sur la carte. "


def _map() -> None:
    """Show the CLSM that have a place on a map."""
    colours = {status: maps.PALETTE[status].fill for status in Status}
    maps.draw(
        maps.points_map(),
        key="carte-accueil",
        state=maps.points_state(
            bounds=maps.METROPOLE,
            outlines_url=maps.around_url(),
            points=[
                maps.Point(p.id, p.lat, p.lon, p.name, f"{p.detail}, {_people(p.population)}", colours[p.status], 5.0)
                for p in loaders.clsm_places()
            ],
        ),
    )
    st.html(html.legend([(colours[s], STATUS_LABELS[s]) for s in (*COVERED, Status.PARTIEL, Status.PROJET)]))


def _people(known: int) -> str:
    return fr.inhabitants(known) if known else "habitants inconnus"


def _list() -> None:
    """Show the CLSM that have a place as a list."""
    grid(
        [
            {"CLSM": p.name, "Dép.": p.departement, "Habitants": p.population or None, "État": p.detail}
            for p in loaders.clsm_places()
        ],
        height=420,
        hide_index=True,
        column_config={
            "CLSM": st.column_config.TextColumn(width="medium"),
            "Dép.": st.column_config.TextColumn(width=50),
            "Habitants": count_column(width=90),
        },
        alt="Liste des CLSM placés sur la carte",
    )
