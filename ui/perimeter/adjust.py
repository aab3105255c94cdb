"""The panel « Ajuster »: changes made in one move with what each would change, communes that must stay, the list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st

from geo import french as fr
from geo.communes import in_words, name_of
from geo.moves import Move, incidence_of
from geo.perimeters import Perimeter, fill_holes, keep_main_part, stop_at_community
from ui import frame, html, loaders, search
from ui import map as maps
from ui.cache import Cities, cities, keyed_on_data
from ui.perimeter import judge
from ui.perimeter.compose import effect_lines

MOST_BODIES = 3
MOST_PACKED = (
    2_000  # communes whose codes are sent to the field; past that any commune is found, and refused if outside
)
MOST_LISTED = 100  # past that the list below would weigh more than all the rest of a click


def panel(perimeter: Perimeter) -> None:
    """Show the moves on the left, the communes on the right."""
    left, right = st.columns([11, 9], gap="large")
    with left:
        st.html(html.section("En un geste"))
        _moves(perimeter)
    with right:
        st.html(html.section("Communes choisies"))
        _communes(perimeter)


def _moves(perimeter: Perimeter) -> None:
    nothing = []
    with st.container(key="lignes-gestes"):
        for label, wanted, none in _offers(perimeter):
            move = Move(label, added=wanted - perimeter.communes, removed=perimeter.communes - wanted)
            if not move.added and not move.removed:
                nothing.append(none)
                continue
            st.html(judge.line(move.added | move.removed, label, effect_lines(move, perimeter)))
            key = f"geste-{frame.move_key([label, *wanted])}"
            st.button("Appliquer", key=key, on_click=frame.choose, args=(wanted,))
    if nothing:
        st.caption(" ".join(nothing))


def _offers(perimeter: Perimeter) -> Iterator[tuple[str, frozenset[str], str]]:
    """Yield the moves: label, communes after it, what to say when it changes nothing."""
    locked, facts, atlas = frame.locked(), loaders.facts(perimeter), loaders.opened_atlas()
    yield "Combler les trous", _filled(perimeter, cities()), "Aucun trou à combler."
    kept = keep_main_part(perimeter.communes, atlas, incidence_of(loaders.evidence()).links, locked=locked)
    apart = "Ce qui est à part est verrouillé."
    yield "Garder la partie principale", kept, "Le périmètre est d’un seul tenant." if facts.pieces == 1 else apart
    for body in facts.communities[:MOST_BODIES]:
        stopped = stop_at_community(perimeter.communes, atlas, body.code, locked=locked)
        alone = body.atoms == len(perimeter.communes)
        beyond = f"Rien hors {fr.of(body.name)}." if alone else f"Ce qui est hors {fr.of(body.name)} est verrouillé."
        yield f"S’arrêter à {fr.the(body.name)}", stopped, beyond
        members = frozenset(str(atlas.codes[r]) for r in atlas.members("community", body.code))
        yield (
            f"Ajouter le reste {fr.of(body.name)}",
            perimeter.communes | members,
            f"{fr.upper(fr.the(body.name))} : toutes ses communes y sont.",
        )


@keyed_on_data(max_entries=64)
def _filled(perimeter: Perimeter, wanted: Cities) -> frozenset[str]:
    return fill_holes(perimeter.communes, loaders.opened_world(wanted).atlas)


def _communes(perimeter: Perimeter) -> None:
    atlas, number = loaders.opened_atlas(), st.session_state[frame.SEQUENCE]
    codes = sorted(
        perimeter.communes, key=lambda c: (fr.fold(name_of(atlas.table["commune"].iat[atlas.row[c]], atlas)), c)
    )
    _locks(codes)
    if len(codes) > MOST_LISTED:
        st.caption(f"{in_words(codes)} : retirez-les par la carte ou par leur nom.")
        return
    st.pills(
        "Cliquez une commune pour la retirer",
        [c for c in codes if c not in frame.locked()],
        selection_mode="single",
        wrap=True,
        format_func=lambda c: html.literal(atlas.label(c)),
        key=f"retirer-{number}",
        on_change=_remove,
        args=(f"retirer-{number}",),
    )


def _locks(codes: Sequence[str]) -> None:
    """Lock one commune at a time, found by its name among those of the perimeter; unlock by a button each."""
    atlas, locked = loaders.opened_atlas(), frame.locked()
    search.find(
        "Verrouiller une commune",
        key="verrou-cherche",
        placeholder="Le nom d’une commune du périmètre",
        kinds=search.COMMUNES,
        only=maps.pack_codes(sorted({code[:5] for code in codes})) if len(codes) <= MOST_PACKED else None,
        on_choose=_lock,
    )
    st.caption("Une commune verrouillée ne sort ni par un clic, ni par un geste, ni par une suggestion.")
    for code in (c for c in codes if c in locked):
        st.button(
            f"Déverrouiller {html.literal(atlas.label(code))}", key=f"deverrouiller-{code}", on_click=_unlock, args=(code,),
            icon=":material/lock_open:",
        )  # fmt: skip


def _lock(chosen: str) -> None:
    codes = frame.selection().intersection(loaders.opened_atlas().parts.get(chosen, (chosen,)))
    if codes:
        frame.amend(frame.workbook().lock(*codes))
    elif chosen:
        frame.say("Cette commune n’est pas dans le périmètre : ajoutez-la d’abord.")


def _unlock(code: str) -> None:
    frame.amend(frame.workbook().unlock(code))


def _remove(key: str) -> None:
    code = st.session_state.get(key)
    if code:
        frame.choose(frame.selection() - {code})
