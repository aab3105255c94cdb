"""Who this session is: what its ground says of it, with the role that the server gives; never a field where an identity is known."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from geo import french as fr
from geo.errors import GeoInputError
from geo.rights import Actor, Role
from geo.visible import blank, one_line
from ui import html, loaders
from ui.identity.ground import Ground, doubled, ground, section
from ui.identity.roles import given_role

NAME = "donnees-qui"  # who one said to be, for the rest of the session, where nobody else says
HOURS = 12  # that an identification holds, whatever the browser keeps
SINGLE = frozenset(
    {"name", "email", "preferred_username", "sub"}
)  # claims that a person may write a comma in, and be nobody else
STABLE = ("sub", "preferred_username", "email")  # what tells a person from a namesake, the surest first
SKEW_S = 300  # that the clock of a provider may be ahead


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
        if problem := _outdated(user):
            return Person(on, nobody, problem=f"{problem} : identifiez-vous de nouveau.")
    elif doubled():
        problem = "Votre identité est parvenue ici deux fois : qui gère ce serveur doit faire remplacer ces en-têtes par son mandataire."
        return Person(on, nobody, problem=problem)
    return _known(on, user)


def _outdated(user: Mapping[str, Any]) -> str:
    """Say why an identity is not to be trusted, by the moment when it was issued; "" when it is."""
    issued = user.get("iat")
    age = time.time() - issued if isinstance(issued, int | float) else float("nan")
    if age > HOURS * 3600:
        return f"Votre identification date de plus de {HOURS} heures"
    return "" if age >= -SKEW_S else "Votre identification ne dit pas sûrement de quand elle date"


def _known(on: Ground, user: Mapping[str, Any]) -> Person:
    relayed = on is Ground.PROXY
    texts = {
        key: _texts(value, relayed=relayed, several=key not in SINGLE)
        for key, value in user.items()
        if key not in ("tokens", "is_logged_in")
    }
    if str(user.get("email_verified", True)).strip().casefold() not in (
        "true",
        "1",
    ):  # some providers write it as a text
        texts.pop("email", None)  # nor is it worth anything as a claim of the roles
    first = {key: values[0] for key, values in texts.items() if values}
    email = first.get("email", "")
    name = first.get("name") or email or first.get("preferred_username") or first.get("sub") or ""
    if not name:
        return Person(on, Actor("", Role.READER), problem="Votre identité n’est pas parvenue jusqu’ici.")
    who = next((first[key] for key in STABLE if first.get(key, name) != name), "")
    table = section("roles")
    if table is None:
        problem = "Les rôles de ce serveur ne sont pas compris : qui le gère doit corriger la section « roles » de ses réglages."
        reader = Actor(name, Role.READER, id=who)
        return Person(on, reader, known=True, problem=f"{problem} D’ici là, chacun est lecteur.")
    try:
        return Person(on, replace(given_role(name, email, texts, table, loaders.atlas()), id=who), known=True)
    except GeoInputError as error:
        return Person(on, Actor(name, Role.READER, id=who), known=True, problem=" ".join(error.problems))


def _texts(value: object, *, relayed: bool, several: bool) -> list[str]:
    """Return the texts of a claim; a header holds a list as one text where there may be `several`, and its bytes may be UTF-8."""
    if isinstance(value, str) and relayed:
        try:
            value = value.encode("latin-1").decode("utf-8")
        except UnicodeError:
            value = str(value)
        return [
            one_line(part).strip()[:200] for part in [value, *(value.split(",") if several else ())] if not blank(part)
        ]
    values = value if isinstance(value, list | tuple) else [value]
    return [one_line(text).strip()[:200] for text in values if isinstance(text, str) and not blank(text)]


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
