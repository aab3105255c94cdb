"""The functions around the table that no list names and every territory has: whoever holds them is known locally, and fills them.

The persons concerned and the carers are members (Guide 2025, « Composition des CLSM »), as is the coordination; the others are the
partners that its chapters on the bodies and on articulation name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from geo import french as fr
from geo.guidance.table.seat import CARERS, CONCERNED, COORDINATION, PARTNERS, Seat
from geo.layers import LayerId
from geo.perimeters import PerimeterFacts

# Who fills each function: (name, whose word) for each, by the subject of the function.
Filled = Mapping[str, tuple[tuple[str, str], ...]]


def _always(_: PerimeterFacts) -> bool:
    return True


def _quarters(facts: PerimeterFacts) -> bool:
    return bool(facts.overlaps[LayerId.QPV]) or not facts.known_everywhere(LayerId.QPV)


@dataclass(frozen=True)
class Function:
    """A function to fill: its group, what it is called, to whom the invitation goes in it, and where it is found; `kind` is that of a
    local body in `geo.claims`, which fills it too."""

    id: str
    group: str
    label: str
    role: str
    kind: str = ""
    there: Callable[[PerimeterFacts], bool] = _always

    @property
    def subject(self) -> str:
        """Its subject in `geo.agreements`."""
        return f"fonction:{self.id}"


FUNCTIONS = (
    Function("usagers", CONCERNED, "Association de personnes concernées", "représentants des usagers", "usagers"),
    Function("gem", CONCERNED, "GEM (groupe d’entraide mutuelle)", "membres et animation du GEM", "gem"),
    Function("aidants", CARERS, "Unafam ou autre association d’aidants", "représentants des proches et des aidants", "proches"),
    Function("coordination", COORDINATION, "Coordination du CLSM", "à nommer, ou à inviter si elle est en poste"),
    Function("ptsm", PARTNERS, "Projet territorial de santé mentale (PTSM)", "coordination"),
    Function("contrat-de-ville", PARTNERS, "Contrat de ville", "équipe politique de la ville", there=_quarters),
    Function("asv", PARTNERS, "Atelier santé ville (ASV)", "coordination", there=_quarters),
    Function("ccas", PARTNERS, "CCAS ou CIAS", "direction"),
    Function("bailleurs", PARTNERS, "Bailleurs sociaux", "direction, service social"),
    Function("education", PARTNERS, "Éducation nationale", "direction académique, santé scolaire"),
    Function("police", PARTNERS, "Police ou gendarmerie", "commandement local"),
    Function("justice", PARTNERS, "Justice", "parquet, service pénitentiaire d’insertion et de probation"),
    Function("cpam", PARTNERS, "CPAM (Assurance maladie)", "direction, prévention"),
    Function("caf", PARTNERS, "CAF", "direction, action sociale"),
    Function("medico-social", PARTNERS, "Établissements sociaux et médico-sociaux", "direction"),
    Function("soins-de-ville", PARTNERS, "Soins de ville", "médecins, psychologues et infirmiers libéraux"),
)  # fmt: skip


def functions(facts: PerimeterFacts, group: str, filled: Filled) -> Iterator[Seat]:
    """Yield the functions of a group: who fills each, with whose word it is, or that it is to fill."""
    for function in FUNCTIONS:
        if function.group != group:
            continue
        known = [*_named(facts, function), *_filled(function, filled)]
        yield from known
        if not known and function.there(facts):
            yield Seat(group, function.label, function.role, known=False, seats=0, id=function.subject)


def _named(facts: PerimeterFacts, function: Function) -> Iterator[Seat]:
    """Yield the bodies that persons stated here, with whose word it is."""
    for actor in facts.evidence.actors if function.kind else ():
        if actor.kind == function.kind and actor.codes & facts.perimeter.communes:
            where = fr.listing((str(facts.atlas.names[r]) for r in facts.atlas.rows(actor.codes)), most=4)
            yield Seat(function.group, actor.name, function.role, where, actor.said, id=function.subject)


def _filled(function: Function, filled: Filled) -> Iterator[Seat]:
    for name, said in filled.get(function.subject, ()):
        detail = "" if fr.fold(name) == fr.fold(function.label) else function.label
        yield Seat(function.group, name, function.role, detail, said, id=function.subject)
