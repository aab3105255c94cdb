"""Who this session is: what its ground says of it, with the role that the server gives; never a field where an identity is known."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from geo import french as fr
from geo.errors import GeoInputError
from geo.rights import Actor, Role
from geo.visible import one_line
from ui import html, loaders
from ui.identity.ground import Ground, ground, section
from ui.identity.roles import given_role

NAME = "donnees-qui"  # who one said to be, for the rest of the session, where nobody else says
HOURS = 12  # that an identification holds, whatever the browser keeps


@dataclass(frozen=True)
class Person:
    """Who this session is, `known` or not, and what is amiss in it, in words."""

    ground: Ground
    actor: Actor
    known: bool = False
    problem: str = ""


def person() -> Person:
    """Return who this session is; whoever is not known may only read, unless they hold the machine."""
    on = ground()
    if on is Ground.MACHINE:
        return Person(on, Actor("", Role.PUBLISHER))
    nobody = Actor("", Role.READER)
    if on in (Ground.CLOSED, Ground.WRONG):
        return Person(on, nobody)
    user: Mapping[str, Any] = st.user.to_dict()
    if on is Ground.PROVIDER:
        if user.get("is_logged_in") is not True:
            return Person(on, nobody)
        if _expired(user):
            return Person(
                on, nobody, problem=f"Votre identification date de plus de {HOURS} heures : identifiez-vous de nouveau."
            )
    return _known(on, user)


def _expired(user: Mapping[str, Any]) -> bool:
    """Tell whether an identity was issued too long ago; one that does not say when is not trusted."""
    issued = user.get("iat")
    return not isinstance(issued, int | float) or time.time() - issued > HOURS * 3600


def _known(on: Ground, user: Mapping[str, Any]) -> Person:
    relayed = on is Ground.PROXY
    texts = {
        key: _texts(value, relayed=relayed) for key, value in user.items() if key not in ("tokens", "is_logged_in")
    }
    first = {key: values[0] for key, values in texts.items() if values}
    verified = user.get("email_verified") is not False
    email = first.get("email", "") if verified else ""
    name = first.get("name") or email or first.get("preferred_username") or first.get("sub") or ""
    if not name:
        return Person(on, Actor("", Role.READER), problem="Votre identité n’est pas parvenue jusqu’ici.")
    try:
        return Person(on, given_role(name, email, texts, section("roles") or {}, loaders.atlas()), known=True)
    except GeoInputError as error:
        return Person(on, Actor(name, Role.READER), known=True, problem=" ".join(error.problems))


def _texts(value: object, *, relayed: bool) -> list[str]:
    """Return the texts of a claim; a header holds a list as one text, and its bytes may be UTF-8."""
    if isinstance(value, str) and relayed:
        try:
            value = value.encode("latin-1").decode("utf-8")
        except UnicodeError:
            value = str(value)
        return [text for part in [value, *value.split(",")] if (text := one_line(part).strip()[:200])]
    values = value if isinstance(value, list | tuple) else [value]
    return [one_line(text).strip()[:200] for text in values if isinstance(text, str) and text.strip()]


def acting(key: str = NAME) -> Actor:
    """Return who acts, as `ask_name` showed it under `key` (by default anywhere in this session): the name of a field counts only
    on one's own machine."""
    one = person()
    if one.ground is Ground.MACHINE:
        return Actor(str(st.session_state.get(key) or ""), one.actor.role)
    return one.actor


def ask_name(label: str, key: str) -> Actor:
    """Ask who is acting, empty until it was said once in this session; where identities are known, say it in a plain line."""
    one = person()
    if one.ground is not Ground.MACHINE:
        st.session_state[key] = st.session_state[NAME] = one.actor.name
        st.write(
            html.literal(f"Sous le nom de {described(one.actor)}." if one.actor.name else "Vous n’êtes pas identifié.")
        )
        return one.actor
    if not st.session_state.get(key):
        st.session_state[key] = st.session_state.get(NAME, "")
    who = st.text_input(label, key=key, max_chars=100, placeholder="Prénom Nom")
    if who.strip():
        st.session_state[NAME] = who
    return acting(key)


def described(actor: Actor) -> str:
    """Say a name, its role and where it holds."""
    if actor.role is Role.READER:
        return f"{actor.name} ({actor.role.label})"
    names = loaders.atlas().departements["nom"]
    held = "France entière" if actor.departements is None else fr.listing(
        (f"{names[code]}" for code in sorted(actor.departements)), most=6
    )  # fmt: skip
    return f"{actor.name} ({actor.role.label} : {held or 'aucun département'})"
