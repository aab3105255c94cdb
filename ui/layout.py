"""Where things stand on a page: the menu above, the foot below, and two panes side by side that never leave each other.

The menu takes no width from the map. On a wide window the two panes are as high as what the menu and the tools leave of it, and
what is beside the map scrolls in itself; on a narrow one the map stays above while the rest passes under it; in a meeting
(`meeting`) the tools go and the figures grow.
"""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from geo import french as fr
from ui import html

MENU, TOOLS, PANES, MAP_PANE, SIDE_PANE = "menu", "outils", "volets", "volet-carte", "volet-chiffres"
MEETING = "meeting"  # whether the page is shown to a room
STYLE = """
<style>
:root {--volet:calc(100dvh - 7.6rem);} :root:has(.clsm-reunion) {--volet:calc(100dvh - 1rem);}
[data-testid="stHeader"] {background:transparent; height:2.2rem; min-height:0; pointer-events:none;} [data-testid="stHeader"] > * {pointer-events:auto;}
[data-testid="stMain"] .block-container {padding:.5rem 2rem 1rem; max-width:1800px;}
.block-container > [data-testid="stVerticalBlock"] {gap:.6rem;} .block-container > [data-testid="stVerticalBlock"] > [data-testid="stLayoutWrapper"]:not(:has([data-testid="stElementContainer"])) {display:none;}
.st-key-menu {border-bottom:1px solid #dde3e6; padding-bottom:.3rem; gap:.1rem .2rem !important;}
.st-key-menu .clsm-nom {font-weight:700; letter-spacing:.03em; margin-right:.8rem; color:#0b6e75;}
.st-key-menu [data-testid="stPageLink-NavLink"] {padding:.2rem .55rem;}
.st-key-outils {gap:.4rem .6rem !important; align-items:center;} [data-testid="stSelectbox"] input {text-overflow:ellipsis;}
.st-key-outils h1 {font-size:1.3rem !important; padding:0 !important; white-space:nowrap;}
.st-key-outils [data-testid="stBidiComponentIsolated"], .st-key-outils .stBidiComponent {min-width:15rem;}
.st-key-outils button {padding-inline:.55rem;} .st-key-outils button p {font-size:.88rem;} .st-key-outils .clsm-recherche {min-height:0;}
.st-key-outils .clsm-recherche label, .st-key-outils .clsm-recherche > :first-child > label {position:absolute; clip-path:inset(50%); height:1px; width:1px; overflow:hidden;}
.clsm-vu {position:absolute; clip-path:inset(50%); height:1px; width:1px; overflow:hidden; white-space:nowrap;}
.st-key-pied {border-top:1px solid #dde3e6; margin-top:.6rem; padding-top:.2rem; gap:.1rem 1.2rem !important; align-items:center;}
.st-key-pied p {font-size:.82rem;}
.st-key-volet-chiffres [data-testid="stColumn"] {min-width:min(100%, 13rem);} .st-key-volet-chiffres [data-testid="stHorizontalBlock"] {flex-wrap:wrap; gap:.5rem 1rem;}
.st-key-volet-chiffres {gap:.6rem;} .st-key-volet-carte {gap:.4rem;}
@media (min-width:760px) and (max-width:1180px) {:root {--volet:calc(100dvh - 10.6rem);}}
@media (max-width:980px) {.st-key-menu :is([data-testid="stIconMaterial"], .clsm-nom) {display:none;} .st-key-menu [data-testid="stPageLink-NavLink"] {padding:.1rem .3rem;}}
@media (min-width:760px) {
  .st-key-volets > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"] {flex-wrap:nowrap;}
  .st-key-volet-chiffres {flex:0 0 var(--volet) !important; height:var(--volet) !important; overflow:hidden auto !important; flex-wrap:nowrap; padding:0 .7rem .5rem .2rem; scrollbar-width:thin;}
  .st-key-volet-chiffres > * {flex:none;}
  .st-key-volet-carte {flex:0 0 var(--volet) !important; height:var(--volet) !important; min-height:22rem; flex-wrap:nowrap;}
  .st-key-volet-carte > [data-testid="stElementContainer"]:has(iframe) {flex:1 1 0; min-height:0;}
  .st-key-volet-carte [data-testid="stElementContainer"]:has(iframe) :is(div,iframe) {height:100% !important;}
}
@media (max-width:759px) {
  .st-key-volet-carte iframe {height:46dvh !important;}
  .st-key-menu {flex-wrap:nowrap; overflow-x:auto; scrollbar-width:none;} .st-key-menu > * {flex:none;}
}
@media (max-width:759px) {[data-testid="stMain"] .block-container {padding:.4rem .8rem 1rem;} .st-key-menu .clsm-nom {display:none;}
  .st-key-menu [data-testid="stPageLink-NavLink"] {padding:.3rem .4rem;} .st-key-menu [data-testid="stIconMaterial"] {display:none;}}
:root:has(.clsm-reunion) :is(.st-key-menu, .st-key-outils, .st-key-pied, .st-key-apres) {display:none;}
:root:has(.clsm-reunion) [data-testid="stHeader"] {display:none;} :root:has(.clsm-reunion) .block-container > [data-testid="stVerticalBlock"] {gap:0;}
:root:has(.clsm-reunion) .clsm-main b {font-size:2.75rem;}
</style>
"""


def menu(pages: Iterable[tuple[str, str, str]]) -> None:
    """Show the menu, on one line above the page: (path, label, icon) each."""
    with st.container(key=MENU, horizontal=True, vertical_alignment="center"):
        st.html('<span class="clsm-nom">CLSM</span>', width="content")
        for path, label, icon in pages:
            st.page_link(path, label=label, icon=icon, width="content")


def tools(heading: str) -> DeltaGenerator:
    """Return the line of tools of a page, which begins with its title."""
    line = st.container(key=TOOLS, horizontal=True, vertical_alignment="center")
    line.title(fr.typeset(heading), anchor=False, width="content")
    return line


def panes(shares: tuple[int, int] = (6, 5)) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return the pane of the map and the one beside it, `shares` of the width each."""
    with st.container(key=PANES):
        left, right = st.columns(shares, gap="small")
    return left.container(key=MAP_PANE), right.container(key=SIDE_PANE)


def foot(*said: str) -> DeltaGenerator:
    """Return the last line of a page, with what is said of the data in use."""
    line = st.container(key="pied", horizontal=True)
    for text in filter(None, said):
        line.caption(html.literal(text), width="content")
    return line


def meeting_button() -> None:
    """Offer to show the page to a room, or to leave that."""
    on = meeting()
    st.button(
        "Quitter la réunion" if on else "Réunion",
        key=f"reunion-{on}",
        icon=":material/close_fullscreen:" if on else ":material/slideshow:",
        on_click=_show_to_a_room,
        args=(not on,),
        help="Pour une salle : la carte en grand, de grands chiffres, avant et après côte à côte, la suite des essais.",
    )
    if on:
        st.html('<span class="clsm-reunion"></span>', width="content")


def _show_to_a_room(on: bool) -> None:
    st.session_state[MEETING] = on


def meeting() -> bool:
    """Tell whether the page is shown to a room: large figures, and nothing that is not looked at together."""
    return bool(st.session_state.get(MEETING, False))
