"""Roles, acts, and the one rule. Whoever writes to the register passes here, at the act, whatever a page showed or hid."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import MappingProxyType

from geo.errors import GeoInputError
from geo.french import listing, typeset
from geo.visible import one_line

MOST_NAMED = 6  # départements told one by one in a refusal


class Role(IntEnum):
    """What a person is on a shared server: each may do what the one before may, and more."""

    READER = 0
    CONTRIBUTOR = 1
    PUBLISHER = 2

    @property
    def label(self) -> str:
        """The French word for it, which the file of the server uses too."""
        return _LABELS[self]

    @classmethod
    def named(cls, label: object) -> Role | None:
        """Return the role of a French word, None when it is none."""
        return next((role for role, word in _LABELS.items() if word == label), None)


_LABELS = {Role.READER: "lecteur", Role.CONTRIBUTOR: "contributeur", Role.PUBLISHER: "publicateur"}


class Act(StrEnum):
    """What changes what others see, as a refusal names it."""

    BRING_DRAFT = "Garder une liste en brouillon"
    STATE_COMPLETE = "Dire une liste complète"
    PUT_IN_USE = "Mettre une couche en service"
    WITHDRAW = "Revenir à la couche d’origine"
    HAND_OVER = "Verser des déclarations au registre"
    WRITE_PROJECT = "Écrire un projet de CLSM"
    SIGN_PROJECT = "Changer la signature d’un projet de CLSM"
    SYNCHRONISE = "Mettre à jour les sources officielles"


LEAST: Mapping[Act, Role] = MappingProxyType({
    Act.BRING_DRAFT: Role.CONTRIBUTOR,
    Act.STATE_COMPLETE: Role.PUBLISHER,
    Act.PUT_IN_USE: Role.PUBLISHER,
    Act.WITHDRAW: Role.PUBLISHER,
    Act.HAND_OVER: Role.CONTRIBUTOR,
    Act.WRITE_PROJECT: Role.CONTRIBUTOR,
    Act.SIGN_PROJECT: Role.PUBLISHER,
    Act.SYNCHRONISE: Role.PUBLISHER,
})  # fmt: skip


@dataclass(frozen=True)
class Actor:
    """Who acts: the name that is kept with the act, the role, and the départements it holds for (None: all of France).

    `id` is what an identity provider knows them by, which no namesake has ("" where nobody tells); it gives no right.
    """

    name: str
    role: Role = Role.PUBLISHER
    departements: frozenset[str] | None = None
    id: str = field(default="", compare=False)

    @property
    def everywhere(self) -> bool:
        """Whether the role holds for all of France."""
        return self.departements is None


def actor_of(who: str | Actor) -> Actor:
    """Return who acts; a plain name is that of whoever holds the machine, as on the command line: a publisher everywhere."""
    return who if isinstance(who, Actor) else Actor(who)


def refusal(actor: Actor, act: Act, departements: Collection[str] | None = ()) -> str:
    """Say why an act is refused: what, to whom, who may, whom to ask; "" when it may be done.

    `departements` are the codes of those that the act touches: none for an act judged by the role alone, None when
    they are not known, which only a role for all of France answers for.
    """
    least = LEAST[act]
    whom = one_line(actor.name).strip()[:80]
    if actor.role < least:
        to = f"{whom} ({actor.role.label})" if whom else f"un {actor.role.label}"
        may = "contributeur ou publicateur" if least is Role.CONTRIBUTOR else least.label
        return _said(act, to, f"il faut être {may}", f"à un {least.label}")
    if actor.departements is None:
        return ""
    if departements is None:
        return _said(act, whom, "cela peut toucher toute la France", f"à un {least.label} pour toute la France")
    outside = sorted(set(departements) - actor.departements)
    if not outside:
        return ""
    own = listing(sorted(actor.departements), most=MOST_NAMED) or "aucun"
    beyond = listing(outside, most=MOST_NAMED)
    why = f"cela touche, hors des départements qui lui sont confiés ({own}) : {beyond}"
    return _said(act, whom, why, f"à un {least.label} de ces départements")


def _said(act: Act, whom: str, why: str, ask: str) -> str:
    return typeset(f"{act} est refusé à {whom} : {why}. Demandez-le {ask}, ou à qui gère ce serveur.")


def ensure_may(actor: Actor, act: Act, departements: Collection[str] | None = ()) -> None:
    """Check that somebody may do an act on départements; these are as for `refusal`.

    Raises
    ------
    GeoInputError
        When they may not: the sentence of `refusal`, and that nothing is changed.
    """
    if why := refusal(actor, act, departements):
        raise GeoInputError(typeset(f"{why} Rien n’est changé."))
