"""« Je connais mon territoire »: what a person states of a sector, a CLS, a GEM, in a few gestures; the same on two pages.

It decides nothing of what a claim changes: geo.claims does. Communes come from the gestures of the page Périmètre (`frame.mark`),
from a pasted list, or from the perimeter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from geo import french as fr
from geo.claims import (
    CLAIM_KINDS,
    WHOLE_LIST,
    Claim,
    kind_of_code,
    request_text,
    sheet_csv,
    sheet_xlsx,
)
from geo.communes import Atlas, in_words
from geo.errors import GeoInputError
from geo.layers import LayerId
from geo.scenarios import in_communes
from geo.search import Pasted, read_pasted
from ui import frame, html, identity, loaders, search
from ui.choices import pick_one, pick_several

KIND, TITLE, HOSPITAL, WHOLE, WHO, LIST = (
    "claim-kind",
    "claim-name",
    "claim-hospital",
    "claim-whole",
    "claim-who",
    "claim-list",
)
LISTED = "claim-listed"  # communes of the list read on a page without a map
PARTS = "claim-parts"
SECTORS = (str(LayerId.ADULT_SECTORS), str(LayerId.CHILD_SECTORS))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_PARTS = 400  # communes that may be said to be only partly in it
MOST_DISPUTES = 12


def form(*, with_map: bool) -> None:
    """Ask for one claim; `with_map` where clicks can mark communes."""
    kind = pick_one("Que connaissez-vous ?", list(CLAIM_KINDS), format_func=lambda k: CLAIM_KINDS[k].name, key=KIND)
    known = CLAIM_KINDS[kind]
    named, run = st.columns(2, gap="small")
    named.text_input("Nom ou code", key=TITLE, max_chars=80, placeholder=known.example, on_change=_follow_letter)
    if known.runner:
        run.text_input(known.runner, key=HOSPITAL, max_chars=80, placeholder="Centre hospitalier de…")
    codes = _codes(with_map=with_map)
    _gestures(kind, codes, with_map=with_map)
    if known.layer:
        st.checkbox(
            "C’est tout : il n’a pas d’autre commune", key=WHOLE,
            help="Sans cette coche, d’autres communes peuvent en faire partie : sa population reste inconnue.",
        )  # fmt: skip
    if known.layer and 0 < len(codes) <= MOST_PARTS:
        atlas = loaders.opened_atlas()
        pick_several(
            "Dont en partie seulement", sorted(codes), format_func=lambda c: str(atlas.names[atlas.row[c]]), key=PARTS,
            placeholder="aucune : elles en font partie en entier",
        )  # fmt: skip
    identity.ask_name("Votre nom (obligatoire)", WHO)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Enregistrer", key="claim-save", type="primary", on_click=_save, args=(codes,), icon=":material/check:"
        )
        if known.layer:
            st.button(
                "Il n’y en a pas d’autre ici", key="claim-list-whole", on_click=_say_whole, args=(kind, codes),
                help="Dit que, pour ces communes, toute la liste est connue : ailleurs, l’absence reste « inconnu ».",
            )  # fmt: skip


def _follow_letter() -> None:
    """Choose the kind that the letter of a sector's code gives: 79I01 is a child sector."""
    if found := kind_of_code(st.session_state.get(TITLE) or ""):
        st.session_state[KIND] = found


def _codes(*, with_map: bool) -> frozenset[str]:
    held = frame.marked() if with_map else st.session_state.get(LISTED, frozenset())
    return _finest(held or frozenset(), loaders.opened_atlas())


def _finest(codes: Iterable[str], atlas: Atlas) -> frozenset[str]:
    """Return communes, those opened by all their IRIS."""
    return frozenset(piece for code in codes for piece in atlas.opened.get(code, (code,)))


def _gestures(kind: str, codes: frozenset[str], *, with_map: bool) -> None:
    """Offer the ways to mark communes, and say what is marked."""
    perimeter = frame.workbook().codes
    left = perimeter - _placed(kind)
    with st.container(horizontal=True, gap="small"):
        if with_map and frame.marked() is None:
            st.button("Marquer au clic", key="claim-mark", on_click=frame.mark, args=((),), icon=":material/touch_app:")
        if perimeter:
            label = f"Tout le périmètre ({in_words(perimeter)})"
            st.button(label, key="claim-perimeter", on_click=_take, args=(perimeter, with_map))
        if perimeter and left and left != perimeter:
            label = f"Le reste du périmètre ({fr.number(len(left))})"
            st.button(label, key="claim-rest", on_click=_take, args=(left, with_map))
    if not with_map:
        _by_list()
    if codes:
        atlas = loaders.opened_atlas()
        people = int(atlas.population[atlas.rows(codes)].sum())
        marks = in_words(codes, "marquée")
        st.caption(f"{marks}, {fr.inhabitants(people)}.")


def _placed(kind: str) -> frozenset[str]:
    """Return the communes that the layer of a kind already places, claims included."""
    layer = loaders.opened_crosswalk().layers.get(kind)
    if layer is None:
        return frozenset()
    atlas = loaders.opened_atlas()
    return frozenset(str(atlas.codes[r]) for r in layer.placed["row"].unique())


def _take(codes: frozenset[str], with_map: bool) -> None:
    if with_map:
        frame.mark(codes)
        frame.bring(codes)
    else:
        st.session_state[LISTED] = codes


def _by_list() -> None:
    """Take communes from a pasted list: what is sure is marked, what is not is said."""
    st.text_area("Communes (noms ou codes)", key=LIST, height=100, placeholder="Niort, Aiffres, 79081")
    st.button("Lire la liste", key="claim-read", on_click=_read)


def _read() -> None:
    try:
        found: Pasted = read_pasted(st.session_state.get(LIST) or "", loaders.atlas(), search.index())
    except GeoInputError as error:
        frame.say(*error.problems)
        return
    st.session_state[LISTED] = found.codes
    told = [f"Ligne {one.line} : {one.said}" for one in (*found.corrected, *found.to_choose)[:8]]
    frame.say(*([found.left_said] if found.left else []), *told)


def _save(codes: frozenset[str]) -> None:
    """Hold the claim; what is refused is said, and what was typed stays."""
    state = st.session_state
    layer = CLAIM_KINDS[state[KIND]].layer
    parts = frozenset(state.get(PARTS) or ()) & codes if layer else frozenset()
    whole = in_communes(codes - parts, loaders.opened_atlas())  # a city marked in full is itself, opened or not
    if not (state.get(TITLE) or "").strip():
        frame.say("Nommez-le : par exemple « " + CLAIM_KINDS[state[KIND]].example + " ».")
        return
    made = _made(
        state[KIND], state[TITLE], pieces=whole, parts=parts, whole=bool(state.get(WHOLE)) and layer,
        hospital=(state.get(HOSPITAL) or "") if CLAIM_KINDS[state[KIND]].runner else "",
    )  # fmt: skip
    if made is None:
        return
    frame.attempt(lambda book: book.with_claim(made))
    frame.say(f"{made.title} : {in_words(codes)}, {made.said}. Tous les chiffres de cette session en tiennent compte.")
    state[TITLE], state[PARTS], state[LISTED] = "", [], frozenset()
    if frame.marked() is not None:
        frame.mark(())  # the next one is marked at once


def _say_whole(kind: str, codes: frozenset[str]) -> None:
    made = _made(kind, WHOLE_LIST, pieces=in_communes(codes or frame.workbook().codes, loaders.opened_atlas()))
    if made is not None:
        frame.attempt(lambda book: book.with_claim(made))


def _made(kind: str, name: str, **known: object) -> Claim | None:
    try:
        return Claim.of(kind, name, st.session_state.get(WHO) or "", **known)
    except GeoInputError as error:
        frame.say(*error.problems)
        return None


# --- what is stated ---------------------------------------------------------------------------------------------
def word(claim: Claim) -> str:
    """Say whose word a claim is: « d’après vous » for who is here."""
    mine = fr.fold(claim.who) == fr.fold(identity.acting().name)
    return f"d’après vous, le {fr.day(claim.day)}" if mine else claim.said


def stated(kinds: Iterable[str] = tuple(CLAIM_KINDS)) -> None:
    """Show the claims of some kinds with the buttons that change them, then the disputes."""
    atlas, chosen = loaders.opened_atlas(), set(kinds)
    for claim in (c for c in frame.workbook().claims if c.kind in chosen):
        key = frame.move_key([*claim.key])
        told, change = st.columns([7, 3], vertical_alignment="center")
        told.html(f'<div class="clsm-effet">{_line(claim, atlas)}</div>')
        with change.container(horizontal=True, gap="small"):
            if not claim.says_whole_list:
                st.button("Reprendre", key=f"claim-edit-{key}", on_click=_edit, args=(claim,))
            st.button("Retirer", key=f"claim-drop-{key}", on_click=_drop, args=(claim,))
    _disputes(chosen)


def _line(claim: Claim, atlas: Atlas) -> str:
    held = claim.pieces | claim.parts
    here = _finest(claim.pieces, atlas) & set(atlas.row)
    people = int(atlas.population[atlas.rows(here)].sum())
    small = (
        claim.pieces - set(atlas.row) - set(atlas.opened)
    )  # IRIS of a city that is not opened: their people are not read here
    kind = CLAIM_KINDS[claim.kind].name
    if claim.says_whole_list:
        return html.escape(f"{kind} : liste dite complète pour {in_words(held)}, {word(claim)}.")
    about = [claim.hospital, in_words(held), "" if small else fr.inhabitants(people)]
    about += [f"dont {fr.number(len(claim.parts))} en partie"] if claim.parts else []
    about += [] if claim.whole or not CLAIM_KINDS[claim.kind].layer else ["d’autres communes possibles"]
    return (
        f"<b>{html.escape(claim.title)}</b> {html.escape(', '.join(filter(None, about)))} ({html.escape(word(claim))})"
    )


def _edit(claim: Claim) -> None:
    state = st.session_state
    state[KIND], state[TITLE], state[HOSPITAL] = claim.kind, claim.name, claim.hospital
    atlas = loaders.opened_atlas()
    held = _finest(claim.pieces | claim.parts, atlas) & set(atlas.row)
    state[WHOLE], state[PARTS], state[LISTED] = claim.whole, sorted(claim.parts & held), held
    frame.mark(held)
    frame.bring(held)


def _drop(claim: Claim) -> None:
    frame.attempt(lambda book: book.without_claim(claim))


def _disputes(kinds: set[str]) -> None:
    found = [d for d in loaders.world().disputes if d.kind in kinds]
    if not found:
        return
    st.html(html.section("Ce qui ne s’accorde pas"))
    for dispute in found[:MOST_DISPUTES]:
        st.warning(html.literal(dispute.sentence(loaders.opened_atlas())))
        with st.container(horizontal=True, gap="small"):
            for claim in dispute.claims:
                key = f"claim-follow-{frame.move_key([*claim.key, *dispute.codes])}"
                label = "Ne plus suivre" if claim.prevails else "Suivre"
                words = html.literal(f"{label} {claim.title or 'liste complète'}, {word(claim)}")
                st.button(words, key=key, on_click=_follow, args=(claim, dispute.claims))
    if len(found) > MOST_DISPUTES:
        st.caption(f"Et {fr.count(len(found) - MOST_DISPUTES, 'autre désaccord', 'autres désaccords')}.")


def _follow(claim: Claim, among: tuple[Claim, ...]) -> None:
    """Follow a claim rather than those it is at odds with, or none of them any longer."""
    frame.attempt(lambda book: replace(book, claims=book.claims.following(claim, among)))


# --- ask for the list -------------------------------------------------------------------------------------------
def request(codes: frozenset[str]) -> None:
    """Offer the sentence to send to the ARS or the hospital, and the table to fill for these communes."""
    if not codes:
        return
    asked = st.popover("Demander la liste à l’ARS", icon=":material/mail:", key="claim-request", on_change="rerun")
    if not asked.open:  # made only when asked for
        return
    atlas, held = loaders.opened_atlas(), frame.workbook().claims
    asked.code(request_text(codes, atlas), language=None, wrap_lines=True)
    for label, name, kind, make in (
        ("Tableau à remplir (XLSX)", "secteurs-a-remplir.xlsx", XLSX, sheet_xlsx),
        ("Tableau à remplir (CSV)", "secteurs-a-remplir.csv", "text/csv", sheet_csv),
    ):
        asked.download_button(
            label, make(codes, held, atlas), file_name=name, mime=kind, on_click="ignore", icon=":material/download:"
        )
    asked.caption(
        "Rempli, il se relit tel quel sur la page Données : une fois pour les secteurs adultes, une fois pour les autres."
    )
