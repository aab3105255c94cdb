"""What the pages say of who is there: one calm line, the way to identify oneself, and a sentence where a button may not be."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st
from streamlit.errors import StreamlitAPIException, StreamlitAuthError

from geo import french as fr
from geo.rights import Act, Actor, refusal
from ui import html
from ui.identity.ground import Ground, section
from ui.identity.person import Person, described, person

LOCAL = "Ce tableau de bord ne sert que cette machine et ne demande pas d’identité : qui l’ouvre peut publier, sous le nom qu’il donne."
CLOSED = (
    "Consultation seule : ce tableau de bord est ouvert à d’autres machines et ne sait pas qui vous êtes. La publication est "
    "fermée jusqu’à ce que qui gère ce serveur y règle l’identité des personnes (guide, « Un serveur partagé »)."
)
WRONG = (
    "Consultation seule : l’identité des personnes est mal réglée (un fichier illisible, ou deux façons à la fois). La publication "
    "est fermée jusqu’à ce que qui gère ce serveur le corrige (guide, « Un serveur partagé »)."
)


def show_identity() -> None:
    """Say who is there and what follows from it, and offer to identify oneself where a provider does that."""
    one = person()
    if one.ground is Ground.MACHINE:
        st.caption(LOCAL)
    elif one.ground in (Ground.CLOSED, Ground.WRONG):
        st.info(CLOSED if one.ground is Ground.CLOSED else WRONG)
    else:
        _identified(one)


def _identified(one: Person) -> None:
    if one.problem:
        st.warning(html.literal(fr.typeset(one.problem)))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if one.known:
            st.caption(html.literal(fr.typeset(f"Vous êtes {described(one.actor)}.")))
        else:
            st.caption("Vous consultez sans être identifié : apporter ou publier une liste demande de l’être.")
        if one.ground is Ground.PROVIDER:
            if one.known and st.button("Se déconnecter", key="identite-quitter", icon=":material/logout:"):
                st.logout()
            if not one.known and st.button("S’identifier", key="identite-entrer", icon=":material/login:"):
                _log_in()


def _log_in() -> None:
    """Send the browser to the provider of the settings: the one without a name, else the first that has one."""
    auth = section("auth") or {}
    named = next((key for key, value in auth.items() if isinstance(value, dict) and "client_id" in value), None)
    try:
        st.login(None if "client_id" in auth else named)
    except (StreamlitAuthError, StreamlitAPIException):
        st.error(
            "L’identification n’est pas prête : ses réglages sont incomplets, ou une bibliothèque manque. Demandez à qui gère ce "
            "serveur (guide, « Un serveur partagé »)."
        )


def offers(actor: Actor, act: Act, departements: Collection[str] | None = ()) -> bool:
    """Tell whether an act may be offered; the sentence that stands in the place of its button is said when not."""
    why = refusal(actor, act, departements)
    if why:
        st.caption(html.literal(why))
    return not why
