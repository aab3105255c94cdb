"""What was done to the layers: each version kept, each change of the active one, each update of the official sources that somebody
asked for, with who and when. Rows are only ever added.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from geo.french import count, on_this_clock
from geo.register import store
from geo.register.model import NEEDS, Event, State, Version
from geo.register.rows import event_of, version_of
from geo.register.schema import ACTS, EVENTS, VERSIONS
from geo.register.writing import LONGEST, now, one_line

ORIGINAL, NONE = "couche d’origine", "aucune version"
SOURCES = "sources"  # the kind of the lines of the official sources


@dataclass(frozen=True)
class Line:
    """A line of the journal. `before` and `after` are the active version, in words, of a change of it; `changes` what a version
    kept was to change, in words; "" where it does not apply."""

    at: str
    who: str
    kind: str
    what: str
    before: str = ""
    after: str = ""
    changes: str = ""


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
    return sorted(lines, key=_moment, reverse=True)  # of one second, a change comes before what was kept for it


def _moment(line: Line) -> float:
    """Return when a line was written, in the order of time: machines, and the two halves of a year, have other hours."""
    try:
        return datetime.fromisoformat(line.at).timestamp()
    except ValueError:  # unknown: after all others, read last
        return float("-inf")


def note_sync(what: str, *, who: str, home: Path | None = None) -> None:
    """Write down who has the official sources updated, and which, before it is begun.

    Raises
    ------
    GeoInputError
        When the register does not answer: nobody would know who did it.
    """
    row = {"act": SOURCES, "who": one_line(who, LONGEST["who"]), "at": now(), "what": one_line(what, 2000)}
    with store.writing(home) as connection:
        connection.execute(sa.insert(ACTS).values(**row))


def _acts(home: Path | None) -> Iterator[Line]:
    if not store.exists(home):
        return
    with store.reading(home) as connection:
        if not sa.inspect(connection).has_table(ACTS.name):  # an older register that may only be read
            return
        rows = connection.execute(sa.select(ACTS).order_by(ACTS.c.id.desc())).mappings().all()
    for row in rows:
        at, who, act, what = (str(row[name]) for name in ("at", "who", "act", "what"))
        yield Line(on_this_clock(at), who, act, "mise à jour demandée", changes=what)


def _events(home: Path | None, kind: str | None = None) -> list[Event]:
    """Return the changes of active versions, kind by kind, the newest first."""
    if not store.exists(home):
        return []
    joined = EVENTS.outerjoin(VERSIONS, EVENTS.c.version_id == VERSIONS.c.id)
    wanted = (
        sa.select(EVENTS.c.kind, EVENTS.c.revision, EVENTS.c.version_id, VERSIONS.c.number, EVENTS.c.who, EVENTS.c.at)
        .select_from(joined)
        .order_by(EVENTS.c.kind, EVENTS.c.revision.desc())
    )
    if kind is not None:
        wanted = wanted.where(EVENTS.c.kind == kind)
    with store.reading(home) as connection:
        return [event_of(row) for row in connection.execute(wanted).mappings()]


def _moves(events: list[Event]) -> Iterator[Line]:
    for place, event in enumerate(events):
        older = events[place + 1] if place + 1 < len(events) else None
        before = active_text(older) if older and older.kind == event.kind else _origin(event.kind)
        what = "mise en service" if event.number or event.lost else back_text(event.kind).removeprefix("le ")
        yield Line(event.at, event.who, event.kind, what, before, active_text(event))


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
    for version in (version_of(row, State.DRAFT) for row in rows):
        what = f"version {version.number} gardée" if version.number else "version inconnue gardée"
        yield Line(version.created, version.statement.who, version.kind, what, changes=changes_text(version))


def changes_text(version: Version) -> str:
    """Say how many territories a version was to add, take away and change when it was kept."""
    found = version.changes
    if not found:
        return "inconnu"
    counts = (("ajouté", found["added"]), ("retiré", found["removed"]), ("modifié", found["changed"]))
    return ", ".join(count(len(moved), word) for word, moved in counts if moved) or "rien"
