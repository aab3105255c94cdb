"""What was done to the layers: each version kept, each change of the active one, each update of the official sources that somebody
asked for, with who and when. Rows are only ever added.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from geo.french import count, on_this_clock
from geo.register import store
from geo.register.model import NEEDS, Event, State, Version
from geo.register.rows import event_of, version_of
from geo.register.schema import ACTS, AUTHORS, EVENTS, VERSIONS
from geo.register.writing import LONGEST, add, now, one_line
from geo.rights import Actor, actor_of

ORIGINAL, NONE = "couche d’origine", "aucune version"
SOURCES = "sources"  # the kind of the lines of the official sources


@dataclass(frozen=True)
class Line:
    """A line of the journal. `before` and `after` are the active version, in words, of a change of it; `changes` what a version
    kept was to change, in words; "" where it does not apply. `person` is what an identity provider knows who acted by, "" where it is
    unknown, and where nobody else of the journal has the same name: nobody then needs it."""

    at: str
    who: str
    kind: str
    what: str
    before: str = ""
    after: str = ""
    changes: str = ""
    person: str = ""

    @property
    def author(self) -> str:
        """Who acted, so that two namesakes are two: « Ana Martin (ana2@ars.example) »."""
        return f"{self.who} ({self.person})" if self.person else self.who


def history(kind: str, home: Path | None = None) -> list[Event]:
    """Return the publications and withdrawals of a kind, the newest first."""
    return _events(home, kind)


def journal(home: Path | None = None) -> list[Line]:
    """Return all that was done to layers, the newest first.

    Raises
    ------
    GeoInputError
        When the register does not answer.
    """
    lines = [*_moves(_events(home)), *_kept(home), *_acts(home)]
    lines = _told_apart(lines)
    return sorted(lines, key=_moment, reverse=True)  # of one second, a change comes before what was kept for it


def _told_apart(lines: list[Line]) -> list[Line]:
    """Leave who acted to their name alone, but where several persons have it."""
    known: dict[str, set[str]] = {}
    for line in lines:
        known.setdefault(line.who, set()).update(filter(None, (line.person,)))
    return [line if len(known[line.who]) > 1 else replace(line, person="") for line in lines]


def _people(connection: sa.Connection, table: sa.Table) -> dict[int, str]:
    """Return who wrote the lines of a table, where an identity provider told."""
    if not sa.inspect(connection).has_table(AUTHORS.name):  # an older register that may only be read
        return {}
    wanted = sa.select(AUTHORS.c.line, AUTHORS.c.person).where(AUTHORS.c.what == table.name)
    return {line: person for line, person in connection.execute(wanted) if isinstance(person, str)}


def _moment(line: Line) -> float:
    """Return when a line was written, in the order of time: machines, and the two halves of a year, have other hours."""
    try:
        return datetime.fromisoformat(line.at).timestamp()
    except ValueError:  # unknown: after all others, read last
        return float("-inf")


def note_sync(what: str, *, who: str | Actor, home: Path | None = None) -> None:
    """Write down who has the official sources updated, and which, before it is begun.

    Raises
    ------
    GeoInputError
        When the register does not answer: nobody would know who did it.
    """
    actor = actor_of(who)
    row = {"act": SOURCES, "who": one_line(actor.name, LONGEST["who"]), "at": now(), "what": one_line(what, 2000)}
    with store.writing(home) as connection:
        add(connection, ACTS, actor, row)


def _acts(home: Path | None) -> Iterator[Line]:
    if not store.exists(home):
        return
    with store.reading(home) as connection:
        if not sa.inspect(connection).has_table(ACTS.name):  # an older register that may only be read
            return
        rows = connection.execute(sa.select(ACTS).order_by(ACTS.c.id.desc())).mappings().all()
        people = _people(connection, ACTS)
    for row in rows:
        at, who, act, what = (str(row[name]) for name in ("at", "who", "act", "what"))
        yield Line(on_this_clock(at), who, act, "mise à jour demandée", changes=what, person=people.get(row["id"], ""))


def _events(home: Path | None, kind: str | None = None) -> list[Event]:
    """Return the changes of active versions, kind by kind, the newest first."""
    if not store.exists(home):
        return []
    joined = EVENTS.outerjoin(VERSIONS, EVENTS.c.version_id == VERSIONS.c.id)
    wanted = (
        sa.select(*EVENTS.c, VERSIONS.c.number).select_from(joined).order_by(EVENTS.c.kind, EVENTS.c.revision.desc())
    )
    if kind is not None:
        wanted = wanted.where(EVENTS.c.kind == kind)
    with store.reading(home) as connection:
        people = _people(connection, EVENTS)
        return [event_of(row, people.get(row["id"], "")) for row in connection.execute(wanted).mappings()]


def _moves(events: list[Event]) -> Iterator[Line]:
    for place, event in enumerate(events):
        older = events[place + 1] if place + 1 < len(events) else None
        before = active_text(older) if older and older.kind == event.kind else _origin(event.kind)
        what = "mise en service" if event.number or event.lost else back_text(event.kind).removeprefix("le ")
        yield Line(event.at, event.who, event.kind, what, before, active_text(event), person=event.person)


def active_text(event: Event) -> str:
    """Say which version a change made active."""
    if event.lost:
        return "version inconnue"
    return f"version {event.number}" if event.number else _origin(event.kind)


def back_text(kind: str) -> str:
    """Say what withdrawing the active version of a kind is: « le retour à la couche d’origine »."""
    return "le retrait du jeu d’indicateurs" if kind.startswith(NEEDS) else f"le retour à la {ORIGINAL}"


def _origin(kind: str) -> str:
    return NONE if kind.startswith(NEEDS) else ORIGINAL


def _kept(home: Path | None) -> Iterator[Line]:
    if not store.exists(home):
        return
    with store.reading(home) as connection:
        rows = connection.execute(sa.select(VERSIONS).order_by(VERSIONS.c.id.desc())).mappings().all()
        people = _people(connection, VERSIONS)
    for version in (version_of(row, State.DRAFT) for row in rows):
        what = f"version {version.number} gardée" if version.number else "version inconnue gardée"
        who, person = version.statement.who, people.get(version.id, "")
        yield Line(version.created, who, version.kind, what, changes=changes_text(version), person=person)


def changes_text(version: Version) -> str:
    """Say how many territories a version was to add, take away and change when it was kept."""
    found = version.changes
    if not found:
        return "inconnu"
    counts = (("ajouté", found["added"]), ("retiré", found["removed"]), ("modifié", found["changed"]))
    return ", ".join(count(len(moved), word) for word, moved in counts if moved) or "rien"
