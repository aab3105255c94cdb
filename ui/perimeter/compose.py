"""Composing a perimeter: what is searched and offered, a drawn shape, a pasted list, a circle around a town.

A target is a text: the code of a commune or of a whole city, or « layer/zone ». Its communes are those wholly inside, or for a QPV those it
touches; what is only partly inside is named and left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from geo import french as fr
from geo import perimeters
from geo.communes import in_words
from geo.coverage import Scope
from geo.errors import GeoInputError
from geo.layers import Precision, zone_members
from geo.moves import Move
from geo.perimeters import Perimeter
from geo.suggest import effect_of
from ui import frame, grain, loaders, search
from ui.map import Shape
from ui.perimeter import judge

TOWN = "cercle-commune"
LAYERS = ("epci", "ept", "secteurs-adultes", "secteurs-enfants", "clsm", "cls", "cpts", "dac", "qpv")
SHORT = {
    "epci": "EPCI", "ept": "EPT", "secteurs-adultes": "Secteur adulte", "secteurs-enfants": "Secteur enfants",
    "clsm": "CLSM", "cls": "CLS", "cpts": "CPTS", "dac": "DAC", "qpv": "QPV",
}  # fmt: skip


@dataclass(frozen=True)
class Target:
    """One thing to add or take out: how it is called, its communes, those only partly inside (left out)."""

    id: str
    label: str
    codes: frozenset[str]
    partly: tuple[str, ...] = ()

    @property
    def zone(self) -> bool:
        """Whether it is a territory or a whole city, and not one commune."""
        return "/" in self.id or len(self.codes) > 1


def resolve(target_id: str) -> Target | None:
    """Return a target from its id, or None when nothing of today goes by it."""
    atlas, layers = loaders.opened_atlas(), loaders.opened_crosswalk().layers
    if target_id in atlas.row:
        return Target(target_id, atlas.label(target_id), frozenset([target_id]))
    if target_id in atlas.parts:
        return Target(target_id, label(target_id), frozenset(atlas.parts[target_id]))
    layer_id, _, zone = target_id.partition("/")
    if layer_id not in LAYERS or zone not in layers[layer_id].zones.index:
        return None
    if layers[layer_id].zones.at[zone, "precision"] == Precision.VILLE:
        return None  # a quarter whose arrondissement is not known: nothing to add or take out
    whole, partial = zone_members(layers[layer_id], zone)
    taken = {*whole, *partial} if layer_id == "qpv" else set(whole)
    codes = frozenset(str(atlas.codes[r]) for r in taken)
    partly = () if layer_id == "qpv" else tuple(str(atlas.names[r]) for r in partial)
    return Target(target_id, label(target_id), codes, partly)


def label(target_id: str) -> str:
    """Return how a target is listed."""
    layer_id, sign, zone = target_id.partition("/")
    if not sign:
        whole = ", ville entière" if target_id in loaders.opened_atlas().parts else ""
        return f"{loaders.opened_atlas().label(target_id)}{whole}"
    return f"{SHORT[layer_id]} · {loaders.opened_crosswalk().layers[layer_id].zones.at[zone, 'nom']}"


def offer(target: Target, perimeter: Perimeter) -> None:
    """Say what a target would change, and offer the moves."""
    missing, inside = target.codes - perimeter.communes, _free(target, perimeter)
    words, moves = st.columns([3, 2], gap="medium", vertical_alignment="center")
    words.html(_described(target, perimeter))
    with moves.container(horizontal=True, gap="small"):
        st.button("Ajouter", key="cible-ajouter", on_click=_add, args=(target,), disabled=not missing, type="primary")
        st.button("Retirer", key="cible-retirer", on_click=_remove, args=(target,), disabled=not inside)
        st.button("Partir de là", key="cible-partir", on_click=_start, args=(target,), disabled=not target.codes)
        if "/" not in target.id:
            grain.offer(target.id)


def _free(target: Target, perimeter: Perimeter) -> frozenset[str]:
    """Return the communes of a target that are in the perimeter and may leave it: the locked ones stay."""
    return (target.codes & perimeter.communes) - frame.locked()


def _described(target: Target, perimeter: Perimeter) -> str:
    missing, inside = target.codes - perimeter.communes, _free(target, perimeter)
    lines = [_size(target)] if target.zone else []
    if target.codes and target.codes == perimeter.communes:
        return judge.line(target.codes, target.label, [*lines, "C’est le périmètre à l’écran."])
    if target.partly:
        lines.append(f"Laissées de côté, car concernées en partie seulement : {fr.listing(target.partly, most=6)}.")
    if not target.codes:
        lines.append("Ses communes ne sont pas connues en entier ici : choisissez-les une à une.")
    elif missing:
        lines.append(effect_text(Move("L’ajouter", added=missing), perimeter))
    if held := sorted(target.codes & frame.locked()):
        names = fr.listing((str(loaders.opened_atlas().names[loaders.opened_atlas().row[c]]) for c in held), most=6)
        lines.append(f"{fr.noun(len(held), 'Verrouillée, elle reste', 'Verrouillées, elles restent')} : {names}.")
    if inside and (target.zone or not missing):
        lines.append(effect_text(Move("Le retirer" if target.zone else "La retirer", removed=inside), perimeter))
    return judge.line(target.codes, target.label, lines)


def _size(target: Target) -> str:
    atlas = loaders.opened_atlas()
    people = int(atlas.population[atlas.rows(target.codes)].sum())
    city = target.id in atlas.parts
    counted = atlas.pieces_word(target.id, len(target.codes)) if city else in_words(target.codes)
    return f"{counted}, {fr.inhabitants(people)}."


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
        if not move.added:
            return f"{move.label} viderait le périmètre."
        atlas = loaders.opened_atlas()
        return f"{move.label} : {fr.inhabitants(int(atlas.population[atlas.rows(move.added)].sum()))} au total."
    return effect_of(loaders.evidence(), perimeter.communes, move, frame.settings()).sentence


def _add(target: Target) -> None:
    frame.choose(frame.selection() | target.codes)


def _remove(target: Target) -> None:
    frame.choose(frame.selection() - target.codes)


def _start(target: Target) -> None:
    frame.start_from(target.codes)


def take_shape(shape: Shape, number: int) -> None:
    """Add the communes of a drawn shape; what prevents it is said, and the browser goes back to what is held."""
    atlas = loaders.opened_atlas()
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
    frame.say(f"{found.name} : {in_words(fresh, 'ajoutée')}.", *found.notices)


def move_to(codes: frozenset[str], start: bool) -> None:
    """Start from what was found, or add it, and show its map when none of its communes is on the one shown."""
    if start:
        frame.start_from(codes)
    else:
        frame.choose(frame.selection() | codes)
    frame.bring(codes)


def circle_around(scope: Scope | None) -> None:
    """Offer the communes around a town, as the crow flies: a circle of the map, without the map."""
    with st.popover("Autour d’une ville", icon=":material/adjust:"):
        town = st.session_state.get(TOWN, "")
        held = search.kind_of(town) in search.COMMUNES
        search.find(
            "Ville au centre",
            key="cercle-ville",
            kinds=search.COMMUNES,
            here=scope.departements if scope and scope.kind == "departement" else (),
            held=loaders.opened_atlas().label(town) if held else "",
            on_choose=lambda chosen: st.session_state.update({TOWN: chosen}),
        )
        radius = st.number_input("Rayon (km, à vol d’oiseau)", 1, 300, 10, key="cercle-rayon")
        with st.container(horizontal=True, gap="small"):
            for label, start in (("Partir de ce cercle", True), ("Ajouter ce cercle", False)):
                st.button(label, on_click=_take_circle, args=(town, radius, start), disabled=not held)


def _take_circle(town: str, radius_km: int, start: bool) -> None:
    try:
        found = perimeters.from_circle(town, 1000 * radius_km, loaders.opened_atlas())
    except GeoInputError as error:
        frame.say(*error.problems)
        return
    move_to(found.codes, start)
    frame.say(f"{found.name} : {in_words(found.codes)}.", *found.notices)
