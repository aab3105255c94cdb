"""A register edited behind the dashboard's back, as damage or an old tool would: past what the database holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def editing(home: Path) -> Iterator[sqlite3.Connection]:
    """Open the register of a home, the triggers that hold its rows (geo/register/append_only.py) taken away for good."""
    with closing(sqlite3.connect(home / "registre" / "registre.sqlite")) as base, base:
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            base.execute(f"DROP TRIGGER {name}")
        yield base


def edit(home: Path, *orders: str) -> None:
    """Give orders to the register of a home."""
    with editing(home) as base:
        for order in orders:
            base.execute(order)
