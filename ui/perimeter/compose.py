"""Composing a perimeter: offer a target, take a drawn shape, a pasted list, a circle around a town."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo import perimeters
from geo.communes import search
from geo.coverage import Scope
from geo.errors import GeoInputError
from geo.moves import Move
from geo.perimeters import Perimeter
from geo.suggest import effect_of
from ui import frame, html, loaders
from ui.map import Shape
from ui.perimeter import judge
from ui.perimeter.targets import Target

PASTED = "liste-collee"
REPORT = "liste-lue"
MOST_MISTAKES = 12


def offer(target: Target, perimeter: Perimeter) -> None:
    """Say what a target would change, and offer the moves."""
    missing, inside = target.codes - perimeter.communes, target.codes & perimeter.communes
    words, moves = st.columns([3, 2], gap="medium", vertical_alignment="center")
    words.html(_described(target, perimeter))
    with moves.container(horizontal=True, gap="small"):
        st.button("Ajouter", key="cible-ajouter", on_click=_add, args=(target,), disabled=not missing, type="primary")
        st.button("Retirer", key="cible-retirer", on_click=_remove, args=(target,), disabled=not inside)
        st.button("Partir de là", key="cible-partir", on_click=_start, args=(target,), disabled=not target.codes)


def _described(target: Target, perimeter: Perimeter) -> str:
    missing, inside = target.codes - perimeter.communes, target.codes & perimeter.communes
    lines = [_size(target)] if target.zone else []
    if target.codes and target.codes == perimeter.communes:
        return judge.line(target.codes, target.label, [*lines, "C’est le périmètre à l’écran."])
    if target.partly:
        lines.append(f"Laissées de côté, car concernées en partie seulement : {fr.listing(target.partly, most=6)}.")
    if not target.codes:
        lines.append("Ses communes ne sont pas connues en entier ici : choisissez-les une à une.")
    elif missing:
        lines.append(effect_text(Move("L’ajouter", added=missing), perimeter))
    if inside and (target.zone or not missing):
        lines.append(effect_text(Move("Le retirer" if target.zone else "La retirer", removed=inside), perimeter))
    return judge.line(target.codes, target.label, lines)


def _size(target: Target) -> str:
    atlas = loaders.atlas()
    people = int(atlas.population[atlas.rows(target.codes)].sum())
    return f"{fr.count(len(target.codes), 'commune')}, {fr.inhabitants(people)}."


def effect_lines(move: Move, perimeter: Perimeter) -> tuple[str, ...]:
    """Say what a move would change, one phrase each: inhabitants first."""
    if not perimeter.communes or move.removed >= perimeter.communes:
        return (effect_text(move, perimeter),)
    effect = effect_of(loaders.evidence(), perimeter.communes, move, frame.settings())
    sign = "+" if effect.people >= 0 else fr.MINUS
    people = f"{sign} {fr.inhabitants(abs(effect.people))}, soit {fr.number(effect.after.population)} au total"
    return (people, *effect.reasons)


def effect_text(move: Move, perimeter: Perimeter) -> str:
    """Say what a move would change: inhabitants, sectors, QPV, checks that would turn."""
    if not perimeter.communes or move.removed >= perimeter.communes:
        atlas = loaders.atlas()
        people = int(atlas.population[atlas.rows(move.added)].sum())
        return (
            f"{move.label} : {fr.inhabitants(people)} au total." if people else f"{move.label} viderait le périmètre."
        )
    return effect_of(loaders.evidence(), perimeter.communes, move, frame.settings()).sentence


def _add(target: Target) -> None:
    frame.choose(frame.selection() | target.codes)


def _remove(target: Target) -> None:
    frame.choose(frame.selection() - target.codes)


def _start(target: Target) -> None:
    frame.start_from(target.codes)


def take_shape(shape: Shape, number: int) -> None:
    """Add the communes of a drawn shape; what prevents it is said, and the browser goes back to what is held."""
    atlas = loaders.atlas()
    try:
        if shape.centre:
            found = perimeters.from_circle_at(shape.centre[1], shape.centre[0], shape.radius_m, atlas)
        else:
            found = perimeters.from_polygon([(lon, lat) for lat, lon in shape.corners], atlas)
    except GeoInputError as error:
        frame.say(*error.problems)
        frame.choose(frame.selection(), sequence=number)
        return
    fresh = found.codes - frame.selection()
    frame.choose(frame.selection() | found.codes, sequence=number)
    frame.say(f"{found.name} : {fr.count(len(fresh), 'commune ajoutée', 'communes ajoutées')}.", *found.notices)


def paste_list(scope: Scope) -> None:
    """Offer to start from a pasted list of names or codes, or to add it; what was not understood stays on screen."""
    with st.popover("Coller une liste", icon=":material/content_paste:"):
        st.text_area(
            "Noms ou codes de communes",
            key=PASTED,
            height=140,
            placeholder="Un par ligne, ou séparés par des virgules :\nCréteil\n94081\nSaint-Denis (93)",
            help="Un nom porté par plusieurs communes est cherché d’abord dans le département de la carte.",
        )
        home = scope.code if scope.kind == "departement" else None
        with st.container(horizontal=True, gap="small"):
            st.button("Partir de cette liste", on_click=_take_list, args=(home, True), type="primary")
            st.button("Ajouter cette liste", on_click=_take_list, args=(home, False))
        report = st.session_state.get(REPORT)
        if report:
            st.markdown(html.literal(report[0]))
            for text in report[1][:MOST_MISTAKES]:
                st.warning(html.literal(text))
            if len(report[1]) > MOST_MISTAKES:
                st.caption(f"Et {fr.count(len(report[1]) - MOST_MISTAKES, 'autre ligne', 'autres lignes')} à revoir.")


def _take_list(departement: str | None, start: bool) -> None:
    try:
        found = perimeters.from_list(st.session_state.get(PASTED, ""), loaders.atlas(), departement=departement)
    except GeoInputError as error:
        st.session_state[REPORT] = ("Aucune commune reconnue.", tuple(error.problems))
        return
    _apply(found.codes, start)
    said = f"{fr.count(len(found.codes), 'commune reconnue', 'communes reconnues')}"
    if found.notices:
        said += f", {fr.count(len(found.notices), 'ligne à revoir', 'lignes à revoir')}"
    st.session_state[REPORT] = (said + ".", found.notices)


def _apply(codes: frozenset[str], start: bool) -> None:
    """Start from what was found, or add it, and show its map when none of its communes is on the one shown."""
    if start:
        frame.start_from(codes)
    else:
        frame.choose(frame.selection() | codes)
    scope = loaders.every_scope()[st.session_state[frame.PERIMETER_SCOPE]]
    if codes and not any(scope.holds(c) for c in codes):
        frame.show_map_of(codes)


def circle_around(scope: Scope) -> None:
    """Offer the communes around a town, as the crow flies: a circle of the map, without the map."""
    with st.popover("Autour d’une ville", icon=":material/adjust:"):
        atlas = loaders.atlas()
        query = st.text_input("Ville au centre", key="cercle-ville", placeholder="Un nom ou un code, puis Entrée")
        found = list(search(query, atlas, limit=12)) if query else []
        here = [c for c in found if c in atlas.row and scope.holds(c)]
        found = sorted(found, key=lambda c: c not in here)
        town = st.selectbox(
            "Commune", found, format_func=atlas.label, key=f"cercle-commune-{query}", disabled=not found
        )
        radius = st.number_input("Rayon (km, à vol d’oiseau)", 1, 300, 10, key="cercle-rayon")
        with st.container(horizontal=True, gap="small"):
            for label, start in (("Partir de ce cercle", True), ("Ajouter ce cercle", False)):
                st.button(label, on_click=_take_circle, args=(town, radius, start), disabled=not town)


def _take_circle(town: str, radius_km: int, start: bool) -> None:
    try:
        found = perimeters.from_circle(town, 1000 * radius_km, loaders.atlas())
    except GeoInputError as error:
        frame.say(*error.problems)
        return
    _apply(found.codes, start)
    frame.say(f"{found.name} : {fr.count(len(found.codes), 'commune')}.", *found.notices)
