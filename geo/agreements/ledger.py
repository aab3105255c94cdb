"""Agreements: the entries of a workbook, and how two files become one without losing a word.

Entries are only ever added; one that takes the place of others names them. Merging is the union of two sets: in any order, any
number of times, the answer is one. What two persons wrote without knowing of each other stays side by side until one of them writes
again, and no figure picks one of the two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from geo import french as fr
from geo.agreements.entry import FUNCTION, MOST_OVER, SCALES, SIDES, Entry, Status, copil_subject
from geo.errors import GeoInputError

MOST_ENTRIES = 4_000
MOST_CHAIN = 100  # corrections of one subject that are followed when a file is read


@dataclass(frozen=True)
class Standing:
    """Where a subject stands: its entries that no other takes the place of, the oldest first; several were written apart."""

    subject: str
    heads: tuple[Entry, ...] = ()

    @property
    def statuses(self) -> tuple[Status, ...]:
        """The statuses said, each once."""
        return tuple(dict.fromkeys(e.status for e in self.heads if e.status))

    @property
    def disputed(self) -> bool:
        """Whether several persons noted different answers."""
        return len(self.statuses) > 1

    @property
    def status(self) -> Status:
        """The answer: « à solliciter » while nobody noted one, unsaid where several disagree."""
        return Status.UNSAID if self.disputed else (*self.statuses, Status.TO_ASK)[0]

    @property
    def entry(self) -> Entry:
        """The entry to begin with: the newest that says a status, else the newest; an empty one when there is none."""
        spoken = [e for e in self.heads if e.status] or list(self.heads)
        return spoken[-1] if spoken else Entry(self.subject)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts written, each once."""
        return tuple(dict.fromkeys(e.text for e in self.heads if e.text))


@dataclass(frozen=True)
class Agreements:
    """The entries of a workbook, in one order whatever the order in which they were written.

    Raises
    ------
    GeoInputError
        When there are too many.
    """

    items: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        """Put them in order, each once."""
        if len(self.items) > MOST_ENTRIES:
            raise GeoInputError(
                f"{fr.number(MOST_ENTRIES)} réponses et remarques au plus ; il y en a {fr.number(len(self.items))}."
            )
        object.__setattr__(self, "items", tuple(sorted(set(self.items), key=_order)))

    def __iter__(self) -> Iterator[Entry]:
        """Yield them in order."""
        return iter(self.items)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.items)

    @cached_property
    def _standings(self) -> dict[str, Standing]:
        of: dict[str, list[Entry]] = {}
        for entry in self.items:
            of.setdefault(entry.subject, []).append(entry)
        return {subject: Standing(subject, _heads(entries)) for subject, entries in of.items()}

    def standing(self, subject: str) -> Standing:
        """Return where a subject stands; one that nobody wrote of stands at nothing."""
        return self._standings.get(subject) or Standing(subject)

    @property
    def heads(self) -> tuple[Entry, ...]:
        """The entries in place, those that take a word back included."""
        return tuple(e for standing in self._standings.values() for e in standing.heads)

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects that something is said of today."""
        return tuple(s for s, standing in self._standings.items() if not all(e.empty for e in standing.heads))

    def history(self, subject: str) -> tuple[Entry, ...]:
        """Return what was written of a subject and is replaced since, the oldest first."""
        heads = set(self.standing(subject).heads)
        return tuple(e for e in self.items if e.subject == subject and e not in heads)

    def record(self, *entries: Entry) -> Agreements:
        """Return them with more entries, of today unless they say otherwise, each in the place of where its subject stands.

        What says the same as what stands alone changes nothing. What the same author wrote the same day is corrected, not kept.

        Raises
        ------
        GeoInputError
            When one holds something personal, or there are too many.
        """
        if problems := list(dict.fromkeys(said for entry in entries if (said := entry.personal))):
            raise GeoInputError(problems)
        touched: dict[str, list[Entry]] = {entry.subject: [] for entry in entries}
        for kept in self.items:
            if kept.subject in touched:
                touched[kept.subject].append(kept)
        after = {subject: list(some) for subject, some in touched.items()}
        for entry in entries:
            after[entry.subject] = _with(after[entry.subject], entry)
        if after == touched:
            return self
        rest = (entry for entry in self.items if entry.subject not in touched)
        return Agreements((*rest, *(entry for some in after.values() for entry in some)))

    def erased(self, subject: str) -> Agreements:
        """Return them without a trace of a subject: for what should never have been written."""
        return Agreements(tuple(e for e in self.items if e.subject != subject))

    def merged(self, *others: Iterable[Entry]) -> Agreements:
        """Return them with those of other files: nothing is lost, what was written apart stands side by side."""
        return Agreements((*self.items, *(entry for other in others for entry in other)))

    def names(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Return who fills each function at the table: (name, whose word) for each, by the subject of the function.

        Several names in one text are separated by semicolons; one that two persons wrote is told once.
        """
        found: dict[str, dict[str, tuple[str, str]]] = {}
        for entry in self.heads:
            if entry.kind == FUNCTION:
                for name in filter(None, (part.strip() for part in entry.text.split(";"))):
                    found.setdefault(entry.subject, {}).setdefault(fr.fold(name), (name, signed(entry)))
        return {subject: tuple(names.values()) for subject, names in found.items()}

    def views(self) -> dict[str, tuple[Entry, ...]]:
        """Return the views of the steering committee, by their subject; none where nothing was written."""
        every = [copil_subject(scale, side) for scale in SCALES for side in SIDES]
        return {s: found for s in every if (found := tuple(e for e in self.standing(s).heads if e.text))}

    @cached_property
    def digest(self) -> str:
        """A short text that tells these from any others, "" when there are none."""
        ids = "|".join(f"{e.subject}#{e.id}" for e in self.items)
        return hashlib.sha256(ids.encode()).hexdigest()[:16] if ids else ""


def _order(entry: Entry) -> tuple[object, ...]:
    return entry.subject, entry.noted, entry.id, entry.who, *entry.said, sorted(entry.over)


def _heads(entries: list[Entry]) -> tuple[Entry, ...]:
    """Return the entries of one subject that none of the others takes the place of; all of them, were they forged in a circle."""
    replaced = {one for entry in entries for one in entry.over}
    return tuple(entry for entry in entries if entry.id not in replaced) or tuple(entries)


def _with(entries: list[Entry], entry: Entry) -> list[Entry]:
    """Return the entries of one subject with one more, in the place of where it stands."""
    heads = _heads(entries)
    if (len(heads) == 1 and heads[0].said == entry.said) or (not heads and entry.empty):
        return entries
    noted = entry.noted or date.today().isoformat()
    corrected = [e for e in heads if len(heads) == 1 and (e.who, e.noted) == (entry.who, noted)]
    over = frozenset(e.id for e in heads).union(*(e.over for e in corrected))
    if (
        len(over) > MOST_OVER
    ):  # more drafts in a day than are followed: one that a file still has comes back beside this
        over = frozenset(e.id for e in heads)
    return [*(e for e in entries if e not in corrected), replace(entry, noted=noted, over=over)]


def signed(entry: Entry) -> str:
    """Say whose word an entry is, and of when: « d’après Ville de Niort, le 26/11/2026 »."""
    whose = f"d’après {entry.who}" if entry.who else "sans signature"
    return f"{whose}, le {fr.day(entry.noted)}" if entry.noted else whose


def renamed(entries: Iterable[Entry], change: Callable[[Entry], Entry]) -> Agreements:
    """Return entries changed one by one, where each still takes the place of those it did."""
    given = list(entries)
    other = [change(entry) for entry in given]
    if other == given:
        return Agreements(tuple(given))
    ids: dict[tuple[str, str], str] = {}
    for _ in range(MOST_CHAIN):  # an id rests on those that it replaces: once for each link of the longest chain
        found = [
            replace(new, over=frozenset(ids.get((old.subject, one), one) for one in old.over))
            for old, new in zip(given, other, strict=True)
        ]
        now = {(old.subject, old.id): new.id for old, new in zip(given, found, strict=True)}
        if now == ids:
            break
        ids = now
    return Agreements(tuple(found))


NO_AGREEMENTS = Agreements()
