"""What was written in the register stays: the database itself refuses to change, replace or remove it, on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from geo import projects
from geo import register as register_face
from geo.errors import GeoInputError
from geo.projects import Project, Step
from geo.register import register, store
from geo.register.append_only import REFUSED
from geo.register.schema import HELD, METADATA
from geo.rights import Actor
from tests.register.test_register import ATLAS, kept
from tests.register.test_schema import assert_whole, database, old_register

CHANGES = [
    *(f"UPDATE {table.name} SET {column} = {column}" for table, column in zip(HELD, ("who", "who", "until", "who", "who", "person"), strict=True)),
    *(f"DELETE FROM {table.name}" for table in HELD),
    "UPDATE clsm_events SET who = 'Personne' WHERE revision = 1",
    "UPDATE clsm_events SET at = '2020-01-01T00:00:00+01:00'",
    "DELETE FROM clsm_events WHERE revision = 2",
]  # fmt: skip
REPLACES = [
    "INSERT OR REPLACE INTO clsm_events VALUES (1, 'autre', 9, NULL, 'Personne', '2020')",
    "REPLACE INTO clsm_events (kind, revision, who, at) VALUES ('clsm', 1, 'Personne', '2020')",
    "INSERT OR REPLACE INTO clsm_projects SELECT id, project, revision, 'Personne', at, content FROM clsm_projects",
]
ON_CONFLICT = (
    "INSERT INTO clsm_events (kind, revision, who, at) VALUES ('clsm', 1, 'Personne', '2020') "
    "ON CONFLICT (kind, revision) DO UPDATE SET who = 'Personne'"
)
TRUNCATES = [*(f"TRUNCATE {table.name} CASCADE" for table in HELD), "TRUNCATE clsm_events"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def filled(home: Path) -> None:
    """Have a row in each of the tables."""
    one = kept(home)
    register.publish(one, who="Ana", seen=0, home=home)
    register.withdraw("clsm", who="Bob", seen=1, home=home)
    register_face.note_sync("toutes", who=Actor("Ana", id="a1"), home=home)
    projects.save(Project("Bourg", "R01", Step.INTENTION, {}, frozenset({"01001"})), who="Ana", atlas=ATLAS, home=home)


def rows(engine: sa.Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        found = {table.name: [tuple(row) for row in connection.execute(sa.select(table))] for table in HELD}
    assert all(found.values()), "each table has something to lose"
    return found


def assert_refused(engine: sa.Engine, order: str) -> None:
    before = rows(engine)
    with pytest.raises(SQLAlchemyError, match=REFUSED), engine.begin() as connection:
        connection.exec_driver_sql(order)
    assert rows(engine) == before


def on_sqlite(home: Path) -> sa.Engine:
    """Reach the file as any other program would, with the settings that SQLite has by itself."""
    return sa.create_engine(f"sqlite:///{database(home)}", poolclass=NullPool)


def test_every_table_but_the_pointer_and_the_files_is_held() -> None:
    assert {table.name for table in HELD} == set(METADATA.tables) - {"clsm_heads", "clsm_contents"}


def test_sqlite_refuses_to_change_what_was_written(home: Path) -> None:
    filled(home)
    for order in (*CHANGES, *REPLACES, ON_CONFLICT):
        assert_refused(on_sqlite(home), order)


def test_postgresql_refuses_to_change_what_was_written(on_postgres: sa.Engine, home: Path) -> None:
    filled(home)
    for order in (*CHANGES, ON_CONFLICT, *TRUNCATES):
        assert_refused(on_postgres, order)


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_what_was_restored_is_held_too(where: str, home: Path, request: pytest.FixtureRequest) -> None:
    filled(home)
    register_face.backup(home / "a.zip", home)
    engine = request.getfixturevalue("on_postgres") if where == "postgresql" else on_sqlite(home / "new")
    register_face.restore(home / "a.zip", home / "new")
    for order in (*CHANGES, ON_CONFLICT):
        assert_refused(engine, order)


def test_a_register_of_before_is_held_once_it_is_opened(home: Path) -> None:
    old_register(home)
    assert_whole(home)
    with closing(sqlite3.connect(database(home))) as base, base, pytest.raises(sqlite3.IntegrityError, match=REFUSED):
        base.execute("DELETE FROM clsm_events")


def test_a_table_made_again_after_it_was_dropped_is_held(home: Path) -> None:
    filled(home)
    with closing(sqlite3.connect(database(home))) as base, base:
        base.execute("DROP TABLE clsm_events")
    register.publish(register.find("clsm", 1, home), who="Ana", seen=2, home=home)
    with closing(sqlite3.connect(database(home))) as base, base, pytest.raises(sqlite3.IntegrityError, match=REFUSED):
        base.execute("UPDATE clsm_events SET who = 'Personne'")


def test_a_change_that_the_database_refuses_is_a_sentence(home: Path) -> None:
    filled(home)
    with pytest.raises(GeoInputError, match=f"{REFUSED}.*Rien n’est changé"), store.writing(home) as connection:
        connection.execute(sa.text("DELETE FROM clsm_events"))
