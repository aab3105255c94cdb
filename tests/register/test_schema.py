"""The schema of the register: made, numbered, migrated; on SQLite, and on PostgreSQL where one is installed."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.pool import NullPool

from geo.errors import GeoInputError
from geo.register import State, register, schema, store
from geo.register import journal as journal_of
from geo.register.append_only import REFUSED
from geo.register.schema import METADATA, SCHEMA_TABLE
from tests.register.test_register import ATLAS, BASE, kept
from tests.support.killed import beside, forking, run_child, spread

# What a register held before its schema was numbered, as SQLite keeps it: the code of that time made these very tables.
BEFORE_NUMBERS = """
CREATE TABLE clsm_versions (
    id INTEGER NOT NULL, kind VARCHAR(60) NOT NULL, number INTEGER NOT NULL, created VARCHAR(40) NOT NULL,
    who VARCHAR(200) NOT NULL, file_name VARCHAR(300) NOT NULL, file_sha256 VARCHAR(64) NOT NULL, file_bytes BIGINT NOT NULL,
    file_form VARCHAR(20) NOT NULL, source TEXT NOT NULL, date VARCHAR(60) NOT NULL, etat VARCHAR(40) NOT NULL,
    mode VARCHAR(20) NOT NULL, extent TEXT NOT NULL, remark TEXT NOT NULL, changes TEXT NOT NULL, zones INTEGER NOT NULL,
    communes INTEGER NOT NULL, content VARCHAR(64) NOT NULL, under_id INTEGER, PRIMARY KEY (id), UNIQUE (kind, number),
    FOREIGN KEY(under_id) REFERENCES clsm_versions (id)
);
CREATE TABLE clsm_heads (
    kind VARCHAR(60) NOT NULL, version_id INTEGER, revision INTEGER NOT NULL, PRIMARY KEY (kind),
    FOREIGN KEY(version_id) REFERENCES clsm_versions (id)
);
CREATE TABLE clsm_events (
    id INTEGER NOT NULL, kind VARCHAR(60) NOT NULL, revision INTEGER NOT NULL, version_id INTEGER, who VARCHAR(200) NOT NULL,
    at VARCHAR(40) NOT NULL, PRIMARY KEY (id), UNIQUE (kind, revision), FOREIGN KEY(version_id) REFERENCES clsm_versions (id)
);
"""
ROW = (
    1, "clsm", 1, "2026-05-04T10:00:00+02:00", "Ana", "clsm.csv", "0" * 64, 120, "csv", "ARS, tableau interne", "2026-05",
    "en service", "remplace", '["01"]', "", "{}", 1, 3, "", None,
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def database(home: Path) -> Path:
    return store.register_folder(home) / store.DATABASE


def old_register(home: Path) -> None:
    """Make a register as it was before its schema was numbered, with one version, active."""
    content = kept(home).content
    database(home).unlink()
    with closing(sqlite3.connect(database(home))) as base, base:
        base.executescript(BEFORE_NUMBERS)
        row = (*ROW[:-2], content, None)
        base.execute(f"INSERT INTO clsm_versions VALUES ({', '.join('?' * len(row))})", row)
        base.execute("INSERT INTO clsm_heads VALUES ('clsm', 1, 4)")
        base.execute("INSERT INTO clsm_events VALUES (1, 'clsm', 4, 1, 'Ana', '2026-05-04T10:01:00+02:00')")


def sql(home: Path, *orders: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database(home))) as base, base:
        return [row for order in orders for row in base.execute(order)]


def assert_whole(home: Path) -> None:
    (version,) = register.versions(home=home)
    assert (version.state, version.statement.source, version.faults) == (State.PUBLISHED, "ARS, tableau interne", ())
    assert register.head("clsm", home).revision == 4
    assert [event.who for event in register.history("clsm", home)] == ["Ana"]
    assert len(register.read_layer(version, BASE, ATLAS, home).members) == 3
    assert sql(home, f"SELECT version_num FROM {SCHEMA_TABLE}") == [(schema.REVISION,)]


def test_the_revision_of_the_code_is_the_last_migration_and_the_older_ones_are_named() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [schema.REVISION]
    others = {one.revision for one in script.walk_revisions()} - {schema.REVISION}
    assert set(schema.OLDER) == others and set(schema.READABLE) <= {"", schema.REVISION, *others}


def differences(engine: sa.Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": SCHEMA_TABLE, "compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, METADATA))


def test_the_migrations_make_the_tables_that_the_code_reads(home: Path) -> None:
    kept(home)
    assert differences(sa.create_engine(f"sqlite:///{database(home)}", poolclass=NullPool)) == []


def test_a_register_of_before_numbers_is_adopted_whole(home: Path) -> None:
    old_register(home)
    assert_whole(home)
    register.publish(kept(home, "01005"), who="Bob", seen=4, home=home)
    assert [event.revision for event in register.history("clsm", home)] == [5, 4]


@pytest.mark.parametrize("revision", schema.OLDER)
def test_a_register_of_any_revision_keeps_what_it_has_and_is_held(revision: str, home: Path) -> None:
    old_register(home)
    engine = sa.create_engine(f"sqlite:///{database(home)}", poolclass=NullPool)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(schema.MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if revision >= "0002":
            connection.execute(
                sa.text("INSERT INTO clsm_statements VALUES (1, '2099-01-01', '[]', '[]', '', '', '[]', '[]')")
            )
        if revision >= "0004":
            connection.execute(
                sa.text("INSERT INTO clsm_projects VALUES (1, 1, 1, 'Ana', '2026-05-04T10:00:00+02:00', '{}')")
            )
    assert_whole(home)
    assert register.versions(home=home)[0].statement.until == ("2099-01-01" if revision >= "0002" else "")
    assert differences(engine) == []
    held = "clsm_projects" if revision >= "0004" else "clsm_versions"
    with pytest.raises(sqlite3.IntegrityError, match=REFUSED):
        sql(home, f"DELETE FROM {held}")


def test_a_register_restored_while_the_program_runs_is_adopted_too(home: Path) -> None:
    old_register(home)
    backup = database(home).read_bytes()
    register.publish(kept(home, "01005"), who="Bob", seen=4, home=home)
    database(home).write_bytes(backup)
    assert_whole(home)


@pytest.mark.parametrize(
    ("revision", "sentence"),
    [
        ("0009", "version plus récente"),
        ("x\x1b[31m", "numéro de schéma illisible"),
        ("0000", "numéro de schéma illisible"),
    ],
)
def test_a_schema_that_the_code_does_not_know_is_reported_and_nothing_is_written(
    home: Path, revision: str, sentence: str
) -> None:
    version = kept(home)
    with closing(sqlite3.connect(database(home))) as base, base:
        base.execute(f"UPDATE {SCHEMA_TABLE} SET version_num = ?", (revision,))
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    for act in (
        lambda: register.heads(home),
        lambda: kept(home, "01005"),
        lambda: register.publish(version, who="Ana", seen=0, home=home),
    ):
        with pytest.raises(GeoInputError, match=sentence) as refused:
            act()
        assert "Rien n’est changé" in str(refused.value) and "\x1b" not in str(refused.value)
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_an_empty_number_is_that_of_a_register_of_before_numbers(home: Path) -> None:
    old_register(home)
    assert_whole(home)
    sql(home, f"UPDATE {SCHEMA_TABLE} SET version_num = ''")
    assert_whole(home)


def test_an_old_register_on_a_disk_that_takes_no_writing_is_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old_register(home)
    connect, path = sqlite3.connect, database(home)
    with monkeypatch.context() as patch:
        patch.setattr(
            "sqlalchemy.dialects.sqlite.pysqlite.SQLiteDialect_pysqlite.connect",
            lambda self, *args, **options: connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False),
        )
        assert register.head("clsm", home).revision == 4
        assert {line.author for line in journal_of(home)} == {"Ana"}
        with pytest.raises(GeoInputError, match="Rien n’est changé"):
            register.withdraw("clsm", who="Ana", seen=4, home=home)
    assert sql(home, f"SELECT name FROM sqlite_master WHERE name = '{SCHEMA_TABLE}'") == []
    assert_whole(home)  # writable again: adopted


def read_it(home: Path) -> None:
    assert register.head("clsm", home).revision == 4


@pytest.mark.skipif(sys.platform == "win32", reason="kills with SIGKILL")
def test_killed_at_any_act_of_a_migration_the_register_is_whole(home: Path) -> None:
    old_register(home)
    old = database(home).read_bytes()
    acts = run_child(read_it, home, nth=0)
    numbered = []
    for nth in spread(acts, 6):
        for journal in database(home).parent.glob(f"{store.DATABASE}*"):
            journal.unlink()
        database(home).write_bytes(old)
        run_child(read_it, home, nth=nth)
        numbered.append(bool(sql(home, f"SELECT name FROM sqlite_master WHERE name = '{SCHEMA_TABLE}'")))
        assert_whole(home)
    assert numbered == sorted(numbered)  # as before, then as after: nothing in between


def _open_at_once(home: Path, gate: Barrier, out: Queue[int]) -> None:
    gate.wait(120)
    out.put(register.head("clsm", home).revision)


def open_at_once(home: Path) -> None:
    """Have three processes open a register at the same moment, and all find its fourth revision."""
    context = forking()
    gate, out = context.Barrier(3), context.Queue()
    workers = [beside(_open_at_once, home, gate, out) for _ in range(3)]
    assert [out.get(timeout=120) for _ in workers] == [4, 4, 4]
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0


def test_processes_that_open_an_old_register_at_once_migrate_it_once(home: Path) -> None:
    old_register(home)
    open_at_once(home)
    assert_whole(home)


# --- PostgreSQL -------------------------------------------------------------------------------------------------
def old_on_postgres(engine: sa.Engine, content: str) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
        METADATA.create_all(connection)  # what the code did before schemas were numbered; the tables are the same
        values = dict(zip((c.name for c in METADATA.tables["clsm_versions"].columns), ROW, strict=True))
        connection.execute(METADATA.tables["clsm_versions"].insert().values(values | {"content": content}))
        connection.execute(METADATA.tables["clsm_heads"].insert().values(kind="clsm", version_id=1, revision=4))


def test_postgresql_keeps_publishes_and_has_the_tables_that_the_code_reads(on_postgres: sa.Engine, home: Path) -> None:
    version = kept(home)
    assert register.publish(version, who="Ana", seen=0, home=home).revision == 1
    assert len(register.read_layer(register.head("clsm", home).version, BASE, ATLAS, home).members) == 3
    assert differences(on_postgres) == []


def test_processes_that_open_an_old_register_of_postgresql_at_once_migrate_it_once(
    on_postgres: sa.Engine, home: Path
) -> None:
    old_on_postgres(on_postgres, kept(home).content)
    open_at_once(home)
    with on_postgres.connect() as connection:
        assert connection.execute(sa.text(f"SELECT version_num FROM {SCHEMA_TABLE}")).scalars().all() == [
            schema.REVISION
        ]
    assert [v.statement.source for v in register.versions(home=home)] == ["ARS, tableau interne"]


def test_a_user_of_postgresql_who_may_only_read_reads_an_old_register(
    on_postgres: sa.Engine, home: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_on_postgres(on_postgres, kept(home).content)
    with on_postgres.begin() as connection:
        connection.execute(sa.text("DROP ROLE IF EXISTS lecteur"))
        connection.execute(sa.text("CREATE ROLE lecteur LOGIN"))
        connection.execute(sa.text("GRANT USAGE ON SCHEMA public TO lecteur"))
        connection.execute(sa.text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO lecteur"))
    monkeypatch.setenv(store.ADDRESS, server.replace("clsm@", "lecteur@"))
    assert register.head("clsm", home).revision == 4
    with pytest.raises(GeoInputError, match="Rien n’est changé"):
        register.withdraw("clsm", who="Ana", seen=4, home=home)


def test_a_newer_schema_in_postgresql_is_reported(on_postgres: sa.Engine, home: Path) -> None:
    kept(home)
    with on_postgres.begin() as connection:
        connection.execute(sa.text(f"UPDATE {SCHEMA_TABLE} SET version_num = '0999'"))
    with pytest.raises(GeoInputError, match="version plus récente"):
        register.heads(home)
