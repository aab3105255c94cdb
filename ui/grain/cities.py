"""The tool « IRIS » beside the map, and the button of a commune that was searched."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from geo import french as fr
from geo.dataset import can_open
from geo.perimeters import Perimeter
from geo.scenarios import MOST_OPENED, close_city, in_communes
from ui import frame, html, loaders
from ui import map as maps

TOOL = "iris-outil"
MOST_OFFERED = 6  # cities of the perimeter that the tool names, the largest first
WHAT = (
    "L’INSEE découpe les villes en quartiers d’environ 2 000 habitants, les IRIS. Ouvrez une ville pour y choisir ses quartiers un à un, "
    "comme des communes. Ses habitants sont répartis entre eux d’après leurs populations : aucun total ne change."
)
NEVER = "Les IRIS ne sont pas encore ici : demandez-les sur la page Données, source « IRIS »."


def tool() -> None:
    """Offer to open the large communes of the perimeter, and to close what is opened; nothing is looked up before it is unfolded."""
    box = st.popover("IRIS", key=TOOL, on_change="rerun", help="Ouvrir une ville en ses quartiers, les IRIS")
    if box.open:
        with box:
            choose(frame.perimeter())


def choose(perimeter: Perimeter) -> None:
    """Show what the tool unfolds: the opened cities, then those of a perimeter that can be opened, or why none can."""
    st.caption(fr.typeset(WHAT))
    for city in sorted(frame.workbook().opened, key=_name):
        _close_button(city)
    if loaders.world().iris is None:
        _never()
        return
    offered = _large(perimeter)
    for city in offered[:MOST_OFFERED]:
        _open_button(city)
    if len(offered) > MOST_OFFERED:
        one, several = "autre commune peut être ouverte", "autres communes peuvent être ouvertes"
        st.caption(fr.typeset(f"{fr.count(len(offered) - MOST_OFFERED, one, several)} : cherchez par leur nom."))
    elif not offered:
        st.caption(
            "Une ville se trouve aussi par son nom, dans le champ de recherche : le bouton est à côté d’« Ajouter »."
        )


def _never() -> None:
    st.info(fr.typeset(NEVER))
    st.page_link("pages/4_Donnees.py", label="Aller à la page Données", icon=":material/database:")


def _large(perimeter: Perimeter) -> list[str]:
    """Return the communes of the perimeter that can be opened and are not, the most populous first."""
    atlas, iris = loaders.atlas(), loaders.world().iris
    whole = [code for code in perimeter.communes if iris and code in iris.known and code in atlas.row]
    return sorted(whole, key=lambda code: (-int(atlas.population[atlas.row[code]]), code))


def offer(code: str) -> None:
    """Offer, for a commune that was searched, to open it or to close it; say why when only its people are missing."""
    world = loaders.world()
    if code in frame.workbook().opened:
        _close_button(code)
    elif world.iris is not None and code in world.iris.of:
        good, said = can_open(world, [code])
        if good:
            _open_button(code)
        else:
            st.caption(html.literal(" ".join(said)))


def _name(city: str) -> str:
    atlas = loaders.atlas()
    return str(atlas.names[atlas.row[city]]) if city in atlas.row else city


def _open_button(city: str) -> None:
    pieces = loaders.world().iris
    many = len(pieces.of[city]) if pieces else 0
    st.button(
        html.literal(f"Ouvrir {_name(city)} en IRIS"), key=f"iris-ouvrir-{city}", on_click=open_city, args=(city,),
        icon=":material/grid_view:", help=f"{fr.count(many, 'IRIS', 'IRIS')} à choisir sur la carte",
    )  # fmt: skip


def _close_button(city: str) -> None:
    st.button(
        html.literal(f"Refermer {_name(city)}"), key=f"iris-refermer-{city}", on_click=close, args=(city,),
        icon=":material/close_fullscreen:", help="La ville redevient une seule commune",
    )  # fmt: skip


def open_city(city: str) -> None:
    """Open a city, in a step that « Annuler » takes back, and bring it to the middle of the map."""
    book = frame.workbook()
    good, said = can_open(loaders.world(), [city])
    if not good or len(book.opened) >= MOST_OPENED:
        frame.say(*(said or [f"{fr.number(MOST_OPENED)} villes sont déjà ouvertes : refermez-en une d’abord."]))
        return
    frame.hold(replace(book, opened=book.opened | {city}))
    _follow_marks(book.opened | {city})
    frame.bring(frozenset(loaders.opened_atlas().opened[city]))
    maps.look_at(city)


def close(city: str) -> None:
    """Close a city; when a part of it only is chosen somewhere, it is said, and nothing changes."""
    book, held = frame.workbook(), frame.marked()
    atlas = loaders.opened_atlas()
    pieces = frozenset(atlas.opened.get(city, ()))
    if held and held & pieces and not pieces <= held:
        frame.say(
            f"{_name(city)} : vous en marquez une partie seulement ; enregistrez ou revenez au périmètre d’abord."
        )
        return
    frame.attempt(lambda known: close_city(known, city, atlas), frame.hold)
    if city not in frame.workbook().opened:
        _follow_marks(book.opened - {city}, held and in_communes(held, atlas))


def _follow_marks(opened: frozenset[str], marks: frozenset[str] | None = None) -> None:
    """Have the marks of a claim under way follow what was opened or closed."""
    held = frame.marked() if marks is None else marks
    if held is None:
        return
    pieces = loaders.atlas_of(opened).opened
    frame.mark(piece for code in held for piece in pieces.get(code, (code,)))
