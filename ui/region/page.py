"""The page « Ma région »: the région chosen once, its figures, then the one tab that is open."""

from __future__ import annotations

from datetime import date

import streamlit as st

from geo.coverage import Scope
from ui import acts, address, html, layout, passage
from ui.choices import pick_one
from ui.region import alerts, atlas, link, past, projects
from ui.region import loaders as region_loaders
from ui.region.link import ADDRESS, REGION, TAB, TABS

COVERAGE = "pages/1_Couverture.py"
SHOWN = ("habitants", "qpv", "rural", "projet")
STYLE = """
<style>
.st-key-region-chiffres .clsm-figure b {font-size:1.12rem;} .st-key-region-chiffres .clsm-figures {margin:0; gap:.3rem 1.4rem;}
.clsm-frise {display:flex; gap:.15rem; list-style:none; margin:.1rem 0 !important; padding:0 !important;}
.clsm-frise li {flex:1 1 0; min-width:0; margin:0; padding:.3rem .1rem 0; border-top:4px solid #dde3e6; font-size:.78rem; line-height:1.25; color:#55606a;}
.clsm-frise li.fait {border-top-color:#0b6e75; color:#1d2a30;} .clsm-frise li.ici {font-weight:650;}
.clsm-frise li small {display:block;}
.clsm-barres {display:flex; align-items:flex-end; gap:.2rem; height:5.5rem; margin:.2rem 0 0; padding:0; list-style:none; border-bottom:1px solid #55606a;}
.clsm-barres li {flex:1 1 0; min-width:0; margin:0; background:#0b6e75; position:relative;} .clsm-barres li span {position:absolute; inset:auto 0 100%; text-align:center; font-size:.75rem;}
@media (max-width:759px) {.clsm-frise {flex-wrap:wrap;} .clsm-frise li {flex:1 1 30%;}}
</style>
"""


def show_region() -> None:
    """Show the whole page."""
    link.set_defaults()
    passage.arrived()
    problems = ADDRESS.read().problems
    link.set_defaults()
    st.html(STYLE)
    with layout.tools("Ma région"):
        with st.container(width=340):
            scope = _pick()
        if scope:
            _to_coverage(scope)
    link.remember()
    if problems:
        st.warning("\n".join(f"- {problem}" for problem in problems))
    acts.show()
    if scope is None:
        st.info(
            "Choisissez votre région : la page la retient sur cette machine et dans son adresse. Vous y trouverez ce qui appelle une "
            "action, les projets que vous suivez, ce qui a changé, et un atlas à emporter."
        )
    else:
        _figures(scope)
        _tabs(scope)
    ADDRESS.write()


def _pick() -> Scope | None:
    every = link.regions()
    codes = ["", *every]
    pick_one(
        "Ma région",
        codes,
        format_func=lambda code: every[code].name if code else "Choisir ma région…",
        key=REGION,
        persist_state="session",
        label_visibility="collapsed",
    )
    return every.get(st.session_state[REGION])


def _to_coverage(scope: Scope) -> None:
    if st.button("Voir la carte et la couverture", icon=":material/map:", key="region-couverture"):
        open_coverage({"territoire": scope.id})


def open_coverage(query: dict[str, str]) -> None:
    """Open the page Couverture on a state of its address."""
    address.forget("Couverture")
    st.switch_page(COVERAGE, query_params=query)


def _figures(scope: Scope) -> None:
    found = {f.id: f for f in region_loaders.figures(scope)}
    shown = [found[i] for i in SHOWN if i in found]
    with st.container(key="region-chiffres"):
        st.html(html.figures((f.amount, f.label) for f in shown))
    with st.expander("D’où viennent ces chiffres, et ce qui les borne"):
        rows = [(f.label, f.amount, f"{f.fraction}\n{f.reason or ''}", f.year) for f in shown]
        headers = [("Indicateur", False), ("Lecture", False), ("Sur quoi", False), ("Année", False)]
        st.html(html.table(headers, rows, caption="Chiffres de la région"))
        st.caption("Ce sont ceux de la page Couverture, où les faits peuvent être écartés selon leur source.")


def _tabs(scope: Scope) -> None:
    followed, trouble = region_loaders.followed(scope)
    if trouble:
        st.error(html.literal(trouble))
    tabs = dict(zip(TABS, st.tabs(list(TABS.values()), key=TAB, on_change="rerun"), strict=True))
    today = date.today()
    contents = {
        "alertes": lambda: alerts.panel(scope, region_loaders.alerts(scope, followed, today), open_coverage),
        "projets": lambda: projects.panel(scope, followed, today),
        "evolution": lambda: past.panel(scope, today),
        "emporter": lambda: atlas.panel(scope),
    }
    for name, tab in tabs.items():
        if tab.open:
            with tab:
                contents[name]()
