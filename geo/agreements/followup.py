"""Where a perimeter stands: each body that is asked, what it answered, and how many inhabitants are on board.

Inhabitants are those of the communes of the perimeter, each counted once: those on board over all of them. Not to have been asked is no
refusal, and a commune on which two colleagues noted different answers is on neither side: the figure is then « au moins ».
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from geo import french as fr
from geo.agreements.entry import (
    ADULT,
    ASKED,
    BODY,
    CHILD,
    COMMUNE,
    HOSPITAL,
    ON_BOARD,
    SCALES,
    SIDES,
    STATUS_LABELS,
    Status,
    copil_subject,
)
from geo.agreements.ledger import Agreements, Standing, signed
from geo.guidance import HOSPITALS, SECTORS, RoundTable, round_table
from geo.perimeters import PerimeterFacts

KIND_LABELS = {
    COMMUNE: "Commune",
    BODY: "Intercommunalité",
    ADULT: "Secteur adulte",
    CHILD: "Secteur infanto-juvénile",
    HOSPITAL: "Établissement",
}
_PLURALS = {
    COMMUNE: ("commune", "communes"),
    BODY: ("intercommunalité", "intercommunalités"),
    ADULT: ("secteur adulte", "secteurs adultes"),
    CHILD: ("secteur infanto-juvénile", "secteurs infanto-juvéniles"),
    HOSPITAL: ("établissement", "établissements"),
}
DISPUTED = "réponses différentes"


@dataclass(frozen=True)
class Line:
    """A body that is asked: its subject and kind, its name, its inhabitants in the perimeter (None when they are not counted), and where it
    stands; `codes` are its communes in the perimeter, for a commune its own."""

    subject: str
    kind: str
    name: str
    people: int | None
    standing: Standing
    codes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What it answered, in words."""
        return DISPUTED if self.standing.disputed else STATUS_LABELS[self.standing.status]


@dataclass(frozen=True)
class FollowUp:
    """The bodies of a perimeter in the order of the round table; what is noted of bodies outside it (`elsewhere`: subjects); the bodies that no
    list names here (`unknown`), which are asked too."""

    lines: tuple[Line, ...]
    elsewhere: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def of(self, kind: str) -> tuple[Line, ...]:
        """Return the bodies of a kind."""
        return tuple(line for line in self.lines if line.kind == kind)

    def people(self, *statuses: Status) -> int:
        """Return the inhabitants of the communes that gave one of some answers; without any, of all communes."""
        return sum(
            line.people or 0
            for line in self.of(COMMUNE)
            if not statuses or (line.standing.status in statuses and not line.standing.disputed)
        )

    @property
    def disputed(self) -> tuple[Line, ...]:
        """The bodies on which several answers were noted apart."""
        return tuple(line for line in self.lines if line.standing.disputed)

    @property
    def share(self) -> float | None:
        """The share of the inhabitants whose commune is on board, None when there are none."""
        return self.people(*ON_BOARD) / total if (total := self.people()) else None

    @property
    def sentence(self) -> str:
        """Say how many inhabitants are on board, and by how much a deliberation holds."""
        total, aboard = self.people(), self.people(*ON_BOARD)
        least = "Au moins " if any(line.kind == COMMUNE for line in self.disputed) else ""
        if not total:
            return "Aucun habitant dans ces communes : l’accord ne se compte pas en habitants."
        share = fr.ratio(aboard, total)
        said = f"{least}{share} des habitants sont dans une commune d’accord"
        said += f", dont {fr.number(self.people(Status.DELIBERATED))} par une délibération." if aboard else "."
        return fr.typeset(said[0].upper() + said[1:])

    @property
    def details(self) -> tuple[str, ...]:
        """Say what the others answered: communes refused, asked, not asked yet; then the other bodies, kind by kind."""
        found = []
        for status, one, several in (
            (Status.REFUSED, "refus", "refus"),
            (Status.ASKED, "sollicitée, sans réponse notée", "sollicitées, sans réponse notée"),
            (
                Status.TO_ASK,
                "pas encore sollicitée, ce qui n’est pas un refus",
                "pas encore sollicitées, ce qui n’est pas un refus",
            ),
        ):
            lines = [line for line in self.of(COMMUNE) if line.standing.status is status]
            if lines:
                people = fr.inhabitants(self.people(status))
                found.append(f"{fr.count(len(lines), 'commune')} ({people}) : {one if len(lines) < 2 else several}.")
        found += [self._kind(kind) for kind in ASKED[1:] if self.of(kind)]
        if self.unknown:
            found.append(
                f"À solliciter aussi, inconnus ici : {fr.listing(w[0].lower() + w[1:] for w in self.unknown)}."
            )
        if self.disputed:
            names = fr.listing((line.name for line in self.disputed), most=4)
            found.append(f"Réponses différentes notées pour {names} : comptées d’aucun côté, à accorder entre vous.")
        return tuple(map(fr.typeset, found))

    def _kind(self, kind: str) -> str:
        lines = self.of(kind)
        counts = Counter(line.label for line in lines)
        said = fr.listing(f"{fr.number(n)} {label}" for label, n in counts.items())
        return f"{fr.count(len(lines), *_PLURALS[kind])} : {said}."

    def counts(self, kind: str = COMMUNE) -> dict[str, int]:
        """Return how many bodies of a kind gave each answer, by its label; every label is there."""
        found = Counter(line.label for line in self.of(kind))
        return {label: found.get(label, 0) for label in (*STATUS_LABELS.values(), DISPUTED)}


def follow(facts: PerimeterFacts, agreements: Agreements, table: RoundTable | None = None) -> FollowUp:
    """Return where a perimeter that is not empty stands; `table` is its round table when it is at hand."""
    every = (table or round_table(facts)).seats
    seats = {s.id: s for s in every if s.known and s.id.partition(":")[0] in ASKED}
    people = {f"{COMMUNE}:{town}": int(count) for town, count in facts.towns.items()}
    people |= {f"{BODY}:{part.code}": int(part.population) for part in facts.communities}
    lines = tuple(
        Line(s.id, s.id.partition(":")[0], s.who, people.get(s.id), agreements.standing(s.id), s.codes)
        for s in seats.values()
    )
    elsewhere = tuple(s for s in agreements.subjects if s.partition(":")[0] in ASKED and s not in seats)
    unknown = tuple(s.who for s in every if not s.known and s.group in (SECTORS, HOSPITALS))
    return FollowUp(lines, elsewhere, unknown)


# --- as tables, for the documents ---------------------------------------------------------------------------------------
HEADERS = ("Interlocuteur", "Habitants", "Réponse", "Date", "Référence", "Remarque")


def table_of(found: FollowUp, *, remarks: bool = True) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the headings and the rows of the follow-up, a body a row; several words on one body stand in its row, one under the other.

    Remarks are private until somebody asks for them: a document for all leaves them out (`remarks=False`).
    """
    most = len(HEADERS) if remarks else len(HEADERS) - 1
    return HEADERS[:most], tuple(row(line)[:most] for line in found.lines)


def row(line: Line) -> tuple[str, ...]:
    """Return the cells of a body; what several persons noted apart is told side by side, with whose word it is."""
    heads = [e for e in line.standing.heads if not e.empty]
    people = "" if line.people is None else fr.number(line.people)
    if len({e.said for e in heads}) > 1:
        several = [f"{STATUS_LABELS.get(e.status, 'rien de noté')} ({signed(e)})" for e in heads]
        days = [fr.day(e.day) if e.day else "" for e in heads]
        texts = (
            "\n".join(filter(None, column)) for column in (days, [e.reference for e in heads], line.standing.texts)
        )
        return f"{line.name}\n{KIND_LABELS[line.kind]}", people, "\n".join(several), *texts
    entry = line.standing.entry
    day = fr.day(entry.day) if entry.day else "date inconnue" if entry.status is Status.DELIBERATED else ""
    return f"{line.name}\n{KIND_LABELS[line.kind]}", people, line.label, day, entry.reference, entry.text


# --- the views of the steering committee --------------------------------------------------------------------------------
COPIL_SOURCE = "Guide 2025, « Périmètre géographique des CLSM », décision collective"
COPIL_HEADERS = ("Échelle", *SIDES.values())
NOTHING = "rien de noté"


def copil_table(agreements: Agreements) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the headings and a row for each scale: what the steering committee (COPIL) sees for it, then against it.

    The guide asks it to weigh the scales together; several words on one stand one under the other, and no scale is designated.
    """
    rows = ((label, *(_cell(agreements, scale, side) for side in SIDES)) for scale, label in SCALES.items())
    return COPIL_HEADERS, tuple(rows)


def _cell(agreements: Agreements, scale: str, side: str) -> str:
    heads = [e for e in agreements.standing(copil_subject(scale, side)).heads if e.text]
    if len(heads) > 1:
        return "\n".join(f"{e.text} ({signed(e)})" for e in heads)
    return heads[0].text if heads else NOTHING
