"""The panel of sectors: each one met, counted in people, with the button that completes it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from geo import french as fr
from geo.guidance import SectorShare, listed_here, sectors_met
from geo.layers import LayerId
from geo.perimeters import Perimeter, places, travel
from ui import claims, frame, html, loaders
from ui.perimeter import judge

MOST_CUT = 10  # written in full on each side: past that a click would weigh too much, and nobody reads so many
MOST_NAMED = 20


def panel(perimeter: Perimeter) -> None:
    """Show what persons claim, then adult sectors on the left, child sectors on the right."""
    _claims(perimeter)
    if not perimeter.communes:
        return
    facts = loaders.facts(perimeter)
    left, right = st.columns(2, gap="large")
    with left:
        _several(
            "Secteurs adultes",
            "a",
            sectors_met(facts, (LayerId.ADULT_SECTORS,)),
            listed_here(facts, LayerId.ADULT_SECTORS),
        )
    with right:
        _several(
            "Secteurs infanto-juvéniles",
            "i",
            sectors_met(facts, (LayerId.CHILD_SECTORS,)),
            listed_here(facts, LayerId.CHILD_SECTORS),
        )


def _claims(perimeter: Perimeter) -> None:
    """Offer to state what one knows, beside what is stated; open while nothing is known of the sectors here."""
    known = not perimeter.communes or bool(sectors_met(loaders.facts(perimeter)))
    busy = frame.marked() is not None or bool(frame.workbook().claims)
    with st.expander("Je connais mes secteurs", expanded=busy or not known, icon=":material/edit_location_alt:"):
        left, right = st.columns([11, 9], gap="large")
        with left:
            claims.form(with_map=True)
        with right:
            claims.request(perimeter.communes)
            claims.stated()
            st.caption(
                "Une déclaration voyage avec le lien et le fichier des scénarios. Pour la partager à tous : page Données."
            )


def _several(title: str, letter: str, shares: Sequence[SectorShare], complete: bool) -> None:
    st.html(html.section(title))
    if not complete:
        st.caption("La liste des secteurs n’est pas complète ici : d’autres peuvent être concernés.")
    if not shares:
        st.caption("Aucun secteur connu sur ces communes.")
        return
    cut = [share for share in shares if share.codes]
    cut, others = cut[:MOST_CUT], cut[MOST_CUT:]
    if cut:
        with st.container(key=f"lignes-secteurs-{letter}"):
            for share in cut:
                key = f"completer-{letter}-{frame.move_key([share.name, *share.codes])}"
                st.html(judge.line(share.codes, share.name, _lines(share)))
                st.button("Compléter", key=key, on_click=_complete, args=(share.codes,))
    _named("Coupés aussi (détail dans le classeur, onglet « Note et fichiers »)", others)
    whole = [share for share in shares if not share.codes]
    rest = "".join(judge.line((), share.name, _lines(share)) for share in whole[:MOST_CUT])
    if rest:
        st.html(rest)
    _named("Aussi rencontrés", whole[MOST_CUT:])
    sources = dict.fromkeys(f"{s.source}{f', {s.year}' if s.year and s.year not in s.source else ''}" for s in shares)
    st.caption(f"Source : {html.literal(fr.listing(sources, most=4))}.")


def _named(lead: str, shares: Sequence[SectorShare]) -> None:
    if shares:
        st.caption(html.literal(f"{lead} : {fr.listing((share.name for share in shares), MOST_NAMED)}."))


def _lines(share: SectorShare) -> list[str]:
    _, _, said = share.sentence.partition(" : ")
    return [said, share.establishment]


def _complete(codes: frozenset[str]) -> None:
    frame.choose(frame.selection() | codes)


def around(perimeter: Perimeter) -> None:
    """Say what travel the perimeter asks for, and what mental health places it has."""
    facts = loaders.facts(perimeter)
    moved, near = travel(facts), places(facts)
    st.html(
        html.section("Trajets")
        + f"<p>{html.escape(moved.sentence)}</p>"
        + html.section("Lieux de santé mentale")
        + f"<p>{html.escape(near.sentence)}</p>"
    )
