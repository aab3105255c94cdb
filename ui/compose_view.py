"""Composing a perimeter: offer a target, take a drawn shape, a pasted list, a circle around a town."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.perimeter import Perimeter
from geo.preview import effect_of
from geo.trials import Move
from ui import frame, html, judge_view, loaders, maps
from ui.targets import Target


def offer(target: Target, perimeter: Perimeter) -> None:
    """Say what a target would change, and offer the moves."""
    missing, inside = target.codes - perimeter.communes, target.codes & perimeter.communes
    words, moves = st.columns([3, 2], gap="medium", vertical_alignment="center")
    words.html(_told(target, perimeter))
    with moves.container(horizontal=True, gap="small"):
        st.button("Ajouter", key="cible-ajouter", on_click=_add, args=(target,), disabled=not missing, type="primary")
        st.button("Retirer", key="cible-retirer", on_click=_remove, args=(target,), disabled=not inside)
        st.button("Partir de là", key="cible-partir", on_click=_start, args=(target,), disabled=not target.codes)


def _told(target: Target, perimeter: Perimeter) -> str:
    missing, inside = target.codes - perimeter.communes, target.codes & perimeter.communes
    lines = [_size(target)] if target.zone else []
    if target.partly:
        lines.append(f"Laissées de côté, car concernées en partie seulement : {fr.listing(target.partly, most=6)}.")
    if not target.codes:
        lines.append("Ses communes ne sont pas connues en entier ici : choisissez-les une à une.")
    elif missing:
        lines.append(effect_text(Move("L’ajouter", added=missing), perimeter))
    if inside and (target.zone or not missing):
        lines.append(effect_text(Move("Le retirer" if target.zone else "La retirer", removed=inside), perimeter))
    said = "".join(f"<li>{html.escape(line)}</li>" for line in lines if line)
    shown = judge_view.montrer(target.codes, target.label)
    return f'<div class="clsm-effet">{shown} <b>{html.escape(target.label)}</b><ul>{said}</ul></div>'


def _size(target: Target) -> str:
    atlas = loaders.atlas()
    people = int(atlas.population[atlas.rows(target.codes)].sum())
    return f"{fr.count(len(target.codes), 'commune')}, {fr.inhabitants(people)}."


def effect_text(move: Move, perimeter: Perimeter) -> str:
    """Say what a move would change: inhabitants, sectors, QPV, checks that would turn."""
    if not perimeter.communes or move.removed >= perimeter.communes:
        atlas = loaders.atlas()
        people = int(atlas.population[atlas.rows(move.added)].sum())
        return (
            f"{move.label} : {fr.inhabitants(people)} au total." if people else f"{move.label} viderait le périmètre."
        )
    return effect_of(loaders.world(), perimeter.communes, move, frame.settings()).sentence


def _add(target: Target) -> None:
    frame.choose(frame.selection() | target.codes)


def _remove(target: Target) -> None:
    frame.choose(frame.selection() - target.codes)


def _start(target: Target) -> None:
    frame.start_from(target.codes)


def take_shape(shape: maps.Shape, number: int) -> None:
    """Add the communes of a drawn shape."""
    frame.choose(frame.selection(), sequence=number)


def paste() -> None:
    """Offer to start from, or add, a pasted list."""


def circle(_: object) -> None:
    """Offer to add the communes around a town."""
