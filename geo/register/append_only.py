"""Rows that are only ever added, held by the database itself: whoever reaches it may add a line to the journal, and change none.

Versions, what was stated of them, moves of the active version and changes of projects are never edited by this code. Triggers
refuse it to any other: a change, a removal, and in PostgreSQL the emptying of a table. SQLite fires none for the row that
`INSERT OR REPLACE` takes away, so a row whose key is taken is refused before. Who owns the database may still take the triggers
or the tables away: a backup tells (docs/security-file.md). A migration that must change such rows drops its triggers first;
they are laid again after each migration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlalchemy as sa

REFUSED = "rien de ce registre ne se change ni ne s’efface"  # read by whoever tries, in the words of the database
_FUNCTION = "clsm_append_only"


def hold(connection: sa.Connection, tables: Iterable[sa.Table]) -> None:
    """Have the database refuse any change of what was written, in those of some tables that are there.

    Raises
    ------
    SQLAlchemyError
        When the database refuses.
    """
    there = set(sa.inspect(connection).get_table_names())
    held = [table for table in tables if table.name in there]
    orders = _of_postgresql(held) if connection.dialect.name == "postgresql" else _of_sqlite(held)
    for order in orders:
        connection.exec_driver_sql(order)


def _of_sqlite(tables: list[sa.Table]) -> Iterator[str]:
    stop = f"SELECT RAISE(ABORT, '{REFUSED}')"
    for table in tables:
        for act in ("UPDATE", "DELETE"):
            yield f"CREATE TRIGGER IF NOT EXISTS {table.name}_no_{act.lower()} BEFORE {act} ON {table.name} BEGIN {stop}; END"
        taken = " OR ".join(f"({' AND '.join(f'{name} = NEW.{name}' for name in key)})" for key in _keys(table))
        yield (
            f"CREATE TRIGGER IF NOT EXISTS {table.name}_no_replace BEFORE INSERT ON {table.name} "
            f"WHEN EXISTS (SELECT 1 FROM {table.name} WHERE {taken}) BEGIN {stop}; END"
        )


def _keys(table: sa.Table) -> Iterator[list[str]]:
    """Return the columns of each key of a table."""
    for one in table.constraints:
        if isinstance(one, sa.PrimaryKeyConstraint | sa.UniqueConstraint):
            yield [column.name for column in one.columns]


def _of_postgresql(tables: list[sa.Table]) -> Iterator[str]:
    yield (
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in tables:
        for act, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            yield (
                f"CREATE OR REPLACE TRIGGER {table.name}_no_{act.split()[0].lower()} BEFORE {act} ON {table.name} "
                f"FOR EACH {each} EXECUTE FUNCTION {_FUNCTION}()"
            )
