"""What was done to the layers: each version kept, each change of the active one, with who and when. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from geo.register import store
from geo.register.model import Event
from geo.register.rows import event_of
from geo.register.schema import EVENTS, VERSIONS

ORIGINAL = "couche d’origine"


@dataclass(frozen=True)
class Line:
    """A line of the journal: `kept` is true for a version kept, false for a change of the active one; `before` and `after` are
    the active version, in words ("" where nothing changed)."""

    at: str
    who: str
    kind: str
    what: str
    before: str = ""
    after: str = ""
    kept: bool = False


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
    lines = [*_moves(_events(home)), *_kept(home)]
    return sorted(
        lines, key=lambda line: line.at, reverse=True
    )  # of one second, a change comes before what was kept for it


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
        before = active_text(older) if older and older.kind == event.kind else ORIGINAL
        what = "mise en service" if event.number or event.lost else "retour à la couche d’origine"
        yield Line(event.at, event.who, event.kind, what, before, active_text(event))


def active_text(event: Event) -> str:
    """Say which version a change made active."""
    if event.lost:
        return "version inconnue"
    return f"version {event.number}" if event.number else ORIGINAL


def _kept(home: Path | None) -> Iterator[Line]:
    if not store.exists(home):
        return
    with store.reading(home) as connection:
        found = (VERSIONS.c.created, VERSIONS.c.who, VERSIONS.c.kind, VERSIONS.c.number)
        rows = connection.execute(sa.select(*found).order_by(VERSIONS.c.id.desc())).all()
    for created, who, kind, number in rows:
        yield Line(str(created), str(who), str(kind), f"version {number} gardée", kept=True)
