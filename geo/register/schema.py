"""The schema of a register: its tables, the revision that it is at, and its migration to the revision of this code.

The revision is read in every transaction, so that a register restored from a backup, or migrated meanwhile by a newer
dashboard, is noticed. A migration is one transaction under the lock of a writer: all of it is there, or nothing. The tables
are made by the migrations (`geo/register/migrations`); a test holds the two together.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from geo.errors import GeoInputError
from geo.register.append_only import hold
from geo.visible import one_line

METADATA = sa.MetaData()
SCHEMA_TABLE = "clsm_schema"  # Alembic keeps the revision of the schema there
VERSIONS = sa.Table(
    "clsm_versions",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(60), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("created", sa.String(40), nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("file_name", sa.String(300), nullable=False),
    sa.Column("file_sha256", sa.String(64), nullable=False),
    sa.Column("file_bytes", sa.BigInteger, nullable=False),
    sa.Column("file_form", sa.String(20), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("date", sa.String(60), nullable=False),
    sa.Column("etat", sa.String(40), nullable=False),
    sa.Column("mode", sa.String(20), nullable=False),
    sa.Column("extent", sa.Text, nullable=False),  # JSON, like `changes`
    sa.Column("remark", sa.Text, nullable=False),
    sa.Column("changes", sa.Text, nullable=False),
    sa.Column("zones", sa.Integer, nullable=False),
    sa.Column("communes", sa.Integer, nullable=False),
    sa.Column("content", sa.String(64), nullable=False),
    sa.Column("under_id", sa.Integer, sa.ForeignKey("clsm_versions.id")),  # null: laid over the original layer
    sa.UniqueConstraint("kind", "number"),
)
HEADS = sa.Table(
    "clsm_heads",
    METADATA,
    sa.Column("kind", sa.String(60), primary_key=True),
    sa.Column("version_id", sa.Integer, sa.ForeignKey("clsm_versions.id")),  # null: the original layer
    sa.Column("revision", sa.Integer, nullable=False),
)
EVENTS = sa.Table(
    "clsm_events",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(60), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("version_id", sa.Integer, sa.ForeignKey("clsm_versions.id")),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.UniqueConstraint("kind", "revision"),
)
STATEMENTS = sa.Table(  # what was stated and settled with a version; one kept before this was known has none
    "clsm_statements",
    METADATA,
    sa.Column("version_id", sa.Integer, sa.ForeignKey("clsm_versions.id"), primary_key=True),
    sa.Column("until", sa.String(10), nullable=False),  # last day that the list is stated complete, "" for no end
    sa.Column("accepted", sa.Text, nullable=False),  # JSON, like `unsettled`
    sa.Column("unsettled", sa.Text, nullable=False),
    sa.Column("list_key", sa.String(64), nullable=False),
    sa.Column("answers", sa.Text, nullable=False),
    sa.Column("departements", sa.Text, nullable=False),
    sa.Column("ended", sa.Text, nullable=False),
)
PROJECTS = sa.Table(  # what an ARS follows (geo.projects): a row for each change, never edited
    "clsm_projects",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("content", sa.Text, nullable=False),  # JSON
    sa.UniqueConstraint("project", "revision"),
)
ACTS = sa.Table(  # what is done for all that makes no version
    "clsm_acts",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("act", sa.String(60), nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("what", sa.Text, nullable=False),
)
AUTHORS = sa.Table(  # who acted, by what an identity provider knows them: beside the name in a line of another table
    "clsm_authors",
    METADATA,
    sa.Column("what", sa.String(20), primary_key=True),  # the table of that line
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("person", sa.String(200), nullable=False),
)
CONTENTS = sa.Table(  # used where machines share the database (geo/register/bodies.py)
    "clsm_contents",
    METADATA,
    sa.Column("content", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
# Rows that are only ever added, by the database's own word.
HELD = (VERSIONS, EVENTS, STATEMENTS, PROJECTS, ACTS, AUTHORS)


REVISION = "0007"
OLDER: tuple[str, ...] = ("0001", "0002", "0003", "0004", "0005", "0006")  # the revisions before, which are migrated
# Revisions that are read as they are where no migration can be written ("": before they were numbered), and what that takes.
READABLE = ("", *OLDER)
_OLD_TABLES = frozenset({VERSIONS.name, HEADS.name, EVENTS.name})
MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK_KEY = 0x434C534D  # of the advisory lock in PostgreSQL
_ONE_AT_A_TIME = threading.Lock()  # Alembic keeps the connection that it works on in a variable of its module
_VERSION = sa.table(SCHEMA_TABLE, sa.column("version_num"))


class UnknownSchemaError(GeoInputError):
    """The register has a schema that this code does not know, newer or damaged: nothing of it is read nor written."""


def is_current(connection: sa.Connection) -> bool:
    """Return whether a register has the schema of this code, all its tables included.

    Raises
    ------
    UnknownSchemaError
        When its revision is none that this code knows.
    """
    revision, tables = _state(connection)
    return revision == REVISION and tables >= set(METADATA.tables)


def migrate(engine: sa.Engine, *, to_read: bool) -> None:
    """Bring a register to the schema of this code, its tables made where there are none.

    With `to_read`, a register that takes no writing (disk, rights) is left as it is when it can be read so.

    Raises
    ------
    UnknownSchemaError
        When its revision is none that this code knows; nothing is written.
    SQLAlchemyError
        When the database refuses.
    """
    try:
        with _ONE_AT_A_TIME, engine.execution_options(reads=False).begin() as connection:
            if connection.dialect.name == "postgresql":  # SQLite: the transaction itself is the lock (BEGIN IMMEDIATE)
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_KEY)))
            if not is_current(connection):  # else another process has just done it
                _upgrade(connection)
    except SQLAlchemyError:
        with engine.execution_options(reads=True).connect() as connection:
            revision, tables = _state(connection)
        if not (to_read and revision in READABLE and tables >= _OLD_TABLES):
            raise


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command  # a fifth of a second that a register already at its revision need not wait for
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    if SCHEMA_TABLE in _state(connection)[1]:
        connection.execute(
            sa.delete(_VERSION).where(_VERSION.c.version_num == "")
        )  # damaged: a register without a number
    command.upgrade(config, "head")
    METADATA.create_all(connection)  # a table that was dropped since its revision
    hold(connection, HELD)


def _state(connection: sa.Connection) -> tuple[str, set[str]]:
    """Return the revision of a register, "" when it is not numbered, and the names of its tables."""
    tables = set(sa.inspect(connection).get_table_names())
    found = connection.execute(sa.select(_VERSION.c.version_num)).scalars().all() if SCHEMA_TABLE in tables else []
    revision = ", ".join(map(str, found))
    if revision not in ("", REVISION, *OLDER):
        newer = re.fullmatch(r"\d{4}", revision) and revision > REVISION
        what = (
            "a été écrit par une version plus récente du tableau de bord"
            if newer
            else "a un numéro de schéma illisible"
        )
        remedy = "mettez le tableau de bord à jour, ou reprenez" if newer else "reprenez"
        raise UnknownSchemaError(
            f"Le registre des couches importées {what} (schéma « {one_line(revision[:20])} » ; cette version connaît le schéma "
            f"« {REVISION} »). Rien n’est changé : {remedy} une sauvegarde du registre."
        )
    return revision, tables
