"""What the person is about: to create a CLSM, to enlarge one, to merge several. Known before anything is judged.

The guide speaks of creation and of enlargement alike (Guide 2025, « Périmètre géographique des CLSM »): the CLSM that is
enlarged or merged is no obstacle to its own project.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from geo import french as fr
from geo.arrays import Rows
from geo.errors import GeoInputError
from geo.layers import Crosswalk, LayerId, Relation
from geo.perimeters import PerimeterFacts, neighbours_of

MOST_CLSM = 10
ID_LENGTH = 120  # characters


class Intent(StrEnum):
    """What is meant to be done; nothing said at first."""

    UNSAID = ""
    CREATE = "creer"
    ENLARGE = "elargir"
    MERGE = "fusionner"


INTENT_LABELS = {
    Intent.CREATE: "Je crée",
    Intent.ENLARGE: "J’élargis un CLSM",
    Intent.MERGE: "Je fusionne des CLSM",
}


@dataclass(frozen=True)
class Project:
    """An intent, and the ids of the CLSM that it is about, sorted: one at most to enlarge, several to merge, else none.

    Raises
    ------
    GeoInputError
        When CLSM are named without an intent that is about some, or an id could not be shown or sent.
    """

    intent: Intent = Intent.UNSAID
    clsm: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no page could have made."""
        most = {Intent.ENLARGE: 1, Intent.MERGE: MOST_CLSM}.get(self.intent, 0)
        if len(self.clsm) > most:
            raise GeoInputError(
                f"Projet : {fr.count(len(self.clsm), 'CLSM nommé', 'CLSM nommés')}, {most} au plus pour ce projet."
            )
        good = all(0 < len(i) <= ID_LENGTH and i.isprintable() for i in self.clsm)
        if not good or list(self.clsm) != sorted(set(self.clsm)):
            raise GeoInputError("Projet : un identifiant de CLSM n’est pas lisible, ou vient deux fois.")

    @classmethod
    def of(cls, intent: Intent, clsm: Iterable[str] = ()) -> Project:
        """Return a project from ids in any order."""
        return cls(intent, tuple(sorted(set(clsm))))

    @property
    def said(self) -> bool:
        """Whether there is something to judge by: a creation, or a CLSM that is named."""
        return self.intent is Intent.CREATE or bool(self.clsm)

    def sentence(self, name_of: Callable[[str], str]) -> str:
        """Say the project; `name_of` gives the name of a CLSM. Empty while nothing is said."""
        if self.intent is Intent.CREATE:
            return "Projet : créer un CLSM."
        if self.intent is Intent.UNSAID:
            return ""
        names = fr.listing(the_clsm(name_of(i)) for i in self.clsm)
        if self.intent is Intent.ENLARGE:
            return f"Projet : élargir {names}." if names else "Projet : élargir un CLSM, à préciser."
        if len(self.clsm) == 1:
            return f"Projet : fusionner {names} et un autre CLSM, à préciser."
        return f"Projet : fusionner {names}." if names else "Projet : fusionner des CLSM, à préciser."


NO_PROJECT = Project()


def read_project(intent: Any, clsm: Any = ()) -> Project:
    """Read a project that comes from outside.

    Raises
    ------
    GeoInputError
        When it makes no sense.
    """
    problem = GeoInputError(
        "Projet : « creer », « elargir » ou « fusionner » est attendu, avec des identifiants de CLSM."
    )
    if not isinstance(intent, str) or intent not in {i.value for i in Intent}:
        raise problem
    if not isinstance(clsm, list | tuple) or not all(isinstance(i, str) for i in clsm):
        raise problem
    return Project.of(Intent(intent), clsm)


_NAMED_AS_ONE = re.compile(r"(C[A-Z]*SM|Conseil|Comité)\b")  # CLSM, CISM, CCSM…


def the_clsm(name: str) -> str:
    """Return the name of a CLSM with its article, to stand in a sentence: « le CLSM du Val »; a name of another kind as it is."""
    return f"le {name}" if _NAMED_AS_ONE.match(name) else name


def clsm_near(crosswalk: Crosswalk, rows: Rows) -> tuple[str, ...]:
    """Return the ids of the CLSM known that some communes meet, then those of the communes that touch them."""
    atlas = crosswalk.atlas
    inside = np.zeros(len(atlas.table), dtype=bool)
    inside[rows] = True
    found = [
        *crosswalk.overlaps(rows)[LayerId.CLSM],
        *crosswalk.overlaps(neighbours_of(atlas.neighbours, inside))[LayerId.CLSM],
    ]
    return tuple(dict.fromkeys(o.id for o in found))


def clsm_held(facts: PerimeterFacts) -> tuple[str, ...]:
    """Return the ids of the CLSM that a perimeter holds whole, as far as their composition is known."""
    whole = (Relation.CONTIENT, Relation.IDENTIQUE)
    return tuple(o.id for o in facts.overlaps[LayerId.CLSM] if o.relation in whole)
