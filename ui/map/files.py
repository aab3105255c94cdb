"""« Emporter la carte »: a page A4 or A3 made when it is asked for, the link and the picture to paste elsewhere.

The two « Copier » are plain buttons: static/js/carry.js hears them, and says beside them what became of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape as escape_markup

import streamlit as st

from geo.exports import MAP_FORMATS, PAPERS
from geo.paths import RIVERS
from geo.visible import visible
from ui import html
from ui.choices import labelled
from ui.server import export_lane

FORMAT_LABELS = {"png": "PNG", "svg": "SVG"}
PAPER_LABELS = {"a4": "A4", "a3": "A3"}
RIVERS_HELP = (
    "Tracés à un kilomètre près : dessinés à l’échelle d’un grand département ou d’une région, jamais d’une ville."
)
STYLE = """
<style>
[data-testid=stPopoverBody]:has(.clsm-copier) {width:24rem; max-width:92vw; max-height:60vh; overflow-y:auto;}
.clsm-copier {display:flex; flex-wrap:wrap; gap:.4rem .6rem; align-items:center; margin:.2rem 0;}
.clsm-copier button {font:inherit; font-size:.9rem; padding:.3rem .7rem; border:1px solid #b9c4c9; border-radius:.5rem; background:#fff; color:#1d2a30; cursor:pointer;}
.clsm-copier button:hover, .clsm-copier button:focus-visible {border-color:#0b6e75; color:#0b5a60;}
.clsm-copier [role=status] {flex-basis:100%; margin:0; font-size:.86rem; color:#3a474e; min-height:1.2em;}
.clsm-copier code {flex-basis:100%; font-size:.78rem; overflow:hidden; text-overflow:ellipsis; white-space:nowrap; max-width:100%;}
</style>
"""


@dataclass(frozen=True)
class MapFile:
    """What a page takes away: the name that its file begins with, the title of the map, and what makes it (format, paper, rivers)."""

    stem: str
    title: str
    make: Callable[[str, str, bool], bytes]


def take_away(key: str, file: Callable[[], MapFile], link: Callable[[], str]) -> None:
    """Show a button, and `offer` in what it opens: nothing of it is made before it is opened."""
    box = st.popover(
        "Emporter la carte", icon=":material/map:", key=f"{key}-ouvrir", on_change="rerun", width="content"
    )
    if box.open:
        with box:
            offer(key, file(), link())


def offer(key: str, given: MapFile, link: str) -> None:
    """Show the two « Copier », the choices and the button that makes the file; no map is made before it is asked for."""
    st.html(STYLE + copy_buttons(link, given.title))
    with st.container(horizontal=True, gap="medium"):
        kind = st.segmented_control(
            "Format", list(MAP_FORMATS), default="png", required=True, format_func=labelled(FORMAT_LABELS), key=f"{key}-format",
            help="PNG : une image. SVG : un dessin à modifier ou à imprimer à toute taille.",
        )  # fmt: skip
        paper = st.segmented_control(
            "Page", list(PAPERS), default="a4", required=True, format_func=labelled(PAPER_LABELS), key=f"{key}-taille",
            help="En largeur ou en hauteur, selon le territoire.",
        )  # fmt: skip
    kind, paper = kind or "png", paper or "a4"
    rivers = RIVERS.is_file() and st.toggle("Fleuves et rivières principales", key=f"{key}-fleuves", help=RIVERS_HELP)
    st.download_button(
        "Télécharger la carte", _maker(given, kind, paper, rivers), file_name=f"{given.stem}-{paper}.{kind}",
        mime=MAP_FORMATS[kind], on_click="ignore", key=f"{key}-telecharger", icon=":material/download:", type="primary",
        help="Une page avec titre, noms, légende, échelle, limites, sources et date.", width="stretch",
    )  # fmt: skip


def copy_buttons(link: str, title: str) -> str:
    """Return the two « Copier », where their result is said, and the link itself, to be copied by hand where a browser refuses."""
    return (
        '<div class="clsm-copier"><button type="button" data-copier=".clsm-copier code">Copier le lien</button>'
        f'<button type="button" data-copier-image="{html.escape(title)}">Copier l’image</button>'
        f'<p role="status"></p><code>{escape_markup(visible(link))}</code></div>'
    )


def _maker(file: MapFile, kind: str, paper: str, rivers: bool) -> Callable[[], bytes]:
    def made() -> bytes:
        with export_lane():
            return file.make(kind, paper, rivers)

    return made
