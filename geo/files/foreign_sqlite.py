"""An SQLite file of someone else (GeoPackage), opened without running what it defines.

A view may be endless, and a generated column may make a billion characters of one row: neither is data. Views and triggers are
taken out of a private copy before anything reads it; tables that generate columns are named, to be refused. Every
query has a budget.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

STEPS = 100_000  # instructions of SQLite between two looks at the budget
MOST_LOOKS = 2_000  # some seconds of a query
LONGEST = 100_000_000  # bytes of a value
ERRORS = (sqlite3.Error, UnicodeError)


def defuse(copy: Path) -> None:
    """Take views and triggers out of a private copy; it is changed.

    Raises
    ------
    sqlite3.Error
        When it is no readable database.
    """
    with closing(_open(f"file:{copy}?mode=rw")) as base:
        for setting in (
            "journal_mode = MEMORY",
            "synchronous = OFF",
            "writable_schema = ON",
        ):  # a copy to be thrown away
            base.execute(f"PRAGMA {setting}")
        base.execute("DELETE FROM sqlite_master WHERE type IN ('view', 'trigger')")
        base.commit()


@contextmanager
def foreign(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database for reading, with a budget for each query that is made of it."""
    with closing(_open(f"file:{path}?mode=ro&immutable=1")) as base:
        yield base


def _open(address: str) -> sqlite3.Connection:
    base = sqlite3.connect(address, uri=True)
    looks = 0

    def look() -> int:
        nonlocal looks
        looks += 1
        return int(looks > MOST_LOOKS)

    base.execute("PRAGMA trusted_schema = OFF")
    base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    base.set_progress_handler(look, STEPS)
    return base


def generates(base: sqlite3.Connection, table: str) -> bool:
    """Return whether a table makes up columns as it is read."""
    quoted = table.replace('"', '""')
    return any(row[6] in (2, 3) for row in base.execute(f'PRAGMA table_xinfo("{quoted}")'))
