"""Where a register is kept: a folder of its own, or a real PostgreSQL where one is installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from geo.register import ADDRESS
from tests.register import postgres


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with postgres.running() as address:
        yield address


@pytest.fixture
def on_postgres(server: str, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    monkeypatch.setenv(ADDRESS, server)
    return postgres.emptied(server)
